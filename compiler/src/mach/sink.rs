//! Where instructions go once registers are known: rows with physical operands, given to a [`Sink`].
//!
//! An ISA expands each machine instruction into rows, jumps and labels ([`super::isa::Isa::emit`]). One sink encodes ([`Encoder`]), the other
//! prints ([`Listing`]), so a listing shows exactly the instructions that are emitted.

use super::buffer::{BranchForm, CodeBuffer, Label};
use super::compiled::Cfi;
use super::emitter::Emitter;
use super::mir::{Loc, MBlock, PReg};
use crate::abi::TrapCode;
use crate::ir::TagId;
use std::fmt::Debug;
use std::marker::PhantomData;

/// An instruction set's vocabulary of rows with physical operands.
pub trait Rows: Sized {
    type Form: Copy + Debug + Send;
    type Arg: Copy;
    /// Condition of a jump.
    type Cond: Copy;

    /// Encodes a row into the encoder's buffer.
    fn put(encoder: &mut Encoder<Self>, form: Self::Form, args: &[Self::Arg]);
    /// Encodings of a jump.
    fn branch_form(cond: Option<Self::Cond>) -> BranchForm;
    /// Text of a row.
    fn print_row(form: Self::Form, args: &[Self::Arg]) -> String;
    /// Text of a jump.
    fn print_jump(cond: Option<Self::Cond>, to: &str) -> String;
}

/// Where a jump goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dest {
    Block(MBlock),
    /// A trap pad.
    Pad(TrapCode),
    /// A label within the instruction.
    Local(usize),
}

/// Labels that one instruction may use.
pub const LOCALS: usize = 3;

/// Receives the rows of one instruction.
pub trait Sink<R: Rows> {
    /// A row. `trap`: the meaning of its fault.
    fn row(&mut self, form: R::Form, args: &[R::Arg], trap: Option<TrapCode>);
    fn jump(&mut self, cond: Option<R::Cond>, to: Dest);
    fn bind(&mut self, local: usize);
    /// Whether the block follows, so that a jump to it can be left out.
    fn is_next(&self, block: MBlock) -> bool;
    /// The call that was just given to `row` returns here.
    fn call_returns(&mut self);
    /// Where references to objects are that live over the call which just returned: offsets from the stack pointer, in bytes.
    fn roots(&mut self, slots: Vec<i32>);
    /// Handlers of the exceptions that come out of the call which just returned.
    fn landings(&mut self, handlers: &[(Option<TagId>, MBlock)]);
    /// The jump table that rows of this instruction refer to.
    fn table(&mut self, targets: &[MBlock]);
    /// An unwinding state that holds from here on.
    fn cfi(&mut self, event: Cfi);
    /// Whether constants may be out of reach of pc-relative fields ([`super::isa::Isa::NEAR_BYTES`]).
    fn is_far(&self) -> bool;
}

/// A jump to a block, unless it follows.
pub fn jump_block<R: Rows>(sink: &mut dyn Sink<R>, to: MBlock) {
    if !sink.is_next(to) {
        sink.jump(None, Dest::Block(to));
    }
}

/// Places of an instruction's operands, in the order of `MachInst::operands`.
pub struct Places<'a> {
    locs: std::slice::Iter<'a, Loc>,
}

impl<'a> Places<'a> {
    pub fn new(locs: &'a [Loc]) -> Places<'a> {
        Places { locs: locs.iter() }
    }
    /// Those that were not taken.
    pub fn rest(&self) -> &'a [Loc] {
        self.locs.as_slice()
    }
    /// The next operand's place.
    pub fn take(&mut self) -> Loc {
        *self.locs.next().expect("as many places as operands")
    }
    /// The next operand's register.
    pub fn reg<P: From<PReg>>(&mut self) -> P {
        self.take().reg().into()
    }
}

/// Encodes into the code buffer. One per instruction.
pub struct Encoder<'a, R> {
    cx: &'a mut Emitter,
    locals: [Option<Label>; LOCALS],
    table: Option<Label>,
    rows: PhantomData<R>,
}

impl<'a, R: Rows> Encoder<'a, R> {
    pub fn new(cx: &'a mut Emitter) -> Encoder<'a, R> {
        Encoder {
            cx,
            locals: [None; LOCALS],
            table: None,
            rows: PhantomData,
        }
    }
    /// The code so far.
    pub fn buf(&mut self) -> &mut CodeBuffer {
        &mut self.cx.buf
    }
    /// Label of the instruction's jump table.
    pub fn table_label(&self) -> Label {
        self.table.expect("a table before its use")
    }
    fn local(&mut self, n: usize) -> Label {
        *self.locals[n].get_or_insert_with(|| self.cx.buf.new_label())
    }
}

impl<R: Rows> Sink<R> for Encoder<'_, R> {
    fn row(&mut self, form: R::Form, args: &[R::Arg], trap: Option<TrapCode>) {
        if let Some(code) = trap {
            self.cx.buf.trap_site(code, self.cx.loc);
        }
        R::put(self, form, args);
    }
    fn jump(&mut self, cond: Option<R::Cond>, to: Dest) {
        let label = match to {
            Dest::Block(block) => self.cx.label(block),
            Dest::Pad(code) => self.cx.buf.trap_pad(code, self.cx.loc),
            Dest::Local(n) => self.local(n),
        };
        self.cx.buf.branch(R::branch_form(cond), label);
    }
    fn bind(&mut self, local: usize) {
        let label = self.local(local);
        self.cx.buf.bind(label);
    }
    fn is_next(&self, block: MBlock) -> bool {
        self.cx.is_next(block)
    }
    fn call_returns(&mut self) {
        self.cx.buf.call_site(self.cx.loc);
    }
    fn roots(&mut self, slots: Vec<i32>) {
        self.cx.buf.roots(slots);
    }
    fn landings(&mut self, handlers: &[(Option<TagId>, MBlock)]) {
        let labels = handlers
            .iter()
            .map(|&(tag, block)| (tag, self.cx.label(block)));
        let labels = labels.collect();
        self.cx.buf.landings(labels);
    }
    fn table(&mut self, targets: &[MBlock]) {
        self.table = Some(self.cx.table(targets));
    }
    fn cfi(&mut self, event: Cfi) {
        self.cx.buf.cfi(event);
    }
    fn is_far(&self) -> bool {
        self.cx.far
    }
}

/// Prints. One per instruction.
pub struct Listing<R> {
    pub lines: Vec<String>,
    rows: PhantomData<R>,
}

impl<R: Rows> Default for Listing<R> {
    fn default() -> Self {
        Listing {
            lines: Vec::new(),
            rows: PhantomData,
        }
    }
}

impl<R: Rows> Sink<R> for Listing<R> {
    fn row(&mut self, form: R::Form, args: &[R::Arg], trap: Option<TrapCode>) {
        let mut line = R::print_row(form, args);
        if let Some(code) = trap {
            line.push_str(&format!("  ; {code:?}"));
        }
        self.lines.push(line);
    }
    fn jump(&mut self, cond: Option<R::Cond>, to: Dest) {
        let to = match to {
            Dest::Block(block) => block.to_string(),
            Dest::Pad(code) => format!("trap {code:?}"),
            Dest::Local(n) => format!(".{n}"),
        };
        self.lines.push(R::print_jump(cond, &to));
    }
    fn bind(&mut self, local: usize) {
        self.lines.push(format!(".{local}:"));
    }
    fn is_next(&self, _: MBlock) -> bool {
        false
    }
    fn call_returns(&mut self) {}
    fn roots(&mut self, slots: Vec<i32>) {
        self.lines.push(format!("; references: {slots:?}"));
    }
    fn landings(&mut self, handlers: &[(Option<TagId>, MBlock)]) {
        let names = handlers.iter().map(|(tag, block)| {
            let tag = tag.map_or("all".to_string(), |tag| tag.to_string());
            format!("{tag} -> {block}")
        });
        let names: Vec<String> = names.collect();
        self.lines.push(format!("; catches: {}", names.join(", ")));
    }
    fn table(&mut self, targets: &[MBlock]) {
        let names: Vec<String> = targets.iter().map(MBlock::to_string).collect();
        self.lines.push(format!("; table: {}", names.join(" ")));
    }
    fn cfi(&mut self, _: Cfi) {}
    fn is_far(&self) -> bool {
        false
    }
}
