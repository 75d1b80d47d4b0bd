//! Loads and stores.

use super::addr::access;
use super::fold::reg_or_zero;
use super::rows::{Cx, reg};
use super::vector::lanes;
use crate::ir::{self, Access, Type};
use crate::isa::a64::insts::Form;
use crate::isa::a64::mir::Inst;
use crate::mach::patterns::{access_kind, access_log2, low_part, typed_bits};

/// `load`, `raw_load`. A load that may trap is done even if nothing uses its result.
pub fn load(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let form = match (data.ty, access_kind(data)) {
        (Type::I32 | Type::Gc, Access::Full) | (Type::I64, Access::U32) => Form::Ldr32,
        (Type::I64 | Type::Ref | Type::Ptr, Access::Full) => Form::Ldr64,
        (Type::I32 | Type::I64, Access::U8) => Form::Ldrb,
        (Type::I32 | Type::I64, Access::U16) => Form::Ldrh,
        (Type::I32, Access::S8) => Form::Ldrsb32,
        (Type::I32, Access::S16) => Form::Ldrsh32,
        (Type::I64, Access::S8) => Form::Ldrsb64,
        (Type::I64, Access::S16) => Form::Ldrsh64,
        (Type::I64, Access::S32) => Form::Ldrsw,
        (Type::F32, Access::Full) => Form::LdrS,
        (Type::F64, Access::Full) => Form::LdrD,
        (Type::V128, Access::Full) => Form::LdrQ,
        (ty, kind) => panic!("load of {ty} as {kind:?}"),
    };
    let (place, trap) = access(cx, data, access_log2(data) as u8);
    let value = cx.result_value(inst, 0);
    let dst = reg(cx.dst(value));
    cx.emit(Inst::row_trap(form, &[dst, place], trap));
}

/// By log2 of the bytes written.
const STORE: [Form; 4] = [Form::Strb, Form::Strh, Form::Str32, Form::Str64];

/// `store`, `raw_store`. Zero is stored from the zero register, be it an integer or a float.
pub fn store(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let log2 = access_log2(data);
    let value = data.args[data.args.len() - 1];
    if lanes::store(cx, inst) {
        return;
    }
    let (form, value) = match data.ty {
        Type::F32 | Type::F64 if typed_bits(cx, value) == Some(0) => {
            (STORE[log2], reg_or_zero(cx, value))
        }
        Type::F32 => (Form::StrS, reg(cx.reg(value))),
        Type::F64 => (Form::StrD, reg(cx.reg(value))),
        Type::I32 | Type::I64 | Type::Ref | Type::Gc | Type::Ptr => {
            let value = low_part(cx, value, log2);
            (STORE[log2], reg_or_zero(cx, value))
        }
        Type::V128 => (Form::StrQ, reg(cx.reg(value))),
    };
    let (place, trap) = access(cx, data, log2 as u8);
    cx.emit(Inst::row_trap(form, &[value, place], trap));
}
