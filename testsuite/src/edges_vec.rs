//! Vector accesses at the edges of memories: `edges` for SIMD, with the same model of a memory.
//!
//! Every load and store of a vector or a part of one, and arithmetic that takes an operand from memory, at the first and last bytes in bounds,
//! unaligned, and where only a part is in bounds: that must trap and write nothing.

use std::fmt::Write as _;

use wative_compiler::abi::WASM_PAGE;
use wative_compiler::ir::MemoryMode;
use wative_compiler::options::{Isa, OptLevel};

use crate::edges::{Dialogue, FAULT, Model, addresses, narrow};
use crate::random::Random;
use crate::spec::chain::Answer;
use crate::target::Target;

/// Offsets where encodings end, for 16 bytes.
const OFFSETS: [u64; 12] = [
    0,
    1,
    255,
    256,
    4095,
    65_520,
    65_521,
    65_536,
    0x7fff_fff0,
    0x8000_0000,
    0xffff_fff0,
    0xffff_ffff,
];

/// Unaligned addresses among the first bytes.
const LOW: [u64; 3] = [1, 3, 7];

/// What an operator makes of `size` bytes of memory and a vector.
#[derive(Clone, Copy)]
enum Kind {
    /// Lanes of this many bits, extended to twice as many.
    Extend {
        bits: u32,
        signed: bool,
    },
    Splat,
    /// The other bytes are zero.
    Zero,
    /// Puts a lane into the vector.
    Lane(u32),
    /// Adds bytes to the vector's.
    Add,
    /// The greater of the bytes, the memory's operand on the left.
    Max,
    Store,
    StoreLane(u32),
}

/// Operators: the expression, with `@` for the offset, `#` for the address and `%` for the vector; bytes of memory; the meaning.
const OPERATORS: [(&str, u64, Kind); 28] = [
    ("v128.load @ #", 16, Kind::Zero),
    ("v128.load8x8_s @ #", 8, extend(8, true)),
    ("v128.load8x8_u @ #", 8, extend(8, false)),
    ("v128.load16x4_s @ #", 8, extend(16, true)),
    ("v128.load16x4_u @ #", 8, extend(16, false)),
    ("v128.load32x2_s @ #", 8, extend(32, true)),
    ("v128.load32x2_u @ #", 8, extend(32, false)),
    ("v128.load8_splat @ #", 1, Kind::Splat),
    ("v128.load16_splat @ #", 2, Kind::Splat),
    ("v128.load32_splat @ #", 4, Kind::Splat),
    ("v128.load64_splat @ #", 8, Kind::Splat),
    ("v128.load32_zero @ #", 4, Kind::Zero),
    ("v128.load64_zero @ #", 8, Kind::Zero),
    ("v128.load8_lane @ 13 # %", 1, Kind::Lane(13)),
    ("v128.load16_lane @ 5 # %", 2, Kind::Lane(5)),
    ("v128.load32_lane @ 2 # %", 4, Kind::Lane(2)),
    ("v128.load64_lane @ 1 # %", 8, Kind::Lane(1)),
    ("f64x2.splat (f64.load @ #)", 8, Kind::Splat),
    ("f32x4.replace_lane 3 % (f32.load @ #)", 4, Kind::Lane(3)),
    ("i8x16.add % (v128.load @ #)", 16, Kind::Add),
    ("i8x16.max_u (v128.load @ #) %", 16, Kind::Max),
    ("v128.store @ # %", 16, Kind::Store),
    ("v128.store8_lane @ 9 # %", 1, Kind::StoreLane(9)),
    ("v128.store16_lane @ 3 # %", 2, Kind::StoreLane(3)),
    ("v128.store32_lane @ 0 # %", 4, Kind::StoreLane(0)),
    ("v128.store32_lane @ 1 # %", 4, Kind::StoreLane(1)),
    ("v128.store64_lane @ 0 # %", 8, Kind::StoreLane(0)),
    ("v128.store64_lane @ 1 # %", 8, Kind::StoreLane(1)),
];

const fn extend(bits: u32, signed: bool) -> Kind {
    Kind::Extend { bits, signed }
}

/// Tells how many answers were right.
pub fn accesses(
    target: &Target,
    memory: MemoryMode,
    opt: OptLevel,
    pages: u64,
) -> Result<usize, String> {
    let mut model = Model::new(pages * WASM_PAGE);
    let mut random = Random::new(pages + 1);
    let end = model.size() - 16;
    let mut text = format!(
        "(module (memory {pages} {pages})
           (func (export \"end\") (result v128) (v128.load (i32.const {})))\n",
        end as u32 as i32
    );
    model.fill(&mut text, &mut random, narrow);
    let mut dialogue = Dialogue::begin();
    // AArch64 leaves open whether 16 bytes are written in part where the rest faults.
    let may_tear = target.isa == Isa::A64 && memory != MemoryMode::Checked;
    for offset in OFFSETS {
        for (number, (form, size, kind)) in OPERATORS.into_iter().enumerate() {
            let name = format!("{number} {form} {offset}");
            let expression = form
                .replace('@', &format!("offset={offset}"))
                .replace('#', "(local.get $a)")
                .replace('%', "(local.get $v)");
            let is_store = matches!(kind, Kind::Store | Kind::StoreLane(_));
            let result = if is_store { "" } else { "(result v128)" };
            writeln!(
                text,
                "(func (export \"{name}\") (param $a i32) (param $v v128) {result} ({expression}))"
            )
            .expect("a string takes all");
            let mut list = addresses(&model, offset, size);
            list.extend(LOW.iter().filter(|&&a| model.contains(a + offset, size)));
            if matches!(kind, Kind::Store) && may_tear {
                list.retain(|&a| a + offset >= model.size() || model.contains(a + offset, size));
            }
            for address in list {
                let slots = [random.bits() << 8 | 0x80, random.bits() << 20 | 0xff];
                let vector = u128::from(slots[0]) | u128::from(slots[1]) << 64;
                let args = [address | random.bits() << 32, slots[0], slots[1]];
                let at = address + offset;
                if !model.contains(at, size) {
                    dialogue.call(&name, &args, FAULT);
                } else if is_store {
                    store(&mut model, at, size, kind, vector);
                    dialogue.call(&name, &args, Answer::Slots(Vec::new()));
                } else {
                    let memory = wide(&model, at, size);
                    dialogue.call(
                        &name,
                        &args,
                        vector_answer(value(kind, size, memory, vector)),
                    );
                }
                if is_store {
                    // A store that traps writes nothing, not even its part that is in bounds.
                    dialogue.call("end", &[], vector_answer(wide(&model, end, 16)));
                }
            }
        }
    }
    text.push(')');
    dialogue.run(&text, target, memory, opt)
}

fn wide(model: &Model, at: u64, size: u64) -> u128 {
    let half = size.min(8);
    let low = u128::from(model.read(at, half));
    if size > 8 {
        low | u128::from(model.read(at + 8, 8)) << 64
    } else {
        low
    }
}

fn vector_answer(value: u128) -> Answer {
    Answer::Slots(vec![value as u64, (value >> 64) as u64])
}

fn store(model: &mut Model, at: u64, size: u64, kind: Kind, vector: u128) {
    let first = match kind {
        Kind::StoreLane(lane) => lane * 8 * size as u32,
        _ => 0,
    };
    let bits = vector >> first;
    model.write(at, size.min(8), bits as u64);
    if size > 8 {
        model.write(at + 8, 8, (bits >> 64) as u64);
    }
}

/// The result of an operator that does not store.
fn value(kind: Kind, size: u64, memory: u128, vector: u128) -> u128 {
    let bytes = |f: fn(u8, u8) -> u8| {
        let (a, b) = (memory.to_le_bytes(), vector.to_le_bytes());
        u128::from_le_bytes(std::array::from_fn(|i| f(a[i], b[i])))
    };
    let bits = 8 * size as u32;
    match kind {
        Kind::Extend { bits, signed } => (0..64 / bits).fold(0, |all, i| {
            let lane = (memory >> (i * bits)) as u64 & (u64::MAX >> (64 - bits));
            let is_negative = signed && lane >> (bits - 1) == 1;
            let high = if is_negative { u128::MAX << bits } else { 0 };
            let wide = (u128::from(lane) | high) & (u128::MAX >> (128 - 2 * bits));
            all | wide << (i * 2 * bits)
        }),
        Kind::Splat => (0..128 / bits).fold(0, |all, i| all | memory << (i * bits)),
        Kind::Zero | Kind::Store | Kind::StoreLane(_) => memory,
        Kind::Lane(lane) => {
            let hole = (u128::MAX >> (128 - bits)) << (lane * bits);
            vector & !hole | memory << (lane * bits)
        }
        Kind::Add => bytes(u8::wrapping_add),
        Kind::Max => bytes(u8::max),
    }
}
