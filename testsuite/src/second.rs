//! A second oracle that shares nothing with us, not even the front end: wasmtime.
//!
//! Native code's answers become the assertions of a script, which `wasmtime wast` then judges: results bit by bit (NaNs and relaxed
//! operations are deterministic on both sides), traps by their kind, exported globals, and a hash of each memory, which a helper module
//! makes. The other targets must answer as the first one does.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use wative_compiler::abi::TrapCode;
use wative_compiler::ir::{Entity, MemoryDecl, Program, ValType};
use wative_compiler::{Input, wasm};

use crate::compile;
use crate::differential::{self, Setup};
use crate::process::{self, Scratch};
use crate::program;
use crate::queries::{self, Kind, Query};
use crate::random::Random;
use crate::spec::chain::Answer;
use crate::target::Target;

/// What makes wasmtime deterministic, and able to recurse as deep as our programs.
const OPTIONS: [&str; 9] = [
    "--async=false",
    "-Wnan-canonicalization=y",
    "-Wrelaxed-simd-deterministic=y",
    "-Wexceptions=y,threads=y,shared-memory=y,tail-call=y,relaxed-simd=y",
    "-Wfunction-references=y,gc=y,extended-const=y",
    "-Wmax-wasm-stack=16777216",
    "-Wmulti-memory=y,memory64=y,custom-page-sizes=y,wide-arithmetic=y",
    // Faults in a shared memory of several instances make it panic.
    "-Osignals-based-traps=n",
    "-Cparallel-compilation=n",
];

/// A module with a function that hashes a memory that it imports by this text, FNV-1a, as executables do.
fn hasher(import: &str, memory: &MemoryDecl) -> String {
    let limit = match (memory.is_wide(), memory.page_log2) {
        (true, 16) => "0x1000000000000",
        (true, _) => "0xffffffffffffffff",
        (false, 16) => "0x10000",
        (false, _) => "0xffffffff",
    };
    let (index, size, at) = match memory.is_wide() {
        true => ("i64", "(memory.size)", "(local.get $at)"),
        false => (
            "i32",
            "(i64.extend_i32_u (memory.size))",
            "(i32.wrap_i64 (local.get $at))",
        ),
    };
    let shared = match memory.shared {
        true => format!("{limit} shared"),
        false => String::new(),
    };
    let page = 1u64 << memory.page_log2;
    let page_size = match memory.page_log2 {
        16 => String::new(),
        _ => format!("(pagesize {page})"),
    };
    format!(
        r#"(module (import {import} (memory {index} 0 {shared} {page_size}))
        (func (export "hash") (result i64)
        (local $at i64) (local $end i64) (local $hash i64)
        (local.set $end (i64.mul {size} (i64.const {page})))
        (local.set $hash (i64.const 0xcbf29ce484222325))
        (block $done (loop $next
            (br_if $done (i64.eq (local.get $at) (local.get $end)))
            (local.set $hash (i64.mul (i64.const 0x100000001b3)
                (i64.xor (local.get $hash) (i64.load8_u {at}))))
            (local.set $at (i64.add (local.get $at) (i64.const 1)))
            (br $next)))
        (local.get $hash)))"#
    )
}

/// Compares linked modules' behaviour on every target with wasmtime's. For each target: how many answers agreed, or the first difference.
///
/// # Errors
/// The front end refuses the modules.
pub fn compare(
    wasmtime: &Path,
    targets: &[Target],
    inputs: &[Input],
    setup: Setup,
    random: &mut Random,
) -> Result<Vec<Result<usize, String>>, String> {
    let options = differential::options(setup);
    let front = wasm::front(inputs, None, &options).map_err(|e| e.to_string())?;
    let mut queries = queries::queries(&front, random);
    // Scripts can neither pass nor expect references to exceptions; those that have types are in numbers.
    queries.retain(|query| {
        let params = match &query.kind {
            Kind::Call(_, _, func, _) => {
                &front.program.types[front.program.funcs[*func].sig].params[..]
            }
            Kind::Instantiate(_) | Kind::Global(..) | Kind::Memory(..) => &[],
        };
        !query
            .types
            .iter()
            .chain(params)
            .any(|ty| matches!(ty, ValType::ExnRef | ValType::Ref(_)))
    });
    let mut first: Option<Vec<Answer>> = None;
    let mut on = |target: &Target| {
        let options = differential::on_target(&options, target, setup);
        let executable =
            compile::executable(inputs, target, &options).map_err(|e| e.to_string())?;
        let (mut answers, complaint) = differential::run(&executable, target, &queries)?;
        if let Some(complaint) = complaint {
            return Err(complaint);
        }
        // Stacks and heaps are of different sizes, and what did not start is not used.
        let is_used_up = |answer: &Answer| {
            [TrapCode::StackOverflow, TrapCode::OutOfMemory]
                .iter()
                .any(|code| *answer == Answer::Trap(*code))
        };
        let end = answers.iter().zip(&queries).position(|(answer, query)| {
            is_used_up(answer)
                || matches!(
                    (answer, &query.kind),
                    (Answer::Trap(_), Kind::Instantiate(_))
                )
        });
        if let Some(end) = end {
            answers.truncate(end + usize::from(!is_used_up(&answers[end])));
        }
        let Some(other) = &first else {
            let agreed = judge(wasmtime, &front, &queries, &answers)?;
            first = Some(answers);
            return Ok(agreed);
        };
        for ((one, two), query) in other.iter().zip(&answers).zip(&queries) {
            if differential::shown(one, query) != differential::shown(two, query) {
                return Err(format!("{}: {two:x?}, first target {one:x?}", query.line));
            }
        }
        Ok(answers.len().min(other.len()))
    };
    Ok(targets.iter().map(&mut on).collect())
}

/// How many of the answers wasmtime agrees with, or the first with which it does not.
fn judge(
    wasmtime: &Path,
    front: &wasm::Front<'_>,
    queries: &[Query],
    answers: &[Answer],
) -> Result<usize, String> {
    // No script is empty.
    if answers.is_empty() {
        return Ok(0);
    }
    let mut script = String::new();
    // The number of the query that each line of the script is about.
    let mut about = Vec::new();
    for (n, (query, answer)) in queries.iter().zip(answers).enumerate() {
        for line in assertion(front, query, answer)? {
            writeln!(script, "{}", line.replace('\n', " ")).expect("a string takes all");
            about.push(n);
        }
    }
    let work = || {
        let scratch = Scratch::new()?;
        let path = scratch.path().join("script.wast");
        std::fs::write(&path, &script)?;
        let mut command = Command::new(wasmtime);
        command.arg("wast").args(OPTIONS).arg(&path);
        command.env("RUST_BACKTRACE", "0").stdin(Stdio::null());
        process::run(command, program::LIMIT)
    };
    let finished = work().map_err(|e: std::io::Error| e.to_string())?;
    if finished.code() == 0 && !finished.timed_out {
        return Ok(answers.len());
    }
    let text = String::from_utf8_lossy(&finished.stderr);
    let line = text.split("script.wast:").nth(1).and_then(|rest| {
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse::<usize>().ok()?.checked_sub(1)
    });
    let Some(n) = line.and_then(|line| about.get(line).copied()) else {
        return Err(format!("wasmtime: {}", finished.describe()));
    };
    let is_used_up = |message: &&str| text.contains(message);
    if [
        "call stack exhausted",
        "GC heap out of memory",
        "allocation size too large",
    ]
    .iter()
    .any(is_used_up)
    {
        return Ok(n);
    }
    let why = text.split("Stack backtrace").next().unwrap_or_default();
    let why: Vec<&str> = why.split_whitespace().collect();
    Err(format!(
        "{}: {:x?}, wasmtime: {}",
        queries[n].line,
        answers[n],
        why.join(" ")
    ))
}

/// Lines of a script that say that the answer is right.
fn assertion(
    front: &wasm::Front<'_>,
    query: &Query,
    answer: &Answer,
) -> Result<Vec<String>, String> {
    let program = &front.program;
    let text = |bytes: &[u8]| -> String { bytes.iter().map(|b| format!("\\{b:02x}")).collect() };
    let claim = |action: String, types: &[ValType]| match answer {
        Answer::Slots(slots) => {
            let values = values(types, slots, false);
            Ok(format!("(assert_return {action} {values})"))
        }
        Answer::Trap(TrapCode::UncaughtException) => Ok(format!("(assert_exception {action})")),
        Answer::Trap(code) => Ok(format!("(assert_trap {action} \"{}\")", message(*code))),
        Answer::Other(what) => Err(format!("{}: {what}", query.line)),
    };
    match &query.kind {
        Kind::Instantiate(k) => {
            let input = &front.inputs[front.input_of[*k]];
            let bytes = text(&input.bytes);
            match answer {
                Answer::Slots(_) => Ok(vec![
                    format!("(module $m{k} binary \"{bytes}\")"),
                    format!("(register \"{}\" $m{k})", input.name),
                ]),
                // Of an instantiation scripts can only say that it fails.
                Answer::Trap(TrapCode::UncaughtException) => Ok(vec![format!(
                    "(assert_trap (module binary \"{bytes}\") \"\")"
                )]),
                Answer::Trap(_) | Answer::Other(_) => {
                    Ok(vec![claim(format!("(module binary \"{bytes}\")"), &[])?])
                }
            }
        }
        Kind::Call(k, name, func, slots) => {
            let ty = &program.types[program.funcs[*func].sig];
            let arguments = values(&ty.params, slots, true);
            let name = text(name.as_bytes());
            let action = format!("(invoke $m{k} \"{name}\" {arguments})");
            Ok(vec![claim(action, &ty.results)?])
        }
        Kind::Global(k, name, global) => {
            let name = text(name.as_bytes());
            let ty = program.globals[*global].ty;
            Ok(vec![claim(format!("(get $m{k} \"{name}\")"), &[ty])?])
        }
        Kind::Memory(_, memory) => {
            let is_it = |entity: &Entity| matches!(entity, Entity::Memory(m) if m == memory);
            let Some((name, export)) = exported(front, program, is_it) else {
                return Ok(Vec::new());
            };
            let import = format!("\"{name}\" \"{}\"", text(export.as_bytes()));
            Ok(vec![
                hasher(&import, &program.memories[*memory]),
                claim("(invoke \"hash\")".to_string(), &[ValType::I64])?,
            ])
        }
    }
}

/// The first export of such an entity: names of module and export.
fn exported<'a>(
    front: &'a wasm::Front<'_>,
    program: &'a Program,
    is_it: impl Fn(&Entity) -> bool,
) -> Option<(&'a str, &'a str)> {
    let modules = program.modules.values().zip(&front.input_of);
    let mut exports = modules.flat_map(|(module, &input)| {
        let name = front.inputs[input].name.as_str();
        module.exports.iter().map(move |export| (name, export))
    });
    let (name, export) = exports.find(|(_, export)| is_it(&export.entity))?;
    Some((name, &export.name))
}

/// Values as text. References that are not null are only ever results, and any is right.
fn values(types: &[ValType], slots: &[u64], arguments: bool) -> String {
    let mut text = String::new();
    let mut slots = slots.iter().copied();
    for ty in types {
        let bits = slots.next().unwrap_or_default();
        let value = match ty {
            ValType::I32 => format!("(i32.const {})", bits as u32),
            ValType::I64 => format!("(i64.const {bits})"),
            ValType::F32 => {
                let (number, fraction) = (f32::from_bits(bits as u32), bits & 0x7f_ffff);
                format!(
                    "(f32.const {})",
                    float(number.into(), bits as u32 >> 31 != 0, fraction)
                )
            }
            ValType::F64 => {
                let (number, fraction) = (f64::from_bits(bits), bits & 0xf_ffff_ffff_ffff);
                format!("(f64.const {})", float(number, bits >> 63 != 0, fraction))
            }
            ValType::V128 => {
                let high = slots.next().unwrap_or_default();
                format!("(v128.const i64x2 {bits} {high})")
            }
            ValType::FuncRef | ValType::ExternRef | ValType::ExnRef | ValType::Ref(_) => {
                let kind = match ty {
                    ValType::ExternRef => "extern",
                    _ => "func",
                };
                match bits == 0 || arguments {
                    true => format!("(ref.null {kind})"),
                    false => format!("(ref.{kind})"),
                }
            }
        };
        text += &value;
    }
    text
}

/// A number that reads as the same bits. Widening is exact but for NaNs, which are written by their fraction.
fn float(number: f64, negative: bool, fraction: u64) -> String {
    let sign = if negative { "-" } else { "" };
    match number {
        _ if number.is_nan() => format!("{sign}nan:{fraction:#x}"),
        _ => format!("{sign}{:?}", number.abs()),
    }
}

/// What wasmtime's message contains.
fn message(code: TrapCode) -> &'static str {
    match code {
        // `table.get` says no more.
        TrapCode::TableOutOfBounds => "out of bounds table access",
        // wasmtime looks at the address first.
        TrapCode::ExpectedSharedMemory => "",
        TrapCode::UncaughtException | TrapCode::UnknownImport | TrapCode::Exit => "",
        code => code.message(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_the_same_bits() {
        let singles = [
            0u32,
            1 << 31,
            1,
            0x7f7f_ffff,
            0x7f80_0000,
            0xff80_0000,
            0x7fa0_0001,
        ];
        let doubles = [0, 1 << 63, 1, 0x7fef_ffff_ffff_ffff, 0x3fb9_9999_9999_999a];
        let mut cases: Vec<(ValType, Vec<u64>, Vec<u8>)> = Vec::new();
        for bits in singles.into_iter().chain([0xffc0_0000, 0x3dcc_cccd]) {
            cases.push((ValType::F32, vec![bits.into()], bits.to_le_bytes().to_vec()));
        }
        for bits in doubles.into_iter().chain([0xfff8_0000_0000_0001u64]) {
            cases.push((ValType::F64, vec![bits], bits.to_le_bytes().to_vec()));
        }
        let halves = [0x0123_4567_89ab_cdefu64, u64::MAX];
        let bytes = halves.iter().flat_map(|half| half.to_le_bytes()).collect();
        cases.push((ValType::V128, halves.to_vec(), bytes));
        for (ty, slots, bytes) in cases {
            let text = values(&[ty], &slots, true);
            let module = wat::parse_str(format!("(module (func {text} drop))"));
            let module = module.expect("the text is a module");
            let found = module.windows(bytes.len()).any(|window| window == bytes);
            assert!(found, "{text}");
        }
    }
}
