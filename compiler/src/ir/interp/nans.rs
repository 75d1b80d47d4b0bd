//! NaNs: which ones arithmetic makes, of those that the standard permits.

use super::Interp;
use crate::ir::eval;
use crate::ir::eval_vec;
use crate::ir::imm::Imm;
use crate::ir::op::Op;
use crate::ir::types::Type;
use crate::ir::vec::Lanes;

/// Which NaN arithmetic makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nans {
    /// As the processor that interprets does.
    Host,
    /// The canonical one.
    Canonical,
    /// Others that the standard permits, with the sign set: of canonical operands a canonical one, otherwise one with a payload that no other has.
    /// What differs from a run with canonical ones depends on what the standard leaves open.
    Odd,
    /// As `Odd`, with signs and payloads in an order of their own for each seed.
    Odder { seed: u64 },
    /// The canonical one with the sign set.
    Negative,
    /// All bits of the payload set.
    Ones { negative: bool },
    /// The last operand that is one, made quiet; the canonical one where none is, as on AArch64.
    Last,
}

impl Nans {
    /// The next NaN of a type, if it is not the processor's. `made` counts them, and `plain` says that every NaN among the operands is
    /// canonical but for its sign, so that the result must be, too.
    pub(super) fn bits(self, ty: Type, plain: bool, made: &mut u64) -> Option<u64> {
        let canonical = eval::canonical_nan(ty);
        let sign = 1 << (eval::width(ty) - 1);
        *made += 1;
        let (negative, factor) = match self {
            Nans::Host | Nans::Last => return None,
            Nans::Canonical => return Some(canonical),
            Nans::Negative => return Some(canonical | sign),
            Nans::Ones { negative: true } => return Some(eval::mask(ty)),
            Nans::Ones { negative: false } => return Some(eval::mask(ty) >> 1),
            Nans::Odd => (true, 0x9e37_79b9_7f4a_7c15),
            Nans::Odder { seed } => {
                let mixed = (*made ^ seed << 40).wrapping_mul(0xd6e8_feb8_6659_fd93);
                let mixed = (mixed ^ mixed >> 29).wrapping_mul(0x94d0_49bb_1331_11eb);
                (mixed >> 63 != 0, 0xc2b2_ae3d_27d4_eb4f)
            }
        };
        // All of the payload but the bit that makes a NaN quiet.
        let payload = (canonical & canonical.wrapping_neg()) - 1;
        let payload = match plain {
            true => 0,
            false => made.wrapping_mul(factor) >> 8 & payload | 1,
        };
        Some(canonical | payload | if negative { sign } else { 0 })
    }
}

/// The last of the operands that is a NaN, made quiet; the canonical one if none is.
fn last_nan(ty: Type, operands: impl DoubleEndedIterator<Item = u64>) -> u64 {
    let moved = operands.rev().find(|&bits| eval::is_nan(ty, bits));
    moved.unwrap_or(0) | eval::canonical_nan(ty)
}

/// Whether a pattern is no NaN, or a canonical one of either sign.
pub fn is_plain(ty: Type, bits: u64) -> bool {
    let sign = 1 << (eval::width(ty) - 1);
    !eval::is_nan(ty, bits) || bits & !sign == eval::canonical_nan(ty)
}

impl Interp<'_> {
    /// A NaN that arithmetic has made, or the one that is wanted in its place.
    pub(super) fn scalar_nan(&mut self, from: Type, ty: Type, operands: &[u64], made: u64) -> u64 {
        let plain = operands.iter().all(|&operand| is_plain(from, operand));
        let nan = self.nans.bits(ty, plain, &mut self.nans_made);
        match self.nans == Nans::Last && from == ty {
            true => last_nan(from, operands.iter().copied()),
            false => nan.unwrap_or(made),
        }
    }

    /// The result of a vector op with the NaNs that are wanted.
    pub(super) fn vector_nans(&mut self, op: Op, imm: &Imm, operands: &[u128], made: u128) -> u128 {
        let Some(lanes) = eval_vec::nan_lanes(op, imm) else {
            return made;
        };
        let source = match op {
            Op::Vdemote => Lanes::F64x2,
            Op::Vpromote => Lanes::F32x4,
            _ => lanes,
        };
        let plain = operands.iter().all(|&operand| {
            (0..source.count())
                .all(|i| is_plain(source.scalar(), eval_vec::lane(operand, source, i)))
        });
        let (nans, count) = (self.nans, &mut self.nans_made);
        let bits = eval_vec::replace_nans(made, lanes, |nan| {
            nans.bits(lanes.scalar(), plain, count).unwrap_or(nan)
        });
        if nans != Nans::Last || source != lanes {
            return bits;
        }
        eval_vec::from_lanes(lanes, |i| {
            let operands = operands.iter().map(|&v| eval_vec::lane(v, lanes, i));
            match eval_vec::lane(bits, lanes, i) {
                nan if eval::is_nan(lanes.scalar(), nan) => last_nan(lanes.scalar(), operands),
                number => number,
            }
        })
    }
}
