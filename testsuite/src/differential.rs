//! The same calls on the IR's interpreter and on executables for every target: results, exported globals, memory and traps must agree.
//!
//! 32-bit arguments of native runs carry dirty upper halves, which must not matter; many arguments point at the
//! ends of the memory. References are compared only for null. A comparison ends where one side runs out of stack or fuel, which are not
//! the same sizes.
//!
//! NaNs: a program that was compiled with `--deterministic` must agree in every bit. Otherwise NaN results are all alike, and because their
//! bits can reach integers and memory, a second interpreter that makes other NaNs says where the comparison has to end: at the first
//! answer that differs between the two.

use std::collections::HashMap;
use std::thread;

use wative_compiler::abi::TrapCode;
use wative_compiler::ir::eval;
use wative_compiler::ir::interp::{Interp, Nans, Stop};
use wative_compiler::ir::{Entity, EntryKind, Func, FuncId, GlobalId, MemoryMode, ValType};
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

/// How a module is compiled on both sides.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    pub memory: MemoryMode,
    pub opt: OptLevel,
    /// Whether NaNs must agree, too.
    pub deterministic: bool,
    /// Whether everything that the target's processor has may be used.
    pub newest: bool,
}

/// A call or question, as a protocol line and for the interpreter.
struct Query {
    line: String,
    kind: Kind,
    /// Types of the answer's slots; a vector has two.
    types: Vec<ValType>,
}

enum Kind {
    Instantiate,
    Call(FuncId, Vec<u64>),
    Global(GlobalId),
    Memory,
}

/// Compares the module's behaviour on every target with the interpreter's. For each target: how many answers agreed, or the first difference.
///
/// # Errors
/// The module cannot be interpreted.
pub fn compare(
    targets: &[Target],
    module: &[u8],
    setup: Setup,
    random: &mut Random,
) -> Result<Vec<Result<usize, String>>, String> {
    let inputs = [compile::input("fuzz", module)?];
    let options = Options {
        entry: EntryKind::Script,
        deterministic: setup.deterministic,
        memory: setup.memory,
        opt: setup.opt,
        jobs: 1,
        verify: true,
        ..Options::default()
    };
    let (queries, expected) = interpret(&inputs, &options, random)?;
    let on = |target: &Target| {
        let options = Options {
            isa: target.isa,
            cpu: if setup.newest {
                target.newest_cpu()
            } else {
                options.cpu
            },
            ..options.clone()
        };
        let executable =
            compile::executable(&inputs, target, &options).map_err(|e| e.to_string())?;
        let answers = run(&executable, target, &queries)?;
        judge(&queries, &expected, &answers, setup)
    };
    Ok(targets.iter().map(on).collect())
}

/// Number of answers that agree, or the first difference.
fn judge(
    queries: &[Query],
    expected: &[Answer],
    answers: &[Answer],
    setup: Setup,
) -> Result<usize, String> {
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
        let normal = |answer| normal(answer, &query.types, setup.deterministic);
        if normal(got) != normal(want) {
            return Err(format!("{}: {got:x?}, interpreter {want:x?}", query.line));
        }
    }
    Ok(queries.len())
}

/// References become 0 or 1: their values are addresses here and indices there. Unless NaNs are `exact`, they become canonical.
fn normal(answer: &Answer, types: &[ValType], exact: bool) -> Answer {
    let Answer::Slots(slots) = answer else {
        return answer.clone();
    };
    let values = slots
        .iter()
        .enumerate()
        .map(|(i, &bits)| match types.get(i) {
            Some(ty) if ty.as_ref().is_some() => u64::from(bits != 0),
            Some(ty) if !exact && eval::is_nan(ty.ir(), bits) => eval::canonical_nan(ty.ir()),
            Some(_) | None => bits,
        });
    Answer::Slots(values.collect())
}

/// Asks the executable everything at once.
fn run(executable: &[u8], target: &Target, queries: &[Query]) -> Result<Vec<Answer>, String> {
    let lines: String = queries.iter().map(|q| format!("{}\n", q.line)).collect();
    ask(executable, target, &lines)
}

/// The answers of a script executable to protocol lines.
///
/// # Errors
/// It ends in another way than by the end of its input.
pub fn ask(executable: &[u8], target: &Target, lines: &str) -> Result<Vec<Answer>, String> {
    let work = || {
        let scratch = Scratch::new()?;
        let path = scratch.executable(executable)?;
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

/// Makes the queries and the answers that every target must give: fewer where the interpreter gave up, or where only the bits of NaNs
/// decide.
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
        let queries = queries(&front, random);
        let mut expected = answers(&front, &bodies, &queries, Nans::Canonical);
        if !options.deterministic {
            let others = answers(&front, &bodies, &queries, Nans::Odd);
            let same = |((want, other), query): &((&Answer, &Answer), &Query)| {
                normal(want, &query.types, false) == normal(other, &query.types, false)
            };
            let pairs = expected.iter().zip(&others).zip(&queries);
            expected.truncate(pairs.take_while(same).count());
        }
        Ok((queries, expected))
    };
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, work);
        let joined = thread.map_err(|e| e.to_string())?.join();
        joined.unwrap_or_else(|_| Err("the interpreter panicked".to_string()))
    })
}

/// What the interpreter answers, until it gives up.
fn answers(
    front: &wasm::Front<'_>,
    bodies: &HashMap<FuncId, Func>,
    queries: &[Query],
    nans: Nans,
) -> Vec<Answer> {
    let host = Box::new(|_: &mut _, func: FuncId, _: &[u64]| {
        Err(Stop::Unsupported(format!("import {func}")))
    });
    let mut interp = Interp::new(&front.program, bodies, FUEL, nans, host);
    interp.max_depth = DEPTH;
    let mut answers = Vec::new();
    for query in queries {
        let result = match &query.kind {
            Kind::Instantiate => interp.init().map(|()| Vec::new()),
            Kind::Call(func, args) => interp.call(*func, args),
            Kind::Global(global) => Ok(interp.global(*global)),
            Kind::Memory => Ok(vec![hash(&mut interp)]),
        };
        answers.push(match result {
            Ok(slots) => Answer::Slots(slots),
            Err(Stop::Trap(code)) => Answer::Trap(code),
            Err(Stop::Exception(_)) => Answer::Trap(TrapCode::UncaughtException),
            Err(Stop::OutOfFuel | Stop::Unsupported(_)) => break,
        });
        // A module that could not start is not used.
        if matches!(query.kind, Kind::Instantiate) && matches!(answers[0], Answer::Trap(_)) {
            break;
        }
    }
    answers
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
            let params = slot_types(&ty.params);
            let slots: Vec<u64> = params.iter().map(|&t| argument(t, random)).collect();
            let dirty = params.iter().zip(&slots).map(|(t, v)| match t {
                ValType::I32 | ValType::F32 => v | random.bits() << 32,
                ValType::I64
                | ValType::F64
                | ValType::V128
                | ValType::FuncRef
                | ValType::ExternRef
                | ValType::ExnRef
                | ValType::Ref(_) => *v,
            });
            let list: Vec<String> = dirty.map(|v| format!("{v:x}")).collect();
            queries.push(Query {
                line: format!("invoke 0 {} {}", hex(&export.name), list.join(":")),
                kind: Kind::Call(func, slots),
                types: slot_types(&ty.results),
            });
        }
    }
    for export in exports {
        if let Entity::Global(global) = export.entity {
            queries.push(Query {
                line: format!("get 0 {}", hex(&export.name)),
                kind: Kind::Global(global),
                types: slot_types(&[program.globals[global].ty]),
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

/// The type of each slot that values of these types take.
fn slot_types(types: &[ValType]) -> Vec<ValType> {
    let slots = |&ty: &ValType| vec![ty; if ty == ValType::V128 { 2 } else { 1 }];
    types.iter().flat_map(slots).collect()
}

/// An argument's slot: special values, the ends of memories, or anything. Half a vector is two or four lanes, or one.
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
    /// NaNs with signs and payloads, one of them signalling.
    const NANS: [(u64, u64); 3] = [
        (0xffc0_0000, 0xfff8_0000_0000_0000),
        (0x7fc1_2345, 0x7ff8_0123_4567_89ab),
        (0x7f80_0001, 0x7ff0_0000_0000_0001),
    ];
    let integer = match random.below(3) {
        0 => random.bits() << 32 | random.bits() & 0xffff_ffff,
        1 => random.bits() % 70_000,
        _ => *random.pick(&INTEGERS),
    };
    let float = *random.pick(&FLOATS);
    let nan = (random.below(8) == 0).then(|| *random.pick(&NANS));
    match ty {
        ValType::I32 => integer & 0xffff_ffff,
        // As much as the wrapped part is interesting, so is what is above it.
        ValType::I64 if random.below(3) == 0 => integer & 0xffff_ffff | random.bits() << 32,
        ValType::I64 => integer,
        ValType::F32 => nan.map_or(u64::from((float as f32).to_bits()), |n| n.0),
        ValType::F64 => nan.map_or(float.to_bits(), |n| n.1),
        ValType::V128 => {
            let single = u64::from((float as f32).to_bits());
            match random.below(4) {
                0 => integer,
                1 => nan.map_or(float.to_bits(), |n| n.1),
                2 => nan.map_or(single, |n| n.0) << 32 | single,
                _ => integer & 0xffff | random.bits() << 16,
            }
        }
        ValType::FuncRef | ValType::ExternRef | ValType::ExnRef | ValType::Ref(_) => 0,
    }
}
