//! Calls, entries, returns.

use super::abi::{FAR_INSTANCE, call_abi};
use super::insts::Form;
use super::lower::{Cx, reg, row, sink};
use super::mir::{Call, CallTarget, Inst, MReg};
use super::operand::{Amode, Arg, Base, Target};
use super::regs::{PINNED_INSTANCE, PINNED_MEMORY};
use crate::abi;
use crate::ir::{
    self, Callee, Conv, Imm, MemBase, Op, Place, Signature, Symbol, Type, Value, World,
};
use crate::mach::isa::{ArgLoc, CallAbi};
use crate::mach::mir::{PReg, RegClass, VReg};
use std::mem::offset_of;

/// Stores a value of this type into a stack slot of 8 bytes.
fn store_slot(cx: &mut Cx, base: Base<MReg>, at: u32, ty: Type, value: VReg) {
    let form = match ty {
        Type::I32 | Type::I64 | Type::Ref | Type::Ptr => Form::MovMR64,
        Type::F32 => Form::MovsMXS,
        Type::F64 => Form::MovsMXD,
        Type::V128 => panic!("vector argument"),
    };
    let place = Arg::Mem(Amode::based(base, at as i32));
    row(cx, form, &[place, reg(value)]);
}

/// Loads a value from a stack slot. The upper half of an i32's slot is not trusted.
fn load_slot(cx: &mut Cx, base: Base<MReg>, at: u32, ty: Type, dst: VReg) {
    let form = match ty {
        Type::I32 => Form::MovRRm32,
        Type::I64 | Type::Ref | Type::Ptr => Form::MovRRm64,
        Type::F32 => Form::MovsXMS,
        Type::F64 => Form::MovsXMD,
        Type::V128 => panic!("vector argument"),
    };
    let place = Arg::Mem(Amode::based(base, at as i32));
    row(cx, form, &[reg(dst), place]);
}

/// Any call.
pub fn call(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    match (data.op, &data.imm) {
        (Op::Call, &Imm::Func(func)) => {
            let sig = cx.program.signature(func);
            let target = CallTarget::Symbol(Symbol::Func(func));
            emit_call(cx, inst, Conv::Wasm, &sig, target, &data.args, None);
        }
        (Op::CallSymbol, Imm::CallSymbol { callee, sig }) => {
            let (symbol, conv) = match *callee {
                Callee::Func(func) => (Symbol::Func(func), Conv::Wasm),
                Callee::Import(func) => (Symbol::Func(func), Conv::C),
                Callee::Runtime(function) => (Symbol::Runtime(function), Conv::C),
            };
            let target = CallTarget::Symbol(symbol);
            emit_call(cx, inst, conv, sig, target, &data.args, None);
        }
        (Op::CallPtr, &Imm::CallPtr { conv, sig }) => {
            let sig = cx.program.types[sig].signature();
            let target = code_pointer(cx, data.args[0]);
            let (instance, args) = match conv {
                Conv::Far => (Some(data.args[1]), &data.args[2..]),
                Conv::Wasm | Conv::C => (None, &data.args[1..]),
            };
            emit_call(cx, inst, conv, &sig, target, args, instance);
        }
        (op, imm) => panic!("call {op:?} {imm:?}"),
    }
}

/// The code pointer of a call: in memory, if its load can be part of the call and cannot fault.
fn code_pointer(cx: &mut Cx, code: Value) -> CallTarget {
    if let Some(load) = cx.sinkable(code)
        && let Imm::Raw { trap: None, .. } = cx.inst(load).imm
        && let (Arg::Mem(place), None) = sink(cx, load)
    {
        return CallTarget::Mem(place);
    }
    CallTarget::Ptr(cx.reg(code))
}

fn emit_call(
    cx: &mut Cx,
    inst: ir::Inst,
    conv: Conv,
    sig: &Signature,
    target: CallTarget,
    values: &[Value],
    instance: Option<Value>,
) {
    let abi = call_abi(sig);
    assert_eq!(values.len(), abi.params.len(), "arguments of a call");
    cx.need_outgoing(abi.stack);
    let mut args = Vec::with_capacity(values.len() + 1);
    for ((&value, &loc), &ty) in values.iter().zip(&abi.params).zip(&sig.params) {
        let vreg = cx.reg(value);
        match loc {
            ArgLoc::Reg(at) => args.push((vreg, at)),
            ArgLoc::Stack(at) => store_slot(cx, Base::Outgoing, at, ty, vreg),
        }
    }
    if let Some(instance) = instance {
        args.push((cx.reg(instance), FAR_INSTANCE));
    }
    let after = results(cx, inst, conv, sig, &abi);
    cx.emit(Inst::Call(Box::new(Call {
        target,
        args,
        results: after.regs,
        clobbers: abi.clobbers,
    })));
    for (dst, src) in after.extend {
        row(cx, Form::MovRRm32, &[reg(dst), reg(src)]);
    }
    for (dst, at, ty) in after.loads {
        load_slot(cx, Base::Outgoing, at, ty, dst);
    }
}

/// How the results of a call that are used reach their registers.
#[derive(Default)]
struct Results {
    regs: Vec<(VReg, PReg)>,
    /// 32-bit results whose upper half is not trusted: into, from.
    extend: Vec<(VReg, VReg)>,
    /// From the stack.
    loads: Vec<(VReg, u32, Type)>,
}

fn results(cx: &mut Cx, inst: ir::Inst, conv: Conv, sig: &Signature, abi: &CallAbi) -> Results {
    let mut after = Results::default();
    for (n, (&loc, &ty)) in abi.results.iter().zip(&sig.results).enumerate() {
        let value = cx.result_value(inst, n as u32);
        if !cx.is_used(value) {
            continue;
        }
        let dst = cx.dst(value);
        match loc {
            ArgLoc::Reg(at) if conv == Conv::C && ty == Type::I32 => {
                let raw = cx.temp(RegClass::Int);
                after.regs.push((raw, at));
                after.extend.push((dst, raw));
            }
            ArgLoc::Reg(at) => after.regs.push((dst, at)),
            ArgLoc::Stack(at) => after.loads.push((dst, at, ty)),
        }
    }
    after
}

/// Entry of a function: pinned registers, then parameters.
pub fn entry(cx: &mut Cx, params: &[Option<VReg>]) {
    let func = cx.func;
    let abi = call_abi(&func.sig);
    let mut arriving = Vec::with_capacity(params.len() + 1);
    let mut extend = Vec::new();
    let mut loads = Vec::new();
    let mut instance = None;
    for (n, (&loc, &ty)) in abi.params.iter().zip(&func.sig.params).enumerate() {
        let is_instance = n == 0 && func.conv == Conv::C;
        let dst = match params[n] {
            Some(dst) => dst,
            None if is_instance => cx.temp(RegClass::Int),
            None => continue,
        };
        if is_instance {
            instance = Some(dst);
        }
        match loc {
            ArgLoc::Reg(at) if func.conv == Conv::C && ty == Type::I32 => {
                let raw = cx.temp(RegClass::Int);
                arriving.push((raw, at));
                extend.push((dst, raw));
            }
            ArgLoc::Reg(at) => arriving.push((dst, at)),
            ArgLoc::Stack(at) => loads.push((dst, at, ty)),
        }
    }
    if func.conv == Conv::Far {
        let vreg = cx.temp(RegClass::Int);
        arriving.push((vreg, FAR_INSTANCE));
        instance = Some(vreg);
    }
    cx.emit(Inst::Params(arriving));
    match func.conv {
        Conv::Wasm => {}
        Conv::C | Conv::Far => {
            set_pinned(cx, instance.expect("the instance is the first parameter"));
        }
    }
    for (dst, src) in extend {
        row(cx, Form::MovRRm32, &[reg(dst), reg(src)]);
    }
    for (dst, at, ty) in loads {
        load_slot(cx, Base::Incoming, at, ty, dst);
    }
}

/// Sets the pinned registers where control comes from outside.
fn set_pinned(cx: &mut Cx, instance: VReg) {
    let pinned_instance = MReg::P(PINNED_INSTANCE);
    let base = Arg::Reg(MReg::P(PINNED_MEMORY));
    let open = cx.program.world == World::Open;
    if open {
        row(
            cx,
            Form::MovRRm64,
            &[Arg::Reg(pinned_instance), reg(instance)],
        );
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

/// `return`.
pub fn ret(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let sig = &cx.func.sig;
    let abi = call_abi(sig);
    let mut values = Vec::with_capacity(data.args.len());
    for ((&value, &loc), &ty) in data.args.iter().zip(&abi.results).zip(&sig.results) {
        let vreg = cx.reg(value);
        match loc {
            ArgLoc::Reg(at) => values.push((vreg, at)),
            ArgLoc::Stack(at) => store_slot(cx, Base::Incoming, at, ty, vreg),
        }
    }
    cx.emit(Inst::Ret(values));
}
