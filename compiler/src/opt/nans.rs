//! Canonical NaNs (`--deterministic`): every NaN that arithmetic makes is the canonical one (core spec 4.3.3), positive, so that a program
//! computes the same bits on every processor.
//!
//! WebAssembly leaves sign and payload of such NaNs open, and processors differ. `v = fadd a, b` becomes
//!
//! ```text
//! x = fadd a, b
//! v = select (fcmp ne x, x), nan, x
//! ```
//!
//! A vector is selected lane by lane: `v = vbitselect x, nans, (vfcmp eq x, x)`.
//!
//! Invariants: ops that only move or change bits (`fneg`, `fabs`, `fcopysign`, `select`, loads, stores, bit casts) keep every bit. A value whose
//! uses all forget which NaN it is (comparisons, conversions to integers, arithmetic, which is canonicalised itself; of vectors, on the
//! same lanes) stays as it is.
//!
//! Runs last: earlier passes would have to look through the selects.

use super::Cx;
use crate::entity::SideMap;
use crate::ir::{
    Builder, FloatCc, Func, Imm, Inst, InstData, Lanes, Op, Type, Value, ValueDef, eval, eval_vec,
};
use smallvec::{SmallVec, smallvec};

/// Runs the pass.
pub fn run(func: &mut Func, _cx: &Cx) {
    let observed = observed(func);
    let mut b = Builder::new(func, true);
    for block in b.func.layout.clone() {
        let insts = std::mem::take(&mut b.func.blocks[block].insts);
        b.switch_to(block);
        for inst in insts {
            let data = &b.func.insts[inst];
            let (loc, is_scalar) = (data.loc, eval::makes_nan(data.op));
            let lanes = eval_vec::nan_lanes(data.op, &data.imm);
            if (is_scalar || lanes.is_some()) && observed[data.first_result] {
                b.set_loc(loc);
                match lanes {
                    Some(lanes) => canonicalise_lanes(&mut b, inst, lanes),
                    None => canonicalise(&mut b, inst),
                }
            }
            b.func.blocks[block].insts.push(inst);
        }
    }
}

/// Values with a use to which the bits of a NaN matter.
fn observed(func: &Func) -> SideMap<Value, bool> {
    let mut observed = SideMap::new(false, func.values.len());
    for &block in &func.layout {
        for &inst in &func.blocks[block].insts {
            let data = &func.insts[inst];
            let lanes = lanes_read(data);
            for value in data.uses() {
                let forgets = match lanes {
                    Some(lanes) => nan_lanes(func, value) == Some(lanes),
                    None => forgets_nans(data.op),
                };
                observed[value] |= !forgets;
            }
        }
    }
    observed
}

/// The lanes in which a value can have NaNs of unspecified bits.
fn nan_lanes(func: &Func, value: Value) -> Option<Lanes> {
    match func.values[value].def {
        ValueDef::Result(inst, _) => {
            let data = &func.insts[inst];
            eval_vec::nan_lanes(data.op, &data.imm)
        }
        ValueDef::Param(..) => None,
    }
}

/// The lanes in which a vector op reads numbers, treating all NaNs alike.
fn lanes_read(data: &InstData) -> Option<Lanes> {
    match (data.op, &data.imm) {
        (Op::Vfcmp, &Imm::VecFcmp { lanes, .. }) => Some(lanes),
        (Op::VtruncSatS | Op::VtruncSatU | Op::Vpromote, _) => Some(Lanes::F32x4),
        (Op::VtruncSatZeroS | Op::VtruncSatZeroU | Op::Vdemote, _) => Some(Lanes::F64x2),
        (op, imm) => eval_vec::nan_lanes(op, imm),
    }
}

/// Whether the op treats all NaNs alike.
fn forgets_nans(op: Op) -> bool {
    let reads_number = matches!(
        op,
        Op::Fcmp | Op::TruncS | Op::TruncU | Op::TruncSatS | Op::TruncSatU
    );
    reads_number || eval::makes_nan(op)
}

/// Emits the arithmetic anew and lets the instruction select between its result and the canonical NaN.
fn canonicalise(b: &mut Builder, inst: Inst) {
    let data = &b.func.insts[inst];
    let (op, ty, args): (_, _, SmallVec<[Value; 3]>) = (data.op, data.ty, data.args.clone());
    let value = b.pure(op, ty, Imm::None, &args, ty);
    let is_nan = b.fcmp(FloatCc::Ne, ty, value, value);
    let nan = b.constant(ty, eval::canonical_nan(ty));
    let data = &mut b.func.insts[inst];
    data.op = Op::Select;
    data.args = smallvec![is_nan, nan, value];
}

/// Likewise for the lanes of a vector.
fn canonicalise_lanes(b: &mut Builder, inst: Inst, lanes: Lanes) {
    let data = &b.func.insts[inst];
    let (op, imm, args): (_, _, SmallVec<[Value; 3]>) =
        (data.op, data.imm.clone(), data.args.clone());
    let value = b.pure(op, Type::V128, imm, &args, Type::V128);
    let cc = FloatCc::Eq;
    let is_number = b.vector(Op::Vfcmp, Imm::VecFcmp { lanes, cc }, &[value, value]);
    let nan = eval::canonical_nan(lanes.scalar());
    let nans = b.constant_vec(eval_vec::splat(lanes, nan));
    let data = &mut b.func.insts[inst];
    data.op = Op::Vbitselect;
    data.imm = Imm::None;
    data.args = smallvec![value, nans, is_number];
}
