//! Address modes: from IR addresses to `base + index << shift + disp`.
//!
//! This is the sandbox. A guest address is an i32 whose register is clean (upper half zero, `ir::Type`), so that
//! `base + index + offset`, computed in 64 bits, lies in the memory's reservation whatever the guest computes (`abi::MEMORY_RESERVATION`).
//! The index of a guest access is therefore always the whole register of an i32 value, with scale 1. No i32 addition or shift is
//! folded into it where it would not wrap at 2^32.
//!
//! - Fixed base: `[index + (FIXED_BASE + offset)]` where that is below 2^31, else a 64-bit constant in a second register.
//! - Fixed base, where the guest address is a sum or shift that only this access uses, and the offset is zero: `gs:[base + index << shift + disp]` with an address size of
//!   32 bits. The processor wraps that sum at 2^32 as WebAssembly does, and adds the base of gs, which is `FIXED_BASE` (`wative_runtime::arch`). An offset does not
//!   wrap, so none may be among the terms.
//! - Pinned base: `[r14 + index + offset]`.
//! - A constant guest address is added to the offset in 64 bits.
//! - A 64-bit guest address is behind a comparison with the memory's length (`expand/wide.rs`), and an operand of `memory_addr` only.
//! - Native addresses (`raw_load`, `raw_store`, `ptr_add`) are 64-bit sums, so all of their parts fold.

use super::rows::{Cx, constant, reg};
use crate::abi::{FIXED_BASE, TrapCode};
use crate::ir::{Imm, InstData, InstanceBase, MemBase, MemId, Op, Symbol, Type, Value};
use crate::isa::x64::insts::Form;
use crate::isa::x64::mir::{Inst, MReg};
use crate::isa::x64::operand::{Amode, Arg, Base, Target};
use crate::isa::x64::regs::{PINNED_INSTANCE, PINNED_MEMORY};
use crate::mach::mir::{RegClass, VReg};
use crate::mach::patterns::access_log2;

/// Largest distance from a symbol that is folded into a pc-relative field: objects are smaller than the rest of its range.
const MAX_SYMBOL_DISP: i64 = 1 << 28;

/// A memory operand with what its fault means.
pub type Place = (Amode<MReg>, Option<TrapCode>);

/// Place that a load or store accesses.
pub fn access(cx: &mut Cx, data: &InstData) -> Place {
    match data.imm {
        Imm::Mem { mem, offset, .. } => {
            let addr = data.args[0];
            let place = match offset {
                0 => wrapping(cx, mem, addr),
                _ => None,
            };
            let place = place.unwrap_or_else(|| guest(cx, mem, addr, offset));
            (place, Some(TrapCode::MemoryOutOfBounds))
        }
        Imm::Raw { offset, trap, .. } => (native(cx, data.args[0], i64::from(offset)), trap),
        Imm::Object { offset, trap, .. } => (
            object(cx, data, offset),
            trap.then_some(TrapCode::NullReference),
        ),
        _ => data.wrong_imm(),
    }
}

/// `object + offset`, and the index of an element times its size. References are the addresses of objects. The index is a clean i32 below the length.
fn object(cx: &mut Cx, data: &InstData, offset: u32) -> Amode<MReg> {
    let mut base = Base::Reg(MReg::V(cx.reg(data.args[0])));
    let index = match data.op {
        Op::GcLoadElem | Op::GcStoreElem => Some(data.args[1]),
        _ => None,
    };
    let log2 = access_log2(data) as u8;
    let (mut disp, mut scaled) = (i64::from(offset), None);
    if let Some(index) = index {
        match cx.const_bits(index) {
            Some(bits) if (u64::from(bits as u32) << log2) < MAX_ELEMENT_DISP => {
                disp += i64::from(bits as u32) << log2;
            }
            _ if log2 <= 3 => scaled = Some((MReg::V(cx.reg(index)), log2)),
            // Of a vector, twice a half of it.
            _ => {
                let half = Some((MReg::V(cx.reg(index)), 3));
                let sum = cx.temp(RegClass::Int);
                let first = Amode {
                    base,
                    index: half,
                    disp: 0,
                    guest: false,
                };
                cx.emit(Inst::row(Form::Lea64, &[reg(sum), Arg::Mem(first)]));
                (base, scaled) = (Base::Reg(MReg::V(sum)), half);
            }
        }
    }
    let disp = i32::try_from(disp).expect("objects are smaller");
    Amode {
        base,
        index: scaled,
        disp,
        guest: false,
    }
}

/// Constant distances of elements that go into the field of an address mode.
const MAX_ELEMENT_DISP: u64 = 1 << 30;

/// Place that a `memory_addr` points to.
pub fn guest_address(cx: &mut Cx, data: &InstData) -> Amode<MReg> {
    match data.imm {
        Imm::Memory(mem) => guest(cx, mem, data.args[0], 0),
        _ => data.wrong_imm(),
    }
}

/// A sum or shift of 32 bits that only this access uses, and that the processor computes with it.
fn wrapping(cx: &mut Cx, mem: MemId, addr: Value) -> Option<Amode<MReg>> {
    let is_fixed = matches!(cx.program.memories[mem].base, MemBase::Fixed);
    if !is_fixed || cx.ty(addr) != Type::I32 || !cx.is_single_use(addr) {
        return None;
    }
    let inst = cx.pure_def(addr)?;
    let amode = match cx.inst(inst).op {
        Op::Add => lea(cx, inst)?,
        Op::Shl => match scaled(cx, addr) {
            (_, 0) => return None,
            (value, shift) => Amode {
                base: Base::None,
                index: Some((MReg::V(cx.reg(value)), shift)),
                disp: 0,
                guest: false,
            },
        },
        _ => return None,
    };
    Some(Amode {
        guest: true,
        ..amode
    })
}

fn guest(cx: &mut Cx, mem: MemId, addr: Value, offset: u64) -> Amode<MReg> {
    debug_assert!(offset <= u64::from(u32::MAX));
    let base = cx.program.memories[mem].base;
    let (start, pinned) = match base {
        MemBase::Fixed => (FIXED_BASE, None),
        MemBase::Pinned => (0, Some(MReg::P(PINNED_MEMORY))),
        MemBase::Value | MemBase::Checked => panic!("access to a {base:?} memory was not expanded"),
    };
    let (index, distance) = match cx.const_bits(addr) {
        Some(bits) if cx.ty(addr) == Type::I32 => (None, start + offset + u64::from(bits as u32)),
        Some(bits) => (None, (start + offset).wrapping_add(bits)),
        None => (Some(MReg::V(cx.reg(addr))), start + offset),
    };
    let (index, disp) = match (i32::try_from(distance), index) {
        (Ok(disp), index) => (index, disp),
        (Err(_), None) => (Some(MReg::V(wide_constant(cx, distance))), 0),
        (Err(_), Some(index)) => {
            let distance = wide_constant(cx, distance);
            if pinned.is_none() {
                return Amode {
                    base: Base::Reg(MReg::V(distance)),
                    index: Some((index, 0)),
                    disp: 0,
                    guest: false,
                };
            }
            let sum = cx.temp(RegClass::Int);
            let both = Amode {
                base: Base::Reg(MReg::V(distance)),
                index: Some((index, 0)),
                disp: 0,
                guest: false,
            };
            cx.emit(Inst::row(Form::Lea64, &[reg(sum), Arg::Mem(both)]));
            (Some(MReg::V(sum)), 0)
        }
    };
    match (pinned, index) {
        (Some(base), index) => Amode {
            base: Base::Reg(base),
            index: index.map(|i| (i, 0)),
            disp,
            guest: false,
        },
        (None, Some(index)) => Amode {
            base: Base::Reg(index),
            index: None,
            disp,
            guest: false,
        },
        (None, None) => Amode {
            base: Base::None,
            index: None,
            disp,
            guest: false,
        },
    }
}

fn wide_constant(cx: &mut Cx, bits: u64) -> VReg {
    let dst = cx.temp(RegClass::Int);
    constant(cx, dst, Type::I64, bits);
    dst
}

/// `pointer + offset`.
pub fn native(cx: &mut Cx, pointer: Value, offset: i64) -> Amode<MReg> {
    let mut sum = Sum {
        disp: offset,
        ..Sum::default()
    };
    sum.add_pointer(cx, pointer);
    sum.amode(cx)
}

/// Terms of a native address, not yet in registers.
#[derive(Default)]
struct Sum {
    base: Option<Term>,
    index: Option<(Value, u8)>,
    disp: i64,
}

/// A base.
#[derive(Clone, Copy)]
enum Term {
    Value(Value),
    Fixed(Base<MReg>),
}

impl Sum {
    fn add_pointer(&mut self, cx: &Cx, pointer: Value) {
        let value = Some(Term::Value(pointer));
        let Some(inst) = cx.pure_def(pointer) else {
            self.base = value;
            return;
        };
        let data = cx.inst(inst);
        match (data.op, &data.imm) {
            (Op::PtrAdd, _) => {
                let saved = (self.index, self.disp);
                if self.add_distance(cx, data.args[1]) {
                    self.add_pointer(cx, data.args[0]);
                } else {
                    (self.index, self.disp) = saved;
                    self.base = value;
                }
            }
            (Op::SymbolAddr, &Imm::Symbol { symbol, offset }) => {
                self.add_symbol(value, symbol, offset);
            }
            (Op::InstanceAddr, &Imm::Module(module)) => match cx.program.instance_base(module) {
                InstanceBase::Symbol => self.add_symbol(value, Symbol::Instance(module), 0),
                InstanceBase::Pinned(distance) => {
                    self.disp += i64::from(distance);
                    self.base = Some(Term::Fixed(Base::Reg(MReg::P(PINNED_INSTANCE))));
                }
            },
            (Op::MemoryAddr, &Imm::Memory(mem)) => {
                if !self.add_memory(cx, mem, data.args[0]) {
                    self.base = value;
                }
            }
            (Op::SlotAddr, &Imm::Slot(slot)) => self.base = Some(Term::Fixed(Base::Slot(slot))),
            _ => self.base = value,
        }
    }

    /// Adds a guest address and the base of its memory; false where there is no room.
    fn add_memory(&mut self, cx: &Cx, mem: MemId, addr: Value) -> bool {
        let fits = |disp: &i64| i32::try_from(*disp).is_ok();
        let constant = cx.const_bits(addr).map(|bits| bits as i64);
        match (cx.program.memories[mem].base, constant) {
            (MemBase::Fixed, None) => {
                let disp = self.disp.checked_add(FIXED_BASE as i64);
                let Some(disp) = disp.filter(fits) else {
                    return false;
                };
                self.disp = disp;
                self.base = Some(Term::Value(addr));
            }
            (MemBase::Fixed, Some(constant)) if self.index.is_none() => {
                let start = constant.checked_add(FIXED_BASE as i64);
                let disp = start.and_then(|start| self.disp.checked_add(start));
                let Some(disp) = disp.filter(fits) else {
                    return false;
                };
                self.disp = disp;
                self.base = None;
            }
            (MemBase::Pinned, None) if self.index.is_none() => {
                self.index = Some((addr, 0));
                self.base = Some(Term::Fixed(Base::Reg(MReg::P(PINNED_MEMORY))));
            }
            (MemBase::Pinned, Some(constant)) => {
                let disp = self.disp.checked_add(constant);
                let Some(disp) = disp.filter(fits) else {
                    return false;
                };
                self.disp = disp;
                self.base = Some(Term::Fixed(Base::Reg(MReg::P(PINNED_MEMORY))));
            }
            _ => return false,
        }
        true
    }

    /// A symbol is pc-relative, which leaves no room for an index.
    fn add_symbol(&mut self, value: Option<Term>, symbol: Symbol, offset: i64) {
        let disp = self.disp.saturating_add(offset);
        if self.index.is_none() && disp.unsigned_abs() < MAX_SYMBOL_DISP as u64 {
            self.disp = disp;
            self.base = Some(Term::Fixed(Base::Rip(Target::Symbol(symbol))));
        } else {
            self.base = value;
        }
    }

    /// Adds an i64 distance; false where it does not fit beside what is there.
    fn add_distance(&mut self, cx: &Cx, distance: Value) -> bool {
        if let Some(bits) = cx.const_bits(distance) {
            let disp = self.disp.checked_add(bits as i64);
            if let Some(disp) = disp.filter(|&d| i32::try_from(d).is_ok()) {
                self.disp = disp;
                return true;
            }
        }
        if self.index.is_some() {
            return false;
        }
        self.index = Some(scaled(cx, distance));
        true
    }

    fn amode(self, cx: &mut Cx) -> Amode<MReg> {
        let base = match self.base {
            None => Base::None,
            Some(Term::Fixed(base)) => base,
            Some(Term::Value(value)) => Base::Reg(MReg::V(cx.reg(value))),
        };
        let index = self
            .index
            .map(|(value, shift)| (MReg::V(cx.reg(value)), shift));
        let disp = i32::try_from(self.disp).expect("native offset within 32 bits");
        Amode {
            base,
            index,
            disp,
            guest: false,
        }
    }
}

/// A value as `value << shift`, shift at most 3.
fn scaled(cx: &Cx, value: Value) -> (Value, u8) {
    if let Some(inst) = cx.pure_def(value)
        && cx.inst(inst).op == Op::Shl
        && let Some(shift @ 0..=3) = cx.const_bits(cx.inst(inst).args[1])
    {
        return (cx.inst(inst).args[0], shift as u8);
    }
    (value, 0)
}

/// Integer sums as an address computation for `lea`: `x + (y << k) + c` in the width of the type. The terms of i32 sums are exact because
/// `lea` with a 32-bit destination keeps the low 32 bits only, and writes a clean register. None where `lea` is not better than `add`.
pub fn lea(cx: &mut Cx, inst: crate::ir::Inst) -> Option<Amode<MReg>> {
    let data = cx.inst(inst);
    let mut terms: [Option<(Value, u8)>; 2] = [None; 2];
    let mut disp = 0i64;
    if !collect(cx, data.args[0], data.ty, &mut terms, &mut disp)
        || !collect(cx, data.args[1], data.ty, &mut terms, &mut disp)
    {
        terms = [None; 2];
        disp = 0;
        if !leaf(cx, data.args[0], data.ty, &mut terms, &mut disp)
            || !leaf(cx, data.args[1], data.ty, &mut terms, &mut disp)
        {
            return None;
        }
    }
    let disp = match data.ty {
        Type::I32 => disp as i32,
        _ => i32::try_from(disp).ok()?,
    };
    let (base, index) = match (terms[0], terms[1]) {
        (Some((a, 0)), None) => (a, None),
        (Some((a, 0)), Some(b)) => (a, Some(b)),
        (Some(a), Some((b, 0))) => (b, Some(a)),
        _ => return None,
    };
    let base = Base::Reg(MReg::V(cx.reg(base)));
    let index = index.map(|(value, shift)| (MReg::V(cx.reg(value)), shift));
    Some(Amode {
        base,
        index,
        disp,
        guest: false,
    })
}

/// Adds a term of a sum; looks through sums that only this one uses.
fn collect(
    cx: &Cx,
    value: Value,
    ty: Type,
    terms: &mut [Option<(Value, u8)>; 2],
    disp: &mut i64,
) -> bool {
    if let Some(inst) = cx.pure_def(value)
        && cx.inst(inst).op == Op::Add
        && cx.is_single_use(value)
    {
        let args = &cx.inst(inst).args;
        let (a, b) = (args[0], args[1]);
        return leaf(cx, a, ty, terms, disp) && leaf(cx, b, ty, terms, disp);
    }
    leaf(cx, value, ty, terms, disp)
}

fn leaf(
    cx: &Cx,
    value: Value,
    ty: Type,
    terms: &mut [Option<(Value, u8)>; 2],
    disp: &mut i64,
) -> bool {
    if let Some(bits) = cx.const_bits(value) {
        let addend = match ty {
            Type::I32 => i64::from(bits as i32),
            _ => bits as i64,
        };
        *disp = disp.wrapping_add(addend);
        return ty == Type::I32 || i32::try_from(*disp).is_ok();
    }
    let mut term = (value, 0);
    if let Some(inst) = cx.pure_def(value)
        && cx.inst(inst).op == Op::Shl
        && let Some(shift @ 1..=3) = cx.const_bits(cx.inst(inst).args[1])
    {
        term = (cx.inst(inst).args[0], shift as u8);
    }
    // Only one of two terms can be scaled.
    match terms {
        [slot @ None, _] => *slot = Some(term),
        [Some((_, scale)), slot @ None] => {
            if *scale != 0 && term.1 != 0 {
                term = (value, 0);
            }
            *slot = Some(term);
        }
        [Some(_), Some(_)] => return false,
    }
    true
}
