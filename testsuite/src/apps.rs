//! Real programs that others wrote, with recorded results, from the corpus: modules, the same as components, and components.
//!
//! `cases/NAME/case.json` in `apps` and in `components` says module, arguments, directories, environment and what to expect. The rules are
//! those of the corpus' own judge; directories and environment are granted at build time. What the compiler refuses
//! because it lacks a feature is skipped with that reason only where the case's tags announce such a feature.

mod live;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use regex::bytes::RegexBuilder;
use serde_json::Value;
use sha2::{Digest, Sha256};
use wasi_preview1_component_adapter_provider as adapter;
use wative_compiler::Input;
use wative_compiler::ir::{EntryKind, MemoryMode};
use wative_compiler::options::{Config, Options, Preopen};

use crate::process::{self, Finished, Scratch, tail};
use crate::report::{Output, Report};
use crate::target::Target;
use crate::{compile, corpus, parallel, spec};

/// Cases that take minutes in an emulator, where they are run in one form only, but for the long script.
const LONG: [&str; 2] = ["na-stream2", "wamr-c-wasm-simd128-example"];

const TOO_LONG: &str = "takes minutes in an emulator; it is run there as it is, and in all ways by scripts/test-long.sh";

/// Tags of features that later versions will have.
const UNSUPPORTED_TAGS: [&str; 3] = ["exceptions", "gc", "threads-shared-memory"];

/// Cases in which the adapter traps, in wasmtime 49 too: some memories cannot grow, so that it has no room for its state, and some old allocators
/// take the pages that it has asked for as theirs.
const NOT_ADAPTABLE: [&str; 8] = [
    "na-box_seal",
    "na-keygen",
    "na-secretbox_easy2",
    "na-xchacha20",
    "rs-guest-small",
    "sg-tinygo-json",
    "wamr-HashSet",
    "wamr-c-wasm-simd128-example",
];

/// Modules up to this many bytes run in every memory mode, larger ones in the default mode only.
const SMALL: u64 = 100_000;

/// Modules from this many bytes on are compiled with all threads.
const LARGE: u64 = 1_000_000;

/// What became of a case.
enum Outcome {
    Passed,
    Skipped(String),
    Failed(String),
}

/// A case on one target.
struct Run {
    outcome: Outcome,
    /// How the program ended, if it ran.
    end: Option<End>,
    /// How long that took, with the compilation.
    took: Duration,
}

/// What a program did, as far as it is the same everywhere.
struct End {
    code: i32,
    /// Line of stderr that names the trap.
    trap: Option<String>,
    /// Normalised; where a case expects only a pattern, for instance because it prints times, numbers are left out.
    stdout: Vec<u8>,
}

/// What of a module is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Given,
    /// The module as a component, by the adapter that toolchains use for modules of preview 1.
    Adapted,
}

struct Case {
    form: Form,
    name: String,
    dir: PathBuf,
    root: PathBuf,
    tags: Vec<String>,
    module: PathBuf,
    size: u64,
    json: Value,
}

/// Runs the modules' cases, then those of components.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    let Some(corpus) = corpus::find() else {
        let mut report = Report::default();
        report.skip(1, "the corpus is not here");
        return output.report("apps", report);
    };
    for (title, folder, form) in [
        ("apps", "apps", Form::Given),
        ("adapted apps", "apps", Form::Adapted),
        ("component apps", "components", Form::Given),
    ] {
        match read_cases(&corpus.join(folder), filter, form) {
            Ok(cases) => {
                let (cases, mut needs): (Vec<Case>, Vec<Case>) =
                    (cases.into_iter()).partition(|case| missing(case).is_none());
                needs.sort_by(|a: &Case, b| a.name.cmp(&b.name));
                run_cases(title, &cases, targets, output);
                let mut report = Report::default();
                needs
                    .iter()
                    .filter_map(missing)
                    .for_each(|it| report.skip(1, it));
                output.report(&format!("{title} left out"), report);
            }
            Err(e) => {
                let mut report = Report::default();
                report.fail(format!("{}: {e}", corpus.display()));
                output.report(title, report);
            }
        }
    }
}

/// Why a component's case cannot run: its kind is neither a command's nor a server's, or it needs more of the host than we have.
fn missing(case: &Case) -> Option<String> {
    let mut needs = list(&case.json["needs"]).map(text);
    match needs.find(|need| !["p3", "net", "http"].contains(need)) {
        Some(need) => Some(format!("needs {need}")),
        None => {
            let kind = kind(case);
            (!["command", "serve"].contains(&kind)).then(|| format!("is for {kind}"))
        }
    }
}

fn kind(case: &Case) -> &str {
    case.json["kind"].as_str().unwrap_or("command")
}

/// Runs cases on every target: the default mode with a report per tag, and the small ones in the other modes. Whatever a program did on the first
/// target it must do on the others.
fn run_cases(title: &str, cases: &[Case], targets: &[Target], output: &mut Output) {
    for memory in [MemoryMode::Fixed, MemoryMode::Pinned, MemoryMode::Checked] {
        let every = memory == MemoryMode::Fixed;
        let is_small = |case: &&Case| case.size <= SMALL && case.form == Form::Given;
        let chosen: Vec<&Case> = cases.iter().filter(|c| every || is_small(c)).collect();
        let mut first: Option<(&Target, Vec<Run>)> = None;
        for target in targets {
            if spec::is_left_out(memory, target) {
                let mut report = Report::default();
                report.skip(1, spec::PINNED);
                output.report(&format!("{title} {} {memory:?}", target.name), report);
                continue;
            }
            // What took long on the first target begins first, so that no long one is left for the end.
            let took = |at: &usize| first.as_ref().map(|(_, runs)| Reverse(runs[*at].took));
            let mut order: Vec<usize> = (0..chosen.len()).collect();
            order.sort_by_key(took);
            let mut runs = parallel::map(&order, |&at| {
                let (case, begun) = (chosen[at], Instant::now());
                let is_plain = every && case.form == Form::Given;
                let is_long = LONG.contains(&&*case.name) && !target.is_native() && !is_plain;
                let mut run = match is_long && !spec::is_long() {
                    true => Run::only(Outcome::Skipped(TOO_LONG.to_string())),
                    false => run_case(case, target, memory),
                };
                run.took = begun.elapsed();
                (at, run)
            });
            runs.sort_by_key(|(at, _)| *at);
            let runs: Vec<Run> = runs.into_iter().map(|(_, run)| run).collect();
            let mut report = Report::default();
            for (case, run) in chosen.iter().zip(&runs) {
                note(&mut report, case, &run.outcome);
            }
            if every {
                tags(&chosen, &runs);
            }
            output.report(&format!("{title} {} {memory:?}", target.name), report);
            let Some((other, expected)) = &first else {
                first = Some((target, runs));
                continue;
            };
            let mut report = Report::default();
            for ((case, run), expected) in chosen.iter().zip(&runs).zip(expected) {
                if let (Some(end), Some(expected)) = (&run.end, &expected.end) {
                    let name = format!("{} {}", case.name, target.name);
                    report.outcome(&name, same(end, expected));
                }
            }
            let name = format!("{title} {} like {} {memory:?}", target.name, other.name);
            output.report(&name, report);
        }
    }
}

/// Prints a line for each tag.
fn tags(cases: &[&Case], runs: &[Run]) {
    let mut by_tag: BTreeMap<&str, Report> = BTreeMap::new();
    for (case, run) in cases.iter().zip(runs) {
        for tag in &case.tags {
            note(by_tag.entry(tag).or_default(), case, &run.outcome);
        }
    }
    let mut slowest: Vec<(Duration, &str)> = (runs.iter().zip(cases))
        .map(|(run, case)| (run.took, &*case.name))
        .collect();
    slowest.sort_unstable_by_key(|it| Reverse(*it));
    for (took, name) in slowest.iter().take(5) {
        println!("    slow: {name} [{:.1} s]", took.as_secs_f64());
    }
    for (tag, report) in by_tag {
        println!("    apps tag {tag}: {report}");
    }
}

/// Compares how a program ended on two targets.
fn same(end: &End, expected: &End) -> Result<(), String> {
    if end.code != expected.code {
        return Err(format!("exit {}, there {}", end.code, expected.code));
    }
    if end.trap != expected.trap {
        return Err(format!("trap {:?}, there {:?}", end.trap, expected.trap));
    }
    difference("stdout", &end.stdout, &expected.stdout).map_or(Ok(()), Err)
}

fn note(report: &mut Report, case: &Case, outcome: &Outcome) {
    match outcome {
        Outcome::Passed => report.pass(1),
        Outcome::Skipped(reason) => report.skip(1, reason.as_str()),
        Outcome::Failed(why) => report.fail(format!("{}: {why}", case.name)),
    }
}

/// All cases, the largest modules first so that no long one is left for the end.
fn read_cases(root: &Path, filter: &str, form: Form) -> io::Result<Vec<Case>> {
    let mut cases = Vec::new();
    for entry in fs::read_dir(root.join("cases"))? {
        let dir = entry?.path();
        let name = dir
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let file = dir.join("case.json");
        if !file.exists() || !name.contains(filter) {
            continue;
        }
        let json: Value = serde_json::from_slice(&fs::read(&file)?)?;
        // The adapter for commands is not for reactors.
        let is_reactor = list(&json["tags"]).any(|tag| text(tag) == "reactor");
        let fails = json["expect"]["compile_fails"].as_bool() == Some(true);
        if form == Form::Adapted && (fails || is_reactor) {
            continue;
        }
        let module = root.join("modules").join(text(&json["module"]));
        cases.push(Case {
            form,
            tags: list(&json["tags"]).map(text).map(str::to_string).collect(),
            size: fs::metadata(&module)?.len(),
            root: root.to_path_buf(),
            name,
            dir,
            module,
            json,
        });
    }
    cases.sort_by(|a, b| b.size.cmp(&a.size).then(a.name.cmp(&b.name)));
    Ok(cases)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn run_case(case: &Case, target: &Target, memory: MemoryMode) -> Run {
    match try_case(case, target, memory) {
        Ok(run) => run,
        Err(e) => Run::only(Outcome::Failed(e.to_string())),
    }
}

impl Form {
    /// What becomes of an exit code: WASI 0.2 has but success and failure.
    fn exit_code(self, code: i64) -> i64 {
        match self {
            Form::Given => code,
            Form::Adapted => code.min(1),
        }
    }
}

impl Run {
    /// A case whose program did not run.
    fn only(outcome: Outcome) -> Run {
        Run {
            outcome,
            end: None,
            took: Duration::ZERO,
        }
    }
}

fn try_case(case: &Case, target: &Target, memory: MemoryMode) -> io::Result<Run> {
    let scratch = Scratch::new()?;
    // A reactor without an export to call is initialised, and no more.
    let entry = if case.tags.iter().any(|tag| tag == "reactor") {
        EntryKind::Invoke("_initialize".to_string())
    } else {
        EntryKind::Command
    };
    let options = Options {
        isa: target.isa,
        entry,
        memory,
        jobs: if case.size >= LARGE { 0 } else { 1 },
        verify: false,
        config: grants(case, &scratch)?,
        ..Options::default()
    };
    let given = fs::read(&case.module)?;
    let bytes = match case.form {
        Form::Given => given,
        Form::Adapted if NOT_ADAPTABLE.contains(&&*case.name) => {
            let why = "the adapter traps, wherever it runs".to_string();
            return Ok(Run::only(Outcome::Skipped(why)));
        }
        Form::Adapted => match adapt(&given) {
            Ok(component) => component,
            Err(why) => return Ok(Run::only(Outcome::Skipped(why))),
        },
    };
    let input = Input {
        name: case.name.clone(),
        path: case.module.display().to_string(),
        bytes,
        links: Vec::new(),
    };
    let must_fail = case.json["expect"]["compile_fails"].as_bool() == Some(true);
    let executable = match compile::executable(&[input], target, &options) {
        Ok(_) if must_fail => {
            let why = "accepted an invalid module".to_string();
            return Ok(Run::only(Outcome::Failed(why)));
        }
        Ok(executable) => executable,
        Err(compile::Failure::Refused(_)) if must_fail => return Ok(Run::only(Outcome::Passed)),
        Err(failure) => {
            let announced = case
                .tags
                .iter()
                .any(|t| UNSUPPORTED_TAGS.contains(&t.as_str()));
            return Ok(Run::only(match failure.unsupported() {
                Some(feature) if announced => Outcome::Skipped(feature),
                Some(_) | None => Outcome::Failed(failure.to_string()),
            }));
        }
    };
    if kind(case) == "serve" {
        let complaints = live::serve(case, target, &executable);
        return Ok(Run::only(outcome(complaints.unwrap_or_else(|e| vec![e]))));
    }
    let mut path = scratch.executable(&executable)?;
    if let Some(name) = case.json["exe"].as_str() {
        let named = scratch.path().join(name);
        fs::rename(&path, &named)?;
        path = named;
    }
    let mut command = target.command(&path);
    command.args(list(&case.json["args"]).map(|a| OsStr::from_bytes(text(a).as_bytes())));
    command.stdin(match case.json["stdin"].as_str() {
        Some(name) => Stdio::from(File::open(case.dir.join(name))?),
        None => Stdio::null(),
    });
    let seconds = case.json["timeout"].as_f64().unwrap_or(60.0);
    let limit = Duration::from_secs_f64(seconds) * target.slowness();
    let (finished, mut complaints) = match case.json["ops"].is_array() {
        true => live::operate(case, command, limit)?,
        false => (process::run(command, limit)?, Vec::new()),
    };
    complaints.extend(judge(case, &finished, &scratch)?);
    let outcome = outcome(complaints);
    let end = (!finished.timed_out).then(|| ending(case, &finished));
    Ok(Run {
        end: end.transpose()?,
        ..Run::only(outcome)
    })
}

fn outcome(complaints: Vec<String>) -> Outcome {
    match complaints.is_empty() {
        true => Outcome::Passed,
        false => Outcome::Failed(complaints.join("; ")),
    }
}

/// A module of preview 1 as a component of WASI 0.2.
///
/// # Errors
/// The adapter does not take it: why.
fn adapt(module: &[u8]) -> Result<Vec<u8>, String> {
    let encode = || {
        wit_component::ComponentEncoder::default()
            .module(module)?
            .adapter(
                adapter::WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME,
                adapter::WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER,
            )?
            .encode()
    };
    encode().map_err(|why| format!("the adapter does not take it: {}", why.root_cause()))
}

fn ending(case: &Case, finished: &Finished) -> io::Result<End> {
    let mut stdout = normalise(&case.json, finished.stdout.clone())?;
    if !case.json["expect"]["stdout_re"].is_null() {
        stdout = pattern("[0-9.]+")?
            .replace_all(&stdout, &b"N"[..])
            .into_owned();
    }
    let text = String::from_utf8_lossy(&finished.stderr);
    let trap = text.lines().find(|line| line.contains("wasm trap: "));
    Ok(End {
        code: finished.code(),
        trap: trap.map(str::to_string),
        stdout,
    })
}

/// Copies the case's directories to `d0`, `d1`… in the scratch directory and grants them.
fn grants(case: &Case, scratch: &Scratch) -> io::Result<Config> {
    let mut config = Config::default();
    for (i, pair) in list(&case.json["dirs"]).enumerate() {
        let (host, guest) = (text(&pair[0]), text(&pair[1]));
        let copy = scratch.path().join(format!("d{i}"));
        match (host, host.strip_prefix('@')) {
            ("", _) => fs::create_dir(&copy)?,
            (_, Some(shared)) => copy_tree(&case.root.join(shared), &copy)?,
            (own, None) => copy_tree(&case.dir.join(own), &copy)?,
        }
        config
            .preopens
            .push(Preopen::directory(copy.display().to_string(), guest));
    }
    config.network = live::rules(case);
    config.env.extend(live::servers(case)?);
    for (name, value) in case.json["env"].as_object().into_iter().flatten() {
        config.env.push(format!("{name}={}", text(value)));
    }
    Ok(config)
}

/// Copies a folder; the copies are writable whatever the originals are.
pub fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(entry.path())?, &target)?;
        } else {
            fs::write(&target, fs::read(entry.path())?)?;
        }
    }
    Ok(())
}

/// Everything that differs from what the case expects.
fn judge(case: &Case, finished: &Finished, scratch: &Scratch) -> io::Result<Vec<String>> {
    let mut complaints = Vec::new();
    if finished.timed_out {
        return Ok(vec!["run timeout".to_string()]);
    }
    let expect = &case.json["expect"];
    let code = finished.code();
    if let Some(want) = expect["exit"]
        .as_i64()
        .map(|want| case.form.exit_code(want))
        && i64::from(code) != want
    {
        complaints.push(format!("want exit {want}: {}", finished.describe()));
    }
    if !expect["trap"].is_null() && code < 126 && (code == 0 || finished.stderr.is_empty()) {
        complaints.push(format!("no trap: {}", finished.describe()));
    }
    let stdout = normalise(&case.json, finished.stdout.clone())?;
    if let Some(name) = expect["stdout"].as_str() {
        complaints.extend(difference(
            "stdout",
            &stdout,
            &fs::read(case.dir.join(name))?,
        ));
    }
    if let Some(want) = expect["stdout_sha256"].as_str()
        && hash(&stdout) != want
    {
        complaints.push(format!("stdout has another hash ({} bytes)", stdout.len()));
    }
    for (key, got) in [("stdout_re", &stdout), ("stderr_re", &finished.stderr)] {
        if let Some(want) = expect[key].as_str()
            && !pattern(want)?.is_match(got)
        {
            complaints.push(format!("{key} {want} does not match {}", tail(got, 200)));
        }
    }
    if let Some(name) = expect["stderr"].as_str() {
        let want = fs::read(case.dir.join(name))?;
        complaints.extend(difference("stderr", &finished.stderr, &want));
    }
    for (file, want) in expect["files"].as_object().into_iter().flatten() {
        match fs::read(scratch.path().join(file)) {
            Err(e) => complaints.push(format!("file {file}: {e}")),
            Ok(bytes) if !text(want).is_empty() && hash(&bytes) != text(want) => {
                complaints.push(format!("file {file} differs"));
            }
            Ok(_) => {}
        }
    }
    Ok(complaints)
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

fn pattern(text: &str) -> io::Result<regex::bytes::Regex> {
    RegexBuilder::new(text)
        .unicode(false)
        .dot_matches_new_line(true)
        .build()
        .map_err(io::Error::other)
}

/// Applies the case's replacements; `\1` in them is the first group.
fn normalise(json: &Value, mut bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    let group = regex::Regex::new(r"\\([0-9])").map_err(io::Error::other)?;
    for pair in list(&json["normalise"]) {
        let escaped = text(&pair[1]).replace('$', "$$");
        let replacement = group.replace_all(&escaped, "$${$1}").into_owned();
        let search = RegexBuilder::new(text(&pair[0]))
            .unicode(false)
            .build()
            .map_err(io::Error::other)?;
        bytes = search
            .replace_all(&bytes, replacement.as_bytes())
            .into_owned();
    }
    Ok(bytes)
}

/// Where `got` first differs from `want`.
pub fn difference(what: &str, got: &[u8], want: &[u8]) -> Option<String> {
    if got == want {
        return None;
    }
    let same = got.iter().zip(want).take_while(|(a, b)| a == b).count();
    let show = |bytes: &[u8]| {
        let part = &bytes[same.saturating_sub(20)..bytes.len().min(same + 40)];
        String::from_utf8_lossy(part).into_owned()
    };
    Some(format!(
        "{what} differs at byte {same} ({} bytes, want {}): {:?}, want {:?}",
        got.len(),
        want.len(),
        show(got),
        show(want)
    ))
}
