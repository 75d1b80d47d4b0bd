//! The intermediate representation: classical SSA on a control-flow graph with block parameters.
//!
//! A [`Func`] owns arenas of blocks, instructions and values. Each [`BlockData`] owns the list of its instructions, the last of which
//! is the only terminator. `layout` lists the blocks that exist, entry first. Values are defined once, by a block parameter or an
//! instruction result, and every use is dominated by its definition; `verify` checks that and all types.

pub(crate) mod build;
pub mod cfg;
pub mod component;
pub(crate) mod cons;
pub(crate) mod copy;
pub(crate) mod deftype;
pub mod dom;
pub(crate) mod effects;
pub mod eval;
pub mod eval_vec;
pub mod facts;
pub mod freq;
pub mod graph;
pub mod guards;
pub(crate) mod imm;
pub mod interp;
pub mod loops;
pub mod objects;
pub mod odds;
pub mod op;
pub mod parse;
pub(crate) mod program;
pub(crate) mod rules;
pub(crate) mod text;
pub(crate) mod types;
pub mod uses;
pub(crate) mod vec;
pub mod verify;

use crate::entity::{Arena, EntityId};
use crate::entity_id;
pub use build::Builder;
pub use deftype::*;
pub use effects::{Effects, Regions};
pub use imm::{Besides, Callee, Cast, Imm, RawRegion, Target, Try};
pub use odds::Odds;
pub use op::{Op, Shape};
pub use program::*;
use smallvec::SmallVec;
pub use text::TextLine;
pub use types::{Access, Conv, FloatCc, IntCc, Signature, Type};
pub use vec::Lanes;

entity_id!(/** A basic block. */ Block, "b");
entity_id!(/** An instruction. */ Inst, "i");
entity_id!(/** An SSA value. */ Value, "v");
entity_id!(/** A stack slot of the frame. */ Slot, "s");

/// Where an instruction came from: a place in the Wasm code of the function itself, or in that of a function that was inlined into it. The latter is an
/// entry of [`Func::inlined`], which leads on to the call that it stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Origin(pub u32);

/// A place in the code of an inlined function.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Inlined {
    pub func: FuncId,
    /// Offset in the file of that function's module; 0: none.
    pub offset: u32,
    /// Where it was called.
    pub caller: Origin,
}

impl Origin {
    /// No place.
    pub const NONE: Origin = Origin(0);
    /// Set in those that are entries of a table of [`Inlined`]. No module is so large.
    pub const INLINED: u32 = 1 << 31;

    /// The place at an offset in the module's file.
    pub fn at(offset: usize) -> Origin {
        debug_assert!(offset < Origin::INLINED as usize);
        Origin(offset as u32)
    }
    /// The entry with this number.
    pub fn inlined(index: usize) -> Origin {
        debug_assert!(index < Origin::INLINED as usize);
        Origin(Origin::INLINED | index as u32)
    }
    /// The number of the entry, if it is one.
    pub fn entry(self) -> Option<usize> {
        (self.0 & Origin::INLINED != 0).then_some((self.0 & !Origin::INLINED) as usize)
    }
}

impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.entry() {
            Some(index) => write!(f, "inlined {index}"),
            None => write!(f, "{:#x}", self.0),
        }
    }
}

/// For debuggers: what a local of WebAssembly holds from a place in the code on, up to the next entry of the same local.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Watch {
    /// The call that the code with the local was inlined instead of; [`Origin::NONE`]: the function's own.
    pub call: Origin,
    /// With [`Watch::OPERAND`]: no local but a place of the operand stack, counted from the lowest.
    pub local: u32,
    /// Offset in the file of the module that the code with the local is in.
    pub from: u32,
    /// `None` where no value is known, or none is left.
    pub value: Option<Value>,
}

impl Watch {
    pub const OPERAND: u32 = 1 << 31;
}

/// A function body.
#[derive(Clone, Debug)]
pub struct Func {
    pub id: FuncId,
    /// For listings and messages.
    pub name: String,
    pub sig: Signature,
    pub conv: Conv,
    pub blocks: Arena<Block, BlockData>,
    pub insts: Arena<Inst, InstData>,
    pub values: Arena<Value, ValueData>,
    pub slots: Arena<Slot, SlotData>,
    /// Places in other functions that instructions came from.
    pub inlined: Vec<Inlined>,
    /// For debuggers: the first stack slot holds the address of the function's frame in linear memory, from behind the instructions of this place on.
    pub frame_kept: Option<Origin>,
    /// For debuggers: the values of locals that variables of the source are in. Passes replace values here as they do in operands, but nothing here is a use.
    pub watches: Vec<Watch>,
    /// How often it was entered, by a profile; `None` without one.
    pub entries: Option<u64>,
    /// Blocks in order, entry first. The entry's parameters are the function's. A block that is not listed does not exist.
    pub layout: Vec<Block>,
}

impl Func {
    /// A function without blocks.
    pub fn new(id: FuncId, name: String, sig: Signature, conv: Conv) -> Self {
        Func {
            id,
            name,
            sig,
            conv,
            blocks: Arena::new(),
            insts: Arena::new(),
            values: Arena::new(),
            slots: Arena::new(),
            inlined: Vec::new(),
            frame_kept: None,
            watches: Vec::new(),
            entries: None,
            layout: Vec::new(),
        }
    }
    /// The results of an instruction.
    pub fn results(&self, inst: Inst) -> impl ExactSizeIterator<Item = Value> + use<> {
        let data = &self.insts[inst];
        let first = data.first_result.as_u32();
        (first..first + data.result_count).map(Value::from_u32)
    }
    /// The instruction that defines the value, if it is no block parameter.
    pub fn def(&self, value: Value) -> Option<Inst> {
        match self.values[value].def {
            ValueDef::Result(inst, _) => Some(inst),
            ValueDef::Param(..) => None,
        }
    }
    /// The value's bits if it is a constant, other than a vector.
    pub fn const_bits(&self, value: Value) -> Option<u64> {
        let data = &self.insts[self.def(value)?];
        match (data.op, &data.imm) {
            (Op::Const, &Imm::Bits(bits)) => Some(bits),
            _ => None,
        }
    }
    /// The last instruction of a block, which is its terminator.
    pub fn terminator(&self, block: Block) -> Option<&InstData> {
        self.blocks[block].insts.last().map(|&i| &self.insts[i])
    }
}

/// A basic block.
#[derive(Clone, Debug, Default)]
pub struct BlockData {
    pub params: Vec<Value>,
    pub insts: Vec<Inst>,
}

/// An instruction.
#[derive(Clone, Debug)]
pub struct InstData {
    pub op: Op,
    /// Controlling type; see `Op`'s documentation. `I32` where it has no meaning.
    pub ty: Type,
    pub imm: Imm,
    pub args: SmallVec<[Value; 3]>,
    /// Results are the consecutive values `first_result .. + result_count`.
    pub first_result: Value,
    pub result_count: u32,
    /// The Wasm instruction that this came from.
    pub loc: Origin,
}

/// A value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ValueData {
    pub ty: Type,
    pub def: ValueDef,
}

/// Where a value is defined.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ValueDef {
    Param(Block, u32),
    Result(Inst, u32),
}

/// A stack slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SlotData {
    /// Bytes; alignment is 16.
    pub size: u32,
}
