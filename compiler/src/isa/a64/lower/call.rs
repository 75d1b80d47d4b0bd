//! Calls, entries, returns: the rows for what `mach::call` asks.

use super::rows::{Cx, constant, preg, reg, row};
use crate::abi;
use crate::ir::{InstanceBase, MemBase, Place, Symbol, Type, World};
use crate::isa::a64::insts::Form;
use crate::isa::a64::mir::MReg;
use crate::isa::a64::operand::{Amode, Arg, Base};
use crate::isa::a64::regs::{PINNED_INSTANCE, PINNED_MEMORY, SCRATCH};
use crate::mach::call::Area;
use crate::mach::mir::VReg;
use std::mem::offset_of;

fn place(area: Area, at: u32) -> Arg<MReg> {
    let base = match area {
        Area::Incoming => Base::Incoming,
        Area::Outgoing => Base::Outgoing,
    };
    Arg::Mem(Amode::based(base, at as i32))
}

/// Stores a value of this type, in its own width.
pub fn store_stack(cx: &mut Cx, area: Area, at: u32, ty: Type, value: VReg) {
    let form = match ty {
        Type::I32 | Type::Gc => Form::Str32,
        Type::I64 | Type::Ref | Type::Ptr => Form::Str64,
        Type::F32 => Form::StrS,
        Type::F64 => Form::StrD,
        Type::V128 => Form::StrQ,
    };
    row(cx, form, &[reg(value), place(area, at)]);
}

/// Loads a value of this type.
pub fn load_stack(cx: &mut Cx, area: Area, at: u32, ty: Type, dst: VReg) {
    let form = match ty {
        Type::I32 | Type::Gc => Form::Ldr32,
        Type::I64 | Type::Ref | Type::Ptr => Form::Ldr64,
        Type::F32 => Form::LdrS,
        Type::F64 => Form::LdrD,
        Type::V128 => Form::LdrQ,
    };
    row(cx, form, &[reg(dst), place(area, at)]);
}

/// Sets the pinned registers where control comes from outside.
pub fn set_pinned(cx: &mut Cx, instance: VReg) {
    let open = cx.program.world == World::Open;
    let module = cx.program.funcs.get(cx.func.id).map(|decl| decl.module);
    match module.map(|module| cx.program.instance_base(module)) {
        Some(InstanceBase::Pinned(0)) => {
            row(cx, Form::Mov64, &[preg(PINNED_INSTANCE), reg(instance)]);
        }
        Some(InstanceBase::Pinned(distance)) => {
            let distance = constant(cx, distance.into());
            let args = [preg(PINNED_INSTANCE), reg(instance), reg(distance)];
            row(cx, Form::Sub64, &args);
        }
        Some(InstanceBase::Symbol) | None => {}
    }
    let Some(memory) = cx.program.primary_memory() else {
        return;
    };
    let memory = &cx.program.memories[memory];
    let base = preg(PINNED_MEMORY);
    match memory.base {
        MemBase::Value | MemBase::Checked => panic!("primary memory without a base"),
        MemBase::Fixed => {
            const _: () = assert!(abi::FIXED_BASE & 0xffff == 0 && abi::FIXED_BASE >> 32 == 0);
            let upper = Arg::Imm((abi::FIXED_BASE >> 16) as i64);
            row(cx, Form::Movz32, &[base, upper, Arg::Imm(16)]);
        }
        MemBase::Pinned if open => {
            let memory0 = offset_of!(abi::Instance, memory0) as i32;
            let place = Amode::reg(MReg::P(PINNED_INSTANCE), memory0);
            row(cx, Form::Ldr64, &[base, Arg::Mem(place)]);
            let field = offset_of!(abi::Memory, base) as i32;
            let place = Amode::reg(MReg::P(PINNED_MEMORY), field);
            row(cx, Form::Ldr64, &[base, Arg::Mem(place)]);
        }
        MemBase::Pinned => {
            let Place::Own(offset) = memory.place else {
                panic!("closed world with a memory behind a pointer")
            };
            let place = Amode::Low {
                base: MReg::P(SCRATCH),
                symbol: Symbol::Instance(memory.module),
                addend: i64::from(offset) + offset_of!(abi::Memory, base) as i64,
            };
            row(cx, Form::Ldr64, &[base, Arg::Mem(place)]);
        }
    }
}
