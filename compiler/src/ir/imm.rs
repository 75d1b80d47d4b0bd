//! Immediates: what an instruction has besides operands, and how the rest of the compiler takes it apart.

use super::deftype::{ARRAY_LENGTH, HEADER_REGION};
use super::odds::Odds;
use super::op::{Op, Shape};
use super::program::{
    DataId, ElemId, FuncId, GlobalId, MemId, ModuleId, RtFn, SigId, Symbol, TableId, TagId,
};
use super::types::{Access, Conv, FloatCc, IntCc, Signature};
use super::vec::Lanes;
use super::{Block, InstData, Slot, Value};
use crate::abi::TrapCode;
use smallvec::SmallVec;

/// A branch target with the arguments for its block parameters.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Target {
    pub block: Block,
    pub args: SmallVec<[Value; 4]>,
}

/// State that an access through a native pointer can touch, for effects.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RawRegion {
    /// Guest memory contents.
    Memory(MemId),
    /// A memory's descriptor (base, length).
    MemoryDesc(MemId),
    Global(GlobalId),
    /// A table's elements and descriptor.
    Table(TableId),
    /// Segment descriptors.
    Segments,
    /// Never written after start: FuncRef records, import pointer slots.
    Constant,
    /// Stack slots and argument arrays of entries.
    Slot,
    /// Memory of a C program that calls a component.
    Native,
    /// A part of the collector's objects ([`super::deftype::Types::region`]).
    Object(u8),
    /// Where the collector's heap goes on.
    Heap,
    /// What the program counts for profiles.
    Counters,
}

/// Immediate operand. Which variant an op has is in its row: [`super::op::ImmKind`].
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Imm {
    None,
    Bits(u64),
    /// All bits of a vector, lane 0 lowest.
    Vec(u128),
    Lanes(Lanes),
    Lane {
        lanes: Lanes,
        lane: u8,
    },
    VecIcmp {
        lanes: Lanes,
        cc: IntCc,
    },
    VecFcmp {
        lanes: Lanes,
        cc: FloatCc,
    },
    IntCc(IntCc),
    FloatCc(FloatCc),
    Mem {
        mem: MemId,
        access: Access,
        offset: u64,
    },
    Memory(MemId),
    MemoryPair {
        dst: MemId,
        src: MemId,
    },
    MemoryInit {
        mem: MemId,
        data: DataId,
    },
    Data(DataId),
    Global(GlobalId),
    Table(TableId),
    TablePair {
        dst: TableId,
        src: TableId,
    },
    TableInit {
        table: TableId,
        elem: ElemId,
    },
    Elem(ElemId),
    Func(FuncId),
    CallIndirect {
        table: TableId,
        sig: SigId,
    },
    Sig(SigId),
    Trap(TrapCode),
    Module(ModuleId),
    Symbol {
        symbol: Symbol,
        offset: i64,
    },
    Slot(Slot),
    /// `trap`: the code of a fault at this access, if it can fault.
    Raw {
        access: Access,
        offset: i32,
        region: RawRegion,
        trap: Option<TrapCode>,
    },
    CallSymbol {
        callee: Callee,
        sig: Box<Signature>,
    },
    CallPtr {
        conv: Conv,
        sig: SigId,
    },
    Jump(Target),
    Branch {
        then: Target,
        or_else: Target,
        odds: Option<Odds>,
    },
    /// `weights`: how often it goes where, in proportion; empty if nobody has said so.
    BrTable {
        targets: Box<[Target]>,
        weights: Box<[u32]>,
    },
    Tag(TagId),
    Payload {
        tag: TagId,
        /// Which of the tag's parameters.
        index: u32,
    },
    /// `trap`: whether it traps for null.
    Object {
        access: Access,
        /// Of a field, or of the first element.
        offset: u32,
        region: u8,
        trap: bool,
    },
    TypeData {
        ty: SigId,
        data: DataId,
    },
    TypeElem {
        ty: SigId,
        elem: ElemId,
    },
    /// `from`: what is known of the operand.
    Cast {
        to: Cast,
        from: Besides,
    },
    Try(Box<Try>),
}

impl Imm {
    /// Of an access to the length of an array. `trap`: the array may be null.
    pub fn length(trap: bool) -> Imm {
        Imm::Object {
            access: Access::Full,
            offset: ARRAY_LENGTH,
            region: HEADER_REGION,
            trap,
        }
    }
    /// Lanes that a vector op works in, if the immediate says them.
    pub fn lanes(&self) -> Option<Lanes> {
        match *self {
            Imm::Lanes(lanes)
            | Imm::Lane { lanes, .. }
            | Imm::VecIcmp { lanes, .. }
            | Imm::VecFcmp { lanes, .. } => Some(lanes),
            _ => None,
        }
    }
}

/// A set of references. Of a test: for which ones it is true.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Cast {
    /// Objects, by the numbers of their types ([`super::deftype::Types::numbers`]): the first, and how many.
    pub first: u32,
    pub count: u32,
    pub null: bool,
    /// Numbers of 31 bits.
    pub i31: bool,
}

impl Cast {
    /// All references.
    pub const ALL: Cast = Cast {
        null: true,
        i31: true,
        ..Cast::OBJECTS
    };
    /// All objects.
    pub const OBJECTS: Cast = Cast {
        first: 0,
        count: u32::MAX,
        ..Cast::NOTHING
    };
    pub const NULL: Cast = Cast {
        null: true,
        ..Cast::NOTHING
    };
    pub const I31: Cast = Cast {
        i31: true,
        ..Cast::NOTHING
    };
    pub const NOTHING: Cast = Cast {
        first: 0,
        count: 0,
        null: false,
        i31: false,
    };

    /// Objects of types with these numbers.
    fn objects(first: u32, end: u32) -> Cast {
        match end.checked_sub(first) {
            None | Some(0) => Cast::NOTHING,
            Some(count) => Cast {
                first,
                count,
                ..Cast::NOTHING
            },
        }
    }
    /// The number behind the last one.
    fn end(self) -> u32 {
        self.first.saturating_add(self.count)
    }
    /// Whether objects are in it whose type has this number.
    pub fn has(self, number: u32) -> bool {
        number.wrapping_sub(self.first) < self.count
    }
    /// What is in both.
    #[must_use]
    pub fn and(self, other: Cast) -> Cast {
        Cast {
            null: self.null && other.null,
            i31: self.i31 && other.i31,
            ..Cast::objects(self.first.max(other.first), self.end().min(other.end()))
        }
    }
    /// What is in either, and objects of types between.
    #[must_use]
    pub fn or(self, other: Cast) -> Cast {
        let objects = match (self.count, other.count) {
            (0, _) => other,
            (_, 0) => self,
            _ => Cast::objects(self.first.min(other.first), self.end().max(other.end())),
        };
        Cast {
            null: self.null || other.null,
            i31: self.i31 || other.i31,
            ..objects
        }
    }
    /// What is not in the other, as far as the numbers that remain are consecutive; else more.
    #[must_use]
    pub fn minus(self, other: Cast) -> Cast {
        let (first, end) = (self.first, self.end());
        let objects = if other.count == 0 {
            self
        } else if other.first <= first {
            Cast::objects(first.max(other.end()), end)
        } else if other.end() >= end {
            Cast::objects(first, end.min(other.first))
        } else {
            self
        };
        Cast {
            null: self.null && !other.null,
            i31: self.i31 && !other.i31,
            ..objects
        }
    }
    /// Whether all that is in it is in the other.
    pub fn is_within(self, other: Cast) -> bool {
        self.and(other) == self.and(Cast::ALL)
    }
}

/// What an operand may be besides an object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Besides {
    pub null: bool,
    pub i31: bool,
}

impl Besides {
    /// Nothing is known.
    pub const ALL: Besides = Besides {
        null: true,
        i31: true,
    };
    /// Likewise of functions, among which there are no numbers.
    pub const NULL: Besides = Besides {
        null: true,
        i31: false,
    };
}

/// A call or throw with handlers for the exceptions that come out of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Try {
    /// The op that is performed, with its immediate: a call, `throw` or `throw_ref`.
    pub op: Op,
    pub imm: Imm,
    /// Of each handler: the tag that it catches, or `None` for all. The first that fits is taken; what fits none leaves the function.
    pub tags: Vec<Option<TagId>>,
    /// Where it goes on after a call that returns (throws have no such target), then the handlers.
    pub targets: Vec<Target>,
}

impl Try {
    /// Index in `targets` of the first handler.
    pub fn first_handler(&self) -> usize {
        usize::from(self.op.shape() != Shape::Terminator)
    }
}

/// Who is called by symbol.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Callee {
    /// A function with `Conv::Wasm`.
    Func(FuncId),
    /// An imported C function; the signature starts with the instance pointer, and a result pointer is explicit.
    Import(FuncId),
    /// The C function at the address that is the first argument, and the first parameter of the signature.
    Pointer,
    /// A runtime function.
    Runtime(RtFn),
}

/// Each gives what the row says that the op has; an instruction with another immediate is a bug of its producer.
macro_rules! accessors {
    ($( $(#[doc = $doc:literal])* $name:ident: $pattern:pat => $value:expr, $ty:ty; )*) => {
        impl InstData {
            $(
                $(#[doc = $doc])*
                pub fn $name(&self) -> $ty {
                    match self.imm {
                        $pattern => $value,
                        _ => self.wrong_imm(),
                    }
                }
            )*
        }
    };
}

accessors! {
    /// `Imm::Vec`.
    vector_bits: Imm::Vec(bits) => bits, u128;
    /// `Imm::VecIcmp`.
    vec_icmp: Imm::VecIcmp { lanes, cc } => (lanes, cc), (Lanes, IntCc);
    /// `Imm::VecFcmp`.
    vec_fcmp: Imm::VecFcmp { lanes, cc } => (lanes, cc), (Lanes, FloatCc);
    /// `Imm::Mem`: memory, access, offset.
    mem: Imm::Mem { mem, access, offset } => (mem, access, offset), (MemId, Access, u64);
    /// `Imm::Memory`.
    memory: Imm::Memory(mem) => mem, MemId;
    /// `Imm::MemoryPair`: destination, source.
    memory_pair: Imm::MemoryPair { dst, src } => (dst, src), (MemId, MemId);
    /// `Imm::MemoryInit`.
    memory_init: Imm::MemoryInit { mem, data } => (mem, data), (MemId, DataId);
    /// `Imm::Data`.
    data_segment: Imm::Data(data) => data, DataId;
    /// `Imm::Global`.
    global: Imm::Global(global) => global, GlobalId;
    /// `Imm::Table`.
    table: Imm::Table(table) => table, TableId;
    /// `Imm::TablePair`: destination, source.
    table_pair: Imm::TablePair { dst, src } => (dst, src), (TableId, TableId);
    /// `Imm::TableInit`.
    table_init: Imm::TableInit { table, elem } => (table, elem), (TableId, ElemId);
    /// `Imm::Elem`.
    elem_segment: Imm::Elem(elem) => elem, ElemId;
    /// `Imm::Func`.
    func: Imm::Func(func) => func, FuncId;
    /// `Imm::CallIndirect`.
    table_call: Imm::CallIndirect { table, sig } => (table, sig), (TableId, SigId);
    /// `Imm::Sig`.
    sig: Imm::Sig(sig) => sig, SigId;
    /// `Imm::Trap`.
    trap_code: Imm::Trap(code) => code, TrapCode;
    /// `Imm::Slot`.
    slot: Imm::Slot(slot) => slot, Slot;
    /// `Imm::Tag`.
    tag: Imm::Tag(tag) => tag, TagId;
    /// `Imm::Payload`.
    payload: Imm::Payload { tag, index } => (tag, index), (TagId, u32);
    /// `Imm::Object`: access, offset, region, whether null traps.
    object: Imm::Object { access, offset, region, trap } => (access, offset, region, trap), (Access, u32, u8, bool);
    /// `Imm::TypeData`.
    type_data: Imm::TypeData { ty, data } => (ty, data), (SigId, DataId);
    /// `Imm::TypeElem`.
    type_elem: Imm::TypeElem { ty, elem } => (ty, elem), (SigId, ElemId);
    /// `Imm::Cast`: what is tested, and what is known.
    cast: Imm::Cast { to, from } => (to, from), (Cast, Besides);
    /// `Imm::Try`.
    handlers: Imm::Try(ref it) => it, &Try;
}

impl InstData {
    /// An immediate that the op cannot have.
    pub fn wrong_imm(&self) -> ! {
        panic!("{} with {:?}", self.op.name(), self.imm)
    }
}
