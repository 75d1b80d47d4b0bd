//! Atomic operators (threads proposal).

use crate::ir::{Access, Imm, Op, Type};
use crate::wasm::translate::Translator;
use wasmparser::{MemArg, Operator};

/// See the module.
pub fn translate(t: &mut Translator, op: &Operator) -> bool {
    use Access::{Full, U8, U16, U32};
    use Type::{I32, I64};
    match *op {
        Operator::AtomicFence { .. } => {
            t.b.emit(Op::AtomicFence, I32, Imm::None, &[], &[]);
        }
        Operator::MemoryAtomicWait32 { memarg } => wait(t, I32, memarg),
        Operator::MemoryAtomicWait64 { memarg } => wait(t, I64, memarg),
        Operator::MemoryAtomicNotify { memarg } => {
            let (addr, count) = t.pop2();
            let imm = place(t, Full, memarg);
            let inst = t.b.emit(Op::AtomicNotify, I32, imm, &[addr, count], &[I32]);
            t.push(t.b.result(inst));
        }
        Operator::I32AtomicLoad { memarg } => load(t, I32, Full, memarg),
        Operator::I32AtomicLoad8U { memarg } => load(t, I32, U8, memarg),
        Operator::I32AtomicLoad16U { memarg } => load(t, I32, U16, memarg),
        Operator::I64AtomicLoad { memarg } => load(t, I64, Full, memarg),
        Operator::I64AtomicLoad8U { memarg } => load(t, I64, U8, memarg),
        Operator::I64AtomicLoad16U { memarg } => load(t, I64, U16, memarg),
        Operator::I64AtomicLoad32U { memarg } => load(t, I64, U32, memarg),
        Operator::I32AtomicStore { memarg } => store(t, I32, Full, memarg),
        Operator::I32AtomicStore8 { memarg } => store(t, I32, U8, memarg),
        Operator::I32AtomicStore16 { memarg } => store(t, I32, U16, memarg),
        Operator::I64AtomicStore { memarg } => store(t, I64, Full, memarg),
        Operator::I64AtomicStore8 { memarg } => store(t, I64, U8, memarg),
        Operator::I64AtomicStore16 { memarg } => store(t, I64, U16, memarg),
        Operator::I64AtomicStore32 { memarg } => store(t, I64, U32, memarg),
        Operator::I32AtomicRmwAdd { memarg } => modify(t, Op::AtomicAdd, I32, Full, memarg),
        Operator::I32AtomicRmw8AddU { memarg } => modify(t, Op::AtomicAdd, I32, U8, memarg),
        Operator::I32AtomicRmw16AddU { memarg } => modify(t, Op::AtomicAdd, I32, U16, memarg),
        Operator::I64AtomicRmwAdd { memarg } => modify(t, Op::AtomicAdd, I64, Full, memarg),
        Operator::I64AtomicRmw8AddU { memarg } => modify(t, Op::AtomicAdd, I64, U8, memarg),
        Operator::I64AtomicRmw16AddU { memarg } => modify(t, Op::AtomicAdd, I64, U16, memarg),
        Operator::I64AtomicRmw32AddU { memarg } => modify(t, Op::AtomicAdd, I64, U32, memarg),
        Operator::I32AtomicRmwSub { memarg } => modify(t, Op::AtomicSub, I32, Full, memarg),
        Operator::I32AtomicRmw8SubU { memarg } => modify(t, Op::AtomicSub, I32, U8, memarg),
        Operator::I32AtomicRmw16SubU { memarg } => modify(t, Op::AtomicSub, I32, U16, memarg),
        Operator::I64AtomicRmwSub { memarg } => modify(t, Op::AtomicSub, I64, Full, memarg),
        Operator::I64AtomicRmw8SubU { memarg } => modify(t, Op::AtomicSub, I64, U8, memarg),
        Operator::I64AtomicRmw16SubU { memarg } => modify(t, Op::AtomicSub, I64, U16, memarg),
        Operator::I64AtomicRmw32SubU { memarg } => modify(t, Op::AtomicSub, I64, U32, memarg),
        Operator::I32AtomicRmwAnd { memarg } => modify(t, Op::AtomicAnd, I32, Full, memarg),
        Operator::I32AtomicRmw8AndU { memarg } => modify(t, Op::AtomicAnd, I32, U8, memarg),
        Operator::I32AtomicRmw16AndU { memarg } => modify(t, Op::AtomicAnd, I32, U16, memarg),
        Operator::I64AtomicRmwAnd { memarg } => modify(t, Op::AtomicAnd, I64, Full, memarg),
        Operator::I64AtomicRmw8AndU { memarg } => modify(t, Op::AtomicAnd, I64, U8, memarg),
        Operator::I64AtomicRmw16AndU { memarg } => modify(t, Op::AtomicAnd, I64, U16, memarg),
        Operator::I64AtomicRmw32AndU { memarg } => modify(t, Op::AtomicAnd, I64, U32, memarg),
        Operator::I32AtomicRmwOr { memarg } => modify(t, Op::AtomicOr, I32, Full, memarg),
        Operator::I32AtomicRmw8OrU { memarg } => modify(t, Op::AtomicOr, I32, U8, memarg),
        Operator::I32AtomicRmw16OrU { memarg } => modify(t, Op::AtomicOr, I32, U16, memarg),
        Operator::I64AtomicRmwOr { memarg } => modify(t, Op::AtomicOr, I64, Full, memarg),
        Operator::I64AtomicRmw8OrU { memarg } => modify(t, Op::AtomicOr, I64, U8, memarg),
        Operator::I64AtomicRmw16OrU { memarg } => modify(t, Op::AtomicOr, I64, U16, memarg),
        Operator::I64AtomicRmw32OrU { memarg } => modify(t, Op::AtomicOr, I64, U32, memarg),
        Operator::I32AtomicRmwXor { memarg } => modify(t, Op::AtomicXor, I32, Full, memarg),
        Operator::I32AtomicRmw8XorU { memarg } => modify(t, Op::AtomicXor, I32, U8, memarg),
        Operator::I32AtomicRmw16XorU { memarg } => modify(t, Op::AtomicXor, I32, U16, memarg),
        Operator::I64AtomicRmwXor { memarg } => modify(t, Op::AtomicXor, I64, Full, memarg),
        Operator::I64AtomicRmw8XorU { memarg } => modify(t, Op::AtomicXor, I64, U8, memarg),
        Operator::I64AtomicRmw16XorU { memarg } => modify(t, Op::AtomicXor, I64, U16, memarg),
        Operator::I64AtomicRmw32XorU { memarg } => modify(t, Op::AtomicXor, I64, U32, memarg),
        Operator::I32AtomicRmwXchg { memarg } => modify(t, Op::AtomicXchg, I32, Full, memarg),
        Operator::I32AtomicRmw8XchgU { memarg } => modify(t, Op::AtomicXchg, I32, U8, memarg),
        Operator::I32AtomicRmw16XchgU { memarg } => modify(t, Op::AtomicXchg, I32, U16, memarg),
        Operator::I64AtomicRmwXchg { memarg } => modify(t, Op::AtomicXchg, I64, Full, memarg),
        Operator::I64AtomicRmw8XchgU { memarg } => modify(t, Op::AtomicXchg, I64, U8, memarg),
        Operator::I64AtomicRmw16XchgU { memarg } => modify(t, Op::AtomicXchg, I64, U16, memarg),
        Operator::I64AtomicRmw32XchgU { memarg } => modify(t, Op::AtomicXchg, I64, U32, memarg),
        Operator::I32AtomicRmwCmpxchg { memarg } => exchange(t, I32, Full, memarg),
        Operator::I32AtomicRmw8CmpxchgU { memarg } => exchange(t, I32, U8, memarg),
        Operator::I32AtomicRmw16CmpxchgU { memarg } => exchange(t, I32, U16, memarg),
        Operator::I64AtomicRmwCmpxchg { memarg } => exchange(t, I64, Full, memarg),
        Operator::I64AtomicRmw8CmpxchgU { memarg } => exchange(t, I64, U8, memarg),
        Operator::I64AtomicRmw16CmpxchgU { memarg } => exchange(t, I64, U16, memarg),
        Operator::I64AtomicRmw32CmpxchgU { memarg } => exchange(t, I64, U32, memarg),
        _ => return false,
    }
    true
}

fn place(t: &Translator, access: Access, memarg: MemArg) -> Imm {
    Imm::Mem {
        mem: super::memory::target(t, memarg),
        access,
        offset: memarg.offset,
    }
}

fn load(t: &mut Translator, ty: Type, access: Access, memarg: MemArg) {
    let addr = t.pop();
    let imm = place(t, access, memarg);
    let inst = t.b.emit(Op::AtomicLoad, ty, imm, &[addr], &[ty]);
    t.push(t.b.result(inst));
}

fn store(t: &mut Translator, ty: Type, access: Access, memarg: MemArg) {
    let (addr, value) = t.pop2();
    let imm = place(t, access, memarg);
    t.b.emit(Op::AtomicStore, ty, imm, &[addr, value], &[]);
}

fn modify(t: &mut Translator, op: Op, ty: Type, access: Access, memarg: MemArg) {
    let (addr, value) = t.pop2();
    let imm = place(t, access, memarg);
    let inst = t.b.emit(op, ty, imm, &[addr, value], &[ty]);
    t.push(t.b.result(inst));
}

fn exchange(t: &mut Translator, ty: Type, access: Access, memarg: MemArg) {
    let (addr, expected, new) = t.pop3();
    let imm = place(t, access, memarg);
    let args = [addr, expected, new];
    let inst = t.b.emit(Op::AtomicCmpxchg, ty, imm, &args, &[ty]);
    t.push(t.b.result(inst));
}

fn wait(t: &mut Translator, ty: Type, memarg: MemArg) {
    let (addr, expected, timeout) = t.pop3();
    let imm = place(t, Access::Full, memarg);
    let args = [addr, expected, timeout];
    let inst = t.b.emit(Op::AtomicWait, ty, imm, &args, &[Type::I32]);
    t.push(t.b.result(inst));
}
