//! What `--invoke` prints, and how it names functions: `wave.txt` has calls of functions of `wave.wat`, and behind each the line that wasmtime prints.

use std::fs;

use wative_compiler::ir::EntryKind;
use wative_compiler::options::{OptLevel, Options};

use super::{input, own};
use crate::program::{self, CONFIGURATIONS};
use crate::report::Report;
use crate::target::Target;
use crate::{compile, parallel};

/// Makes all calls on a target, without optimisation, which changes nothing about texts.
pub fn judge(target: &Target) -> Report {
    let mut report = Report::default();
    let read = |name: &str| fs::read_to_string(own().join(name)).map_err(|e| e.to_string());
    let (component, calls) = match (read("wave.wat"), read("wave.txt")) {
        (Ok(text), Ok(calls)) => match wat::parse_str(&text) {
            Ok(component) => (component, calls),
            Err(why) => {
                report.fail(format!("wave.wat: {why}"));
                return report;
            }
        },
        (Err(why), _) | (_, Err(why)) => {
            report.fail(why);
            return report;
        }
    };
    let lines: Vec<&str> = calls.lines().collect();
    let (pairs, rest) = lines.as_chunks::<2>();
    if pairs.is_empty() || !rest.is_empty() {
        report.fail("wave.txt: not a line for each call".to_string());
    }
    let call = |[call, expected]: &[&str; 2]| {
        let result = answer(&component, call, target).and_then(|printed| {
            match printed.strip_suffix('\n') == Some(expected.trim_start()) {
                true => Ok(()),
                false => Err(format!("{printed:?} instead of {expected:?}")),
            }
        });
        (call.to_string(), result)
    };
    for (call, result) in parallel::map(pairs, call) {
        report.outcome(&call, result);
    }
    report
}

/// What a program prints that makes a call.
fn answer(component: &[u8], call: &str, target: &Target) -> Result<String, String> {
    let (memory, _) = CONFIGURATIONS[0];
    let options = Options {
        entry: EntryKind::Invoke(call.to_string()),
        ..program::options(target, memory, OptLevel::O0)
    };
    let built = compile::executable(&[input("wave.wat", component)], target, &options);
    let executable = built.map_err(|failure| failure.to_string())?;
    let finished = program::run(&executable, target, &[], &[])?;
    match finished.code() {
        0 => Ok(String::from_utf8_lossy(&finished.stdout).into_owned()),
        _ => Err(finished.describe()),
    }
}
