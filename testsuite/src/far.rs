//! Code and frames beyond the reach of short encodings: a function of more than a mebibyte of machine code, a `br_table` of ten thousand
//! entries, and frames larger than the guard below the stack. And more ways through a function than the register allocator
//! treats as one.

use std::fmt::Write as _;

use object::{Object, ObjectSymbol};
use wative_compiler::abi::{STACK_GUARD, TrapCode};
use wative_compiler::ir::{EntryKind, MemoryMode};
use wative_compiler::options::{OptLevel, Options};

use crate::differential::ask;
use crate::random::Random;
use crate::report::{Output, Report};
use crate::spec::chain::{Answer, hex};
use crate::target::Target;
use crate::{compile, parallel, program};

/// Runs every case on every target.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    let mut cases = vec![
        huge_function(),
        large_table(),
        large_frames(),
        long_chain(),
        wide_join(),
    ];
    cases.retain(|case| case.name.contains(filter));
    for target in targets {
        let mut report = Report::default();
        let mut work = Vec::new();
        for case in &cases {
            for opt in [OptLevel::O2, OptLevel::O0] {
                work.push((case, opt));
            }
        }
        let results = parallel::map(&work, |(case, opt)| run(case, target, *opt));
        for ((case, opt), result) in work.iter().zip(results) {
            report.outcome(&format!("{} {opt:?}", case.name), result);
        }
        output.report(&format!("far {}", target.name), report);
    }
}

/// A module with calls and what they must answer.
struct Case {
    name: &'static str,
    text: String,
    /// Least size of the machine code of the function `subject`, in bytes.
    size: u64,
    /// Whether the compiler checks itself; its checker of register allocation needs quadratic time.
    verify: bool,
    /// Export, arguments, answer.
    calls: Vec<(&'static str, Vec<u64>, Answer)>,
}

fn run(case: &Case, target: &Target, opt: OptLevel) -> Result<(), String> {
    let options = Options {
        entry: EntryKind::Script,
        verify: case.verify,
        ..program::options(target, MemoryMode::Fixed, opt)
    };
    let inputs = [compile::input("test", case.text.as_bytes())?];
    let compiled = compile::compile(&inputs, &options).map_err(|e| e.to_string())?;
    let size = size_of_subject(&compiled.object)?;
    if size < case.size {
        return Err(format!("the function has only {size} bytes"));
    }
    let executable = compile::executable(&inputs, target, &options).map_err(|e| e.to_string())?;
    let mut lines = "instantiate 0\n".to_string();
    for (export, arguments, _) in &case.calls {
        let slots: Vec<String> = arguments.iter().map(|v| format!("{v:x}")).collect();
        writeln!(lines, "invoke 0 {} {}", hex(export), slots.join(":"))
            .expect("a string takes all");
    }
    let answers = ask(&executable, target, &lines)?;
    let mut answers = answers.iter().skip(1);
    for (export, arguments, want) in &case.calls {
        let got = answers.next();
        if got != Some(want) {
            return Err(format!("{export} {arguments:x?}: {got:x?}, want {want:x?}"));
        }
    }
    Ok(())
}

/// Bytes of the machine code of the function `subject`.
fn size_of_subject(object: &[u8]) -> Result<u64, String> {
    let file = object::File::parse(object).map_err(|e| e.to_string())?;
    let subject = file
        .symbols()
        .find(|symbol| symbol.name() == Ok("test::subject"));
    Ok(subject.ok_or("no such symbol")?.size())
}

/// Segments of the huge function, and statements of each.
const SEGMENTS: usize = 8;
const STATEMENTS: usize = 5000;

/// A bit of the loop's counter that ends it.
const BIT: u64 = 1 << 30;

/// A loop around eight segments of straight code with constants of all kinds. A `br_table` at its start enters one of them; each goes on into
/// the next. Branches lead across all of it in both directions, and so does the way to every trap.
fn huge_function() -> Case {
    let mut random = Random::new(3);
    let statements: Vec<Vec<(u64, u64, f64)>> = (0..SEGMENTS)
        .map(|_| {
            let statement = |_| {
                let number = (random.bits() % 1_000_000) as f64 + 0.375;
                (random.bits() << 8 | 1, random.bits() | 1 << 63, number)
            };
            (0..STATEMENTS).map(statement).collect()
        })
        .collect();

    let mut text =
        "(module (func $subject (export \"f\") (param $k i32) (param $n i32) (result i64)
        (local $x i64) (local $f f64)
        i32.const 1000 local.get $n i32.div_u drop
        block $out local.get $k i32.const 100 i32.eq br_if $out
        loop $again\n"
            .to_string();
    let mut add = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    add("block $bad");
    for segment in (0..SEGMENTS).rev() {
        add(&format!("block $s{segment}"));
    }
    let labels: Vec<String> = (0..SEGMENTS).map(|s| format!("$s{s}")).collect();
    add(&format!("local.get $k br_table {} $bad", labels.join(" ")));
    for (segment, list) in statements.iter().enumerate() {
        add("end");
        for (n, (factor, addend, number)) in list.iter().enumerate() {
            add(&format!(
                "local.get $x i64.const {factor} i64.mul i64.const {addend} i64.add local.set $x
                 local.get $f f64.const {number} f64.add local.set $f",
                factor = *factor as i64,
                addend = *addend as i64
            ));
            if n % 1000 == 0 {
                add("local.get $x i64.eqz if unreachable end");
            }
        }
        add(&format!(
            "local.get $n i32.const {} i32.eq br_if $out",
            50 + segment
        ));
        // A test of one bit reaches less than other branches on AArch64.
        add(&format!("local.get $n i32.const {BIT} i32.and br_if $out"));
    }
    add("i32.const 0 local.set $k local.get $n i32.const 1 i32.sub local.tee $n br_if $again");
    add("br $out end unreachable end end");
    add("local.get $x local.get $f i64.reinterpret_f64 i64.xor))");

    let model = |mut k: usize, mut n: u64| {
        let (mut x, mut f) = (0u64, 0f64);
        if k != 100 {
            'again: loop {
                for (segment, list) in statements.iter().enumerate().skip(k) {
                    for (factor, addend, number) in list {
                        x = x.wrapping_mul(*factor).wrapping_add(*addend);
                        f += number;
                    }
                    if n == 50 + segment as u64 || n & BIT != 0 {
                        break 'again;
                    }
                }
                (k, n) = (0, n - 1);
                if n == 0 {
                    break;
                }
            }
        }
        Answer::Slots(vec![x ^ f.to_bits()])
    };
    let mut calls = Vec::new();
    for (k, n) in [
        (0, 1),
        (0, 3),
        (3, 2),
        (7, 1),
        (7, 58),
        (2, 53),
        (100, 5),
        (6, 60),
        (2, BIT | 1),
        (7, BIT | 52),
    ] {
        calls.push(("f", vec![k as u64, n], model(k, n)));
    }
    for k in [8, 99, 0x8000_0000, 0xffff_ffff] {
        let trap = Answer::Trap(TrapCode::Unreachable);
        calls.push(("f", vec![k, 1], trap));
    }
    calls.push((
        "f",
        vec![0, 0],
        Answer::Trap(TrapCode::IntegerDivisionByZero),
    ));
    Case {
        name: "huge function",
        text,
        size: 1 << 20,
        verify: true,
        calls,
    }
}

/// Entries of the large table.
const ENTRIES: u64 = 10_000;

/// Every entry leads elsewhere.
fn large_table() -> Case {
    let value = |entry: u64| entry * 7919 % 65_537;
    let mut text =
        "(module (func $subject (export \"f\") (param i32) (result i32) (local i32)\n".to_string();
    for _ in 0..=ENTRIES {
        text.push_str("block\n");
    }
    text.push_str("local.get 0 br_table");
    for entry in 0..=ENTRIES {
        write!(text, " {entry}").expect("a string takes all");
    }
    for entry in 0..=ENTRIES {
        write!(text, "\nend i32.const {} return", value(entry)).expect("a string takes all");
    }
    text.push_str("))");
    let mut calls = Vec::new();
    for index in [
        0,
        1,
        2,
        4095,
        4096,
        5000,
        9998,
        9999,
        10_000,
        10_001,
        0x7fff_ffff,
        0xffff_ffff,
    ] {
        // The upper half of an argument must not matter.
        let argument = index | 0xdead_beef << 32;
        calls.push((
            "f",
            vec![argument],
            Answer::Slots(vec![value(index.min(ENTRIES))]),
        ));
    }
    Case {
        name: "large table",
        text,
        size: 0,
        verify: true,
        calls,
    }
}

/// Values that live across a call: more than the guard holds.
const LIVE: u64 = STACK_GUARD / 8 + 1000;

/// Recursion with frames that could step over the guard.
fn large_frames() -> Case {
    let mut text = "(module (memory 64)
        (func (export \"fill\") (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x400000)))
        (func $subject (export \"f\") (param $depth i32) (param $at i32) (result i64)
        local.get $depth i32.eqz if i64.const 5 return end\n"
        .to_string();
    for i in 0..LIVE {
        writeln!(text, "local.get $at i64.load offset={}", 8 * i).expect("a string takes all");
    }
    text.push_str("local.get $depth i32.const 1 i32.sub local.get $at call $subject\n");
    for _ in 0..LIVE {
        text.push_str("i64.add\n");
    }
    text.push_str("))");
    let sum = LIVE.wrapping_mul(0x0101_0101_0101_0101);
    let call = |depth: u64| {
        let result = sum.wrapping_mul(depth).wrapping_add(5);
        ("f", vec![depth, 0], Answer::Slots(vec![result]))
    };
    let overflow = (
        "f",
        vec![1_000_000, 0],
        Answer::Trap(TrapCode::StackOverflow),
    );
    Case {
        name: "large frames",
        text,
        size: 0,
        verify: false,
        calls: vec![
            ("fill", Vec::new(), Answer::Slots(Vec::new())),
            call(0),
            call(1),
            call(20),
            overflow.clone(),
            call(3),
            overflow,
        ],
    }
}

/// Joins that variables flow through one after the other, and ways that meet in one: more than the register allocator may merge.
const JOINS: u64 = 1200;

/// Three variables of each kind of register, changed in every other `if`.
fn long_chain() -> Case {
    let mut text =
        "(module (func $subject (export \"f\") (param $x i64) (param $n i32) (result i64)
        (local $f f64) (local $v v128) (local $k i32)\n"
            .to_string();
    for i in 0..JOINS {
        writeln!(
            text,
            "local.get $n i32.const {i} i32.xor i32.const 3 i32.and if
               local.get $x i64.const {factor} i64.mul local.set $x
               local.get $f f64.const {i} f64.add local.set $f
             else
               local.get $v local.get $x i64x2.splat i64x2.add local.set $v
               local.get $k i32.const {i} i32.add local.set $k
             end",
            factor = 2 * i + 3,
        )
        .expect("a string takes all");
    }
    text.push_str(
        "local.get $x local.get $f i64.reinterpret_f64 i64.xor
         local.get $v i64x2.extract_lane 1 i64.add local.get $k i64.extend_i32_u i64.add))",
    );
    let model = |mut x: u64, n: u64| {
        let (mut f, mut v, mut k) = (0f64, 0u64, 0u32);
        for i in 0..JOINS {
            if (n ^ i) & 3 != 0 {
                x = x.wrapping_mul(2 * i + 3);
                f += i as f64;
            } else {
                v = v.wrapping_add(x);
                k = k.wrapping_add(i as u32);
            }
        }
        let sum = (x ^ f.to_bits()).wrapping_add(v).wrapping_add(k.into());
        Answer::Slots(vec![sum])
    };
    let calls = [(1, 0), (7, 1), (u64::MAX, 2), (0x1234_5678_9abc, 3)];
    Case {
        name: "long chain",
        text,
        size: 0,
        verify: false,
        calls: calls
            .iter()
            .map(|&(x, n)| ("f", vec![x, n], model(x, n)))
            .collect(),
    }
}

/// Ways that meet: more than the register allocator may merge at once.
fn wide_join() -> Case {
    let mut text =
        "(module (func $subject (export \"f\") (param i32 i64) (result i64) (local v128 i32)
        local.get 1 i64x2.splat local.set 2 (block $out (result i64)\n"
            .to_string();
    for _ in 0..=JOINS {
        text.push_str("block\n");
    }
    text.push_str("local.get 0 br_table");
    for entry in 0..=JOINS {
        write!(text, " {entry}").expect("a string takes all");
    }
    for entry in 0..=JOINS {
        write!(
            text,
            "\nend i32.const {entry} local.set 3
             local.get 2 i64.const {entry} i64x2.splat i64x2.mul local.set 2
             local.get 1 i64.const {} i64.xor br $out",
            entry * 5
        )
        .expect("a string takes all");
    }
    text.push_str(
        ") local.get 2 i64x2.extract_lane 1 i64.add local.get 3 i64.extend_i32_u i64.add))",
    );
    let model = |index: u64, x: u64| {
        let entry = index.min(JOINS);
        let sum = (x ^ (entry * 5)).wrapping_add(x.wrapping_mul(entry));
        Answer::Slots(vec![sum.wrapping_add(entry)])
    };
    let calls = [
        (0, 1),
        (1, 77),
        (1023, 5),
        (1024, 6),
        (2999, u64::MAX),
        (3000, 9),
        (9999, 3),
    ];
    Case {
        name: "wide join",
        text,
        size: 0,
        verify: true,
        calls: calls
            .iter()
            .map(|&(index, x)| ("f", vec![index, x], model(index, x)))
            .collect(),
    }
}
