//! Components: the reference tests of the component model (corpus) and scripts of our own (`testsuite/components`), which
//! wasmtime passes too.
//!
//! Everything that a script has is compiled once, which judges what must be refused and finds what needs features that wative does not have. The
//! latter is skipped, and `testsuite/components/skipped.txt` says exactly what, so that a change is noticed; `BLESS=1` writes it anew. Every
//! other instance of a component becomes an executable that makes the script's calls one after the other.

pub mod mutants;
mod run;
mod script;
mod value;
mod wave;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use wative_compiler::Input;
use wative_compiler::ir::component::ComponentCall;
use wative_compiler::ir::{EntryKind, MemoryMode};
use wative_compiler::options::{OptLevel, Options, Unknown};

use crate::compile::{self, Failure};
use crate::program::{self, CONFIGURATIONS};
use crate::report::{Output, Report};
use crate::spec::script::Verdict;
use crate::target::Target;
use crate::{corpus, parallel};
use script::{Check, Instance, Script};

/// Failures that are right, each with the reason: `(file, text in the failure, reason)`.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    (
        "validation/kebab.wast",
        "import name `a-1` conflicts with previous name `a1`",
        "names that differ in hyphens only are equal by now",
    ),
    (
        "binary/binary.wast",
        "historically accepted as `cancellable`",
        "the `cancellable` option is no longer in the binary format",
    ),
    (
        "async/cancellable.wast",
        "the `cancellable` option is no longer supported",
        "the `cancellable` option is no longer in the text format",
    ),
    (
        "async/sync-streams.wast",
        "wasm `unreachable` instruction executed",
        "a callback task that waits inside of a call keeps its instance, so a second one is starting, not started (Concurrency.md, backpressure); wasmtime 49 fails too",
    ),
    (
        "async/trap-on-reenter.wast",
        "instead of cannot enter component instance",
        "a parent and its children may call each other by now (CanonicalABI.md, donut wrapping)",
    ),
];

/// An executable that makes calls on a new instance of the component.
fn build(
    component: &Input,
    calls: &[ComponentCall],
    target: &Target,
    options: &Options,
) -> Result<Vec<u8>, Failure> {
    let options = Options {
        entry: EntryKind::Calls(calls.to_vec()),
        ..options.clone()
    };
    compile::executable(std::slice::from_ref(component), target, &options)
}

/// Compiles everything in the scripts whose names contain `filter`, and runs what can be run in every configuration on every target.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    let (scripts, mut report) = parse(filter);
    let mut refused = HashSet::new();
    let mut skipped = BTreeMap::new();
    let parts = parallel::map(&scripts, check);
    for (script, (part, lines, instances)) in scripts.iter().zip(parts) {
        report.absorb(part);
        skipped.insert(script.name.as_str(), lines);
        refused.extend(instances.into_iter().map(|i| (script.name.as_str(), i)));
    }
    report.outcome("what is skipped", compare(&skipped, filter));
    output.report("components refusals", report);
    let mut instances: Vec<(&Script, &Instance)> = Vec::new();
    for script in &scripts {
        let can_run = |(i, _): &(usize, _)| !refused.contains(&(script.name.as_str(), *i));
        let found = script.instances.iter().enumerate().filter(can_run);
        instances.extend(found.map(|(_, instance)| (script, instance)));
    }
    for target in targets.iter().filter(|_| "wave".contains(filter)) {
        output.report(
            &format!("components {} texts", target.name),
            wave::judge(target),
        );
    }
    for target in targets {
        for (memory, opt) in CONFIGURATIONS {
            let name = format!("components {} {memory:?} {opt:?}", target.name);
            let mut report = Report::default();
            let options = program::options(target, memory, opt);
            let judge = |(script, instance): &(&Script, &Instance)| {
                run::judge(script, instance, target, &options)
            };
            for part in parallel::map(&instances, judge) {
                report.absorb(part);
            }
            output.report(&name, report);
        }
        orders(&instances, target, output);
    }
}

/// Seeds of orders in which tasks go on.
const ORDERS: std::ops::RangeInclusive<u32> = 1..=4;

/// Files that rely on an order: two calls that wait must begin as they were made, because each has a number that is counted then.
const ORDERED: [&str; 1] = ["async/async-calls-sync.wast"];

/// Judges what has tasks in other orders than the usual one.
fn orders(instances: &[(&Script, &Instance)], target: &Target, output: &mut Output) {
    let has_tasks = |script: &Script| {
        let own = ["own/tasks.wast", "own/streams.wast", "own/host.wast"];
        let name = script.name.as_str();
        (name.starts_with("async/") && !ORDERED.contains(&name)) || own.contains(&name)
    };
    let chosen: Vec<_> = instances.iter().filter(|(it, _)| has_tasks(it)).collect();
    for seed in ORDERS {
        let mut report = Report::default();
        let options = Options {
            schedule: seed,
            ..program::options(target, MemoryMode::Fixed, OptLevel::O2)
        };
        let judge = |(script, instance): &&(&Script, &Instance)| {
            run::judge(script, instance, target, &options)
        };
        for part in parallel::map(&chosen, judge) {
            report.absorb(part);
        }
        output.report(&format!("components {} order {seed}", target.name), report);
    }
}

/// Where our own scripts are.
fn own() -> PathBuf {
    corpus::root().join("testsuite/components")
}

/// Parses the scripts whose names contain `filter`.
fn parse(filter: &str) -> (Vec<Script>, Report) {
    let mut files = Vec::new();
    let mut collect = |dir: &Path, prefix: &str| {
        for path in corpus::files(dir, "wast") {
            let name = path.strip_prefix(dir).unwrap_or(&path);
            files.push((format!("{prefix}{}", name.display()), path));
        }
    };
    collect(&own(), "own/");
    if let Some(corpus) = corpus::find() {
        collect(&corpus.join("components/wast"), "");
    }
    files.retain(|(name, _)| name.contains(filter));
    let parse = |(name, path): &(String, PathBuf)| {
        let text = fs::read_to_string(path).map_err(|e| format!("{name}: {e}"))?;
        script::parse(name, &text)
    };
    let mut report = Report::default();
    let mut scripts = Vec::new();
    for ((name, _), result) in files.iter().zip(parallel::map(&files, parse)) {
        match result {
            Ok(script) => scripts.push(script),
            Err(why) => match exception(name, &why) {
                Some(reason) => scripts.push(Script {
                    name: name.clone(),
                    skipped: vec![(1, reason.to_string())],
                    ..Script::default()
                }),
                None => report.fail(why),
            },
        }
    }
    (scripts, report)
}

/// Why a failure is right.
fn exception(name: &str, failure: &str) -> Option<&'static str> {
    let fits = |(file, text, _): &&(&str, &str, &str)| *file == name && failure.contains(text);
    EXCEPTIONS.iter().find(fits).map(|(.., reason)| *reason)
}

/// Why what failed so is skipped, if it is.
fn reason_to_skip(script: &Script, failure: &Failure) -> Option<String> {
    if let Some(reason) = exception(&script.name, &failure.to_string()) {
        return Some(reason.to_string());
    }
    match failure {
        Failure::Refused(e) if e.reason.ends_with("of components are not supported") => {
            Some(e.reason.clone())
        }
        Failure::Refused(_) | Failure::Panicked(_) => failure.unsupported(),
    }
}

/// Reasons for skips, each with its lines.
type Skipped = BTreeMap<String, Vec<usize>>;

/// Compiles everything once. Returns besides the results what is skipped, and the instances that cannot be run.
fn check(script: &Script) -> (Report, Skipped, Vec<usize>) {
    let mut report = Report::default();
    let mut skipped = Skipped::new();
    let mut refused = Vec::new();
    let mut skip = |report: &mut Report, line: usize, reason: &str| {
        report.skip(1, reason);
        skipped.entry(reason.to_string()).or_default().push(line);
    };
    for (line, failure) in &script.judged {
        let result = failure.clone().map_or(Ok(()), Err);
        report.outcome(&format!("{}:{line}", script.name), result);
    }
    for (line, reason) in &script.skipped {
        skip(&mut report, *line, reason);
    }
    for check in &script.checks {
        let place = format!("{}:{}", script.name, check.line);
        let result = compile_only(&place, &check.bytes, &[], check.verdict);
        let failure = result.as_ref().err();
        match failure.and_then(|failure| reason_to_skip(script, failure)) {
            Some(reason) => skip(&mut report, check.line, &reason),
            None => report.outcome(&place, verdict(check, result)),
        }
    }
    for (i, instance) in script.instances.iter().enumerate() {
        let place = format!("{}:{}", script.name, instance.line);
        let result = compile_only(&place, &instance.bytes, &instance.calls(), Verdict::Valid);
        let Some(failure) = result.err() else {
            continue;
        };
        refused.push(i);
        match reason_to_skip(script, &failure) {
            Some(reason) => {
                for line in instance.lines() {
                    skip(&mut report, line, &reason);
                }
            }
            None => {
                let count = instance.lines().count();
                report.fail_many(count, format!("{place}: {failure} [{count} steps]"));
            }
        }
    }
    for lines in skipped.values_mut() {
        lines.sort_unstable();
    }
    (report, skipped, refused)
}

fn input(place: &str, bytes: &[u8]) -> Input {
    Input {
        name: "component".to_string(),
        path: place.to_string(),
        bytes: bytes.to_vec(),
        links: Vec::new(),
    }
}

fn compile_only(
    place: &str,
    bytes: &[u8],
    calls: &[ComponentCall],
    verdict: Verdict,
) -> Result<(), Failure> {
    let options = Options {
        entry: EntryKind::Calls(calls.to_vec()),
        unknown: match verdict {
            Verdict::Unlinkable => Unknown::Refuse,
            Verdict::Valid | Verdict::Invalid | Verdict::Malformed => Unknown::Trap,
        },
        jobs: 1,
        ..Options::default()
    };
    compile::compile(&[input(place, bytes)], &options).map(|_| ())
}

/// Compares what the compiler says with what it must say. It validates a component as a whole before it looks for what is imported.
fn verdict(check: &Check, result: Result<(), Failure>) -> Result<(), String> {
    let Err(failure) = result else {
        return match check.verdict {
            Verdict::Valid => Ok(()),
            verdict => Err(format!("accepted, but it is {verdict:?}")),
        };
    };
    let is_link_error = match &failure {
        Failure::Refused(e) => [
            "unknown import",
            "incompatible import type",
            "cannot be resolved",
        ]
        .iter()
        .any(|class| e.reason.contains(class)),
        Failure::Panicked(_) => return Err(failure.to_string()),
    };
    match (check.verdict, is_link_error) {
        (Verdict::Valid | Verdict::Unlinkable, true) => Ok(()),
        (Verdict::Invalid | Verdict::Malformed, false) => Ok(()),
        (verdict, _) => Err(format!("{verdict:?}, but refused so: {failure}")),
    }
}

/// Compares what was skipped in these scripts with the list of what may be. A line of it is `FILE: REASON: LINES`.
fn compare(skipped: &BTreeMap<&str, Skipped>, filter: &str) -> Result<(), String> {
    let mut found = Vec::new();
    for (name, reasons) in skipped {
        for (reason, lines) in reasons {
            let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
            found.push(format!("{name}: {reason}: {}", lines.join(" ")));
        }
    }
    let path = own().join("skipped.txt");
    let is_whole = filter.is_empty() && corpus::find().is_some();
    if is_whole && std::env::var_os("BLESS").is_some_and(|v| v == "1") {
        let text: String = found.iter().map(|line| format!("{line}\n")).collect();
        return fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()));
    }
    let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let is_run = |line: &&str| {
        line.split(':')
            .next()
            .is_some_and(|n| skipped.contains_key(n))
    };
    let wanted: BTreeSet<&str> = text.lines().filter(is_run).collect();
    let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
    let new = found.difference(&wanted).map(|line| format!("+ {line}"));
    let gone = wanted.difference(&found).map(|line| format!("- {line}"));
    let changes: Vec<String> = new.chain(gone).collect();
    match changes.is_empty() {
        true => Ok(()),
        false => Err(format!("BLESS=1 would change {}", changes.join(" | "))),
    }
}
