//! Programs full of counted loops over arrays, as compilers write them: what the optimiser makes loops of vectors of. Bodies of one to four rounds, numbers of every width, sums,
//! conditions, conversions; called with arrays that lie apart, touch, overlap by some elements, are the same, and end where the memory ends or behind it.

use std::fmt::Write as _;

use crate::random::Random;

/// Loops of a program, and calls of each.
const LOOPS: usize = 5;
const CALLS: usize = 5;

/// Bytes at the beginning and at the end of the memory that are filled before each call and looked at behind it.
const WINDOW: u32 = 1024;
const MEMORY: u32 = 65536;

/// What an array has for elements, and as what the program computes with them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    S8,
    U8,
    S16,
    U16,
    I32,
    S32,
    U32,
    I64,
    F32,
    F64,
}

use Element::{F32, F64, I32, I64, S8, S16, S32, U8, U16, U32};

impl Element {
    fn bytes(self) -> u32 {
        match self {
            S8 | U8 => 1,
            S16 | U16 => 2,
            I32 | S32 | U32 | F32 => 4,
            I64 | F64 => 8,
        }
    }
    fn ty(self) -> &'static str {
        match self {
            S8 | U8 | S16 | U16 | I32 => "i32",
            S32 | U32 | I64 => "i64",
            F32 => "f32",
            F64 => "f64",
        }
    }
    fn load(self) -> &'static str {
        match self {
            S8 => "i32.load8_s",
            U8 => "i32.load8_u",
            S16 => "i32.load16_s",
            U16 => "i32.load16_u",
            I32 => "i32.load",
            S32 => "i64.load32_s",
            U32 => "i64.load32_u",
            I64 => "i64.load",
            F32 => "f32.load",
            F64 => "f64.load",
        }
    }
    fn store(self) -> &'static str {
        match self {
            S8 | U8 => "i32.store8",
            S16 | U16 => "i32.store16",
            I32 => "i32.store",
            S32 | U32 => "i64.store32",
            I64 => "i64.store",
            F32 => "f32.store",
            F64 => "f64.store",
        }
    }
}

/// A module that terminates and imports nothing, for `wat`.
pub fn module(random: &mut Random) -> String {
    let mut text = format!(
        "(module (memory (export \"memory\") 1 2)
(func $window (param $p i32) (param $kind i32) (local $i i32) (local $x i64)
  (local.set $x (i64.const 88172645463325252))
  (loop $l
    (local.set $x (i64.xor (local.get $x) (i64.shl (local.get $x) (i64.const 13))))
    (local.set $x (i64.xor (local.get $x) (i64.shr_u (local.get $x) (i64.const 7))))
    (local.set $x (i64.xor (local.get $x) (i64.shl (local.get $x) (i64.const 17))))
    (if (i32.eq (local.get $kind) (i32.const 0))
      (then (i64.store (i32.add (local.get $p) (local.get $i)) (local.get $x))))
    (if (i32.eq (local.get $kind) (i32.const 1))
      (then (f64.store (i32.add (local.get $p) (local.get $i)) (f64.convert_i32_s (i32.wrap_i64 (local.get $x))))))
    (if (i32.eq (local.get $kind) (i32.const 2)) (then
      (f32.store (i32.add (local.get $p) (local.get $i)) (f32.convert_i32_s (i32.shr_s (i32.wrap_i64 (local.get $x)) (i32.const 8))))
      (f32.store offset=4 (i32.add (local.get $p) (local.get $i)) (f32.convert_i64_s (i64.shr_s (local.get $x) (i64.const 40))))))
    (local.set $i (i32.add (local.get $i) (i32.const 8)))
    (br_if $l (i32.lt_u (local.get $i) (i32.const {WINDOW})))))
(func $fill (param $kind i32)
  (call $window (i32.const 0) (local.get $kind))
  (call $window (i32.const {end}) (local.get $kind)))
(func $hash (result i64) (local $i i32) (local $h i64)
  (loop $l
    (local.set $h (i64.rotl (i64.xor (i64.mul (local.get $h) (i64.const 0x9e3779b97f4a7c15)) (i64.load (local.get $i))) (i64.const 11)))
    (local.set $h (i64.add (local.get $h) (i64.load offset={end} (local.get $i))))
    (local.set $i (i32.add (local.get $i) (i32.const 8)))
    (br_if $l (i32.ne (local.get $i) (i32.const {WINDOW}))))
  (local.get $h))\n",
        end = MEMORY - WINDOW,
    );
    for index in 0..LOOPS {
        let made = Makes::new(random).function(index);
        text.push_str(&made.text);
        for call in 0..CALLS {
            let pointers = pointers(random, &made);
            let count = *random.pick(&[0, 1, 2, 3, 5, 8, 12, 16, 17, 23, 31, 40, 64, 65]);
            writeln!(
                text,
                "(func (export \"f{index}_{call}\") (result i64) (call $fill (i32.const {kind}))
  (call $f{index} {pointers} (i32.const {count}) (i32.const {x}) (i64.const {y}) (f32.const {f}) (f64.const {g}))
  (i64.add (call $hash)))",
                kind = made.kind,
                x = random.word() as i32 >> random.below(32),
                y = random.word() as i64 >> random.below(64),
                f = random.below(2000) as f32 / 8.0 - 100.0,
                g = random.below(2000) as f64 / 8.0 - 100.0,
            )
            .expect("a string takes all");
        }
    }
    text + ")"
}

/// Where three arrays begin.
fn pointers(random: &mut Random, made: &Function) -> String {
    let bytes = made.step;
    let mut previous = 64 + random.below(64) as u32;
    let mut list = Vec::new();
    for _ in 0..3 {
        let pointer = match random.below(12) {
            0 => previous,
            1 | 2 => previous.wrapping_add(random.below(9) as u32 * made.bytes),
            3 => previous.wrapping_sub(random.below(9) as u32 * made.bytes),
            4 => previous.wrapping_add(random.below(33) as u32),
            // The last rounds are at the end of the memory, or behind it.
            5 => (MEMORY - bytes * random.below(70) as u32).wrapping_add(random.below(3) as u32),
            6 => MEMORY - random.below(64) as u32,
            7 => random.below(64) as u32,
            8 => 0u32.wrapping_sub(random.below(600) as u32),
            9 => MEMORY - WINDOW + random.below(512) as u32,
            _ => 320 * random.below(3) as u32 + random.below(16) as u32,
        };
        previous = pointer;
        list.push(format!("(i32.const {})", pointer as i32));
    }
    list.join(" ")
}

struct Function {
    text: String,
    /// How memory is filled: with anything, with numbers of 64 bits or of 32.
    kind: u32,
    /// Bytes of an element, and from round to round.
    bytes: u32,
    step: u32,
}

struct Makes<'a> {
    random: &'a mut Random,
    /// What most arrays hold.
    main: Element,
    /// Elements of a round.
    copies: u32,
    /// Whether arrays are reached by pointers that move; else by adding an index to them.
    moving: bool,
    /// Whether the index counts elements; else bytes.
    scaled: bool,
    /// Whether numbers that do not fit are cut, so that narrow lanes can do.
    narrow: bool,
}

impl<'a> Makes<'a> {
    fn new(random: &'a mut Random) -> Makes<'a> {
        let main = *random.pick(&[
            S8, U8, U8, S16, U16, I32, I32, S32, U32, I64, F32, F32, F64, F64,
        ]);
        Makes {
            main,
            copies: *random.pick(&[1, 1, 1, 2, 3, 4]),
            moving: random.below(2) == 0,
            scaled: random.below(2) == 0,
            narrow: random.below(3) != 0,
            random,
        }
    }

    fn function(&mut self, index: usize) -> Function {
        let step = self.main.bytes() * self.copies;
        let mut body = String::new();
        let stores = self.random.below(8) != 0;
        if stores {
            let depth = 1 + self.random.below(3) as u32;
            let value = self.value(self.main.ty(), depth);
            let to = *self.random.pick(&["$p", "$p", "$q"]);
            for copy in 0..self.copies {
                let address = self.address(to, self.main, copy, 0);
                writeln!(
                    body,
                    "    ({} {address} {})",
                    self.main.store(),
                    self.copy(&value, copy)
                )
                .expect("a string takes all");
            }
        }
        let sums = if stores {
            self.random.below(3) == 0
        } else {
            true
        };
        let sum = *self.random.pick(&["i32", "i64"]);
        if sums {
            let op = *self.random.pick(&["add", "add", "add", "xor", "and", "or"]);
            let value = self.value(sum, 2);
            for copy in 0..self.copies {
                let value = self.copy(&value, copy);
                writeln!(
                    body,
                    "    (local.set $s{sum} ({sum}.{op} (local.get $s{sum}) {value}))"
                )
                .expect("a string takes all");
            }
        }
        let (before, go_on) = self.counter(step);
        if self.moving {
            for pointer in ["$p", "$q", "$r"] {
                writeln!(
                    body,
                    "    (local.set {pointer} (i32.add (local.get {pointer}) (i32.const {step})))"
                )
                .expect("a string takes all");
            }
        }
        let text = format!(
            "(func $f{index} (param $p i32) (param $q i32) (param $r i32) (param $n i32) (param $x i32) (param $y i64) (param $f f32) (param $g f64) (result i64)
  (local $i i32) (local $j i32) (local $k i32) (local $si32 i32) (local $si64 i64)
  (local.set $si32 (local.get $x)) (local.set $si64 (local.get $y))
{before}
  (loop $l
{body}{go_on})
  (i64.add (i64.add (local.get $si64) (i64.extend_i32_u (i32.xor (local.get $si32) (local.get $k)))) (i64.extend_i32_u (local.get $i))))\n"
        );
        Function {
            text,
            kind: match self.main {
                F32 => 2,
                F64 => 1,
                _ => 0,
            },
            bytes: self.main.bytes(),
            step,
        }
    }

    /// What comes before the loop, and what ends a round: `$i` is the index, `$k` counts rounds.
    fn counter(&mut self, step: u32) -> (String, String) {
        let by = if self.scaled { self.copies } else { step };
        let move_on = format!(
            "    (local.set $i (i32.add (local.get $i) (i32.const {by})))\n    (local.set $k (i32.add (local.get $k) (i32.const 1)))\n"
        );
        let end = format!("  (local.set $j (i32.mul (local.get $n) (i32.const {by})))\n");
        let (before, condition) = match self.random.below(10) {
            0 => (
                String::new(),
                "(i32.lt_u (local.get $k) (local.get $n))".to_string(),
            ),
            1 => (
                String::new(),
                "(i32.lt_s (local.get $k) (local.get $n))".to_string(),
            ),
            2 => (
                String::new(),
                "(i32.le_s (local.get $k) (local.get $n))".to_string(),
            ),
            3 => (end, "(i32.lt_u (local.get $i) (local.get $j))".to_string()),
            4 => (end, "(i32.gt_s (local.get $j) (local.get $i))".to_string()),
            5 => (
                "  (local.set $j (local.get $n))\n".to_string(),
                "(local.tee $j (i32.sub (local.get $j) (i32.const 1)))".to_string(),
            ),
            6 => (
                "  (local.set $j (local.get $n))\n".to_string(),
                "(i32.gt_s (local.tee $j (i32.add (local.get $j) (i32.const -1))) (i32.const 0))"
                    .to_string(),
            ),
            7 => (
                "  (local.set $j (i32.mul (local.get $n) (i32.const 3)))\n".to_string(),
                "(i32.ge_u (local.tee $j (i32.sub (local.get $j) (i32.const 3))) (i32.const 3))"
                    .to_string(),
            ),
            8 => (
                end,
                "(i32.eqz (i32.ge_u (local.get $i) (local.get $j)))".to_string(),
            ),
            _ => (
                format!("{end}  (if (i32.eqz (local.get $n)) (then (return (i64.const 0))))\n"),
                "(i32.ne (local.get $i) (local.get $j))".to_string(),
            ),
        };
        // What may never end, ends by a trap at the end of the memory, or by this.
        let condition = format!("(i32.and {condition} (i32.lt_u (local.get $k) (i32.const 3000)))");
        let plain = self.random.below(4) != 0;
        let condition = match condition.split_once("(i32.and ") {
            Some((_, rest)) if plain => {
                let cut = rest.rfind(" (i32.lt_u (local.get $k) (i32.const 3000)))");
                rest[..cut.unwrap_or(rest.len())].to_string()
            }
            _ => condition,
        };
        (before, format!("{move_on}    (br_if $l {condition})"))
    }

    /// The address of an element of an array in this round.
    fn address(&self, array: &str, element: Element, copy: u32, more: u32) -> String {
        let bytes = element.bytes();
        let offset = copy * bytes + more;
        // An array of other elements goes as far in each round as they are long.
        if self.moving && bytes == self.main.bytes() {
            return format!("offset={offset} (local.get {array})");
        }
        let index = if self.scaled {
            format!("(i32.mul (local.get $i) (i32.const {bytes}))")
        } else if bytes == self.main.bytes() {
            "(local.get $i)".to_string()
        } else {
            format!(
                "(i32.mul (local.get $k) (i32.const {}))",
                self.copies * bytes
            )
        };
        format!("offset={offset} (i32.add (local.get {array}) {index})")
    }

    /// An expression of a type, with `@N` where the copy's number times N, `#N,M` where the address of an array of the N-th kind is.
    fn value(&mut self, ty: &str, depth: u32) -> String {
        let leaf = depth == 0 || self.random.below(5) == 0;
        if leaf {
            return self.leaf(ty);
        }
        let is_float = ty.starts_with('f');
        if is_float {
            match self.random.below(16) {
                0 => self.unary(ty, &["neg"], depth),
                1 => self.unary(ty, &["abs"], depth),
                2 => self.unary(ty, &["sqrt"], depth),
                3 => self.unary(ty, &["ceil", "floor", "trunc", "nearest"], depth),
                4 => self.binary(ty, &["min", "max"], depth),
                5 => self.binary(ty, &["div"], depth),
                6 => self.select(ty, depth),
                7 if ty == "f64" => format!("(f64.promote_f32 {})", self.value("f32", depth - 1)),
                7 => format!("(f32.demote_f64 {})", self.value("f64", depth - 1)),
                8 => {
                    let sign = *self.random.pick(&["s", "u"]);
                    format!("({ty}.convert_i32_{sign} {})", self.value("i32", depth - 1))
                }
                9..=12 => self.binary(ty, &["mul"], depth),
                _ => self.binary(ty, &["add", "sub"], depth),
            }
        } else {
            match self.random.below(16) {
                0 => self.shift(ty, depth),
                1 => self.shift(ty, depth),
                2 => self.select(ty, depth),
                3 => self.compare(depth, ty),
                4 if ty == "i64" => {
                    let sign = *self.random.pick(&["s", "u"]);
                    format!("(i64.extend_i32_{sign} {})", self.value("i32", depth - 1))
                }
                4 => format!("(i32.reinterpret_f32 {})", self.value("f32", depth - 1)),
                5 | 6 => self.binary(ty, &["mul"], depth),
                7..=9 => self.binary(ty, &["and", "or", "xor"], depth),
                _ => self.binary(ty, &["add", "add", "sub"], depth),
            }
        }
    }

    fn leaf(&mut self, ty: &str) -> String {
        match self.random.below(8) {
            0 => match ty {
                "i32" => "(local.get $x)".to_string(),
                "i64" => "(local.get $y)".to_string(),
                "f32" => "(local.get $f)".to_string(),
                _ => "(local.get $g)".to_string(),
            },
            1 if ty.starts_with('i') => {
                format!(
                    "({ty}.const {})",
                    *self.random.pick(&[
                        1,
                        2,
                        3,
                        7,
                        15,
                        100,
                        127,
                        128,
                        255,
                        256,
                        -1,
                        65535,
                        0x1234_5678
                    ])
                )
            }
            1 => format!(
                "({ty}.const {})",
                *self.random.pick(&["0.5", "2", "-3.25", "1e10", "0", "-0"])
            ),
            // The index as a number.
            2 if ty == "i32" && self.random.below(2) == 0 => {
                format!(
                    "(i32.add (local.get $i) (i32.const @{}))",
                    1 + self.random.below(3)
                )
            }
            _ => {
                let fitting = |element: &Element| element.ty() == ty;
                let all = [S8, U8, S16, U16, I32, S32, U32, I64, F32, F64];
                let fitting: Vec<usize> = (0..all.len()).filter(|&i| fitting(&all[i])).collect();
                let same = all
                    .iter()
                    .position(|&e| e == self.main)
                    .filter(|i| fitting.contains(i));
                let kind = match same {
                    Some(same) if self.random.below(24) != 0 => same,
                    _ => *self.random.pick(&fitting),
                };
                if !self.moving && self.random.below(10) == 0 {
                    // The same in each round, unless it is stored to.
                    let offset = self.random.below(64);
                    return format!("({} offset={offset} (local.get $r))", all[kind].load());
                }
                let array = self.random.below(3);
                let more = if self.random.below(16) == 0 {
                    1 + self.random.below(8)
                } else {
                    0
                };
                format!("#{kind},{array},{more};")
            }
        }
    }

    fn unary(&mut self, ty: &str, ops: &[&str], depth: u32) -> String {
        let op = *self.random.pick(ops);
        format!("({ty}.{op} {})", self.value(ty, depth - 1))
    }

    fn binary(&mut self, ty: &str, ops: &[&str], depth: u32) -> String {
        let op = *self.random.pick(ops);
        let (a, b) = (self.value(ty, depth - 1), self.value(ty, depth - 1));
        format!("({ty}.{op} {a} {b})")
    }

    fn shift(&mut self, ty: &str, depth: u32) -> String {
        let value = self.value(ty, depth - 1);
        let op = *self.random.pick(&["shl", "shr_u", "shr_s", "rotl", "rotr"]);
        let count = match self.random.below(6) {
            0 if ty == "i32" => "(local.get $x)".to_string(),
            _ => format!(
                "({ty}.const {})",
                self.random.below(if self.narrow { 9 } else { 40 })
            ),
        };
        format!("({ty}.{op} {value} {count})")
    }

    fn compare(&mut self, depth: u32, ty: &str) -> String {
        let of = match (ty, self.random.below(4)) {
            ("i32", 0) => "f32",
            _ => ty,
        };
        let condition = self.condition(of, depth);
        match ty {
            "i64" => format!("(i64.extend_i32_u {condition})"),
            _ => condition,
        }
    }

    fn condition(&mut self, of: &str, depth: u32) -> String {
        let (a, b) = (self.value(of, depth - 1), self.value(of, depth - 1));
        let op = match of.starts_with('i') {
            true => *self.random.pick(&[
                "eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u",
            ]),
            false => *self.random.pick(&["eq", "ne", "lt", "gt", "le", "ge"]),
        };
        format!("({of}.{op} {a} {b})")
    }

    fn select(&mut self, ty: &str, depth: u32) -> String {
        let (a, b) = (self.value(ty, depth - 1), self.value(ty, depth - 1));
        let of = if self.random.below(4) == 0 { "i32" } else { ty };
        let mut condition = self.condition(of, depth);
        if self.random.below(6) == 0 {
            let other = self.condition(of, depth);
            condition = format!(
                "(i32.{} {condition} {other})",
                *self.random.pick(&["and", "or"])
            );
        }
        format!("(select {a} {b} {condition})")
    }

    /// The expression for one of the copies.
    fn copy(&self, value: &str, copy: u32) -> String {
        let all = [S8, U8, S16, U16, I32, S32, U32, I64, F32, F64];
        let mut text = String::new();
        let mut rest = value;
        while let Some(at) = rest.find(['@', '#']) {
            text.push_str(&rest[..at]);
            let tail = &rest[at + 1..];
            if rest.as_bytes()[at] == b'@' {
                let end = tail.find(')').expect("behind a constant");
                let by: u32 = tail[..end].parse().expect("a number");
                write!(text, "{}", by * copy).expect("a string takes all");
                rest = &tail[end..];
            } else {
                let end = tail.find(';').expect("as it was written");
                let numbers: Vec<usize> = tail[..end]
                    .split(',')
                    .map(|n| n.parse().expect("a number"))
                    .collect();
                let element = all[numbers[0]];
                let array = ["$p", "$q", "$r"][numbers[1]];
                let more = numbers[2] as u32 * element.bytes();
                let address = self.address(array, element, copy, more);
                write!(text, "({} {address})", element.load()).expect("a string takes all");
                rest = &tail[end + 1..];
            }
        }
        text + rest
    }
}
