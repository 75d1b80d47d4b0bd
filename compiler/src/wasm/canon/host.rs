//! Calls of the host (`abi::HostCall`), which lifts and lowers by itself, and the entries of commands and servers.

use super::copy::Src;
use super::emit::Emit;
use crate::abi;
use crate::canonical::HOST_RESOURCES;
use crate::ir::component::{HostCall, Lifted, TaskFuncs};
use crate::ir::{Op, RtFn, Type, Value};

impl<'p> Emit<'_, 'p> {
    /// Calls a function of the host. It may call `realloc`, from which nothing can be called.
    pub fn host(&mut self, call: &'p HostCall, params: &[Value]) {
        let side = &call.side;
        self.check_leave(side.instance);
        let mut args = vec![self.i32(call.at)];
        args.extend(params);
        let answer = match call.realloc {
            Some(_) => self.guest_inside(side.instance, call.import, &args)[0],
            None => self.guest(call.import, &args)[0],
        };
        let results = self.b.func.sig.results.clone();
        if results == [Type::I64] {
            self.b.ret(&[answer]);
            return;
        }
        let half = self.i64(32);
        let upper = self.b.binary(Op::ShrU, Type::I64, answer, half);
        let reason = self.b.convert(Op::Wrap, Type::I32, upper);
        // Which handle it was.
        let number = params.first().copied();
        let number = number.filter(|&param| self.b.ty(param) == Type::I32);
        let number = number.unwrap_or_else(|| self.i32(0));
        self.trap_if_with(reason, reason, number);
        match results.is_empty() {
            true => self.b.ret(&[]),
            false => {
                let value = self.b.convert(Op::Wrap, Type::I32, answer);
                self.b.ret(&[value]);
            }
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
