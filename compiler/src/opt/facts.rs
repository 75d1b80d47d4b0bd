//! What is known of memory, globals and tables at a point of the program.
//!
//! The state is a set of facts "the `bytes` bytes at this place are the low bytes of this value". A load or store adds one, a store
//! removes those that it may overlap, a call removes all that others may write. At a join the state is the intersection, at a loop
//! header what the loop does not write. Three optimisations read it: redundant loads, loads of stored values, stores of what is there.
//!
//! The set is bounded and the oldest facts leave first, which keeps the pass linear.
//!
//! Two guest accesses with addresses `root + c` and the same root are apart if their byte ranges are apart modulo 2^32, wherever the
//! additions wrap: numbers that differ modulo 2^32 differ. Where addresses have 64 bits it is modulo 2^64. Equality needs the very same address value and offset.

use crate::ir::{
    Builder, Effects, Imm, InstData, MemId, Op, Program, RawRegion, Regions, Type, Value,
};
use crate::ir::{GlobalId, IMMUTABLE_REGION, Place as StatePlace, TableId};

/// Facts kept at a time.
const CAPACITY: usize = 32;

/// A kind of storage.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Space {
    Memory(MemId),
    Global(GlobalId),
    ImportedGlobal(GlobalId),
    MemorySize(MemId),
    Table(TableId),
    TableSize(TableId),
    Raw(RawRegion),
    /// A field of objects, or the length or type of one.
    Field(u8),
    Elements(u8),
}

/// A place in storage.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    space: Space,
    /// Of an element: the array.
    object: Option<Value>,
    /// What may be new, and whether it is: the object or array.
    owner: Option<(Value, bool)>,
    /// Address or index operand, and what the immediate adds to it. `None`: the space is a single cell.
    base: Option<Value>,
    offset: u64,
    pub bytes: u32,
    /// For alias tests: the address is `root + residue` modulo the space's size.
    root: Option<Value>,
    residue: u64,
    /// The space's size, less one.
    last: u64,
    /// What writes must touch to change it; none for what never changes.
    regions: Regions,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Fact {
    place: Place,
    value: Value,
}

/// The state.
#[derive(Clone, Default, Debug)]
pub struct Facts {
    list: Vec<Fact>,
}

impl Place {
    /// The place that a load-like or store-like instruction accesses, given its operands in the function being built.
    pub fn of(data: &InstData, args: &[Value], b: &Builder, program: &Program) -> Option<Place> {
        let cell = |space, regions| Place {
            space,
            object: None,
            owner: None,
            base: None,
            offset: 0,
            bytes: 8,
            root: None,
            residue: 0,
            last: u64::MAX,
            regions,
        };
        let last = |ty| {
            if ty == Type::I64 {
                u64::MAX
            } else {
                u64::from(u32::MAX)
            }
        };
        let is_new = |value| {
            let is_new = |data: &InstData| {
                matches!(
                    data.op,
                    Op::GcNew | Op::GcNewArray | Op::GcNewData | Op::GcNewElem
                )
            };
            b.def(value).is_some_and(is_new)
        };
        let owner = |value| (value, is_new(value));
        let effects = data.effects();
        let regions = widened(effects.reads.union(effects.writes), &data.imm, program);
        match (data.op, &data.imm) {
            (
                Op::Load | Op::Store,
                &Imm::Mem {
                    mem,
                    access,
                    offset,
                },
            ) => {
                let (root, constant) = root(b, args[0]);
                Some(Place {
                    space: Space::Memory(mem),
                    object: None,
                    owner: None,
                    base: Some(args[0]),
                    offset,
                    bytes: access.bytes(data.ty),
                    root,
                    residue: constant.wrapping_add(offset),
                    last: last(program.memories[mem].address),
                    regions,
                })
            }
            (Op::GlobalGet | Op::GlobalSet, &Imm::Global(global)) => {
                let decl = &program.globals[global];
                let regions = if decl.mutable { regions } else { Regions::NONE };
                // Imported globals may be one and the same.
                let space = match decl.place {
                    StatePlace::Own(_) => Space::Global(global),
                    StatePlace::Slot(_) => Space::ImportedGlobal(global),
                };
                Some(cell(space, regions))
            }
            (Op::MemorySize, &Imm::Memory(mem)) => Some(cell(Space::MemorySize(mem), regions)),
            (Op::TableSize, &Imm::Table(table)) => Some(cell(Space::TableSize(table), regions)),
            (Op::TableGet | Op::TableSet, &Imm::Table(table)) => {
                let (root, residue) = root(b, args[0]);
                Some(Place {
                    space: Space::Table(table),
                    object: None,
                    owner: None,
                    base: Some(args[0]),
                    offset: 0,
                    bytes: 1,
                    root,
                    residue,
                    last: last(program.tables[table].index),
                    regions,
                })
            }
            (
                Op::RawLoad | Op::RawStore,
                &Imm::Raw {
                    access,
                    offset,
                    region,
                    ..
                },
            ) => Some(Place {
                space: Space::Raw(region),
                object: None,
                owner: None,
                base: Some(args[0]),
                offset: offset as u64,
                bytes: access.bytes(data.ty),
                root: Some(args[0]),
                residue: offset as u64,
                last: u64::MAX,
                regions,
            }),
            (
                Op::GcLoad | Op::GcStore,
                &Imm::Object {
                    access,
                    offset,
                    region,
                    ..
                },
            ) => Some(Place {
                space: Space::Field(region),
                object: None,
                owner: Some(owner(args[0])),
                base: Some(args[0]),
                offset: u64::from(offset),
                bytes: access.bytes(data.ty),
                root: Some(args[0]),
                residue: u64::from(offset),
                last: u64::MAX,
                regions,
            }),
            // Different indices are different elements in whatever arrays.
            (Op::GcLoadElem | Op::GcStoreElem, &Imm::Object { region, .. }) => {
                let (root, residue) = root(b, args[1]);
                Some(Place {
                    space: Space::Elements(region),
                    object: Some(args[0]),
                    owner: Some(owner(args[0])),
                    base: Some(args[1]),
                    offset: 0,
                    bytes: 1,
                    root,
                    residue,
                    last: u32::MAX.into(),
                    regions,
                })
            }
            _ => None,
        }
    }

    /// Whether the two may share a byte.
    fn may_overlap(&self, other: &Place) -> bool {
        if !self.regions.intersects(other.regions) {
            return false;
        }
        if self.space != other.space {
            // Globals may share a region bit but nothing else.
            return !matches!(
                (self.space, other.space),
                (Space::Global(_), Space::Global(_))
            );
        }
        if let (Some(a), Some(b)) = (self.owner, other.owner)
            && are_apart(a, b)
        {
            return false;
        }
        if self.root != other.root {
            return true;
        }
        let forth = other.residue.wrapping_sub(self.residue) & self.last;
        let back = self.residue.wrapping_sub(other.residue) & self.last;
        forth < u64::from(self.bytes) || back < u64::from(other.bytes)
    }

    /// Whether `other` begins at the same address, by the same operands.
    fn starts_at(&self, other: &Place) -> bool {
        self.space == other.space
            && self.object == other.object
            && self.base == other.base
            && self.offset == other.offset
    }
}

/// Whether two references of the function that is being built lead to different objects: one is new, and the other was there before. Values
/// are numbered as they come into being along the dominator tree, and both are there where this is asked.
fn are_apart(a: (Value, bool), b: (Value, bool)) -> bool {
    let ((first, _), (second, is_new)) = if a.0 < b.0 { (a, b) } else { (b, a) };
    first != second && is_new
}

/// The regions of an access, with those of everything that may be the same thing: in an open world, one memory, table or global may
/// be imported several times. What an instance defines cannot be among its imports. What is written once has none.
fn widened(regions: Regions, imm: &Imm, program: &Program) -> Regions {
    let imported = |place: StatePlace| matches!(place, StatePlace::Slot(_));
    let union = |all: &mut dyn Iterator<Item = Regions>| all.fold(regions, Regions::union);
    match *imm {
        Imm::Global(global) if imported(program.globals[global].place) => {
            let globals = program.globals.iter().filter(|(_, g)| imported(g.place));
            union(&mut globals.map(|(id, _)| Regions::global(id)))
        }
        Imm::Table(table) if imported(program.tables[table].place) => {
            let tables = program.tables.iter().filter(|(_, t)| imported(t.place));
            union(&mut tables.map(|(id, _)| Regions::table(id)))
        }
        Imm::Mem { mem, .. } if imported(program.memories[mem].place) => {
            let memories = program.memories.iter().filter(|(_, m)| imported(m.place));
            union(&mut memories.map(|(id, _)| Regions::memory(id)))
        }
        Imm::Memory(mem) if imported(program.memories[mem].place) => {
            let memories = program.memories.iter().filter(|(_, m)| imported(m.place));
            union(&mut memories.map(|(id, _)| Regions::memory_desc(id)))
        }
        Imm::Object { region, .. } if region == IMMUTABLE_REGION => Regions::NONE,
        _ => regions,
    }
}

/// `x + c` as root and constant; a constant has no root.
fn root(b: &Builder, addr: Value) -> (Option<Value>, u64) {
    if let Some(constant) = b.as_const(addr) {
        return (None, constant);
    }
    if let Some((x, c)) = b.as_binary(addr, Op::Add)
        && let Some(constant) = b.as_const(c)
    {
        return (Some(x), constant);
    }
    (Some(addr), 0)
}

impl Facts {
    /// A value whose low bytes are at the place, with the number of bytes known.
    pub fn find(&self, place: &Place) -> Option<(Value, u32)> {
        // The newest fact about a place is the one with the least to convert.
        let facts = self.list.iter().rev();
        facts
            .filter(|fact| fact.place.starts_at(place) && fact.place.bytes >= place.bytes)
            .map(|fact| (fact.value, fact.place.bytes))
            .next()
    }

    /// Learns what is at a place, from a load.
    pub fn learn(&mut self, place: Place, value: Value) {
        if self.list.len() == CAPACITY {
            self.list.remove(0);
        }
        self.list.push(Fact { place, value });
    }

    /// Forgets what a store may change.
    pub fn overwrite(&mut self, place: &Place) {
        self.list.retain(|fact| !fact.place.may_overlap(place));
    }

    /// Forgets what the effects may change.
    pub fn apply(&mut self, effects: Effects) {
        self.forget(effects.writes);
    }

    /// Forgets everything in the regions.
    pub fn forget(&mut self, writes: Regions) {
        if !writes.is_empty() {
            self.list
                .retain(|fact| !fact.place.regions.intersects(writes));
        }
    }

    /// Keeps what the other state knows too.
    pub fn meet(&mut self, other: &Facts) {
        if !self.list.is_empty() {
            self.list.retain(|fact| other.list.contains(fact));
        }
    }
}
