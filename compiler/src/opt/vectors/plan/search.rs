//! Searches: loops that also end where what they load is different from something else.

use super::super::Exit;
use super::{Loop, Make, NodeId, Param, Plan, Planner};
use crate::ir::{Func, Imm, IntCc, Op, Program};

/// A search with vectors.
pub struct Search {
    pub plan: Plan,
    /// Lanes of ones where `holds` says whether the rounds go on, as far as numbers do not decide that; else zeros.
    pub mask: NodeId,
    pub holds: bool,
}

/// How the rounds are compared, if that pays.
pub fn search(func: &Func, program: &Program, it: &Loop) -> Option<Search> {
    if !it.exits.iter().all(|exit| may_be_far(func, it, exit)) {
        return None;
    }
    // Of wider numbers hardly more are compared at a time than a round does.
    [8, 16].into_iter().find_map(|width| {
        let mut planner = Planner::new(func, program, it, width)?;
        let (mask, holds) = planner.search()?;
        let plan = planner.finish();
        let is_inside = plan.reach() <= program.memories[plan.accesses.mem].min_bytes();
        let pays = (plan.cost + AROUND) * 2 <= plan.scalar_cost * plan.rounds as usize;
        (is_inside && pays).then_some(Search { plan, mask, holds })
    })
}

/// Instructions for the tests of where the memory ends and how many rounds are left, about.
const AROUND: usize = 6;

/// Whether rounds may follow each other for a while. What goes on only as long as it finds one and the same number skips something, which is short.
fn may_be_far(func: &Func, it: &Loop, exit: &Exit) -> bool {
    let Some(compared) = func.def(exit.condition).map(|inst| &func.insts[inst]) else {
        return false;
    };
    let ends_at_difference = match (compared.op, &compared.imm) {
        (Op::Icmp, Imm::IntCc(IntCc::Ne)) | (Op::Sub | Op::Xor, _) => !exit.holds,
        (Op::Icmp, Imm::IntCc(IntCc::Eq)) => exit.holds,
        (Op::Icmp, _) => false,
        _ => return exit.holds,
    };
    !ends_at_difference || compared.args.iter().all(|&arg| it.changes(func, arg))
}

impl Plan {
    /// Bytes that the rounds which are done at a time access, at most, from the lowest one.
    fn reach(&self) -> u64 {
        let ends = self.accesses.groups.iter().map(|group| self.end(group));
        ends.max().unwrap_or(0)
    }
}

impl Planner<'_> {
    fn search(&mut self) -> Option<(NodeId, bool)> {
        if self.accesses.list.iter().any(|access| access.is_store) {
            return None;
        }
        self.lanes = 128 / self.width;
        self.rounds = self.lanes;
        let it = self.it;
        let [first, others @ ..] = &it.exits[..] else {
            return None;
        };
        let (mut mask, mut holds) = self.exit(first)?;
        for exit in others {
            let (other, other_holds) = self.exit(exit)?;
            mask = self.if_holds(mask, holds)?;
            let other = self.if_holds(other, other_holds)?;
            mask = self.op(Op::Vand, Imm::None, &[mask, other], None)?;
            holds = true;
        }
        for index in 0..it.next.len() {
            let step = self.step(index)?;
            self.params.push(Param::Step(step));
        }
        Some((mask, holds))
    }

    /// The mask of a branch, and what it is where rounds go on. No processor compares for "not equal".
    fn exit(&mut self, exit: &Exit) -> Option<(NodeId, bool)> {
        let row: Vec<_> = (0..self.rounds).map(|n| (exit.condition, n)).collect();
        let mask = self.mask(&row, self.width)?;
        let mut holds = exit.holds;
        if let Make::Op(Op::Vicmp, Imm::VecIcmp { cc, .. }, _) = &mut self.nodes[mask].make
            && *cc == IntCc::Ne
        {
            *cc = IntCc::Eq;
            holds = !holds;
        }
        Some((mask, holds))
    }

    /// The mask as one of ones where rounds go on.
    fn if_holds(&mut self, mask: NodeId, holds: bool) -> Option<NodeId> {
        if holds {
            return Some(mask);
        }
        self.op(Op::Vnot, Imm::None, &[mask], None)
    }
}
