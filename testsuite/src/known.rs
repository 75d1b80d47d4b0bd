//! Known vulnerabilities of other compilers, each with a program that would show it. (Those of WASI are beside its implementation
//! and in `wasi`.)
//!
//! Values come through `$opaque`, which reads memory, so that nothing is known when the program is compiled. A program ends with 0, or
//! with the number of the check that failed; one that must trap has no other end.

use std::fmt::Write as _;

use wative_compiler::ir::MemoryMode;
use wative_compiler::options::OptLevel;

use crate::known_vectors;
use crate::program::{build, in_all_configurations, options, run};
use crate::report::{Output, Report};
use crate::target::Target;

/// Exit status of a trap.
const TRAPPED: i32 = 134;

struct Case {
    name: &'static str,
    /// Fields of the module.
    fields: String,
    /// Body of `_start`.
    body: String,
    exit: i32,
}

/// Runs every case in every configuration on every target.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    let cases = cases();
    for target in targets {
        let mut report = Report::default();
        in_all_configurations(
            &mut report,
            filter,
            &cases,
            |case| case.name,
            |case, memory, opt| check(case, target, memory, opt),
        );
        output.report(&format!("known {}", target.name), report);
    }
}

fn check(case: &Case, target: &Target, memory: MemoryMode, opt: OptLevel) -> Result<(), String> {
    let text = format!(
        r#"(module
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (func $opaque (export "opaque") (param i64) (result i64)
            (i64.store (i32.const 128) (local.get 0))
            (i64.load (i32.const 128)))
          (func $same (param $got i64) (param $want i64) (param $number i32)
            (if (i64.ne (local.get $got) (local.get $want)) (then (call $exit (local.get $number)))))
          {}
          (func (export "_start") {}))"#,
        case.fields, case.body
    );
    let executable = build(text.as_bytes(), target, &options(target, memory, opt))?;
    let finished = run(&executable, target, &[], &[])?;
    match finished.code() == case.exit {
        true => Ok(()),
        false => Err(format!("want exit {}: {}", case.exit, finished.describe())),
    }
}

fn cases() -> Vec<Case> {
    let case = |name, fields: &str, body: String, exit| Case {
        name,
        fields: fields.to_owned(),
        body,
        exit,
    };
    vec![
        case(
            "CVE-2021-32629: a reloaded i32 is not sign-extended",
            "",
            spilled(false),
            0,
        ),
        case(
            "CVE-2021-32629: as address it is out of bounds",
            "",
            spilled(true),
            TRAPPED,
        ),
        case("CVE-2022-31169: division by constants", "", divisions(), 0),
        case(
            "CVE-2023-26489: shifted addresses have 32 bits",
            "",
            shifted_addresses(),
            0,
        ),
        case("CVE-2026-24116: no load is widened", "", last_bytes(), 0),
        case(
            "CVE-2026-34944: no load is widened to a vector",
            "",
            known_vectors::last_bytes(),
            0,
        ),
        case(
            "CVE-2023-27477: shuffles of a vector with itself",
            "",
            known_vectors::shuffles(),
            0,
        ),
        case(
            "CVE-2023-41880: shifts of constant vectors",
            "",
            known_vectors::shifts(),
            0,
        ),
        case(
            "CVE-2026-34971: shifts have their own type's width",
            "",
            shift_widths(),
            0,
        ),
        case(
            "CVE-2026-34987: arguments with dirty upper halves",
            DIRTY,
            dirty(),
            0,
        ),
        case(
            "CVE-2026-35186: grown tables hold what they were given",
            TABLE,
            TABLE_BODY.to_owned(),
            0,
        ),
        case(
            "a jump table of ten thousand entries",
            &jump_table(),
            JUMPS.to_owned(),
            0,
        ),
    ]
}

/// Values that live across calls, more than there are registers, with their highest bits set.
fn spilled(access: bool) -> String {
    const COUNT: usize = 40;
    let mut text = String::new();
    for i in 0..COUNT {
        let _ = write!(text, "(local $v{i} i32)");
    }
    for i in 0..COUNT {
        let value = 0xffff_0000u32 + i as u32;
        let _ = write!(
            text,
            "(local.set $v{i} (i32.wrap_i64 (call $opaque (i64.const {value}))))"
        );
    }
    for i in 0..COUNT {
        let value = 0xffff_0000u32 + i as u32;
        let _ = if access {
            write!(text, "(drop (i32.load8_u (local.get $v{i})))")
        } else {
            write!(
                text,
                "(call $same (i64.extend_i32_u (local.get $v{i})) (i64.const {value}) (i32.const 1))"
            )
        };
    }
    text
}

/// Every kind of division, by a constant and by the same number that is not known.
fn divisions() -> String {
    let mut text = String::new();
    let divisors = [
        1i64,
        2,
        3,
        5,
        6,
        7,
        9,
        10,
        11,
        12,
        25,
        60,
        100,
        125,
        255,
        625,
        641,
        1000,
        65_535,
        65_536,
        1 << 30,
        -1,
        -2,
        -3,
        -5,
        -7,
        -10,
        -128,
        i32::MIN as i64,
        i32::MAX as i64,
    ];
    let dividends = [
        0i64,
        1,
        6,
        7,
        99,
        1_000_003,
        -1,
        -6,
        -7,
        -100,
        i64::MIN + 1,
        i64::MAX,
        0x8000_0001,
        0x7fff_ffff,
        0xffff_fffe,
    ];
    for divisor in divisors {
        for dividend in dividends {
            for op in ["div_s", "div_u", "rem_s", "rem_u"] {
                let _ = write!(
                    text,
                    "(call $same (i64.{op} (call $opaque (i64.const {dividend})) (i64.const {divisor}))
                       (i64.{op} (call $opaque (i64.const {dividend})) (call $opaque (i64.const {divisor}))) (i32.const 1))
                     (call $same
                       (i64.extend_i32_u (i32.{op} (i32.wrap_i64 (call $opaque (i64.const {dividend}))) (i32.const {narrow})))
                       (i64.extend_i32_u (i32.{op} (i32.wrap_i64 (call $opaque (i64.const {dividend})))
                         (i32.wrap_i64 (call $opaque (i64.const {narrow}))))) (i32.const 2))",
                    narrow = divisor as i32,
                );
            }
        }
    }
    text
}

/// `x << k` with bits that leave the 32: the address wraps, whatever an addressing mode could compute.
fn shifted_addresses() -> String {
    let mut text = String::from("(i64.store (i32.const 64) (i64.const 77))");
    for shift in 1..=4 {
        // 16 << shift is below 64 + 512, and the bit above is shifted out.
        let index = (64i64 >> shift) | 1 << (32 - shift);
        let _ = write!(
            text,
            "(call $same (i64.load (i32.shl (i32.wrap_i64 (call $opaque (i64.const {index}))) (i32.const {shift}))) (i64.const 77) (i32.const {shift}))
             (call $same (i64.load offset=32 (i32.sub (i32.shl (i32.wrap_i64 (call $opaque (i64.const {index}))) (i32.const {shift})) (i32.const 32)))
               (i64.const 77) (i32.const 1{shift}))
             (call $same (i64.load (i32.mul (i32.wrap_i64 (call $opaque (i64.const {index}))) (i32.const {factor}))) (i64.const 77) (i32.const 2{shift}))",
            factor = 1 << shift,
        );
    }
    text
}

/// Operations that may take an operand from memory, with the last bytes of memory as operand.
fn last_bytes() -> String {
    let mut text = String::from("(f64.store (i32.const 65528) (f64.const 2.25))");
    let x = "(f64.reinterpret_i64 (call $opaque (i64.const 0x4008000000000000)))";
    let last = "(f64.load (i32.wrap_i64 (call $opaque (i64.const 65528))))";
    for (i, op) in ["copysign", "add", "sub", "mul", "div", "min", "max"]
        .iter()
        .enumerate()
    {
        let _ = write!(text, "(drop (f64.{op} {x} {last}))");
        let _ = write!(
            text,
            "(call $same (i64.extend_i32_u (f64.gt (f64.{op} {x} {last}) (f64.const 0.5))) (i64.const 1) (i32.const {}))",
            i + 1
        );
    }
    for op in ["neg", "abs", "sqrt", "ceil", "floor", "trunc", "nearest"] {
        let _ = write!(
            text,
            "(call $same (i64.extend_i32_u (f64.eq (f64.{op} {last}) (f64.const 1000))) (i64.const 0) (i32.const 20))"
        );
    }
    let _ = write!(text, "(f32.store (i32.const 65532) (f32.const 2.25))");
    let x = "(f32.const 3)";
    let last = "(f32.load (i32.wrap_i64 (call $opaque (i64.const 65532))))";
    for op in ["copysign", "add", "mul", "min", "max"] {
        let _ = write!(
            text,
            "(call $same (i64.extend_i32_u (f32.gt (f32.{op} {x} {last}) (f32.const 0.5))) (i64.const 1) (i32.const 30))"
        );
    }
    let _ = write!(
        text,
        "(call $same (i64.extend_i32_u (f64.eq (f64.promote_f32 {last}) (f64.const 2.25))) (i64.const 1) (i32.const 40))
         (i32.store (i32.const 65532) (i32.const 0xf0))"
    );
    let last = "(i32.load (i32.wrap_i64 (call $opaque (i64.const 65532))))";
    for (op, want) in [("popcnt", 4), ("clz", 24), ("ctz", 4), ("eqz", 0)] {
        let _ = write!(
            text,
            "(call $same (i64.extend_i32_u (i32.{op} {last})) (i64.const {want}) (i32.const 50))"
        );
    }
    for (load, at) in [("load8_u", 65535), ("load16_u", 65534), ("load8_s", 65535)] {
        let _ = write!(
            text,
            "(call $same (i64.extend_i32_u (i32.add (i32.{load} (i32.wrap_i64 (call $opaque (i64.const {at})))) (i32.const 7))) (i64.const 7) (i32.const 51))"
        );
    }
    let _ = write!(
        text,
        "(call $same (i64.and (i64.load32_u (i32.wrap_i64 (call $opaque (i64.const 65532)))) (i64.const -1)) (i64.const 0xf0) (i32.const 52))
         (call $same (i64.extend_i32_s (i32.load (i32.wrap_i64 (call $opaque (i64.const 65532))))) (i64.const 0xf0) (i32.const 53))"
    );
    text
}

/// A shift of an i32 takes its count modulo 32, of an i64 modulo 64, in addresses as elsewhere.
fn shift_widths() -> String {
    "(i64.store (i32.const 64) (i64.const 77))
     (call $same (i64.load (i32.shl (i32.wrap_i64 (call $opaque (i64.const 8))) (i32.const 35))) (i64.const 77) (i32.const 1))
     (call $same (i64.load (i32.shl (i32.wrap_i64 (call $opaque (i64.const 8))) (i32.wrap_i64 (call $opaque (i64.const 35))))) (i64.const 77) (i32.const 2))
     (call $same (i64.load (i32.wrap_i64 (i64.shl (call $opaque (i64.const 8)) (i64.const 67)))) (i64.const 77) (i32.const 3))
     (call $same (i64.load offset=64 (i32.wrap_i64 (i64.shl (call $opaque (i64.const 8)) (i64.const 35)))) (i64.const 77) (i32.const 4))
     (call $same (i64.load offset=64 (i32.wrap_i64 (i64.shl (i64.extend_i32_u (i32.wrap_i64 (call $opaque (i64.const 8)))) (i64.const 32)))) (i64.const 77) (i32.const 5))
     (call $same (i64.load (i32.shr_u (i32.wrap_i64 (call $opaque (i64.const 512))) (i32.const 35))) (i64.const 77) (i32.const 6))"
        .to_owned()
}

/// An i32 parameter whose register held an i64, as address, as condition, as index and widened.
const DIRTY: &str = "
    (table 2 funcref) (elem (i32.const 0) func $first $second)
    (type $number (func (result i32)))
    (func $first (result i32) (i32.const 11))
    (func $second (result i32) (i32.const 22))
    (func $load (export \"load\") (param i32) (result i64) (i64.load (local.get 0)))
    (func $widen (export \"widen\") (param i32) (result i64) (i64.extend_i32_u (local.get 0)))
    (func $test (export \"test\") (param i32) (result i64) (select (i64.const 1) (i64.const 2) (local.get 0)))
    (func $call (export \"call\") (param i32) (result i64) (i64.extend_i32_u (call_indirect (type $number) (local.get 0))))";

fn dirty() -> String {
    let mut text = String::from("(i64.store (i32.const 64) (i64.const 77))");
    for (number, (function, low, want)) in [
        ("load", 64u64, 77u64),
        ("widen", 5, 5),
        ("widen", 0x8000_0000, 0x8000_0000),
        ("test", 0, 2),
        ("call", 1, 22),
    ]
    .into_iter()
    .enumerate()
    {
        let value = low | 0xffff_ffff_0000_0000;
        let _ = write!(
            text,
            "(call $same (call ${function} (i32.wrap_i64 (call $opaque (i64.const {value})))) (i64.const {want}) (i32.const {}))",
            number + 1
        );
    }
    text
}

const TABLE: &str = "
    (table $t 1 4 funcref) (elem declare func $seven)
    (type $number (func (result i32)))
    (func $seven (result i32) (i32.const 7))";

/// Grown with a function, with null, and beyond the limit.
const TABLE_BODY: &str = "
    (call $same (i64.extend_i32_s (table.grow $t (ref.func $seven) (i32.const 2))) (i64.const 1) (i32.const 1))
    (call $same (i64.extend_i32_u (call_indirect (type $number) (i32.wrap_i64 (call $opaque (i64.const 2))))) (i64.const 7) (i32.const 2))
    (call $same (i64.extend_i32_s (table.grow $t (ref.null func) (i32.const 1))) (i64.const 3) (i32.const 3))
    (call $same (i64.extend_i32_u (ref.is_null (table.get $t (i32.const 3)))) (i64.const 1) (i32.const 4))
    (call $same (i64.extend_i32_u (ref.is_null (table.get $t (i32.const 0)))) (i64.const 1) (i32.const 5))
    (call $same (i64.extend_i32_s (table.grow $t (ref.null func) (i32.const 1))) (i64.const -1) (i32.const 6))
    (call $same (i64.extend_i32_s (table.grow $t (ref.null func) (i32.const -1))) (i64.const -1) (i32.const 7))
    (call $same (i64.extend_i32_u (table.size $t)) (i64.const 4) (i32.const 8))";

/// A selection by an index, every third entry of which leads to another block.
fn jump_table() -> String {
    let mut text = String::from(
        "(func $jump (export \"jump\") (param i32) (result i64) (block $c (block $b (block $a (br_table",
    );
    for i in 0..10_000 {
        text.push_str([" $a", " $b", " $c"][i % 3]);
    }
    text.push_str(
        " $c (local.get 0))) (return (i64.const 1))) (return (i64.const 2))) (i64.const 3))",
    );
    text
}

const JUMPS: &str = "
    (call $same (call $jump (i32.wrap_i64 (call $opaque (i64.const 0)))) (i64.const 1) (i32.const 1))
    (call $same (call $jump (i32.wrap_i64 (call $opaque (i64.const 9997)))) (i64.const 2) (i32.const 2))
    (call $same (call $jump (i32.wrap_i64 (call $opaque (i64.const 9999)))) (i64.const 1) (i32.const 3))
    (call $same (call $jump (i32.wrap_i64 (call $opaque (i64.const 10000)))) (i64.const 3) (i32.const 4))
    (call $same (call $jump (i32.wrap_i64 (call $opaque (i64.const -1)))) (i64.const 3) (i32.const 5))";
