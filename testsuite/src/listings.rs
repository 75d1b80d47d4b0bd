//! Golden listings: the IR and the machine code of small modules.
//!
//! `listings/NAME.wat` lists as `NAME.ir` (the same for every ISA) and `NAME.TARGET.s`, side by side in the folder.
//! A first line `;; options: memory=pinned opt=O0 world=open` deviates from the defaults. `BLESS=1` writes what the
//! compiler makes now; the difference is then reviewed like code.

use std::fs;
use std::path::{Path, PathBuf};

use wative_compiler::ir::{EntryKind, MemoryMode, World};
use wative_compiler::options::{CpuFeatures, Emit, OptLevel, Options, Unknown};

use crate::apps::difference;
use crate::report::{Output, Report};
use crate::target::Target;
use crate::{compile, corpus, parallel};

/// Compares or, with `BLESS=1`, writes every listing whose name contains `filter`.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    for target in targets {
        output.report(
            &format!("listings {}", target.name),
            run_all(target, filter),
        );
    }
}

fn run_all(target: &Target, filter: &str) -> Report {
    let bless = std::env::var_os("BLESS").is_some_and(|v| v == "1");
    let mut report = Report::default();
    let mut files = corpus::files(&corpus::root().join("testsuite/listings"), "wat");
    files.retain(|path| path.to_string_lossy().contains(filter));
    let parts = parallel::map(&files, |path| {
        let mut results = Vec::new();
        for emit in [Emit::Ir, Emit::Asm] {
            let expected = expected_path(path, emit, target);
            results.push((expected.clone(), list(path, emit, target, &expected, bless)));
        }
        results
    });
    for (path, result) in parts.into_iter().flatten() {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        report.outcome(&name, result);
    }
    report
}

fn expected_path(path: &Path, emit: Emit, target: &Target) -> PathBuf {
    match emit {
        Emit::Ir => path.with_extension("ir"),
        Emit::Asm | Emit::Object => path.with_extension(format!("{}.s", target.name)),
    }
}

fn list(
    path: &Path,
    emit: Emit,
    target: &Target,
    expected: &Path,
    bless: bool,
) -> Result<(), String> {
    let text = fs::read_to_string(path).map_err(|e| e.to_string())?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let input = compile::input(&stem, text.as_bytes())?;
    let mut options = Options {
        isa: target.isa,
        emit,
        entry: EntryKind::Script,
        unknown: Unknown::Trap,
        jobs: 1,
        verify: true,
        ..Options::default()
    };
    adjust(&mut options, text.lines().next().unwrap_or_default())?;
    let got = compile::compile(&[input], &options)
        .map_err(|e| e.to_string())?
        .text;
    if bless {
        return fs::write(expected, got).map_err(|e| e.to_string());
    }
    let want = fs::read_to_string(expected).map_err(|e| format!("{e}; BLESS=1 makes it"))?;
    match difference("listing", got.as_bytes(), want.as_bytes()) {
        None => Ok(()),
        Some(place) => Err(format!("{place}; BLESS=1 accepts it")),
    }
}

/// Applies a `;; options:` line.
fn adjust(options: &mut Options, line: &str) -> Result<(), String> {
    let Some(list) = line.strip_prefix(";; options:") else {
        return Ok(());
    };
    for word in list.split_whitespace() {
        match word {
            "memory=fixed" => options.memory = MemoryMode::Fixed,
            "memory=pinned" => options.memory = MemoryMode::Pinned,
            "memory=checked" => options.memory = MemoryMode::Checked,
            "opt=O0" => options.opt = OptLevel::O0,
            "opt=O1" => options.opt = OptLevel::O1,
            "cpu=v3" => options.cpu = CpuFeatures::X86_64_V3,
            "cpu=lse" => options.cpu = CpuFeatures::ARMV8_1,
            "deterministic" => options.deterministic = true,
            "world=open" => {
                options.world = World::Open;
                options.entry = EntryKind::None;
                options.unknown = Unknown::Symbol;
            }
            other => return Err(format!("unknown option {other}")),
        }
    }
    Ok(())
}
