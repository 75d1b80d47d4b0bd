//! Whole canonical functions (`CanonicalABI.md`: Canonical Definitions).

use super::copy::{Dst, Src};
use super::emit::{Emit, End, Held, Way};
use super::layout::{
    Direction, Space, borrows, flat, flat_within, layout, sequence, spills_params, spills_result,
};
use crate::canonical::SubtaskState;
use crate::entity::EntityId;
use crate::ir::component::{
    CFuncType, CInstanceId, CTypeId, CValue, CanonSide, Invocation, Lifted, ResourceId,
};
use crate::ir::{IntCc, Op, RtFn, Type, Value};

/// What a call borrows.
#[derive(Default)]
pub struct Borrowing {
    /// The caller's stack before it lends.
    mark: Option<Value>,
    /// Where the callee counts.
    pub scope: Option<Value>,
}

impl<'p> Emit<'_, 'p> {
    /// `canon lower` of what another instance has lifted. The order of what is checked is the specification's, but that each value is lowered as soon as it is
    /// lifted.
    pub fn call(
        &mut self,
        lifted: &'p Lifted,
        lower: &'p CanonSide,
        is_async: bool,
        params: &[Value],
    ) {
        let direction = match is_async {
            true => Direction::AsyncLower,
            false => Direction::Lower,
        };
        let spills = self.spills(&lifted.ty, direction);
        let place = self
            .result_spills(&lifted.ty, direction)
            .then(|| params.last());
        let place = place.flatten().copied();
        let mut results = self.exchange(lifted, lower, place, |e| {
            e.params(&lifted.ty, params, spills)
        });
        if is_async {
            results = vec![self.i32(SubtaskState::Returned as u32)];
        }
        self.b.ret(&results);
    }

    /// Calls a start function, with values that lie at these addresses of the caller's memory, as does the result.
    pub fn initialise(
        &mut self,
        lifted: &'p Lifted,
        lower: &'p CanonSide,
        args: &[u32],
        result: Option<u32>,
    ) {
        let at: Vec<Value> = args.iter().map(|&at| self.i32(at)).collect();
        let place = result.map(|at| self.i32(at));
        self.exchange(lifted, lower, place, |e| {
            let from: Vec<Src> = at.iter().map(|&at| Src::Memory(at, 0)).collect();
            e.params_from(&lifted.ty, &from)
        });
        self.b.ret(&[]);
    }

    /// Calls what another instance has lifted, with what `params` lowers for it: the result, lowered for the caller, or nothing if it goes to a place.
    fn exchange(
        &mut self,
        lifted: &'p Lifted,
        lower: &'p CanonSide,
        place: Option<Value>,
        params: impl FnOnce(&mut Self) -> Vec<Value>,
    ) -> Vec<Value> {
        let (caller, callee) = (lower.instance, lifted.side.instance);
        self.check_leave(caller);
        let entered = self.enter(Some(caller), callee);
        let borrowing = self.begin_borrowing(&lifted.ty, caller, callee);
        self.way = Way {
            from: End::Guest(lower),
            to: End::Guest(&lifted.side),
            scope: borrowing.scope,
        };
        let args = params(self);
        let core = self.guest(lifted.callee, &args);
        self.end_callee(&borrowing, callee);
        self.way = Way {
            from: End::Guest(&lifted.side),
            to: End::Guest(lower),
            scope: None,
        };
        let results = self.result(lifted, &core, place);
        self.post_return(lifted, &core);
        self.leave(&entered);
        self.end_caller(&borrowing, caller);
        results
    }

    /// The callee has returned: it has nothing borrowed any more.
    pub fn end_callee(&mut self, borrowing: &Borrowing, callee: CInstanceId) {
        if self.component.has_tasks() {
            self.must(RtFn::TaskReturning, &[], None);
            return;
        }
        if let Some(scope) = borrowing.scope {
            let handles = self.handles(callee);
            self.must(RtFn::HandlesReturn, &[handles, scope], None);
        }
    }

    /// The call is over: what the caller has lent is its own again.
    pub fn end_caller(&mut self, borrowing: &Borrowing, caller: CInstanceId) {
        self.leave_task();
        if let Some(mark) = borrowing.mark {
            let handles = self.handles(caller);
            self.runtime(RtFn::HandlesUnlend, &[handles, mark]);
        }
    }

    /// Before a call of a function of this type.
    pub fn begin_borrowing(
        &mut self,
        ty: &CFuncType,
        caller: CInstanceId,
        callee: CInstanceId,
    ) -> Borrowing {
        let component = self.component;
        if let Some(scope) = self.enter_task(callee) {
            return Borrowing {
                mark: None,
                scope: Some(scope),
            };
        }
        let (mut lends, mut borrowed) = (false, false);
        for (_, param) in &ty.params {
            borrows(component, *param, &mut |resource| {
                lends = true;
                borrowed |= component.resources[resource].owner != Some(callee);
            });
        }
        let mut borrowing = Borrowing::default();
        if lends {
            let handles = self.handles(caller);
            borrowing.mark = self.runtime(RtFn::HandlesMark, &[handles]);
        }
        if borrowed {
            let handles = self.handles(callee);
            borrowing.scope = Some(self.must(RtFn::HandlesCall, &[handles], None));
        }
        borrowing
    }

    /// Whether parameters go through memory on the caller's side.
    pub fn spills(&self, ty: &CFuncType, direction: Direction) -> bool {
        let types: Vec<CTypeId> = ty.params.iter().map(|(_, ty)| *ty).collect();
        flat_within(self.component, &types, direction.max_flat_params()).is_none()
    }

    /// Whether the result goes through memory on the caller's side.
    pub fn result_spills(&self, ty: &CFuncType, direction: Direction) -> bool {
        match direction {
            Direction::AsyncLower => ty.result.is_some(),
            Direction::Lift | Direction::Lower => spills_result(self.component, ty),
        }
    }

    /// Copies parameters, which may go through memory on the caller's side: what the callee's core function gets.
    pub fn params(&mut self, ty: &CFuncType, values: &[Value], spills: bool) -> Vec<Value> {
        let types: Vec<CTypeId> = ty.params.iter().map(|(_, ty)| *ty).collect();
        let fields = sequence(self.component, Space::Guest, &types);
        let End::Guest(from) = self.way.from else {
            unreachable!("a call between components")
        };
        if spills {
            self.check_values(from, values[0], fields.layout);
        }
        let mut rest = values;
        let from = types.into_iter().zip(fields.offsets);
        let from = from.map(|(ty, offset)| match spills {
            true => Src::Memory(values[0], offset),
            false => {
                let own;
                (own, rest) = rest.split_at(flat(self.component, ty).len());
                Src::Flat(own)
            }
        });
        let from: Vec<Src> = from.collect();
        self.params_from(ty, &from)
    }

    /// Copies parameters from where each of them is.
    fn params_from(&mut self, ty: &CFuncType, from: &[Src]) -> Vec<Value> {
        let types: Vec<CTypeId> = ty.params.iter().map(|(_, ty)| *ty).collect();
        let fields = sequence(self.component, Space::Guest, &types);
        let End::Guest(to) = self.way.to else {
            unreachable!("a call between components")
        };
        let ptr = spills_params(self.component, ty).then(|| {
            let bytes = self.i32(fields.layout.size as u32);
            self.allocate(to, fields.layout.align, bytes, Held::Values)
        });
        let mut args: Vec<Value> = ptr.into_iter().collect();
        for ((ty, &from), offset) in types.into_iter().zip(from).zip(fields.offsets) {
            let to = ptr.map_or(Dst::Flat, |ptr| Dst::Memory(ptr, offset));
            args.extend(self.copy(ty, from, to));
        }
        args
    }

    /// Copies the result: what the lowered function returns. `place`: where the caller wants it, if it goes through memory.
    fn result(&mut self, lifted: &Lifted, core: &[Value], place: Option<Value>) -> Vec<Value> {
        let Some(ty) = lifted.ty.result else {
            return Vec::new();
        };
        let from = self.lifted_result(lifted, ty, core);
        let Some(place) = place else {
            return self.copy(ty, from, Dst::Flat);
        };
        let End::Guest(to) = self.way.to else {
            unreachable!("a call between components")
        };
        let layout = layout(self.component, Space::Guest, ty);
        self.check_values(to, place, layout);
        self.copy(ty, from, Dst::Memory(place, 0))
    }

    pub fn post_return(&mut self, lifted: &Lifted, core: &[Value]) {
        if let Some(post_return) = lifted.post_return {
            self.guest_inside(lifted.side.instance, post_return, core);
        }
    }

    /// Calls with constants, each with a line of output.
    pub fn script(&mut self, invocations: &'p [Invocation]) {
        for invocation in invocations {
            let lifted = &invocation.lifted;
            if let Some(task) = invocation.task {
                self.host_task(lifted, task);
                self.runtime(RtFn::PrintLine, &[]);
                continue;
            }
            let entered = self.enter(None, lifted.side.instance);
            self.way = Way {
                from: End::Host,
                to: End::Guest(&lifted.side),
                scope: None,
            };
            let scope = self.enter_task(lifted.side.instance);
            self.way.scope = scope;
            let args = self.constant_params(&lifted.ty, &lifted.side, &invocation.args);
            let core = self.guest(lifted.callee, &args);
            self.way = Way {
                from: End::Guest(&lifted.side),
                to: End::Host,
                scope: None,
            };
            match lifted.ty.result {
                Some(ty) => {
                    let from = self.lifted_result(lifted, ty, &core);
                    self.print(ty, from);
                }
                None => self.print_nothing(),
            }
            self.post_return(lifted, &core);
            self.leave_task();
            self.leave(&entered);
            self.runtime(RtFn::PrintLine, &[]);
        }
        self.b.ret(&[]);
    }

    /// Where the result of a lifted function is.
    pub fn lifted_result<'v>(
        &mut self,
        lifted: &Lifted,
        ty: CTypeId,
        core: &'v [Value],
    ) -> Src<'v> {
        if !spills_result(self.component, &lifted.ty) {
            return Src::Flat(core);
        }
        let layout = layout(self.component, Space::Guest, ty);
        self.check_values(&lifted.side, core[0], layout);
        Src::Memory(core[0], 0)
    }

    pub fn constant_params(
        &mut self,
        ty: &CFuncType,
        side: &CanonSide,
        values: &[CValue],
    ) -> Vec<Value> {
        let types: Vec<CTypeId> = ty.params.iter().map(|(_, ty)| *ty).collect();
        let constants = types.iter().zip(values);
        if !spills_params(self.component, ty) {
            return constants
                .flat_map(|(&ty, value)| self.copy(ty, Src::Constant(value), Dst::Flat))
                .collect();
        }
        let fields = sequence(self.component, Space::Guest, &types);
        let bytes = self.i32(fields.layout.size as u32);
        let ptr = self.allocate(side, fields.layout.align, bytes, Held::Values);
        for ((&ty, value), offset) in constants.zip(fields.offsets) {
            self.copy(ty, Src::Constant(value), Dst::Memory(ptr, offset));
        }
        vec![ptr]
    }

    /// `canon resource.new`.
    pub fn resource_new(&mut self, resource: ResourceId, instance: CInstanceId, rep: Value) {
        self.check_leave(instance);
        let args = [self.handles(instance), self.i32(resource.as_u32()), rep];
        let index = self.must(RtFn::HandleNew, &args, None);
        self.b.ret(&[index]);
    }

    /// `canon resource.rep`.
    pub fn resource_rep(&mut self, resource: ResourceId, instance: CInstanceId, index: Value) {
        let args = [self.handles(instance), self.i32(resource.as_u32()), index];
        let rep = self.must(RtFn::HandleRep, &args, Some(index));
        self.b.ret(&[rep]);
    }

    /// `canon resource.drop`.
    pub fn resource_drop(&mut self, resource: ResourceId, instance: CInstanceId, index: Value) {
        self.check_leave(instance);
        let args = [self.handles(instance), self.i32(resource.as_u32()), index];
        let (rep, upper) = self.attempt(RtFn::HandleDrop, &args);
        let mask = self.i32(i32::MAX as u32);
        let reason = self.b.binary(Op::And, Type::I32, upper, mask);
        self.trap_if_with(reason, reason, index);
        let zero = self.i32(0);
        let is_owned = self.is(IntCc::LtS, upper, zero);
        let (end, done) = (self.b.create_block(), self.b.create_block());
        self.b.branch(is_owned, (end, &[]), (done, &[]));
        self.b.switch_to(end);
        let decl = &self.component.resources[resource];
        // Entering is checked even where nothing is to be done.
        let entered = match decl.owner {
            Some(owner) => self.enter(Some(instance), owner),
            None => Vec::new(),
        };
        if let Some(destructor) = decl.destructor {
            if let Some(owner) = decl.owner {
                self.enter_task(owner);
            }
            self.guest(destructor, &[rep]);
            if decl.owner.is_some() {
                self.leave_task();
            }
        }
        self.leave(&entered);
        self.b.jump(done, &[]);
        self.b.switch_to(done);
        self.b.ret(&[]);
    }
}
