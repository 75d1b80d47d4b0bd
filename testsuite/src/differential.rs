//! The same calls on a native executable and on the IR's interpreter: results, globals, memory and traps must agree.
//!
//! 32-bit arguments of the native run carry dirty upper halves, which must not matter; many arguments point at the
//! ends of the memory. NaNs are canonical because the generator makes them so. References are compared only for null. A comparison ends
//! where one side runs out of stack or fuel, which are not the same sizes.

use std::collections::HashMap;
use std::thread;

use wative_compiler::abi::TrapCode;
use wative_compiler::ir::interp::{Interp, Nans, Stop};
use wative_compiler::ir::{Entity, EntryKind, Func, FuncId, MemoryMode, ValType};
use wative_compiler::options::{OptLevel, Options};
use wative_compiler::{Input, wasm};

use crate::compile;
use crate::fuzz::Random;
use crate::process::{self, Scratch};
use crate::program;
use crate::spec::chain::{Answer, hex, parse};
use crate::target::Target;

/// Bytes of the interpreting thread's stack, and the depth of calls that fits.
const STACK: usize = 512 << 20;
const DEPTH: u32 = 2000;

/// IR instructions that all calls together may execute.
const FUEL: u64 = 20_000_000;

/// Calls of each exported function.
const CALLS: usize = 3;

/// A call or question, as a protocol line and for the interpreter.
struct Query {
    line: String,
    kind: Kind,
    /// Types of the answer's values.
    types: Vec<ValType>,
}

enum Kind {
    Instantiate,
    Call(FuncId, Vec<u64>),
    Global(wative_compiler::ir::GlobalId),
    Memory,
}

/// Compares the module's behaviour; tells how many answers agreed. `Err` tells the first difference.
pub fn compare(
    target: &Target,
    module: &[u8],
    memory: MemoryMode,
    opt: OptLevel,
    random: &mut Random,
) -> Result<usize, String> {
    let options = Options {
        entry: EntryKind::Script,
        ..program::options(target, memory, opt)
    };
    let input = compile::input("fuzz", module)?;
    let inputs = [input];
    let executable = compile::executable(&inputs, target, &options).map_err(|e| e.to_string())?;
    let (queries, expected) = interpret(&inputs, &options, random)?;
    let answers = run(&executable, target, &queries)?;
    for (n, query) in queries.iter().enumerate() {
        let Some(want) = expected.get(n) else {
            return Ok(n);
        };
        let got = answers
            .get(n)
            .ok_or_else(|| format!("no answer to {}", query.line))?;
        let exhausted = Answer::Trap(TrapCode::StackOverflow);
        if *got == exhausted || *want == exhausted {
            return Ok(n);
        }
        if normal(got, &query.types) != normal(want, &query.types) {
            return Err(format!("{}: {got:x?}, interpreter {want:x?}", query.line));
        }
    }
    Ok(queries.len())
}

/// References become 0 or 1: their values are addresses here and indices there.
fn normal(answer: &Answer, types: &[ValType]) -> Answer {
    match answer {
        Answer::Slots(slots) => {
            let reference =
                |i: usize| matches!(types.get(i), Some(ValType::FuncRef | ValType::ExternRef));
            let values = slots.iter().enumerate();
            Answer::Slots(
                values
                    .map(|(i, &v)| if reference(i) { u64::from(v != 0) } else { v })
                    .collect(),
            )
        }
        Answer::Trap(_) | Answer::Other(_) => answer.clone(),
    }
}

/// Asks the executable everything at once.
fn run(executable: &[u8], target: &Target, queries: &[Query]) -> Result<Vec<Answer>, String> {
    let work = || {
        let scratch = Scratch::new()?;
        let path = scratch.executable(executable)?;
        let lines: String = queries.iter().map(|q| format!("{}\n", q.line)).collect();
        let mut command = target.command(&path);
        command.stdin(scratch.input(lines.as_bytes())?);
        process::run(command, program::LIMIT)
    };
    let finished = work().map_err(|e: std::io::Error| e.to_string())?;
    let text = String::from_utf8_lossy(&finished.stdout);
    let answers: Vec<Answer> = text.lines().map(parse).collect();
    if finished.timed_out || finished.code() != 0 {
        return Err(format!(
            "after {} answers: {}",
            answers.len(),
            finished.describe()
        ));
    }
    Ok(answers)
}

/// Makes the queries and the interpreter's answers, fewer where it gave up.
fn interpret(
    inputs: &[Input],
    options: &Options,
    random: &mut Random,
) -> Result<(Vec<Query>, Vec<Answer>), String> {
    let work = || {
        let front = wasm::front(inputs, options).map_err(|e| e.to_string())?;
        let mut bodies: HashMap<FuncId, Func> = HashMap::new();
        for &func in &front.program.compiled {
            bodies.insert(func, front.build_func(func, true));
        }
        let host = Box::new(|_: &mut _, func: FuncId, _: &[u64]| {
            Err(Stop::Unsupported(format!("import {func}")))
        });
        let mut interp = Interp::new(&front.program, &bodies, FUEL, Nans::Host, host);
        interp.max_depth = DEPTH;
        let queries = queries(&front, random);
        let mut answers = Vec::new();
        for query in &queries {
            let result = match &query.kind {
                Kind::Instantiate => interp.init().map(|()| Vec::new()),
                Kind::Call(func, args) => interp.call(*func, args),
                Kind::Global(global) => {
                    let constant = front.program.globals[*global].constant;
                    Ok(vec![constant.unwrap_or(interp.state.globals[*global])])
                }
                Kind::Memory => Ok(vec![hash(&mut interp)]),
            };
            answers.push(match result {
                Ok(slots) => Answer::Slots(slots),
                Err(Stop::Trap(code)) => Answer::Trap(code),
                Err(Stop::OutOfFuel | Stop::Unsupported(_)) => break,
            });
            // A module that could not start is not used.
            if matches!(query.kind, Kind::Instantiate) && matches!(answers[0], Answer::Trap(_)) {
                break;
            }
        }
        Ok((queries, answers))
    };
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, work);
        let joined = thread.map_err(|e| e.to_string())?.join();
        joined.unwrap_or_else(|_| Err("the interpreter panicked".to_string()))
    })
}

/// FNV-1a over the first memory.
fn hash(interp: &mut Interp<'_>) -> u64 {
    let memory = interp.state.memories.iter().next();
    let bytes = memory.map_or(&[][..], |(_, bytes)| bytes);
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        })
}

fn queries(front: &wasm::Front<'_>, random: &mut Random) -> Vec<Query> {
    let mut queries = vec![Query {
        line: "instantiate 0".to_string(),
        kind: Kind::Instantiate,
        types: Vec::new(),
    }];
    let program = &front.program;
    let exports = &program.modules[program.main].exports;
    for _ in 0..CALLS {
        for export in exports {
            let Entity::Func(func) = export.entity else {
                continue;
            };
            let ty = &program.types[program.funcs[func].sig];
            let slots: Vec<u64> = ty.params.iter().map(|&t| argument(t, random)).collect();
            let dirty = ty.params.iter().zip(&slots).map(|(t, v)| match t {
                ValType::I32 | ValType::F32 => v | random.bits() << 32,
                ValType::I64
                | ValType::F64
                | ValType::V128
                | ValType::FuncRef
                | ValType::ExternRef => *v,
            });
            let list: Vec<String> = dirty.map(|v| format!("{v:x}")).collect();
            queries.push(Query {
                line: format!("invoke 0 {} {}", hex(&export.name), list.join(":")),
                kind: Kind::Call(func, slots),
                types: ty.results.clone(),
            });
        }
    }
    for export in exports {
        if let Entity::Global(global) = export.entity {
            queries.push(Query {
                line: format!("get 0 {}", hex(&export.name)),
                kind: Kind::Global(global),
                types: vec![program.globals[global].ty],
            });
        }
    }
    if program.memories.iter().next().is_some() {
        queries.push(Query {
            line: "hash 0 0".to_string(),
            kind: Kind::Memory,
            types: vec![ValType::I64],
        });
    }
    queries
}

/// An argument: special values, the ends of memories, or anything.
fn argument(ty: ValType, random: &mut Random) -> u64 {
    const INTEGERS: [u64; 16] = [
        0,
        1,
        2,
        7,
        31,
        32,
        65533,
        65535,
        65536,
        131_068,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_fff8,
        0xffff_ffff,
        1 << 63,
        u64::MAX,
    ];
    const FLOATS: [f64; 10] = [
        0.0,
        -0.0,
        1.0,
        -1.5,
        2147483648.0,
        -2147483649.0,
        9.3e18,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ];
    let integer = match random.below(3) {
        0 => random.bits() << 32 | random.bits() & 0xffff_ffff,
        1 => random.bits() % 70_000,
        _ => *random.pick(&INTEGERS),
    };
    match ty {
        ValType::I32 => integer & 0xffff_ffff,
        ValType::I64 => integer,
        ValType::F32 => u64::from((*random.pick(&FLOATS) as f32).to_bits()),
        ValType::F64 => random.pick(&FLOATS).to_bits(),
        ValType::V128 | ValType::FuncRef | ValType::ExternRef => 0,
    }
}
