//! What each instruction does to state, where its targets lie, and what it uses: the facts that every pass asks for.

use super::deftype::{ARRAY_LENGTH, HEADER_REGION, IMMUTABLE_REGION};
use super::imm::{Imm, RawRegion, Target};
use super::op::{EffectClass, Shape};
use super::program::{GlobalId, MemId, TableId};
use super::{Block, InstData, Value};

/// A set of state regions as bits: memories 0-3, memory descriptors 4-7, tables 8-15, globals 16-55 (ids beyond the range share the
/// last bit of theirs), segments and native memory 56, slots 57, where the heap goes on 58, counters 59, parts of objects 64-127.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Regions(pub u128);

impl Regions {
    pub const NONE: Regions = Regions(0);
    /// Contents of all memories.
    pub const MEMORIES: Regions = Regions(0xf);
    /// Contents and descriptors of all memories: what threads share.
    pub const SHARED: Regions = Regions(0xff);
    /// Everything that another function, the runtime or the host can reach: all but slots.
    pub const ALL_SHARED: Regions = Regions(!Regions::SLOT.0);
    /// Elements and fields of all objects, and their headers.
    pub const OBJECTS: Regions = Regions(!0 << 64);
    pub const HEAP: Regions = Regions(1 << 58);
    pub const COUNTERS: Regions = Regions(1 << 59);
    pub const SEGMENTS: Regions = Regions(1 << 56);
    /// Memory of C programs; it shares the bit of segments.
    pub const NATIVE: Regions = Regions::SEGMENTS;
    pub const SLOT: Regions = Regions(1 << 57);
    pub fn memory(m: MemId) -> Regions {
        Regions(1 << crate::entity::EntityId::as_u32(m).min(3))
    }
    pub fn memory_desc(m: MemId) -> Regions {
        Regions(1 << (4 + crate::entity::EntityId::as_u32(m).min(3)))
    }
    pub fn table(t: TableId) -> Regions {
        Regions(1 << (8 + crate::entity::EntityId::as_u32(t).min(7)))
    }
    pub fn global(g: GlobalId) -> Regions {
        Regions(1 << (16 + crate::entity::EntityId::as_u32(g).min(39)))
    }
    pub fn object(region: u8) -> Regions {
        Regions(1 << (64 + region.min(63)))
    }
    pub fn union(self, other: Regions) -> Regions {
        Regions(self.0 | other.0)
    }
    pub fn minus(self, other: Regions) -> Regions {
        Regions(self.0 & !other.0)
    }
    pub fn intersects(self, other: Regions) -> bool {
        self.0 & other.0 != 0
    }
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl RawRegion {
    /// As a set.
    pub fn regions(self) -> Regions {
        match self {
            RawRegion::Memory(m) => Regions::memory(m),
            RawRegion::MemoryDesc(m) => Regions::memory_desc(m),
            RawRegion::Global(g) => Regions::global(g),
            RawRegion::Table(t) => Regions::table(t),
            RawRegion::Segments => Regions::SEGMENTS,
            RawRegion::Constant => Regions::NONE,
            RawRegion::Slot => Regions::SLOT,
            RawRegion::Native => Regions::NATIVE,
            RawRegion::Object(region) => Regions::object(region),
            RawRegion::Heap => Regions::HEAP,
            RawRegion::Counters => Regions::COUNTERS,
        }
    }
}

/// What an instruction does besides computing its results.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Effects {
    pub reads: Regions,
    pub writes: Regions,
    /// May end the program.
    pub may_trap: bool,
    /// Calls code that may not return, or do I/O: never removed, never reordered.
    pub is_call: bool,
}

const PURE: Effects = Effects {
    reads: Regions::NONE,
    writes: Regions::NONE,
    may_trap: false,
    is_call: false,
};

fn reading(reads: Regions) -> Effects {
    Effects { reads, ..PURE }
}

fn writing(writes: Regions) -> Effects {
    Effects { writes, ..PURE }
}

fn changing(regions: Regions) -> Effects {
    writing(regions).and_reading(regions)
}

impl Effects {
    /// Whether nothing but the results comes of it, so that an equal instruction may stand for it.
    pub fn is_pure(self) -> bool {
        self.reads.is_empty() && self.writes.is_empty() && !self.is_call
    }
    /// Whether it may go when its results are unused. What may trap stays.
    pub fn is_removable(self) -> bool {
        self.writes.is_empty() && !self.may_trap && !self.is_call
    }
    fn trapping(self) -> Effects {
        Effects {
            may_trap: true,
            ..self
        }
    }
    fn and_writing(self, writes: Regions) -> Effects {
        Effects {
            writes: self.writes.union(writes),
            ..self
        }
    }
    fn and_reading(self, reads: Regions) -> Effects {
        Effects {
            reads: self.reads.union(reads),
            ..self
        }
    }
}

impl InstData {
    /// Effects of the instruction. Terminators but calls and throws have none but trapping; that they stay is clear.
    pub fn effects(&self) -> Effects {
        // A callee may use slots only through a pointer that it was given, which only machine-level calls do.
        let call = Effects {
            reads: Regions::ALL_SHARED,
            writes: Regions::ALL_SHARED,
            may_trap: true,
            is_call: true,
        };
        let machine_call = Effects {
            reads: Regions::ALL_SHARED.union(Regions::SLOT),
            writes: Regions::ALL_SHARED.union(Regions::SLOT),
            ..call
        };
        match self.op.row().effect {
            EffectClass::Pure => PURE,
            EffectClass::Traps => PURE.trapping(),
            EffectClass::MemoryRead => reading(self.memory_regions().0).trapping(),
            EffectClass::MemoryWrite => writing(self.memory_regions().0).trapping(),
            EffectClass::PagesRead => reading(self.memory_regions().1),
            // The new pages were out of bounds before, so no load can have seen them: the contents do not change.
            EffectClass::PagesGrow => changing(self.memory_regions().1),
            EffectClass::MemoryBulk => {
                let (contents, desc) = self.memory_regions();
                writing(contents)
                    .and_reading(contents.union(desc).union(Regions::SEGMENTS))
                    .trapping()
            }
            EffectClass::SegmentDrop => writing(Regions::SEGMENTS),
            EffectClass::GlobalRead => reading(Regions::global(self.global())),
            EffectClass::GlobalWrite => writing(Regions::global(self.global())),
            EffectClass::ElemRead => reading(self.table_regions()).trapping(),
            EffectClass::TableRead => reading(self.table_regions()),
            EffectClass::ElemWrite => writing(self.table_regions()).trapping(),
            EffectClass::TableGrow => changing(self.table_regions()),
            EffectClass::TableBulk => changing(self.table_regions())
                .and_reading(Regions::SEGMENTS)
                .trapping(),
            // What other threads did before becomes visible, and what was done here becomes visible to them.
            EffectClass::Atomic => changing(Regions::SHARED).trapping(),
            EffectClass::Fence => changing(Regions::SHARED),
            EffectClass::Wait => Effects {
                is_call: true,
                ..changing(Regions::SHARED).trapping()
            },
            EffectClass::Call => call,
            EffectClass::MachineCall => machine_call,
            EffectClass::ObjectRead => {
                let (_, offset, region, may_trap) = self.object();
                // Lengths and what is immutable are written once, when nothing else knows the object.
                let is_length = region == HEADER_REGION && offset == ARRAY_LENGTH;
                let regions = match is_length || region == IMMUTABLE_REGION {
                    true => Regions::NONE,
                    false => Regions::object(region),
                };
                Effects {
                    may_trap,
                    ..reading(regions)
                }
            }
            EffectClass::ObjectWrite => {
                let (_, _, region, may_trap) = self.object();
                Effects {
                    may_trap,
                    ..writing(Regions::object(region))
                }
            }
            // The collector may write headers.
            EffectClass::Allocate => changing(Regions::HEAP)
                .and_writing(Regions::object(HEADER_REGION))
                .and_reading(Regions::SEGMENTS)
                .trapping(),
            EffectClass::ArrayBulk => changing(Regions::OBJECTS)
                .and_reading(Regions::SEGMENTS)
                .trapping(),
            EffectClass::RawRead => self.raw_effects(reading),
            EffectClass::RawWrite => self.raw_effects(writing),
        }
    }

    fn raw_effects(&self, effects: fn(Regions) -> Effects) -> Effects {
        match self.imm {
            Imm::Raw { region, trap, .. } => Effects {
                may_trap: trap.is_some(),
                ..effects(region.regions())
            },
            _ => self.wrong_imm(),
        }
    }

    /// Contents and descriptors of the memories that the immediate names.
    fn memory_regions(&self) -> (Regions, Regions) {
        let of = |m| (Regions::memory(m), Regions::memory_desc(m));
        match self.imm {
            Imm::Mem { mem, .. } | Imm::Memory(mem) | Imm::MemoryInit { mem, .. } => of(mem),
            Imm::MemoryPair { dst, src } => {
                let ((a, b), (c, d)) = (of(dst), of(src));
                (a.union(c), b.union(d))
            }
            _ => self.wrong_imm(),
        }
    }

    fn table_regions(&self) -> Regions {
        match self.imm {
            Imm::Table(table) | Imm::TableInit { table, .. } => Regions::table(table),
            Imm::TablePair { dst, src } => Regions::table(dst).union(Regions::table(src)),
            _ => self.wrong_imm(),
        }
    }

    /// Whether it ends its block.
    pub fn is_terminator(&self) -> bool {
        self.op.shape() == Shape::Terminator
    }

    /// Where a terminator can go, in order; empty for other instructions.
    pub fn targets(&self) -> impl DoubleEndedIterator<Item = &Target> {
        let (first, second): (&[Target], &[Target]) = match &self.imm {
            Imm::Jump(target) => (std::slice::from_ref(target), &[]),
            Imm::Branch { then, or_else, .. } => {
                (std::slice::from_ref(then), std::slice::from_ref(or_else))
            }
            Imm::BrTable { targets, .. } => (targets, &[]),
            Imm::Try(it) => (&it.targets, &[]),
            _ => (&[], &[]),
        };
        first.iter().chain(second)
    }

    /// The target with this index among `targets`.
    pub fn target(&self, index: usize) -> &Target {
        let target = self.targets().nth(index);
        target.unwrap_or_else(|| unreachable!("{} has no target {index}", self.op.name()))
    }

    /// As `targets`, mutable.
    pub fn targets_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut Target> {
        let (first, second): (&mut [Target], &mut [Target]) = match &mut self.imm {
            Imm::Jump(target) => (std::slice::from_mut(target), &mut []),
            Imm::Branch { then, or_else, .. } => {
                (std::slice::from_mut(then), std::slice::from_mut(or_else))
            }
            Imm::BrTable { targets, .. } => (targets, &mut []),
            Imm::Try(it) => (&mut it.targets, &mut []),
            _ => (&mut [], &mut []),
        };
        first.iter_mut().chain(second)
    }

    /// As `target`, mutable.
    pub fn target_mut(&mut self, index: usize) -> &mut Target {
        let op = self.op;
        let target = self.targets_mut().nth(index);
        target.unwrap_or_else(|| unreachable!("{} has no target {index}", op.name()))
    }

    /// Removes the arguments of targets for which `keep` is false, by the block that is entered and the index of its parameter.
    pub fn retain_arguments(&mut self, keep: impl Fn(Block, usize) -> bool) {
        for target in self.targets_mut() {
            let mut kept = (0..).map(|i| keep(target.block, i));
            target.args.retain(|_| kept.next() == Some(true));
        }
    }

    /// Every value used: operands, then the arguments of targets.
    pub fn uses(&self) -> impl Iterator<Item = Value> {
        self.args
            .iter()
            .chain(self.targets().flat_map(|t| t.args.iter()))
            .copied()
    }

    /// Likewise, mutable.
    pub fn for_each_use_mut(&mut self, mut f: impl FnMut(&mut Value)) {
        for arg in &mut self.args {
            f(arg);
        }
        for target in self.targets_mut() {
            for arg in &mut target.args {
                f(arg);
            }
        }
    }
}
