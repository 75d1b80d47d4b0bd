//! What the collector must know of the program: types of objects, and where references are outside of the heap. A program that allocates no object has none
//! of it, and does not carry the collector.

use super::Emitter;
use super::section::{Addr, At, record};
use crate::abi;
use crate::entity::EntityId;
use crate::error::Error;
use crate::ir::{
    Composite, DefType, ElemItems, FuncType, ModuleId, Place, Program, RtFn, SigId, Symbol, Type,
    World,
};
use crate::mach::compiled::CompiledFunc;

/// Types, with exceptions by their tags, that headers have room for, but for the few that no module defines.
const MOST_NUMBERS: usize = (1 << (32 - abi::GcType::HEADER_SHIFT)) - 3;

/// Whether a function of the program allocates objects.
pub fn allocates(funcs: &[CompiledFunc]) -> bool {
    let mut relocs = funcs.iter().flat_map(|func| &func.relocs);
    relocs.any(|reloc| match reloc.symbol {
        Symbol::Heap => true,
        Symbol::Runtime(function) => matches!(function, RtFn::GcAllocate | RtFn::GcAllocateArray),
        Symbol::Func(_)
        | Symbol::Instance(_)
        | Symbol::FuncRefs
        | Symbol::Sig(_)
        | Symbol::Counters
        | Symbol::Descriptor => false,
    })
}

/// That headers have room for the numbers of all types and tags, and that the program is of a kind that can have continuations, if it has any.
pub fn check(program: &Program) -> Result<(), Error> {
    check_numbers(program.types.len(), program.tags.len())?;
    if program.types.has_conts() && program.component.has_tasks() {
        return Err(Error::new(
            "continuations of the stack switching proposal are not supported in components with `async` functions or built-ins",
        ));
    }
    Ok(())
}

/// That headers have room for the numbers of so many types and tags.
fn check_numbers(types: usize, tags: usize) -> Result<(), Error> {
    let numbers = types + tags;
    if numbers > MOST_NUMBERS {
        return Err(Error::new(format!(
            "the modules have {numbers} types and tags, of which objects can tell only {MOST_NUMBERS} from each other"
        )));
    }
    Ok(())
}

/// What the collector must know of exceptions with a payload of such types. Adds the offsets of references.
fn exception(payload: &FuncType, is_open: bool, offsets: &mut Vec<u32>) -> (u32, u32, u32, u32) {
    let first = offsets.len() as u32;
    let mut bytes = abi::ExceptionObject::payload(is_open);
    for ty in payload.params.iter().map(|ty| ty.ir()) {
        if ty == Type::Gc {
            offsets.push(bytes);
        }
        bytes += ty.bytes().next_multiple_of(8);
    }
    (
        abi::GcType::STRUCT,
        bytes,
        first,
        offsets.len() as u32 - first,
    )
}

/// Where a reference outside of the heap is: the module in whose instance, and the offset there.
type Cell = (ModuleId, u32);

impl Emitter<'_> {
    /// Writes the descriptor.
    pub fn gc_desc(&mut self) -> Addr {
        let is_open = self.program.world == World::Open;
        let (types, type_count, offsets) = self.object_types();
        let cells = self.reference_cells();
        let cells = self.addresses(&cells);
        let tables = self.program.tables.iter();
        let tables: Vec<Cell> = tables
            .filter(|(_, table)| table.elem.ir() == Type::Gc)
            .filter_map(|(_, table)| self.own_place(table.module, table.place))
            .collect();
        let tables = self.addresses(&tables);
        let at = self.relro.alloc_for::<abi::GcDesc>();
        let slot = self.program.heap_slot();
        let (new_heap, end_heap) = match slot {
            Some(_) if is_open || self.allocates => (
                self.external("wative_gc_new_heap"),
                self.external("wative_gc_end_heap"),
            ),
            _ => (Addr::Null, Addr::Null),
        };
        let cross = match is_open && self.program.types.exceptions_are_objects() {
            true => self.external("wative_gc_cross"),
            false => Addr::Null,
        };
        let config = &self.options.config;
        let mut flags = 0;
        if config.gc_stress {
            flags |= abi::GcDesc::STRESS;
        }
        if config.gc_stats {
            flags |= abi::GcDesc::STATS;
        }
        if is_open {
            flags |= abi::GcDesc::OPEN;
        }
        record!(
            self.relro,
            at,
            GcDesc {
                types: Addr::At(types),
                offsets: Addr::At(offsets),
                cells: cells.0,
                cell_count: cells.1,
                tables: tables.0,
                table_count: tables.1,
                limit: config.heap_limit,
                type_count: type_count,
                flags: flags,
                heap_slot: u64::from(slot.unwrap_or(0)),
                new_heap: new_heap,
                end_heap: end_heap,
                cross: cross,
            }
        );
        Addr::At(at)
    }

    /// Types of objects by number, and the list of their offsets.
    fn object_types(&mut self) -> (At, u32, At) {
        let types = &self.program.types;
        let count = types.data_count();
        let mut by_number: Vec<Option<(SigId, &DefType)>> = vec![None; count as usize];
        for (id, def) in types.iter() {
            let (number, _) = types.numbers(id);
            if def.func().is_none() && def.cont().is_none() {
                by_number[number as usize] = Some((id, def));
            }
        }
        let mut offsets: Vec<u32> = Vec::new();
        let mut records = Vec::with_capacity(by_number.len() + 1);
        for (id, def) in by_number
            .into_iter()
            .map(|it| it.expect("a number for each type"))
        {
            let is_reference =
                |field: &crate::ir::FieldType| field.storage.unpacked().ir() == Type::Gc;
            records.push(match &def.composite {
                Composite::Struct(fields) => {
                    let layout = types.layout(id);
                    let first = offsets.len() as u32;
                    let places = fields.iter().zip(&layout.offsets);
                    let references = places.filter(|(field, _)| is_reference(field));
                    offsets.extend(references.map(|(_, offset)| offset));
                    let bytes = layout.bytes.next_multiple_of(crate::ir::OBJECT_ALIGN);
                    let found = offsets.len() as u32 - first;
                    (abi::GcType::STRUCT, bytes, first, found)
                }
                Composite::Array(element) => {
                    let has = u32::from(is_reference(element));
                    (abi::GcType::ARRAY, element.storage.bytes(), has, 0)
                }
                Composite::Func(_) | Composite::Cont(_) => {
                    unreachable!("a function's number is higher")
                }
            });
        }
        // Of values of the host, `Types::host_number`.
        records.push((abi::GcType::HOST, abi::GcType::HOST_BYTES, 0, 0));
        if types.has_conts() {
            // `Types::cont_number`, and the values that are bound to one.
            records.push((abi::GcType::CONT, abi::GcType::CONT_BYTES, 0, 0));
            records.push((abi::GcType::ARRAY, 8, 0, 0));
        }
        if types.exceptions_are_objects() {
            // `Types::exception_number`
            let (tags, is_open) = (self.program.tags.values(), self.is_open());
            records.extend(tags.map(|tag| exception(&types[tag.sig], is_open, &mut offsets)));
            if is_open {
                // Those of other instances.
                records.push((abi::GcType::ARRAY, 8, 0, 0));
            }
        }
        let all = records.len() as u32;
        let start = self.rodata.align_to(align_of::<abi::GcType>() as u64);
        for (kind, bytes, refs, ref_count) in records {
            let at = self.rodata.alloc_for::<abi::GcType>();
            record!(
                self.rodata,
                at,
                GcType {
                    kind: kind,
                    bytes: bytes,
                    refs: refs,
                    ref_count: ref_count
                }
            );
        }
        let bytes: Vec<u8> = offsets.iter().flat_map(|it| it.to_le_bytes()).collect();
        (start, all, self.rodata.append(&bytes, 4))
    }

    /// Globals, and items of segments that instantiation computes.
    fn reference_cells(&self) -> Vec<Cell> {
        let globals = self.program.globals.iter();
        let mut cells: Vec<Cell> = globals
            .filter(|(_, global)| global.ty.ir() == Type::Gc && global.constant.is_none())
            .filter_map(|(_, global)| self.own_place(global.module, global.place))
            .collect();
        for (_, elem) in self.program.elems.iter() {
            if let ElemItems::Computed { offset, count } = elem.items
                && elem.ty.ir() == Type::Gc
            {
                cells.extend((0..count).map(|i| (elem.module, offset + 8 * i)));
            }
        }
        cells
    }

    fn own_place(&self, module: ModuleId, place: Place) -> Option<Cell> {
        match place {
            Place::Own(offset) => Some((module, offset)),
            Place::Slot(_) => None,
        }
    }

    /// A list of addresses; in an open world of offsets.
    fn addresses(&mut self, list: &[Cell]) -> (Addr, u64) {
        let start = self.relro.align_to(8);
        for &(module, offset) in list {
            let place = self.relro.alloc(8, 8);
            match self.instances.get(module.index()) {
                Some(instance) => {
                    let at = Addr::At(instance.plus(offset.into()));
                    self.relro.put(place.offset, 8, at);
                }
                None => self.relro.put(place.offset, 8, u64::from(offset)),
            }
        }
        super::instances::array(start, list.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{FieldType, HEADER_TYPE, Storage, TagId, Types, ValType};

    /// Types of one structure and one function, and of continuations, where exceptions are objects.
    fn types() -> Types {
        let mut types = Types::new(true);
        let field = FieldType {
            storage: Storage::Val(ValType::I32),
            mutable: true,
        };
        let mut push = |composite| {
            types.push(DefType {
                composite,
                supertype: None,
                is_final: true,
            })
        };
        let func = push(Composite::Func(FuncType::default()));
        push(Composite::Struct(vec![field]));
        push(Composite::Cont(func));
        types.number();
        types
    }

    /// What comes last has the highest number of all: an exception with the last tag. Of the numbers that are counted one is a function's and one that of a type of continuations, which
    /// no object has; three are those that no module defines.
    #[test]
    fn all_numbers_are_counted() {
        let types = types();
        assert_eq!((types.len(), types.data_count()), (3, 1));
        let last = types.exception_number(TagId::from_u32(4));
        assert_eq!(last as usize, types.len() + 5 - 2 + 3 - 1);
    }

    #[test]
    fn headers_have_room_for_as_many_as_are_allowed() {
        // With data alone, and so with the others too.
        let last = MOST_NUMBERS as u64 + 3 - 1;
        assert_eq!(last << HEADER_TYPE >> 32, 0);
        assert_ne!((last + 1) << HEADER_TYPE >> 32, 0);
        for tags in [0, 1, 1000, MOST_NUMBERS] {
            assert!(check_numbers(MOST_NUMBERS - tags, tags).is_ok());
            let error = check_numbers(MOST_NUMBERS + 1 - tags, tags).unwrap_err();
            assert_eq!(
                error.to_string(),
                "the modules have 16777214 types and tags, of which objects can tell only 16777213 from each other"
            );
        }
    }
}
