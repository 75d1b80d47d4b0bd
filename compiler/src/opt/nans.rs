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
//! Invariants: ops that only move or change bits (`fneg`, `fabs`, `fcopysign`, `select`, loads, stores, bit casts) keep every bit. A value whose
//! uses all forget which NaN it is (comparisons, conversions to integers, arithmetic, which is canonicalised itself) stays as it is.
//!
//! Runs last: earlier passes would have to look through the selects.

use super::Cx;
use crate::entity::SideMap;
use crate::ir::{Builder, FloatCc, Func, Imm, Inst, Op, Value, eval};
use smallvec::{SmallVec, smallvec};

/// Runs the pass.
pub fn run(func: &mut Func, _cx: &Cx) -> bool {
    let observed = observed(func);
    let mut changed = false;
    let mut b = Builder::new(func, true);
    for block in b.func.layout.clone() {
        let insts = std::mem::take(&mut b.func.blocks[block].insts);
        b.switch_to(block);
        for inst in insts {
            let data = &b.func.insts[inst];
            if eval::makes_nan(data.op) && observed[data.first_result] {
                b.set_loc(data.loc);
                canonicalise(&mut b, inst);
                changed = true;
            }
            b.func.blocks[block].insts.push(inst);
        }
    }
    changed
}

/// Values with a use to which the bits of a NaN matter.
fn observed(func: &Func) -> SideMap<Value, bool> {
    let mut observed = SideMap::new(false, func.values.len());
    for &block in &func.layout {
        for &inst in &func.blocks[block].insts {
            let data = &func.insts[inst];
            if !forgets_nans(data.op) {
                for value in data.uses() {
                    observed[value] = true;
                }
            }
        }
    }
    observed
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
