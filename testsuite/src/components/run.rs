//! Runs an instance's calls as one process and judges the lines that it prints.
//!
//! A trap ends a process, so the calls end with the first that must trap. In the component model, too, nothing can be entered after a trap: a later
//! step of the script can only say so.

use super::script::{Expect, Instance, Script, Step};
use super::value::Pattern;
use super::{ComponentCall, build, exception, input};
use crate::process::Finished;
use crate::program;
use crate::report::Report;
use crate::target::Target;
use wative_compiler::options::Options;

/// Exit status of a program that trapped.
const TRAPPED: i32 = 134;
/// What enters an instance after a trap gets this.
const POISONED: &str = "cannot enter component instance";

/// Messages for the same error. The scripts have wasmtime's, which says it in other words where its host lifts or lowers, and leaves some
/// checks to the accesses themselves.
const SAME: &[&[&str]] = &[
    &[
        "invalid `char` bit pattern",
        "converted integer out of range for `char`",
    ],
    &["invalid variant discriminant", "discriminant"],
    &[
        "unaligned pointer",
        "list pointer is not aligned",
        "return pointer not aligned",
        "realloc return: result not aligned",
    ],
    &[
        "string content out-of-bounds",
        "string pointer/length out of bounds of memory",
        "realloc return: beyond end of memory",
    ],
    &[
        "list content out-of-bounds",
        "list pointer/length out of bounds of memory",
        "realloc return: beyond end of memory",
    ],
    &[
        "out of bounds memory access",
        "pointer out of bounds of memory",
        "realloc return: beyond end of memory",
    ],
    &[
        "invalid utf8 encoding",
        "invalid utf-8",
        "incomplete utf-8 byte sequence",
    ],
];

/// Whether the message of a trap says what a script wants.
fn says(message: &str, wanted: &str) -> bool {
    let same = |words: &&&[&str]| words.iter().any(|word| wanted.contains(word));
    let is_in = |words: &&[&str]| words.iter().any(|word| message.contains(word));
    message.contains(wanted) || SAME.iter().filter(same).any(is_in)
}

impl Instance {
    /// The steps that are run.
    fn run(&self) -> &[Step] {
        let is_trap = |step: &Step| matches!(step.expect, Expect::Trap(_));
        let end = self.steps.iter().position(is_trap).map(|last| last + 1);
        &self.steps[..end.unwrap_or(self.steps.len())]
    }

    /// The calls that are made: none if arguments of one are wrong.
    pub fn calls(&self) -> Vec<ComponentCall> {
        let calls: Result<_, &String> = self.run().iter().map(|step| step.call.as_ref()).collect();
        let calls: Vec<&ComponentCall> = calls.unwrap_or_default();
        calls.into_iter().cloned().collect()
    }

    /// Lines of everything that is judged.
    pub fn lines(&self) -> impl Iterator<Item = usize> {
        std::iter::once(self.line).chain(self.steps.iter().map(|step| step.line))
    }
}

/// Builds and runs an instance.
pub fn judge(script: &Script, instance: &Instance, target: &Target, options: &Options) -> Report {
    let mut report = Report::default();
    let place = format!("{}:{}", script.name, instance.line);
    if let Some((line, why)) = wrong_call(instance) {
        let count = instance.lines().count();
        report.fail_many(count, format!("{}:{line}: {why}", script.name));
        return report;
    }
    let input = input(&place, &instance.bytes);
    let executable = match build(&input, &instance.calls(), target, options) {
        Ok(executable) => executable,
        Err(failure) => {
            let count = instance.lines().count();
            report.fail_many(count, format!("{place}: {failure} [{count} steps]"));
            return report;
        }
    };
    match program::run(&executable, target, &[], &[]) {
        Ok(finished) => {
            let results = answers(instance, &finished, target);
            for (line, result) in instance.lines().zip(results) {
                let failure = result.as_ref().err();
                match failure.and_then(|why| exception(&script.name, why)) {
                    Some(reason) => report.skip(1, reason),
                    None => report.outcome(&format!("{}:{line}", script.name), result),
                }
            }
        }
        Err(why) => report.fail(format!("{place}: {why}")),
    }
    report
}

fn wrong_call(instance: &Instance) -> Option<(usize, &String)> {
    let steps = instance.steps.iter();
    let mut wrong = steps.filter_map(|step| Some((step.line, step.call.as_ref().err()?)));
    wrong.next()
}

/// How a process ended.
enum End {
    Returned,
    /// The message.
    Trap(String),
    /// Anything else, in words.
    Other(String),
}

impl End {
    fn of(finished: &Finished, target: &Target) -> End {
        let words = target.words_of_program(&finished.stderr);
        let mut lines = words.lines();
        let message = lines.find_map(|line| line.strip_prefix("error: wasm trap: "));
        match (finished.code(), message) {
            (0, None) if words.is_empty() => End::Returned,
            (TRAPPED, Some(message)) => End::Trap(message.to_string()),
            _ => End::Other(finished.describe()),
        }
    }

    fn returned(&self) -> Result<(), String> {
        match self {
            End::Returned => Ok(()),
            End::Trap(message) => Err(format!("trap: {message}")),
            End::Other(what) => Err(what.clone()),
        }
    }

    fn trapped(&self, wanted: &str) -> Result<(), String> {
        match self {
            End::Trap(message) if says(message, wanted) => Ok(()),
            End::Trap(message) => Err(format!("trap: {message}, instead of {wanted}")),
            End::Returned => Err(format!("no trap: {wanted}")),
            End::Other(what) => Err(what.clone()),
        }
    }
}

/// What became of the instantiation and of each step.
fn answers(instance: &Instance, finished: &Finished, target: &Target) -> Vec<Result<(), String>> {
    let stdout = String::from_utf8_lossy(&finished.stdout);
    let lines: Vec<&str> = stdout.split_terminator('\n').collect();
    let end = End::of(finished, target);
    let run = instance.run().len();
    let mut results = vec![match &instance.trap {
        Some(wanted) => end.trapped(wanted),
        None if instance.steps.is_empty() => end.returned(),
        None => Ok(()),
    }];
    for (i, step) in instance.steps.iter().enumerate() {
        results.push(match (&step.expect, lines.get(i)) {
            (Expect::Trap(wanted), None) if i >= run => poisoned(wanted),
            (Expect::Success | Expect::Result(_), _) if i >= run => poisoned("a result"),
            (Expect::Trap(wanted), None) if i == lines.len() => end.trapped(wanted),
            (Expect::Trap(wanted), Some(line)) => Err(format!("{line:?} instead of {wanted}")),
            (Expect::Success, Some(_)) => Ok(()),
            (Expect::Result(wanted), Some(line)) => fits(wanted.as_ref(), line),
            (Expect::Success | Expect::Result(_), None) if i == lines.len() => {
                end.returned().and(Err("no answer".to_string()))
            }
            (_, None) => Err("the program had ended".to_string()),
        });
    }
    let is_trap = |step: &Step| matches!(step.expect, Expect::Trap(_));
    let must_return = instance.run().last().is_none_or(|step| !is_trap(step));
    let surplus = lines
        .get(run)
        .map(|line| format!("a line too many: {line:?}"));
    let at_end = match must_return && instance.trap.is_none() && lines.len() == run {
        true => end.returned(),
        false => surplus.map_or(Ok(()), Err),
    };
    let last = results.last_mut().expect("there is the instantiation's");
    *last = last.clone().and(at_end);
    results
}

fn fits(wanted: Option<&Pattern>, line: &str) -> Result<(), String> {
    match wanted {
        Some(pattern) if pattern.matches(line) => Ok(()),
        None if line == "()" => Ok(()),
        Some(pattern) => Err(format!("{line:?} is not {pattern:?}")),
        None => Err(format!("{line:?} is a result, and there is none")),
    }
}

fn poisoned(wanted: &str) -> Result<(), String> {
    match POISONED.contains(wanted) {
        true => Ok(()),
        false => Err(format!("{wanted} is expected after a trap")),
    }
}
