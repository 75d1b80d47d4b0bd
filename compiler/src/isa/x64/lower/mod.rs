//! Instruction selection: dispatch over ops. Nobody below uses this file; what the families share is in `rows`, `fold` and `cond`.
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

mod addr;
mod atomic;
mod bmi;
pub mod call;
pub mod cond;
mod float;
mod fold;
mod int;
mod logic;
mod mem;
pub mod remat;
pub mod rows;
mod select;
mod vector;

use self::rows::Cx;
use crate::ir::op::{atomic_modification, expanded_op, terminator_op, vector_op};
use crate::ir::{self, Op};

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
        Op::MulHighS | Op::MulHighU => int::mul_high(cx, inst),
        Op::AddCarry | Op::SubBorrow => int::carry(cx, inst),
        Op::DivS | Op::DivU | Op::RemS | Op::RemU => int::divide(cx, inst),
        Op::And | Op::Or | Op::Xor => logic::logic(cx, inst),
        Op::Shl | Op::ShrS | Op::ShrU | Op::Rotl | Op::Rotr => logic::shift(cx, inst),
        Op::Clz | Op::Ctz | Op::Popcnt => int::count(cx, inst),
        Op::Bswap => logic::swap(cx, inst),
        Op::Ext8S | Op::Ext16S | Op::Ext32S | Op::ExtS | Op::ExtU | Op::Wrap => {
            logic::extend(cx, inst);
        }
        Op::Icmp | Op::Fcmp => select::compare_value(cx, inst),
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
        Op::Select => select::select(cx, inst),
        Op::Load | Op::RawLoad | Op::GcLoad | Op::GcLoadElem => mem::load(cx, inst),
        Op::Store | Op::RawStore | Op::GcStore | Op::GcStoreElem => mem::store(cx, inst),
        Op::AtomicLoad => mem::load(cx, inst),
        Op::AtomicStore | atomic_modification!() => atomic::atomic(cx, inst),
        Op::AtomicFence => atomic::fence(cx),
        vector_op!() => vector::instruction(cx, inst),
        Op::TrapIf => crate::mach::control::trap_if(cx, inst),
        Op::Call | Op::CallSymbol | Op::CallPtr => crate::mach::call::call(cx, inst),
        expanded_op!() => panic!("{:?} was not expanded", data.op),
        terminator_op!() => {
            panic!("{:?} in the middle of a block", data.op)
        }
    }
}
