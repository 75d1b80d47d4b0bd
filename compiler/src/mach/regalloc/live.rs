//! Which values live into each block, how far their next uses are, and which registers they had better not be in.

use super::flow::{Flow, NONE};
use crate::entity::EntityId;
use crate::mach::mir::{Constraint, MBlock, MFunc, Operand, PRegSet, Pos, RegClass, Role, VReg};

/// No use follows.
pub const DEAD: u32 = u32::MAX;
/// The farthest use.
const FAR: u32 = u32::MAX - 1;
/// What leaving a loop adds to the distance of a use.
pub const EXIT: u32 = 1 << 20;
/// What entering a block that is expected never to run adds.
const COLD: u32 = 1 << 16;

/// A value that lives into a block.
#[derive(Clone, Copy, Debug)]
pub struct LiveIn {
    pub vreg: VReg,
    /// Instructions to the nearest use, or more if it is behind a loop's end.
    pub dist: u32,
    /// Registers that instructions take away from values over which it lives.
    pub crossed: PRegSet,
}

/// Liveness of a function.
pub struct Live {
    /// By block.
    pub ins: Vec<Vec<LiveIn>>,
    /// By operand: position of the next use of its register behind the instruction, from the block's start. Positions behind the block's end are distances.
    pub next: Vec<u32>,
    /// By virtual register: position of a block parameter's first use.
    pub first: Vec<u32>,
    /// By virtual register: the block that defines it.
    pub def_blocks: Vec<u32>,
    /// By block: the most values of each class that are live at one place.
    pub pressure: Vec<[u32; 2]>,
}

/// Registers that an instruction takes away from values that live over it.
pub fn blocked<I>(func: &MFunc<I>, inst: usize) -> PRegSet {
    let fixed = func.inst_operands(inst).iter();
    fixed.fold(func.clobbers[inst], |set, operand| {
        match operand.constraint {
            Constraint::Fixed(reg) => set.with(reg),
            _ => set,
        }
    })
}

/// Registers that an instruction reads uses from, so that no other use can be there.
pub fn read_from<I>(func: &MFunc<I>, inst: usize) -> PRegSet {
    let uses = func.inst_operands(inst).iter();
    let uses = uses.filter(|o| o.role == Role::Use || o.pos == Pos::Early);
    uses.fold(PRegSet::EMPTY, |set, operand| match operand.constraint {
        Constraint::Fixed(reg) => set.with(reg),
        _ => set,
    })
}

/// Values by which a map is reset at once.
#[derive(Default)]
pub struct Marks {
    stamps: Vec<u32>,
    index: Vec<u32>,
    now: u32,
}

impl Marks {
    pub fn new(count: usize) -> Marks {
        Marks {
            stamps: vec![0; count],
            index: vec![0; count],
            now: 0,
        }
    }
    pub fn clear(&mut self) {
        self.now += 1;
    }
    pub fn get(&self, vreg: VReg) -> Option<u32> {
        (self.stamps[vreg.index()] == self.now).then(|| self.index[vreg.index()])
    }
    pub fn set(&mut self, vreg: VReg, index: u32) {
        self.stamps[vreg.index()] = self.now;
        self.index[vreg.index()] = index;
    }
}

/// The values that live out of a block, without those that are only arguments.
pub fn live_out<I>(
    func: &MFunc<I>,
    flow: &Flow,
    ins: &[Vec<LiveIn>],
    block: u32,
    marks: &mut Marks,
    out: &mut Vec<LiveIn>,
) {
    marks.clear();
    out.clear();
    let depth = flow.depth(block);
    for edge in func.succs(MBlock::from_u32(block)) {
        let to = edge.to.index() as u32;
        let mut more = EXIT.saturating_mul(depth.saturating_sub(flow.depth(to)));
        if func.blocks[to as usize].cold && !func.blocks[block as usize].cold {
            more = more.saturating_add(COLD);
        }
        for it in &ins[to as usize] {
            let dist = it.dist.saturating_add(more).min(FAR);
            match marks.get(it.vreg) {
                Some(index) => {
                    let known = &mut out[index as usize];
                    known.dist = known.dist.min(dist);
                    known.crossed = known.crossed.union(it.crossed);
                }
                None => {
                    marks.set(it.vreg, out.len() as u32);
                    out.push(LiveIn { dist, ..*it });
                }
            }
        }
    }
}

impl Live {
    /// `None` if more than `max` values live into blocks, summed over the blocks. `local`: as if no value lived out of a block.
    pub fn new<I>(func: &MFunc<I>, flow: &Flow, local: bool, max: usize) -> Option<Live> {
        let mut live = Live {
            ins: vec![Vec::new(); func.blocks.len()],
            next: vec![DEAD; func.operands.len()],
            first: vec![DEAD; func.vreg_count as usize],
            def_blocks: def_blocks(func),
            pressure: vec![[0; 2]; func.blocks.len()],
        };
        let mut marks = Marks::new(func.vreg_count as usize);
        if !local && !live.find_ins(func, flow, &mut marks, max) {
            return None;
        }
        live.find_next(func, flow, &mut marks);
        Some(live)
    }

    fn find_ins<I>(&mut self, func: &MFunc<I>, flow: &Flow, marks: &mut Marks, max: usize) -> bool {
        let count = func.blocks.len();
        let mut masks = vec![PRegSet::EMPTY; count];
        let mut exposed: Vec<Vec<LiveIn>> = Vec::with_capacity(count);
        for (block, mask) in masks.iter_mut().enumerate() {
            exposed.push(self.exposed(func, block as u32, marks, mask));
        }
        let mut dirty = vec![true; count];
        let mut out = Vec::new();
        let mut total = 0;
        while dirty.contains(&true) {
            for block in (0..count).rev() {
                if !std::mem::take(&mut dirty[block]) {
                    continue;
                }
                live_out(func, flow, &self.ins, block as u32, marks, &mut out);
                let len = func.blocks[block].insts.len() as u32;
                let mut ins = Vec::with_capacity(out.len() + exposed[block].len());
                for it in &exposed[block] {
                    let mut it = *it;
                    if let Some(index) = marks.get(it.vreg) {
                        let behind = &mut out[index as usize];
                        it.crossed = masks[block].union(behind.crossed);
                        behind.dist = DEAD;
                    }
                    ins.push(it);
                }
                for it in &out {
                    if it.dist != DEAD && self.def_blocks[it.vreg.index()] != block as u32 {
                        ins.push(LiveIn {
                            vreg: it.vreg,
                            dist: it.dist.saturating_add(len).min(FAR),
                            crossed: masks[block].union(it.crossed),
                        });
                    }
                }
                if ins.len() != self.ins[block].len() {
                    total += ins.len() - self.ins[block].len();
                    if total > max {
                        return false;
                    }
                    for pred in func.preds(MBlock::from_u32(block as u32)) {
                        dirty[pred.index()] = true;
                    }
                }
                self.ins[block] = ins;
            }
        }
        true
    }

    /// Values that a block uses and does not define. `mask`: registers that its instructions take away.
    fn exposed<I>(
        &self,
        func: &MFunc<I>,
        block: u32,
        marks: &mut Marks,
        mask: &mut PRegSet,
    ) -> Vec<LiveIn> {
        let mut found: Vec<LiveIn> = Vec::new();
        marks.clear();
        let id = MBlock::from_u32(block);
        let insts = func.block_insts(id);
        let mut mention = |vreg: VReg, at: usize, crossed: PRegSet| {
            if self.def_blocks[vreg.index()] == block {
                return;
            }
            match marks.get(vreg) {
                Some(index) => found[index as usize].crossed = crossed,
                None => {
                    marks.set(vreg, found.len() as u32);
                    found.push(LiveIn {
                        vreg,
                        dist: (at - insts.start) as u32,
                        crossed,
                    });
                }
            }
        };
        for inst in insts.clone() {
            for operand in func.inst_operands(inst) {
                if operand.role == Role::Use {
                    mention(operand.vreg, inst, *mask);
                }
            }
            if !func.blocks[block as usize].cold {
                *mask = mask.union(blocked(func, inst));
            }
        }
        for edge in func.succs(id) {
            for &arg in func.args(edge) {
                mention(arg, insts.end, *mask);
            }
        }
        found
    }

    fn find_next<I>(&mut self, func: &MFunc<I>, flow: &Flow, marks: &mut Marks) {
        let mut out = Vec::new();
        let mut last = Marks::new(func.vreg_count as usize);
        for block in 0..func.blocks.len() {
            let id = MBlock::from_u32(block as u32);
            let insts = func.block_insts(id);
            live_out(func, flow, &self.ins, block as u32, marks, &mut out);
            let mut live = [0u32; 2];
            last.clear();
            let len = insts.len() as u32;
            for it in &out {
                live[it.vreg.class() as usize] += 1;
                last.set(it.vreg, it.dist.saturating_add(len).min(FAR));
            }
            for edge in func.succs(id) {
                for &arg in func.args(edge) {
                    live[arg.class() as usize] += u32::from(last.get(arg).is_none());
                    last.set(arg, len);
                }
            }
            let mut peak = live;
            for inst in insts.clone().rev() {
                let ends = inst.checked_sub(1).map_or(0, |i| func.operand_ends[i]) as usize;
                let operands = func.inst_operands(inst);
                let mut dead = [0u32; 2];
                for (i, operand) in operands.iter().enumerate() {
                    let next = last.get(operand.vreg);
                    self.next[ends + i] = next.unwrap_or(DEAD);
                    if operand.role == Role::Def {
                        match next {
                            Some(_) => live[operand.vreg.class() as usize] -= 1,
                            None => dead[operand.vreg.class() as usize] += 1,
                        }
                    }
                }
                for operand in operands.iter().filter(|o| o.role == Role::Use) {
                    live[operand.vreg.class() as usize] +=
                        u32::from(last.get(operand.vreg).is_none());
                    last.set(operand.vreg, (inst - insts.start) as u32);
                }
                for class in [0, 1] {
                    peak[class] = peak[class].max(live[class] + dead[class]);
                }
            }
            for &param in func.params(id) {
                self.first[param.index()] = last.get(param).unwrap_or(DEAD);
            }
            self.pressure[block] = peak;
        }
    }
}

fn def_blocks<I>(func: &MFunc<I>) -> Vec<u32> {
    let mut blocks = vec![NONE; func.vreg_count as usize];
    for block in 0..func.blocks.len() {
        let id = MBlock::from_u32(block as u32);
        for &param in func.params(id) {
            blocks[param.index()] = block as u32;
        }
        for inst in func.block_insts(id) {
            let defs = func.inst_operands(inst).iter();
            for Operand { vreg, .. } in defs.filter(|o| o.role == Role::Def) {
                blocks[vreg.index()] = block as u32;
            }
        }
    }
    blocks
}

/// Registers of a class.
pub fn of_class(class: RegClass) -> PRegSet {
    match class {
        RegClass::Int => PRegSet(0xffff_ffff),
        RegClass::Float => PRegSet(0xffff_ffff << 32),
    }
}
