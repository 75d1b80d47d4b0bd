//! Operations on memories, tables and segments.

use super::state::{MAX_MEMORY, MAX_TABLE, instance_ptr, load, range};
use super::{Interp, Stop};
use crate::abi::TrapCode;
use crate::entity::EntityId;
use crate::ir::InstData;
use crate::ir::imm::Imm;
use crate::ir::op::Op;
use crate::ir::program::{ElemId, ElemItems, FuncId, MemId};
use crate::ir::types::Access;

impl Interp<'_> {
    /// Writes what is in bounds of a vector store that is about to trap.
    pub(super) fn tear(&mut self, mem: MemId, start: u64, value: u128) {
        let memory = &mut self.state.memories[mem];
        let inside = (memory.len() as u64).saturating_sub(start);
        if (1..16).contains(&inside) {
            self.met_torn = true;
            if self.tears {
                let (start, inside) = (start as usize, inside as usize);
                memory[start..].copy_from_slice(&value.to_le_bytes()[..inside]);
            }
        }
    }

    /// An atomic access, there being one thread: whoever would wait for another has timed out at once, or would wait for ever.
    pub(super) fn atomic(
        &mut self,
        data: &InstData,
        (mem, access, offset): (MemId, Access, u64),
        args: &[u64],
    ) -> Result<Option<u64>, Stop> {
        let bytes = u64::from(access.bytes(data.ty));
        let shared = self.program.memories[mem].shared;
        if data.op == Op::AtomicWait && !shared {
            return Err(TrapCode::ExpectedSharedMemory.into());
        }
        if !args[0].wrapping_add(offset).is_multiple_of(bytes) {
            return Err(TrapCode::UnalignedAtomic.into());
        }
        let address = args[0].checked_add(offset);
        let address = address.ok_or(TrapCode::MemoryOutOfBounds)?;
        let cell = self.state.bytes(mem, address, bytes)?;
        let old = load(cell, data.ty, access) as u64;
        let width = u64::MAX >> (64 - 8 * bytes);
        let operand = args.get(1).map_or(0, |bits| bits & width);
        let new = match data.op {
            Op::AtomicLoad => old,
            Op::AtomicStore | Op::AtomicXchg => operand,
            Op::AtomicAdd => old.wrapping_add(operand),
            Op::AtomicSub => old.wrapping_sub(operand),
            Op::AtomicAnd => old & operand,
            Op::AtomicOr => old | operand,
            Op::AtomicXor => old ^ operand,
            Op::AtomicCmpxchg if old == operand => args[2],
            Op::AtomicCmpxchg => old,
            Op::AtomicWait if old != operand => return Ok(Some(1)),
            Op::AtomicWait if (args[2] as i64) < 0 => {
                return Err(Stop::Unsupported("waiting for ever".to_string()));
            }
            Op::AtomicWait => return Ok(Some(2)),
            Op::AtomicNotify => return Ok(Some(0)),
            op => return Err(Stop::Unsupported(op.name().to_string())),
        };
        cell.copy_from_slice(&new.to_le_bytes()[..bytes as usize]);
        Ok((data.op != Op::AtomicStore).then_some(old))
    }

    pub(super) fn memory_op(
        &mut self,
        op: Op,
        imm: &Imm,
        args: &[u64],
    ) -> Result<Option<u64>, Stop> {
        let arg = |i: usize| args[i];
        let state = &mut self.state;
        match (op, imm) {
            (Op::MemorySize, Imm::Memory(mem)) => {
                let shift = self.program.memories[*mem].page_log2;
                return Ok(Some(state.memories[*mem].len() as u64 >> shift));
            }
            (Op::MemoryGrow, Imm::Memory(mem)) => {
                let (memory, decl) = (&mut state.memories[*mem], &self.program.memories[*mem]);
                let old = memory.len() as u64 >> decl.page_log2;
                let limit = decl.page_limit().min(MAX_MEMORY >> decl.page_log2);
                let Some(new) = old.checked_add(arg(0)).filter(|new| *new <= limit) else {
                    return Ok(Some(u64::MAX));
                };
                memory.resize((new << decl.page_log2) as usize, 0);
                return Ok(Some(old));
            }
            (Op::MemoryFill, Imm::Memory(mem)) => {
                state.bytes(*mem, arg(0), arg(2))?.fill(args[1] as u8);
            }
            (Op::MemoryCopy, Imm::MemoryPair { dst, src }) => {
                let bytes = state.bytes(*src, arg(1), arg(2))?.to_vec();
                state.bytes(*dst, arg(0), arg(2))?.copy_from_slice(&bytes);
            }
            (Op::MemoryInit, Imm::MemoryInit { mem, data }) => {
                let all: &[u8] = match state.dropped_datas[*data] {
                    true => &[],
                    false => &self.program.datas[*data].bytes,
                };
                let end = arg(1).saturating_add(arg(2)) as usize;
                let bytes = all
                    .get(arg(1) as usize..end)
                    .ok_or(TrapCode::MemoryOutOfBounds)?;
                state.bytes(*mem, arg(0), arg(2))?.copy_from_slice(bytes);
            }
            (Op::MemoryPlace, Imm::MemoryInit { mem, data }) => {
                let mut rest = &self.program.datas[*data].bytes[..];
                while let Some(([dst, len], after)) = words(rest) {
                    let (bytes, after) = after.split_at(len as usize);
                    let dst = dst.wrapping_add(args[0] as u32);
                    state
                        .bytes(*mem, dst.into(), len.into())?
                        .copy_from_slice(bytes);
                    rest = after;
                }
            }
            (Op::DataDrop, Imm::Data(data)) => state.dropped_datas[*data] = true,
            (op, imm) => return Err(Stop::Unsupported(format!("{} {imm:?}", op.name()))),
        }
        Ok(None)
    }

    /// The items of a segment: none once it was dropped.
    pub(super) fn segment(&self, elem: ElemId) -> Result<Vec<u64>, Stop> {
        let decl = &self.program.elems[elem];
        match &decl.items {
            _ if self.state.dropped_elems[elem] => Ok(Vec::new()),
            ElemItems::Funcs(funcs) => Ok(references(funcs)),
            &ElemItems::Computed { offset, count } => {
                let place = |i: u32| instance_ptr(decl.module, (offset + 8 * i).into());
                let item = |i: u32| self.state.computed.get(&place(i)).copied().unwrap_or(0);
                Ok((0..count).map(item).collect())
            }
            ElemItems::List(_) => Err(Stop::Unsupported("a list of segments".to_string())),
        }
    }

    pub(super) fn table_op(
        &mut self,
        op: Op,
        imm: &Imm,
        args: &[u64],
    ) -> Result<Option<u64>, Stop> {
        let arg = |i: usize| args[i];
        let outside = Stop::Trap(TrapCode::TableOutOfBounds);
        let tables = &mut self.state.tables;
        match (op, imm) {
            (Op::TableGet, Imm::Table(table)) => {
                return tables[*table]
                    .get(arg(0) as usize)
                    .copied()
                    .ok_or(outside)
                    .map(Some);
            }
            (Op::TableSet, Imm::Table(table)) => {
                *tables[*table].get_mut(arg(0) as usize).ok_or(outside)? = args[1];
            }
            (Op::TableSize, Imm::Table(table)) => return Ok(Some(tables[*table].len() as u64)),
            (Op::TableGrow, Imm::Table(table)) => {
                let old = tables[*table].len() as u64;
                let max = self.program.tables[*table]
                    .max
                    .unwrap_or(u64::from(u32::MAX));
                let limit = max.min(MAX_TABLE);
                let Some(new) = old.checked_add(arg(1)).filter(|new| *new <= limit) else {
                    return Ok(Some(u64::MAX));
                };
                tables[*table].resize(new as usize, args[0]);
                return Ok(Some(old));
            }
            (Op::TableFill, Imm::Table(table)) => {
                range(&mut tables[*table], arg(0), arg(2))
                    .ok_or(outside)?
                    .fill(args[1]);
            }
            (Op::TableCopy, Imm::TablePair { dst, src }) => {
                let items = range(&mut tables[*src], arg(1), arg(2)).map(|r| r.to_vec());
                let items = items.ok_or(outside.clone())?;
                range(&mut tables[*dst], arg(0), arg(2))
                    .ok_or(outside)?
                    .copy_from_slice(&items);
            }
            (Op::TableInit, Imm::TableInit { table, elem }) => {
                let items = self.segment(*elem)?;
                let end = arg(1).saturating_add(arg(2)) as usize;
                let items = items.get(arg(1) as usize..end).ok_or(outside.clone())?;
                range(&mut self.state.tables[*table], arg(0), arg(2))
                    .ok_or(outside)?
                    .copy_from_slice(items);
            }
            (Op::TablePlace, Imm::TableInit { table, elem }) => {
                let ElemItems::List(parts) = &self.program.elems[*elem].items else {
                    return Err(Stop::Unsupported("no list".to_string()));
                };
                for part in parts {
                    let items = references(&part.funcs);
                    let dst = part.dst.wrapping_add(args[0] as u32);
                    range(&mut tables[*table], dst.into(), items.len() as u64)
                        .ok_or(outside.clone())?
                        .copy_from_slice(&items);
                }
            }
            (Op::ElemDrop, Imm::Elem(elem)) => self.state.dropped_elems[*elem] = true,
            (op, imm) => return Err(Stop::Unsupported(format!("{} {imm:?}", op.name()))),
        }
        Ok(None)
    }
}

/// Function references of a segment.
fn references(funcs: &[Option<FuncId>]) -> Vec<u64> {
    let reference = |f: FuncId| u64::from(f.as_u32()) + 1;
    funcs.iter().map(|f| f.map_or(0, reference)).collect()
}

/// Two words in front of the rest.
fn words(bytes: &[u8]) -> Option<([u32; 2], &[u8])> {
    let (first, rest) = bytes.split_first_chunk::<4>()?;
    let (second, rest) = rest.split_first_chunk::<4>()?;
    Some(([first, second].map(|w| u32::from_le_bytes(*w)), rest))
}
