//! Instruction selection: dispatch over ops, and the helpers that the families (`lower_*.rs`) share.
//!
//! # Clean i32
//! The upper half of a register that holds an i32 is zero at every use. Every instruction that writes a w register zeroes the upper
//! half, so it is enough that each lowering that defines an i32 ends in one:
//! - Arithmetic, logic, shifts, bit fields, bit counts, sign extensions (to i32), multiplication, division, `csel` and its kin: the
//!   32-bit forms. Extended operands (`sxtb`) of a 32-bit instruction are computed in 32 bits.
//! - Comparisons: `cset` of a w register.
//! - Constants: the upper half of a constant's bits is zero (`constant`).
//! - Loads: `ldr`, `ldrb`, `ldrsb`, ... to a w register; spilled registers are stored and reloaded with all 64 bits.
//! - `wrap`: an explicit 32-bit `mov`, unless the 64-bit operation that it follows cannot set the upper half (`is_clean`). Only an address
//!   takes the 64-bit register itself, as `wN, uxtw`, which reads the low half.
//! - Float to i32: `fcvtzs`, `fcvtzu`, `fmov` to a w register; the checked unsigned conversion has 64 bits and
//!   traps unless the upper half is zero.
//! - Population count: `fmov` of the sum to a w register.
//! - Parameters: callers under `Conv::Wasm` and `Conv::Far` are compiled code and pass clean registers; stack parameters are loaded
//!   with 32 bits; `Conv::C` entries zero-extend explicitly.
//! - Call results: `Conv::Wasm` and `Conv::Far` callees are compiled code; results of C functions are zero-extended explicitly.
//! - Atomics: all loads of cells write w registers, if they are not of 64 bits.
//! - `select` and block parameters pass on clean registers.

pub mod addr;
pub mod atomic;
pub mod call;
pub mod cond;
pub mod control;
pub mod float;
pub mod int;
pub mod logic;
pub mod mem;
pub mod vector;

use super::A64;
use crate::ir::op::{atomic_access, expanded_op, terminator_op, vector_op};
use crate::ir::{self, Imm, InstData, InstanceBase, Op, Symbol, Type};
use crate::isa::a64::imm;
use crate::isa::a64::insts::Form;
use crate::isa::a64::lower::vector::reduce;
use crate::isa::a64::mir::{Inst, MReg};
use crate::isa::a64::operand::{Arg, Base};
use crate::isa::a64::regs::{PINNED_INSTANCE, Reg};
use crate::mach::lower::Lower;
use crate::mach::mir::{RegClass, VReg};
use crate::mach::patterns::{Fp, fp};

/// The driver's context.
pub type Cx<'a> = Lower<'a, A64>;

/// A register operand.
pub fn reg(vreg: VReg) -> Arg<MReg> {
    Arg::Reg(MReg::V(vreg))
}

/// A register that is never allocated.
pub fn preg(reg: Reg) -> Arg<MReg> {
    Arg::Reg(MReg::P(reg))
}

/// A register that is read and written.
pub fn tied(def: VReg, src: VReg) -> Arg<MReg> {
    Arg::Tied {
        def: MReg::V(def),
        src: MReg::V(src),
    }
}

/// Emits a row that cannot fault.
pub fn row(cx: &mut Cx, form: Form, args: &[Arg<MReg>]) {
    cx.emit(Inst::row(form, args));
}

/// An instruction that copies a whole register.
pub fn copy(dst: VReg, src: VReg) -> Inst {
    let form = match dst.class() {
        RegClass::Int => Form::Mov64,
        RegClass::Float => Form::Mov16b,
    };
    Inst::row(form, &[reg(dst), reg(src)])
}

/// The register of an instruction's only result, as an operand.
pub fn result(cx: &mut Cx, inst: ir::Inst) -> Arg<MReg> {
    let value = cx.result_value(inst, 0);
    reg(cx.dst(value))
}

/// Picks a form by width.
pub fn by(wide: bool, narrow_form: Form, wide_form: Form) -> Form {
    if wide { wide_form } else { narrow_form }
}

/// An integer constant in a new register.
pub fn constant(cx: &mut Cx, bits: u64) -> VReg {
    let dst = cx.temp(RegClass::Int);
    cx.emit(Inst::Const { dst, bits });
    dst
}

/// `Isa::rematerialize`. Nothing here changes the flags.
pub fn rematerialize(cx: &mut Cx, inst: ir::Inst, dst: VReg) {
    let data = cx.inst(inst);
    match (data.op, &data.imm) {
        (Op::Const, &Imm::Bits(bits)) => cx.emit(match data.ty {
            Type::I32 => Inst::Const {
                dst,
                bits: u64::from(bits as u32),
            },
            Type::I64 | Type::Ref | Type::Ptr => Inst::Const { dst, bits },
            Type::F32 => Inst::FloatConst {
                dst,
                fp: fp(data.ty),
                bits: u64::from(bits as u32),
            },
            Type::F64 => Inst::FloatConst {
                dst,
                fp: fp(data.ty),
                bits,
            },
            Type::V128 => panic!("vector constant"),
        }),
        (Op::Const, &Imm::Vec(bits)) => cx.emit(Inst::VecConst { dst, bits }),
        (Op::Vbitmask, _) => reduce::bitmask(cx, data, dst),
        (Op::InstanceAddr, &Imm::Module(module)) => match cx.program.instance_base(module) {
            InstanceBase::Symbol => cx.emit(Inst::SymbolAddr {
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
        (Op::SymbolAddr, &Imm::Symbol { symbol, offset }) => cx.emit(Inst::SymbolAddr {
            dst,
            symbol,
            addend: offset,
        }),
        (Op::SlotAddr, &Imm::Slot(slot)) => cx.emit(Inst::FrameAddr {
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
            Type::I32 => !imm::is_one_move(u64::from(bits as u32)),
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

/// A vector constant of lowering itself.
pub fn own_vector(cx: &mut Cx, bits: u128) -> VReg {
    cx.own_vector(bits, |dst| Inst::VecConst { dst, bits })
}

/// Lowers an instruction that is no terminator.
pub fn instruction(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    match data.op {
        Op::Const | Op::InstanceAddr | Op::SymbolAddr | Op::SlotAddr => {
            panic!("{:?} is rematerialised at its uses", data.op)
        }
        Op::Add | Op::PtrAdd => int::add(cx, inst),
        Op::MemoryAddr => addr::memory_addr(cx, inst),
        Op::Sub => int::sub(cx, inst),
        Op::Mul => int::mul(cx, inst),
        Op::DivS | Op::DivU | Op::RemS | Op::RemU => int::divide(cx, inst),
        Op::And | Op::Or | Op::Xor => logic::logic(cx, inst),
        Op::Shl | Op::ShrS | Op::ShrU | Op::Rotl | Op::Rotr => logic::shift(cx, inst),
        Op::Clz | Op::Ctz | Op::Popcnt => int::count(cx, inst),
        Op::Ext8S | Op::Ext16S | Op::Ext32S | Op::ExtS | Op::ExtU | Op::Wrap => {
            logic::extend(cx, inst);
        }
        Op::Icmp | Op::Fcmp => int::compare_value(cx, inst),
        Op::Fadd | Op::Fsub | Op::Fmul | Op::Fdiv | Op::Fmin | Op::Fmax => {
            float::arithmetic(cx, inst);
        }
        Op::Fcopysign => float::copysign(cx, inst),
        Op::Fabs
        | Op::Fneg
        | Op::Fsqrt
        | Op::Fceil
        | Op::Ffloor
        | Op::Ftrunc
        | Op::Fnearest
        | Op::Demote
        | Op::Promote => float::unary(cx, inst),
        Op::TruncS | Op::TruncU => float::to_int(cx, inst),
        Op::TruncSatS | Op::TruncSatU => float::to_int_saturated(cx, inst),
        Op::ConvS | Op::ConvU => float::from_int(cx, inst),
        Op::Bitcast => float::bitcast(cx, inst),
        Op::Select if data.ty == Type::V128 => vector::select(cx, inst),
        Op::Select => int::select(cx, inst),
        Op::Load | Op::RawLoad => mem::load(cx, inst),
        Op::Store | Op::RawStore => mem::store(cx, inst),
        vector_op!() => vector::instruction(cx, inst),
        atomic_access!() => atomic::atomic(cx, inst),
        Op::AtomicFence => row(cx, Form::DmbIsh, &[]),
        Op::TrapIf => control::trap_if(cx, inst),
        Op::Call | Op::CallSymbol | Op::CallPtr => crate::mach::call::call(cx, inst),
        expanded_op!() => panic!("{:?} was not expanded", data.op),
        terminator_op!() => {
            panic!("{:?} in the middle of a block", data.op)
        }
    }
}
