//! What is known of functions that are compiled already: a function's own code, and through the facts of those that it calls, all that happens
//! while it runs.
//!
//! Facts come up stratum by stratum ([`super::graph`]). A function of which nothing is known (an import, one that is called through a
//! pointer, one of the same circle) may do everything.
//!
//! A function whose code is taken from an earlier compilation has its facts, but its body only once somebody asks for it ([`Body`]).

use super::effects::{Effects, Regions};
use super::op::EffectClass;
use super::{Callee, Conv, Func, FuncId, Imm, InstData, Op, RtFn};
use crate::entity::SideMap;
use std::sync::{Arc, OnceLock};

/// Facts of a function.
#[derive(Clone, Debug)]
pub struct FuncFacts {
    /// State that is written while it runs. Its stack slots are none.
    pub writes: Regions,
    /// An exception may come out of it.
    pub throws: bool,
    /// Garbage may be collected while it runs.
    pub collects: bool,
    /// Its body before expansion, if it may take the place of calls: of any, or of those where much time is spent.
    pub body: Option<Arc<Body>>,
}

/// A body that may take the place of calls.
#[derive(Clone, Debug)]
pub struct Body {
    /// The number of its instructions.
    size: usize,
    func: OnceLock<Func>,
}

impl Body {
    fn new(func: Func, size: usize) -> Body {
        Body {
            size,
            func: func.into(),
        }
    }

    /// One of so many instructions, which is there when [`Body::put`] has been called.
    pub fn later(size: usize) -> Body {
        Body {
            size,
            func: OnceLock::new(),
        }
    }

    /// The number of its instructions.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Whether it is there.
    pub fn is_there(&self) -> bool {
        self.func.get().is_some()
    }

    /// Puts in the body, which is the same whoever makes it.
    pub fn put(&self, body: &Body) {
        if let Some(func) = body.func.get() {
            self.func.get_or_init(|| func.clone());
        }
    }
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
    /// Of one that keeps the address of its frame for debuggers.
    const FRAMED: usize = 16;
}

/// Facts of all functions that are compiled already.
#[derive(Clone, Debug)]
pub struct Facts {
    /// With the function's stratum.
    funcs: Arc<SideMap<FuncId, Option<(u32, FuncFacts)>>>,
    /// The strata that are complete.
    strata: u32,
}

impl Default for Facts {
    fn default() -> Self {
        Facts {
            funcs: Arc::new(SideMap::new(None, 0)),
            strata: 0,
        }
    }
}

impl Facts {
    /// Adds what was found out about the functions of a stratum.
    pub fn add_stratum(&mut self, found: impl IntoIterator<Item = (FuncId, FuncFacts)>) {
        let funcs = Arc::make_mut(&mut self.funcs);
        for (func, facts) in found {
            funcs[func] = Some((self.strata, facts));
        }
        self.strata += 1;
    }

    /// What was known when a function was compiled whose facts are known now.
    pub fn before(&self, func: FuncId) -> Facts {
        Facts {
            funcs: Arc::clone(&self.funcs),
            strata: self.funcs[func].as_ref().map_or(0, |it| it.0),
        }
    }

    /// What is known of a function.
    pub fn get(&self, func: FuncId) -> Option<&FuncFacts> {
        let (stratum, facts) = self.funcs[func].as_ref()?;
        (*stratum < self.strata).then_some(facts)
    }

    /// A body that may take the place of calls of the function, and the number of its instructions.
    ///
    /// # Panics
    /// If it is not there.
    pub fn body(&self, func: FuncId) -> Option<(&Func, usize)> {
        let body = self.get(func)?.body.as_deref()?;
        Some((body.func.get().expect("the body was made"), body.size))
    }

    /// A body that may take the place of calls of the function, and is not there yet.
    pub fn missing_body(&self, func: FuncId) -> Option<&Body> {
        let body = self.get(func)?.body.as_deref()?;
        (!body.is_there()).then_some(body)
    }

    /// Facts of the function that an instruction calls directly.
    fn callee(&self, data: &InstData) -> Option<&FuncFacts> {
        self.get(called(data)?)
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
        self.get(func).is_none_or(|it| it.collects)
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
            // Debuggers do not find what it has in linear memory where it was inlined.
            false if is_leaf && func.frame_kept.is_some() => bodies.leaf.min(Bodies::FRAMED),
            false if is_leaf => bodies.leaf,
            false => bodies.other,
        };
        if may_move && size <= most {
            facts.body = Some(Arc::new(Body::new(func.clone(), size)));
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
