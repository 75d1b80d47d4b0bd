//! Register allocation: [`allocate`], on the `regalloc2` crate.
//!
//! A use that no definition reaches is refused ([`check`]), whatever the algorithm would make of it. The machine IR is not changed: the result says where each operand lives and which moves go before which instruction. With
//! `verify` the crate's symbolic checker proves, independently of the algorithm, that every use reads the value that it should.
//!
//! Spills store and reload whole 64-bit registers (128-bit float registers where the function has vectors), so the upper half
//! of a clean i32 is zero after a reload as well.

use super::check;
use super::isa::RegEnv;
use super::mir::{
    Constraint, Control, Loc, MBlock, MFunc, MachInst, Operand, PReg, PRegSet, Pos, RegClass, Role,
    VReg,
};
use crate::entity::EntityId;
use regalloc2 as ra;

/// Where everything is.
#[derive(Clone, Debug, Default)]
pub struct Allocation {
    /// Place of each operand, in instruction order.
    locs: Vec<Loc>,
    /// End of each instruction's operands in `locs`.
    ends: Vec<u32>,
    /// Moves between places, in the order of the instructions before which they happen.
    moves: Vec<Move>,
    /// End of the moves before each instruction in `moves`.
    move_ends: Vec<u32>,
    /// Spill slots of 8 bytes.
    pub spills: u32,
    /// Registers written by operands or moves, or clobbered.
    pub changed: PRegSet,
}

impl Allocation {
    /// Places of an instruction's operands.
    pub fn locs(&self, inst: usize) -> &[Loc] {
        let start = match inst {
            0 => 0,
            _ => self.ends[inst - 1],
        };
        &self.locs[start as usize..self.ends[inst] as usize]
    }
    /// Moves before an instruction, which happen in order.
    pub fn moves(&self, inst: usize) -> &[Move] {
        let start = match inst {
            0 => 0,
            _ => self.move_ends[inst - 1],
        };
        &self.moves[start as usize..self.move_ends[inst] as usize]
    }
}

/// A move that the allocator inserts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Move {
    pub from: Loc,
    pub to: Loc,
}

/// How much to try, and whether to check.
#[derive(Clone, Copy, Debug)]
pub struct AllocOptions {
    /// One local pass instead of the global algorithm.
    pub fast: bool,
    /// Check the result.
    pub verify: bool,
}

/// [`live_area`] beyond which the global algorithm takes too long: it looks for room for each spilled value among all that it has placed
/// before (50,000 values live through 150,000 instructions: ten minutes against a third of a second). The largest function of QuickJS
/// stays below three million.
const MAX_LIVE_AREA: u64 = 100_000_000;

/// Blocks beyond which it takes too long to merge the live ranges of block parameters: the time grows with the square of their number
/// (12 s for 120,000 blocks).
const MAX_BLOCKS: usize = 40_000;

/// [`param_scans`] beyond which it takes too long to find the moves of block parameters (5,000 cases of a `br_table` that hand on twenty
/// variables: 24 s). No function of CPython, QuickJS, Boolector and Go programs needs a tenth of it.
const MAX_PARAM_SCANS: u64 = 400_000_000;

/// Assigns registers and spill slots. Functions beyond [`MAX_LIVE_AREA`], [`MAX_BLOCKS`] or [`MAX_PARAM_SCANS`] get the local algorithm. An error is a bug in lowering (contradictory constraints) or in the allocator.
pub fn allocate<I: MachInst>(
    func: &MFunc<I>,
    env: &RegEnv,
    options: AllocOptions,
) -> Result<Allocation, String> {
    check::definitions(func)?;
    let adapter = Adapter::new(func, env);
    let machine_env = machine_env(env);
    let ra_options = ra::RegallocOptions {
        verbose_log: false,
        validate_ssa: options.verify,
        algorithm: if options.fast
            || func.blocks.len() > MAX_BLOCKS
            || live_area(func) > MAX_LIVE_AREA
            || param_scans(func) > MAX_PARAM_SCANS
        {
            ra::Algorithm::Fastalloc
        } else {
            ra::Algorithm::Ion
        },
    };
    let output = ra::run(&adapter, &machine_env, &ra_options)
        .map_err(|e| format!("register allocation: {e}"))?;
    if options.verify {
        let mut checker = ra::checker::Checker::new(&adapter, &machine_env);
        checker.prepare(&output);
        checker
            .run()
            .map_err(|e| format!("register allocation is wrong: {e:?}"))?;
    }
    Ok(convert(func, &output))
}

/// Roughly how many values are live, summed over all instructions: each from its first to its last mention.
fn live_area<I>(func: &MFunc<I>) -> u64 {
    let mut spans = vec![(u32::MAX, 0u32); func.vreg_count as usize];
    let mut mention = |vreg: VReg, at: u32| {
        let (first, last) = &mut spans[vreg.index()];
        *first = at.min(*first);
        *last = at.max(*last);
    };
    for inst in 0..func.insts.len() {
        for operand in func.inst_operands(inst) {
            mention(operand.vreg, inst as u32);
        }
    }
    for (i, block) in func.blocks.iter().enumerate() {
        let id = MBlock::from_u32(i as u32);
        for &param in func.params(id) {
            mention(param, block.insts.start);
        }
        for edge in func.succs(id) {
            for &arg in func.args(edge) {
                mention(arg, block.insts.end);
            }
        }
    }
    let lengths = spans
        .iter()
        .map(|(first, last)| last.saturating_sub(*first));
    lengths.map(u64::from).sum()
}

/// At most how many arguments the global algorithm looks at to find the moves of block parameters: for each parameter it may pass the
/// arguments of all.
fn param_scans<I>(func: &MFunc<I>) -> u64 {
    let params: usize = func.blocks.iter().map(|block| block.params.len()).sum();
    let args: usize = func.edges.iter().map(|edge| edge.args.len()).sum();
    params as u64 * args as u64
}

fn convert<I: MachInst>(func: &MFunc<I>, output: &ra::Output) -> Allocation {
    let mut changed = PRegSet::EMPTY;
    let locs: Vec<Loc> = output.allocs.iter().map(|&a| loc(a)).collect();
    for (operand, &loc) in func.operands.iter().zip(&locs) {
        if let (Role::Def, Loc::Reg(reg)) = (operand.role, loc) {
            changed = changed.with(reg);
        }
    }
    for &clobbers in &func.clobbers {
        changed = changed.union(clobbers);
    }
    let mut move_ends = vec![0; func.insts.len()];
    let moves: Vec<Move> = output
        .edits
        .iter()
        .filter_map(|(point, ra::Edit::Move { from, to })| {
            let inst = point.inst().index();
            let before = match point.pos() {
                ra::InstPosition::Before => inst,
                // The local algorithm puts what a terminator defines into a spill slot where nothing is executed any more; whoever uses it takes it
                // from the register that it is defined in.
                ra::InstPosition::After if func.insts[inst].control() != Control::None => {
                    let defines = func
                        .inst_operands(inst)
                        .iter()
                        .zip(output.inst_allocs(point.inst()));
                    let is_defined = |(operand, alloc): (&Operand, &ra::Allocation)| {
                        operand.role == Role::Def && alloc == from
                    };
                    assert!(
                        to.is_stack() && defines.into_iter().any(is_defined),
                        "a move behind a terminator"
                    );
                    return None;
                }
                ra::InstPosition::After => inst + 1,
            };
            move_ends[before] += 1;
            Some(Move {
                from: loc(*from),
                to: loc(*to),
            })
        })
        .collect();
    let mut end = 0;
    for count in &mut move_ends {
        end += *count;
        *count = end;
    }
    for m in &moves {
        if let Loc::Reg(reg) = m.to {
            changed = changed.with(reg);
        }
    }
    Allocation {
        locs,
        ends: func.operand_ends.clone(),
        moves,
        move_ends,
        spills: output.num_spillslots as u32,
        changed,
    }
}

fn loc(alloc: ra::Allocation) -> Loc {
    match alloc.kind() {
        ra::AllocationKind::Reg => Loc::Reg(from_preg(alloc.as_reg().expect("a register"))),
        ra::AllocationKind::Stack => Loc::Spill(alloc.as_stack().expect("a slot").index() as u32),
        ra::AllocationKind::None => panic!("operand without allocation"),
    }
}

fn from_preg(reg: ra::PReg) -> PReg {
    match reg.class() {
        ra::RegClass::Int => PReg::int(reg.hw_enc() as u8),
        ra::RegClass::Float | ra::RegClass::Vector => PReg::float(reg.hw_enc() as u8),
    }
}
fn to_preg(reg: PReg) -> ra::PReg {
    ra::PReg::new(reg.hw() as usize, to_class(reg.class()))
}
fn to_class(class: RegClass) -> ra::RegClass {
    match class {
        RegClass::Int => ra::RegClass::Int,
        RegClass::Float => ra::RegClass::Float,
    }
}
fn to_vreg(reg: VReg) -> ra::VReg {
    ra::VReg::new(reg.index(), to_class(reg.class()))
}
fn to_set(set: PRegSet) -> ra::PRegSet {
    let mut result = ra::PRegSet::empty();
    for reg in set.iter() {
        result.add(to_preg(reg));
    }
    result
}

fn to_operand(operand: &Operand) -> ra::Operand {
    ra::Operand::new(
        to_vreg(operand.vreg),
        match operand.constraint {
            Constraint::Any => ra::OperandConstraint::Any,
            Constraint::Reg => ra::OperandConstraint::Reg,
            Constraint::Stack => ra::OperandConstraint::Stack,
            Constraint::Fixed(reg) => ra::OperandConstraint::FixedReg(to_preg(reg)),
            Constraint::Reuse(index) => ra::OperandConstraint::Reuse(index as usize),
        },
        match operand.role {
            Role::Use => ra::OperandKind::Use,
            Role::Def => ra::OperandKind::Def,
        },
        match operand.pos {
            Pos::Early => ra::OperandPos::Early,
            Pos::Late => ra::OperandPos::Late,
        },
    )
}

fn machine_env(env: &RegEnv) -> ra::MachineEnv {
    let of_class = |set: PRegSet, class| {
        let mut result = ra::PRegSet::empty();
        for reg in set.iter().filter(|r| r.class() == class) {
            result.add(to_preg(reg));
        }
        result
    };
    let by_class = |set| {
        [
            of_class(set, RegClass::Int),
            of_class(set, RegClass::Float),
            ra::PRegSet::empty(),
        ]
    };
    ra::MachineEnv {
        preferred_regs_by_class: by_class(env.preferred),
        non_preferred_regs_by_class: by_class(env.non_preferred),
        scratch_by_class: [None; 3],
        fixed_stack_slots: Vec::new(),
    }
}

/// The function in the crate's terms.
struct Adapter<'a, I> {
    func: &'a MFunc<I>,
    operands: Vec<ra::Operand>,
    vregs: Vec<ra::VReg>,
    /// What calls change beyond the instructions' own clobbers: upper halves of registers whose low halves they preserve. It is no change of
    /// the register that makes this function save it.
    wide_clobbers: PRegSet,
    /// Target of each edge, parallel to `MFunc::edges`.
    succs: Vec<ra::Block>,
    preds: Vec<ra::Block>,
}

impl<'a, I: MachInst> Adapter<'a, I> {
    fn new(func: &'a MFunc<I>, env: &RegEnv) -> Self {
        let block = |b: MBlock| ra::Block::new(b.index());
        Adapter {
            func,
            operands: func.operands.iter().map(to_operand).collect(),
            vregs: func.vregs_pool.iter().map(|&v| to_vreg(v)).collect(),
            wide_clobbers: match func.wide_floats {
                true => env.half_saved,
                false => PRegSet::EMPTY,
            },
            succs: func.edges.iter().map(|e| block(e.to)).collect(),
            preds: func.preds_pool.iter().map(|&b| block(b)).collect(),
        }
    }
    fn control(&self, inst: ra::Inst) -> Control {
        self.func.insts[inst.index()].control()
    }
}

impl<I: MachInst> ra::Function for Adapter<'_, I> {
    fn num_insts(&self) -> usize {
        self.func.insts.len()
    }
    fn num_blocks(&self) -> usize {
        self.func.blocks.len()
    }
    fn entry_block(&self) -> ra::Block {
        ra::Block::new(0)
    }
    fn block_insns(&self, block: ra::Block) -> ra::InstRange {
        let range = &self.func.blocks[block.index()].insts;
        ra::InstRange::new(
            ra::Inst::new(range.start as usize),
            ra::Inst::new(range.end as usize),
        )
    }
    fn block_succs(&self, block: ra::Block) -> &[ra::Block] {
        let range = &self.func.blocks[block.index()].succs;
        &self.succs[range.start as usize..range.end as usize]
    }
    fn block_preds(&self, block: ra::Block) -> &[ra::Block] {
        let range = &self.func.blocks[block.index()].preds;
        &self.preds[range.start as usize..range.end as usize]
    }
    fn block_params(&self, block: ra::Block) -> &[ra::VReg] {
        let range = &self.func.blocks[block.index()].params;
        &self.vregs[range.start as usize..range.end as usize]
    }
    fn is_ret(&self, inst: ra::Inst) -> bool {
        self.control(inst) == Control::Exit
    }
    fn is_branch(&self, inst: ra::Inst) -> bool {
        matches!(self.control(inst), Control::Jump(_) | Control::Branch)
    }
    fn branch_blockparams(&self, block: ra::Block, _inst: ra::Inst, succ: usize) -> &[ra::VReg] {
        let edge = &self.func.succs(MBlock::from_u32(block.index() as u32))[succ];
        &self.vregs[edge.args.start as usize..edge.args.end as usize]
    }
    fn inst_operands(&self, inst: ra::Inst) -> &[ra::Operand] {
        let start = match inst.index() {
            0 => 0,
            n => self.func.operand_ends[n - 1],
        };
        &self.operands[start as usize..self.func.operand_ends[inst.index()] as usize]
    }
    fn inst_clobbers(&self, inst: ra::Inst) -> ra::PRegSet {
        match self.func.clobbers[inst.index()] {
            PRegSet::EMPTY => ra::PRegSet::empty(),
            clobbers => to_set(clobbers.union(self.wide_clobbers)),
        }
    }
    fn num_vregs(&self) -> usize {
        self.func.vreg_count as usize
    }
    fn spillslot_size(&self, class: ra::RegClass) -> usize {
        match class {
            ra::RegClass::Int => 1,
            ra::RegClass::Float | ra::RegClass::Vector => 1 + usize::from(self.func.wide_floats),
        }
    }
}
