//! Accesses to memories whose addresses have 64 bits, or whose pages are single bytes: every load and store at the ends of what is accessible and of
//! what addresses reach, against the model of [`super::edges`].

use std::fmt::Write as _;

use wative_compiler::ir::MemoryMode;
use wative_compiler::options::OptLevel;

use crate::edges::{Dialogue, FAULT, LOADS, Model, OFFSETS, STORES, extend};
use crate::random::Random;
use crate::spec::chain::Answer;
use crate::target::Target;

/// A memory: type of its addresses, logarithm of a page's bytes, pages.
pub type Shape = (&'static str, u32, u64);

/// One page; more than 32 bits reach; a size that is no multiple of the machine's pages, with addresses of either kind.
pub const SHAPES: [Shape; 5] = [
    ("i64", 16, 1),
    ("i64", 16, 0x1_0001),
    ("i64", 0, 5000),
    ("i32", 0, 5000),
    ("i32", 0, 24),
];

/// Further offsets of accesses with 64-bit addresses: where sums wrap, and where numbers change their sign.
const WIDE_OFFSETS: [u64; 7] = [
    0x1_0000_0000,
    0x1_0000_ffff,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    0xffff_ffff_0000_0000,
    0xffff_ffff_ffff_fff8,
    0xffff_ffff_ffff_ffff,
];

/// Every access to one memory; tells how many answers were right.
pub fn accesses(
    target: &Target,
    memory: MemoryMode,
    opt: OptLevel,
    (address, page_log2, pages): Shape,
) -> Result<usize, String> {
    let size = pages << page_log2;
    let mut model = Model::new(size);
    let mut random = Random::new(size);
    let wide = address == "i64";
    let constant = |at: u64| match wide {
        true => format!("(i64.const {})", at as i64),
        false => format!("(i32.const {})", at as u32 as i32),
    };
    let page = 1u64 << page_log2;
    let mut text = format!(
        "(module (memory {address} {pages} {} (pagesize {page}))
           (func (export \"end\") (result i64) (i64.load {}))
           (func (export \"size\") (result {address}) (memory.size))
           (func (export \"grow\") (param {address}) (result {address}) (memory.grow (local.get 0)))\n",
        pages + 1,
        constant(size - 8)
    );
    model.fill(&mut text, &mut random, constant);
    let mut dialogue = Dialogue::begin();
    dialogue.call("size", &[], Answer::Slots(vec![pages]));
    let more: &[u64] = if wide { &WIDE_OFFSETS } else { &[] };
    for &offset in OFFSETS.iter().chain(more) {
        for (op, bytes, ty, signed) in LOADS {
            let name = format!("{op} {offset}");
            writeln!(
                text,
                "(func (export \"{name}\") (param $a {address}) (result {ty}) ({op} offset={offset} (local.get $a)))"
            )
            .expect("a string takes all");
            for at in addresses(size, offset, bytes, wide) {
                let answer = match inside(&model, at, offset, bytes) {
                    Some(at) => {
                        let value = model.read(at, bytes);
                        Answer::Slots(vec![extend(value, bytes, ty, signed)])
                    }
                    None => FAULT,
                };
                dialogue.call(&name, &[argument(at, wide, &mut random)], answer.clone());
                // Likewise with the address in the code.
                if random.below(16) == 0 {
                    let name = format!("{name} at {at}");
                    writeln!(
                        text,
                        "(func (export \"{name}\") (result {ty}) ({op} offset={offset} {}))",
                        constant(at)
                    )
                    .expect("a string takes all");
                    dialogue.call(&name, &[], answer);
                }
            }
        }
        for (op, bytes, ty) in STORES {
            let name = format!("{op} {offset}");
            writeln!(
                text,
                "(func (export \"{name}\") (param $a {address}) (param $v {ty}) ({op} offset={offset} (local.get $a) (local.get $v)))"
            )
            .expect("a string takes all");
            for at in addresses(size, offset, bytes, wide) {
                let value = random.bits() << 8 | 0x8080_8080_8080_8080;
                let answer = match inside(&model, at, offset, bytes) {
                    Some(at) => {
                        model.write(at, bytes, value);
                        Answer::Slots(Vec::new())
                    }
                    None => FAULT,
                };
                dialogue.call(&name, &[argument(at, wide, &mut random), value], answer);
                let end = Answer::Slots(vec![model.read(size - 8, 8)]);
                dialogue.call("end", &[], end);
            }
        }
    }
    growth(
        &mut text,
        &mut dialogue,
        &mut random,
        &model,
        (address, pages, size),
    );
    text.push(')');
    dialogue.run(&text, target, memory, opt)
}

/// What lies behind the end becomes accessible, and is zero, but no byte more.
fn growth(
    text: &mut String,
    dialogue: &mut Dialogue,
    random: &mut Random,
    model: &Model,
    (address, pages, size): (&str, u64, u64),
) {
    let wide = address == "i64";
    writeln!(
        text,
        "(func (export \"byte\") (param $a {address}) (result i32) (i32.load8_u (local.get $a)))
         ;; The second access is behind a check of the first, in a memory that was smaller then.
         (func (export \"twice\") (param $a {address}) (param $more {address}) (result i64)
           (i64.add (i64.load8_u (local.get $a))
             (i64.add (i64.extend_i32_u (i32.eqz (call $grown (local.get $more)))) (i64.load8_u offset=1 (local.get $a)))))"
    )
    .expect("a string takes all");
    writeln!(
        text,
        "(func $grown (param {address}) (result i32) (drop (memory.grow (local.get 0))) (i32.const 1))"
    )
    .expect("a string takes all");
    let failed = if wide { u64::MAX } else { u64::from(u32::MAX) };
    dialogue.call("byte", &[argument(size, wide, random)], FAULT);
    for delta in [2, failed, failed / 2 + 1] {
        dialogue.call("grow", &[delta], Answer::Slots(vec![failed]));
    }
    // Before the memory grows its last byte's neighbour is outside; afterwards it is not.
    let end = argument(size - 1, wide, random);
    dialogue.call("twice", &[end, 0], FAULT);
    dialogue.call("size", &[], Answer::Slots(vec![pages]));
    dialogue.call(
        "twice",
        &[end, 1],
        Answer::Slots(vec![model.read(size - 1, 1)]),
    );
    dialogue.call(
        "byte",
        &[argument(size, wide, random)],
        Answer::Slots(vec![0]),
    );
    dialogue.call("grow", &[1], Answer::Slots(vec![failed]));
    dialogue.call("size", &[], Answer::Slots(vec![pages + 1]));
    dialogue.call(
        "byte",
        &[argument(size + (size / pages), wide, random)],
        FAULT,
    );
}

/// Where an access is, if it is in bounds.
fn inside(model: &Model, at: u64, offset: u64, bytes: u64) -> Option<u64> {
    let start = at.checked_add(offset)?;
    let end = start.checked_add(bytes)?;
    (end <= model.size()).then_some(start)
}

/// Interesting addresses of an access: the ends of memory, numbers where halves or signs change, and those that wrap.
fn addresses(size: u64, offset: u64, bytes: u64, wide: bool) -> Vec<u64> {
    let mut list = vec![0, 1, u64::from(u32::MAX), u64::MAX];
    for edge in [size, 1 << 31, 1 << 32, 1 << 47, 1 << 63] {
        list.extend([edge - 1, edge]);
    }
    for end in [size, 1 << 32] {
        let last = end.wrapping_sub(offset).wrapping_sub(bytes);
        list.extend([last.wrapping_sub(1), last, last.wrapping_add(1)]);
    }
    // The sum is zero, or the last number.
    list.extend([offset.wrapping_neg(), u64::MAX - offset]);
    if !wide {
        list.retain(|&at| at <= u64::from(u32::MAX));
    }
    list.sort_unstable();
    list.dedup();
    list
}

/// An address as an argument; the upper half of a slot for an i32 is anything.
fn argument(at: u64, wide: bool, random: &mut Random) -> u64 {
    match wide {
        true => at,
        false => at | random.bits() << 32,
    }
}
