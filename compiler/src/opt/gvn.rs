//! Global value numbering: rebuilds the function through the smart constructor along the dominator tree.
//!
//! Every instruction is emitted anew, so all folding rules see the operands as they turned out; pure values that a dominating
//! instruction computes already are shared; loads and stores consult [`Facts`]. Code that folding makes unreachable is not rebuilt.
//!
//! A block is visited after all its predecessors except along back edges: siblings in the dominator tree are visited in reverse
//! post-order, and a forward predecessor lies in the subtree of an earlier sibling. So at a join the arguments and states of all
//! edges are known, and a parameter that receives one value on all of them vanishes at once. In what a branch dominates, its
//! condition is known.

use super::Cx;
use super::anchors::Anchors;
use super::facts::{Facts, Place};
use super::refs::Refs;
use crate::entity::{EntityId, SideMap};
use crate::ir::cfg::Cfg;
use crate::ir::copy::Copy;
use crate::ir::dom::DomTree;
use crate::ir::loops::Loops;
use crate::ir::op::EffectClass;
use crate::ir::{
    self, Access, Block, Builder, Func, Imm, Inst, InstData, IntCc, Op, Program, Regions, Shape,
    Type, Value, rules,
};
use smallvec::SmallVec;

/// Runs the pass.
pub fn run(func: &mut Func, cx: &Cx) {
    let cfg = Cfg::new(func);
    let dom = DomTree::new(func, &cfg);
    let loops = Loops::new(func, &cfg, &dom);
    let loop_writes = loop_writes(func, &cfg, &loops, cx);
    let mut new = Func::new(func.id, func.name.clone(), func.sig.clone(), func.conv);
    new.inlined = func.inlined.clone();
    new.frame_kept = func.frame_kept;
    new.entries = func.entries;
    // It seldom has more.
    new.insts.reserve(func.insts.len());
    new.values.reserve(func.values.len());
    new.blocks.reserve(func.blocks.len());
    let mut b = Builder::with_scopes(&mut new);
    let blocks = func.blocks.len();
    let mut rebuild = Rebuild {
        old: func,
        program: cx.program,
        known: cx.facts,
        cfg: &cfg,
        dom: &dom,
        loops: &loops,
        loop_writes: &loop_writes,
        copy: Copy::new(&mut b, func, cx.program),
        b,
        edges: SideMap::new(Vec::new(), blocks),
        visited: SideMap::new(false, blocks),
        states: SideMap::new(None, blocks),
        dropped: SideMap::new(Vec::new(), blocks),
        facts: Facts::default(),
        refs: Refs::new(),
        anchors: Anchors::default(),
        known_params: rules::known_params(func, &cfg),
    };
    rebuild.run();
    rebuild.copy.watches(&mut rebuild.b);
    let (copy, states, dropped) = (rebuild.copy, rebuild.states, rebuild.dropped);
    // Blocks come into being before the branch to them is folded, so some were never reached.
    let reached = func.layout.iter().filter(|&&block| states[block].is_some());
    new.layout = reached.filter_map(|&b| copy.block_if_reached(b)).collect();
    drop_arguments(&mut new, &dropped);
    *func = new;
}

/// What each loop writes, inner loops included.
fn loop_writes(func: &Func, cfg: &Cfg, loops: &Loops, cx: &Cx) -> Vec<Regions> {
    let mut writes = vec![Regions::NONE; loops.loops.len()];
    if writes.is_empty() {
        return writes;
    }
    for &block in &cfg.rpo {
        let Some(id) = loops.innermost(block) else {
            continue;
        };
        for &inst in &func.blocks[block].insts {
            writes[id] = writes[id].union(cx.facts.effects(&func.insts[inst]).writes);
        }
    }
    for id in 0..writes.len() {
        if let Some(parent) = loops.loops[id].parent {
            writes[parent] = writes[parent].union(writes[id]);
        }
    }
    writes
}

/// Removes the arguments for parameters that were not rebuilt. `dropped` is by new block.
fn drop_arguments(func: &mut Func, dropped: &SideMap<Block, Vec<bool>>) {
    for i in 0..func.layout.len() {
        let Some(&last) = func.blocks[func.layout[i]].insts.last() else {
            continue;
        };
        func.insts[last].retain_arguments(|block, i| dropped[block].get(i) != Some(&true));
    }
}

struct Rebuild<'a, 'f> {
    old: &'a Func,
    program: &'a Program,
    known: &'a ir::facts::Facts,
    cfg: &'a Cfg,
    dom: &'a DomTree,
    loops: &'a Loops,
    loop_writes: &'a [Regions],
    /// What the parts of the function have become. It knows the bits of values that branches around us assume.
    copy: Copy<'a>,
    b: Builder<'f>,
    /// Old block -> emitted branches to it: terminator and index of the target.
    edges: SideMap<Block, Vec<(Inst, u32)>>,
    /// Old blocks that were rebuilt or found unreachable.
    visited: SideMap<Block, bool>,
    /// Old block -> facts at its end.
    states: SideMap<Block, Option<Facts>>,
    /// New block -> which arguments go; empty: none.
    dropped: SideMap<Block, Vec<bool>>,
    facts: Facts,
    /// Of values of the new function.
    refs: Refs,
    anchors: Anchors,
    /// Of values of the old function.
    known_params: rules::KnownParams,
}

/// What to undo when the walk leaves a block's subtree.
struct Scope {
    block: Block,
    mark: usize,
    /// Of what is known of references.
    refs: usize,
    anchors: usize,
    /// Assumptions made at the block, with what was assumed before.
    assumptions: SmallVec<[(Value, Option<u64>); 2]>,
}

impl Rebuild<'_, '_> {
    fn run(&mut self) {
        let mut scopes: Vec<Scope> = Vec::new();
        for i in 0..self.dom.preorder.len() {
            let block = self.dom.preorder[i];
            while let Some(scope) = scopes.last()
                && !self.dom.dominates(scope.block, block)
            {
                self.b.leave_scope(scope.mark);
                self.refs.forget(scope.refs);
                self.anchors.forget(scope.anchors);
                for &(value, before) in scope.assumptions.iter().rev() {
                    self.copy.know(value, before);
                }
                scopes.pop();
            }
            self.visited[block] = true;
            if i > 0 && self.edges[block].is_empty() {
                continue;
            }
            let mark = self.b.enter_scope();
            let (refs, anchors) = (self.refs.mark(), self.anchors.mark());
            let assumptions = self.assumptions(block);
            let assume = |(value, bits)| (value, self.copy.know(value, Some(bits)));
            let assumptions = assumptions.into_iter().map(assume).collect();
            scopes.push(Scope {
                block,
                mark,
                refs,
                anchors,
                assumptions,
            });
            self.block(block);
        }
    }

    /// What the only branch into a block says about values there.
    fn assumptions(&mut self, block: Block) -> SmallVec<[(Value, u64); 2]> {
        let mut assumptions = SmallVec::new();
        let [(inst, target)] = self.edges[block][..] else {
            return assumptions;
        };
        let data = &self.b.func.insts[inst];
        if data.op != Op::Branch || !self.is_complete(block) {
            return assumptions;
        }
        let (cond, is_true) = (data.args[0], target == 0);
        self.refs.decided(&self.b, cond, is_true);
        let equal = if is_true { IntCc::Eq } else { IntCc::Ne };
        if let Some((cc, _, x, y)) = self.b.as_icmp(cond)
            && cc == equal
            && let Some(bits) = self.b.as_const(y)
        {
            assumptions.push((x, bits));
        }
        let is_flag = |data: &InstData| data.op.shape() == Shape::Compare;
        if !is_true || self.b.def(cond).is_some_and(is_flag) {
            assumptions.push((cond, u64::from(is_true)));
        }
        assumptions
    }

    /// Whether all predecessors have been visited.
    fn is_complete(&self, block: Block) -> bool {
        self.cfg
            .preds(block)
            .iter()
            .all(|&pred| self.visited[pred] && pred != block)
    }

    fn block(&mut self, block: Block) {
        let new = self.copy.block(&mut self.b, block);
        self.facts = self.state_at(block);
        self.b.switch_to(new);
        self.params(block, new);
        let old = self.old;
        for &inst in &old.blocks[block].insts {
            self.inst(inst);
            if self.b.is_terminated() {
                break;
            }
        }
        let terminator = *self.b.func.blocks[new].insts.last().expect("a terminator");
        let targets = self.b.func.insts[terminator].targets();
        for (i, target) in targets.enumerate() {
            let old = self.copy.old_block(target.block);
            self.edges[old].push((terminator, i as u32));
            let branch = &self.b.func.insts[terminator];
            let condition = (branch.op == Op::Branch).then(|| (branch.args[0], i == 0));
            self.refs.enters(&self.b, old, &target.args, condition);
        }
        self.states[block] = Some(std::mem::take(&mut self.facts));
    }

    /// Facts at the start of a block.
    fn state_at(&self, block: Block) -> Facts {
        let mut met: Option<Facts> = None;
        let mut previous = None;
        for &pred in self.cfg.preds(block) {
            let state = match &self.states[pred] {
                Some(state) if self.visited[pred] && previous != Some(pred) => state,
                _ => continue,
            };
            previous = Some(pred);
            match &mut met {
                None => met = Some(state.clone()),
                Some(met) => met.meet(state),
            }
        }
        let mut facts = met.unwrap_or_default();
        if !self.is_complete(block) {
            let mut later = self
                .cfg
                .preds(block)
                .iter()
                .filter(|&&p| !self.visited[p] || p == block);
            let is_loop = later.all(|&pred| self.dom.dominates(block, pred));
            match self.loops.innermost(block) {
                Some(id) if is_loop && self.loops.loops[id].header == block => {
                    facts.forget(self.loop_writes[id]);
                }
                _ => facts = Facts::default(),
            }
        }
        facts
    }

    /// Makes the parameters that are needed, and finds what stands for the others.
    fn params(&mut self, block: Block, new: Block) {
        let old = self.old;
        let params = &old.blocks[block].params;
        let removable = block != self.dom.preorder[0] && self.is_complete(block);
        let mut dropped = vec![false; params.len()];
        for (i, &param) in params.iter().enumerate() {
            let ty = old.values[param].ty;
            let single = if removable {
                self.single_argument(block, i, ty)
            } else {
                None
            };
            dropped[i] = single.is_some();
            let value = single.unwrap_or_else(|| self.b.append_param(new, ty));
            if single.is_none()
                && let Some(&possible) = self.known_params.get(&param)
            {
                self.b.know_param(value, possible);
            }
            if removable && single.is_none() {
                self.refs.entered(block, i, value);
            }
            self.copy.bind(param, value);
        }
        if dropped.contains(&true) {
            self.dropped[new] = dropped;
        }
    }

    /// The value that all edges pass for a parameter.
    fn single_argument(&mut self, block: Block, i: usize, ty: Type) -> Option<Value> {
        let argument =
            |&(inst, target): &(Inst, u32)| self.b.func.insts[inst].target(target as usize).args[i];
        let mut edges = self.edges[block].iter().map(argument);
        let first = edges.next()?;
        if self.b.def(first).is_some_and(InstData::is_terminator) {
            return None;
        }
        let bits = self.b.as_const(first);
        let mut same = true;
        for other in edges {
            if other != first {
                same = false;
                if bits.is_none() || self.b.as_const(other) != bits {
                    return None;
                }
            }
        }
        match bits {
            Some(bits) if !same => Some(self.b.constant(ty, bits)),
            _ => Some(first),
        }
    }

    fn inst(&mut self, inst: Inst) {
        let data = &self.old.insts[inst];
        match data.op.row().effect {
            EffectClass::MemoryRead
            | EffectClass::PagesRead
            | EffectClass::GlobalRead
            | EffectClass::TableRead
            | EffectClass::ElemRead
            | EffectClass::RawRead
            | EffectClass::ObjectRead => {
                let data = self.mapped(data);
                let value = self.load(data);
                self.copy.bind(self.old.insts[inst].first_result, value);
            }
            EffectClass::MemoryWrite
            | EffectClass::GlobalWrite
            | EffectClass::ElemWrite
            | EffectClass::RawWrite
            | EffectClass::ObjectWrite => {
                let data = self.mapped(data);
                self.store(data);
            }
            EffectClass::Pure | EffectClass::Traps => self.pure(inst),
            EffectClass::PagesGrow
            | EffectClass::MemoryBulk
            | EffectClass::SegmentDrop
            | EffectClass::TableGrow
            | EffectClass::TableBulk
            | EffectClass::Atomic
            | EffectClass::Fence
            | EffectClass::Wait
            | EffectClass::Call
            | EffectClass::MachineCall
            | EffectClass::Allocate
            | EffectClass::ArrayBulk => {
                match data.op {
                    Op::Try if !self.known.throws(data) => self.copy.performed(&mut self.b, inst),
                    _ => self.copy.inst(&mut self.b, inst),
                }
                self.facts.apply(self.known.effects(data));
                if data.op.row().effect == EffectClass::Allocate {
                    self.executed(inst);
                    self.allocated(inst);
                }
            }
        }
    }

    /// An instruction that reads and writes no state.
    fn pure(&mut self, inst: Inst) {
        let data = &self.old.insts[inst];
        if matches!(data.op, Op::GcTest | Op::Icmp) {
            let args = self.copy.args(&mut self.b, data);
            match self.refs.answer(&self.b, data, &args) {
                Ok(answer) => {
                    let value = self.b.constant(Type::I32, answer.into());
                    return self.copy.bind(data.first_result, value);
                }
                Err(imm) if data.op == Op::GcTest => {
                    self.b.set_loc(data.loc);
                    let value = self.b.pure(data.op, data.ty, imm, &args, Type::I32);
                    return self.copy.bind(data.first_result, value);
                }
                Err(_) => {}
            }
        }
        self.copy.inst(&mut self.b, inst);
        if data.op == Op::TrapIf && !self.b.is_terminated() {
            self.executed(inst);
        }
    }

    /// Learns the length of an array that was allocated, unless it is constant: a comparison with an index that is known to be less would fold, and `ir::guards`
    /// could not tell that there was one.
    fn allocated(&mut self, inst: Inst) {
        let data = &self.old.insts[inst];
        if !matches!(data.op, Op::GcNewArray | Op::GcNewData | Op::GcNewElem) {
            return;
        }
        let length = self.copy.args(&mut self.b, data)[data.args.len() - 1];
        if self.b.as_const(length).is_some() {
            return;
        }
        let array = self.copy.value(&mut self.b, data.first_result);
        let load = InstData {
            op: Op::GcLoad,
            ty: Type::I32,
            imm: Imm::length(false),
            args: SmallVec::from_slice(&[array]),
            ..data.clone()
        };
        if let Some(place) = Place::of(&load, &[array], &self.b, self.program) {
            self.facts.learn(place, length);
        }
    }

    /// Learns what it says of references that an instruction was executed.
    fn executed(&mut self, inst: Inst) {
        let data = &self.old.insts[inst];
        let args = self.copy.args(&mut self.b, data);
        let data = InstData {
            args: SmallVec::from_slice(&args),
            ..data.clone()
        };
        let result = match data.result_count {
            0 => Value::from_u32(0),
            _ => self.copy.value(&mut self.b, data.first_result),
        };
        self.refs.executed(&self.b, self.program, &data, result);
    }

    /// A load or store with its new operands, which is emitted next.
    fn mapped(&mut self, data: &InstData) -> InstData {
        let args = self.copy.args(&mut self.b, data);
        self.b.set_loc(data.loc);
        let mut data = InstData {
            args: SmallVec::from_slice(&args),
            ..data.clone()
        };
        if let Imm::Mem { offset, .. } = &mut data.imm {
            let (address, at) = rules::address(&mut self.b, data.args[0], *offset);
            (data.args[0], *offset) = self.anchors.from(&self.b, address, at);
        }
        data
    }

    fn load(&mut self, data: InstData) -> Value {
        if let Imm::Global(global) = data.imm
            && let Some(bits) = self.program.globals[global].constant
        {
            return self.b.constant_bits(data.ty, bits);
        }
        let result = self.old.values[data.first_result].ty;
        let data = self.accessed(data);
        let place = Place::of(&data, &data.args, &self.b, self.program);
        let access = access(&data.imm);
        if let Some(place) = &place
            && let Some((value, bytes)) = self.facts.find(place)
            && let Some(value) = self.extract(value, bytes, place.bytes, result, access)
        {
            return value;
        }
        let inst = self
            .b
            .emit(data.op, data.ty, data.imm, &data.args, &[result]);
        let value = self.b.result(inst);
        if let Some(place) = place {
            self.facts.learn(place, value);
        }
        value
    }

    /// An access that is about to happen: without a trap for null where it is known not to be. Behind it its object is one, or its address small enough.
    fn accessed(&mut self, mut data: InstData) -> InstData {
        if let Imm::Mem {
            mem,
            access,
            offset,
        } = data.imm
        {
            let (memory, bytes) = (&self.program.memories[mem], access.bytes(data.ty));
            let address = data.args[0];
            self.anchors
                .executed(&self.b, memory, address, offset, bytes);
        }
        if let Imm::Object { trap, .. } = &mut data.imm {
            let object = data.args[0];
            *trap &= self.refs.of(&self.b, object).null;
            self.refs.executed(&self.b, self.program, &data, object);
        }
        data
    }

    fn store(&mut self, data: InstData) {
        let mut data = self.accessed(data);
        let value = data.args.len() - 1;
        if let Imm::Mem { access, .. } = &mut data.imm {
            (data.ty, *access, data.args[value]) =
                rules::stored(&mut self.b, data.ty, *access, data.args[value]);
        }
        let value = data.args[value];
        let place = Place::of(&data, &data.args, &self.b, self.program);
        if let Some(place) = &place {
            // Storing what is there does nothing, and cannot trap where an access as wide did not.
            if self.facts.find(place) == Some((value, place.bytes)) {
                return;
            }
            self.facts.overwrite(place);
        } else {
            self.facts.apply(data.effects());
        }
        self.b.emit(data.op, data.ty, data.imm, &data.args, &[]);
        if let Some(place) = place {
            self.facts.learn(place, value);
        }
    }

    /// What a load of `bytes` bytes gives where the low `known` bytes of `value` are stored.
    fn extract(
        &mut self,
        value: Value,
        known: u32,
        bytes: u32,
        ty: Type,
        access: Access,
    ) -> Option<Value> {
        let have = self.b.ty(value);
        if have == ty && access == Access::Full && bytes == known {
            return Some(value);
        }
        let b = &mut self.b;
        let value = match (have, ty) {
            (Type::I32, Type::I32) | (Type::I64, Type::I64) => value,
            (Type::I64, Type::I32) => b.convert(Op::Wrap, ty, value),
            // At most four bytes are known, so the access extends.
            (Type::I32, Type::I64) => b.convert(Op::ExtU, ty, value),
            (Type::F32, Type::I32) | (Type::I32, Type::F32) if bytes == 4 => {
                return Some(b.convert(Op::Bitcast, ty, value));
            }
            (Type::F64, Type::I64) | (Type::I64, Type::F64) if bytes == 8 => {
                return Some(b.convert(Op::Bitcast, ty, value));
            }
            _ => return None,
        };
        let mask = match access {
            Access::Full => return Some(value),
            Access::U8 => 0xff,
            Access::U16 => 0xffff,
            Access::U32 => 0xffff_ffff,
            Access::S8 => return Some(b.unary(Op::Ext8S, ty, value)),
            Access::S16 => return Some(b.unary(Op::Ext16S, ty, value)),
            Access::S32 => return Some(b.unary(Op::Ext32S, ty, value)),
        };
        let mask = b.constant(ty, mask);
        Some(b.binary(Op::And, ty, value, mask))
    }
}

fn access(imm: &Imm) -> Access {
    match imm {
        Imm::Mem { access, .. } | Imm::Raw { access, .. } | Imm::Object { access, .. } => *access,
        _ => Access::Full,
    }
}
