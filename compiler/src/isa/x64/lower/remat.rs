//! Computing anew, at each use, what costs no more than keeping it.

use super::rows::{Cx, constant, reg, row};
use super::vector;
use crate::ir::{self, Imm, InstanceBase, Op, Symbol, Type};
use crate::isa::x64::insts::Form;
use crate::isa::x64::mir::{MReg, Pseudo};
use crate::isa::x64::operand::{Amode, Arg, Base, Target};
use crate::isa::x64::regs::PINNED_INSTANCE;
use crate::mach::mir::VReg;

/// `Isa::rematerialize`. Zero is made by `xor`, which changes the flags: all lowerings have asked for their registers by the time they emit
/// the row that sets flags for a later one.
pub fn rematerialize(cx: &mut Cx, inst: ir::Inst, dst: VReg) {
    let data = cx.inst(inst);
    match (data.op, &data.imm) {
        (Op::Const, &Imm::Bits(bits)) => {
            let bits = match data.ty {
                Type::I32 | Type::F32 | Type::Gc => u64::from(bits as u32),
                _ => bits,
            };
            if bits == 0 && data.ty.is_int() {
                cx.pseudo(Pseudo::Zero { dst });
            } else {
                constant(cx, dst, data.ty, bits);
            }
        }
        (Op::Const, &Imm::Vec(bits)) => vector::rows::constant(cx, dst, bits),
        (Op::InstanceAddr, &Imm::Module(module)) => match cx.program.instance_base(module) {
            InstanceBase::Symbol => symbol_addr(cx, dst, Symbol::Instance(module), 0),
            InstanceBase::Pinned(0) => {
                let instance = Arg::Reg(MReg::P(PINNED_INSTANCE));
                row(cx, Form::MovRRm64, &[reg(dst), instance]);
            }
            InstanceBase::Pinned(distance) => {
                let place = Amode::reg(MReg::P(PINNED_INSTANCE), distance as i32);
                row(cx, Form::Lea64, &[reg(dst), Arg::Mem(place)]);
            }
        },
        (Op::SymbolAddr, &Imm::Symbol { symbol, offset }) => symbol_addr(cx, dst, symbol, offset),
        (Op::SlotAddr, &Imm::Slot(slot)) => {
            let place = Amode::based(Base::Slot(slot), 0);
            row(cx, Form::Lea64, &[reg(dst), Arg::Mem(place)]);
        }
        (op, imm) => panic!("{op:?} {imm:?} is not rematerialised"),
    }
}

fn symbol_addr(cx: &mut Cx, dst: VReg, symbol: Symbol, offset: i64) {
    let offset = i32::try_from(offset).expect("offset from a symbol within 32 bits");
    let place = Amode::based(Base::Rip(Target::Symbol(symbol)), offset);
    row(cx, Form::Lea64, &[reg(dst), Arg::Mem(place)]);
}
