//! Instruction selection: dispatch over ops, and the helpers that the families (`lower_*.rs`) share.
//!
//! # Clean i32
//! The upper half of a register that holds an i32 is zero at every use. Why each lowering that defines one keeps that:
//! - Arithmetic, shifts, bit counts, sign extensions (to i32), `lea`, `cmov`, `imul`, `div`: 32-bit instructions, which zero the upper half.
//!   (`bsf`/`bsr` leave it undefined for a zero operand; the `cmov` that always follows writes it.)
//! - Comparisons: `setcc` writes 8 bits of a register that was zeroed by `xor` before.
//! - Constants: `mov r32, imm32`.
//! - Loads: `mov`/`movzx`/`movsx` to a 32-bit register; spilled registers are stored and reloaded with all 64 bits.
//! - `wrap`: an explicit 32-bit `mov`, unless the 64-bit operation that it follows cannot set the upper half (`is_clean`).
//! - Float to i32: the last write is a 32-bit `mov`; `movd` writes 32 bits and zeroes the rest.
//! - Parameters: callers under `Conv::Wasm` and `Conv::Far` are compiled code and pass clean registers; stack parameters are loaded
//!   with 32 bits; `Conv::C` entries zero-extend explicitly.
//! - Call results: `Conv::Wasm` and `Conv::Far` callees are compiled code; results of C functions are zero-extended explicitly.
//! - Atomics: `xadd`, `xchg` write 32 bits and zero the rest, narrower ones are followed by `movzx`; so is `cmpxchg`, whose accumulator
//!   keeps its upper half when it succeeds (of 32 bits: an explicit 32-bit `mov`, where the expected value has 64).
//! - `select` and block parameters pass on clean registers.

pub mod addr;
pub mod atomic;
pub mod bmi;
pub mod call;
pub mod control;
pub mod float;
pub mod int;
pub mod mem;
pub mod vector;

use super::X64;
use crate::abi::TrapCode;
use crate::ir::op::{atomic_modification, expanded_op, terminator_op, vector_op};
use crate::ir::{self, Access, Imm, InstanceBase, IntCc, Op, Symbol, Type, Value};
use crate::isa::x64::insts::Form;
use crate::isa::x64::lower::vector::reduce;
use crate::isa::x64::mir::{Inst, MReg};
use crate::isa::x64::operand::{Amode, Arg, Base, Cond, Const, Target};
use crate::isa::x64::regs::PINNED_INSTANCE;
use crate::isa::x64::vex;
use crate::mach::lower::Lower;
use crate::mach::mir::{RegClass, VReg};
use crate::mach::patterns::access_kind;
use crate::options::CpuFeatures;

/// The driver's context.
pub type Cx<'a> = Lower<'a, X64>;

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

/// Picks a form by width.
pub fn by(wide: bool, narrow_form: Form, wide_form: Form) -> Form {
    if wide { wide_form } else { narrow_form }
}

/// A source operand with what its fault means.
pub type Source = (Arg<MReg>, Option<TrapCode>);

/// A constant that fits a sign-extended 32-bit immediate of an operation in the type's width.
pub fn imm32(cx: &Cx, value: Value) -> Option<i64> {
    let bits = cx.const_bits(value)?;
    match cx.ty(value) {
        Type::I32 => Some(i64::from(bits as i32)),
        _ => i32::try_from(bits as i64).ok().map(i64::from),
    }
}

/// The value as a register, or as the memory operand of a load of exactly its width.
pub fn reg_or_mem(cx: &mut Cx, value: Value) -> Source {
    match sink_full(cx, value) {
        Some(source) => source,
        None => (reg(cx.reg(value)), None),
    }
}

/// Whether [`sink_full`] would sink.
pub fn is_full_load(cx: &Cx, value: Value) -> bool {
    cx.sinkable(value)
        .is_some_and(|load| access_kind(cx.inst(load)) == Access::Full)
}

/// Sinks the load of the whole value, if it may be.
pub fn sink_full(cx: &mut Cx, value: Value) -> Option<Source> {
    let load = cx.sinkable(value)?;
    let data = cx.inst(load);
    if access_kind(data) != Access::Full {
        return None;
    }
    Some(sink(cx, load))
}

/// Sinks a load: its place as an operand.
pub fn sink(cx: &mut Cx, load: ir::Inst) -> Source {
    cx.sink(load);
    let (amode, trap) = addr::access(cx, cx.inst(load));
    (Arg::Mem(amode), trap)
}

/// Loads a constant, keeping the flags.
pub fn constant(cx: &mut Cx, dst: VReg, ty: Type, bits: u64) {
    match ty {
        Type::I32 | Type::I64 | Type::Ref | Type::Ptr => {
            let (form, value) = if let Ok(small) = u32::try_from(bits) {
                (Form::MovRI32, i64::from(small))
            } else if i32::try_from(bits as i64).is_ok() {
                (Form::MovRI64s, bits as i64)
            } else {
                (Form::MovRI64, bits as i64)
            };
            row(cx, form, &[reg(dst), Arg::Imm(value)]);
        }
        Type::F32 | Type::F64 if bits == 0 => cx.emit(Inst::FloatZero { dst }),
        Type::F32 => row(
            cx,
            Form::MovsXMS,
            &[reg(dst), pool(Const::B32(bits as u32))],
        ),
        Type::F64 => row(cx, Form::MovsXMD, &[reg(dst), pool(Const::B64(bits))]),
        Type::V128 => panic!("a vector has more bits"),
    }
}

/// `Isa::rematerialize`. Zero is made by `xor`, which changes the flags: all lowerings have asked for their registers by the time they emit
/// the row that sets flags for a later one.
pub fn rematerialize(cx: &mut Cx, inst: ir::Inst, dst: VReg) {
    let data = cx.inst(inst);
    match (data.op, &data.imm) {
        (Op::Const, &Imm::Bits(bits)) => {
            let bits = match data.ty {
                Type::I32 | Type::F32 => u64::from(bits as u32),
                _ => bits,
            };
            if bits == 0 && data.ty.is_int() {
                cx.emit(Inst::Zero { dst });
            } else {
                constant(cx, dst, data.ty, bits);
            }
        }
        (Op::Const, &Imm::Vec(bits)) => vector::constant(cx, dst, bits),
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

/// Flags for "the i32 condition is not zero".
pub fn condition(cx: &mut Cx, value: Value) -> Cond {
    if let Some(inst) = cx.pure_def(value) {
        let data = cx.inst(inst);
        match (data.op, &data.imm) {
            (Op::Icmp, &Imm::IntCc(cc @ (IntCc::Eq | IntCc::Ne)))
                if is_vector_test(cx, data.args[0]) && cx.const_bits(data.args[1]) == Some(0) =>
            {
                let cond = condition(cx, data.args[0]);
                return if cc == IntCc::Eq {
                    cond.inverse()
                } else {
                    cond
                };
            }
            (Op::Icmp, &Imm::IntCc(cc)) => return int::compare(cx, data, cc),
            (Op::Fcmp, &Imm::FloatCc(cc)) => return float::compare(cx, data, cc),
            (Op::VanyTrue | Op::VallTrue, _) => return reduce::test(cx, inst),
            _ => {}
        }
    }
    int::test_nonzero(cx, value)
}

/// Whether the value is `vany_true` or `vall_true`, whose flags can be taken the other way round.
fn is_vector_test(cx: &Cx, value: Value) -> bool {
    cx.pure_def(value)
        .is_some_and(|inst| matches!(cx.inst(inst).op, Op::VanyTrue | Op::VallTrue))
}

/// Lowers an instruction that is no terminator.
pub fn instruction(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    match data.op {
        Op::Const | Op::InstanceAddr | Op::SymbolAddr | Op::SlotAddr => {
            panic!("{:?} is rematerialised at its uses", data.op)
        }
        Op::Add | Op::PtrAdd => int::add(cx, inst),
        Op::MemoryAddr => mem::address(cx, inst),
        Op::Sub => int::sub(cx, inst),
        Op::Mul => int::mul(cx, inst),
        Op::DivS | Op::DivU | Op::RemS | Op::RemU => int::divide(cx, inst),
        Op::And | Op::Or | Op::Xor => int::logic(cx, inst),
        Op::Shl | Op::ShrS | Op::ShrU | Op::Rotl | Op::Rotr => int::shift(cx, inst),
        Op::Clz | Op::Ctz | Op::Popcnt => int::count(cx, inst),
        Op::Ext8S | Op::Ext16S | Op::Ext32S | Op::ExtS | Op::ExtU | Op::Wrap => {
            int::extend(cx, inst);
        }
        Op::Icmp | Op::Fcmp => int::compare_value(cx, inst),
        Op::Fadd | Op::Fsub | Op::Fmul | Op::Fdiv => float::arithmetic(cx, inst),
        Op::Fmin | Op::Fmax => float::min_max(cx, inst),
        Op::Fcopysign => float::copysign(cx, inst),
        Op::Fabs | Op::Fneg => float::sign(cx, inst),
        Op::Fsqrt | Op::Fceil | Op::Ffloor | Op::Ftrunc | Op::Fnearest => {
            float::round(cx, inst);
        }
        Op::TruncS | Op::TruncU | Op::TruncSatS | Op::TruncSatU => {
            float::to_int(cx, inst);
        }
        Op::ConvS | Op::ConvU => float::from_int(cx, inst),
        Op::Demote | Op::Promote => float::resize(cx, inst),
        Op::Bitcast => float::bitcast(cx, inst),
        Op::Select => int::select(cx, inst),
        Op::Load | Op::RawLoad => mem::load(cx, inst),
        Op::Store | Op::RawStore => mem::store(cx, inst),
        Op::AtomicLoad => mem::load(cx, inst),
        Op::AtomicStore | atomic_modification!() => atomic::atomic(cx, inst),
        Op::AtomicFence => atomic::fence(cx),
        vector_op!() => vector::instruction(cx, inst),
        Op::TrapIf => control::trap_if(cx, inst),
        Op::Call | Op::CallSymbol | Op::CallPtr => crate::mach::call::call(cx, inst),
        expanded_op!() => panic!("{:?} was not expanded", data.op),
        terminator_op!() => {
            panic!("{:?} in the middle of a block", data.op)
        }
    }
}
