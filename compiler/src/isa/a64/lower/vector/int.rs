//! Integer lanes: sums, products, shifts, extensions.

use super::lanes::DUP;
use super::logic::own_shift;
use super::rows::{USHR, binary_by, binary_values, by_width, dst, lanes, own_of, temp, width};
use crate::ir::vec::Lanes;
use crate::ir::{self, InstData, Op, Value};
use crate::isa::a64::insts::Form;
use crate::isa::a64::lower::rows::{Cx, reg, row, tied};
use crate::isa::a64::operand::Arg;
use crate::mach::mir::RegClass;
use crate::mach::patterns::{two, typed_bits, unmasked_count};

/// The form of a sum of neighbours by the lanes of the result.
pub fn pairwise(lanes: Lanes, halves: Form, words: Form) -> Form {
    match lanes {
        Lanes::I16x8 => halves,
        _ => words,
    }
}

// Extensions.

/// Which half is extended, and how.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Extension {
    high: bool,
    signed: bool,
}

/// The four rows of an instruction that extends to given lanes: low and signed, low and unsigned, high and signed, high and unsigned.
type ByExtension = [Form; 4];

impl Extension {
    pub fn of(op: Op) -> Extension {
        let (high, signed) = match op {
            Op::VextendLowS | Op::VextmulLowS => (false, true),
            Op::VextendLowU | Op::VextmulLowU => (false, false),
            Op::VextendHighS | Op::VextmulHighS => (true, true),
            Op::VextendHighU | Op::VextmulHighU => (true, false),
            other => panic!("{other:?} extends nothing"),
        };
        Extension { high, signed }
    }
    fn pick(self, lanes: Lanes, rows: [ByExtension; 3]) -> Form {
        let n = 2 * usize::from(self.high) + usize::from(!self.signed);
        rows[width(lanes) - 1][n]
    }
    pub fn extend(self, lanes: Lanes) -> Form {
        use Form::*;
        self.pick(
            lanes,
            [
                [Sshll8h, Ushll8h, Sshll28h, Ushll28h],
                [Sshll4s, Ushll4s, Sshll24s, Ushll24s],
                [Sshll2d, Ushll2d, Sshll22d, Ushll22d],
            ],
        )
    }
    pub fn mul(self, lanes: Lanes) -> Form {
        use Form::*;
        self.pick(
            lanes,
            [
                [Smull8h, Umull8h, Smull28h, Umull28h],
                [Smull4s, Umull4s, Smull24s, Umull24s],
                [Smull2d, Umull2d, Smull22d, Umull22d],
            ],
        )
    }
    fn mul_add(self, lanes: Lanes) -> Form {
        use Form::*;
        self.pick(
            lanes,
            [
                [Smlal8h, Umlal8h, Smlal28h, Umlal28h],
                [Smlal4s, Umlal4s, Smlal24s, Umlal24s],
                [Smlal2d, Umlal2d, Smlal22d, Umlal22d],
            ],
        )
    }
    /// Both operands are extended.
    fn add_long(self, lanes: Lanes) -> Form {
        use Form::*;
        self.pick(
            lanes,
            [
                [Saddl8h, Uaddl8h, Saddl28h, Uaddl28h],
                [Saddl4s, Uaddl4s, Saddl24s, Uaddl24s],
                [Saddl2d, Uaddl2d, Saddl22d, Uaddl22d],
            ],
        )
    }
    fn sub_long(self, lanes: Lanes) -> Form {
        use Form::*;
        self.pick(
            lanes,
            [
                [Ssubl8h, Usubl8h, Ssubl28h, Usubl28h],
                [Ssubl4s, Usubl4s, Ssubl24s, Usubl24s],
                [Ssubl2d, Usubl2d, Ssubl22d, Usubl22d],
            ],
        )
    }
    /// The second operand is extended.
    fn add_wide(self, lanes: Lanes) -> Form {
        use Form::*;
        self.pick(
            lanes,
            [
                [Saddw8h, Uaddw8h, Saddw28h, Uaddw28h],
                [Saddw4s, Uaddw4s, Saddw24s, Uaddw24s],
                [Saddw2d, Uaddw2d, Saddw22d, Uaddw22d],
            ],
        )
    }
}

/// Whether others may use an extension that is taken in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Users {
    Root,
    Any,
}

/// An extension to these lanes.
fn extension(cx: &Cx, value: Value, to: Lanes, users: Users) -> Option<(Extension, Value)> {
    let data = match users {
        Users::Root => own_of(cx, value, to)?,
        Users::Any => cx.inst(cx.pure_def(value)?),
    };
    let is_extension = matches!(
        data.op,
        Op::VextendLowS | Op::VextendLowU | Op::VextendHighS | Op::VextendHighU
    );
    (is_extension && lanes(data) == to).then(|| (Extension::of(data.op), data.args[0]))
}

/// Both operands extended to these lanes in the same way.
fn extensions(
    cx: &Cx,
    (a, b): (Value, Value),
    to: Lanes,
    users: Users,
) -> Option<(Extension, Value, Value)> {
    let (first, a) = extension(cx, a, to, users)?;
    let (second, b) = extension(cx, b, to, users)?;
    (first == second).then_some((first, a, b))
}

/// `vnarrow_s`, `vnarrow_u`.
pub fn narrow(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (a, b) = two(data);
    let [low, high] = match (data.op, lanes(data)) {
        (Op::VnarrowS, Lanes::I8x16) => [Form::Sqxtn8b, Form::Sqxtn216b],
        (Op::VnarrowS, _) => [Form::Sqxtn4h, Form::Sqxtn28h],
        (_, Lanes::I8x16) => [Form::Sqxtun8b, Form::Sqxtun216b],
        _ => [Form::Sqxtun4h, Form::Sqxtun28h],
    };
    let (a, b) = (reg(cx.reg(a)), reg(cx.reg(b)));
    let lower = temp(cx);
    row(cx, low, &[reg(lower), a]);
    let dst = tied(dst(cx, inst), lower);
    row(cx, high, &[dst, b]);
}

/// Sums of neighbouring products.
pub fn dot(cx: &mut Cx, inst: ir::Inst, [low, high, sum]: [Form; 3]) {
    let (a, b) = two(cx.inst(inst));
    let (a, b) = (reg(cx.reg(a)), reg(cx.reg(b)));
    let [lower, upper] = [(); 2].map(|()| reg(temp(cx)));
    row(cx, low, &[lower, a, b]);
    row(cx, high, &[upper, a, b]);
    let dst = reg(dst(cx, inst));
    row(cx, sum, &[dst, lower, upper]);
}

// Sums and products.

const SSHR: [Form; 4] = [Form::SshrI16b, Form::SshrI8h, Form::SshrI4s, Form::SshrI2d];

/// `vadd`.
pub fn add(cx: &mut Cx, inst: ir::Inst) {
    use Form::*;
    let data = cx.inst(inst);
    let (a, b) = two(data);
    let to = lanes(data);
    if let Some((extension, a, b)) = extensions(cx, (a, b), to, Users::Root) {
        return binary_values(cx, inst, extension.add_long(to), a, b);
    }
    for (x, y) in [(b, a), (a, b)] {
        if let Some((extension, y)) = extension(cx, y, to, Users::Root) {
            return binary_values(cx, inst, extension.add_wide(to), x, y);
        }
        if let Some((op @ (Op::VshrS | Op::VshrU), source, count)) = own_shift(cx, y, to) {
            let forms = match op {
                Op::VshrS => [SsraI16b, SsraI8h, SsraI4s, SsraI2d],
                _ => [UsraI16b, UsraI8h, UsraI4s, UsraI2d],
            };
            let (x, source) = (cx.reg(x), reg(cx.reg(source)));
            let dst = tied(dst(cx, inst), x);
            let args = [dst, source, Arg::Imm(i64::from(count))];
            return row(cx, by_width(to, &forms), &args);
        }
        let Some(def) = own_of(cx, y, to) else {
            continue;
        };
        let form = match def.op {
            Op::Vmul if is_plain_product(cx, def, to) => by_width(to, &[Mla16b, Mla8h, Mla4s]),
            Op::VextmulLowS | Op::VextmulLowU | Op::VextmulHighS | Op::VextmulHighU => {
                Extension::of(def.op).mul_add(to)
            }
            Op::VextaddPairwiseS | Op::VextaddPairwiseU => {
                let form = match def.op {
                    Op::VextaddPairwiseS => pairwise(to, Sadalp8h, Sadalp4s),
                    _ => pairwise(to, Uadalp8h, Uadalp4s),
                };
                let (x, source) = (cx.reg(x), reg(cx.reg(def.args[0])));
                let dst = tied(dst(cx, inst), x);
                return row(cx, form, &[dst, source]);
            }
            _ => continue,
        };
        return accumulate(cx, inst, form, x, def);
    }
    binary_by(cx, inst, &[Add16b, Add8h, Add4s, Add2d]);
}

/// Whether a product in these lanes is one instruction that multiplies in them.
fn is_plain_product(cx: &Cx, product: &InstData, to: Lanes) -> bool {
    to != Lanes::I64x2 && extensions(cx, two(product), to, Users::Any).is_none()
}

/// `x`, plus or minus a product.
fn accumulate(cx: &mut Cx, inst: ir::Inst, form: Form, x: Value, product: &InstData) {
    let (a, b) = two(product);
    let (x, a, b) = (cx.reg(x), reg(cx.reg(a)), reg(cx.reg(b)));
    let dst = tied(dst(cx, inst), x);
    row(cx, form, &[dst, a, b]);
}

/// `vsub`.
pub fn sub(cx: &mut Cx, inst: ir::Inst) {
    use Form::*;
    let data = cx.inst(inst);
    let (a, b) = two(data);
    let to = lanes(data);
    if let Some((extension, a, b)) = extensions(cx, (a, b), to, Users::Root) {
        return binary_values(cx, inst, extension.sub_long(to), a, b);
    }
    if let Some(def) = own_of(cx, b, to)
        && def.op == Op::Vmul
        && is_plain_product(cx, def, to)
    {
        let form = by_width(to, &[Mls16b, Mls8h, Mls4s]);
        return accumulate(cx, inst, form, a, def);
    }
    binary_by(cx, inst, &[Sub16b, Sub8h, Sub4s, Sub2d]);
}

/// `vmul`.
pub fn mul(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let (a, b) = two(data);
    let to = lanes(data);
    if let Some((extension, a, b)) = extensions(cx, (a, b), to, Users::Any) {
        return binary_values(cx, inst, extension.mul(to), a, b);
    }
    if to == Lanes::I64x2 {
        return mul_doublewords(cx, inst);
    }
    binary_by(cx, inst, &[Form::Mul16b, Form::Mul8h, Form::Mul4s]);
}

/// The product of the low halves, plus both products of a low and a high half 32 bits further up.
fn mul_doublewords(cx: &mut Cx, inst: ir::Inst) {
    let (a, b) = two(cx.inst(inst));
    let (a, b) = (reg(cx.reg(a)), reg(cx.reg(b)));
    let [swapped, cross, sums] = [(); 3].map(|()| reg(temp(cx)));
    row(cx, Form::Rev64v4s, &[swapped, b]);
    row(cx, Form::Mul4s, &[cross, swapped, a]);
    row(cx, Form::Uaddlp2d, &[sums, cross]);
    let upper = temp(cx);
    row(cx, Form::ShlI2d, &[reg(upper), sums, Arg::Imm(32)]);
    let [low_a, low_b] = [(); 2].map(|()| reg(temp(cx)));
    row(cx, Form::Xtn2s, &[low_a, a]);
    row(cx, Form::Xtn2s, &[low_b, b]);
    let dst = tied(dst(cx, inst), upper);
    row(cx, Form::Umlal2d, &[dst, low_a, low_b]);
}

// Shifts.

/// `vshl`, `vshr_s`, `vshr_u`.
pub fn shift(cx: &mut Cx, inst: ir::Inst) {
    use Form::*;
    let data = cx.inst(inst);
    let (source, count) = two(data);
    let to = lanes(data);
    let mask = u64::from(to.bits() - 1);
    if let Some(count) = typed_bits(cx, count) {
        let count = count & mask;
        if count == 0 {
            let value = cx.result_value(inst, 0);
            let source = cx.reg(source);
            return cx.alias(value, source);
        }
        // An extension first: sshll
        if data.op == Op::Vshl
            && count < u64::from(to.bits()) / 2
            && let Some((extension, narrow)) = extension(cx, source, to, Users::Root)
        {
            let narrow = reg(cx.reg(narrow));
            let args = [reg(dst(cx, inst)), narrow, Arg::Imm(count as i64)];
            return row(cx, extension.extend(to), &args);
        }
        let forms = match data.op {
            Op::Vshl => [ShlI16b, ShlI8h, ShlI4s, ShlI2d],
            Op::VshrS => SSHR,
            _ => USHR,
        };
        let source = reg(cx.reg(source));
        let dst = reg(dst(cx, inst));
        return row(
            cx,
            by_width(to, &forms),
            &[dst, source, Arg::Imm(count as i64)],
        );
    }
    // The shift is by the signed low byte of each lane, to the right if it is negative.
    let source = reg(cx.reg(source));
    let count = unmasked_count(cx, count, mask);
    let count = reg(cx.reg(count));
    let mut amount = reg(cx.temp(RegClass::Int));
    row(cx, AndI32, &[amount, count, Arg::Imm(mask as i64)]);
    if data.op != Op::Vshl {
        let negative = reg(cx.temp(RegClass::Int));
        row(cx, Neg32, &[negative, amount]);
        amount = negative;
    }
    let amounts = reg(temp(cx));
    row(cx, by_width(to, &DUP), &[amounts, amount]);
    let forms = match data.op {
        Op::VshrS => [Sshl16b, Sshl8h, Sshl4s, Sshl2d],
        _ => [Ushl16b, Ushl8h, Ushl4s, Ushl2d],
    };
    let dst = reg(dst(cx, inst));
    row(cx, by_width(to, &forms), &[dst, source, amounts]);
}
