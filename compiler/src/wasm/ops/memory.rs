//! Memory operators (core spec 4.4.7).

use crate::ir::{Access, DataId, Imm, MemId, Op, Type};
use crate::wasm::translate::Translator;
use wasmparser::{MemArg, MemArgTarget, Operator};

/// See the module.
pub fn translate(t: &mut Translator, op: &Operator) -> bool {
    use Access::{Full, S8, S16, S32, U8, U16, U32};
    use Type::{F32, F64, I32, I64};
    match *op {
        Operator::I32Load { memarg } => load(t, I32, Full, memarg),
        Operator::I64Load { memarg } => load(t, I64, Full, memarg),
        Operator::F32Load { memarg } => load(t, F32, Full, memarg),
        Operator::F64Load { memarg } => load(t, F64, Full, memarg),
        Operator::I32Load8S { memarg } => load(t, I32, S8, memarg),
        Operator::I32Load8U { memarg } => load(t, I32, U8, memarg),
        Operator::I32Load16S { memarg } => load(t, I32, S16, memarg),
        Operator::I32Load16U { memarg } => load(t, I32, U16, memarg),
        Operator::I64Load8S { memarg } => load(t, I64, S8, memarg),
        Operator::I64Load8U { memarg } => load(t, I64, U8, memarg),
        Operator::I64Load16S { memarg } => load(t, I64, S16, memarg),
        Operator::I64Load16U { memarg } => load(t, I64, U16, memarg),
        Operator::I64Load32S { memarg } => load(t, I64, S32, memarg),
        Operator::I64Load32U { memarg } => load(t, I64, U32, memarg),
        Operator::I32Store { memarg } => store(t, I32, Full, memarg),
        Operator::I64Store { memarg } => store(t, I64, Full, memarg),
        Operator::F32Store { memarg } => store(t, F32, Full, memarg),
        Operator::F64Store { memarg } => store(t, F64, Full, memarg),
        Operator::I32Store8 { memarg } => store(t, I32, U8, memarg),
        Operator::I32Store16 { memarg } => store(t, I32, U16, memarg),
        Operator::I64Store8 { memarg } => store(t, I64, U8, memarg),
        Operator::I64Store16 { memarg } => store(t, I64, U16, memarg),
        Operator::I64Store32 { memarg } => store(t, I64, U32, memarg),
        Operator::MemorySize { mem } => {
            let mem = memory(t, mem);
            let ty = t.program.memories[mem].address;
            if t.program.memories[mem].shared {
                // Other threads may grow it at any time, which must be seen even by a loop that does nothing else: so it is an
                // access that nothing shares or moves.
                let none = t.b.constant(ty, 0);
                let inst =
                    t.b.emit(Op::MemoryGrow, ty, Imm::Memory(mem), &[none], &[ty]);
                t.push(t.b.result(inst));
                return true;
            }
            let inst = t.b.emit(Op::MemorySize, ty, Imm::Memory(mem), &[], &[ty]);
            t.push(t.b.result(inst));
        }
        Operator::MemoryGrow { mem } => {
            let mem = memory(t, mem);
            let ty = t.program.memories[mem].address;
            let delta = t.pop();
            let inst =
                t.b.emit(Op::MemoryGrow, ty, Imm::Memory(mem), &[delta], &[ty]);
            t.push(t.b.result(inst));
        }
        Operator::MemoryFill { mem } => {
            let imm = Imm::Memory(memory(t, mem));
            bulk(t, Op::MemoryFill, imm);
        }
        Operator::MemoryCopy { dst_mem, src_mem } => {
            let (dst, src) = (memory(t, dst_mem), memory(t, src_mem));
            bulk(t, Op::MemoryCopy, Imm::MemoryPair { dst, src });
        }
        Operator::MemoryInit { data_index, mem } => {
            let mem = memory(t, mem);
            let data = data_segment(t, data_index);
            bulk(t, Op::MemoryInit, Imm::MemoryInit { mem, data });
        }
        Operator::DataDrop { data_index } => {
            let imm = Imm::Data(data_segment(t, data_index));
            t.b.emit(Op::DataDrop, I32, imm, &[], &[]);
        }
        _ => return false,
    }
    true
}

fn memory(t: &Translator, index: u32) -> MemId {
    t.module.memories[index as usize]
}

/// The memory that an access names.
pub fn target(t: &Translator, memarg: MemArg) -> MemId {
    match memarg.target {
        MemArgTarget::Memory(index) => memory(t, index),
        MemArgTarget::Array(_) => unreachable!("an access to an array without that proposal"),
    }
}

fn load(t: &mut Translator, ty: Type, access: Access, memarg: MemArg) {
    let mem = target(t, memarg);
    let addr = t.pop();
    let value = t.b.load(ty, access, mem, addr, memarg.offset);
    t.push(value);
}

fn store(t: &mut Translator, ty: Type, access: Access, memarg: MemArg) {
    let mem = target(t, memarg);
    let (addr, value) = t.pop2();
    t.b.store(ty, access, mem, addr, value, memarg.offset);
}

/// An operator with three operands and no result.
fn bulk(t: &mut Translator, op: Op, imm: Imm) {
    let (a, b, c) = t.pop3();
    t.b.emit(op, Type::I32, imm, &[a, b, c], &[]);
}

/// A segment that code names.
fn data_segment(t: &Translator, index: u32) -> DataId {
    t.module.data_indices[index as usize].expect("a segment that code names")
}
