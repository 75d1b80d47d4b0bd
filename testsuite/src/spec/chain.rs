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
use std::ops::Range;
use std::panic::{self, AssertUnwindSafe};
use std::time::Duration;

use wative::driver;
use wative_compiler::abi::TrapCode;
use wative_compiler::ir::{EntryKind, World};
use wative_compiler::options::{Config, CpuFeatures, Isa, Options, Unknown};
use wative_compiler::{Input, ir::MemoryMode, options::OptLevel};

use super::oracle;
use super::script::{Action, Expect, Provider, Script, Step};
use super::value::all_match;
use crate::compile::{self, Failure};
use crate::process::{self, Scratch};
use crate::report::Report;
use crate::target::Target;

/// What runs a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    /// An executable for this target.
    Native(Target),
    /// The IR's interpreter: says whether a failure comes from the front end or from the back end.
    Interpreter,
}

/// How the programs of a run are compiled.
#[derive(Clone, Debug)]
pub struct Setup {
    pub engine: Engine,
    pub memory: MemoryMode,
    pub opt: OptLevel,
    pub cpu: CpuFeatures,
}

impl Setup {
    /// Options for a program of the suite.
    pub fn options(&self) -> Options {
        Options {
            isa: match &self.engine {
                Engine::Native(target) => target.isa,
                Engine::Interpreter => Isa::default(),
            },
            opt: self.opt,
            cpu: self.cpu,
            memory: self.memory,
            world: World::Closed,
            entry: EntryKind::Script,
            unknown: Unknown::Refuse,
            jobs: 1,
            verify: true,
            config: Config {
                // Runaway recursion is reached sooner, and thousands of processes cost less.
                stack_size: 1 << 20,
                // One configuration collects garbage whenever it may.
                gc_stress: self.memory == MemoryMode::Checked,
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
    // Steps from here on would start from another state than the script means.
    let mut end = script.steps.len();
    while !chain.is_empty() {
        let (inputs, steps) = (inputs(script, &chain), steps_of(script, &chain, 0..end));
        let result = match &setup.engine {
            Engine::Native(target) => native(&inputs, &chain, &steps, setup, target, scratch),
            Engine::Interpreter => {
                let work = || oracle::run(&inputs, &chain, &steps, &setup.options());
                panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
                    Err(Failure::Panicked(
                        driver::internal_error(&*payload).to_string(),
                    ))
                })
            }
        };
        let failure = match result {
            Ok(outcome) => return judge_all(script, &steps, outcome, report),
            Err(failure) => failure,
        };
        let named = |text: &str, i: usize| text.contains(&path(script, i));
        let culprit = match &failure {
            Failure::Refused(e) => {
                let text = e.to_string();
                chain.iter().copied().find(|&i| named(&text, i))
            }
            Failure::Panicked(_) => None,
        };
        // Without a culprit the whole chain is lost.
        let lost: HashSet<usize> = match culprit {
            Some(i) => dependents(script, i),
            None => chain.iter().copied().collect(),
        };
        let dropped: Vec<usize> = chain.iter().copied().filter(|i| lost.contains(i)).collect();
        match failure.unsupported() {
            Some(feature) => {
                let first = script.steps.iter().position(|s| lost.contains(&s.instance));
                let cut = first.unwrap_or(end).min(end);
                report.skip(steps_of(script, &chain, cut..end).len(), feature);
                end = cut;
            }
            None => {
                let place = culprit.unwrap_or(chain[0]);
                let count = steps_of(script, &dropped, 0..end).len();
                let line = script.instances[place].line;
                let place = format!("{}:{line}", script.name);
                report.fail_many(count, format!("{place}: {failure} [{count} steps]"));
            }
        }
        chain.retain(|i| !lost.contains(i));
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

/// The steps in a range of the script that act on the instances.
fn steps_of<'a>(script: &'a Script, instances: &[usize], range: Range<usize>) -> Vec<&'a Step> {
    let steps = script.steps[range].iter();
    steps
        .filter(|step| instances.contains(&step.instance))
        .collect()
}

/// Path that errors about an instance carry. The colon ends the number wherever an error names it.
fn path(script: &Script, index: usize) -> String {
    let line = script.instances[index].line;
    format!("{}:{line}#{index}:", script.name)
}

/// Inputs of a program: `spectest` at 0, then the instances in order.
pub fn inputs(script: &Script, instances: &[usize]) -> Vec<Input> {
    let asks = |&i: &usize| {
        let name = b"shared_memory";
        let mut windows = script.instances[i].bytes.windows(name.len());
        windows.any(|window| window == name)
    };
    let mut inputs = vec![spectest(instances.iter().any(asks))];
    for &i in instances {
        let instance = &script.instances[i];
        inputs.push(Input {
            name: format!("instance{i}"),
            path: path(script, i),
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

/// The module `spectest`. It has one memory: the usual one, or the one for the threads proposal.
fn spectest(shared: bool) -> Input {
    let mut text = include_str!("spectest.wat").to_string();
    if shared {
        let usual = r#"(memory (export "memory") 1 2)"#;
        assert!(text.contains(usual));
        text = text.replace(usual, r#"(memory (export "shared_memory") 1 2 shared)"#);
    }
    Input {
        name: "spectest".to_string(),
        path: "spectest.wat".to_string(),
        bytes: wat::parse_str(text).expect("spectest.wat is a module"),
        links: Vec::new(),
    }
}

/// What a program answers to a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Slots(Vec<u64>),
    Trap(TrapCode),
    /// Anything else, such as a missing export.
    Other(String),
}

/// The answers of one program, and why there are fewer than steps or why the program ended badly.
#[derive(Debug, Default)]
pub struct Outcome {
    pub answers: Vec<Answer>,
    pub complaint: Option<String>,
    /// Why the steps without answers cannot be judged.
    pub unjudged: Option<String>,
}

/// Judges every answer.
fn judge_all(script: &Script, steps: &[&Step], outcome: Outcome, report: &mut Report) {
    let given = outcome.answers.len();
    for (step, answer) in steps.iter().zip(&outcome.answers) {
        match judge(&step.expect, answer) {
            Ok(()) => report.pass(1),
            Err(why) => {
                let action = describe(&step.action);
                report.fail(format!("{}:{}: {action}: {why}", script.name, step.line));
            }
        }
    }
    if let Some(reason) = outcome.unjudged {
        return report.skip(steps.len() - given, reason);
    }
    let complaint = outcome.complaint.unwrap_or_default();
    if let Some(step) = steps.get(given) {
        let left = steps.len() - given;
        let action = describe(&step.action);
        let place = format!("{}:{}", script.name, step.line);
        let what = format!("{place}: {action}: no answer [{left} steps]: {complaint}");
        report.fail_many(left, what);
    } else if !complaint.is_empty() {
        report.fail(format!("{}: at the end: {complaint}", script.name));
    }
}

/// Compiles, links and runs the steps in one process.
fn native(
    inputs: &[Input],
    chain: &[usize],
    steps: &[&Step],
    setup: &Setup,
    target: &Target,
    scratch: &Scratch,
) -> Result<Outcome, Failure> {
    let executable = compile::executable(inputs, target, &setup.options())?;
    Ok(
        execute(&executable, chain, steps, target, scratch).unwrap_or_else(|e| Outcome {
            complaint: Some(e.to_string()),
            ..Outcome::default()
        }),
    )
}

fn execute(
    executable: &[u8],
    chain: &[usize],
    steps: &[&Step],
    target: &Target,
    scratch: &Scratch,
) -> std::io::Result<Outcome> {
    let mut commands = "instantiate 0\n".to_string();
    commands.extend(steps.iter().map(|step| command(chain, step)));
    let exe = scratch.executable(executable)?;
    let mut process = target.command(&exe);
    process.stdin(scratch.input(commands.as_bytes())?);
    let finished = process::run(process, LIMIT)?;
    std::fs::remove_file(&exe)?;

    let answers = String::from_utf8_lossy(&finished.stdout);
    let mut answers = answers.lines().map(parse);
    let first = answers.next();
    let answers: Vec<Answer> = answers.collect();
    let good = first == Some(Answer::Slots(Vec::new()))
        && finished.code() == 0
        && answers.len() == steps.len();
    Ok(Outcome {
        answers,
        complaint: (!good).then(|| finished.describe()),
        unjudged: None,
    })
}

/// An answer line.
pub fn parse(line: &str) -> Answer {
    let mut words = line.split_ascii_whitespace();
    let answer = match words.next() {
        Some("ok") => words
            .map(|w| u64::from_str_radix(w, 16).ok())
            .collect::<Option<Vec<u64>>>()
            .map(Answer::Slots),
        Some("trap") => words
            .next()
            .and_then(|w| w.parse().ok())
            .and_then(TrapCode::from_number)
            .map(Answer::Trap),
        _ => None,
    };
    answer.unwrap_or_else(|| Answer::Other(line.to_string()))
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
fn judge(expect: &Expect, answer: &Answer) -> Result<(), String> {
    match (expect, answer) {
        (Expect::Success, Answer::Slots(_)) => Ok(()),
        (Expect::Results(patterns), Answer::Slots(slots)) if all_match(patterns, slots) => Ok(()),
        (Expect::Trap(want, _), Answer::Trap(got)) if want.contains(got) => Ok(()),
        (Expect::Results(patterns), Answer::Slots(slots)) => {
            Err(format!("got {slots:x?}, want {patterns:x?}"))
        }
        (Expect::Success | Expect::Results(_), Answer::Trap(trap)) => Err(format!("trap {trap:?}")),
        (Expect::Trap(_, want), Answer::Trap(got)) => Err(format!("trap {got:?}, want {want:?}")),
        (Expect::Trap(_, want), Answer::Slots(slots)) => {
            Err(format!("got {slots:x?}, want trap {want:?}"))
        }
        (_, Answer::Other(line)) => Err(format!("answer {line:?}")),
    }
}
