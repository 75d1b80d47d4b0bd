//! Address modes: from IR addresses to `[base, #disp]` and `[base, index, extend #shift]`.
//!
//! This is the sandbox. A guest address is an i32, and only the low half of its register is read (`wN, uxtw`), so that
//! `base + index + offset`, computed in 64 bits, lies in the memory's reservation whatever the guest computes (`abi::MEMORY_RESERVATION`). No
//! i32 addition or shift is folded into it: in the address mode it would not wrap at 2^32.
//!
//! - The base of memory 0 is in x28, be it fixed or not: `[x28, wN, uxtw]`.
//! - With an offset: `add t, x28, wN, uxtw`, then `[t, #offset]` where it fits, else the offset is added in 64 bits.
//! - A constant guest address is added to the offset in 64 bits.
//! - A 64-bit guest address is behind a comparison with the memory's length (`expand/wide.rs`), and an operand of `memory_addr` only: `[x28, xN]`.
//! - Native addresses (`raw_load`, `raw_store`, `ptr_add`) are 64-bit sums, so all of their parts fold.

use super::fold::{add_immediate, arith_operand, own_def};
use super::rows::{Cx, constant, preg, reg, result, row};
use crate::abi::TrapCode;
use crate::ir::{self, Imm, InstData, InstanceBase, MemBase, MemId, Op, Symbol, Type, Value};
use crate::isa::a64::imm;
use crate::isa::a64::insts::Form;
use crate::isa::a64::mir::{MReg, Pseudo};
use crate::isa::a64::operand::{Amode, Arg, Base, Extend};
use crate::isa::a64::regs::{PINNED_INSTANCE, PINNED_MEMORY, SCRATCH};
use crate::mach::mir::{RegClass, VReg};
use crate::mach::patterns::typed_bits;

/// Largest distance from a symbol that is folded into its relocation: objects are smaller than the rest of the range.
const MAX_SYMBOL_DISP: i64 = 1 << 28;

/// A memory operand with what its fault means.
pub type Place = (Arg<MReg>, Option<TrapCode>);

/// Place that a load or store of 2^`log2` bytes accesses.
pub fn access(cx: &mut Cx, data: &InstData, log2: u8) -> Place {
    let (amode, trap) = match data.imm {
        Imm::Mem { mem, offset, .. } => (
            guest(cx, mem, data.args[0], offset, log2),
            Some(TrapCode::MemoryOutOfBounds),
        ),
        Imm::Raw { offset, trap, .. } => (native(cx, data.args[0], i64::from(offset), log2), trap),
        Imm::Object { offset, trap, .. } => (
            object(cx, data, offset, log2),
            trap.then_some(TrapCode::NullReference),
        ),
        _ => data.wrong_imm(),
    };
    (Arg::Mem(amode), trap)
}

/// `object + offset`, and the index of an element times its size. References are the addresses of objects. The index is below the length.
fn object(cx: &mut Cx, data: &InstData, offset: u32, log2: u8) -> Amode<MReg> {
    let base = MReg::V(cx.reg(data.args[0]));
    if !matches!(data.op, Op::GcLoadElem | Op::GcStoreElem) {
        return displaced(cx, base, i64::from(offset), log2);
    }
    if let Some(bits) = cx.const_bits(data.args[1]) {
        let distance = (u64::from(bits as u32) << log2) + u64::from(offset);
        return displaced(cx, base, distance as i64, log2);
    }
    let first = cx.temp(RegClass::Int);
    let distance = Arg::Imm(i64::from(offset));
    row(cx, Form::AddI64, &[reg(first), Arg::Reg(base), distance]);
    Amode::Index {
        base: MReg::V(first),
        index: MReg::V(low_half(cx, data.args[1])),
        extend: Extend::Uxtw,
        shift: log2,
    }
}

/// The address that an access without address forms accesses, in a register.
pub fn address(cx: &mut Cx, data: &InstData) -> (VReg, Option<TrapCode>) {
    let Imm::Raw { offset, trap, .. } = data.imm else {
        let (mem, _, offset) = data.mem();
        debug_assert!(matches!(
            cx.program.memories[mem].base,
            MemBase::Fixed | MemBase::Pinned
        ));
        let mut address = cx.temp(RegClass::Int);
        let index = low_half(cx, data.args[0]);
        add_index(cx, reg(address), index);
        if offset != 0 {
            address = plus(cx, address, offset);
        }
        return (address, Some(TrapCode::MemoryOutOfBounds));
    };
    let pointer = cx.reg(data.args[0]);
    match offset {
        0 => (pointer, trap),
        _ => (plus(cx, pointer, i64::from(offset) as u64), trap),
    }
}

/// A pointer plus a distance, in a new register.
fn plus(cx: &mut Cx, pointer: VReg, distance: u64) -> VReg {
    let sum = cx.temp(RegClass::Int);
    if !add_immediate(cx, reg(sum), reg(pointer), distance, true) {
        let distance = constant(cx, distance);
        row(cx, Form::Add64, &[reg(sum), reg(pointer), reg(distance)]);
    }
    sum
}

/// `[base, index]` with 64 bits of the index.
fn indexed(base: MReg, index: VReg) -> Amode<MReg> {
    Amode::Index {
        base,
        index: MReg::V(index),
        extend: Extend::Uxtx,
        shift: 0,
    }
}

/// The register whose low half is the i32: a truncation need not happen.
fn low_half(cx: &mut Cx, value: Value) -> VReg {
    if let Some(inst) = cx.pure_def(value)
        && cx.inst(inst).op == Op::Wrap
    {
        return cx.reg(cx.inst(inst).args[0]);
    }
    cx.reg(value)
}

fn guest(cx: &mut Cx, mem: MemId, addr: Value, offset: u64, log2: u8) -> Amode<MReg> {
    debug_assert_eq!(cx.ty(addr), Type::I32);
    debug_assert!(offset <= u64::from(u32::MAX));
    match cx.program.memories[mem].base {
        MemBase::Fixed | MemBase::Pinned => {}
        base @ (MemBase::Value | MemBase::Checked) => {
            panic!("access to a {base:?} memory was not expanded")
        }
    }
    let base = MReg::P(PINNED_MEMORY);
    if let Some(bits) = cx.const_bits(addr) {
        let distance = offset + u64::from(bits as u32);
        return displaced(cx, base, distance as i64, log2);
    }
    let index = low_half(cx, addr);
    if offset == 0 {
        return Amode::Index {
            base,
            index: MReg::V(index),
            extend: Extend::Uxtw,
            shift: 0,
        };
    }
    let sum = cx.temp(RegClass::Int);
    add_index(cx, reg(sum), index);
    displaced(cx, MReg::V(sum), offset as i64, log2)
}

/// `memory_addr`.
pub fn memory_addr(cx: &mut Cx, inst: ir::Inst) {
    let addr = cx.inst(inst).args[0];
    let dst = result(cx, inst);
    if cx.ty(addr) == Type::I64 {
        let addr = cx.reg(addr);
        return row(cx, Form::Add64, &[dst, preg(PINNED_MEMORY), reg(addr)]);
    }
    let index = low_half(cx, addr);
    add_index(cx, dst, index);
}

/// `dst = x28 + wN`.
fn add_index(cx: &mut Cx, dst: Arg<MReg>, index: VReg) {
    let index = Arg::Extended {
        reg: MReg::V(index),
        extend: Extend::Uxtw,
        amount: 0,
    };
    row(cx, Form::AddExt64, &[dst, preg(PINNED_MEMORY), index]);
}

/// `base + disp`: as an immediate, after an addition of its upper part, or with an index.
fn displaced(cx: &mut Cx, base: MReg, disp: i64, log2: u8) -> Amode<MReg> {
    if imm::offset_fits(disp, log2) {
        return Amode::reg(base, disp as i32);
    }
    let low = disp & 0xfff;
    if disp > 0 && disp < 1 << 24 && imm::offset_scaled(low, log2) {
        let sum = cx.temp(RegClass::Int);
        let high = Arg::Imm(disp - low);
        row(cx, Form::AddI64, &[reg(sum), Arg::Reg(base), high]);
        return Amode::reg(MReg::V(sum), low as i32);
    }
    let index = constant(cx, disp as u64);
    indexed(base, index)
}

/// `pointer + offset`.
fn native(cx: &mut Cx, pointer: Value, offset: i64, log2: u8) -> Amode<MReg> {
    let mut disp = offset;
    let mut pointer = pointer;
    // Constants first: the rest is a base, or a base and an index.
    while let Some(inst) = cx.pure_def(pointer)
        && cx.inst(inst).op == Op::PtrAdd
        && let Some(bits) = cx.const_bits(cx.inst(inst).args[1])
        && let Some(sum) = disp.checked_add(bits as i64)
        && i32::try_from(sum).is_ok()
    {
        disp = sum;
        pointer = cx.inst(inst).args[0];
    }
    let Some(inst) = cx.pure_def(pointer) else {
        let base = MReg::V(cx.reg(pointer));
        return displaced(cx, base, disp, log2);
    };
    let data = cx.inst(inst);
    match (data.op, &data.imm) {
        (Op::PtrAdd, _) if disp == 0 && !cx.is_used(pointer) => {
            let base = MReg::V(cx.reg(data.args[0]));
            let (index, extend, shift) = index(cx, data.args[1], log2);
            Amode::Index {
                base,
                index: MReg::V(index),
                extend,
                shift,
            }
        }
        (Op::MemoryAddr, _)
            if disp == 0 && !cx.is_used(pointer) && cx.ty(data.args[0]) == Type::I64 =>
        {
            match cx.const_bits(data.args[0]) {
                Some(bits) => displaced(cx, MReg::P(PINNED_MEMORY), bits as i64, log2),
                None => {
                    let index = cx.reg(data.args[0]);
                    indexed(MReg::P(PINNED_MEMORY), index)
                }
            }
        }
        (Op::SymbolAddr, &Imm::Symbol { symbol, offset }) => {
            symbol_place(cx, pointer, symbol, offset, disp, log2)
        }
        (Op::InstanceAddr, &Imm::Module(module)) => match cx.program.instance_base(module) {
            InstanceBase::Symbol => {
                symbol_place(cx, pointer, Symbol::Instance(module), 0, disp, log2)
            }
            InstanceBase::Pinned(distance) => {
                let disp = disp + i64::from(distance);
                displaced(cx, MReg::P(PINNED_INSTANCE), disp, log2)
            }
        },
        (Op::SlotAddr, &Imm::Slot(slot)) => Amode::based(Base::Slot(slot), disp as i32),
        _ => {
            let base = MReg::V(cx.reg(pointer));
            displaced(cx, base, disp, log2)
        }
    }
}

/// A place near a symbol. The relocation of its low bits wants it aligned.
fn symbol_place(
    cx: &mut Cx,
    pointer: Value,
    symbol: Symbol,
    offset: i64,
    disp: i64,
    log2: u8,
) -> Amode<MReg> {
    let addend = offset.saturating_add(disp);
    if addend.abs() < MAX_SYMBOL_DISP && addend & ((1 << log2) - 1) == 0 {
        return Amode::Low {
            base: MReg::P(SCRATCH),
            symbol,
            addend,
        };
    }
    let base = MReg::V(cx.reg(pointer));
    displaced(cx, base, disp, log2)
}

/// A 64-bit distance as an index of an access of 2^`log2` bytes.
fn index(cx: &mut Cx, distance: Value, log2: u8) -> (VReg, Extend, u8) {
    let mut value = distance;
    let mut shift = 0;
    if let Some(data) = own_def(cx, value)
        && data.op == Op::Shl
        && cx.const_bits(data.args[1]) == Some(u64::from(log2))
    {
        value = data.args[0];
        shift = log2;
    }
    match cx.pure_def(value).map(|inst| cx.inst(inst)) {
        Some(data) if data.op == Op::ExtU => (low_half(cx, data.args[0]), Extend::Uxtw, shift),
        Some(data) if data.op == Op::ExtS => (cx.reg(data.args[0]), Extend::Sxtw, shift),
        _ => (cx.reg(value), Extend::Uxtx, shift),
    }
}

/// `dst = pointer + distance`.
pub fn sum(cx: &mut Cx, dst: Arg<MReg>, pointer: Value, distance: Value) {
    if let Some(inst) = cx.pure_def(pointer)
        && let Some(bits) = typed_bits(cx, distance)
    {
        // Symbols and slots take the constant in.
        let data = cx.inst(inst);
        match (data.op, &data.imm) {
            (Op::SymbolAddr, &Imm::Symbol { symbol, offset }) => {
                let addend = offset.saturating_add(bits as i64);
                if addend.abs() < MAX_SYMBOL_DISP {
                    return symbol_sum(cx, dst, symbol, addend);
                }
            }
            (Op::InstanceAddr, &Imm::Module(module))
                if !cx.program.pins_instance() && (bits as i64).abs() < MAX_SYMBOL_DISP =>
            {
                return symbol_sum(cx, dst, Symbol::Instance(module), bits as i64);
            }
            _ => {}
        }
    }
    let base = cx.reg(pointer);
    if let Some(bits) = typed_bits(cx, distance)
        && add_immediate(cx, dst, reg(base), bits, true)
    {
        return;
    }
    let distance = arith_operand(cx, distance, true);
    let form = match distance {
        Arg::Extended { .. } => Form::AddExt64,
        _ => Form::Add64,
    };
    row(cx, form, &[dst, reg(base), distance]);
}

fn symbol_sum(cx: &mut Cx, dst: Arg<MReg>, symbol: Symbol, addend: i64) {
    let Arg::Reg(MReg::V(dst)) = dst else {
        panic!("a sum goes into a register")
    };
    cx.pseudo(Pseudo::SymbolAddr {
        dst,
        symbol,
        addend,
    });
}
