//! Constants of vectors: an immediate of `movi`, `mvni` or `fmov` where there is one, else from the constant pool.

use super::{Out, constant, row};
use crate::isa::a64::imm::{self, LaneImm};
use crate::isa::a64::insts::Form;
use crate::isa::a64::operand::{Arg, Const, Target};
use crate::isa::a64::regs::{Reg, SCRATCH};

/// The sign of both doublewords.
const SIGNS: u128 = 1 << 127 | 1 << 63;

/// Loads a constant into a vector register.
pub fn vector_constant(sink: &mut Out, dst: Reg, bits: u128) {
    let reg = Arg::Reg(dst);
    let imm = |value: u64| Arg::Imm(value as i64);
    let (low, high) = (bits as u64, (bits >> 64) as u64);
    if low == high {
        if imm::byte_mask(low).is_some() {
            return row(sink, Form::Movi2d, &[reg, imm(low)]);
        }
        if bits == SIGNS {
            row(sink, Form::Movi2d, &[reg, imm(0)]);
            return row(sink, Form::Fneg2d, &[reg, reg]);
        }
        if imm::fmov_double(low).is_some() {
            return row(sink, Form::FmovI2d, &[reg, imm(low)]);
        }
        if low as u32 == (low >> 32) as u32
            && let Some(LaneImm { kind, value, shift }) = imm::lane(low as u32)
        {
            let (value, shift) = (imm(u64::from(value)), imm(u64::from(shift)));
            return match kind {
                imm::LaneKind::Bytes => row(sink, Form::Movi16b, &[reg, value]),
                imm::LaneKind::Halves => row(sink, Form::Movi8h, &[reg, value, shift]),
                imm::LaneKind::HalvesInverted => row(sink, Form::Mvni8h, &[reg, value, shift]),
                imm::LaneKind::Words => row(sink, Form::Movi4s, &[reg, value, shift]),
                imm::LaneKind::WordsInverted => row(sink, Form::Mvni4s, &[reg, value, shift]),
                imm::LaneKind::Ones => row(sink, Form::MoviOnes4s, &[reg, value, shift]),
                imm::LaneKind::OnesInverted => row(sink, Form::MvniOnes4s, &[reg, value, shift]),
                imm::LaneKind::Float => row(sink, Form::FmovI4s, &[reg, imm(low as u32 as u64)]),
            };
        }
    }
    if high == 0 {
        // Writing the low half clears the upper one.
        if imm::byte_mask(low).is_some() {
            return row(sink, Form::MoviD, &[reg, imm(low)]);
        }
        if imm::fmov_double(low).is_some() {
            return row(sink, Form::FmovID, &[reg, imm(low)]);
        }
        if let Ok(single) = u32::try_from(low)
            && imm::fmov_single(single).is_some()
        {
            return row(sink, Form::FmovIS, &[reg, imm(low)]);
        }
    }
    if sink.is_far() {
        constant(sink, SCRATCH, low);
        row(sink, Form::FmovDX, &[reg, Arg::Reg(SCRATCH)]);
        if high != 0 {
            constant(sink, SCRATCH, high);
            row(sink, Form::InsD, &[reg, Arg::Imm(1), Arg::Reg(SCRATCH)]);
        }
        return;
    }
    let (form, constant) = match high {
        0 => (Form::LdrLitD, Const::B64(low)),
        _ => (Form::LdrLitQ, Const::B128(bits)),
    };
    row(sink, form, &[reg, Arg::Rel(Target::Const(constant))]);
}
