//! Calls, exceptions and control flow. A function that calls waits as a [`Frame`] for what becomes of its call: it returns, throws, or, of a call that
//! changes stacks, is answered.

use super::state::{from_slots, to_slots, wide_mask};
use super::{Interp, Stop};
use crate::abi::TrapCode;
use crate::entity::EntityId;
use crate::ir::imm::{Callee, Imm, Target, Try};
use crate::ir::op::Op;
use crate::ir::program::{FuncId, FuncKind, RtFn};
use crate::ir::types::Type;
use crate::ir::uses::Uses;
use crate::ir::{Block, Func, InstData, Value};

/// A function that runs, or waits for another one.
pub struct Frame<'a> {
    pub func: &'a Func,
    /// Of all values of the function, those that were defined.
    pub values: Vec<u128>,
    block: Block,
    /// The place in the block of the instruction that comes next: of one that waits, behind its call.
    next: usize,
    /// Its stack slots one behind the other, from the first use of one on.
    pub slots: Vec<u8>,
}

/// A stack.
#[derive(Default)]
pub struct Fiber<'a> {
    pub frames: Vec<Frame<'a>>,
    /// Frames on the stacks below it, while it runs.
    pub below: usize,
    /// What whoever has resumed it handles: tags of `suspend`, then those of `switch` with [`crate::abi::Cont::SWITCH`].
    pub handlers: Vec<u32>,
    /// What the function returns that it began with.
    pub results: Vec<Type>,
}

/// What happens next, to the innermost frame where it has no other meaning.
pub enum Next {
    Call(FuncId, Vec<u128>),
    /// Its function has ended by a call.
    TailCall(FuncId, Vec<u128>),
    /// A call of the runtime that may change stacks.
    Switch(RtFn, Vec<u64>),
    /// Its call has returned.
    Return(Vec<u128>),
    /// Its call has thrown this exception.
    Throw(u64),
    /// Its call of the runtime has this result.
    Answer(u64),
}

impl<'a> Frame<'a> {
    fn new(func: &'a Func, args: &[u128]) -> Self {
        let mut frame = Frame {
            func,
            values: vec![0; func.values.len()],
            block: func.layout[0],
            next: 0,
            slots: Vec::new(),
        };
        for (param, &arg) in func.blocks[frame.block].params.iter().zip(args) {
            frame.values[param.index()] = arg;
        }
        frame
    }

    /// The call that it waits for.
    fn call(&self) -> &'a InstData {
        &self.func.insts[self.func.blocks[self.block].insts[self.next - 1]]
    }

    fn args(&self, data: &InstData) -> Vec<u128> {
        let arg = |&v: &Value| self.values[v.index()] & wide_mask(self.func.values[v].ty);
        data.args.iter().map(arg).collect()
    }

    fn jump(&mut self, target: &Target) {
        // All at once: a loop may exchange its parameters.
        let args: Vec<u128> = target.args.iter().map(|v| self.values[v.index()]).collect();
        for (param, arg) in self.func.blocks[target.block].params.iter().zip(args) {
            self.values[param.index()] = arg;
        }
        (self.block, self.next) = (target.block, 0);
    }

    /// Goes on behind its call with results.
    fn returned(&mut self, results: &[u128]) {
        let data = self.call();
        for (i, &bits) in results.iter().enumerate() {
            self.values[data.first_result.index() + i] = bits;
        }
        if let Imm::Try(it) = &data.imm {
            self.jump(&it.targets[0]);
        }
    }

    /// Goes on in a handler with the exception.
    fn caught(&mut self, data: &InstData, it: &Try, handler: usize, exception: u64) {
        let value = data.first_result.index() + data.result_count as usize - 1;
        self.values[value] = exception.into();
        self.jump(&it.targets[it.first_handler() + handler]);
    }
}

impl<'a> Interp<'a> {
    /// Calls a function from outside.
    pub(super) fn execute(&mut self, id: FuncId, args: Vec<u128>) -> Result<Vec<u128>, Stop> {
        self.fibers = vec![Fiber::default()];
        let mut next = Next::Call(id, args);
        loop {
            next = match next {
                Next::Call(id, args) | Next::TailCall(id, args) => self.enter(id, &args)?,
                Next::Switch(function, args) => self.switch(function, &args)?,
                Next::Return(values) if self.is_waiting() => self.go_on_with(&values)?,
                Next::Return(values) if self.fibers.len() == 1 => return Ok(values),
                Next::Return(values) => self.returned(&values),
                Next::Throw(exception) if self.catch(exception) => self.go_on()?,
                Next::Throw(exception) if self.fibers.len() == 1 => {
                    return Err(Stop::Exception(exception));
                }
                Next::Throw(exception) => self.failed(exception),
                Next::Answer(bits) => self.go_on_with(&[bits.into()])?,
            };
        }
    }

    /// The stack that runs.
    pub(super) fn fiber(&mut self) -> &mut Fiber<'a> {
        self.fibers.last_mut().expect("a stack")
    }

    /// Whether a frame of the stack that runs waits for what it has called.
    fn is_waiting(&mut self) -> bool {
        !self.fiber().frames.is_empty()
    }

    /// Goes on with the results of the innermost frame's call.
    fn go_on_with(&mut self, results: &[u128]) -> Result<Next, Stop> {
        let frame = self.fiber().frames.last_mut();
        frame.expect("a frame that waits").returned(results);
        self.go_on()
    }

    /// Begins a call on the stack that runs.
    fn enter(&mut self, id: FuncId, args: &[u128]) -> Result<Next, Stop> {
        let max_depth = self.max_depth as usize;
        let fiber = self.fiber();
        if fiber.below + fiber.frames.len() >= max_depth {
            return Err(TrapCode::StackOverflow.into());
        }
        match &self.program.funcs[id].kind {
            FuncKind::Import { .. } => {
                let sig = self.program.signature(id);
                let args = to_slots(&sig.params, args);
                let results = (self.host)(&mut self.state, id, &args)?;
                return Ok(Next::Return(from_slots(&sig.results, &results)));
            }
            FuncKind::Unknown => return Err(TrapCode::UnknownImport.into()),
            FuncKind::ImportAdapter { callee } => return self.enter(*callee, args),
            FuncKind::Defined { .. }
            | FuncKind::Init
            | FuncKind::ArrayEntry { .. }
            | FuncKind::ContEntry
            | FuncKind::CExport { .. }
            | FuncKind::LibraryExport { .. }
            | FuncKind::LibraryFunction { .. }
            | FuncKind::HostExport { .. }
            | FuncKind::FarEntry { .. }
            | FuncKind::Canon(_) => {}
        }
        let bodies = self.bodies;
        let body = bodies.get(&id);
        let func = body.ok_or_else(|| Stop::Unsupported(format!("{id} has no body")))?;
        self.fiber().frames.push(Frame::new(func, args));
        self.go_on()
    }

    /// Goes on with the innermost frame until something else must happen.
    fn go_on(&mut self) -> Result<Next, Stop> {
        let mut frame = self.fiber().frames.pop().expect("a frame");
        let next = self.run(&mut frame)?;
        if matches!(next, Next::Call(..) | Next::Switch(..)) {
            self.fiber().frames.push(frame);
        }
        Ok(next)
    }

    /// Leaves frames of the stack that runs up to one that catches the exception; whether there is one.
    fn catch(&mut self, exception: u64) -> bool {
        while let Some(mut frame) = self.fiber().frames.pop() {
            let data = frame.call();
            if let Imm::Try(it) = &data.imm
                && let Some(handler) = self.handler(it, exception)
            {
                frame.caught(data, it, handler, exception);
                self.fiber().frames.push(frame);
                return true;
            }
        }
        false
    }

    /// Which handler of a `try` has an exception.
    fn handler(&self, it: &Try, exception: u64) -> Option<usize> {
        let (tag, _) = &self.state.exceptions[exception as usize - 1];
        it.tags
            .iter()
            .position(|wanted| wanted.is_none_or(|wanted| wanted == *tag))
    }

    fn run(&mut self, frame: &mut Frame<'a>) -> Result<Next, Stop> {
        let func = frame.func;
        loop {
            let Some(&inst) = func.blocks[frame.block].insts.get(frame.next) else {
                let what = format!("{} has no terminator", frame.block);
                return Err(Stop::Unsupported(what));
            };
            frame.next += 1;
            let data = &func.insts[inst];
            self.state.fuel = self.state.fuel.checked_sub(1).ok_or(Stop::OutOfFuel)?;
            let uses = Uses::of(data, self.program);
            self.ran = self.ran.with(uses);
            match (data.op, &data.imm) {
                (Op::Jump, Imm::Jump(target)) => frame.jump(target),
                (Op::Branch, Imm::Branch { then, or_else, .. }) => {
                    let cond = frame.values[data.args[0].index()];
                    frame.jump(if cond as u32 != 0 { then } else { or_else });
                }
                (Op::BrTable, Imm::BrTable { targets, .. }) => {
                    let index = frame.values[data.args[0].index()] as u32 as usize;
                    frame.jump(&targets[index.min(targets.len() - 1)]);
                }
                (Op::Return, _) => return Ok(Next::Return(frame.args(data))),
                (Op::ReturnCall | Op::ReturnCallIndirect | Op::ReturnCallRef, imm) => {
                    let mut args = frame.args(data);
                    let callee = self.callee(imm, &mut args)?;
                    return Ok(Next::TailCall(callee, args));
                }
                (Op::Call | Op::CallIndirect | Op::CallRef, imm) => {
                    let mut args = frame.args(data);
                    let callee = self.callee(imm, &mut args)?;
                    return Ok(Next::Call(callee, args));
                }
                (Op::Trap, Imm::Trap(code)) => return Err(Stop::Trap(*code)),
                (Op::Throw | Op::ThrowRef, imm) => {
                    let exception = self.exception(imm, frame.args(data))?;
                    return Ok(Next::Throw(exception));
                }
                (Op::Try, Imm::Try(it)) if matches!(it.op, Op::Throw | Op::ThrowRef) => {
                    let exception = self.exception(&it.imm, frame.args(data))?;
                    match self.handler(it, exception) {
                        Some(handler) => frame.caught(data, it, handler, exception),
                        None => return Ok(Next::Throw(exception)),
                    }
                }
                (Op::Try, Imm::Try(it)) => {
                    let mut args = frame.args(data);
                    let callee = self.callee(&it.imm, &mut args)?;
                    return Ok(Next::Call(callee, args));
                }
                (
                    Op::CallSymbol,
                    &Imm::CallSymbol {
                        callee: Callee::Runtime(function),
                        ..
                    },
                ) if uses.has(Uses::CONTINUATIONS) => {
                    let args = frame.args(data).into_iter().map(|bits| bits as u64);
                    return Ok(Next::Switch(function, args.collect()));
                }
                _ => self.step(frame, inst, data)?,
            }
        }
    }

    /// The exception that a `throw` (with its tag) or `throw_ref` throws.
    fn exception(&mut self, imm: &Imm, args: Vec<u128>) -> Result<u64, Stop> {
        match (imm, args[..].first()) {
            (Imm::Tag(tag), _) => {
                self.state.exceptions.push((*tag, args));
                Ok(self.state.exceptions.len() as u64)
            }
            (_, Some(0)) => Err(TrapCode::NullReference.into()),
            (_, Some(&exception)) => Ok(exception as u64),
            (imm, None) => Err(Stop::Unsupported(format!("a throw with {imm:?}"))),
        }
    }

    /// Whom a call calls; takes the table index or the reference off its arguments.
    fn callee(&self, imm: &Imm, args: &mut Vec<u128>) -> Result<FuncId, Stop> {
        let func = |reference: u128| FuncId::from_u32(reference as u32 - 1);
        match imm {
            Imm::Func(id) => Ok(*id),
            Imm::CallIndirect { table, sig } => {
                let index = args.pop().expect("the index");
                let entry = self.state.tables[*table].get(index as usize);
                let id = match *entry.ok_or(TrapCode::TableOutOfBounds)? {
                    0 => return Err(TrapCode::IndirectCallToNull.into()),
                    reference => func(reference.into()),
                };
                let types = &self.program.types;
                if !types.is_subtype(self.program.funcs[id].sig, *sig) {
                    return Err(TrapCode::BadSignature.into());
                }
                Ok(id)
            }
            Imm::Sig(sig) => match args.pop().expect("the reference") {
                0 => Err(TrapCode::NullReference.into()),
                reference => {
                    let id = func(reference);
                    let is_one = self
                        .program
                        .types
                        .is_subtype(self.program.funcs[id].sig, *sig);
                    match is_one {
                        true => Ok(id),
                        false => Err(Stop::Unsupported(format!("{id} is no {sig}"))),
                    }
                }
            },
            imm => Err(Stop::Unsupported(format!("a call with {imm:?}"))),
        }
    }
}
