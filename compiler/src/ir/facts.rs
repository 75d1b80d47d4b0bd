//! What is known of functions that are compiled already: a function's own code, and through the facts of those that it calls, all that happens
//! while it runs.
//!
//! Facts come up stratum by stratum ([`super::graph`]). A function of which nothing is known (an import, one that is called through a
//! pointer, one of the same circle) may do everything.

use super::effects::{Effects, Regions};
use super::op::EffectClass;
use super::{Callee, Conv, Func, FuncId, Imm, InstData, Op, RtFn};
use crate::entity::SideMap;
use std::sync::Arc;

/// Facts of a function.
#[derive(Clone, Debug)]
pub struct FuncFacts {
    /// State that is written while it runs. Its stack slots are none.
    pub writes: Regions,
    /// An exception may come out of it.
    pub throws: bool,
    /// Garbage may be collected while it runs.
    pub collects: bool,
    /// Its body before expansion, and the number of its instructions, if it may take the place of calls: of any, or of those where much time is spent.
    pub body: Option<(Arc<Func>, usize)>,
}

impl FuncFacts {
    /// Of a function that may do everything.
    pub const ANY: FuncFacts = FuncFacts {
        writes: Regions::ALL_SHARED,
        throws: true,
        collects: true,
        body: None,
    };
}

/// Most instructions of bodies that take the place of calls.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bodies {
    /// Of one that calls nothing itself.
    pub leaf: usize,
    /// Of one that does.
    pub other: usize,
    /// [`super::Program::hot`]: where so much time is spent, it may have up to [`Bodies::HOT`].
    pub hot: Option<u64>,
}

impl Bodies {
    const HOT: usize = 80;
}

/// Facts of all functions that are compiled already.
#[derive(Clone, Debug)]
pub struct Facts {
    funcs: SideMap<FuncId, Option<FuncFacts>>,
}

impl Default for Facts {
    fn default() -> Self {
        Facts {
            funcs: SideMap::new(None, 0),
        }
    }
}

impl Facts {
    /// Adds what was found out about a function.
    pub fn set(&mut self, func: FuncId, facts: FuncFacts) {
        self.funcs[func] = Some(facts);
    }

    /// A body that may take the place of calls of the function, and the number of its instructions.
    pub fn body(&self, func: FuncId) -> Option<(&Func, usize)> {
        let (body, size) = self.funcs[func].as_ref()?.body.as_ref()?;
        Some((body, *size))
    }

    /// Facts of the function that an instruction calls directly.
    fn callee(&self, data: &InstData) -> Option<&FuncFacts> {
        self.funcs[called(data)?].as_ref()
    }

    /// Effects of an instruction, of a call as far as its callee is known.
    pub fn effects(&self, data: &InstData) -> Effects {
        let effects = data.effects();
        match self.callee(data) {
            Some(&FuncFacts { writes, .. }) => Effects { writes, ..effects },
            None => effects,
        }
    }

    /// Whether an exception may come out of what an instruction does, before handlers of its own.
    pub fn throws(&self, data: &InstData) -> bool {
        data.effects().is_call && self.callee(data).is_none_or(|callee| callee.throws)
    }

    /// Whether garbage may be collected while a function runs.
    pub fn collects(&self, func: FuncId) -> bool {
        self.funcs[func].as_ref().is_none_or(|it| it.collects)
    }

    /// Whether garbage may be collected while an instruction is executed.
    fn may_collect(&self, data: &InstData) -> bool {
        match data.op.row().effect {
            EffectClass::Allocate => true,
            _ => data.effects().is_call && self.callee(data).is_none_or(|it| it.collects),
        }
    }

    /// What a function's code says about it, before expansion. That it calls itself adds nothing to what it does otherwise.
    pub fn of(&self, func: &Func, bodies: &Bodies) -> FuncFacts {
        let mut facts = FuncFacts {
            writes: Regions::NONE,
            throws: false,
            collects: false,
            body: None,
        };
        let (mut size, mut is_leaf) = (0, func.conv == Conv::Wasm);
        let mut may_move = is_leaf;
        for &block in &func.layout {
            for &inst in &func.blocks[block].insts {
                let data = &func.insts[inst];
                if only_traps(data) {
                    continue;
                }
                if called(data) != Some(func.id) {
                    facts.writes = facts.writes.union(self.effects(data).writes);
                    facts.throws |= self.throws(data);
                    facts.collects |= self.may_collect(data);
                }
                let is_call = data.effects().is_call;
                is_leaf &= !is_call;
                may_move &= !is_call || is_plain_call(data, func.id);
                size += 1;
            }
        }
        facts.writes = facts.writes.minus(Regions::SLOT);
        let heat = bodies.hot.zip(func.entries);
        let most = match heat.is_some_and(|(hot, entries)| entries >= hot) {
            true => Bodies::HOT,
            false if is_leaf => bodies.leaf,
            false => bodies.other,
        };
        if may_move && size <= most {
            facts.body = Some((Arc::new(func.clone()), size));
        }
        facts
    }
}

/// Whether an instruction is a call that does nothing but trap. Whoever calls the function sees nothing of it.
fn only_traps(data: &InstData) -> bool {
    match &data.imm {
        Imm::CallSymbol { callee, .. } => matches!(
            callee,
            Callee::Runtime(RtFn::ComponentTrap | RtFn::TaskTrap)
        ),
        _ => false,
    }
}

/// Whether an instruction is a call that does the same in another function: no tail call, none with handlers. (Of itself none is: that would go on and on.)
fn is_plain_call(data: &InstData, own: FuncId) -> bool {
    matches!(data.op, Op::Call | Op::CallIndirect | Op::CallRef) && called(data) != Some(own)
}

/// The function that an instruction calls directly, by a `try` too.
fn called(data: &InstData) -> Option<FuncId> {
    match (data.op, &data.imm) {
        (Op::Call | Op::ReturnCall, &Imm::Func(func)) => Some(func),
        (Op::Try, Imm::Try(it)) => match (it.op, &it.imm) {
            (Op::Call, &Imm::Func(func)) => Some(func),
            _ => None,
        },
        _ => None,
    }
}
