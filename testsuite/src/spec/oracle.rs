//! Scripts on the IR's interpreter.
//!
//! The same chains and steps as native programs, so that a difference between the two points at the back end, and a
//! common failure at the front end. Its stack is smaller than a program's, so exhaustion comes sooner.

use std::collections::HashMap;

use wative_compiler::Input;
use wative_compiler::abi::TrapCode;
use wative_compiler::ir::interp::{Interp, Nans, Stop};
use wative_compiler::ir::{Entity, Func, FuncId};
use wative_compiler::options::{OptLevel, Options};
use wative_compiler::wasm;

use super::chain::{Answer, Outcome};
use super::script::{Action, Step};
use crate::compile::Failure;

/// Nested calls before exhaustion.
const DEPTH: u32 = 10_000;

/// IR instructions that one step may execute.
const FUEL: u64 = 100_000_000;

/// Runs the steps of a chain.
pub fn run(
    inputs: &[Input],
    chain: &[usize],
    steps: &[&Step],
    options: &Options,
) -> Result<Outcome, Failure> {
    let front = wasm::front(inputs, None, options).map_err(Failure::Refused)?;
    let fold = options.opt != OptLevel::O0;
    let mut bodies: HashMap<FuncId, Func> = HashMap::new();
    for &func in &front.program.compiled {
        bodies.insert(func, front.build_func(func, fold));
    }
    let host = Box::new(|_: &mut _, func: FuncId, _: &[u64]| {
        Err(Stop::Unsupported(format!("import {func}")))
    });
    let mut interp = Interp::new(&front.program, &bodies, FUEL, Nans::Host, host);
    interp.max_depth = DEPTH;
    let mut outcome = Outcome::default();
    let modules: Vec<_> = front.program.modules.iter().map(|(id, _)| id).collect();
    let input_of = |input: usize| front.input_of.iter().position(|&i| i == input);
    let instantiate = |interp: &mut Interp<'_>, input: usize| {
        let module = input_of(input).and_then(|m| modules.get(m)).copied();
        let init = module.and_then(|m| front.program.modules[m].init);
        init.map_or(Ok(Vec::new()), |init| interp.call(init, &[]))
    };
    if let Err(stop) = instantiate(&mut interp, 0) {
        outcome.complaint = Some(format!("spectest: {stop:?}"));
        return Ok(outcome);
    }
    for step in steps {
        interp.state.fuel = FUEL;
        let input = 1 + chain.iter().position(|&i| i == step.instance).unwrap_or(0);
        let entity = |export: &str| {
            let module = input_of(input).and_then(|m| modules.get(m)).copied()?;
            let mut exports = front.program.modules[module].exports.iter();
            exports.find(|e| e.name == export).map(|e| e.entity)
        };
        let result = match &step.action {
            Action::Instantiate => instantiate(&mut interp, input),
            Action::Invoke { export, slots } => match entity(export) {
                Some(Entity::Func(func)) => interp.call(func, slots),
                _ => Err(Stop::Unsupported(format!("no function {export}"))),
            },
            Action::Get { export } => match entity(export) {
                Some(Entity::Global(global)) => Ok(interp.global(global)),
                _ => Err(Stop::Unsupported(format!("no global {export}"))),
            },
        };
        outcome.answers.push(match result {
            Ok(slots) => Answer::Slots(slots),
            Err(Stop::Trap(code)) => Answer::Trap(code),
            Err(Stop::Exception(_)) => Answer::Trap(TrapCode::UncaughtException),
            Err(Stop::Unsupported(what)) => {
                // What follows would start from another state than the script means.
                outcome.unjudged = Some(format!("the interpreter does not run {what}"));
                break;
            }
            Err(stop) => Answer::Other(format!("{stop:?}")),
        });
    }
    Ok(outcome)
}
