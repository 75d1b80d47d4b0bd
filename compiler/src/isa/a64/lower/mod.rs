//! Instruction selection: dispatch over ops. Nobody below uses this file; what the families share is in `rows`, `fold` and `cond`.
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

mod addr;
mod atomic;
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

use self::rows::{Cx, row};
use crate::ir::op::{atomic_access, expanded_op, terminator_op, vector_op};
use crate::ir::{self, Op, Type};
use crate::isa::a64::insts::Form;

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
        Op::MulHighS | Op::MulHighU => int::mul_high(cx, inst),
        Op::AddCarry | Op::SubBorrow => int::carry(cx, inst),
        Op::DivS | Op::DivU | Op::RemS | Op::RemU => int::divide(cx, inst),
        Op::And | Op::Or | Op::Xor => logic::logic(cx, inst),
        Op::Shl | Op::ShrS | Op::ShrU | Op::Rotl | Op::Rotr => logic::shift(cx, inst),
        Op::Clz | Op::Ctz | Op::Popcnt | Op::Bswap => int::count(cx, inst),
        Op::Ext8S | Op::Ext16S | Op::Ext32S | Op::ExtS | Op::ExtU | Op::Wrap => {
            logic::extend(cx, inst);
        }
        Op::Icmp | Op::Fcmp => select::compare_value(cx, inst),
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
        Op::Select if data.ty == Type::V128 => select::select_vector(cx, inst),
        Op::Select => select::select(cx, inst),
        Op::Load | Op::RawLoad | Op::GcLoad | Op::GcLoadElem => mem::load(cx, inst),
        Op::Store | Op::RawStore | Op::GcStore | Op::GcStoreElem => mem::store(cx, inst),
        vector_op!() => vector::instruction(cx, inst),
        atomic_access!() => atomic::atomic(cx, inst),
        Op::AtomicFence => row(cx, Form::DmbIsh, &[]),
        Op::TrapIf => crate::mach::control::trap_if(cx, inst),
        Op::Call | Op::CallSymbol | Op::CallPtr => crate::mach::call::call(cx, inst),
        expanded_op!() => panic!("{:?} was not expanded", data.op),
        terminator_op!() => {
            panic!("{:?} in the middle of a block", data.op)
        }
    }
}
