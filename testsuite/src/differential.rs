//! The same calls on the IR's interpreter and on executables for every target: results, exported globals, memory and traps must agree.
//!
//! 32-bit arguments of native runs carry dirty upper halves, which must not matter; many arguments point at the
//! ends of the memory. References are compared only for null. A comparison ends where one side runs out of stack or fuel, which are not
//! the same sizes.
//!
//! NaNs: a program that was compiled with `--deterministic` must agree in every bit. Otherwise several interpreters make different NaNs, each
//! permitted by the standard. A bit that is the same in all answers is defined, so native code must have it, too. Where a NaN's
//! sign or payload differs between them, only the rest of it is compared: of canonical operands the standard wants a canonical payload, of others
//! at least a quiet NaN. As the bits of NaNs can reach integers and memory, the comparison ends at the first answer that differs otherwise.
//! So it does where it matters whether a vector store that trapped has written what was in bounds, which AArch64 processors may.

use std::collections::HashMap;
use std::fmt;

use wative_compiler::abi::TrapCode;
use wative_compiler::ir::eval;
use wative_compiler::ir::interp::{Interp, Nans, Stop};
use wative_compiler::ir::uses::Uses;
use wative_compiler::ir::{Entity, EntryKind, Func, FuncId, MemoryMode, Type, ValType};
use wative_compiler::options::{Config, Isa, OptLevel, Options, Unknown};
use wative_compiler::profile::Profile;
use wative_compiler::{Input, wasm};

use crate::compile;
use crate::process::{self, Scratch};
use crate::program;
use crate::queries::{Kind, Query, queries};
use crate::random::Random;
use crate::spec::chain::{Answer, parse};
use crate::target::Target;

/// Nested calls before the interpreter's stack counts as exhausted.
const DEPTH: u32 = 2000;

/// IR instructions that all calls together may execute.
const FUEL: u64 = 20_000_000;

/// How a module is compiled on both sides.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    pub memory: MemoryMode,
    pub opt: OptLevel,
    /// Whether NaNs must agree, too.
    pub deterministic: bool,
    /// Whether everything that the target's processor has may be used.
    pub newest: bool,
    pub heap: Heap,
    /// The number of an invented profile; 0: none.
    pub profile: u64,
}

/// How native code treats objects. The interpreter has room and never collects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Heap {
    /// Collects when there is a reason to.
    Usual,
    /// Collects at every allocation.
    Stressed,
    /// Has so little room that programs may run out of it.
    Small,
}

/// Bytes that all objects may have: as many as in the interpreter, or two blocks of the runtime's.
const HEAP: u64 = 32 << 20;
const SMALL_HEAP: u64 = 64 << 10;

/// Bytes of the stack where allocations often walk all of it: what recurses for ever and allocates takes time that grows with its square.
const SMALL_STACK: u64 = 512 << 10;

/// What native code must answer.
enum Expected {
    Trap(TrapCode),
    Slots(Vec<Slot>),
}

/// A slot's value in the bits that are defined.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Slot {
    bits: u64,
    defined: u64,
}

/// What a comparison has found.
pub struct Comparison {
    /// For each target: how many answers agreed, or the first difference.
    pub verdicts: Vec<Result<usize, String>>,
    /// Why the interpreter stopped early, if there is something that it cannot run.
    pub refused: Option<String>,
    /// Of what proposals instructions are, and were that were executed; nothing where nobody has looked.
    pub has: Uses,
    pub ran: Uses,
}

/// How long programs may run.
#[derive(Clone, Copy, Debug)]
pub enum Length {
    /// They end by themselves, so native code is asked everything, whatever the interpreter says.
    Ends,
    /// They may run for ever: native code is asked only what the interpreter answered within so many instructions.
    Fuel(u64),
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
    let comparison = compare_linked(targets, &inputs, setup, Length::Ends, random)?;
    Ok(comparison.verdicts)
}

/// As [`compare`], with several modules that are linked.
///
/// # Errors
/// The modules cannot be interpreted.
pub fn compare_linked(
    targets: &[Target],
    inputs: &[Input],
    setup: Setup,
    length: Length,
    random: &mut Random,
) -> Result<Comparison, String> {
    let options = options(setup);
    let may_tear = |target: &Target| target.isa == Isa::A64 && setup.memory != MemoryMode::Checked;
    let may_tear = targets.iter().any(may_tear);
    let Interpreted {
        mut queries,
        expected,
        refused,
        has,
        ran,
    } = interpret(inputs, &options, length, may_tear, random)?;
    if let Length::Fuel(_) = length {
        queries.truncate(expected.len());
    }
    let on = |target: &Target| {
        let options = on_target(&options, target, setup);
        let executable =
            compile::executable(inputs, target, &options).map_err(|e| e.to_string())?;
        let (answers, complaint) = run(&executable, target, &queries)?;
        judge(&queries, &expected, &answers, complaint)
    };
    Ok(Comparison {
        verdicts: targets.iter().map(on).collect(),
        refused,
        has,
        ran,
    })
}

/// Options of a compared program for no target in particular.
pub fn options(setup: Setup) -> Options {
    Options {
        entry: EntryKind::Script,
        deterministic: setup.deterministic,
        profile: match setup.profile {
            0 => Profile::default(),
            number => Profile::invented(number),
        },
        memory: setup.memory,
        opt: setup.opt,
        jobs: 1,
        verify: true,
        unknown: Unknown::Trap,
        config: Config {
            gc_stress: setup.heap == Heap::Stressed,
            stack_size: match setup.heap {
                Heap::Stressed | Heap::Small => SMALL_STACK,
                Heap::Usual => 0,
            },
            heap_limit: match setup.heap {
                Heap::Usual | Heap::Stressed => HEAP,
                Heap::Small => SMALL_HEAP,
            },
            ..Config::default()
        },
        ..Options::default()
    }
}

/// The options for a target.
pub fn on_target(options: &Options, target: &Target, setup: Setup) -> Options {
    Options {
        isa: target.isa,
        cpu: if setup.newest {
            target.newest_cpu()
        } else {
            options.cpu
        },
        ..options.clone()
    }
}

/// Number of answers that agree, or the first difference. A program that ended badly is judged by its answers first.
fn judge(
    queries: &[Query],
    expected: &[Expected],
    answers: &[Answer],
    complaint: Option<String>,
) -> Result<usize, String> {
    for (n, query) in queries.iter().enumerate() {
        let Some(got) = answers.get(n) else {
            return Err(complaint.unwrap_or_else(|| format!("no answer to {}", query.line)));
        };
        let exhausted = TrapCode::StackOverflow;
        if *got == Answer::Trap(exhausted) {
            return Ok(n);
        }
        let Some(want) = expected.get(n) else {
            return complaint.map_or(Ok(n), Err);
        };
        let agree = match (want, got) {
            (Expected::Trap(code), _) if *code == exhausted => return Ok(n),
            (Expected::Trap(code), Answer::Trap(got)) if code == got => true,
            // Which object is the first that has no room is not the same: only native code collects garbage.
            (Expected::Trap(TrapCode::OutOfMemory), _)
            | (_, Answer::Trap(TrapCode::OutOfMemory)) => return Ok(n),
            (Expected::Slots(want), Answer::Slots(got)) => {
                let mut pairs = want.iter().zip(null_or_not(got, &query.types));
                want.len() == got.len()
                    && pairs.all(|(want, got)| (got ^ want.bits) & want.defined == 0)
            }
            (Expected::Trap(_) | Expected::Slots(_), _) => false,
        };
        if !agree {
            return Err(format!("{}: {got:x?}, interpreter {want}", query.line));
        }
    }
    complaint.map_or(Ok(queries.len()), Err)
}

impl fmt::Display for Expected {
    /// As answers are shown; a slot that is not wholly defined with its defined bits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expected::Trap(code) => write!(f, "{:?}", Answer::Trap(*code)),
            Expected::Slots(slots) => {
                f.write_str("Slots(")?;
                for (i, slot) in slots.iter().enumerate() {
                    f.write_str(if i == 0 { "" } else { ", " })?;
                    write!(f, "{:x}", slot.bits)?;
                    if slot.defined != u64::MAX {
                        write!(f, " in {:x}", slot.defined)?;
                    }
                }
                f.write_str(")")
            }
        }
    }
}

/// References become 0 or 1: their values are addresses here and indices there.
fn null_or_not(slots: &[u64], types: &[ValType]) -> Vec<u64> {
    let values = slots
        .iter()
        .enumerate()
        .map(|(i, &bits)| match types.get(i) {
            Some(ty) if ty.as_ref().is_some() => u64::from(bits != 0),
            Some(_) | None => bits,
        });
    values.collect()
}

/// An answer that can be compared with another one to the same query.
pub fn shown(answer: &Answer, query: &Query) -> Answer {
    match answer {
        Answer::Slots(slots) => Answer::Slots(null_or_not(slots, &query.types)),
        Answer::Trap(_) | Answer::Other(_) => answer.clone(),
    }
}

/// What several interpretations have in common. `None`: they differ in more than NaNs.
fn common(answers: &[&Answer], types: &[ValType]) -> Option<Expected> {
    let (first, rest) = answers.split_first()?;
    match first {
        Answer::Trap(code) => {
            let same = rest.iter().all(|other| other == first);
            same.then_some(Expected::Trap(*code))
        }
        Answer::Slots(slots) => {
            let mut columns: Vec<Vec<u64>> = vec![Vec::new(); slots.len()];
            for answer in answers {
                let Answer::Slots(slots) = answer else {
                    return None;
                };
                for (column, bits) in columns.iter_mut().zip(null_or_not(slots, types)) {
                    column.push(bits);
                }
            }
            let slots = columns.iter().enumerate();
            let slots = slots.map(|(i, column)| common_slot(column, types.get(i).copied()));
            slots.collect::<Option<Vec<Slot>>>().map(Expected::Slots)
        }
        Answer::Other(_) => None,
    }
}

/// The defined bits of a slot that has these values. The lanes of vectors are guessed.
fn common_slot(values: &[u64], ty: Option<ValType>) -> Option<Slot> {
    let &bits = values.first()?;
    if values.iter().all(|&v| v == bits) {
        return Some(Slot {
            bits,
            defined: u64::MAX,
        });
    }
    match ty? {
        ValType::F32 => common_nan(values, Type::F32),
        ValType::F64 => common_nan(values, Type::F64),
        ValType::V128 => {
            let part = |shift: u32| {
                let lane: Vec<u64> = values.iter().map(|v| v >> shift & 0xffff_ffff).collect();
                common_slot(&lane, Some(ValType::F32))
            };
            match (part(0), part(32)) {
                (Some(low), Some(high)) => Some(Slot {
                    bits: low.bits | high.bits << 32,
                    defined: low.defined & 0xffff_ffff | high.defined << 32,
                }),
                _ => common_nan(values, Type::F64),
            }
        }
        ValType::I32
        | ValType::I64
        | ValType::FuncRef
        | ValType::ExternRef
        | ValType::ExnRef
        | ValType::Ref(_) => None,
    }
}

/// What NaNs have in common that the standard defines: all but the sign of canonical ones, being quiet of others.
fn common_nan(values: &[u64], ty: Type) -> Option<Slot> {
    let canonical = eval::canonical_nan(ty);
    let sign = 1 << (eval::width(ty) - 1);
    let whole = eval::mask(ty);
    let all = |good: &dyn Fn(u64) -> bool| values.iter().all(|&v| v & !whole == 0 && good(v));
    if all(&|v| v & !sign == canonical) {
        return Some(Slot {
            bits: canonical,
            defined: !sign,
        });
    }
    all(&|v| v & canonical == canonical).then_some(Slot {
        bits: canonical,
        defined: canonical,
    })
}

/// Asks the executable everything at once.
pub fn run(
    executable: &[u8],
    target: &Target,
    queries: &[Query],
) -> Result<(Vec<Answer>, Option<String>), String> {
    let lines: String = queries.iter().map(|q| format!("{}\n", q.line)).collect();
    ask_all(executable, target, &lines)
}

/// The answers of a script executable to protocol lines.
///
/// # Errors
/// It ends in another way than by the end of its input.
pub fn ask(executable: &[u8], target: &Target, lines: &str) -> Result<Vec<Answer>, String> {
    let (answers, complaint) = ask_all(executable, target, lines)?;
    complaint.map_or(Ok(answers), Err)
}

/// The answers of a script executable, and how it ended if not by the end of its input.
fn ask_all(
    executable: &[u8],
    target: &Target,
    lines: &str,
) -> Result<(Vec<Answer>, Option<String>), String> {
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
    let bad = finished.timed_out || finished.code() != 0;
    let complaint =
        bad.then(|| format!("after {} answers: {}", answers.len(), finished.describe()));
    Ok((answers, complaint))
}

/// What the interpreter said.
struct Interpreted {
    queries: Vec<Query>,
    /// The answers that every target must give: fewer where the interpreter gave up, or where only the bits of NaNs or torn stores decide.
    expected: Vec<Expected>,
    /// See [`Comparison`].
    refused: Option<String>,
    has: Uses,
    ran: Uses,
}

/// Makes the queries and the answers to them.
fn interpret(
    inputs: &[Input],
    options: &Options,
    length: Length,
    may_tear: bool,
    random: &mut Random,
) -> Result<Interpreted, String> {
    let front = wasm::front(inputs, None, options).map_err(|e| e.to_string())?;
    let bodies = bodies(&front);
    let has = uses(&front, &bodies);
    let queries = queries(&front, random);
    let nans = if options.deterministic {
        &[Nans::Canonical][..]
    } else {
        &[
            Nans::Canonical,
            Nans::Host,
            Nans::Last,
            Nans::Odd,
            Nans::Negative,
            Nans::Odder { seed: 1 },
            Nans::Odder { seed: 2 },
            Nans::Odder { seed: 3 },
            Nans::Odder { seed: 4 },
            Nans::Odder { seed: 5 },
        ]
    };
    let fuel = match length {
        Length::Ends => FUEL,
        Length::Fuel(fuel) => fuel,
    };
    let mut met_torn = false;
    let mut refused = None;
    let mut ran = Uses::default();
    let mut runs: Vec<Vec<Answer>> = Vec::new();
    for &nans in nans {
        let run = answers(&front, &bodies, &queries, nans, false, fuel);
        runs.push(run.answers);
        met_torn |= run.met_torn;
        refused = refused.or(run.refused);
        ran = ran.with(run.ran);
    }
    if met_torn && may_tear {
        runs.push(answers(&front, &bodies, &queries, nans[0], true, fuel).answers);
    }
    let expected = queries.iter().enumerate().map_while(|(n, query)| {
        let answers: Option<Vec<&Answer>> = runs.iter().map(|run| run.get(n)).collect();
        common(&answers?, &query.types)
    });
    let expected = expected.collect();
    Ok(Interpreted {
        queries,
        expected,
        refused,
        has,
        ran,
    })
}

/// IR of all functions.
fn bodies(front: &wasm::Front<'_>) -> HashMap<FuncId, Func> {
    let compiled = front.program.compiled.iter();
    compiled
        .map(|&func| (func, front.build_func(func, true)))
        .collect()
}

/// Of what proposals their instructions are.
fn uses(front: &wasm::Front<'_>, bodies: &HashMap<FuncId, Func>) -> Uses {
    let insts = bodies.values().flat_map(|func| {
        let blocks = func.layout.iter().map(|&block| &func.blocks[block]);
        blocks.flat_map(|block| block.insts.iter().map(|&inst| &func.insts[inst]))
    });
    insts.fold(Uses::default(), |has, inst| {
        has.with(Uses::of(inst, &front.program))
    })
}

/// What the interpreter answers to calls of a module's function with one argument each, after instantiation, and of what proposals instructions are that it has, and has executed.
///
/// # Errors
/// The module is refused, has no such function, or something else that the interpreter does not run.
pub fn interpreted(
    inputs: &[Input],
    setup: Setup,
    export: &str,
    arguments: &[u64],
) -> Result<(Vec<Answer>, Uses, Uses), String> {
    let front = wasm::front(inputs, None, &options(setup)).map_err(|e| e.to_string())?;
    let bodies = bodies(&front);
    let mut exports = front.program.modules[front.program.main].exports.iter();
    let Some(Entity::Func(func)) = exports.find(|e| e.name == export).map(|e| e.entity) else {
        return Err(format!("no function {export}"));
    };
    let query = |kind| Query {
        line: String::new(),
        kind,
        types: Vec::new(),
    };
    let calls = arguments
        .iter()
        .map(|&argument| Kind::Call(0, export.to_string(), func, vec![argument]));
    let queries: Vec<Query> = [Kind::Instantiate(0)]
        .into_iter()
        .chain(calls)
        .map(query)
        .collect();
    let run = answers(&front, &bodies, &queries, Nans::Canonical, false, FUEL);
    match run.refused {
        Some(what) => Err(format!("the interpreter does not run {what}")),
        None => Ok((run.answers[1..].to_vec(), uses(&front, &bodies), run.ran)),
    }
}

/// What one interpreter answers, until it gives up.
struct Run {
    answers: Vec<Answer>,
    /// Whether there was a store that a processor may tear.
    met_torn: bool,
    /// What it cannot run.
    refused: Option<String>,
    ran: Uses,
}

/// Asks an interpreter everything.
fn answers(
    front: &wasm::Front<'_>,
    bodies: &HashMap<FuncId, Func>,
    queries: &[Query],
    nans: Nans,
    tears: bool,
    fuel: u64,
) -> Run {
    let host = Box::new(|_: &mut _, func: FuncId, _: &[u64]| {
        Err(Stop::Unsupported(format!("import {func}")))
    });
    let mut interp = Interp::new(&front.program, bodies, fuel, nans, host);
    interp.max_depth = DEPTH;
    interp.heap_limit = HEAP;
    interp.tears = tears;
    let mut refused = None;
    let inits: Vec<Option<FuncId>> = front.program.modules.values().map(|m| m.init).collect();
    let mut answers = Vec::new();
    for query in queries {
        let result = match &query.kind {
            Kind::Instantiate(module) => {
                inits[*module].map_or(Ok(Vec::new()), |init| interp.call(init, &[]))
            }
            Kind::Call(_, _, func, args) => interp.call(*func, args),
            Kind::Global(_, _, global) => Ok(interp.global(*global)),
            Kind::Memory(_, memory) => Ok(vec![hash(&interp.state.memories[*memory])]),
        };
        answers.push(match result {
            Ok(slots) => Answer::Slots(slots),
            Err(Stop::Trap(code)) => Answer::Trap(code),
            Err(Stop::Exception(_)) => Answer::Trap(TrapCode::UncaughtException),
            Err(Stop::Component(..)) => Answer::Trap(TrapCode::Component),
            Err(Stop::OutOfFuel) => break,
            Err(Stop::Unsupported(what)) => {
                refused = Some(what);
                break;
            }
        });
        let failed = matches!(answers.last(), Some(Answer::Trap(_)));
        // A module that could not start is not used. Who ran out of stack may have done more on one side than on the other.
        let exhausted = answers.last() == Some(&Answer::Trap(TrapCode::StackOverflow));
        if exhausted || matches!(query.kind, Kind::Instantiate(_)) && failed {
            break;
        }
    }
    Run {
        answers,
        met_torn: interp.met_torn,
        refused,
        ran: interp.ran,
    }
}

/// FNV-1a.
fn hash(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(values: &[u64], ty: ValType) -> Option<(u64, u64)> {
        common_slot(values, Some(ty)).map(|slot| (slot.bits, slot.defined))
    }

    #[test]
    fn what_is_the_same_is_defined() {
        let signalling = 0x7fa0_0000;
        let all = Some((signalling, u64::MAX));
        assert_eq!(slot(&[signalling; 3], ValType::F32), all);
        assert_eq!(slot(&[signalling; 3], ValType::I32), all);
    }

    #[test]
    fn of_canonical_nans_only_the_sign_is_open() {
        let (plus, minus) = (0x7fc0_0000, 0xffc0_0000);
        let but_sign = Some((plus, !0x8000_0000));
        assert_eq!(slot(&[plus, minus, plus], ValType::F32), but_sign);
        let (plus, minus) = (0x7ff8 << 48, 0xfff8 << 48);
        assert_eq!(
            slot(&[plus, minus, plus], ValType::F64),
            Some((plus, !0 >> 1))
        );
    }

    #[test]
    fn others_are_quiet() {
        let quiet = Some((0x7fc0_0000, 0x7fc0_0000));
        assert_eq!(
            slot(&[0x7fc0_0000, 0xffc0_0001, 0x7fc0_0009], ValType::F32),
            quiet
        );
        // A NaN in one interpretation only, or one that need not stay a NaN.
        assert_eq!(slot(&[0x7fc0_0000, 0, 0], ValType::F32), None);
        assert_eq!(slot(&[0x7f80_0001, 0x7f80_0002], ValType::F32), None);
        assert_eq!(slot(&[0x7fc0_0000, 0xffc0_0000], ValType::I32), None);
    }

    #[test]
    fn lanes_are_found() {
        let (plus, minus) = (0x7fc0_0000, 0xffc0_0000);
        assert_eq!(
            slot(&[plus << 32 | 5, minus << 32 | 5], ValType::V128),
            Some((plus << 32 | 5, !(1 << 63)))
        );
        let (one, two) = (0x7ff8_0000_0000_0001, 0x7ff8_0000_0000_0003);
        let quiet = 0x7ff8 << 48;
        assert_eq!(slot(&[one, two], ValType::V128), Some((quiet, quiet)));
        assert_eq!(slot(&[1, 2], ValType::V128), None);
    }

    #[test]
    fn differing_nans_of_an_answer_are_accepted_and_differing_numbers_are_not() {
        let query = || Query {
            line: String::new(),
            kind: Kind::Instantiate(0),
            types: vec![ValType::F32, ValType::I32],
        };
        let answer = |nan: u64, number: u64| Answer::Slots(vec![nan, number]);
        let runs = [answer(0x7fc0_0000, 7), answer(0xffc0_0000, 7)];
        let expected = common(&[&runs[0], &runs[1]], &query().types);
        let expected = [expected.expect("they agree but for a sign")];
        let judge = |answer| judge(&[query()], &expected, &[answer], None);
        assert_eq!(judge(answer(0xffc0_0000, 7)), Ok(1));
        assert!(judge(answer(0xffc0_0001, 7)).is_err());
        assert!(judge(answer(0x7f80_0000, 7)).is_err());
        assert!(judge(answer(0x7fc0_0000, 8)).is_err());
        assert!(judge(Answer::Trap(TrapCode::Unreachable)).is_err());
    }
}
