//! Lowering driver: IR to machine IR by backward tree matching.
//!
//! Blocks are visited in reverse of their emission order and instructions in reverse of their order, the terminator first. So all uses
//! of a value are seen before its definition: a value gets a virtual register when a user asks for it ([`Lower::reg`]), and a pure
//! instruction whose result nobody asked for is never lowered, because it is dead or because every user has matched it as part of itself.
//!
//! What an ISA may match as part of the instruction being lowered (the *root*):
//! - any pure instruction ([`Lower::pure_def`]): its operands are available wherever it is. If others still ask for its register it is computed twice.
//! - a load ([`Lower::sinkable`]), whose effect moves to the root: only if the root is its sole user (counting users of users that may be
//!   matched more than once), in the same block, and nothing between writes what it reads or, if it may trap, traps in another way
//!   than by a load. The ISA says [`Lower::sink`] when it does so; it then happens nowhere else, and keeps its exact width.
//!
//! Instructions that are rematerialised ([`is_rematerialized`]) get a new register at every use, or one for a loop ([`super::hoist`]).
//!
//! Block parameters become parameters of machine blocks; arguments that are rematerialised are computed on the edge. Critical edges
//! are split ([`super::edges`]).

use super::control;
use super::edges::Edges;
use super::hoist::{Hoist, Key, Made};
use super::inst::Inst as MInst;
use super::isa::Isa;
use super::known::{Changed, Cx};
use super::mir::{
    Constraint, Edge, MBlock, MBlockData, MFunc, MachInst, Operand, RegClass, Role, VReg, Watch,
    Watched,
};
use super::pairs::{Making, Paired, Pairs};
use crate::entity::EntityId;
use crate::ir::{
    Block, Func, Imm, Inst, InstData, Op, Origin, Program, Regions, Type, Value, ValueDef,
};

/// What lowering may do with an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// Only computes its results: emitted where and as often as users like, or never.
    Pure,
    /// A load: emitted once, at its place or at its sole user's. Dropped if unused and it cannot trap.
    Load { may_trap: bool },
    /// Emitted at its place.
    Fixed,
}

fn kind(inst: &InstData) -> Kind {
    let effects = inst.effects();
    if matches!(
        inst.op,
        Op::Load | Op::RawLoad | Op::GcLoad | Op::GcLoadElem
    ) {
        Kind::Load {
            may_trap: effects.may_trap,
        }
    } else if effects.is_pure() && !effects.may_trap {
        Kind::Pure
    } else {
        Kind::Fixed
    }
}

/// Whether the instruction is so cheap that its result is computed anew at each use instead of being kept in a register.
pub fn is_rematerialized(inst: &InstData) -> bool {
    matches!(
        inst.op,
        Op::Const | Op::InstanceAddr | Op::SymbolAddr | Op::SlotAddr
    )
}

const NONE: u32 = u32::MAX;

/// A use within so many instructions of the definition is asked to be in a register even where a spill slot would do. Otherwise the
/// allocator stores a value and lets the next instruction read it back from memory, which costs the store-forwarding latency:
/// 64 instead of 0 makes seqhash 19 % faster, scalar multiplication 6 %; 16 and no limit are between or worse.
const NEAR: u32 = 64;

/// Instructions before a terminator among which it looks for what it may take in.
const MAX_TAKEN: usize = 32;

/// Position in a block as far as effects go: numbers of instructions before it.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Colour {
    /// That may write contents of a guest memory.
    memory: u32,
    /// That may write other state.
    state: u32,
    /// That may trap, loads excepted, or not return.
    traps: u32,
}

impl Colour {
    /// Advances past an instruction.
    fn pass(&mut self, inst: &InstData) {
        let effects = inst.effects();
        self.memory += u32::from(effects.writes.intersects(Regions::MEMORIES));
        self.state += u32::from(!effects.writes.minus(Regions::MEMORIES).is_empty());
        let is_load = matches!(kind(inst), Kind::Load { .. });
        self.traps += u32::from((effects.may_trap && !is_load) || effects.is_call);
    }
    /// Whether a load may move from here to `later` in the same block. What traps does not move behind a write: whoever recovers
    /// from the trap would see the write.
    fn may_sink(self, load: &InstData, later: Colour) -> bool {
        let effects = load.effects();
        let memory = effects.reads.intersects(Regions::MEMORIES);
        let state = !effects.reads.minus(Regions::MEMORIES).is_empty();
        (!memory || self.memory == later.memory)
            && (!state || self.state == later.state)
            && (!effects.may_trap || self == later)
    }
}

/// Lowering of one function; what an ISA's lowering functions work on.
pub struct Lower<'a, I: Isa> {
    pub func: &'a Func,
    pub program: &'a Program,
    /// Registers that callees change.
    pub changed: &'a Changed,
    pub isa: &'a I,
    /// Virtual register of each value, by index, once asked for.
    regs: Vec<u32>,
    /// Uses of each value: 0, 1, or 2 for more. A value used by a pure instruction that has several uses has several.
    uses: Vec<u8>,
    /// Uses of each value by an instruction or an edge: 0, 1, or 2 for more.
    direct_uses: Vec<u8>,
    /// Per instruction: effects before it in its block, and the block.
    colours: Vec<(Colour, Block)>,
    sunk: Vec<bool>,
    /// Where the root is.
    at: Colour,
    block: Block,
    is_terminator: bool,
    /// Classes of virtual registers.
    classes: Vec<RegClass>,
    /// Those that are asked for as values of type `gc`.
    references: Vec<VReg>,
    /// Per virtual register: the one that it is another name of, or itself.
    aliases: Vec<u32>,
    loc: Origin,
    /// Instructions of the root, in order.
    pending: Vec<(MInst<I>, Origin)>,
    /// Everything lowered so far, in reverse.
    reversed: Vec<(MInst<I>, Origin)>,
    outgoing: u32,
    has_calls: bool,
    /// Where constants of the root's loop are made.
    home: Option<Block>,
    /// By block: number of loops around it.
    depths: &'a [u32],
    hoist: Hoist<MInst<I>>,
    pairs: Pairs,
}

/// Lowers a function whose Wasm-level state operations `expand` has rewritten.
pub fn lower<I: Isa>(
    isa: &I,
    func: &Func,
    known: &Cx,
    order: &super::layout::Order,
) -> MFunc<MInst<I>> {
    let program = known.program;
    let (uses, direct_uses) = count_uses(isa, func, order);
    let mut cx = Lower {
        func,
        program,
        changed: known.changed,
        isa,
        regs: vec![NONE; func.values.len()],
        uses,
        direct_uses,
        colours: colours(func, order),
        sunk: vec![false; func.insts.len()],
        at: Colour::default(),
        block: order.blocks[0],
        is_terminator: false,
        classes: Vec::with_capacity(func.values.len()),
        references: Vec::new(),
        aliases: Vec::with_capacity(func.values.len()),
        loc: Origin::NONE,
        pending: Vec::new(),
        reversed: Vec::with_capacity(func.insts.len() * 2),
        outgoing: 0,
        has_calls: false,
        home: None,
        depths: &order.depths,
        hoist: Hoist::default(),
        pairs: Pairs::new(func, &order.blocks, I::MAKES),
    };
    let loads = |inst: Inst| super::call::has_stack_results(isa, program, &func.insts[inst]);
    let edges = Edges::new(func, order, &loads);
    let body = cx.lower_blocks(&edges, order);
    cx.finish(edges, body, order)
}

/// What `lower_blocks` records of machine blocks; instruction ranges count from the end.
struct Body {
    /// Per machine block: range in `Lower::reversed`.
    ranges: Vec<(u32, u32)>,
    /// Per edge of the graph: range of its arguments in `pool`.
    args: Vec<std::ops::Range<u32>>,
    pool: Vec<VReg>,
}

impl<'a, I: Isa> Lower<'a, I> {
    // What an ISA asks.

    /// The instruction.
    pub fn inst(&self, inst: Inst) -> &'a InstData {
        &self.func.insts[inst]
    }
    /// Type of a value.
    pub fn ty(&self, value: Value) -> Type {
        self.func.values[value].ty
    }
    /// The n-th result of an instruction.
    pub fn result_value(&self, inst: Inst, n: u32) -> Value {
        let data = &self.func.insts[inst];
        debug_assert!(n < data.result_count);
        Value::from_u32(data.first_result.as_u32() + n)
    }
    /// Whether anything asked for the value's register.
    pub fn is_used(&self, value: Value) -> bool {
        self.regs[value.index()] != NONE
    }
    /// Whether the IR uses the value once, and that user is used once if it is pure, and so on.
    pub fn is_single_use(&self, value: Value) -> bool {
        self.uses[value.index()] == 1
    }
    /// Whether the IR uses the value once, be that user matched as often as it may. Taking in a pure instruction then computes it at
    /// most as often as its user.
    pub fn is_used_once(&self, value: Value) -> bool {
        self.direct_uses[value.index()] == 1
    }
    /// Whether the IR uses the value.
    pub fn has_uses(&self, value: Value) -> bool {
        self.direct_uses[value.index()] != 0
    }
    /// Whether the value is defined in the root's block.
    pub fn is_local(&self, value: Value) -> bool {
        match self.func.values[value].def {
            ValueDef::Result(inst, _) => self.colours[inst.index()].1 == self.block,
            ValueDef::Param(block, _) => block == self.block,
        }
    }
    /// The instruction that defines the value, if it is no block parameter.
    pub fn def(&self, value: Value) -> Option<Inst> {
        self.func.def(value)
    }
    /// Bits of a constant.
    pub fn const_bits(&self, value: Value) -> Option<u64> {
        self.func.const_bits(value)
    }
    /// Bits of a constant vector.
    pub fn vec_bits(&self, value: Value) -> Option<u128> {
        let data = self.inst(self.def(value)?);
        match (data.op, &data.imm) {
            (Op::Const, &Imm::Vec(bits)) => Some(bits),
            _ => None,
        }
    }
    /// The pure instruction that defines the value, which may be matched as part of the root.
    pub fn pure_def(&self, value: Value) -> Option<Inst> {
        let inst = self.def(value)?;
        (kind(self.inst(inst)) == Kind::Pure).then_some(inst)
    }
    /// The load that defines the value, if it may happen as part of the root instead: of a memory, a native address or an object.
    pub fn sinkable(&self, value: Value) -> Option<Inst> {
        let inst = self.def(value)?;
        let data = self.inst(inst);
        if !matches!(kind(data), Kind::Load { .. })
            || self.uses[value.index()] != 1
            || self.is_used(value)
            || self.sunk[inst.index()]
        {
            return None;
        }
        let (colour, block) = self.colours[inst.index()];
        (block == self.block && colour.may_sink(data, self.at)).then_some(inst)
    }
    /// Takes a [`Lower::sinkable`] load into the root: nothing else will do it. Its location becomes that of instructions emitted from
    /// now on for this root, so that its trap is reported where it belongs.
    pub fn sink(&mut self, inst: Inst) {
        assert!(
            !std::mem::replace(&mut self.sunk[inst.index()], true),
            "load sunk twice"
        );
        let loc = self.func.insts[inst].loc;
        if loc != Origin::NONE {
            self.loc = loc;
        }
    }

    /// Takes the pure instruction that defines the value into the root, if that is the terminator of its block, others use the value too, and none of these is an
    /// instruction of the block: nothing else will do it.
    pub fn take(&mut self, value: Value) -> bool {
        let Some(inst) = self.pure_def(value) else {
            return false;
        };
        let insts = &self.func.blocks[self.block].insts;
        let is_taken = self.sunk[inst.index()] || self.pairs.contains(inst);
        if !self.is_terminator || !self.is_local(value) || is_taken || self.is_single_use(value) {
            return false;
        }
        for &other in insts.iter().rev().skip(1).take(MAX_TAKEN) {
            if other == inst {
                self.sunk[inst.index()] = true;
                return true;
            }
            if self.func.insts[other].uses().any(|used| used == value) {
                return false;
            }
        }
        false
    }

    /// A register that holds the value. May emit instructions, which may change the flags.
    pub fn reg(&mut self, value: Value) -> VReg {
        if let Some(inst) = self.def(value)
            && is_rematerialized(self.inst(inst))
        {
            let (isa, class) = (self.isa, RegClass::of(self.ty(value)));
            if isa.is_costly(self.inst(inst))
                && let Some(reg) = self.hoisted(Key::Value(value), class, |_| Made::Inst(inst))
            {
                return reg;
            }
            let dst = self.temp(class);
            isa.rematerialize(self, inst, dst);
            return dst;
        }
        if let Some(inst) = self.def(value)
            && self.isa.is_recomputed(self.inst(inst).op)
            && self.depths[self.block.index()] < self.depths[self.colours[inst.index()].1.index()]
        {
            let (isa, dst) = (self.isa, self.temp(RegClass::of(self.ty(value))));
            isa.rematerialize(self, inst, dst);
            return dst;
        }
        self.dst(value)
    }
    /// How the root's result is made, where the instruction set makes two at once. Where another instruction makes it, that has been told.
    pub fn making(&mut self, inst: Inst) -> Making {
        match self.pairs.of(inst) {
            Paired::Not => Making::Alone,
            Paired::Makes(other, reg) => Making::With(other, reg),
            Paired::Made(other) => Making::By(other),
            Paired::MakesFirst(other) => {
                self.pairs.made(other);
                Making::With(other, self.dst(self.result_value(other, 0)))
            }
            Paired::ByFirst(other) => {
                let dst = self.dst(self.result_value(inst, 0));
                self.pairs.want(other, dst);
                // It is lowered if anything asks for it.
                self.dst(self.result_value(other, 0));
                Making::By(other)
            }
        }
    }
    /// A vector constant that the instruction set needs for itself, made by this pseudo-instruction.
    pub fn own_vector(&mut self, bits: u128, make: impl Fn(VReg) -> I::Pseudo) -> VReg {
        let made = |dst| Made::Own(MInst::Pseudo(make(dst)));
        if let Some(reg) = self.hoisted(Key::Bits(bits), RegClass::Float, made) {
            return reg;
        }
        let dst = self.temp(RegClass::Float);
        self.pseudo(make(dst));
        dst
    }
    /// A register that the home of the root's loop sets, if there is one with room.
    fn hoisted(
        &mut self,
        key: Key,
        class: RegClass,
        make: impl FnOnce(VReg) -> Made<MInst<I>>,
    ) -> Option<VReg> {
        let home = self.home?;
        let known = self.hoist.known(home, key);
        if known.is_some() || !self.hoist.has_room(home, class) {
            return known;
        }
        let dst = self.temp(class);
        self.hoist.add(home, key, make(dst), dst);
        Some(dst)
    }
    /// The register that a value's users read. For results of the root, and parameters.
    ///
    /// # Panics
    /// The value is a load that was sunk: nothing will ever write its register. (A load whose register was asked for is not [`Lower::sinkable`].)
    pub fn dst(&mut self, value: Value) -> VReg {
        let class = RegClass::of(self.ty(value));
        let known = self.regs[value.index()];
        if known != NONE {
            return VReg::new(known, class);
        }
        if let Some(inst) = self.def(value) {
            assert!(
                !self.sunk[inst.index()],
                "{value} is asked for, but was sunk"
            );
        }
        let reg = self.temp(class);
        self.regs[value.index()] = reg.index() as u32;
        if self.ty(value) == Type::Gc {
            self.references.push(reg);
        }
        reg
    }
    /// A new register.
    pub fn temp(&mut self, class: RegClass) -> VReg {
        let index = self.classes.len() as u32;
        self.classes.push(class);
        self.aliases.push(index);
        VReg::new(index, class)
    }
    /// Makes the root's result another name of a register, for operations that do nothing.
    pub fn alias(&mut self, result: Value, reg: VReg) {
        let dst = self.dst(result);
        assert_eq!(dst.class(), reg.class(), "alias between register classes");
        self.aliases[dst.index()] = reg.index() as u32;
    }
    /// Emits an instruction at the root's location.
    pub fn emit(&mut self, inst: MInst<I>) {
        self.pending.push((inst, self.loc));
    }
    /// Emits a pseudo-instruction.
    pub fn pseudo(&mut self, op: I::Pseudo) {
        self.emit(MInst::Pseudo(op));
    }
    /// Asks for room for outgoing stack arguments and results, and says that there is a call.
    pub fn need_outgoing(&mut self, bytes: u32) {
        self.outgoing = self.outgoing.max(bytes);
        self.has_calls = true;
    }

    // The driver.

    fn lower_blocks(&mut self, edges: &Edges, order: &super::layout::Order) -> Body {
        let isa = self.isa;
        let mut body = Body {
            ranges: vec![(0, 0); edges.mblock_count as usize],
            args: vec![0..0; edges.edges.len()],
            pool: Vec::new(),
        };
        let mut splits = Vec::new();
        for (position, &block) in order.blocks.iter().enumerate().rev() {
            let out = edges.out(position);
            splits.extend(
                out.clone()
                    .filter_map(|e| edges.edges[e].split.map(|s| (s, e))),
            );
            splits.sort_unstable();
            for (split, e) in splits.drain(..).rev() {
                let start = self.reversed.len() as u32;
                self.loc = Origin::NONE;
                let target = edges.block(edges.edges[e].to);
                self.reversed.push((MInst::Jump(target), Origin::NONE));
                self.lower_args(edges, e, &mut body);
                if let Some(inst) = edges.edges[e].loads {
                    super::call::load_results(self, inst);
                    self.flush();
                }
                body.ranges[split.index()] = (start, self.reversed.len() as u32);
            }
            let start = self.reversed.len() as u32;
            self.block = block;
            self.home = order.homes[position];
            let insts = &self.func.blocks[block].insts;
            let (&terminator, others) = insts.split_last().expect("block without terminator");
            self.enter(terminator);
            self.is_terminator = true;
            if out.len() == 1 && self.func.insts[terminator].op != Op::Try {
                // A jump, or a branch whose targets are equal.
                let to = edges.successor(out.start);
                self.emit(MInst::Jump(to));
            } else {
                let targets = edges.targets(position);
                control::terminator(self, terminator, &targets);
            }
            self.is_terminator = false;
            self.flush();
            for e in out.clone() {
                if edges.edges[e].split.is_none() {
                    self.lower_args(edges, e, &mut body);
                }
            }
            self.lower_hoisted(block);
            for &inst in others.iter().rev() {
                if self.sunk[inst.index()] {
                    continue;
                }
                let data = &self.func.insts[inst];
                let first = data.first_result.index();
                let wanted = match kind(data) {
                    Kind::Pure | Kind::Load { may_trap: false } => {
                        (0..data.result_count as usize).any(|n| self.regs[first + n] != NONE)
                    }
                    Kind::Load { may_trap: true } | Kind::Fixed => true,
                };
                if wanted {
                    self.enter(inst);
                    isa.lower_inst(self, inst);
                    self.flush();
                }
            }
            if position == 0 && !edges.has_stub {
                self.lower_entry(block);
            }
            body.ranges[edges.block(block).index()] = (start, self.reversed.len() as u32);
        }
        if edges.has_stub {
            // The entry block is also a branch target: its parameters come from a block of their own.
            let start = self.reversed.len() as u32;
            self.loc = Origin::NONE;
            let entry = order.blocks[0];
            let params = &self.func.blocks[entry].params;
            let fresh: Vec<VReg> = params
                .iter()
                .map(|&p| self.temp(RegClass::of(self.func.values[p].ty)))
                .collect();
            self.emit(MInst::Jump(edges.block(entry)));
            self.flush();
            let stub = edges.stub_edge();
            let from = body.pool.len() as u32;
            body.pool.extend(&fresh);
            body.args[stub] = from..body.pool.len() as u32;
            let wanted: Vec<Option<VReg>> = fresh.into_iter().map(Some).collect();
            super::call::entry(self, &wanted);
            self.flush();
            body.ranges[0] = (start, self.reversed.len() as u32);
        }
        body
    }

    fn lower_entry(&mut self, block: Block) {
        self.loc = Origin::NONE;
        let func = self.func;
        let params: Vec<Option<VReg>> = func.blocks[block]
            .params
            .iter()
            .map(|&p| self.is_used(p).then(|| self.dst(p)))
            .collect();
        super::call::entry(self, &params);
        self.flush();
    }

    /// Makes `inst` the root.
    fn enter(&mut self, inst: Inst) {
        self.at = self.colours[inst.index()].0;
        self.loc = self.func.insts[inst].loc;
    }
    fn flush(&mut self) {
        self.reversed.extend(self.pending.drain(..).rev());
    }
    /// Makes what loops that the block dominates have asked for.
    fn lower_hoisted(&mut self, block: Block) {
        self.loc = Origin::NONE;
        for (made, dst) in self.hoist.take(block) {
            match made {
                Made::Inst(inst) => {
                    let isa = self.isa;
                    isa.rematerialize(self, inst, dst);
                }
                Made::Own(inst) => self.emit(inst),
            }
        }
        self.flush();
    }
    fn lower_args(&mut self, edges: &Edges, edge: usize, body: &mut Body) {
        let from = body.pool.len() as u32;
        let home = self.home.take();
        for &arg in edges.args(self.func, edge) {
            let reg = self.reg(arg);
            body.pool.push(reg);
        }
        self.home = home;
        self.flush();
        body.args[edge] = from..body.pool.len() as u32;
    }

    /// Turns everything around and fills the tables.
    fn finish(mut self, edges: Edges, body: Body, order: &super::layout::Order) -> MFunc<MInst<I>> {
        let mut pool = body.pool;
        let mut blocks = vec![MBlockData::default(); edges.mblock_count as usize];
        let count = self.reversed.len() as u32;
        for (data, &(start, end)) in blocks.iter_mut().zip(&body.ranges) {
            data.insts = count - end..count - start;
        }
        for (position, &block) in order.blocks.iter().enumerate() {
            let cold = order.cold[position];
            let data = &mut blocks[edges.block(block).index()];
            data.cold = cold;
            data.weight = order.weights.as_ref().map(|weights| weights[position]);
            if position != 0 || edges.has_stub {
                let from = pool.len() as u32;
                for i in 0..self.func.blocks[block].params.len() {
                    let param = self.func.blocks[block].params[i];
                    let reg = self.dst(param);
                    pool.push(reg);
                }
                data.params = from..pool.len() as u32;
            }
        }
        let mut medges = Vec::with_capacity(edges.edges.len() + edges.mblock_count as usize);
        for position in 0..order.blocks.len() {
            let from = medges.len() as u32;
            let out = edges.out(position);
            for e in out.clone() {
                medges.push(Edge {
                    to: edges.successor(e),
                    args: match edges.edges[e].split {
                        Some(_) => 0..0,
                        None => body.args[e].clone(),
                    },
                });
            }
            let block = edges.block(order.blocks[position]);
            blocks[block.index()].succs = from..medges.len() as u32;
            for e in out {
                if let Some(split) = edges.edges[e].split {
                    let from = medges.len() as u32;
                    medges.push(Edge {
                        to: edges.block(edges.edges[e].to),
                        args: body.args[e].clone(),
                    });
                    let data = &mut blocks[split.index()];
                    data.succs = from..medges.len() as u32;
                    let to = edges.position(edges.edges[e].to);
                    data.cold = order.cold[to];
                    // It runs no more often than either of its ends.
                    let weights = order.weights.as_ref();
                    data.weight = weights.map(|weights| weights[position].min(weights[to]));
                }
            }
        }
        if edges.has_stub {
            let from = medges.len() as u32;
            medges.push(Edge {
                to: edges.block(order.blocks[0]),
                args: body.args[edges.stub_edge()].clone(),
            });
            blocks[0].succs = from..from + 1;
        }
        let preds_pool = predecessors(&mut blocks, &medges);
        self.resolve_aliases();
        for reg in &mut pool {
            *reg = self.resolved(*reg);
        }
        let mut references = Vec::new();
        for &reg in &self.references {
            references.resize(self.classes.len(), false);
            references[self.resolved(reg).index()] = true;
        }

        let mut func = MFunc {
            is_profiled: order.is_profiled,
            insts: Vec::with_capacity(count as usize),
            locs: Vec::with_capacity(count as usize),
            blocks,
            edges: medges,
            preds_pool,
            vregs_pool: pool,
            operands: Vec::with_capacity(3 * count as usize),
            operand_ends: Vec::with_capacity(count as usize),
            clobbers: Vec::with_capacity(count as usize),
            vreg_count: self.classes.len() as u32,
            slots: self.func.slots.values().map(|s| s.size).collect(),
            outgoing: self.outgoing,
            has_calls: self.has_calls,
            wide_floats: self.func.values.values().any(|v| v.ty == Type::V128),
            references,
            watches: self.watches(),
        };
        let mut defined_at = vec![NONE; func.vreg_count as usize];
        for (inst, loc) in std::mem::take(&mut self.reversed).into_iter().rev() {
            let at = func.insts.len() as u32;
            inst.operands(&mut |operand| {
                let vreg = self.resolved(operand.vreg);
                let mut constraint = operand.constraint;
                match operand.role {
                    Role::Def => defined_at[vreg.index()] = at,
                    Role::Use => {
                        let defined = defined_at[vreg.index()];
                        if constraint == Constraint::Any && defined != NONE && at - defined <= NEAR
                        {
                            constraint = Constraint::Reg;
                        }
                    }
                }
                func.operands.push(Operand {
                    vreg,
                    constraint,
                    ..operand
                });
            });
            func.operand_ends.push(func.operands.len() as u32);
            func.clobbers.push(inst.clobbers());
            func.insts.push(inst);
            func.locs.push(loc);
        }
        func
    }

    /// What has become of the values that debuggers are to know. One that nobody has asked for is nowhere.
    fn watches(&self) -> Vec<Watch> {
        let watched = |value: Value| match self.const_bits(value) {
            Some(bits) => Some(Watched::Constant(bits)),
            None => {
                let reg = self.regs.get(value.index()).filter(|&&reg| reg != NONE)?;
                Some(Watched::VReg(self.aliases[*reg as usize]))
            }
        };
        let watch = |it: &crate::ir::Watch| Watch {
            call: it.call,
            local: it.local,
            from: it.from,
            value: it.value.and_then(watched),
        };
        self.func.watches.iter().map(watch).collect()
    }

    /// Makes every alias point at its final register.
    fn resolve_aliases(&mut self) {
        for i in 0..self.aliases.len() {
            let mut root = self.aliases[i];
            while self.aliases[root as usize] != root {
                root = self.aliases[root as usize];
            }
            let mut at = i as u32;
            while self.aliases[at as usize] != root {
                at = std::mem::replace(&mut self.aliases[at as usize], root);
            }
        }
    }
    fn resolved(&self, reg: VReg) -> VReg {
        VReg::new(self.aliases[reg.index()], reg.class())
    }
}

/// Fills the predecessors of blocks from the edges.
fn predecessors(blocks: &mut [MBlockData], edges: &[Edge]) -> Vec<MBlock> {
    let mut counts = vec![0u32; blocks.len()];
    for edge in edges {
        counts[edge.to.index()] += 1;
    }
    let mut at = 0;
    for (block, &count) in blocks.iter_mut().zip(&counts) {
        block.preds = at..at;
        at += count;
    }
    let mut pool = vec![MBlock::from_u32(0); at as usize];
    for index in 0..blocks.len() {
        for e in blocks[index].succs.clone() {
            let to = &mut blocks[edges[e as usize].to.index()];
            pool[to.preds.end as usize] = MBlock::from_u32(index as u32);
            to.preds.end += 1;
        }
    }
    pool
}

/// Uses of values, saturated at 2: first where several uses of a pure instruction count as several uses of its operands, then plainly.
fn count_uses<I: Isa>(isa: &I, func: &Func, order: &super::layout::Order) -> (Vec<u8>, Vec<u8>) {
    let mut uses = vec![0u8; func.values.len()];
    let mut direct = uses.clone();
    let mut work: Vec<Value> = Vec::new();
    for &block in &order.blocks {
        for &inst in &func.blocks[block].insts {
            let data = &func.insts[inst];
            let mut count = |value: Value| {
                direct[value.index()] = (direct[value.index()] + 1).min(2);
                work.push(value);
                while let Some(value) = work.pop() {
                    let n = &mut uses[value.index()];
                    if *n == 2 {
                        continue;
                    }
                    *n += 1;
                    if *n == 2
                        && let ValueDef::Result(def, _) = func.values[value].def
                        && kind(&func.insts[def]) == Kind::Pure
                        && !isa.takes_loads_as_root(func.insts[def].op)
                    {
                        work.extend(&func.insts[def].args);
                    }
                }
            };
            data.uses().for_each(&mut count);
        }
    }
    (uses, direct)
}

/// Effects before each instruction in its block.
fn colours(func: &Func, order: &super::layout::Order) -> Vec<(Colour, Block)> {
    let mut colours = vec![(Colour::default(), order.blocks[0]); func.insts.len()];
    for &block in &order.blocks {
        let mut at = Colour::default();
        for &inst in &func.blocks[block].insts {
            colours[inst.index()] = (at, block);
            at.pass(&func.insts[inst]);
        }
    }
    colours
}
