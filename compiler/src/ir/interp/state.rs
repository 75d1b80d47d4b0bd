//! What is mutable in a running program, and values as slots of 64 bits.

use super::Stop;
use crate::abi::TrapCode;
use crate::entity::{Arena, EntityId};
use crate::ir::eval::mask;
use crate::ir::program::{
    DataId, ElemId, FuncId, GlobalId, MemId, ModuleId, Place, Program, RtFn, TableId, TagId,
};
use crate::ir::types::{Access, Type};
use std::collections::HashMap;

/// Bytes beyond which a memory refuses to grow, which the standard permits.
pub const MAX_MEMORY: u64 = 1 << 32;
/// Elements beyond which a table refuses to grow, which the standard permits.
pub const MAX_TABLE: u64 = 10_000_000;

/// Everything mutable in a running program.
#[derive(Clone, Debug)]
pub struct State {
    pub memories: Arena<MemId, Vec<u8>>,
    pub globals: Arena<GlobalId, u128>,
    pub tables: Arena<TableId, Vec<u64>>,
    pub dropped_datas: Arena<DataId, bool>,
    pub dropped_elems: Arena<ElemId, bool>,
    /// Every exception that was thrown; a reference is the index plus one.
    pub exceptions: Vec<(TagId, Vec<u128>)>,
    /// Objects.
    pub heap: Vec<u8>,
    /// Items of segments that were computed, by their places in instances ([`instance_ptr`]).
    pub computed: HashMap<u64, u64>,
    /// Instructions that may still be executed.
    pub fuel: u64,
}

impl State {
    /// The state before any `init` function runs.
    pub fn new(program: &Program, fuel: u64) -> Self {
        let mut memories: Arena<MemId, Vec<u8>> = program
            .memories
            .values()
            .map(|m| vec![0; m.min_bytes().min(MAX_MEMORY) as usize])
            .collect();
        let mut globals: Arena<GlobalId, u128> = program
            .globals
            .values()
            .map(|g| g.constant.unwrap_or(0))
            .collect();
        for (_, module) in program.modules.iter() {
            for image in &module.images {
                let start = image.dst as usize;
                memories[image.memory][start..start + image.bytes.len()]
                    .copy_from_slice(&image.bytes);
            }
        }
        for (id, global) in program.globals.iter() {
            let Place::Own(at) = global.place else {
                continue;
            };
            for (start, bytes) in &program.modules[global.module].template {
                let ty = global.ty.ir();
                let len = ty.bytes().max(8) as usize;
                let cell = (at as usize)
                    .checked_sub(*start as usize)
                    .and_then(|i| bytes.get(i..i + len));
                if let Some(cell) = cell {
                    globals[id] = bits(cell) & wide_mask(ty);
                }
            }
        }
        State {
            memories,
            globals,
            tables: program
                .tables
                .values()
                .map(|t| vec![0; t.min as usize])
                .collect(),
            dropped_datas: program.datas.values().map(|_| false).collect(),
            dropped_elems: program.elems.values().map(|_| false).collect(),
            exceptions: Vec::new(),
            heap: Vec::new(),
            computed: HashMap::new(),
            fuel,
        }
    }

    /// The bytes at a guest address.
    ///
    /// # Errors
    /// Out of bounds.
    pub fn bytes(&mut self, mem: MemId, start: u64, len: u64) -> Result<&mut [u8], Stop> {
        range(&mut self.memories[mem], start, len).ok_or(TrapCode::MemoryOutOfBounds.into())
    }
}

/// Little-endian bytes, at most 16.
pub fn bits(bytes: &[u8]) -> u128 {
    let mut wide = [0; 16];
    wide[..bytes.len()].copy_from_slice(bytes);
    u128::from_le_bytes(wide)
}

/// Low bits that a value of the type uses.
pub fn wide_mask(ty: Type) -> u128 {
    match ty {
        Type::V128 => u128::MAX,
        Type::I32 | Type::I64 | Type::F32 | Type::F64 | Type::Ref | Type::Gc | Type::Ptr => {
            u128::from(mask(ty))
        }
    }
}

/// Values from slots, as far as those go.
pub fn from_slots(types: &[Type], slots: &[u64]) -> Vec<u128> {
    let mut slots = slots.iter().map(|&slot| u128::from(slot));
    types
        .iter()
        .map_while(|&ty| match ty {
            Type::V128 => Some(slots.next()? | slots.next()? << 64),
            Type::I32 | Type::I64 | Type::F32 | Type::F64 | Type::Ref | Type::Gc | Type::Ptr => {
                slots.next()
            }
        })
        .collect()
}

/// Values as slots.
pub fn to_slots(types: &[Type], values: &[u128]) -> Vec<u64> {
    let mut slots = Vec::with_capacity(values.len());
    for (&ty, &value) in types.iter().zip(values) {
        slots.push(value as u64);
        if ty == Type::V128 {
            slots.push((value >> 64) as u64);
        }
    }
    slots
}

pub fn range<T>(items: &mut [T], start: u64, len: u64) -> Option<&mut [T]> {
    let end = start.checked_add(len)?;
    items.get_mut(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
}

/// What imported functions do: `(state, function, arguments) -> results`, in slots.
pub type Host<'a> = dyn FnMut(&mut State, FuncId, &[u64]) -> Result<Vec<u64>, Stop> + 'a;

/// What the runtime's functions do, as [`Host`]. Pointers into the instance of a module are [`instance_ptr`].
pub type Runtime<'a> = dyn FnMut(&mut State, RtFn, &[u64]) -> Result<Vec<u64>, Stop> + 'a;

/// What stands for a pointer into the instance of a module.
pub fn instance_ptr(module: ModuleId, offset: i64) -> u64 {
    (u64::from(module.as_u32()) + 1) << 32 | offset as u64
}

/// The value that a load makes of the bytes.
pub fn load(bytes: &[u8], ty: Type, access: Access) -> u128 {
    let bits = bits(bytes);
    let extended = match access {
        Access::Full | Access::U8 | Access::U16 | Access::U32 => return bits,
        Access::S8 => bits as i8 as u64,
        Access::S16 => bits as i16 as u64,
        Access::S32 => bits as i32 as u64,
    };
    u128::from(extended & mask(ty))
}
