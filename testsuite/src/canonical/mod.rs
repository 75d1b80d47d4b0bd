//! Property test of the canonical ABI: values of random types go from one component to another in compiled code, and what arrives must be what a model says that is
//! written from CanonicalABI.md alone ([`model`]).
//!
//! A case is a component with a few functions, for a pair of string encodings and of allocators ([`component`]), which is compiled once for each target. Each function is
//! called several times: with values as they should be, with bits that must be ignored, and with bytes, pointers, lengths and discriminants changed, which the model lifts
//! as well as it can or refuses. Compared are flat values, all bytes in the other memory, the calls of `realloc` in order, and whether the call traps.

mod component;
mod model;
mod types;

use std::process::Stdio;

use wative_compiler::ir::MemoryMode;
use wative_compiler::options::{CpuFeatures, OptLevel};

use crate::process::{self, Finished, Scratch};
use crate::program::{self, build, options};
use crate::random::Random;
use crate::target::Target;
use component::{Function, Layout, argument, complete};
use model::{ARGUMENTS, Encoding, HEAP, LOG, MEMORY, Side, Stop, Units, Value};
use types::{Core, Type, align_to};

/// Calls of each function.
const CALLS: usize = 8;

/// Depth of types.
const DEPTH: usize = 3;

/// A result goes here, if it has at most so many bytes.
const PLACE: u64 = 512;
const PLACE_SIZE: u64 = LOG - PLACE - 8;

/// Where the side that has the values may end, so that its argument is one that the system takes.
const SOURCE_END: u64 = 0xc000;

/// A component and its calls. `Display` as a failure shows it.
pub struct Case {
    functions: Vec<Function>,
    caller: Layout,
    callee: Layout,
    calls: Vec<Call>,
    memory: MemoryMode,
    opt: OptLevel,
    newest: bool,
}

/// A call: its argument, and what must come of it.
struct Call {
    function: usize,
    argument: String,
    outcome: Option<Outcome>,
}

/// What arrives. `None` in a [`Call`]: it traps.
struct Outcome {
    flat: Vec<u64>,
    side: Side,
    place: Option<(u64, u64)>,
}

impl Case {
    /// The case of a seed.
    pub fn new(seed: u64) -> Case {
        let mut random = Random::new(seed);
        let mut layout = || Layout {
            encoding: *random.pick(&[Encoding::Utf8, Encoding::Utf16, Encoding::Latin1Utf16]),
            base: HEAP + 8 * random.below(8) as u64,
            moves: random.below(2) == 0,
        };
        let (caller, callee) = (layout(), layout());
        let function = |random: &mut Random| {
            let is_result = random.below(3) == 0;
            let count = if is_result {
                1
            } else {
                *random.pick(&[1, 1, 2, 4, 9])
            };
            Function {
                types: (0..count).map(|_| Type::random(random, DEPTH)).collect(),
                is_result,
            }
        };
        let functions: Vec<Function> = (0..3).map(|_| function(&mut random)).collect();
        let mut calls = Vec::new();
        for (number, function) in functions.iter().enumerate() {
            for _ in 0..CALLS {
                calls.extend(call(number, function, &caller, &callee, &mut random));
            }
        }
        Case {
            functions,
            caller,
            callee,
            calls,
            memory: *random.pick(&[MemoryMode::Fixed, MemoryMode::Pinned, MemoryMode::Checked]),
            opt: *random.pick(&[OptLevel::O0, OptLevel::O2, OptLevel::O2]),
            newest: random.below(2) == 0,
        }
    }

    /// Whether it is compiled for the newest processors.
    pub fn is_newest(&self) -> bool {
        self.newest
    }

    /// Compiles it and makes the calls: how many there were.
    pub fn run(&self, target: &Target) -> Result<usize, String> {
        let text = component::text(&self.functions, &self.caller, &self.callee);
        let module = wat::parse_str(&text).map_err(|e| format!("{e}\n{text}"))?;
        // In an emulator pinned memories take long to reserve, and are as fixed ones.
        let memory = match self.memory {
            MemoryMode::Pinned if !target.is_native() => MemoryMode::Fixed,
            memory => memory,
        };
        let mut options = options(target, memory, self.opt);
        options.cpu = match self.newest {
            true => target.newest_cpu(),
            false => CpuFeatures::BASELINE,
        };
        let executable = build(&module, target, &options)?;
        let scratch = Scratch::new().map_err(|e| e.to_string())?;
        let path = scratch.executable(&executable).map_err(|e| e.to_string())?;
        for call in &self.calls {
            let mut command = target.command(&path);
            command.arg(&call.argument).stdin(Stdio::null());
            let finished = process::run(command, program::LIMIT).map_err(|e| e.to_string())?;
            call.judge(&finished).map_err(|why| {
                let (from, to) = (self.caller, self.callee);
                let function = &self.functions[call.function];
                format!(
                    "{why}: {function:?}, caller {from:?}, callee {to:?}, {memory:?} {:?}, {}",
                    self.opt, call.argument
                )
            })?;
        }
        Ok(self.calls.len())
    }
}

impl Call {
    fn judge(&self, finished: &Finished) -> Result<(), String> {
        let Some(outcome) = &self.outcome else {
            let said = String::from_utf8_lossy(&finished.stderr);
            // The guest's own traps are another thing.
            return match finished.code() == 134 && !said.contains("unreachable") {
                true => Ok(()),
                false => Err(format!("no trap but {}", finished.describe())),
            };
        };
        if finished.code() != 0 {
            return Err(finished.describe());
        }
        outcome.compare(&finished.stdout)
    }
}

impl Outcome {
    /// What is in the memory of the side that got the values.
    fn compare(&self, memory: &[u8]) -> Result<(), String> {
        let word = |at: u64| {
            let bytes = memory.get(at as usize..at as usize + 4);
            bytes.map_or(0, |b| u32::from_le_bytes(b.try_into().expect("four bytes")))
        };
        let log: Vec<[u64; 4]> = (0..u64::from(word(component::COUNT)))
            .map(|i| [0, 4, 8, 12].map(|part| word(LOG + 16 * i + part).into()))
            .collect();
        if log != self.side.log {
            return Err(format!("realloc {log:?}, want {:?}", self.side.log));
        }
        if u64::from(word(component::END)) != self.side.end || memory.len() as u64 != self.side.end
        {
            return Err(format!("{} bytes, want {}", memory.len(), self.side.end));
        }
        let dead = |at: u64| {
            let mut ranges = self.side.dead.iter();
            ranges.any(|&(from, to)| (from..to).contains(&at))
        };
        let is_same_nan = |at: u64| {
            let mut nans = self.side.nans.iter();
            nans.any(|&(from, size)| {
                (from..from + size).contains(&at) && self.is_nan(memory, from, size)
            })
        };
        let values = self.flat.iter().zip((ARGUMENTS..).step_by(8));
        for (number, (&value, at)) in values.enumerate() {
            let got = u64::from(word(at)) | u64::from(word(at + 4)) << 32;
            if got != value {
                return Err(format!("flat value {number}: {got:x}, want {value:x}"));
            }
        }
        let place = self.place.map_or(0..0, |(at, size)| at..at + size);
        for at in place.chain(HEAP..self.side.end) {
            let (got, want) = (memory[at as usize], self.side.bytes[at as usize]);
            if got != want && !dead(at) && !is_same_nan(at) {
                return Err(format!("at {at:#x}: {got:02x}, want {want:02x}"));
            }
        }
        Ok(())
    }

    fn is_nan(&self, memory: &[u8], at: u64, size: u64) -> bool {
        let bytes = &memory[at as usize..(at + size) as usize];
        match <[u8; 4]>::try_from(bytes) {
            Ok(bytes) => f32::from_le_bytes(bytes).is_nan(),
            Err(_) => f64::from_le_bytes(bytes.try_into().expect("eight bytes")).is_nan(),
        }
    }
}

/// A call of a function with random values; `None` if they are too large.
fn call(
    number: usize,
    function: &Function,
    caller: &Layout,
    callee: &Layout,
    random: &mut Random,
) -> Option<Call> {
    let (from, to) = match function.is_result {
        true => (callee, caller),
        false => (caller, callee),
    };
    let most = function.most();
    let (cores, is_pointer) = function.flat();
    let mut source = Side::new(from.encoding, from.base, from.moves);
    source.keeps = true;
    let values: Vec<Value> = function
        .types
        .iter()
        .map(|ty| value(ty, from.encoding, random))
        .collect();
    let mut flat = source
        .lower_values(&function.types, &values, most, None)
        .ok()?;
    if source.end > SOURCE_END {
        return None;
    }
    match random.below(4) {
        0 => {}
        1 if !is_pointer => ignored(function, &cores, &mut flat, random),
        _ => change(&mut source, from.base, &cores, &mut flat, random),
    }
    let mut target = Side::new(to.encoding, to.base, to.moves);
    let whole = Type::Tuple(function.types.clone());
    let place = (function.is_result && is_pointer).then(|| place(&whole, random));
    if place.is_some() && whole.size() > PLACE_SIZE {
        return None;
    }
    complete(&mut source, &flat, place.unwrap_or(0));
    let argument = argument(number, &source);
    // A NaN that is passed flat is moved as it is.
    let lifted = source.lift_values(&function.types, &flat, most);
    let lowered =
        lifted.and_then(|values| target.lower_values(&function.types, &values, most, place));
    let outcome = match lowered {
        Err(Stop::Full) => return None,
        Err(Stop::Trap) => None,
        Ok(flat) => Some(Outcome {
            flat,
            side: target,
            place: place.map(|at| (at, whole.size())),
        }),
    };
    Some(Call {
        function: number,
        argument,
        outcome,
    })
}

/// Where a result is to go: mostly where it may.
fn place(ty: &Type, random: &mut Random) -> u64 {
    let right = align_to(PLACE, ty.alignment());
    match random.below(8) {
        0 => right + 1,
        1 => *random.pick(&[MEMORY - 1, MEMORY, 0xffff_fff8, 0xffff_ffff]),
        _ => right,
    }
}

/// A value of a type.
fn value(ty: &Type, encoding: Encoding, random: &mut Random) -> Value {
    use types::Shape;
    match ty.shape() {
        Shape::Record(fields) => {
            let values = fields.iter().map(|ty| value(ty, encoding, random));
            return Value::Parts(values.collect());
        }
        Shape::Variant(cases) => {
            let case = random.below(cases.len());
            let payload = cases[case].map(|ty| Box::new(value(ty, encoding, random)));
            return Value::Case(case, payload);
        }
        Shape::Other => {}
    }
    if let Some((bits, is_signed)) = ty.integer() {
        let low: i128 = if is_signed { -(1 << (bits - 1)) } else { 0 };
        let high = low + (1 << bits) - 1;
        let any = low + i128::from(random.word()) % (1 << bits);
        return Value::Integer(*random.pick(&[low, high, any, any]));
    }
    match ty {
        Type::Bool => Value::Integer(random.below(2) as i128),
        Type::F32 => {
            let any = random.word() as u32;
            Value::F32(*random.pick(&[0, 0x7f80_0000, 0xffc0_0001, 0x7fa0_0000, any]))
        }
        Type::F64 => {
            let any = random.word();
            Value::F64(*random.pick(&[0, 0xfff0 << 48, 0x7ff4 << 48 | 1, any, any]))
        }
        Type::Char => Value::Integer(letter(random) as i128),
        Type::Flags(count) => Value::Flags(random.word() as u32 & (u32::MAX >> (32 - count))),
        Type::String => text(encoding, random),
        Type::List(element) => {
            let count = *random.pick(&[0, 1, 2, 5]);
            Value::Parts(
                (0..count)
                    .map(|_| value(element, encoding, random))
                    .collect(),
            )
        }
        other => unreachable!("{other:?} has parts"),
    }
}

/// Letters at the ends of what encodings have in one unit.
fn letter(random: &mut Random) -> char {
    const LETTERS: [char; 14] = [
        '\0',
        'a',
        ' ',
        '\u{7f}',
        '\u{80}',
        '\u{e9}',
        '\u{ff}',
        '\u{100}',
        '\u{7ff}',
        '\u{800}',
        '\u{d7ff}',
        '\u{ffff}',
        '\u{1_0000}',
        '\u{10_ffff}',
    ];
    *random.pick(&LETTERS)
}

/// A string that a side of this encoding has: `latin1+utf16` need not be as narrow as it could be.
fn text(encoding: Encoding, random: &mut Random) -> Value {
    let most = *random.pick(&['\u{7f}', '\u{ff}', '\u{10_ffff}']);
    let length = *random.pick(&[0, 1, 3, 17, 40]);
    let letters = (0..length).map(|_| letter(random));
    let text: String = letters.filter(|&c| c <= most).collect();
    let is_latin1 = text.chars().all(|c| u32::from(c) < 256);
    let units = match encoding {
        Encoding::Utf8 => Units::Utf8,
        Encoding::Latin1Utf16 if is_latin1 && random.below(3) != 0 => Units::Latin1,
        _ => Units::Utf16,
    };
    let count = match units {
        Units::Utf8 => text.len(),
        Units::Utf16 => text.encode_utf16().count(),
        Units::Latin1 => text.chars().count(),
    };
    Value::Text(text, encoding, units, count as u64)
}

/// Sets bits that nobody may look at: those above a small integer, a truth, or flags.
fn ignored(function: &Function, cores: &[Core], flat: &mut [u64], random: &mut Random) {
    if function.types.len() != cores.len() {
        return;
    }
    for (ty, word) in function.types.iter().zip(flat) {
        let bits = match ty {
            Type::Flags(count) => *count as u32,
            Type::Bool => 1,
            _ => ty.integer().map_or(32, |(bits, _)| bits),
        };
        if bits < 32 && random.below(2) == 0 {
            *word |= u64::from((random.word() as u32) << bits);
        }
    }
}

/// Changes bytes of what the side has, or flat values.
fn change(source: &mut Side, base: u64, cores: &[Core], flat: &mut [u64], random: &mut Random) {
    for _ in 0..=random.below(3) {
        if source.end > base && random.below(3) != 0 {
            let at = base + random.below((source.end - base) as usize) as u64;
            let byte = random.word() as u8;
            source.bytes[at as usize] = *random.pick(&[0, 1, 2, 0x80, 0xd8, 0xdc, 0xff, byte]);
            continue;
        }
        let at = random.below(flat.len());
        let word = flat[at];
        let other = *random.pick(&[
            word ^ 1,
            word ^ 2,
            word.wrapping_add(1),
            word ^ 1 << 31,
            0x7fff_ffff,
            0xffff_ffff,
            MEMORY - 8,
            MEMORY,
            0x11_0000,
            0xd800,
            0xdfff,
            0xe000,
            1 << 29,
        ]);
        match cores[at] {
            Core::I32 => flat[at] = other & 0xffff_ffff,
            Core::I64 => flat[at] = other ^ random.word() << 32,
            // Whatever its bits, a number is one.
            Core::F32 | Core::F64 => {}
        }
    }
}
