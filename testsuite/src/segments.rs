//! Segments: programs of several modules whose active segments overlap, trap, or meet start functions in between; and how the size of
//! what is compiled grows with their number.
//!
//! A program ends with 0, or with the number of the check that failed; one that must trap has no other end.

use std::fmt::Write as _;

use wative_compiler::ir::{EntryKind, MemoryMode, World};
use wative_compiler::options::{Emit, OptLevel, Options};

use crate::compile;
use crate::program::{in_all_configurations, options, run};
use crate::report::{Output, Report};
use crate::target::Target;

/// Exit status of a trap.
const TRAPPED: i32 = 134;

/// A program: its modules, the main one last.
struct Case {
    name: &'static str,
    modules: Vec<(&'static str, String)>,
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
        for (name, test) in GROWTH {
            if name.contains(filter) {
                report.outcome(name, test(target));
            }
        }
        output.report(&format!("segments {}", target.name), report);
    }
}

fn check(case: &Case, target: &Target, memory: MemoryMode, opt: OptLevel) -> Result<(), String> {
    let mut inputs = Vec::new();
    for (name, text) in &case.modules {
        inputs.push(compile::input(name, text.as_bytes())?);
    }
    let options = options(target, memory, opt);
    let executable = compile::executable(&inputs, target, &options).map_err(|e| e.to_string())?;
    let finished = run(&executable, target, &[], &[])?;
    match finished.code() == case.exit {
        true => Ok(()),
        false => Err(format!("want exit {}: {}", case.exit, finished.describe())),
    }
}

/// A module that checks bytes of a memory: `(address, byte)`, in `_start` or, with `start`, in the start function.
fn checks(fields: &str, wanted: &[(u32, u8)]) -> String {
    let mut text = format!(
        r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          {fields} (func $check (export "_start")"#
    );
    for (number, (address, byte)) in (1..).zip(wanted) {
        write!(
            text,
            "(if (i32.ne (i32.load8_u (i32.const {address})) (i32.const {byte}))
               (then (call $exit (i32.const {number}))))"
        )
        .expect("a string takes all");
    }
    text.push_str("))");
    text
}

/// A segment of `len` equal bytes.
fn data(at: u32, byte: u8, len: usize) -> String {
    format!(
        "(data (i32.const {at}) \"{}\")",
        format!("\\{byte:02x}").repeat(len)
    )
}

const MEMORY: &str = r#"(memory (export "memory") 4)"#;
const IMPORTED: &str = r#"(import "a" "memory" (memory 1))"#;

fn cases() -> Vec<Case> {
    let case = |name, modules: Vec<(&'static str, String)>, exit| Case {
        name,
        modules,
        exit,
    };
    // Enough for an image; see `images` in the compiler.
    let large = 40_000;
    let overlapping = [
        data(100, 1, 8),
        data(104, 2, 8),
        data(100, 3, 2),
        data(70_000, 4, large),
        data(69_998, 5, 4),
        data(70_001, 6, 1),
        data(200_000, 7, 1),
        "(data (i32.const 262144))".to_string(),
    ];
    let wanted = [
        (100, 3),
        (102, 1),
        (104, 2),
        (111, 2),
        (112, 0),
        (69_998, 5),
        (70_001, 6),
        (70_002, 4),
        (109_999, 4),
        (110_000, 0),
        (200_000, 7),
        (200_001, 0),
    ];
    let starts = format!(
        r#"(module {MEMORY} {}
          (func $start
            ;; Its own data is there, that of the next module is not.
            (if (i32.ne (i32.load8_u (i32.const 100)) (i32.const 1)) (then unreachable))
            (if (i32.load8_u (i32.const 104)) (then unreachable))
            (if (i32.load8_u (i32.const 70001)) (then unreachable))
            (i32.store8 (i32.const 104) (i32.const 9))
            (i32.store8 (i32.const 105) (i32.const 9))
            (i32.store8 (i32.const 70002) (i32.const 9))
            (i32.store8 (i32.const 69999) (i32.const 9)))
          (start $start))"#,
        data(100, 1, 4)
    );
    let after = [data(105, 2, 1), data(70_000, 3, large)];
    let after_wanted = [
        (100, 1),
        (104, 9),
        (105, 2),
        (69_999, 9),
        (70_000, 3),
        (70_002, 3),
    ];
    let linked = [
        ("a", format!("(module {MEMORY} {})", data(100, 1, large))),
        (
            "b",
            format!(
                "(module {IMPORTED} {} {})",
                data(104, 2, 8),
                data(70_000, 3, large)
            ),
        ),
    ];
    vec![
        case(
            "later segments win",
            vec![(
                "main",
                checks(&format!("{MEMORY} {}", overlapping.concat()), &wanted),
            )],
            0,
        ),
        case(
            "a start function runs between the segments of two modules",
            vec![
                ("a", starts),
                (
                    "main",
                    checks(&format!("{IMPORTED} {}", after.concat()), &after_wanted),
                ),
            ],
            0,
        ),
        case(
            "segments of several modules come in the order of the modules",
            [
                linked.to_vec(),
                vec![(
                    "main",
                    checks(
                        &format!("{IMPORTED} {}", data(70_001, 4, 1)),
                        &[
                            (100, 1),
                            (104, 2),
                            (112, 1),
                            (70_000, 3),
                            (70_001, 4),
                            (70_002, 3),
                        ],
                    ),
                )],
            ]
            .concat(),
            0,
        ),
        case(
            "what comes behind a segment of unknown fate is not placed before it",
            vec![
                ("a", format!("(module {MEMORY} {})", data(100, 1, 4))),
                (
                    "b",
                    // Only the first module's export makes room for these.
                    format!(
                        r#"(module (import "a" "memory" (memory 1)) {} {})"#,
                        data(100, 2, 2),
                        data(101, 3, large)
                    ),
                ),
                (
                    "main",
                    checks(IMPORTED, &[(100, 2), (101, 3), (104, 3), (40_101, 0)]),
                ),
            ],
            0,
        ),
        case(
            "a segment out of bounds traps",
            vec![(
                "main",
                checks(
                    &format!(
                        "{MEMORY} {} {} {}",
                        data(0, 1, large),
                        data(262_143, 2, 2),
                        data(4, 3, 1)
                    ),
                    &[],
                ),
            )],
            TRAPPED,
        ),
        case(
            "an empty segment out of bounds traps",
            vec![(
                "main",
                checks(&format!("{MEMORY} (data (i32.const 262145))"), &[]),
            )],
            TRAPPED,
        ),
        case(
            "elements out of bounds trap",
            vec![(
                "main",
                checks(
                    &format!(
                        "{MEMORY} (table 2 funcref) (elem (i32.const 0) $check) (elem (i32.const 2) $check)"
                    ),
                    &[],
                ),
            )],
            TRAPPED,
        ),
        case("segments are dropped", vec![("main", dropped())], 0),
        case(
            "elements overlap and leave gaps",
            vec![("main", elements())],
            0,
        ),
    ]
}

/// Active segments that code names: in an image, in no image, declared ones.
fn dropped() -> String {
    format!(
        r#"(module
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          {MEMORY} (table 4 funcref)
          (data $large (i32.const 0) "{}")
          (data $small (i32.const 200000) "abc")
          (data $other (i32.const 200001) "xy")
          (data $passive "pq")
          (elem $active (i32.const 1) func $f)
          (elem $declared declare func $f)
          (func $f)
          (func (export "_start")
            (memory.init $large (i32.const 0) (i32.const 0) (i32.const 0))
            (memory.init $small (i32.const 0) (i32.const 0) (i32.const 0))
            (table.init $active (i32.const 0) (i32.const 0) (i32.const 0))
            (table.init $declared (i32.const 0) (i32.const 0) (i32.const 0))
            (data.drop $large)
            (elem.drop $active)
            (memory.init $passive (i32.const 5) (i32.const 1) (i32.const 1))
            (if (i32.ne (i32.load8_u (i32.const 5)) (i32.const 0x71)) (then (call $exit (i32.const 1))))
            (if (i32.ne (i32.load (i32.const 200000)) (i32.const 0x797861)) (then (call $exit (i32.const 2))))
            (call_indirect (i32.const 1))
            (if (i32.eqz (ref.is_null (table.get (i32.const 0)))) (then (call $exit (i32.const 3)))))
        )"#,
        "z".repeat(40_000)
    )
}

/// A table that several segments write, and one that another module writes, too.
fn elements() -> String {
    let check = |index: u32, want: u32| {
        format!(
            "(if (i32.ne (call_indirect (result i32) (i32.const {index})) (i32.const {want}))
               (then (call $exit (i32.const {}))))",
            index + 1
        )
    };
    format!(
        r#"(module
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          {MEMORY} (table 1000 funcref)
          (func $a (result i32) (i32.const 10)) (func $b (result i32) (i32.const 20))
          (elem (i32.const 1) $a $a $a)
          (elem (i32.const 2) $b)
          (elem (i32.const 999) $b)
          (elem (i32.const 500) funcref (ref.null func) (ref.func $a))
          (elem (i32.const 3) funcref (ref.func $b) (ref.null func))
          (func (export "_start")
            {} {} {} {} {}
            (if (i32.eqz (ref.is_null (table.get (i32.const 500)))) (then (call $exit (i32.const 77))))
            (if (i32.eqz (ref.is_null (table.get (i32.const 4)))) (then (call $exit (i32.const 78))))))"#,
        check(1, 10),
        check(2, 20),
        check(3, 20),
        check(501, 10),
        check(999, 20),
    )
}

// Growth.

type Test = fn(&Target) -> Result<(), String>;

const GROWTH: [(&str, Test); 4] = [
    ("code does not grow with active segments", code_of_segments),
    (
        "a file grows by the segments and little more",
        bytes_of_segments,
    ),
    (
        "passive segments that nothing names take no room",
        passive_segments,
    ),
    ("thin data makes no images", thin_data),
];

/// `count` segments of data, or of elements, each at a constant offset or one that counts from an imported global.
fn many(count: usize, elements: bool, from_global: bool) -> String {
    let mut text = r#"(module (import "host" "base" (global $base i32))"#.to_string();
    if !from_global {
        text = "(module".to_string();
    }
    write!(
        text,
        r#"(memory (export "memory") 100) (table (export "table") {} funcref) (func $f (export "_start"))"#,
        4 * count + 4
    )
    .expect("a string takes all");
    for i in 0..count {
        let offset = match (from_global, i % 3) {
            (false, _) => format!("(i32.const {})", 4 * i),
            (true, 0) => "(global.get $base)".to_string(),
            (true, 1) => format!("(i32.add (global.get $base) (i32.const {}))", 4 * i),
            (true, _) => format!("(i32.sub (global.get $base) (i32.const -{}))", 4 * i),
        };
        match elements {
            true => write!(text, "(elem (offset {offset}) $f $f)"),
            false => write!(text, "(data (offset {offset}) \"ab\")"),
        }
        .expect("a string takes all");
    }
    text.push(')');
    text
}

fn code_of_segments(target: &Target) -> Result<(), String> {
    for (world, entry) in [
        (World::Closed, EntryKind::Command),
        (World::Closed, EntryKind::Script),
        (World::Open, EntryKind::None),
    ] {
        for elements in [false, true] {
            let from_global = world == World::Open;
            let lines = |count: usize| -> Result<usize, String> {
                let options = Options {
                    world,
                    entry: entry.clone(),
                    emit: Emit::Asm,
                    ..options(target, MemoryMode::Pinned, OptLevel::O2)
                };
                let text = many(count, elements, from_global);
                let input = compile::input("test", text.as_bytes())?;
                let compiled = compile::compile(&[input], &options).map_err(|e| e.to_string())?;
                Ok(compiled.text.lines().count())
            };
            let (few, more) = (lines(10)?, lines(5000)?);
            if few != more {
                return Err(format!(
                    "{world:?} {entry:?}: {few} lines of machine code, then {more}"
                ));
            }
        }
    }
    Ok(())
}

fn size(target: &Target, text: &str) -> Result<usize, String> {
    let options = options(target, MemoryMode::Fixed, OptLevel::O2);
    let input = compile::input("test", text.as_bytes())?;
    let executable = compile::executable(&[input], target, &options);
    Ok(executable.map_err(|e| e.to_string())?.len())
}

fn bytes_of_segments(target: &Target) -> Result<(), String> {
    for (elements, each) in [(false, 2), (true, 8)] {
        let few = size(target, &many(1000, elements, false))?;
        let more = size(target, &many(9000, elements, false))?;
        let growth = more.saturating_sub(few) / 8000;
        if growth > each + 9 {
            return Err(format!("{growth} bytes for a segment of {each}"));
        }
    }
    Ok(())
}

fn passive_segments(target: &Target) -> Result<(), String> {
    let of = |count: usize| {
        let segments = "(data \"abcd\") (elem func $f)".repeat(count);
        let text = format!("(module (memory 1) (func $f (export \"_start\")) {segments})");
        size(target, &text)
    };
    let (one, many) = (of(1)?, of(5000)?);
    match many == one {
        true => Ok(()),
        false => Err(format!("{one} bytes, then {many}")),
    }
}

/// A few bytes in every page, and in every fifth page.
fn thin_data(target: &Target) -> Result<(), String> {
    let of = |count: usize, step: usize| {
        let mut text = "(module (memory 10000) (func (export \"_start\"))".to_string();
        for i in 0..count {
            write!(text, "(data (i32.const {}) \"abcd\")", i * step * 65536)
                .expect("a string takes all");
        }
        text.push(')');
        size(target, &text)
    };
    let none = of(0, 1)?;
    for step in [1, 5] {
        let thin = of(2000, step)?;
        if thin > none + 2000 * 16 {
            return Err(format!("{none} bytes, then {thin} for 2000 segments"));
        }
    }
    Ok(())
}
