//! An interpreter for Wasm-level IR: the oracle that passes and the backend are tested against.
//!
//! Runs the functions of a closed world. Values are 128-bit patterns, of which scalars use the low 64 bits as in `eval`; a function
//! reference is the function's id plus one, null is 0, and other references are whatever the host gives. Whoever calls from outside, and
//! the host, pass 64-bit slots as in `abi::ArrayEntry`: a vector takes two. It is exact, not fast.
//!
//! Calls are frames in lists (`frames`), one for each stack, so that continuations (`conts`) are such lists that are put aside; nothing here recurses.

mod conts;
mod frames;
mod memory;
mod nans;
mod objects;
mod state;
mod step;

use super::Func;
use super::program::{Entity, FuncId, GlobalId, Program};
use super::uses::Uses;
use crate::abi::TrapCode;
use conts::Continuation;
use frames::Fiber;
use std::collections::HashMap;

pub use nans::Nans;
pub use state::{Host, Runtime, State, instance_ptr};
use state::{from_slots, to_slots};

/// Why execution ended early.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stop {
    Trap(TrapCode),
    /// An exception that nothing has caught so far: a reference to it.
    Exception(u64),
    /// `RtFn::ComponentTrap` or `TaskTrap` was called with a reason and a number.
    Component(u32, u32),
    /// The instruction budget is spent.
    OutOfFuel,
    /// Something that the interpreter does not run: a machine-level op, a function without body.
    Unsupported(String),
}

impl From<TrapCode> for Stop {
    fn from(code: TrapCode) -> Self {
        Stop::Trap(code)
    }
}

/// Nested calls before the stack counts as exhausted, by default.
const MAX_DEPTH: u32 = 200;
/// Bytes that all objects may have, by default.
const MAX_HEAP: u64 = 1 << 28;
/// A program with its bodies.
pub struct Interp<'a> {
    pub program: &'a Program,
    pub bodies: &'a HashMap<FuncId, Func>,
    pub state: State,
    host: Box<Host<'a>>,
    /// Runs calls of the runtime, which are not supported without it.
    pub runtime: Option<Box<Runtime<'a>>>,
    nans: Nans,
    /// NaNs made so far.
    nans_made: u64,
    /// The stacks of what runs: the one that was called from outside first, then each by whom it was resumed.
    fibers: Vec<Fiber<'a>>,
    /// Continuations that something has happened to, by their objects' addresses.
    conts: HashMap<u64, Continuation<'a>>,
    /// The values that came with the last answer of a resumption, or to one that was suspended.
    inbox: Vec<u64>,
    /// Nested calls, on all stacks, before the stack counts as exhausted.
    pub max_depth: u32,
    /// Bytes that all objects may have; none is ever given back.
    pub heap_limit: u64,
    /// Whether a vector store that traps at the end of a memory writes what is in bounds, as an AArch64 processor may.
    pub tears: bool,
    /// Whether there was such a store.
    pub met_torn: bool,
    /// Of what proposals instructions were that were executed.
    pub ran: Uses,
}

impl<'a> Interp<'a> {
    /// An interpreter in the state before `init`.
    pub fn new(
        program: &'a Program,
        bodies: &'a HashMap<FuncId, Func>,
        fuel: u64,
        nans: Nans,
        host: Box<Host<'a>>,
    ) -> Self {
        Interp {
            program,
            bodies,
            state: State::new(program, fuel),
            host,
            runtime: None,
            nans,
            nans_made: 0,
            fibers: Vec::new(),
            conts: HashMap::new(),
            inbox: Vec::new(),
            max_depth: MAX_DEPTH,
            heap_limit: MAX_HEAP,
            tears: false,
            met_torn: false,
            ran: Uses::default(),
        }
    }

    /// Instantiates all modules in order.
    ///
    /// # Errors
    /// What stops an `init` function.
    pub fn init(&mut self) -> Result<(), Stop> {
        for module in self.program.modules.values() {
            if let Some(init) = module.init {
                self.call(init, &[])?;
            }
        }
        Ok(())
    }

    /// Calls an exported function of the main module; arguments and results are slots.
    ///
    /// # Errors
    /// What stops it; `Unsupported` if there is no such function.
    pub fn invoke(&mut self, export: &str, args: &[u64]) -> Result<Vec<u64>, Stop> {
        let module = &self.program.modules[self.program.main];
        let found = module.exports.iter().find(|e| e.name == export);
        match found.map(|e| e.entity) {
            Some(Entity::Func(func)) => self.call(func, args),
            _ => Err(Stop::Unsupported(format!("no exported function {export}"))),
        }
    }

    /// The value of a global, as slots.
    pub fn global(&self, global: GlobalId) -> Vec<u64> {
        let decl = &self.program.globals[global];
        let value = decl.constant.unwrap_or(self.state.globals[global]);
        to_slots(&[decl.ty.ir()], &[value])
    }

    /// Calls a function; arguments and results are slots.
    ///
    /// # Errors
    /// What stops it.
    pub fn call(&mut self, id: FuncId, args: &[u64]) -> Result<Vec<u64>, Stop> {
        let sig = match self.bodies.get(&id) {
            Some(body) => body.sig.clone(),
            None => self.program.signature(id),
        };
        let results = self.execute(id, from_slots(&sig.params, args))?;
        Ok(to_slots(&sig.results, &results))
    }
}
