//! Constants: an immediate of an instruction where there is one, else in several steps or from the constant pool.

use super::rows::{Out, row};
use crate::isa::a64::imm::{self, LaneImm};
use crate::isa::a64::insts::Form;
use crate::isa::a64::operand::{Arg, Const, Target};
use crate::isa::a64::regs::{Reg, SCRATCH, ZR};
use crate::mach::patterns::{Fp, by_fp};

/// Loads an integer constant into a register.
pub fn int(sink: &mut Out, dst: Reg, bits: u64) {
    let (reg, zr) = (Arg::Reg(dst), Arg::Reg(ZR));
    let narrow = u32::try_from(bits).is_ok();
    let mov = |imm: u16, shift: u8| [reg, Arg::Imm(i64::from(imm)), Arg::Imm(i64::from(shift))];
    // One instruction.
    if let Some((imm, shift)) = imm::movz(bits) {
        let form = if narrow { Form::Movz32 } else { Form::Movz64 };
        return row(sink, form, &mov(imm, shift));
    }
    if narrow && let Some((imm, shift)) = imm::movn(bits, 32) {
        return row(sink, Form::Movn32, &mov(imm, shift));
    }
    if let Some((imm, shift)) = imm::movn(bits, 64) {
        return row(sink, Form::Movn64, &mov(imm, shift));
    }
    if narrow && imm::logical(bits, 32).is_some() {
        return row(sink, Form::OrrI32, &[reg, zr, Arg::Imm(bits as i64)]);
    }
    if imm::logical(bits, 64).is_some() {
        return row(sink, Form::OrrI64, &[reg, zr, Arg::Imm(bits as i64)]);
    }
    // The first half-word that differs from the background by movz or movn, the others by movk.
    let halves = [0, 16, 32, 48].map(|shift| (bits >> shift) as u16);
    let count = |background: u16| halves.iter().filter(|&&h| h != background).count();
    let background = if count(0xffff) < count(0) { 0xffff } else { 0 };
    let mut first = true;
    for (i, &half) in halves.iter().enumerate() {
        if half == background {
            continue;
        }
        let shift = 16 * i as u8;
        match (first, background) {
            (true, 0) => row(sink, Form::Movz64, &mov(half, shift)),
            (true, _) => row(sink, Form::Movn64, &mov(!half, shift)),
            (false, _) => row(sink, Form::Movk64, &mov(half, shift)),
        }
        first = false;
    }
}

/// A float constant: an immediate of `fmov` or `movi`, one `mov` of a scratch register, or from the constant pool.
pub fn float(sink: &mut Out, fp: Fp, dst: Reg, bits: u64) {
    let reg = Arg::Reg(dst);
    let value = Arg::Imm(bits as i64);
    let fits = match fp {
        Fp::S => imm::fmov_single(bits as u32).is_some(),
        Fp::D => imm::fmov_double(bits).is_some(),
    };
    if fits {
        return row(sink, by_fp(fp, Form::FmovIS, Form::FmovID), &[reg, value]);
    }
    if imm::byte_mask(bits).is_some() {
        return row(sink, Form::MoviD, &[reg, value]);
    }
    if imm::movz(bits).is_some() || sink.is_far() {
        int(sink, SCRATCH, bits);
        let form = by_fp(fp, Form::FmovSW, Form::FmovDX);
        return row(sink, form, &[reg, Arg::Reg(SCRATCH)]);
    }
    let (form, constant) = match fp {
        Fp::S => (Form::LdrLitS, Const::B32(bits as u32)),
        Fp::D => (Form::LdrLitD, Const::B64(bits)),
    };
    row(sink, form, &[reg, Arg::Rel(Target::Const(constant))]);
}

/// The sign of both doublewords.
const SIGNS: u128 = 1 << 127 | 1 << 63;

/// Loads a constant into a vector register.
pub fn vector(sink: &mut Out, dst: Reg, bits: u128) {
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
        int(sink, SCRATCH, low);
        row(sink, Form::FmovDX, &[reg, Arg::Reg(SCRATCH)]);
        if high != 0 {
            int(sink, SCRATCH, high);
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
