//! Programs full of loops that look for where two arrays differ, or for a number in one: what the optimiser compares as vectors. Arrays are mostly alike, with some differences;
//! they lie anywhere, so that rounds end at the end of the memory, behind it, or only where the loop's number does.

use std::fmt::Write as _;

use crate::random::Random;

/// Loops of a program, and calls of each.
const LOOPS: usize = 6;
const CALLS: usize = 6;

/// Bytes at the beginning and at the end of the memory that are filled before each call.
const WINDOW: u32 = 1024;
const MEMORY: u32 = 65536;

/// How elements are loaded, and their bytes.
const LOADS: [(&str, u32); 8] = [
    ("i32.load8_u", 1),
    ("i32.load8_u", 1),
    ("i32.load8_u", 1),
    ("i32.load8_s", 1),
    ("i32.load8_s", 1),
    ("i32.load16_u", 2),
    ("i32.load16_s", 2),
    ("i32.load", 4),
];

/// A module that terminates and imports nothing, for `wat`.
pub fn module(random: &mut Random) -> String {
    let mut text = format!(
        "(module (memory (export \"memory\") 1 2)
(func $fill (param $period i32) (local $i i32)
  (loop $l
    (i32.store8 (local.get $i) (i32.add (i32.and (local.get $i) (local.get $period)) (i32.const 1)))
    (i32.store8 offset={end} (local.get $i) (i32.add (i32.and (local.get $i) (local.get $period)) (i32.const 1)))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $l (i32.lt_u (local.get $i) (i32.const {WINDOW})))))\n",
        end = MEMORY - WINDOW,
    );
    for index in 0..LOOPS {
        let load = *random.pick(&LOADS);
        let steps = *random.pick(&[1, 1, 1, 1, 1, 2, 3]);
        text.push_str(&function(random, index, load, load.1 * steps));
        for call in 0..CALLS {
            let period = *random.pick(&[0, 0, 3, 7, 15]);
            let mut pokes = String::new();
            for _ in 0..random.below(4) {
                let at = random.below(WINDOW as usize) as u32;
                let at = if random.below(2) == 0 {
                    at
                } else {
                    MEMORY - WINDOW + at
                };
                let value = *random.pick(&[0, 1, 5, 128, 255]);
                write!(pokes, " (i32.store8 (i32.const {at}) (i32.const {value}))")
                    .expect("a string takes all");
            }
            let count = *random.pick(&[
                0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 40, 64, 100, 200, -1, -5,
            ]);
            let x = *random.pick(&[0, 0, 1, 5, 128, 255, -128, -1, 256, 257, 65535, 0x0101_0101]);
            writeln!(
                text,
                "(func (export \"f{index}_{call}\") (result i64) (call $fill (i32.const {period})){pokes}
  (call $f{index} (i32.const {p}) (i32.const {q}) (i32.const {count}) (i32.const {x})))",
                p = pointer(random),
                q = pointer(random),
            )
            .expect("a string takes all");
        }
    }
    text + ")"
}

/// Where an array begins; many pairs lie a multiple of the longest period apart.
fn pointer(random: &mut Random) -> i32 {
    let any = match random.below(8) {
        0 => MEMORY - random.below(48) as u32,
        1 => MEMORY - 16 * random.below(8) as u32,
        2 => 0u32.wrapping_sub(random.below(40) as u32),
        3 => MEMORY - WINDOW + random.below(512) as u32,
        4 => random.below(512) as u32,
        _ => 16 * random.below(32) as u32,
    };
    any as i32
}

/// A loop that moves by so many bytes in each round.
fn function(random: &mut Random, index: usize, (load, bytes): (&str, u32), step: u32) -> String {
    let offset = *random.pick(&[0, 0, 0, bytes, 5, 40]);
    let indexed = random.below(3) == 0;
    let address = |array: &str| {
        if indexed {
            format!("offset={offset} (i32.add (local.get {array}) (local.get $i))")
        } else {
            format!("offset={offset} (local.get {array})")
        }
    };
    let [a, b] = ["$p", "$q"].map(|array| format!("({load} {})", address(array)));
    // One array and a number, or two arrays.
    let two = random.below(3) != 0;
    let mask = ["(i32.const 255)", "(i32.const 15)", "(i32.const -2)"];
    let number = match random.below(4) {
        0 => "(local.get $x)".to_string(),
        1 => "(i32.and (local.get $x) (i32.const 255))".to_string(),
        2 => "(i32.extend8_s (local.get $x))".to_string(),
        _ => format!("(i32.const {})", *random.pick(&[0, 1, 5, 255, -1])),
    };
    let set = format!(
        "    (local.set $a {a})\n    (local.set $b {})\n",
        if two { &b } else { &number }
    );
    let compare = |random: &mut Random| {
        let (a, b) = ("(local.get $a)", "(local.get $b)");
        let unusual = *random.pick(&["lt_u", "gt_s", "le_s", "ge_u", "eq"]);
        let likely = if two { "ne" } else { "eq" };
        match random.below(9) {
            0 => format!("(i32.{unusual} {a} {b})"),
            1 => format!("(i32.xor {a} {b})"),
            2 => {
                let mask = *random.pick(&mask);
                format!("(i32.{likely} (i32.and {a} {mask}) (i32.and {b} {mask}))")
            }
            3 => format!("(i32.or (i32.{likely} {a} {b}) (i32.eq {a} (i32.const 5)))"),
            4 => format!("(i32.eqz {a})"),
            5 => format!("(i32.{likely} (i32.add {a} (i32.const 1)) (i32.add {b} (i32.const 1)))"),
            _ => format!("(i32.{likely} {a} {b})"),
        }
    };
    let leave = |random: &mut Random, code: u32| {
        let condition = compare(random);
        let result = *random.pick(&[
            "(i32.sub (local.get $a) (local.get $b))",
            "(local.get $a)",
            "(i32.const 7)",
        ]);
        format!(
            "    (if {condition} (then (local.set $r (i32.add {result} (i32.const {code}000))) (br $out)))\n"
        )
    };
    let (before, top, bottom) = counter(random, step);
    let exits = 1 + usize::from(random.below(4) == 0);
    let exits: String = (0..exits).map(|code| leave(random, code as u32)).collect();
    let mut body = String::new();
    // The test of the number before what is compared or behind it, or both.
    match random.below(4) {
        0 => write!(body, "    (br_if $out (i32.eqz {top}))\n{set}{exits}"),
        1 => write!(body, "{exits}    (br_if $out (i32.eqz {top}))\n{set}"),
        _ => write!(body, "{set}{exits}"),
    }
    .expect("a string takes all");
    // What is seen behind the loop of its last round.
    let last = if random.below(3) == 0 {
        "(local.get $a)"
    } else {
        "(i32.const 0)"
    };
    let by = if indexed { 0 } else { step };
    format!(
        "(func $f{index} (param $p i32) (param $q i32) (param $n i32) (param $x i32) (result i64)
  (local $a i32) (local $b i32) (local $i i32) (local $j i32) (local $k i32) (local $r i32)
{before}
  (block $out
  (loop $l
{body}    (local.set $p (i32.add (local.get $p) (i32.const {by})))
    (local.set $q (i32.add (local.get $q) (i32.const {by})))
{bottom}))
  (i64.add
    (i64.mul (i64.extend_i32_u (i32.add (local.get $r) {last})) (i64.const 0x9e3779b97f4a7c15))
    (i64.add (i64.mul (i64.extend_i32_u (i32.xor (local.get $p) (local.get $k))) (i64.const 0x100000001b3))
      (i64.extend_i32_u (i32.xor (local.get $j) (i32.rotl (i32.xor (local.get $q) (local.get $i)) (i32.const 16)))))))\n"
    )
}

/// What comes before the loop, what holds while it goes on, and what ends a round: `$i` moves by so many bytes, `$k` counts rounds, `$j` or `$n` may count down. What may never end is
/// ended by another number or behind the end of the memory.
fn counter(random: &mut Random, step: u32) -> (String, String, String) {
    let move_on = format!(
        "    (local.set $i (i32.add (local.get $i) (i32.const {step})))\n    (local.set $k (i32.add (local.get $k) (i32.const 1)))\n"
    );
    let end = format!("  (local.set $j (i32.mul (local.get $n) (i32.const {step})))\n");
    let (before, go_on, more) = match random.below(7) {
        0 => (
            String::new(),
            "(i32.lt_u (local.get $k) (local.get $n))",
            "",
        ),
        1 => (
            String::new(),
            "(i32.le_s (local.get $k) (local.get $n))",
            "",
        ),
        2 => (end, "(i32.lt_u (local.get $i) (local.get $j))", ""),
        3 => (end, "(i32.ne (local.get $i) (local.get $j))", ""),
        4 => (
            "  (local.set $j (local.get $n))\n".to_string(),
            "(i32.gt_s (local.get $j) (i32.const 0))",
            "    (local.set $j (i32.sub (local.get $j) (i32.const 1)))\n",
        ),
        5 => (
            "  (local.set $j (i32.add (local.get $n) (i32.const 1)))\n".to_string(),
            "(local.get $j)",
            "    (local.set $j (i32.sub (local.get $j) (i32.const 1)))\n",
        ),
        _ => (
            "  (local.set $j (i32.add (local.get $p) (i32.const 70)))\n".to_string(),
            "(i32.lt_u (i32.add (local.get $p) (local.get $i)) (local.get $j))",
            "",
        ),
    };
    let bottom = match random.below(4) {
        0 => format!("{move_on}{more}    (br $l)"),
        _ => format!("{move_on}{more}    (br_if $l {go_on})"),
    };
    (before, go_on.to_string(), bottom)
}
