//! What an instruction takes in as an operand instead of having it in a register: immediates, loads.

use super::addr;
use super::rows::{Cx, reg};
use crate::abi::TrapCode;
use crate::ir::{self, Access, Type, Value};
use crate::isa::x64::mir::MReg;
use crate::isa::x64::operand::Arg;
use crate::mach::patterns::{access_kind, dies};

/// A source operand with what its fault means.
pub type Source = (Arg<MReg>, Option<TrapCode>);

/// A constant that fits a sign-extended 32-bit immediate of an operation in the type's width.
pub fn imm32(cx: &Cx, value: Value) -> Option<i64> {
    let bits = cx.const_bits(value)?;
    match cx.ty(value) {
        Type::I32 | Type::Gc => Some(i64::from(bits as i32)),
        _ => i32::try_from(bits as i64).ok().map(i64::from),
    }
}

/// The constant as an immediate of a store of 2^`width` bytes.
pub fn stored_constant(cx: &Cx, value: Value, width: usize) -> Option<i64> {
    let bits = cx.const_bits(value)?;
    match width {
        0 => Some(i64::from(bits as i8)),
        1 => Some(i64::from(bits as i16)),
        2 => Some(i64::from(bits as i32)),
        _ => imm32(cx, value),
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

/// For a commutative operation: the operand to overwrite first, the one to read from memory or keep second.
pub fn order_operands(cx: &Cx, a: Value, b: Value) -> (Value, Value) {
    let is_second = |v: Value| is_full_load(cx, v) || cx.const_bits(v).is_some();
    let swap = !is_second(b) && (is_second(a) || dies(cx, b) && !dies(cx, a));
    if swap { (b, a) } else { (a, b) }
}
