//! Generated modules for what the sandbox rests on.
//!
//! *Accesses*: every load and store at the first and last bytes of memories of several sizes, with offsets at the edges of what instructions
//! encode, and addresses with dirty upper halves. The oracle is a model of a memory that lives here, not the compiler's own interpreter:
//! an access is in bounds exactly if `address + offset + size` is at most the memory's size, computed without wrapping.
//!
//! *Clean values*: every way to make an `i32` in a register, combined with every use to which a dirty upper half would matter.

use std::collections::HashMap;
use std::fmt::Write as _;

use wative_compiler::abi::{TrapCode, WASM_PAGE};
use wative_compiler::ir::{EntryKind, MemoryMode};
use wative_compiler::options::{OptLevel, Options};

use crate::differential::{self, Heap, Setup, ask};
use crate::program::CONFIGURATIONS;
use crate::random::Random;
use crate::spec::chain::{Answer, hex};
use crate::target::Target;
use crate::{compile, edges_sums, edges_vec, edges_wide, program};

/// Loads and stores: instruction, bytes of memory, type, whether a load extends the sign.
pub const LOADS: [(&str, u64, &str, bool); 14] = [
    ("i32.load", 4, "i32", false),
    ("i64.load", 8, "i64", false),
    ("f32.load", 4, "f32", false),
    ("f64.load", 8, "f64", false),
    ("i32.load8_s", 1, "i32", true),
    ("i32.load8_u", 1, "i32", false),
    ("i32.load16_s", 2, "i32", true),
    ("i32.load16_u", 2, "i32", false),
    ("i64.load8_s", 1, "i64", true),
    ("i64.load8_u", 1, "i64", false),
    ("i64.load16_s", 2, "i64", true),
    ("i64.load16_u", 2, "i64", false),
    ("i64.load32_s", 4, "i64", true),
    ("i64.load32_u", 4, "i64", false),
];
pub const STORES: [(&str, u64, &str); 9] = [
    ("i32.store", 4, "i32"),
    ("i64.store", 8, "i64"),
    ("f32.store", 4, "f32"),
    ("f64.store", 8, "f64"),
    ("i32.store8", 1, "i32"),
    ("i32.store16", 2, "i32"),
    ("i64.store8", 1, "i64"),
    ("i64.store16", 2, "i64"),
    ("i64.store32", 4, "i64"),
];

/// Offsets where encodings end: 8 and 9 bits signed, 12 bits and scaled 12 bits, 12 bits shifted, 16 bits, 24 bits, 31 and 32 bits.
pub const OFFSETS: [u64; 30] = [
    0,
    1,
    7,
    127,
    128,
    255,
    256,
    257,
    4088,
    4095,
    4096,
    4097,
    8190,
    8192,
    16_380,
    16_384,
    32_760,
    32_761,
    32_767,
    32_768,
    65_520,
    65_535,
    65_536,
    0xff_ffff,
    0x100_0000,
    0x7fff_fff8,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_fff8,
    0xffff_ffff,
];

/// Sizes of the memory in pages: one, a little over half of the address space, all of it.
const PAGES: [u64; 3] = [1, 0x8001, 0x1_0000];

/// Likewise for vectors, which differ from scalars only at the end.
const VECTOR_PAGES: [u64; 2] = [1, 0x1_0000];

/// How a function gets its address: what is written, from a parameter `$a` of this type.
const ADDRESSES: [(&str, &str); 4] = [
    ("i64", "(i32.wrap_i64 (local.get $a))"),
    ("i32", "(local.get $a)"),
    (
        "i64",
        "(i32.wrap_i64 (i64.add (local.get $a) (i64.const 1)))",
    ),
    ("i32", "(i32.add (local.get $a) (i32.const 1))"),
];

/// What each address is short of: the last two functions add 1.
const SHORT: [u64; 4] = [0, 0, 1, 1];

/// The tests of one target: name and answers checked, or the failure.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (memory, opt) in CONFIGURATIONS {
        for pages in PAGES {
            cases.push(Case::Accesses { memory, opt, pages });
        }
        for pages in VECTOR_PAGES {
            cases.push(Case::Vectors { memory, opt, pages });
        }
        for shape in edges_wide::SHAPES {
            cases.push(Case::Wide { memory, opt, shape });
        }
        cases.push(Case::CleanValues { memory, opt });
        cases.push(Case::Sums { memory, opt });
    }
    cases
}

/// A module in a configuration.
#[derive(Clone, Copy, Debug)]
pub enum Case {
    Accesses {
        memory: MemoryMode,
        opt: OptLevel,
        pages: u64,
    },
    Vectors {
        memory: MemoryMode,
        opt: OptLevel,
        pages: u64,
    },
    Wide {
        memory: MemoryMode,
        opt: OptLevel,
        shape: edges_wide::Shape,
    },
    CleanValues {
        memory: MemoryMode,
        opt: OptLevel,
    },
    Sums {
        memory: MemoryMode,
        opt: OptLevel,
    },
}

/// Runs a case; tells how many answers were right.
pub fn run(case: Case, target: &Target) -> Result<usize, String> {
    match case {
        Case::Accesses { memory, opt, pages } => accesses(target, memory, opt, pages),
        Case::Vectors { memory, opt, pages } => edges_vec::accesses(target, memory, opt, pages),
        Case::Wide { memory, opt, shape } => edges_wide::accesses(target, memory, opt, shape),
        Case::CleanValues { memory, opt } => clean_values(target, memory, opt),
        Case::Sums { memory, opt } => edges_sums::sums(target, memory, opt),
    }
}

/// The bytes of a memory that are not zero.
pub struct Model {
    bytes: HashMap<u64, u8>,
    size: u64,
}

impl Model {
    /// A memory of so many bytes, all zero.
    pub fn new(size: u64) -> Model {
        Model {
            bytes: HashMap::new(),
            size,
        }
    }
    /// Its bytes.
    pub fn size(&self) -> u64 {
        self.size
    }
    /// Fills the first and last 24 bytes, and writes the segments that do so.
    pub fn fill(
        &mut self,
        text: &mut String,
        random: &mut Random,
        constant: impl Fn(u64) -> String,
    ) {
        for at in [0, self.size - 24] {
            write!(text, "(data {} \"", constant(at)).expect("a string takes all");
            for i in 0..24 {
                let byte = random.bits() as u8 | 0x80;
                self.write(at + i, 1, byte.into());
                write!(text, "\\{byte:02x}").expect("a string takes all");
            }
            text.push_str("\")\n");
        }
    }
    /// A number of at most eight bytes.
    pub fn read(&self, at: u64, size: u64) -> u64 {
        let byte = |i: u64| u64::from(self.bytes.get(&(at + i)).copied().unwrap_or(0));
        (0..size).map(|i| byte(i) << (8 * i)).sum()
    }
    /// Stores the low bytes of a number.
    pub fn write(&mut self, at: u64, size: u64, value: u64) {
        for i in 0..size {
            self.bytes.insert(at + i, (value >> (8 * i)) as u8);
        }
    }
    /// Whether an access is in bounds.
    pub fn contains(&self, at: u64, size: u64) -> bool {
        at + size <= self.size
    }
}

/// Protocol lines with the answers that they must get.
pub struct Dialogue {
    lines: String,
    answers: Vec<Answer>,
}

impl Dialogue {
    /// A dialogue that begins with the instantiation.
    pub fn begin() -> Dialogue {
        Dialogue {
            lines: "instantiate 0\n".to_string(),
            answers: vec![Answer::Slots(Vec::new())],
        }
    }
    /// Compiles the module and compares its answers; tells how many there were.
    pub fn run(
        &self,
        text: &str,
        target: &Target,
        memory: MemoryMode,
        opt: OptLevel,
    ) -> Result<usize, String> {
        self.run_with(text, target, program::options(target, memory, opt))
    }
    /// Likewise with these options.
    pub fn run_with(&self, text: &str, target: &Target, options: Options) -> Result<usize, String> {
        let options = Options {
            entry: EntryKind::Script,
            ..options
        };
        let input = compile::input("test", text.as_bytes())?;
        let executable =
            compile::executable(&[input], target, &options).map_err(|e| e.to_string())?;
        let answers = ask(&executable, target, &self.lines)?;
        for (line, (got, want)) in self.lines.lines().zip(answers.iter().zip(&self.answers)) {
            if got != want {
                return Err(format!("{}: {got:x?}, want {want:x?}", readable(line)));
            }
        }
        if answers.len() != self.answers.len() {
            return Err(format!(
                "{} answers of {}",
                answers.len(),
                self.answers.len()
            ));
        }
        Ok(answers.len())
    }
    /// Adds a call.
    pub fn call(&mut self, export: &str, arguments: &[u64], answer: Answer) {
        let slots: Vec<String> = arguments.iter().map(|v| format!("{v:x}")).collect();
        writeln!(self.lines, "invoke 0 {} {}", hex(export), slots.join(":"))
            .expect("a string takes all");
        self.answers.push(answer);
    }
}

/// The answer of what is out of bounds.
pub const FAULT: Answer = Answer::Trap(TrapCode::MemoryOutOfBounds);

fn accesses(
    target: &Target,
    memory: MemoryMode,
    opt: OptLevel,
    pages: u64,
) -> Result<usize, String> {
    let mut model = Model::new(pages * WASM_PAGE);
    let mut random = Random::new(pages);
    let mut text = format!(
        "(module (memory {pages} {pages})
           (func (export \"end\") (result i64) (i64.load (i32.const {})))\n",
        (model.size - 8) as u32 as i32
    );
    model.fill(&mut text, &mut random, narrow);
    let mut dialogue = Dialogue::begin();
    for (n, &offset) in OFFSETS.iter().enumerate() {
        for (i, &(op, size, ty, signed)) in LOADS.iter().enumerate() {
            let form = (n + i) % ADDRESSES.len();
            let (param, address) = ADDRESSES[form];
            let name = format!("{op} {offset}");
            writeln!(
                text,
                "(func (export \"{name}\") (param $a {param}) (result {ty}) ({op} offset={offset} {address}))"
            )
            .expect("a string takes all");
            for address in addresses(&model, offset, size) {
                let answer = if model.contains(address + offset, size) {
                    let value = model.read(address + offset, size);
                    Answer::Slots(vec![extend(value, size, ty, signed)])
                } else {
                    FAULT
                };
                dialogue.call(&name, &[argument(address, form, &mut random)], answer);
            }
        }
        for (i, &(op, size, ty)) in STORES.iter().enumerate() {
            let form = (n + i) % ADDRESSES.len();
            let (param, address) = ADDRESSES[form];
            let name = format!("{op} {offset}");
            writeln!(
                text,
                "(func (export \"{name}\") (param $a {param}) (param $v {ty}) ({op} offset={offset} {address} (local.get $v)))"
            )
            .expect("a string takes all");
            for address in addresses(&model, offset, size) {
                let value = random.bits() << 8 | 0x8080_8080_8080_8080;
                let answer = if model.contains(address + offset, size) {
                    model.write(address + offset, size, value);
                    Answer::Slots(Vec::new())
                } else {
                    FAULT
                };
                dialogue.call(
                    &name,
                    &[argument(address, form, &mut random), value],
                    answer,
                );
                // A store that traps writes nothing, not even its part that is in bounds.
                let end = Answer::Slots(vec![model.read(model.size - 8, 8)]);
                dialogue.call("end", &[], end);
            }
        }
        constant_addresses(&mut text, &mut dialogue, &model, offset);
    }
    text.push(')');
    dialogue.run(&text, target, memory, opt)
}

/// A constant 32-bit address.
pub fn narrow(at: u64) -> String {
    format!("(i32.const {})", at as u32 as i32)
}

/// Loads from constant addresses: the last one in bounds and the first one outside.
fn constant_addresses(text: &mut String, dialogue: &mut Dialogue, model: &Model, offset: u64) {
    for (op, size, ty, signed) in LOADS {
        for at in addresses(model, offset, size).into_iter().rev().take(3) {
            let name = format!("{op} {offset} at {at}");
            writeln!(
                text,
                "(func (export \"{name}\") (result {ty}) ({op} offset={offset} (i32.const {})))",
                at as u32 as i32
            )
            .expect("a string takes all");
            let answer = if model.contains(at + offset, size) {
                let value = model.read(at + offset, size);
                Answer::Slots(vec![extend(value, size, ty, signed)])
            } else {
                FAULT
            };
            dialogue.call(&name, &[], answer);
        }
    }
}

/// Interesting addresses of an access, ascending: the ends of the address space, and around the last one in bounds.
pub fn addresses(model: &Model, offset: u64, size: u64) -> Vec<u64> {
    let last = model.size.checked_sub(offset + size);
    let mut list = vec![0, u64::from(u32::MAX)];
    if let Some(last) = last {
        list.extend([last.saturating_sub(1), last, last + 1, last + size]);
    }
    list.retain(|&a| a <= u64::from(u32::MAX));
    list.sort_unstable();
    list.dedup();
    list
}

/// The argument that makes this address in the given form, with a dirty upper half.
fn argument(address: u64, form: usize, random: &mut Random) -> u64 {
    (address as u32).wrapping_sub(SHORT[form] as u32) as u64 | random.bits() << 32
}

/// A loaded value as a slot.
pub fn extend(value: u64, size: u64, ty: &str, signed: bool) -> u64 {
    let unused = 64 - 8 * size as u32;
    let value = if signed {
        ((value << unused) as i64 >> unused) as u64
    } else {
        value
    };
    if ty == "i32" {
        value & 0xffff_ffff
    } else {
        value
    }
}

/// A protocol line with the export's name as text.
fn readable(line: &str) -> String {
    let mut words = line.split(' ').map(str::to_string).collect::<Vec<_>>();
    if let Some(name) = words.get_mut(2) {
        let bytes: Option<Vec<u8>> = (0..name.len() / 2)
            .map(|i| u8::from_str_radix(&name[2 * i..2 * i + 2], 16).ok())
            .collect();
        *name = String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned();
    }
    words.join(" ")
}

/// Ways to make an `i32` of an `i64` `$x`: instructions that leave it on the stack.
const PRODUCERS: [(&str, &str); 24] = [
    ("wrap", "local.get $x i32.wrap_i64"),
    ("upper half", "local.get $x i64.const 32 i64.shr_u i32.wrap_i64"),
    ("signed shift", "local.get $x i64.const 16 i64.shr_s i32.wrap_i64"),
    ("sum", "local.get $x local.get $x i64.add i32.wrap_i64"),
    ("product", "local.get $x local.get $x i64.mul i32.wrap_i64"),
    ("negation", "i64.const 0 local.get $x i64.sub i32.wrap_i64"),
    ("narrow sum", "local.get $x i32.wrap_i64 i32.const -7 i32.add"),
    ("narrow difference", "i32.const 5 local.get $x i32.wrap_i64 i32.sub"),
    ("narrow product", "local.get $x i32.wrap_i64 local.tee $t local.get $t i32.mul"),
    ("narrow shift", "local.get $x i32.wrap_i64 i32.const 9 i32.shl"),
    ("narrow signed shift", "local.get $x i32.wrap_i64 i32.const 30 i32.shr_s"),
    ("rotation", "local.get $x i32.wrap_i64 i32.const 13 i32.rotl"),
    ("complement", "local.get $x i32.wrap_i64 i32.const -1 i32.xor"),
    ("extend8", "local.get $x i32.wrap_i64 i32.extend8_s"),
    ("extend16", "local.get $x i32.wrap_i64 i32.extend16_s"),
    ("load8", "i32.const 64 local.get $x i64.store i32.const 64 i32.load8_s"),
    ("load16", "i32.const 64 local.get $x i64.store i32.const 66 i32.load16_s"),
    ("wrapped load", "i32.const 64 local.get $x i64.store i32.const 64 i64.load i32.wrap_i64"),
    ("float bits", "local.get $x i32.wrap_i64 f32.reinterpret_i32 i32.reinterpret_f32"),
    ("conversion", "local.get $x f64.convert_i64_s i32.trunc_sat_f64_s"),
    ("select", "local.get $x i32.wrap_i64 local.get $x i64.const 32 i64.shr_u i32.wrap_i64 local.get $x i64.const 4 i64.and i64.eqz select"),
    ("call", "local.get $x call $wrap"),
    ("global", "local.get $x i32.wrap_i64 global.set $g global.get $g"),
    ("loop", "local.get $x i32.wrap_i64 local.set $t
        loop local.get $t i32.const 1 i32.sub local.set $t local.get $x i64.const 1 i64.sub local.tee $x i64.const 3 i64.and i64.eqz i32.eqz br_if 0 end
        local.get $t"),
];

/// Uses of an `i32` on the stack that leave an `i64`.
const USES: [(&str, &str); 14] = [
    (
        "itself",
        "local.set $t local.get $t global.set $g i64.const 1",
    ),
    ("zero extension", "i64.extend_i32_u"),
    ("sign extension", "i64.extend_i32_s"),
    ("address", "i64.load8_u"),
    ("address with offset", "i64.load8_u offset=65535"),
    ("address with large offset", "i64.load8_u offset=4294901760"),
    ("masked address", "i32.const 65535 i32.and i64.load8_u"),
    ("scaled address", "i32.const 3 i32.shl i64.load"),
    ("table", "table.get $f ref.is_null i64.extend_i32_u"),
    (
        "indirect call",
        "local.set $t i64.const 9 local.get $t call_indirect (param i64) (result i64)",
    ),
    (
        "multi-way branch",
        "local.set $t block block block local.get $t br_table 0 1 2 1 0 2 end i64.const 1 return end i64.const 2 return end i64.const 3",
    ),
    (
        "length",
        "local.set $t i32.const 0 i32.const 7 local.get $t memory.fill i64.const 1",
    ),
    (
        "unsigned division",
        "local.set $t i32.const -3 local.get $t i32.div_u i64.extend_i32_u",
    ),
    ("conversion", "f64.convert_i32_u i64.reinterpret_f64"),
];

/// Every producer with every use, by itself and across a call that makes it leave its register.
fn clean_values(target: &Target, memory: MemoryMode, opt: OptLevel) -> Result<usize, String> {
    let mut text = "(module (memory 1 1) (table $f 6 funcref) (elem (table $f) (i32.const 1) func $double $double)
        (global $g (export \"g\") (mut i32) (i32.const 0))
        (data (i32.const 0) \"\\81\\92\\a3\\b4\\c5\\d6\\e7\\f8\") (data (i32.const 65528) \"\\91\\82\\73\\64\\55\\46\\37\\f8\")
        (func $double (param i64) (result i64) (i64.add (local.get 0) (local.get 0)))
        (func $wrap (param i64) (result i32) (i32.wrap_i64 (local.get 0)))
        (func $nothing)
        (func (export \"leave\") (param i32) (result i32) (local.get 0))\n"
        .to_string();
    for (producer, make) in PRODUCERS {
        for (name, consume) in USES {
            for (kind, between) in [("", ""), (" across a call", "call $nothing")] {
                writeln!(
                    text,
                    "(func (export \"{producer}, {name}{kind}\") (param $x i64) (result i64) (local $t i32) {make} {between} {consume})"
                )
                .expect("a string takes all");
            }
        }
    }
    text.push(')');
    let setup = Setup {
        memory,
        opt,
        deterministic: true,
        newest: false,
        heap: Heap::Usual,
        profile: 0,
    };
    let targets = std::slice::from_ref(target);
    let mut random = Random::new(77);
    differential::compare(targets, text.as_bytes(), setup, &mut random)?
        .pop()
        .unwrap_or(Ok(0))
}
