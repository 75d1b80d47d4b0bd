//! Profiles: what programs count is exact and kept however they end, files of others are treated as documented, and what is known finds its functions.

use std::fs;
use std::path::Path;

use wative_compiler::ir::MemoryMode;
use wative_compiler::options::{Emit, OptLevel, Options};
use wative_compiler::profile::Profile;

use crate::compile;
use crate::process::{Finished, Scratch};
use crate::program::{self, build, run_with};
use crate::report::{Output, Report};
use crate::target::Target;

/// Three calls of a function with ten rounds each; the answer is the status. Control operators of `work` in order: `if`, `br_table`, `br_if`.
const PROGRAM: &str = r#"(module
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (func $work (param $sum i32) (result i32)
        (local $i i32)
        (loop $round
            (if (i32.and (local.get $i) (i32.const 1))
                (then (local.set $sum (i32.add (local.get $sum) (i32.const 1)))))
            (block $c (block $b (block $a
                (br_table $a $b $a $c (i32.rem_u (local.get $i) (i32.const 5))))
                (local.set $sum (i32.add (local.get $sum) (i32.const 2)))
                (br $c))
                (local.set $sum (i32.add (local.get $sum) (i32.const 3))))
            (br_if $round (i32.lt_u
                (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                (i32.const 10))))
        (local.get $sum))
    (func $never (param i32) (result i32) (call $work (local.get 0)))
    (func (export "_start")
        (local $sum i32)
        (local.set $sum (call $work (call $work (call $work (i32.const 0)))))
        (if (i32.eqz (local.get $sum)) (then (drop (call $never (i32.const 1)))))
        END))"#;

/// Of `_start` and of `work`, for one run: entries, then what operators do.
const START: &[u64] = &[1, 1, 0];
const WORK: &[u64] = &[3, 30, 15, 12, 6, 0, 12, 30, 27];

/// The program with another end.
fn text(end: &str) -> String {
    PROGRAM.replace("END", end)
}

/// The answer: in each call five odd rounds, and what the table's labels add.
const ANSWER: i32 = 3 * (5 + 4 * 2 + 2 * 3);

/// A test.
type Check = fn(&Target) -> Result<(), String>;

/// Counts and uses profiles.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    for target in targets {
        output.report(
            &format!("profiles {}", target.name),
            run_all(target, filter),
        );
    }
}

fn run_all(target: &Target, filter: &str) -> Report {
    let mut report = Report::default();
    program::in_all_configurations(
        &mut report,
        filter,
        &["counts"],
        |name| *name,
        |_, memory, opt| counts(target, memory, opt),
    );
    let cases: [(&str, Check); 4] = [
        ("what a trap ends is kept", trap),
        ("files of others", others),
        ("names of files", names),
        ("functions that changed", changed),
    ];
    for (name, check) in cases {
        if name.contains(filter) {
            report.outcome(name, check(target));
        }
    }
    report
}

/// Counts twice, then uses what was counted.
fn counts(target: &Target, memory: MemoryMode, opt: OptLevel) -> Result<(), String> {
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let file = scratch.path().join("counts");
    let module = text("(call $exit (local.get $sum))");
    let plain = program::options(target, memory, opt);
    let counting = Options {
        count: Some(file.display().to_string()),
        ..plain.clone()
    };
    let executable = build(module.as_bytes(), target, &counting)?;
    for runs in [1, 2] {
        answers(&run_with(&executable, target, &[], b"", &[])?)?;
        expect(&file, &[(START, runs), (WORK, runs)])?;
    }
    let with_profile = Options {
        profile: profile(&file)?,
        ..plain
    };
    let executable = build(module.as_bytes(), target, &with_profile)?;
    answers(&run_with(&executable, target, &[], b"", &[])?)?;
    let listing = listing(&module, &with_profile)?;
    let wanted = ["entries 6 {", "entries 2 {", "entries 0 {", " odds 54 6"];
    match wanted.iter().find(|part| !listing.contains(**part)) {
        Some(part) if opt != OptLevel::O0 => Err(format!("no `{part}` in\n{listing}")),
        _ => Ok(()),
    }
}

fn trap(target: &Target) -> Result<(), String> {
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let file = scratch.path().join("counts");
    let executable = counting(target, &text("(unreachable)"), &file)?;
    let finished = run_with(&executable, target, &[], b"", &[])?;
    if finished.code() != 134 {
        return Err(finished.describe());
    }
    expect(&file, &[(START, 1), (WORK, 1)])
}

/// Of another program or damaged: replaced. Something else: left alone.
fn others(target: &Target) -> Result<(), String> {
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let file = scratch.path().join("counts");
    let ours = counting(target, &text("(call $exit (local.get $sum))"), &file)?;
    let other = counting(
        target,
        &text("(call $exit (i32.const 1)) (if (local.get $sum) (then))"),
        &file,
    )?;
    run_with(&other, target, &[], b"", &[])?;
    answers(&run_with(&ours, target, &[], b"", &[])?)?;
    expect(&file, &[(START, 1), (WORK, 1)])?;
    let whole = fs::read(&file).map_err(|e| e.to_string())?;
    for len in [8, 100, whole.len() - 1] {
        fs::write(&file, &whole[..len]).map_err(|e| e.to_string())?;
        answers(&run_with(&ours, target, &[], b"", &[])?)?;
        expect(&file, &[(START, 1), (WORK, 1)])?;
    }
    for text in [&b"a letter"[..], b"short"] {
        fs::write(&file, text).map_err(|e| e.to_string())?;
        refused(
            &run_with(&ours, target, &[], b"", &[])?,
            "there is a file that is no profile",
        )?;
        if fs::read(&file).ok().as_deref() != Some(text) {
            return Err("it has overwritten what was there".to_owned());
        }
    }
    Ok(())
}

/// The variable says where; what cannot be written is an error.
fn names(target: &Target) -> Result<(), String> {
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let (file, other) = (scratch.path().join("counts"), scratch.path().join("other"));
    let executable = counting(target, &text("(call $exit (local.get $sum))"), &file)?;
    let name = other.display().to_string();
    answers(&run_with(
        &executable,
        target,
        &[],
        b"",
        &[("WATIVE_PROFILE", &name)],
    )?)?;
    expect(&other, &[(START, 1), (WORK, 1)])?;
    if file.exists() {
        return Err("it has written both files".to_owned());
    }
    for name in ["", "/dev/null", "/does/not/exist"] {
        let finished = run_with(&executable, target, &[], b"", &[("WATIVE_PROFILE", name)])?;
        refused(&finished, "error: cannot keep the profile in `")?;
    }
    Ok(())
}

/// A function whose control flow is another one by now has no counts, the others keep theirs.
fn changed(target: &Target) -> Result<(), String> {
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let file = scratch.path().join("counts");
    let executable = counting(target, &text("(call $exit (local.get $sum))"), &file)?;
    answers(&run_with(&executable, target, &[], b"", &[])?)?;
    let now = text("(if (local.get $sum) (then (call $exit (local.get $sum))))");
    let options = Options {
        profile: profile(&file)?,
        ..program::options(target, MemoryMode::Fixed, OptLevel::O2)
    };
    let listing = listing(&now, &options)?;
    let known = |entries: &str| listing.matches(entries).count();
    match (known("entries 3 {"), known("entries 1 {")) {
        (1, 0) => answers(&run_with(
            &build(now.as_bytes(), target, &options)?,
            target,
            &[],
            b"",
            &[],
        )?),
        _ => Err(format!(
            "other functions are known than expected:\n{listing}"
        )),
    }
}

/// An executable that counts.
fn counting(target: &Target, module: &str, file: &Path) -> Result<Vec<u8>, String> {
    let options = Options {
        count: Some(file.display().to_string()),
        ..program::options(target, MemoryMode::Fixed, OptLevel::O2)
    };
    build(module.as_bytes(), target, &options)
}

fn profile(file: &Path) -> Result<Profile, String> {
    let mut profile = Profile::default();
    let bytes = fs::read(file).map_err(|e| e.to_string())?;
    profile.add(&bytes).map_err(|e| e.to_string())?;
    Ok(profile)
}

fn listing(module: &str, options: &Options) -> Result<String, String> {
    let options = Options {
        emit: Emit::Ir,
        ..options.clone()
    };
    let input = compile::input("test", module.as_bytes())?;
    let compiled = compile::compile(&[input], &options).map_err(|e| e.to_string())?;
    Ok(compiled.text)
}

fn answers(finished: &Finished) -> Result<(), String> {
    match finished.code() {
        ANSWER => Ok(()),
        _ => Err(finished.describe()),
    }
}

fn refused(finished: &Finished, why: &str) -> Result<(), String> {
    match finished.code() == 1 && String::from_utf8_lossy(&finished.stderr).contains(why) {
        true => Ok(()),
        false => Err(finished.describe()),
    }
}

/// That the counters of a file are those of these functions, so many times, in any order of functions, and that nothing else was executed.
fn expect(file: &Path, funcs: &[(&[u64], u64)]) -> Result<(), String> {
    let bytes = fs::read(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let words: Vec<u64> = bytes
        .chunks_exact(8)
        .map(|word| u64::from_le_bytes(word.try_into().expect("eight bytes")))
        .collect();
    let (size, count) = (words[1] as usize / 8, words[2] as usize);
    let (mut at, mut found) = (size, Vec::new());
    for func in 0..count {
        let counters = words[4 + 3 * func + 2] as usize;
        found.push(words[at..at + counters].to_vec());
        at += counters;
    }
    if words[at..].iter().any(|&word| word != 0) {
        return Err("there is something behind the counters".to_owned());
    }
    for (counts, runs) in funcs {
        let wanted: Vec<u64> = counts.iter().map(|count| count * runs).collect();
        match found.iter().position(|counts| *counts == wanted) {
            Some(i) => drop(found.swap_remove(i)),
            None => return Err(format!("no function has counted {wanted:?}: {found:?}")),
        }
    }
    match found.iter().flatten().all(|&count| count == 0) {
        true => Ok(()),
        false => Err(format!("others have counted, too: {found:?}")),
    }
}
