//! `wasi:clocks/timezone` of both versions, with what `TZ` says: a file, a rule, nothing, and what is no zone.

use std::fs;

use wative_compiler::ir::component::{CValue, ComponentCall};
use wative_compiler::ir::{EntryKind, MemoryMode};
use wative_compiler::options::{OptLevel, Options};

use crate::process::Scratch;
use crate::program::{self, build, options};
use crate::report::Report;
use crate::target::Target;

/// A component that passes the host's functions on.
const GUEST: &str = r#"(component
    (import "wasi:clocks/timezone@0.2.0" (instance $zone
        (type $time (record (field "seconds" u64) (field "nanoseconds" u32)))
        (export "datetime" (type $datetime (eq $time)))
        (type $shown (record (field "utc-offset" s32) (field "name" string) (field "in-daylight-saving-time" bool)))
        (export "timezone-display" (type $display (eq $shown)))
        (export "display" (func (param "when" $datetime) (result $display)))
        (export "utc-offset" (func (param "when" $datetime) (result s32)))))
    (import "wasi:clocks/timezone@0.3.0" (instance $zone3
        (type $time (record (field "seconds" s64) (field "nanoseconds" u32)))
        (export "instant" (type $instant (eq $time)))
        (export "iana-id" (func (result (option string))))
        (export "utc-offset" (func (param "when" $instant) (result (option s64))))
        (export "to-debug-string" (func (result string)))))
    (core module $memory
        (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
    (core instance $memory (instantiate $memory))
    (alias core export $memory "memory" (core memory $memory))
    (alias core export $memory "realloc" (core func $realloc))
    (core func $display (canon lower (func $zone "display") (memory $memory) (realloc $realloc)))
    (core func $offset (canon lower (func $zone "utc-offset")))
    (core func $id (canon lower (func $zone3 "iana-id") (memory $memory) (realloc $realloc)))
    (core func $offset3 (canon lower (func $zone3 "utc-offset") (memory $memory)))
    (core func $debug (canon lower (func $zone3 "to-debug-string") (memory $memory) (realloc $realloc)))
    (core module $main
        (import "" "display" (func $display (param i64 i32 i32)))
        (import "" "offset" (func $offset (param i64 i32) (result i32)))
        (import "" "id" (func $id (param i32)))
        (import "" "offset3" (func $offset3 (param i64 i32 i32)))
        (import "" "debug" (func $debug (param i32)))
        (func (export "display") (param i64) (result i32) (call $display (local.get 0) (i32.const 0) (i32.const 16)) (i32.const 16))
        (func (export "offset") (param i64) (result i32) (call $offset (local.get 0) (i32.const 0)))
        (func (export "id") (result i32) (call $id (i32.const 16)) (i32.const 16))
        (func (export "offset3") (param i64) (result i32) (call $offset3 (local.get 0) (i32.const 0) (i32.const 16)) (i32.const 16))
        (func (export "debug") (result i32) (call $debug (i32.const 16)) (i32.const 16)))
    (core instance $main (instantiate $main (with "" (instance
        (export "display" (func $display)) (export "offset" (func $offset)) (export "id" (func $id)) (export "offset3" (func $offset3))
        (export "debug" (func $debug))))))
    (func (export "display") (param "when" u64) (result (tuple s32 string bool)) (canon lift (core func $main "display") (memory $memory)))
    (func (export "offset") (param "when" u64) (result s32) (canon lift (core func $main "offset")))
    (func (export "id") (result (option string)) (canon lift (core func $main "id") (memory $memory)))
    (func (export "offset3") (param "when" s64) (result (option s64)) (canon lift (core func $main "offset3") (memory $memory)))
    (func (export "debug") (result string) (canon lift (core func $main "debug") (memory $memory))))"#;

/// The first of July 2026, in the north's summer.
const SUMMER: i64 = 1_782_864_000;

/// The calls: what the local time is in summer, in winter, before 1970, and at the end of all numbers.
fn calls() -> Vec<ComponentCall> {
    let call = |name: &str, args: &[i64]| ComponentCall {
        export: vec![name.to_string()],
        args: args.iter().map(|&n| CValue::Int(n)).collect(),
    };
    vec![
        call("display", &[SUMMER]),
        call("display", &[0]),
        call("offset", &[SUMMER]),
        call("offset", &[-1]),
        call("id", &[]),
        call("offset3", &[SUMMER]),
        call("offset3", &[-2_422_054_409]),
        call("offset3", &[i64::MAX]),
        call("debug", &[]),
    ]
}

/// A file of the database: 53 minutes 28 seconds until 1893, then a rule.
fn file() -> Vec<u8> {
    let mut all = Vec::new();
    for _ in 0..2 {
        all.extend(b"TZif2");
        all.extend([0; 15]);
        let is_second = all.len() > 44;
        let counts: [u32; 6] = if is_second {
            [0, 0, 0, 1, 2, 8]
        } else {
            [0, 0, 0, 0, 1, 4]
        };
        all.extend(counts.iter().flat_map(|count| count.to_be_bytes()));
        if is_second {
            all.extend((-2_422_054_408i64).to_be_bytes());
            all.push(1);
        }
        all.extend([0, 0, 0x0c, 0x88, 0, 0]);
        if is_second {
            all.extend([0, 0, 0x0e, 0x10, 0, 4]);
        }
        all.extend(b"LMT\0");
        if is_second {
            all.extend(b"CET\0");
        }
    }
    all.extend(b"\nCET-1CEST,M3.5.0,M10.5.0/3\n");
    all
}

/// What is said in a zone that nobody knows, and in UTC.
const UNKNOWN: &str =
    "(0, \"UTC\", false)\n(0, \"UTC\", false)\n0\n0\nnone\nnone\nnone\nnone\n\"unknown\"\n";
const UTC: &str = "(0, \"UTC\", false)\n(0, \"UTC\", false)\n0\n0\nsome(\"UTC\")\nsome(0)\nsome(0)\nsome(0)\n\"UTC\"\n";

pub fn report(target: &Target, filter: &str) -> Report {
    let mut report = Report::default();
    for memory in [MemoryMode::Fixed, MemoryMode::Checked] {
        let name = format!("time zones {memory:?}");
        if name.contains(filter) {
            report.outcome(&name, judge(target, memory));
        }
    }
    report
}

fn judge(target: &Target, memory: MemoryMode) -> Result<(), String> {
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let folder = scratch.path().join("zoneinfo/Test");
    fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    let (zone, cut) = (folder.join("Zone"), folder.join("Cut"));
    fs::write(&zone, file()).map_err(|e| e.to_string())?;
    fs::write(&cut, &file()[..100]).map_err(|e| e.to_string())?;
    let options = Options {
        entry: EntryKind::Calls(calls()),
        ..options(target, memory, OptLevel::O2)
    };
    let executable = build(GUEST.as_bytes(), target, &options)?;
    let (zone, cut) = (zone.display().to_string(), cut.display().to_string());
    let known = "(7200, \"CEST\", true)\n(3600, \"CET\", false)\n7200\n0\nID\nsome(7200000000000)\nsome(EARLY)\nnone\nDEBUG\n";
    let of_file = known
        .replace("ID", "some(\"Test/Zone\")")
        .replace("EARLY", "3208000000000")
        .replace("DEBUG", "\"Test/Zone\"");
    let rule = "CET-1CEST,M3.5.0,M10.5.0/3";
    let of_rule = known
        .replace("ID", "none")
        .replace("EARLY", "7200000000000")
        .replace("DEBUG", &format!("{rule:?}"));
    for (variable, wanted) in [
        (zone.as_str(), of_file.as_str()),
        (&format!(":{zone}"), &of_file),
        (rule, &of_rule),
        (&format!(":{rule}"), &of_rule),
        ("", UTC),
        (":", UTC),
        (&cut, UNKNOWN),
        (&format!("{zone}x"), UNKNOWN),
        ("Nowhere/None", UNKNOWN),
        ("/dev/zero", UNKNOWN),
        ("/proc/self/mem", UNKNOWN),
        (&"x".repeat(5000), UNKNOWN),
    ] {
        let variables = [("TZ", variable)];
        let finished = program::run_with(&executable, target, &[], b"", &variables)?;
        let told = String::from_utf8_lossy(&finished.stdout);
        if finished.code() != 0 || told != wanted {
            return Err(format!("{variable}: {told} {}", finished.describe()));
        }
    }
    Ok(())
}
