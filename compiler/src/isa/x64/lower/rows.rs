//! Emitting rows: operands, and what every family of lowering functions says in the same way.

use crate::abi::TrapCode;
use crate::ir::Type;
use crate::isa::x64::insts::Form;
use crate::isa::x64::mir::{Inst, MReg, Pseudo};
use crate::isa::x64::operand::{Amode, Arg, Base, Const, Target};
use crate::isa::x64::{X64, vex};
use crate::mach::lower::Lower;
use crate::mach::mir::{RegClass, VReg};
use crate::options::CpuFeatures;

/// The driver's context.
pub type Cx<'a> = Lower<'a, X64>;

/// A new integer register.
pub fn temp(cx: &mut Cx) -> VReg {
    cx.temp(RegClass::Int)
}

/// A register operand.
pub fn reg(vreg: VReg) -> Arg<MReg> {
    Arg::Reg(MReg::V(vreg))
}

/// A register that is read and written.
pub fn tied(def: VReg, src: VReg) -> Arg<MReg> {
    Arg::Tied {
        def: MReg::V(def),
        src: MReg::V(src),
    }
}

/// A constant of the function's pool as a memory operand.
pub fn pool(constant: Const) -> Arg<MReg> {
    Arg::Mem(Amode::based(Base::Rip(Target::Const(constant)), 0))
}

/// Emits a row that cannot fault.
pub fn row(cx: &mut Cx, form: Form, args: &[Arg<MReg>]) {
    row_trap(cx, form, args, None);
}

/// Emits a row; vector and float rows as their twins where there is AVX.
pub fn row_trap(cx: &mut Cx, form: Form, args: &[Arg<MReg>], trap: Option<TrapCode>) {
    cx.emit(row_for(cx.isa.cpu, form, args, trap));
}

fn row_for(cpu: CpuFeatures, form: Form, args: &[Arg<MReg>], trap: Option<TrapCode>) -> Inst {
    let twin = if cpu.avx { vex::twin(form, args) } else { None };
    match twin {
        Some((form, args)) => Inst::row_trap(form, &args, trap),
        None => Inst::row_trap(form, args, trap),
    }
}

/// An instruction that copies a whole register.
pub fn copy(cpu: CpuFeatures, dst: VReg, src: VReg) -> Inst {
    let form = match dst.class() {
        RegClass::Int => Form::MovRRm64,
        RegClass::Float => Form::Movaps,
    };
    row_for(cpu, form, &[reg(dst), reg(src)], None)
}

/// Loads a constant, keeping the flags.
pub fn constant(cx: &mut Cx, dst: VReg, ty: Type, bits: u64) {
    match ty {
        Type::I32 | Type::I64 | Type::Ref | Type::Gc | Type::Ptr => {
            let (form, value) = if let Ok(small) = u32::try_from(bits) {
                (Form::MovRI32, i64::from(small))
            } else if i32::try_from(bits as i64).is_ok() {
                (Form::MovRI64s, bits as i64)
            } else {
                (Form::MovRI64, bits as i64)
            };
            row(cx, form, &[reg(dst), Arg::Imm(value)]);
        }
        Type::F32 | Type::F64 if bits == 0 => cx.pseudo(Pseudo::FloatZero { dst }),
        Type::F32 => row(
            cx,
            Form::MovsXMS,
            &[reg(dst), pool(Const::B32(bits as u32))],
        ),
        Type::F64 => row(cx, Form::MovsXMD, &[reg(dst), pool(Const::B64(bits))]),
        Type::V128 => panic!("a vector has more bits"),
    }
}
