//! Permutations of bytes: `vshuffle` by pattern, `vswizzle`.
//!
//! A mask is compared with what each instruction does, cheapest first: nothing; one lane to all (`dup`); one instruction of two operands
//! (`ext`, `zip`, `uzp`, `trn`, `rev`), of any width, with the operands in either order or one of them twice; some lanes inserted into an
//! operand (`ins`). What remains is `tbl` with the mask from the constant pool, of one register if one operand is not used or is zero: indices
//! beyond the table give zero. Of two registers, which must be neighbours, otherwise.

use super::lanes::{DUP_ELEMENT, INS_ELEMENT};
use super::rows::{dst, temp};
use crate::ir::{self, Value};
use crate::isa::a64::insts::Form;
use crate::isa::a64::lower::rows::{Cx, own_vector, reg, row, tied};
use crate::isa::a64::mir::Pseudo;
use crate::isa::a64::operand::Arg;
use crate::mach::mir::VReg;
use crate::mach::patterns::two;

/// For each byte of the result the byte of the concatenated operands.
type Mask = [u8; 16];

/// Inserting this many lanes costs what a table does: the constant and the lookup.
const MAX_INSERTS: usize = 2;

/// `vswizzle`: exactly `tbl`.
pub fn swizzle(cx: &mut Cx, inst: ir::Inst) {
    let (source, indices) = two(cx.inst(inst));
    let args = [reg(cx.reg(source)), reg(cx.reg(indices))];
    let dst = reg(dst(cx, inst));
    row(cx, Form::Tbl1, &[dst, args[0], args[1]]);
}

/// If all lanes of 2^`log2` bytes are the same one: whether it is in the second operand, and its number.
pub fn repeated(mask: u128, log2: usize) -> Option<(bool, u8)> {
    let mask = mask.to_le_bytes();
    let bytes = 1 << log2;
    let first = mask[0];
    let is_lane = usize::from(first).is_multiple_of(bytes);
    let repeats = (0..16).all(|i| mask[i] == first + (i % bytes) as u8);
    (is_lane && repeats).then_some((first >= 16, (first & 15) >> log2))
}

/// Whether the byte indices are those of an instruction, `f(i)` for lane `i` of this many bytes.
fn is_lanes(mask: Mask, bytes: usize, f: impl Fn(usize) -> usize) -> bool {
    (0..16).all(|i| usize::from(mask[i]) == f(i / bytes) * bytes + i % bytes)
}

/// The mask with the operands exchanged.
fn exchanged(mask: Mask) -> Mask {
    mask.map(|byte| byte ^ 16)
}

/// For each lane of the result the lane of the concatenated operands, and the rows that do so, by log2 of a lane's bytes.
type Pattern<'a> = (&'a dyn Fn(usize) -> usize, [Form; 4]);

/// An instruction of two operands, the second the same as the first if `twice`, which then has all indices.
fn two_operands(mask: Mask, twice: bool) -> Option<(Form, Option<u8>)> {
    use Form::*;
    let fold = |index: usize, lanes: usize| if twice { index % lanes } else { index };
    // Wide lanes first: they are as good, and read better.
    for log2 in (0..4).rev() {
        let bytes = 1 << log2;
        let n = 16 / bytes;
        let is = |f: &dyn Fn(usize) -> usize| is_lanes(mask, bytes, |i| fold(f(i), n));
        let forms: [Pattern; 6] = [
            (&|i| i / 2 + n * (i % 2), [Zip116b, Zip18h, Zip14s, Zip12d]),
            (
                &|i| n / 2 + i / 2 + n * (i % 2),
                [Zip216b, Zip28h, Zip24s, Zip22d],
            ),
            (&|i| 2 * i, [Uzp116b, Uzp18h, Uzp14s, Uzp12d]),
            (&|i| 2 * i + 1, [Uzp216b, Uzp28h, Uzp24s, Uzp22d]),
            (
                &|i| i / 2 * 2 + n * (i % 2),
                [Trn116b, Trn18h, Trn14s, Trn12d],
            ),
            (
                &|i| i / 2 * 2 + 1 + n * (i % 2),
                [Trn216b, Trn28h, Trn24s, Trn22d],
            ),
        ];
        if let Some((_, forms)) = forms.iter().find(|(f, _)| is(f)) {
            return Some((forms[log2], None));
        }
    }
    let start = mask[0];
    let in_order = (0..16).all(|i| mask[i as usize] == (start + i) & if twice { 15 } else { 31 });
    (start < 16 && in_order).then_some((Ext16b, Some(start)))
}

/// A reversal within groups of lanes.
fn reversal(mask: Mask) -> Option<Form> {
    use Form::*;
    let rows = [
        (1, 2, Rev16v16b),
        (1, 4, Rev32v16b),
        (1, 8, Rev64v16b),
        (2, 4, Rev32v8h),
        (2, 8, Rev64v8h),
        (4, 8, Rev64v4s),
    ];
    rows.into_iter().find_map(|(bytes, group, form)| {
        let last = group / bytes - 1;
        is_lanes(mask, bytes, |i| i ^ last).then_some(form)
    })
}

/// Lanes that differ from those of the first operand: width, and for each the lane and where it comes from (32 bytes).
fn inserted(mask: Mask) -> Option<(usize, Vec<(u8, u8)>)> {
    (0..4).rev().find_map(|log2| {
        let bytes = 1 << log2;
        let mut changes = Vec::new();
        for lane in 0..16 / bytes {
            let from = usize::from(mask[lane * bytes]);
            let whole = (0..bytes).all(|i| usize::from(mask[lane * bytes + i]) == from + i);
            if !whole || !from.is_multiple_of(bytes) {
                return None;
            }
            if from != lane * bytes {
                changes.push((lane as u8, (from / bytes) as u8));
            }
        }
        (changes.len() <= MAX_INSERTS).then_some((log2, changes))
    })
}

/// `vshuffle`.
pub fn shuffle(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let bits = data.vector_bits();
    let (mut a, mut b) = two(data);
    let mut mask = bits.to_le_bytes();
    if a == b {
        mask = mask.map(|byte| byte & 15);
    }
    // The first operand is used.
    if mask.iter().all(|&byte| byte >= 16) {
        (a, b) = (b, a);
        mask = exchanged(mask);
    }
    if mask.iter().all(|&byte| byte < 16) {
        return one_operand(cx, inst, a, mask);
    }
    for (first, second, mask) in [(a, b, mask), (b, a, exchanged(mask))] {
        if let Some((form, start)) = two_operands(mask, false) {
            let args = [reg(cx.reg(first)), reg(cx.reg(second))];
            return emit_two(cx, inst, form, args, start);
        }
    }
    let zero = |cx: &Cx, value: Value| cx.vec_bits(value) == Some(0);
    if zero(cx, a) || zero(cx, b) {
        let (source, mask) = match zero(cx, b) {
            true => (a, mask),
            false => (b, exchanged(mask)),
        };
        let source = cx.reg(source);
        return table(cx, inst, source, mask);
    }
    for (first, second, mask) in [(a, b, mask), (b, a, exchanged(mask))] {
        if let Some((log2, changes)) = inserted(mask) {
            return insert(cx, inst, [first, second], log2, &changes);
        }
    }
    let (a, b) = (cx.reg(a), cx.reg(b));
    let indices = constant(cx, mask);
    let dst = dst(cx, inst);
    cx.pseudo(Pseudo::Tbl2 {
        dst,
        tables: [a, b],
        indices,
    });
}

/// All bytes are of one operand.
fn one_operand(cx: &mut Cx, inst: ir::Inst, source: Value, mask: Mask) {
    let value = source;
    let source = cx.reg(value);
    if is_lanes(mask, 1, |i| i) {
        let result = cx.result_value(inst, 0);
        return cx.alias(result, source);
    }
    let bits = u128::from_le_bytes(mask);
    for log2 in (0..4).rev() {
        if let Some((_, lane)) = repeated(bits, log2) {
            let dst = reg(dst(cx, inst));
            let args = [dst, reg(source), Arg::Imm(i64::from(lane))];
            return row(cx, DUP_ELEMENT[log2], &args);
        }
    }
    if let Some(form) = reversal(mask) {
        let dst = reg(dst(cx, inst));
        return row(cx, form, &[dst, reg(source)]);
    }
    if let Some((form, start)) = two_operands(mask, true) {
        return emit_two(cx, inst, form, [reg(source); 2], start);
    }
    if let Some((log2, changes)) = inserted(mask) {
        return insert(cx, inst, [value; 2], log2, &changes);
    }
    table(cx, inst, source, mask);
}

fn emit_two(
    cx: &mut Cx,
    inst: ir::Inst,
    form: Form,
    [a, b]: [Arg<crate::isa::a64::mir::MReg>; 2],
    start: Option<u8>,
) {
    let dst = reg(dst(cx, inst));
    match start {
        Some(start) => row(cx, form, &[dst, a, b, Arg::Imm(i64::from(start))]),
        None => row(cx, form, &[dst, a, b]),
    }
}

/// Inserts lanes into the first operand.
fn insert(
    cx: &mut Cx,
    inst: ir::Inst,
    [first, second]: [Value; 2],
    log2: usize,
    changes: &[(u8, u8)],
) {
    let sources = [cx.reg(first), cx.reg(second)];
    let lanes = 16 >> log2;
    let mut vector = sources[0];
    for (n, &(to, from)) in changes.iter().enumerate() {
        let target = match n + 1 == changes.len() {
            true => dst(cx, inst),
            false => temp(cx),
        };
        let source = reg(sources[usize::from(from / lanes)]);
        let (to, from) = (i64::from(to), i64::from(from % lanes));
        let args = [tied(target, vector), Arg::Imm(to), source, Arg::Imm(from)];
        row(cx, INS_ELEMENT[log2], &args);
        vector = target;
    }
}

/// A lookup in one register; indices from 16 give zero.
fn table(cx: &mut Cx, inst: ir::Inst, source: VReg, mask: Mask) {
    let indices = constant(cx, mask.map(|byte| if byte < 16 { byte } else { 0xff }));
    let dst = reg(dst(cx, inst));
    row(cx, Form::Tbl1, &[dst, reg(source), reg(indices)]);
}

fn constant(cx: &mut Cx, mask: Mask) -> VReg {
    own_vector(cx, u128::from_le_bytes(mask))
}
