//! Which instances of components can be entered while they are in the middle of a call. In most programs none can: calls lead from a program to what it is
//! composed with, and not back.
//!
//! An instance is entered by a call of one that runs while it is in the middle of another call, if that one can be reached from where the other call leads to. Calls go on
//! from an instance only through its canonical functions, so this is known from those that the program has.

use super::reach::Reach;
use crate::entity::EntityId;
use crate::ir::component::{CInstanceId, Canon, Component};
use crate::ir::{FuncKind, Program};
use std::collections::{BTreeMap, BTreeSet};

/// Instances times calls up to which this is asked: it takes time for their product.
const MAX_WORK: usize = 10_000_000;

/// A call: the caller, if that is an instance, and the callee.
type Call = (Option<CInstanceId>, CInstanceId);

/// The instances of which nothing has to see to it that they are not entered in the middle of a call.
pub fn never_reentered(program: &Program, reach: &Reach) -> BTreeSet<CInstanceId> {
    let component = &program.component;
    let Some(calls) = calls(program, reach) else {
        return BTreeSet::new();
    };
    if component.instances.len().saturating_mul(calls.len()) > MAX_WORK {
        return BTreeSet::new();
    }
    let mut callees: BTreeMap<CInstanceId, Vec<CInstanceId>> = BTreeMap::new();
    let mut entering: BTreeMap<CInstanceId, Vec<Call>> = BTreeMap::new();
    for &(caller, callee) in &calls {
        if let Some(caller) = caller {
            callees.entry(caller).or_default().push(callee);
        }
        for instance in component.entered(caller, callee) {
            entering.entry(instance).or_default().push((caller, callee));
        }
    }
    let instances = component.instances.iter().map(|(instance, _)| instance);
    let never = instances.filter(|instance| {
        let entering = entering.get(instance).map_or(&[][..], |calls| calls);
        let running = reached(&callees, entering.iter().map(|&(_, callee)| callee));
        let mut callers = entering.iter().filter_map(|&(caller, _)| caller);
        !callers.any(|caller| running.contains(&caller))
    });
    never.collect()
}

/// Instances that run when these are called.
fn reached(
    callees: &BTreeMap<CInstanceId, Vec<CInstanceId>>,
    from: impl Iterator<Item = CInstanceId>,
) -> BTreeSet<CInstanceId> {
    let mut work: Vec<CInstanceId> = from.collect();
    let mut reached = BTreeSet::new();
    while let Some(instance) = work.pop() {
        if reached.insert(instance) {
            work.extend(callees.get(&instance).into_iter().flatten());
        }
    }
    reached
}

/// All calls between instances in the functions that can run; none if tasks or a C program call in any order.
fn calls(program: &Program, reach: &Reach) -> Option<BTreeSet<Call>> {
    let component = &program.component;
    if component.has_tasks() {
        return None;
    }
    let mut calls = BTreeSet::new();
    for (func, decl) in program.funcs.iter() {
        let FuncKind::Canon(canon) = decl.kind else {
            continue;
        };
        if reach.funcs[func.index()] {
            of(component, &component.canons[canon], &mut calls)?;
        }
    }
    Some(calls)
}

/// Adds the calls that a canonical function makes of instances.
fn of(component: &Component, canon: &Canon, calls: &mut BTreeSet<Call>) -> Option<()> {
    match canon {
        Canon::Call { lifted, lower, .. } | Canon::Initialise { lifted, lower, .. } => {
            calls.insert((Some(lower.instance), lifted.side.instance));
        }
        &Canon::ResourceDrop { resource, instance } => {
            let owner = component.resources[resource].owner;
            calls.extend(owner.map(|owner| (Some(instance), owner)));
        }
        Canon::Run(lifted, _) | Canon::Serve(lifted, _) => {
            calls.insert((None, lifted.side.instance));
        }
        Canon::Script(script) => {
            calls.extend(script.iter().map(|call| (None, call.lifted.side.instance)));
        }
        // The host calls nothing but `realloc`, from which nothing can be called.
        Canon::Host(_) | Canon::ResourceNew { .. } | Canon::ResourceRep { .. } => {}
        Canon::Hosted(..)
        | Canon::Foreign(_)
        | Canon::Start(..)
        | Canon::Resolve(..)
        | Canon::Builtin { .. }
        | Canon::CopyElements(_)
        | Canon::ThreadStart(_) => return None,
    }
    Some(())
}
