//! Objects of the collector in the interpreter: laid out as in native code, in bytes of which none is ever given back.

use super::state::load;
use super::{Interp, Stop};
use crate::abi::{GcType, TrapCode};
use crate::entity::EntityId;
use crate::ir::InstData;
use crate::ir::deftype::OBJECT_HEADER;
use crate::ir::deftype::{
    ARRAY_ELEMENTS, ARRAY_LENGTH, Composite, HEADER_TYPE, OBJECT_ALIGN, Types,
};
use crate::ir::imm::Imm;
use crate::ir::op::Op;
use crate::ir::program::{DataId, ElemId, FuncId, SigId};
use crate::ir::types::{Access, Type};

/// The address of the first object.
const FIRST: u64 = 0x1_0000;
/// Marks an external reference that is one to an object.
const INTERNAL: u64 = 1 << 63;
/// Where an object of the host has its value.
const HOST_VALUE: u64 = GcType::HOST_VALUE as u64;

/// Bytes of an element.
fn element_bytes(types: &Types, ty: SigId) -> u64 {
    match &types.def(ty).composite {
        Composite::Array(element) => element.storage.bytes().into(),
        Composite::Func(_) | Composite::Struct(_) | Composite::Cont(_) => {
            unreachable!("elements of no array")
        }
    }
}

impl Interp<'_> {
    pub(super) fn object(&mut self, address: u64, len: u64) -> Result<&mut [u8], Stop> {
        let start = address.checked_sub(FIRST);
        let bytes = start.and_then(|start| {
            let (start, end) = (start as usize, (start + len) as usize);
            self.state.heap.get_mut(start..end)
        });
        bytes.ok_or_else(|| Stop::Unsupported(format!("an object at {address:#x}")))
    }

    fn word(&mut self, address: u64) -> Result<u32, Stop> {
        let bytes = self.object(address, 4)?;
        Ok(load(bytes, Type::I32, Access::Full) as u32)
    }

    pub(super) fn allocate(&mut self, number: u32, bytes: u64) -> Result<u64, Stop> {
        let heap = &mut self.state.heap;
        let start = heap.len() as u64;
        let bytes = bytes.next_multiple_of(OBJECT_ALIGN.into());
        if start.saturating_add(bytes) > self.heap_limit {
            return Err(TrapCode::OutOfMemory.into());
        }
        heap.resize((start + bytes) as usize, 0);
        let header = number << HEADER_TYPE;
        heap[start as usize..][..4].copy_from_slice(&header.to_le_bytes());
        Ok(FIRST + start)
    }

    fn new_array(&mut self, ty: SigId, len: u64) -> Result<u64, Stop> {
        let types = &self.program.types;
        let (number, _) = types.numbers(ty);
        let bytes = element_bytes(types, ty);
        let array = self.allocate(number, u64::from(ARRAY_ELEMENTS) + bytes * len)?;
        let length = self.object(array + u64::from(ARRAY_LENGTH), 4)?;
        length.copy_from_slice(&(len as u32).to_le_bytes());
        Ok(array)
    }

    /// Elements of a segment from an index on.
    fn elements(&self, elem: ElemId, from: u64, len: u64) -> Result<Vec<u64>, Stop> {
        let items = self.segment(elem)?;
        let items = items.get(from as usize..(from + len) as usize);
        Ok(items.ok_or(TrapCode::TableOutOfBounds)?.to_vec())
    }

    /// Bytes of a data segment.
    fn data(&self, data: DataId, from: u64, len: u64) -> Result<Vec<u8>, Stop> {
        let all: &[u8] = match self.state.dropped_datas[data] {
            true => &[],
            false => &self.program.datas[data].bytes,
        };
        let bytes = all.get(from as usize..(from + len) as usize);
        Ok(bytes.ok_or(TrapCode::MemoryOutOfBounds)?.to_vec())
    }

    fn write_elements(
        &mut self,
        array: u64,
        bytes: u64,
        at: u64,
        items: &[u64],
    ) -> Result<(), Stop> {
        for (i, item) in items.iter().enumerate() {
            let place = array + u64::from(ARRAY_ELEMENTS) + bytes * (at + i as u64);
            let cell = self.object(place, bytes)?;
            cell.copy_from_slice(&item.to_le_bytes()[..bytes as usize]);
        }
        Ok(())
    }

    /// Whether the test is true for a reference.
    pub(super) fn is_cast(&mut self, data: &InstData, value: u64) -> Result<bool, Stop> {
        let (cast, from) = data.cast();
        if value == 0 {
            assert!(from.null, "null is tested as if it could not be");
            return Ok(cast.null);
        }
        let number = match data.op {
            Op::FuncTest => {
                let func = FuncId::from_u32(value as u32 - 1);
                self.program.types.numbers(self.program.funcs[func].sig).0
            }
            _ if value & 1 != 0 => {
                assert!(from.i31, "a number is tested as if it could not be");
                return Ok(cast.i31);
            }
            _ => self.word(value)? >> HEADER_TYPE,
        };
        Ok(cast.has(number))
    }

    /// An operation on objects; its result, if it has one.
    pub(super) fn object_op(
        &mut self,
        data: &InstData,
        wide: &[u128],
    ) -> Result<Option<u128>, Stop> {
        let arg = |i: usize| wide[i] as u64;
        let word = |i: usize| u64::from(wide[i] as u32);
        let types = &self.program.types;
        match (data.op, &data.imm) {
            (
                Op::GcLoad | Op::GcStore | Op::GcLoadElem | Op::GcStoreElem,
                Imm::Object {
                    access,
                    offset,
                    trap,
                    ..
                },
            ) => {
                if *trap && arg(0) == 0 {
                    return Err(TrapCode::NullReference.into());
                }
                let len = u64::from(access.bytes(data.ty));
                let index = match data.op {
                    Op::GcLoadElem | Op::GcStoreElem => word(1),
                    _ => 0,
                };
                let value = wide[wide.len() - 1];
                let cell = self.object(arg(0) + u64::from(*offset) + index * len, len)?;
                if matches!(data.op, Op::GcLoad | Op::GcLoadElem) {
                    return Ok(Some(load(cell, data.ty, *access)));
                }
                cell.copy_from_slice(&value.to_le_bytes()[..len as usize]);
                Ok(None)
            }
            (Op::GcNew, &Imm::Sig(ty)) => {
                let (number, bytes) = (types.numbers(ty).0, types.layout(ty).bytes);
                let object = self.allocate(number, bytes.max(OBJECT_HEADER).into())?;
                Ok(Some(object.into()))
            }
            (Op::GcNewArray, &Imm::Sig(ty)) => Ok(Some(self.new_array(ty, word(0))?.into())),
            (Op::GcNewData, &Imm::TypeData { ty, data }) => {
                let len = word(1) * element_bytes(types, ty);
                let bytes = self.data(data, word(0), len)?;
                let array = self.new_array(ty, word(1))?;
                self.object(array + u64::from(ARRAY_ELEMENTS), len)?
                    .copy_from_slice(&bytes);
                Ok(Some(array.into()))
            }
            (Op::GcNewElem, &Imm::TypeElem { ty, elem }) => {
                let bytes = element_bytes(types, ty);
                let items = self.elements(elem, word(0), word(1))?;
                let array = self.new_array(ty, word(1))?;
                self.write_elements(array, bytes, 0, &items)?;
                Ok(Some(array.into()))
            }
            (Op::ArrayCopy, &Imm::Sig(ty)) => {
                let bytes = element_bytes(types, ty);
                let place = |array: u64, at: u64| array + u64::from(ARRAY_ELEMENTS) + bytes * at;
                let len = bytes * word(4);
                let from = self.object(place(arg(2), word(3)), len)?.to_vec();
                self.object(place(arg(0), word(1)), len)?
                    .copy_from_slice(&from);
                Ok(None)
            }
            (Op::ArrayInitData, &Imm::TypeData { ty, data }) => {
                let bytes = element_bytes(types, ty);
                let from = self.data(data, word(2), bytes * word(3))?;
                let place = arg(0) + u64::from(ARRAY_ELEMENTS) + bytes * word(1);
                self.object(place, from.len() as u64)?
                    .copy_from_slice(&from);
                Ok(None)
            }
            (Op::ArrayInitElem, &Imm::TypeElem { ty, elem }) => {
                let bytes = element_bytes(types, ty);
                let items = self.elements(elem, word(2), word(3))?;
                self.write_elements(arg(0), bytes, word(1), &items)?;
                Ok(None)
            }
            (Op::AnyConvertExtern, _) => match arg(0) {
                0 => Ok(Some(0)),
                value if value & INTERNAL != 0 => Ok(Some(u128::from(value as u32))),
                value => {
                    let object = self.allocate(types.host_number(), GcType::HOST_BYTES.into())?;
                    self.object(object + HOST_VALUE, 8)?
                        .copy_from_slice(&value.to_le_bytes());
                    Ok(Some(object.into()))
                }
            },
            (Op::ExternConvertAny, _) => match arg(0) {
                0 => Ok(Some(0)),
                value
                    if value & 1 == 0
                        && self.word(value)? >> HEADER_TYPE == types.host_number() =>
                {
                    let bytes = self.object(value + HOST_VALUE, 8)?;
                    Ok(Some(load(bytes, Type::I64, Access::Full)))
                }
                value => Ok(Some((value | INTERNAL).into())),
            },
            (op, imm) => Err(Stop::Unsupported(format!("{} {imm:?}", op.name()))),
        }
    }
}
