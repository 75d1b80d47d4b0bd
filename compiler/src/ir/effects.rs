//! What each instruction does to state, where its targets lie, and what its results are: the facts that every pass asks for.

use super::op::{Effects, Imm, Op, Regions, Shape, Target};
use super::op::{atomic_access, atomic_modification};
use super::types::Type;
use super::vec::{VecType, vector_op};
use super::{InstData, Value};

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
        match self.op {
            Op::Const
            | Op::Add
            | Op::Sub
            | Op::Mul
            | Op::And
            | Op::Or
            | Op::Xor
            | Op::Shl
            | Op::ShrS
            | Op::ShrU
            | Op::Rotl
            | Op::Rotr
            | Op::Clz
            | Op::Ctz
            | Op::Popcnt
            | Op::Ext8S
            | Op::Ext16S
            | Op::Ext32S
            | Op::Icmp
            | Op::Fadd
            | Op::Fsub
            | Op::Fmul
            | Op::Fdiv
            | Op::Fmin
            | Op::Fmax
            | Op::Fcopysign
            | Op::Fabs
            | Op::Fneg
            | Op::Fsqrt
            | Op::Fceil
            | Op::Ffloor
            | Op::Ftrunc
            | Op::Fnearest
            | Op::Fcmp
            | Op::Wrap
            | Op::ExtS
            | Op::ExtU
            | Op::TruncSatS
            | Op::TruncSatU
            | Op::ConvS
            | Op::ConvU
            | Op::Demote
            | Op::Promote
            | Op::Bitcast
            | Op::Select
            | Op::RefFunc
            | Op::ExnGet
            | Op::InstanceAddr
            | Op::SymbolAddr
            | Op::SlotAddr
            | Op::MemoryAddr
            | Op::PtrAdd
            | vector_op!() => PURE,
            Op::DivS | Op::DivU | Op::RemS | Op::RemU | Op::TruncS | Op::TruncU | Op::TrapIf => {
                PURE.trapping()
            }
            Op::Load => reading(self.memory_regions().0).trapping(),
            Op::Store => writing(self.memory_regions().0).trapping(),
            Op::MemorySize => reading(self.memory_regions().1),
            // The new pages were out of bounds before, so no load can have seen them: the contents do not change.
            Op::MemoryGrow => writing(self.memory_regions().1).and_reading(self.memory_regions().1),
            Op::MemoryFill | Op::MemoryCopy | Op::MemoryInit | Op::MemoryPlace => {
                let (contents, desc) = self.memory_regions();
                writing(contents)
                    .and_reading(contents.union(desc).union(Regions::SEGMENTS))
                    .trapping()
            }
            Op::DataDrop | Op::ElemDrop => writing(Regions::SEGMENTS),
            Op::GlobalGet => reading(self.global_region()),
            Op::GlobalSet => writing(self.global_region()),
            Op::TableGet => reading(self.table_regions()).trapping(),
            Op::TableSize => reading(self.table_regions()),
            Op::TableSet => writing(self.table_regions()).trapping(),
            Op::TableGrow => writing(self.table_regions()).and_reading(self.table_regions()),
            Op::TableFill | Op::TableCopy | Op::TableInit | Op::TablePlace => {
                writing(self.table_regions())
                    .and_reading(self.table_regions().union(Regions::SEGMENTS))
                    .trapping()
            }
            // What other threads did before becomes visible, and what was done here becomes visible to them.
            atomic_access!() => writing(Regions::SHARED)
                .and_reading(Regions::SHARED)
                .trapping(),
            Op::AtomicFence => writing(Regions::SHARED).and_reading(Regions::SHARED),
            Op::AtomicWait | Op::AtomicNotify => Effects {
                reads: Regions::SHARED,
                writes: Regions::SHARED,
                may_trap: true,
                is_call: true,
            },
            Op::Call
            | Op::CallIndirect
            | Op::CallRef
            | Op::ReturnCall
            | Op::ReturnCallIndirect
            | Op::ReturnCallRef
            | Op::ReturnCallPtr => call,
            Op::CallSymbol | Op::CallPtr | Op::Try => machine_call,
            Op::Throw | Op::ThrowRef => call,
            Op::RawLoad | Op::RawStore => {
                let (regions, may_trap) = match &self.imm {
                    Imm::Raw { region, trap, .. } => (region.regions(), trap.is_some()),
                    imm => unreachable!("{} with {imm:?}", self.op.name()),
                };
                let effects = if self.op == Op::RawLoad {
                    reading(regions)
                } else {
                    writing(regions)
                };
                Effects {
                    may_trap,
                    ..effects
                }
            }
            Op::Jump | Op::Branch | Op::BrTable | Op::Return => PURE,
            Op::Trap => PURE.trapping(),
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
            ref imm => unreachable!("{} with {imm:?}", self.op.name()),
        }
    }

    fn global_region(&self) -> Regions {
        match self.imm {
            Imm::Global(global) => Regions::global(global),
            ref imm => unreachable!("{} with {imm:?}", self.op.name()),
        }
    }

    fn table_regions(&self) -> Regions {
        match self.imm {
            Imm::Table(table) | Imm::TableInit { table, .. } => Regions::table(table),
            Imm::TablePair { dst, src } => Regions::table(dst).union(Regions::table(src)),
            ref imm => unreachable!("{} with {imm:?}", self.op.name()),
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
            Imm::Branch { then, or_else } => {
                (std::slice::from_ref(then), std::slice::from_ref(or_else))
            }
            Imm::BrTable(targets) => (targets, &[]),
            Imm::Try(it) => (&it.targets, &[]),
            _ => (&[], &[]),
        };
        first.iter().chain(second)
    }

    /// The target with this index among `targets`.
    pub fn target(&self, index: usize) -> &Target {
        match (&self.imm, index) {
            (Imm::Jump(target) | Imm::Branch { then: target, .. }, 0) => target,
            (Imm::Branch { or_else, .. }, 1) => or_else,
            (Imm::BrTable(targets), _) => &targets[index],
            (Imm::Try(it), _) => &it.targets[index],
            (imm, _) => unreachable!("{} has no target {index}: {imm:?}", self.op.name()),
        }
    }

    /// Likewise, mutable.
    pub fn targets_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut Target> {
        let (first, second): (&mut [Target], &mut [Target]) = match &mut self.imm {
            Imm::Jump(target) => (std::slice::from_mut(target), &mut []),
            Imm::Branch { then, or_else } => {
                (std::slice::from_mut(then), std::slice::from_mut(or_else))
            }
            Imm::BrTable(targets) => (targets, &mut []),
            Imm::Try(it) => (&mut it.targets, &mut []),
            _ => (&mut [], &mut []),
        };
        first.iter_mut().chain(second)
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

/// What an op's results are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Results {
    None,
    One(Type),
    /// A call: as its signature says.
    Signature,
}

impl Op {
    /// Result types, given the controlling type.
    pub fn results(self, ty: Type) -> Results {
        match self {
            Op::Icmp | Op::Fcmp => Results::One(Type::I32),
            Op::MemorySize | Op::MemoryGrow | Op::TableSize | Op::TableGrow => {
                Results::One(Type::I32)
            }
            Op::TableGet | Op::RefFunc => Results::One(Type::Ref),
            Op::InstanceAddr | Op::SymbolAddr | Op::SlotAddr | Op::MemoryAddr | Op::PtrAdd => {
                Results::One(Type::Ptr)
            }
            vector_op!() => match self.vector().map(|shape| shape.result) {
                Some(VecType::I32) => Results::One(Type::I32),
                Some(VecType::V128 | VecType::Scalar) | None => Results::One(ty),
            },
            Op::Const
            | Op::Add
            | Op::Sub
            | Op::Mul
            | Op::DivS
            | Op::DivU
            | Op::RemS
            | Op::RemU
            | Op::And
            | Op::Or
            | Op::Xor
            | Op::Shl
            | Op::ShrS
            | Op::ShrU
            | Op::Rotl
            | Op::Rotr
            | Op::Clz
            | Op::Ctz
            | Op::Popcnt
            | Op::Ext8S
            | Op::Ext16S
            | Op::Ext32S
            | Op::Fadd
            | Op::Fsub
            | Op::Fmul
            | Op::Fdiv
            | Op::Fmin
            | Op::Fmax
            | Op::Fcopysign
            | Op::Fabs
            | Op::Fneg
            | Op::Fsqrt
            | Op::Fceil
            | Op::Ffloor
            | Op::Ftrunc
            | Op::Fnearest
            | Op::Wrap
            | Op::ExtS
            | Op::ExtU
            | Op::TruncS
            | Op::TruncU
            | Op::TruncSatS
            | Op::TruncSatU
            | Op::ConvS
            | Op::ConvU
            | Op::Demote
            | Op::Promote
            | Op::Bitcast
            | Op::Select
            | Op::Load
            | Op::AtomicLoad
            | atomic_modification!()
            | Op::GlobalGet
            | Op::ExnGet
            | Op::RawLoad => Results::One(ty),
            Op::AtomicWait | Op::AtomicNotify => Results::One(Type::I32),
            Op::Call | Op::CallIndirect | Op::CallRef | Op::CallSymbol | Op::CallPtr | Op::Try => {
                Results::Signature
            }
            Op::Store
            | Op::AtomicStore
            | Op::AtomicFence
            | Op::MemoryFill
            | Op::MemoryCopy
            | Op::MemoryInit
            | Op::MemoryPlace
            | Op::DataDrop
            | Op::GlobalSet
            | Op::TableSet
            | Op::TableFill
            | Op::TableCopy
            | Op::TableInit
            | Op::TablePlace
            | Op::ElemDrop
            | Op::TrapIf
            | Op::RawStore
            | Op::Jump
            | Op::Branch
            | Op::BrTable
            | Op::Return
            | Op::Trap
            | Op::ReturnCall
            | Op::ReturnCallIndirect
            | Op::ReturnCallRef
            | Op::ReturnCallPtr
            | Op::Throw
            | Op::ThrowRef => Results::None,
        }
    }

    /// Whether the text says the controlling type; elsewhere it is [`Op::implied_type`].
    pub fn has_type(self) -> bool {
        match self.shape() {
            Shape::Nullary | Shape::Unary | Shape::Binary | Shape::Compare | Shape::Convert => true,
            Shape::Vector => self == Op::Vextract,
            Shape::Special => matches!(
                self,
                Op::Select
                    | Op::Load
                    | Op::Store
                    | atomic_access!()
                    | Op::AtomicWait
                    | Op::AtomicNotify
                    | Op::GlobalGet
                    | Op::GlobalSet
                    | Op::ExnGet
                    | Op::RawLoad
                    | Op::RawStore
            ),
            Shape::Terminator => false,
        }
    }
    /// The controlling type of ops for which the text does not say it: `I32` unless it is a vector op.
    pub fn implied_type(self) -> Type {
        if self.shape() == Shape::Vector {
            Type::V128
        } else {
            Type::I32
        }
    }
}
