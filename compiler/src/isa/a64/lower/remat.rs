//! Computing anew, at each use, what costs no more than keeping it.

use super::rows::{Cx, constant, preg, reg, row};
use super::vector::reduce;
use crate::ir::{self, Imm, InstData, InstanceBase, Op, Symbol, Type};
use crate::isa::a64::imm;
use crate::isa::a64::insts::Form;
use crate::isa::a64::mir::Pseudo;
use crate::isa::a64::operand::Base;
use crate::isa::a64::regs::PINNED_INSTANCE;
use crate::mach::mir::VReg;
use crate::mach::patterns::{Fp, fp};

/// `Isa::rematerialize`. Nothing here changes the flags.
pub fn rematerialize(cx: &mut Cx, inst: ir::Inst, dst: VReg) {
    let data = cx.inst(inst);
    match (data.op, &data.imm) {
        (Op::Const, &Imm::Bits(bits)) => cx.pseudo(match data.ty {
            Type::I32 | Type::Gc => Pseudo::Const {
                dst,
                bits: u64::from(bits as u32),
            },
            Type::I64 | Type::Ref | Type::Ptr => Pseudo::Const { dst, bits },
            Type::F32 => Pseudo::FloatConst {
                dst,
                fp: fp(data.ty),
                bits: u64::from(bits as u32),
            },
            Type::F64 => Pseudo::FloatConst {
                dst,
                fp: fp(data.ty),
                bits,
            },
            Type::V128 => panic!("vector constant"),
        }),
        (Op::Const, &Imm::Vec(bits)) => cx.pseudo(Pseudo::VecConst { dst, bits }),
        (Op::Vbitmask, _) => reduce::bitmask(cx, data, dst),
        (Op::InstanceAddr, &Imm::Module(module)) => match cx.program.instance_base(module) {
            InstanceBase::Symbol => cx.pseudo(Pseudo::SymbolAddr {
                dst,
                symbol: Symbol::Instance(module),
                addend: 0,
            }),
            InstanceBase::Pinned(0) => row(cx, Form::Mov64, &[reg(dst), preg(PINNED_INSTANCE)]),
            InstanceBase::Pinned(distance) => {
                let distance = constant(cx, distance.into());
                let args = [reg(dst), preg(PINNED_INSTANCE), reg(distance)];
                row(cx, Form::Add64, &args);
            }
        },
        (Op::SymbolAddr, &Imm::Symbol { symbol, offset }) => cx.pseudo(Pseudo::SymbolAddr {
            dst,
            symbol,
            addend: offset,
        }),
        (Op::SlotAddr, &Imm::Slot(slot)) => cx.pseudo(Pseudo::FrameAddr {
            dst,
            base: Base::Slot(slot),
            disp: 0,
        }),
        (op, imm) => panic!("{op:?} {imm:?} is not rematerialised"),
    }
}

/// `Isa::is_costly`: what takes two instructions or a load, and vectors that are not zero.
pub fn is_costly(inst: &InstData, open: bool) -> bool {
    match (inst.op, &inst.imm) {
        (Op::Const, &Imm::Vec(bits)) => bits != 0,
        (Op::Const, &Imm::Bits(bits)) => match inst.ty {
            Type::I32 | Type::Gc => !imm::is_one_move(u64::from(bits as u32)),
            Type::I64 | Type::Ref | Type::Ptr => !imm::is_one_move(bits),
            Type::F32 => !is_short_float(Fp::S, u64::from(bits as u32)),
            Type::F64 => !is_short_float(Fp::D, bits),
            Type::V128 => false,
        },
        (Op::InstanceAddr, _) => !open,
        (op, _) => op == Op::SymbolAddr,
    }
}

/// Whether an immediate makes it.
fn is_short_float(fp: Fp, bits: u64) -> bool {
    let fits = match fp {
        Fp::S => imm::fmov_single(bits as u32).is_some(),
        Fp::D => imm::fmov_double(bits).is_some(),
    };
    fits || imm::byte_mask(bits).is_some()
}
