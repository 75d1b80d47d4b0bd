//! Splits a script into programs, runs each as one native process, and judges its answers.
//!
//! Problem: a script instantiates hundreds of modules and acts on them in turn, but an executable is a closed world of
//! modules. Modules that a registration connects share state and must be in one program; all others
//! stand alone, so that one that is refused or dies does not take others with it.
//!
//! Algorithm: union-find over import links gives the chains. A chain becomes one program whose inputs are the
//! `spectest` module and the chain's instances in script order, linked explicitly to what was registered at
//! that moment. If the compiler refuses one of them (errors name their input), it is dropped with everything that
//! imports from it, and the rest is tried again. The process reads all commands from a file and answers each in one line:
//!
//! | command | answer |
//! |---|---|
//! | `instantiate K` | `ok` or `trap CODE` |
//! | `invoke K NAME V:V…` (name and 8-byte values in hex) | `ok V V…` or `trap CODE` |
//! | `get K NAME` | `ok V…` |

use std::collections::HashSet;
use std::fmt::Write as _;
use std::time::Duration;

use wative_compiler::abi::TrapCode;
use wative_compiler::ir::{EntryKind, World};
use wative_compiler::options::{Config, Options, Unknown};
use wative_compiler::{Input, ir::MemoryMode, options::OptLevel};

use super::script::{Action, Expect, Provider, Script, Step};
use super::value::all_match;
use crate::compile::{self, Failure};
use crate::process::{self, Scratch, tail};
use crate::report::Report;
use crate::target::Target;

/// How the programs of a run are compiled.
#[derive(Clone, Debug)]
pub struct Setup {
    pub target: Target,
    pub memory: MemoryMode,
    pub opt: OptLevel,
}

impl Setup {
    /// Options for a program of the suite.
    pub fn options(&self) -> Options {
        Options {
            isa: self.target.isa,
            opt: self.opt,
            memory: self.memory,
            world: World::Closed,
            entry: EntryKind::Script,
            unknown: Unknown::Refuse,
            jobs: 1,
            verify: true,
            config: Config {
                // Runaway recursion is reached sooner, and thousands of processes cost less.
                stack_size: 1 << 20,
                ..Config::default()
            },
            ..Options::default()
        }
    }
}

/// Time that one program may take.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs all steps of a script.
pub fn run(script: &Script, setup: &Setup, scratch: &Scratch) -> Report {
    let mut report = Report::default();
    for chain in split(script) {
        run_chain(script, chain, setup, scratch, &mut report);
    }
    report
}

/// The instances of each chain, in script order.
fn split(script: &Script) -> Vec<Vec<usize>> {
    let mut parent: Vec<usize> = (0..script.instances.len()).collect();
    fn root(parent: &[usize], mut i: usize) -> usize {
        while parent[i] != i {
            i = parent[i];
        }
        i
    }
    for (i, instance) in script.instances.iter().enumerate() {
        for (_, provider) in &instance.links {
            if let Provider::Instance(j) = provider {
                let (a, b) = (root(&parent, i), root(&parent, *j));
                parent[a.max(b)] = a.min(b);
            }
        }
    }
    let mut chains: Vec<Vec<usize>> = vec![Vec::new(); parent.len()];
    for i in 0..parent.len() {
        chains[root(&parent, i)].push(i);
    }
    chains.retain(|chain| !chain.is_empty());
    chains
}

fn run_chain(
    script: &Script,
    mut chain: Vec<usize>,
    setup: &Setup,
    scratch: &Scratch,
    report: &mut Report,
) {
    while !chain.is_empty() {
        let failure =
            match compile::executable(&inputs(script, &chain), &setup.target, &setup.options()) {
                Ok(executable) => {
                    let steps = steps_of(script, &chain);
                    if let Err(why) =
                        execute(script, &chain, &steps, &executable, setup, scratch, report)
                    {
                        report.fail(format!("{}: {why}", script.name));
                    }
                    return;
                }
                Err(failure) => failure,
            };
        let culprit = match &failure {
            Failure::Refused(e) => chain
                .iter()
                .copied()
                .find(|&i| e.file == path(script, script.instances[i].line, i)),
            Failure::Panicked(_) => None,
        };
        // Without a culprit the whole chain is lost.
        let lost: HashSet<usize> = match culprit {
            Some(i) => dependents(script, i),
            None => chain.iter().copied().collect(),
        };
        let dropped: Vec<usize> = chain.iter().copied().filter(|i| lost.contains(i)).collect();
        chain.retain(|i| !lost.contains(i));
        let steps = steps_of(script, &dropped);
        match failure.unsupported() {
            Some(feature) => report.skip(steps.len(), feature),
            None => {
                let line = culprit.map_or(steps[0].line, |i| script.instances[i].line);
                let count = steps.len();
                let place = format!("{}:{line}", script.name);
                report.fail_many(count, format!("{place}: {failure} [{count} steps]"));
            }
        }
    }
}

/// An instance and all that import from it, directly or not.
fn dependents(script: &Script, first: usize) -> HashSet<usize> {
    let mut lost = HashSet::from([first]);
    // Links only point backwards, so one pass in order is enough.
    for (i, instance) in script.instances.iter().enumerate() {
        let depends =
            |(_, p): &(String, Provider)| matches!(p, Provider::Instance(j) if lost.contains(j));
        if instance.links.iter().any(depends) {
            lost.insert(i);
        }
    }
    lost
}

fn steps_of<'a>(script: &'a Script, instances: &[usize]) -> Vec<&'a Step> {
    script
        .steps
        .iter()
        .filter(|step| instances.contains(&step.instance))
        .collect()
}

/// Path that errors about an input carry.
fn path(script: &Script, line: usize, index: usize) -> String {
    format!("{}:{line}#{index}", script.name)
}

/// Inputs of a program: `spectest` at 0, then the instances in order.
pub fn inputs(script: &Script, instances: &[usize]) -> Vec<Input> {
    let mut inputs = vec![spectest()];
    for &i in instances {
        let instance = &script.instances[i];
        inputs.push(Input {
            name: format!("instance{i}"),
            path: path(script, instance.line, i),
            bytes: instance.bytes.clone(),
            links: resolve(&instance.links, instances),
        });
    }
    inputs
}

/// Links as indices of a program's inputs.
pub fn resolve(links: &[(String, Provider)], instances: &[usize]) -> Vec<(String, usize)> {
    links
        .iter()
        .filter_map(|(name, provider)| {
            let index = match provider {
                Provider::Spectest => 0,
                Provider::Instance(i) => 1 + instances.iter().position(|j| j == i)?,
            };
            Some((name.clone(), index))
        })
        .collect()
}

fn spectest() -> Input {
    Input {
        name: "spectest".to_string(),
        path: "spectest.wat".to_string(),
        bytes: wat::parse_str(include_str!("spectest.wat")).expect("spectest.wat is a module"),
        links: Vec::new(),
    }
}

/// Runs the program and judges every answer. `Err` if it could not be run at all.
fn execute(
    script: &Script,
    chain: &[usize],
    steps: &[&Step],
    executable: &[u8],
    setup: &Setup,
    scratch: &Scratch,
    report: &mut Report,
) -> Result<(), String> {
    let error = |e: std::io::Error| e.to_string();
    let mut commands = "instantiate 0\n".to_string();
    commands.extend(steps.iter().map(|step| command(chain, step)));
    let exe = scratch.executable(executable).map_err(error)?;
    let mut process = setup.target.command(&exe);
    process.stdin(scratch.input(commands.as_bytes()).map_err(error)?);
    let finished = process::run(process, LIMIT).map_err(error)?;
    std::fs::remove_file(&exe).map_err(error)?;

    let answers = String::from_utf8_lossy(&finished.stdout);
    let mut answers = answers.lines();
    let first = answers.next();
    if first != Some("ok") {
        let end = finished.describe();
        return Err(format!("spectest does not start: {first:?}, {end}"));
    }
    for (done, step) in steps.iter().enumerate() {
        let place = format!("{}:{}", script.name, step.line);
        match answers.next() {
            None => {
                let left = steps.len() - done;
                let end = finished.describe();
                let action = describe(&step.action);
                let what = format!("{place}: {action}: the process ended [{left} steps]: {end}");
                report.fail_many(left, what);
                return Ok(());
            }
            Some(answer) => match judge(&step.expect, answer) {
                Ok(()) => report.pass(1),
                Err(why) => report.fail(format!("{place}: {}: {why}", describe(&step.action))),
            },
        }
    }
    if answers.next().is_some() || finished.code() != 0 {
        return Err(format!(
            "chain from line {} does not end well: {} {}",
            steps.first().map_or(0, |s| s.line),
            finished.describe(),
            tail(&finished.stdout, 100)
        ));
    }
    Ok(())
}

/// The protocol line of a step, with its line end.
fn command(chain: &[usize], step: &Step) -> String {
    let position = chain.iter().position(|&i| i == step.instance);
    let k = 1 + position.expect("steps of a chain act on its instances");
    let mut line = match &step.action {
        Action::Instantiate => format!("instantiate {k}"),
        Action::Invoke { export, slots } => {
            let values: Vec<String> = slots.iter().map(|v| format!("{v:016x}")).collect();
            format!("invoke {k} {} {}", hex(export), values.join(":"))
        }
        Action::Get { export } => format!("get {k} {}", hex(export)),
    };
    line.push('\n');
    line
}

/// Bytes of a name in hex.
pub fn hex(name: &str) -> String {
    name.bytes().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes all");
        text
    })
}

fn describe(action: &Action) -> String {
    match action {
        Action::Instantiate => "instantiate".to_string(),
        Action::Invoke { export, slots } => format!("{export:?}({slots:x?})"),
        Action::Get { export } => format!("global {export:?}"),
    }
}

/// Compares an answer with what the script expects.
fn judge(expect: &Expect, answer: &str) -> Result<(), String> {
    let mut words = answer.split_ascii_whitespace();
    let kind = words.next().unwrap_or("");
    let outcome = match kind {
        "ok" => {
            let slots: Result<Vec<u64>, _> = words.map(|w| u64::from_str_radix(w, 16)).collect();
            Ok(slots.map_err(|e| format!("answer {answer:?}: {e}"))?)
        }
        "trap" => {
            let code = words.next().and_then(|w| w.parse().ok());
            let code = code.and_then(TrapCode::from_number);
            Err(code.ok_or_else(|| format!("answer {answer:?}"))?)
        }
        _ => return Err(format!("answer {answer:?}")),
    };
    match (expect, outcome) {
        (Expect::Success, Ok(_)) => Ok(()),
        (Expect::Results(patterns), Ok(slots)) if all_match(patterns, &slots) => Ok(()),
        (Expect::Trap(want), Err(got)) if *want == got => Ok(()),
        (Expect::Results(patterns), Ok(slots)) => {
            Err(format!("got {slots:x?}, want {patterns:x?}"))
        }
        (Expect::Success | Expect::Results(_), Err(trap)) => Err(format!("trap {trap:?}")),
        (Expect::Trap(want), Err(got)) => Err(format!("trap {got:?}, want {want:?}")),
        (Expect::Trap(want), Ok(slots)) => Err(format!("got {slots:x?}, want trap {want:?}")),
        (Expect::UnknownTrap(message), _) => Err(format!(
            "no trap code stands for {message:?}; answer {answer:?}"
        )),
    }
}
