//! Loads and stores.

use super::addr::{access, guest_address};
use super::fold::stored_constant;
use super::rows::{Cx, reg, row_trap};
use super::vector::lanes;
use crate::abi::TrapCode;
use crate::ir::{self, Access, InstData, Op, Type, Value};
use crate::isa::x64::insts::Form;
use crate::isa::x64::mir::{Inst, MReg};
use crate::isa::x64::operand::Arg;
use crate::mach::patterns::{access_kind, access_log2, low_part};

/// `memory_addr`.
pub fn address(cx: &mut Cx, inst: ir::Inst) {
    let place = guest_address(cx, cx.inst(inst));
    let dst = cx.dst(cx.result_value(inst, 0));
    cx.emit(Inst::row(Form::Lea64, &[reg(dst), Arg::Mem(place)]));
}

/// `load`, `raw_load`. A load that may trap is done even if nothing uses its result.
pub fn load(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let form = match (data.ty, access_kind(data)) {
        (Type::I32 | Type::Gc, Access::Full) | (Type::I64, Access::U32) => Form::MovRRm32,
        (Type::I64 | Type::Ref | Type::Ptr, Access::Full) => Form::MovRRm64,
        (Type::I32 | Type::I64, Access::U8) => Form::MovzxR32Rm8,
        (Type::I32 | Type::I64, Access::U16) => Form::MovzxR32Rm16,
        (Type::I32, Access::S8) => Form::MovsxR32Rm8,
        (Type::I32, Access::S16) => Form::MovsxR32Rm16,
        (Type::I64, Access::S8) => Form::MovsxR64Rm8,
        (Type::I64, Access::S16) => Form::MovsxR64Rm16,
        (Type::I64, Access::S32) => Form::MovsxdR64Rm32,
        (Type::F32, Access::Full) => Form::MovsXMS,
        (Type::F64, Access::Full) => Form::MovsXMD,
        (Type::V128, Access::Full) => Form::Movups,
        (ty, kind) => panic!("load of {ty} as {kind:?}"),
    };
    let (place, trap) = access(cx, data);
    let dst = cx.dst(cx.result_value(inst, 0));
    row_trap(cx, form, &[reg(dst), Arg::Mem(place)], trap);
}

const STORE: [Form; 4] = [Form::MovMR8, Form::MovMR16, Form::MovMR32, Form::MovMR64];
const STORE_IMM: [Form; 4] = [Form::MovMI8, Form::MovMI16, Form::MovMI32, Form::MovMI64];

/// `store`, `raw_store`.
pub fn store(cx: &mut Cx, inst: ir::Inst) {
    let data = cx.inst(inst);
    let value = data.args[data.args.len() - 1];
    let width = access_log2(data);
    if lanes::store(cx, data, width) {
        return;
    }
    let float = match data.ty {
        Type::F32 => Some(Form::MovsMXS),
        Type::F64 => Some(Form::MovsMXD),
        Type::V128 => Some(Form::MovupsM),
        Type::I32 | Type::I64 | Type::Ref | Type::Gc | Type::Ptr => None,
    };
    if let Some(form) = float {
        let value = cx.reg(value);
        let (place, trap) = access(cx, data);
        return row_trap(cx, form, &[Arg::Mem(place), reg(value)], trap);
    }
    if modify(cx, data, width) {
        return;
    }
    if let Some(bits) = stored_constant(cx, value, width) {
        let (place, trap) = access(cx, data);
        let args = [Arg::Mem(place), Arg::Imm(bits)];
        return cx.emit(Inst::row_trap(STORE_IMM[width], &args, trap));
    }
    let value = cx.reg(low_part(cx, value, width));
    let (place, trap) = access(cx, data);
    let args = [Arg::Mem(place), reg(value)];
    cx.emit(Inst::row_trap(STORE[width], &args, trap));
}

/// `*p = *p op x` as one instruction, if the load may move to the store and nothing else needs its value. Both are then the same place in
/// the same width, so the one fault stands for both.
fn modify(cx: &mut Cx, data: &InstData, width: usize) -> bool {
    let value = data.args[data.args.len() - 1];
    if !cx.is_single_use(value) {
        return false;
    }
    let Some(op_inst) = cx.pure_def(value) else {
        return false;
    };
    let op = cx.inst(op_inst);
    let (with_reg, with_imm): ([Form; 4], [Form; 4]) = match op.op {
        Op::Add => (
            [Form::AddMR8, Form::AddMR16, Form::AddMR32, Form::AddMR64],
            [
                Form::AddRmI8,
                Form::AddRmI16,
                Form::AddRmI32,
                Form::AddRmI64,
            ],
        ),
        Op::Sub => (
            [Form::SubMR8, Form::SubMR16, Form::SubMR32, Form::SubMR64],
            [
                Form::SubRmI8,
                Form::SubRmI16,
                Form::SubRmI32,
                Form::SubRmI64,
            ],
        ),
        Op::And => (
            [Form::AndMR8, Form::AndMR16, Form::AndMR32, Form::AndMR64],
            [
                Form::AndRmI8,
                Form::AndRmI16,
                Form::AndRmI32,
                Form::AndRmI64,
            ],
        ),
        Op::Or => (
            [Form::OrMR8, Form::OrMR16, Form::OrMR32, Form::OrMR64],
            [Form::OrRmI8, Form::OrRmI16, Form::OrRmI32, Form::OrRmI64],
        ),
        Op::Xor => (
            [Form::XorMR8, Form::XorMR16, Form::XorMR32, Form::XorMR64],
            [
                Form::XorRmI8,
                Form::XorRmI16,
                Form::XorRmI32,
                Form::XorRmI64,
            ],
        ),
        _ => return false,
    };
    let commutes = op.op != Op::Sub;
    let (load, other) = if is_same_place(cx, op.args[0], data, width) {
        (op.args[0], op.args[1])
    } else if commutes && is_same_place(cx, op.args[1], data, width) {
        (op.args[1], op.args[0])
    } else {
        return false;
    };
    let load = cx.sinkable(load).expect("just found");
    cx.sink(load);
    // A store to an object that the load has tested for null does not trap.
    let traps = matches!(cx.inst(load).imm, ir::Imm::Object { trap: true, .. });
    let operand = match stored_constant(cx, other, width) {
        Some(bits) => Arg::Imm(bits),
        None => reg(cx.reg(other)),
    };
    let form = match operand {
        Arg::Imm(_) => with_imm[width],
        _ => with_reg[width],
    };
    let (place, trap) = access(cx, data);
    let trap = trap.or(traps.then_some(TrapCode::NullReference));
    let args: [Arg<MReg>; 2] = [Arg::Mem(place), operand];
    cx.emit(Inst::row_trap(form, &args, trap));
    true
}

/// Whether the value is a load, which may be sunk, of the place that `store` writes.
fn is_same_place(cx: &Cx, value: Value, store: &InstData, width: usize) -> bool {
    let Some(load) = cx.sinkable(value) else {
        return false;
    };
    let load = cx.inst(load);
    let same_kind = matches!(
        (load.op, store.op),
        (Op::Load, Op::Store)
            | (Op::RawLoad, Op::RawStore)
            | (Op::GcLoad, Op::GcStore)
            | (Op::GcLoadElem, Op::GcStoreElem)
    );
    let same_place = match (&load.imm, &store.imm) {
        (
            &ir::Imm::Mem {
                mem: m, offset: o, ..
            },
            &ir::Imm::Mem { mem, offset, .. },
        ) => m == mem && o == offset,
        (
            &ir::Imm::Raw {
                offset: o, trap: t, ..
            },
            &ir::Imm::Raw { offset, trap, .. },
        ) => o == offset && t == trap,
        (&ir::Imm::Object { offset: o, .. }, &ir::Imm::Object { offset, .. }) => o == offset,
        _ => false,
    };
    let place = &store.args[..store.args.len() - 1];
    same_kind && same_place && load.args[..] == *place && load_width(load) == Some(width)
}

fn load_width(load: &InstData) -> Option<usize> {
    load.ty.is_int().then(|| access_log2(load))
}
