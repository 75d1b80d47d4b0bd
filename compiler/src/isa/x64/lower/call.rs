//! Calls, entries, returns: the rows for what `mach::call` asks.

use super::fold::sink;
use super::rows::{Cx, reg, row};
use crate::abi;
use crate::ir::{Imm, InstanceBase, MemBase, Place, Symbol, Type, Value, World};
use crate::isa::x64::insts::Form;
use crate::isa::x64::mir::{MReg, Pointer};
use crate::isa::x64::operand::{Amode, Arg, Base, Target};
use crate::isa::x64::regs::{PINNED_INSTANCE, PINNED_MEMORY};
use crate::mach::call::Area;
use crate::mach::mir::VReg;
use std::mem::offset_of;

fn base(area: Area) -> Base<MReg> {
    match area {
        Area::Incoming => Base::Incoming,
        Area::Outgoing => Base::Outgoing,
    }
}

/// Stores a value of this type into a stack slot of 8 bytes, or 16.
pub fn store_stack(cx: &mut Cx, area: Area, at: u32, ty: Type, value: VReg) {
    let form = match ty {
        Type::I32 | Type::I64 | Type::Ref | Type::Gc | Type::Ptr => Form::MovMR64,
        Type::F32 => Form::MovsMXS,
        Type::F64 => Form::MovsMXD,
        Type::V128 => Form::MovupsM,
    };
    let place = Arg::Mem(Amode::based(base(area), at as i32));
    row(cx, form, &[place, reg(value)]);
}

/// Loads a value from a stack slot. The upper half of a slot of 32 bits is not trusted.
pub fn load_stack(cx: &mut Cx, area: Area, at: u32, ty: Type, dst: VReg) {
    let form = match ty {
        Type::I32 | Type::Gc => Form::MovRRm32,
        Type::I64 | Type::Ref | Type::Ptr => Form::MovRRm64,
        Type::F32 => Form::MovsXMS,
        Type::F64 => Form::MovsXMD,
        Type::V128 => Form::Movups,
    };
    let place = Arg::Mem(Amode::based(base(area), at as i32));
    row(cx, form, &[reg(dst), place]);
}

/// The code pointer of a call: in memory, if its load can be part of the call and cannot fault.
pub fn code_pointer(cx: &mut Cx, code: Value) -> Pointer {
    if let Some(load) = cx.sinkable(code)
        && let Imm::Raw { trap: None, .. } = cx.inst(load).imm
        && let (Arg::Mem(place), None) = sink(cx, load)
    {
        return Pointer::Mem(place);
    }
    Pointer::Reg(cx.reg(code))
}

/// Sets the pinned registers where control comes from outside.
pub fn set_pinned(cx: &mut Cx, instance: VReg) {
    let pinned_instance = MReg::P(PINNED_INSTANCE);
    let base = Arg::Reg(MReg::P(PINNED_MEMORY));
    let open = cx.program.world == World::Open;
    let module = cx.program.funcs.get(cx.func.id).map(|decl| decl.module);
    match module.map(|module| cx.program.instance_base(module)) {
        Some(InstanceBase::Pinned(distance)) => {
            let block = Amode::reg(MReg::V(instance), -(distance as i32));
            let args = [Arg::Reg(pinned_instance), Arg::Mem(block)];
            match distance {
                0 => row(cx, Form::MovRRm64, &[args[0], reg(instance)]),
                _ => row(cx, Form::Lea64, &args),
            }
        }
        Some(InstanceBase::Symbol) | None => {}
    }
    let Some(memory) = cx.program.primary_memory() else {
        return;
    };
    let memory = &cx.program.memories[memory];
    if memory.base != MemBase::Pinned {
        return;
    }
    if open {
        let memory0 = offset_of!(abi::Instance, memory0) as i32;
        let place = Amode::reg(pinned_instance, memory0);
        row(cx, Form::MovRRm64, &[base, Arg::Mem(place)]);
        let field = offset_of!(abi::Memory, base) as i32;
        let place = Amode::reg(MReg::P(PINNED_MEMORY), field);
        row(cx, Form::MovRRm64, &[base, Arg::Mem(place)]);
    } else {
        let Place::Own(offset) = memory.place else {
            panic!("closed world with a memory behind a pointer")
        };
        let symbol = Target::Symbol(Symbol::Instance(memory.module));
        let at = offset as i32 + offset_of!(abi::Memory, base) as i32;
        let place = Amode::based(Base::Rip(symbol), at);
        row(cx, Form::MovRRm64, &[base, Arg::Mem(place)]);
    }
}
