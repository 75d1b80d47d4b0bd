//! Numbers of spill slots. Values whose lives do not overlap share one: each life is taken as one stretch of the function's instructions.

use super::state::{Place, PlacedMove, State};
use crate::entity::EntityId;
use crate::mach::mir::{MBlock, RegClass, VReg};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Slots of a function.
pub struct Slots {
    /// By virtual register.
    numbers: Vec<u32>,
    /// Those of `Place::Spare`, by class.
    spares: [[u32; 2]; 2],
    /// In units of 8 bytes.
    pub count: u32,
}

/// The instructions that a value lives over, as far as its slot is concerned.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: u32,
    end: u32,
}

impl Span {
    fn include(&mut self, at: u32) {
        self.start = self.start.min(at);
        self.end = self.end.max(at);
    }
}

impl Slots {
    /// Numbers the slots that places and moves name.
    pub fn new<I>(state: &State<'_, I>, moves: &[PlacedMove]) -> Slots {
        let func = state.func;
        let mut slots = Slots {
            numbers: vec![0; state.values.len()],
            spares: [[0; 2]; 2],
            count: 0,
        };
        let mut used: Vec<Option<VReg>> = vec![None; state.values.len()];
        let mut spares = [[false; 2]; 2];
        let places = moves.iter().flat_map(|it| [it.from, it.to]);
        for place in places.chain(state.places.iter().copied()) {
            match place {
                Place::Slot(vreg) => used[vreg.index()] = Some(vreg),
                Place::Spare(class, index) => spares[class as usize][index as usize] = true,
                Place::Reg(_) => {}
            }
        }
        let spans = spans(state, moves, &used);
        let mut values: Vec<VReg> = used.into_iter().flatten().collect();
        values.sort_by_key(|v| spans[v.index()].start);
        // Vectors first: they are aligned to their size.
        for class in [RegClass::Float, RegClass::Int] {
            let size = 1 + u32::from(class == RegClass::Float && func.wide_floats);
            let mut free: Vec<u32> = Vec::new();
            let mut ends: BinaryHeap<Reverse<(u32, u32)>> = BinaryHeap::new();
            for &vreg in values.iter().filter(|v| v.class() == class) {
                let span = spans[vreg.index()];
                while let Some(&Reverse((end, slot))) = ends.peek()
                    && end < span.start
                {
                    free.push(slot);
                    ends.pop();
                }
                let slot = free.pop().unwrap_or_else(|| slots.more(size));
                slots.numbers[vreg.index()] = slot;
                ends.push(Reverse((span.end, slot)));
            }
            for (index, &is_used) in spares[class as usize].iter().enumerate() {
                if is_used {
                    slots.spares[class as usize][index] = slots.more(size);
                }
            }
        }
        slots
    }

    fn more(&mut self, size: u32) -> u32 {
        self.count += size;
        self.count - size
    }

    pub fn of(&self, vreg: VReg) -> u32 {
        self.numbers[vreg.index()]
    }

    pub fn spare(&self, class: RegClass, index: u8) -> u32 {
        self.spares[class as usize][index as usize]
    }
}

fn spans<I>(state: &State<'_, I>, moves: &[PlacedMove], used: &[Option<VReg>]) -> Vec<Span> {
    let func = state.func;
    let empty = Span {
        start: u32::MAX,
        end: 0,
    };
    let mut spans = vec![empty; used.len()];
    for vreg in used.iter().flatten().filter(|v| state.escapes(**v)) {
        // Where else it lives is not known.
        spans[vreg.index()] = Span {
            start: 0,
            end: u32::MAX,
        };
    }
    for it in moves {
        for place in [it.from, it.to] {
            if let Place::Slot(vreg) = place {
                spans[vreg.index()].include(it.inst);
            }
        }
    }
    for block in 0..func.blocks.len() {
        let id = MBlock::from_u32(block as u32);
        let insts = func.block_insts(id);
        for inst in insts.clone() {
            for operand in func.inst_operands(inst) {
                let vreg = state.home(operand.vreg);
                if used[vreg.index()].is_some() {
                    spans[vreg.index()].include(inst as u32);
                }
            }
        }
        // Behind the last predecessor it is in the block, or before it.
        let last = func.preds(id).iter().map(|p| func.block_insts(*p).end - 1);
        let last = last.max().unwrap_or(0) as u32;
        for it in &state.live.ins[block] {
            let vreg = state.home(it.vreg);
            if used[vreg.index()].is_some() {
                let span = &mut spans[vreg.index()];
                span.include(insts.start as u32);
                if last >= insts.start as u32 {
                    span.include(last);
                }
            }
        }
        for &param in func.params(id) {
            let param = state.home(param);
            if used[param.index()].is_some() {
                let span = &mut spans[param.index()];
                span.include(insts.start as u32);
                for pred in func.preds(id) {
                    span.include(func.block_insts(*pred).end as u32 - 1);
                }
            }
        }
        for edge in func.succs(id) {
            for &arg in func.args(edge) {
                let arg = state.home(arg);
                if used[arg.index()].is_some() {
                    spans[arg.index()].include(insts.end as u32 - 1);
                }
            }
        }
    }
    spans
}
