//! Continuations: stacks that are put aside (`wasm/ops/cont.rs` has what compiled code and the runtime agree on).
//!
//! Who resumes or suspends writes values into a slot of its frame. They are read from there at the call, and lie in [`Interp::inbox`] for whoever gets them,
//! which reads them before anything else.

use super::frames::{Fiber, Next};
use super::state::{bits, from_slots, to_slots};
use super::{Interp, Stop};
use crate::abi::{Cont, TrapCode};
use crate::entity::EntityId;
use crate::ir::program::{FuncId, RtFn};
use std::mem::{self, offset_of};
use std::ops::Range;

/// What stands for the address of a frame's first stack slot in that frame.
pub const SLOTS: u64 = 1 << 46;
/// What stands for the address of the inbox.
pub const INBOX: u64 = 1 << 45;
/// Where a new continuation's object has the reference to its function.
const FUNC: u64 = offset_of!(Cont, func) as u64;
const FUNC_BYTES: u64 = 8;

/// A continuation; one that nothing is known of is new, with nothing bound to it.
#[derive(Default)]
pub struct Continuation<'a> {
    /// Values that it gets before those of whoever resumes it.
    bound: Vec<u64>,
    state: State<'a>,
}

#[derive(Default)]
enum State<'a> {
    /// Its object has the function.
    #[default]
    New,
    Used,
    /// The stacks from the outermost to the innermost.
    Suspended(Vec<Fiber<'a>>),
}

/// What a frame gives to another stack.
struct Message {
    handlers: Vec<u32>,
    values: Vec<u64>,
}

impl<'a> Interp<'a> {
    /// What a function of the runtime that changes stacks does.
    pub(super) fn switch(&mut self, function: RtFn, args: &[u64]) -> Result<Next, Stop> {
        match (function, args) {
            (RtFn::ContResume, &[cont, place, shape]) => {
                let message = self.message(place, Some(shape))?;
                let values = message.values;
                let (fibers, mut all) = self.take(cont)?;
                all.extend(values);
                self.resume(cont, fibers, message.handlers, Ok(all))
            }
            (RtFn::ContThrow, &[cont, exception, place, shape]) => {
                let message = self.message(place, Some(shape))?;
                let (fibers, _) = self.take(cont)?;
                self.resume(cont, fibers, message.handlers, Err(exception))
            }
            (RtFn::ContSuspend, &[tag, cont, place]) => {
                let values = self.message(place, None)?.values;
                let (outermost, handler) = self.handles(tag as u32)?;
                self.put_aside(outermost, cont);
                self.inbox = values;
                let outcome = Cont::SUSPENDED + handler as u64;
                Ok(Next::Answer(outcome << Cont::OUTCOME | INBOX))
            }
            (RtFn::ContSwitch, &[tag, cont, target, place, shape]) => {
                let values = self.message(place, Some(shape))?.values;
                let (fibers, mut all) = self.take(target)?;
                let (outermost, _) = self.handles(tag as u32 | Cont::SWITCH)?;
                let handlers = self.put_aside(outermost, cont);
                all.extend(values);
                self.resume(target, fibers, handlers, Ok(all))
            }
            (RtFn::ContBind, &[cont, place, shape]) => {
                let values = self.message(place, Some(shape))?.values;
                Ok(Next::Answer(self.bind(cont, values)?))
            }
            (function, _) => Err(Stop::Unsupported(format!("a call of {function:?}"))),
        }
    }

    /// The function that a continuation began with has returned.
    pub(super) fn returned(&mut self, results: &[u128]) -> Next {
        let fiber = self.fibers.pop().expect("the stack of a continuation");
        self.inbox = to_slots(&fiber.results, results);
        Next::Answer(Cont::RETURNED << Cont::OUTCOME | INBOX)
    }

    /// It has thrown.
    pub(super) fn failed(&mut self, exception: u64) -> Next {
        self.fibers.pop();
        Next::Answer(Cont::THREW << Cont::OUTCOME | exception)
    }

    /// What the waiting frame has written into its slots: as the shape says, or only values, of which whoever gets them knows how many there are.
    fn message(&mut self, place: u64, shape: Option<u64>) -> Result<Message, Stop> {
        let frame = self.fiber().frames.last().expect("a frame that waits");
        let start = place.checked_sub(SLOTS).map(|at| at as usize);
        // Nothing was written where there are neither handlers nor values.
        let bytes = match start {
            Some(start) => frame.slots.get(start..).unwrap_or_default(),
            None => return Err(Stop::Unsupported(format!("a message at {place:#x}"))),
        };
        let words = |bytes: &[u8]| -> Vec<u64> {
            let words = bytes.chunks_exact(8);
            words.map(|word| bits(word) as u64).collect()
        };
        let Some(shape) = shape else {
            return Ok(Message {
                handlers: Vec::new(),
                values: words(bytes),
            });
        };
        let slots = (shape & ((1 << Cont::MASKED) - 1)) as usize;
        let handlers = (shape >> Cont::HANDLERS) as usize;
        let first = (4 * handlers).next_multiple_of(8);
        let part = |range: Range<usize>| {
            let part = bytes.get(range);
            part.ok_or_else(|| Stop::Unsupported("a message beyond its frame".to_string()))
        };
        Ok(Message {
            handlers: part(0..4 * handlers)?
                .chunks_exact(4)
                .map(|tag| bits(tag) as u32)
                .collect(),
            values: words(part(first..first + 8 * slots)?),
        })
    }

    /// Uses a continuation up: what it goes on with, and the values that were bound to it.
    fn take(&mut self, cont: u64) -> Result<(State<'a>, Vec<u64>), Stop> {
        let it = self.conts.entry(cont).or_default();
        match mem::replace(&mut it.state, State::Used) {
            State::Used => Err(TrapCode::ContinuationConsumed.into()),
            state => Ok((state, mem::take(&mut it.bound))),
        }
    }

    /// Goes on with what was taken of a continuation, under these handlers: with values, or by an exception.
    fn resume(
        &mut self,
        cont: u64,
        taken: State<'a>,
        handlers: Vec<u32>,
        input: Result<Vec<u64>, u64>,
    ) -> Result<Next, Stop> {
        match (taken, input) {
            (State::New, Ok(values)) => {
                let func = self.function(cont)?;
                let sig = self.program.signature(func);
                let args = from_slots(&sig.params, &values);
                self.put_on(Fiber {
                    handlers,
                    results: sig.results,
                    ..Fiber::default()
                });
                Ok(Next::Call(func, args))
            }
            // It has no frame that could catch it.
            (State::New, Err(exception)) => {
                Ok(Next::Answer(Cont::THREW << Cont::OUTCOME | exception))
            }
            (State::Suspended(mut fibers), input) => {
                fibers[0].handlers = handlers;
                for fiber in fibers {
                    self.put_on(fiber);
                }
                Ok(Next::Answer(match input {
                    Ok(values) => {
                        self.inbox = values;
                        INBOX
                    }
                    Err(exception) => Cont::THREW << Cont::OUTCOME | exception,
                }))
            }
            (State::Used, _) => unreachable!("{cont:#x} was taken twice"),
        }
    }

    /// The outermost stack of those that a `suspend` or `switch` with this tag leaves, and the number of the handler.
    fn handles(&self, tag: u32) -> Result<(usize, usize), Stop> {
        let handler = |&i: &usize| {
            let mut handlers = self.fibers[i].handlers.iter();
            handlers.position(|&handler| handler == tag)
        };
        let found = (1..self.fibers.len()).rev();
        let mut found = found.filter_map(|i| Some((i, handler(&i)?)));
        found.next().ok_or(TrapCode::UnhandledTag.into())
    }

    /// Makes a continuation of the stacks from this one inwards. What the outermost was resumed with may handle something else's tags now.
    fn put_aside(&mut self, outermost: usize, cont: u64) -> Vec<u32> {
        let mut fibers = self.fibers.split_off(outermost);
        let handlers = mem::take(&mut fibers[0].handlers);
        let state = State::Suspended(fibers);
        let bound = Vec::new();
        self.conts.insert(cont, Continuation { bound, state });
        handlers
    }

    /// Runs a stack next.
    fn put_on(&mut self, mut fiber: Fiber<'a>) {
        let resumer = self.fiber();
        fiber.below = resumer.below + resumer.frames.len();
        self.fibers.push(fiber);
    }

    /// `cont.bind`: another continuation in the place of this one.
    fn bind(&mut self, cont: u64, values: Vec<u64>) -> Result<u64, Stop> {
        let (state, mut bound) = self.take(cont)?;
        bound.extend(values);
        let func = self.object(cont + FUNC, FUNC_BYTES)?.to_vec();
        let types = &self.program.types;
        let ty = self
            .program
            .cont_type
            .expect("a program with continuations");
        let (number, bytes) = (types.numbers(ty).0, types.layout(ty).bytes);
        let to = self.allocate(number, bytes.into())?;
        self.object(to + FUNC, FUNC_BYTES)?.copy_from_slice(&func);
        self.conts.insert(to, Continuation { bound, state });
        Ok(to)
    }

    /// What a new continuation calls.
    fn function(&mut self, cont: u64) -> Result<FuncId, Stop> {
        let reference = bits(self.object(cont + FUNC, FUNC_BYTES)?) as u32;
        Ok(FuncId::from_u32(reference - 1))
    }
}
