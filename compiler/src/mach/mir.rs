//! Machine IR: a function as target instructions over virtual registers.
//!
//! Problem: the register allocator, frame layout and emission must work for any ISA. So the ISA's instruction type stays opaque
//! here; what the rest must know about an instruction (operands with constraints, clobbers, control flow) is asked once, through
//! [`MachInst`], and kept in flat tables.
//!
//! Invariants of a finished [`MFunc`]:
//! - SSA: every [`VReg`] has one definition, an operand with [`Role::Def`] or a block parameter, that dominates its uses.
//! - Blocks are numbered in emission order, block 0 is the entry and has neither predecessors nor parameters.
//! - The last instruction of a block is its only control transfer. No edge is critical: where a block has several successors, each
//!   of these has one predecessor.
//! - Instructions are never rewritten. Where an operand lives is told by the allocation, in the order in which
//!   [`MachInst::operands`] lists the operands.

use crate::entity::EntityId;
use crate::entity_id;
use crate::ir::{self, Origin};
use std::fmt;
use std::ops::Range;

entity_id!(/** A block of machine instructions. */ MBlock, "mb");

/// Which register file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RegClass {
    Int,
    Float,
}

impl RegClass {
    /// The file that values of a type live in.
    pub fn of(ty: ir::Type) -> RegClass {
        if ty.is_int() {
            RegClass::Int
        } else {
            RegClass::Float
        }
    }
}

/// A physical register: 0-31 integer, 32-63 float, each by hardware number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PReg(u8);

impl PReg {
    /// The integer register with this hardware number.
    pub const fn int(hw: u8) -> PReg {
        assert!(hw < 32);
        PReg(hw)
    }
    /// The float register with this hardware number.
    pub const fn float(hw: u8) -> PReg {
        assert!(hw < 32);
        PReg(32 + hw)
    }
    /// Hardware number.
    pub const fn hw(self) -> u8 {
        self.0 & 31
    }
    /// Number over both files, below 64.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
    /// The register with this number over both files.
    pub const fn from_index(index: usize) -> PReg {
        assert!(index < 64);
        PReg(index as u8)
    }
    /// Its file.
    pub const fn class(self) -> RegClass {
        if self.0 < 32 {
            RegClass::Int
        } else {
            RegClass::Float
        }
    }
}

impl fmt::Debug for PReg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = match self.class() {
            RegClass::Int => 'r',
            RegClass::Float => 'f',
        };
        write!(f, "%{file}{}", self.hw())
    }
}

/// A set of physical registers.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct PRegSet(pub u64);

impl PRegSet {
    pub const EMPTY: PRegSet = PRegSet(0);
    /// The set with these members.
    pub const fn of(regs: &[PReg]) -> PRegSet {
        let mut bits = 0;
        let mut i = 0;
        while i < regs.len() {
            bits |= 1 << regs[i].0;
            i += 1;
        }
        PRegSet(bits)
    }
    pub const fn contains(self, reg: PReg) -> bool {
        self.0 >> reg.0 & 1 != 0
    }
    pub const fn with(self, reg: PReg) -> PRegSet {
        PRegSet(self.0 | 1 << reg.0)
    }
    pub const fn union(self, other: PRegSet) -> PRegSet {
        PRegSet(self.0 | other.0)
    }
    pub const fn intersect(self, other: PRegSet) -> PRegSet {
        PRegSet(self.0 & other.0)
    }
    pub const fn minus(self, other: PRegSet) -> PRegSet {
        PRegSet(self.0 & !other.0)
    }
    /// Members in ascending order.
    pub fn iter(self) -> impl Iterator<Item = PReg> {
        let mut bits = self.0;
        std::iter::from_fn(move || {
            let next = (bits != 0).then(|| PReg(bits.trailing_zeros() as u8));
            bits &= bits.wrapping_sub(1);
            next
        })
    }
}

impl fmt::Debug for PRegSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// A virtual register. i32 values in it are clean (`ir::Type`).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct VReg(u32);

impl VReg {
    pub fn new(index: u32, class: RegClass) -> VReg {
        VReg(index << 1 | class as u32)
    }
    /// Number, unique over both classes.
    pub fn index(self) -> usize {
        (self.0 >> 1) as usize
    }
    pub fn class(self) -> RegClass {
        if self.0 & 1 == 0 {
            RegClass::Int
        } else {
            RegClass::Float
        }
    }
}

impl fmt::Debug for VReg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = match self.class() {
            RegClass::Int => 'r',
            RegClass::Float => 'f',
        };
        write!(f, "v{}{class}", self.index())
    }
}

/// Where an operand may live.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Constraint {
    /// A register or a spill slot.
    Any,
    /// Any register of its class.
    Reg,
    /// A spill slot.
    Stack,
    Fixed(PReg),
    /// A definition in the register of the use with this index in the instruction's operand list.
    Reuse(u8),
}

/// Whether the operand is read or written. (Read and written: a use, and a def with [`Constraint::Reuse`].)
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    Use,
    Def,
}

/// When within the instruction. Uses are normally early and defs late. A late use is still live when defs are written; an early
/// def (a temporary) is written before the uses are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pos {
    Early,
    Late,
}

/// A register operand of an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Operand {
    pub vreg: VReg,
    pub constraint: Constraint,
    pub role: Role,
    pub pos: Pos,
}

impl Operand {
    const fn new(vreg: VReg, constraint: Constraint, role: Role, pos: Pos) -> Operand {
        Operand {
            vreg,
            constraint,
            role,
            pos,
        }
    }
    /// Read, in any register.
    pub const fn reg(vreg: VReg) -> Operand {
        Operand::new(vreg, Constraint::Reg, Role::Use, Pos::Early)
    }
    /// Read, in a register or a spill slot.
    pub const fn any(vreg: VReg) -> Operand {
        Operand::new(vreg, Constraint::Any, Role::Use, Pos::Early)
    }
    /// Read, in this register.
    pub const fn fixed(vreg: VReg, reg: PReg) -> Operand {
        Operand::new(vreg, Constraint::Fixed(reg), Role::Use, Pos::Early)
    }
    /// Read late, in a spill slot.
    pub const fn stack(vreg: VReg) -> Operand {
        Operand::new(vreg, Constraint::Stack, Role::Use, Pos::Late)
    }
    /// Read late, in a register or a spill slot.
    pub const fn any_late(vreg: VReg) -> Operand {
        Operand::new(vreg, Constraint::Any, Role::Use, Pos::Late)
    }
    /// Written, in any register; may share one with an early use.
    pub const fn def(vreg: VReg) -> Operand {
        Operand::new(vreg, Constraint::Reg, Role::Def, Pos::Late)
    }
    /// Written while uses are still to be read: shares no register with any operand.
    pub const fn def_early(vreg: VReg) -> Operand {
        Operand::new(vreg, Constraint::Reg, Role::Def, Pos::Early)
    }
    /// Written, in this register.
    pub const fn def_fixed(vreg: VReg, reg: PReg) -> Operand {
        Operand::new(vreg, Constraint::Fixed(reg), Role::Def, Pos::Late)
    }
    /// Written, in the register of the operand with index `operand`.
    pub const fn def_reuse(vreg: VReg, operand: u8) -> Operand {
        Operand::new(vreg, Constraint::Reuse(operand), Role::Def, Pos::Late)
    }
}

/// Where the allocator put an operand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Loc {
    Reg(PReg),
    /// Spill slot: the frame knows its address.
    Spill(u32),
}

impl Loc {
    /// The register of an operand whose constraint allows no spill slot.
    pub fn reg(self) -> PReg {
        match self {
            Loc::Reg(r) => r,
            Loc::Spill(n) => {
                panic!("operand in spill slot {n}, its constraint asks for a register")
            }
        }
    }
}

/// How an instruction transfers control.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Control {
    /// Falls to the next instruction.
    None,
    /// To one block and does nothing else.
    Jump(MBlock),
    /// To one of the block's successors.
    Branch,
    /// Leaves the function, or traps.
    Exit,
}

/// What the ISA-independent half must know of an instruction.
pub trait MachInst: Clone + fmt::Debug + Send {
    /// Visits the register operands, always in the same order. At most 255.
    fn operands(&self, visit: &mut dyn FnMut(Operand));
    /// Registers whose contents are lost, without those of operands that are definitions.
    fn clobbers(&self) -> PRegSet;
    fn control(&self) -> Control;
}

/// A block.
#[derive(Clone, Debug, Default)]
pub struct MBlockData {
    /// Its instructions in `MFunc::insts`.
    pub insts: Range<u32>,
    /// Its parameters in `MFunc::vregs_pool`.
    pub params: Range<u32>,
    /// Its successors in `MFunc::edges`.
    pub succs: Range<u32>,
    /// Its predecessors in `MFunc::preds_pool`.
    pub preds: Range<u32>,
    /// Expected never to run.
    pub cold: bool,
    /// How often it runs for each time that the function is entered, where that is known or guessed.
    pub weight: Option<f32>,
}

/// An edge of the control-flow graph.
#[derive(Clone, Debug)]
pub struct Edge {
    pub to: MBlock,
    /// Arguments for the target's parameters, in `MFunc::vregs_pool`.
    pub args: Range<u32>,
}

/// A function in machine IR.
#[derive(Clone, Debug)]
pub struct MFunc<I> {
    pub insts: Vec<I>,
    /// Where each instruction came from.
    pub locs: Vec<Origin>,
    pub blocks: Vec<MBlockData>,
    pub edges: Vec<Edge>,
    pub preds_pool: Vec<MBlock>,
    pub vregs_pool: Vec<VReg>,
    /// All operands in instruction order.
    pub operands: Vec<Operand>,
    /// End of each instruction's operands in `operands`.
    pub operand_ends: Vec<u32>,
    pub clobbers: Vec<PRegSet>,
    pub vreg_count: u32,
    /// Sizes of the IR's stack slots, in bytes.
    pub slots: Vec<u32>,
    /// Bytes for outgoing stack arguments and results, the largest call's.
    pub outgoing: u32,
    /// Whether any instruction is a call (the frame must be aligned).
    pub has_calls: bool,
    /// Whether float registers hold 128-bit values, so that spills take 16 bytes.
    pub wide_floats: bool,
    /// Whether a profile says how often blocks run; else it is guessed, if at all.
    pub is_profiled: bool,
    /// By virtual register: whether it holds a reference to an object of the collector. Empty where none does.
    pub references: Vec<bool>,
    /// For debuggers: what locals of WebAssembly hold.
    pub watches: Vec<Watch>,
}

/// An [`ir::Watch`] whose value is in machine IR.
#[derive(Clone, Copy, Debug)]
pub struct Watch {
    pub call: Origin,
    pub local: u32,
    pub from: u32,
    pub value: Option<Watched>,
}

/// A value that debuggers are to know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Watched {
    /// What is in the virtual register with this number.
    VReg(u32),
    Constant(u64),
}

impl<I> MFunc<I> {
    /// Operands of an instruction.
    pub fn inst_operands(&self, inst: usize) -> &[Operand] {
        &self.operands[self.operand_range(inst)]
    }
    /// Indices of an instruction's operands.
    pub fn operand_range(&self, inst: usize) -> Range<usize> {
        let start = match inst {
            0 => 0,
            _ => self.operand_ends[inst - 1],
        };
        start as usize..self.operand_ends[inst] as usize
    }
    /// Parameters of a block.
    pub fn params(&self, block: MBlock) -> &[VReg] {
        let range = &self.blocks[block.index()].params;
        &self.vregs_pool[range.start as usize..range.end as usize]
    }
    /// Successors of a block.
    pub fn succs(&self, block: MBlock) -> &[Edge] {
        let range = &self.blocks[block.index()].succs;
        &self.edges[range.start as usize..range.end as usize]
    }
    /// Arguments on an edge.
    pub fn args(&self, edge: &Edge) -> &[VReg] {
        &self.vregs_pool[edge.args.start as usize..edge.args.end as usize]
    }
    /// Predecessors of a block.
    pub fn preds(&self, block: MBlock) -> &[MBlock] {
        let range = &self.blocks[block.index()].preds;
        &self.preds_pool[range.start as usize..range.end as usize]
    }
    /// Appends an instruction to the last block.
    #[cfg(test)]
    pub fn push(&mut self, inst: I, loc: Origin)
    where
        I: MachInst,
    {
        inst.operands(&mut |operand| self.operands.push(operand));
        self.operand_ends.push(self.operands.len() as u32);
        self.clobbers.push(inst.clobbers());
        self.insts.push(inst);
        self.locs.push(loc);
    }
    /// Indices of a block's instructions.
    pub fn block_insts(&self, block: MBlock) -> Range<usize> {
        let range = &self.blocks[block.index()].insts;
        range.start as usize..range.end as usize
    }
}
