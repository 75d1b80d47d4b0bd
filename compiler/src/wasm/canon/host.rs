//! Calls of the host (`abi::HostCall`), which lifts and lowers by itself, and the entries of commands and servers.

use super::copy::{Dst, Src};
use super::emit::{Emit, End};
use super::layout::{Direction, Space, layout, sequence};
use crate::abi;
use crate::canonical::{HOST_RESOURCES, SubtaskState};
use crate::entity::EntityId;
use crate::ir::component::{CTypeId, HostCall, HostSide, Lifted, TaskFuncs};
use crate::ir::{ModuleId, Op, RtFn, Symbol, Type, Value};

impl<'p> Emit<'_, 'p> {
    /// Calls a function of the host. It may call `realloc`, from which nothing can be called.
    pub fn host(&mut self, call: &'p HostCall, params: &[Value]) {
        let side = &call.host.side;
        self.check_leave(side.instance);
        if call.ty.is_async && !call.is_async {
            self.must(RtFn::MayBlock, &[], None);
        }
        let lowered = match call.is_async {
            true => self.host_params(call, params),
            false => params.to_vec(),
        };
        let mut args = vec![self.i32(call.host.at)];
        args.extend(&lowered);
        let answer = match call.host.realloc {
            Some(_) => {
                // `realloc` may collect garbage.
                let has_objects = self.has_objects();
                if has_objects {
                    self.runtime(RtFn::GcLeave, &[]);
                }
                let answer = self.guest_inside(side.instance, call.import, &args)[0];
                if has_objects {
                    self.runtime(RtFn::GcComeBack, &[]);
                }
                answer
            }
            None => self.guest(call.import, &args)[0],
        };
        let is_wide = self.results_of(call) == [Type::I64];
        let value = match is_wide {
            true => answer,
            false => {
                let half = self.i64(32);
                let upper = self.b.binary(Op::ShrU, Type::I64, answer, half);
                let reason = self.b.convert(Op::Wrap, Type::I32, upper);
                // Which handle it was.
                let number = lowered.first().copied();
                let number = number.filter(|&param| self.b.ty(param) == Type::I32);
                let number = number.unwrap_or_else(|| self.i32(0));
                self.trap_if_with(reason, reason, number);
                self.b.convert(Op::Wrap, Type::I32, answer)
            }
        };
        match (call.is_async, call.may_wait) {
            (true, _) => self.end_async_host(call, params, value),
            (false, true) => {
                self.host_goes_on(value, |e, number| {
                    e.must(RtFn::HostWait, &[number], None);
                });
                self.b.ret(&[]);
            }
            (false, false) => match self.b.func.sig.results.is_empty() {
                true => self.b.ret(&[]),
                false => self.b.ret(&[value]),
            },
        }
    }

    /// Whether garbage may be collected while the host calls compiled code again.
    pub fn has_objects(&self) -> bool {
        let types = &self.program.types;
        types.data_count() > 0 || types.has_conts()
    }

    /// Core results of a function of the host where it is not lowered with `async`.
    fn results_of(&self, call: &HostCall) -> Vec<Type> {
        let sig = super::layout::core_signature(self.component, &call.ty, Direction::Lower);
        sig.results.into_iter().map(|ty| ty.ir()).collect()
    }

    /// The parameters that a function of the host has otherwise, of those that it has where it is lowered with `async`.
    fn host_params(&mut self, call: &'p HostCall, params: &[Value]) -> Vec<Value> {
        let spills = self.spills(&call.ty, Direction::AsyncLower);
        let has_place = self.result_spills(&call.ty, Direction::Lower);
        let (own, place) = match call.ty.result {
            Some(_) => params.split_at(params.len() - 1),
            None => (params, &[][..]),
        };
        let mut values = own.to_vec();
        if spills {
            let side = &call.host.side;
            (self.way.from, self.way.to) = (End::Guest(side), End::Runtime);
            let types: Vec<CTypeId> = call.ty.params.iter().map(|(_, ty)| *ty).collect();
            let fields = sequence(self.component, Space::Guest, &types);
            self.check_values(side, own[0], fields.layout);
            let parts = types.into_iter().zip(fields.offsets);
            values = parts
                .flat_map(|(ty, at)| self.copy(ty, Src::Memory(own[0], at), Dst::Flat))
                .collect();
        }
        if has_place {
            values.extend(place);
        }
        values
    }

    /// What a caller gets that does not wait. `value`: the result, or the number by which the call goes on.
    fn end_async_host(&mut self, call: &'p HostCall, params: &[Value], value: Value) {
        let side = &call.host.side;
        if let Some(ty) = call.ty.result
            && !self.result_spills(&call.ty, Direction::Lower)
        {
            let place = *params.last().expect("a parameter for the result");
            (self.way.from, self.way.to) = (End::Runtime, End::Guest(side));
            let layout = layout(self.component, Space::Guest, ty);
            self.check_values(side, place, layout);
            self.copy(ty, Src::Flat(&[value]), Dst::Memory(place, 0));
        }
        if call.may_wait {
            let instance = self.tasks_of(side.instance);
            self.host_goes_on(value, |e, number| {
                let state = e.must(RtFn::HostSubtask, &[instance, number], None);
                e.b.ret(&[state]);
            });
        }
        let returned = self.i32(SubtaskState::Returned as u32);
        self.b.ret(&[returned]);
    }

    /// Calls `f` where a call goes on later, by the number that it has then.
    fn host_goes_on(&mut self, number: Value, f: impl FnOnce(&mut Self, Value)) {
        let (later, done) = (self.b.create_block(), self.b.create_block());
        self.b.branch(number, (later, &[]), (done, &[]));
        self.b.switch_to(later);
        f(self, number);
        if !self.b.is_terminated() {
            self.b.jump(done, &[]);
        }
        self.b.switch_to(done);
    }

    /// The address of an `abi::HostCall`; null without one.
    pub fn host_side(&mut self, host: Option<&HostSide>) -> Value {
        let first = Symbol::Instance(ModuleId::from_u32(0));
        match host {
            Some(host) => self.b.symbol_addr(first, host.at.into()),
            None => self.b.constant(Type::Ptr, 0),
        }
    }

    /// Calls a handler with its two handles, which stand for the first two things that the runtime library has made.
    pub fn serve(&mut self, lifted: &'p Lifted) {
        let instance = lifted.side.instance;
        let entered = self.enter(None, instance);
        let handles = self.handles(instance);
        let names = ["incoming-request", "response-outparam"];
        let args = [0, 1].map(|number| {
            let mut known = HOST_RESOURCES.iter();
            let at = known.position(|resource| *resource == ("wasi:http/types", names[number]));
            let resource = self.i32(at.expect("a resource of the host") as u32);
            let thing = self.i32(number as u32);
            self.must(RtFn::HandleNew, &[handles, resource, thing], None)
        });
        let core = self.guest(lifted.callee, &args);
        if let Some(post_return) = lifted.post_return {
            self.guest_inside(instance, post_return, &core);
        }
        self.leave(&entered);
        self.b.ret(&[]);
    }

    /// Calls `run`: what says whether it has failed.
    fn run_at_once(&mut self, lifted: &'p Lifted) -> Value {
        let instance = lifted.side.instance;
        let entered = self.enter(None, instance);
        self.enter_task(instance);
        let core = self.guest(lifted.callee, &[]);
        let result = lifted.ty.result.expect("a checked entry");
        let failed = self.discriminant(result, Src::Flat(&core));
        if let Some(post_return) = lifted.post_return {
            self.guest_inside(instance, post_return, &core);
        }
        self.leave_task();
        self.leave(&entered);
        failed
    }

    /// Calls `run`, and ends the process with 1 if that failed.
    pub fn run(&mut self, lifted: &'p Lifted, task: Option<TaskFuncs>) {
        let is_error = match task {
            Some(task) => {
                let frame = self.host_task(lifted, task);
                self.task_failed(frame)
            }
            None => self.run_at_once(lifted),
        };
        let (failed, done) = (self.b.create_block(), self.b.create_block());
        self.b.branch(is_error, (failed, &[]), (done, &[]));
        self.b.switch_to(failed);
        let one = self.i32(1);
        self.runtime(RtFn::Exit, &[one]);
        // Not reached.
        self.b.trap(abi::TrapCode::Unreachable);
        self.b.switch_to(done);
        self.b.ret(&[]);
    }
}
