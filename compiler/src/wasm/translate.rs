//! Translates a validated function body to IR in one pass over its operators.
//!
//! The operand stack holds SSA values. Control structure: every construct has a frame; its label's block is made when something
//! branches to it, so that constructs nobody branches to cost nothing. Locals: `locals`. Code that control cannot reach is read but not translated;
//! the only thing to know about it is how constructs nest.
//!
//! A survey of the body precedes the pass: where locals are written, where constructs end and which `if`s have an `else`.

use super::bodies;
use super::counts::Counts;
use super::locals::{Locals, Writes};
use super::ops;
use super::ops::exception::Catch;
use super::scan::Scan;
use super::types::Names;
use super::watch::Watching;
use crate::ir::Origin;
use crate::ir::build::Builder;
use crate::ir::{
    Access, Besides, Block, Conv, Func, FuncId, FuncType, Module, Program, RawRegion, Signature,
    Slot, Type, ValType, Value,
};
use crate::options::Input;
use std::ops::Range;
use wasmparser::{BinaryReader, BlockType, Operator, OperatorsReader};

/// The state of a translation.
pub struct Translator<'a, 'f> {
    pub program: &'a Program,
    pub module: &'a Module,
    scan: &'a Scan,
    tested: &'a [(u32, Besides)],
    pub b: Builder<'f>,
    pub stack: Vec<Value>,
    pub locals: Locals,
    /// Whether relaxed operators have their fixed meaning.
    pub deterministic: bool,
    pub frames: Vec<Frame>,
    /// Whether control reaches the current operator.
    pub reachable: bool,
    /// All constructs of the body in order of their openings, and the number of those opened.
    constructs: Vec<Construct>,
    opened: usize,
    /// Indices in `frames` of the constructs that may catch exceptions.
    pub tries: Vec<usize>,
    /// Where values for other stacks are.
    message: Option<Slot>,
    /// The local that is kept for debuggers, and where.
    kept: Option<(u32, Slot)>,
    watching: Option<Watching>,
    pub counts: Option<&'a Counts>,
}

/// An open construct.
pub struct Frame {
    pub kind: FrameKind,
    /// Where branches go; made on demand but for loops.
    label: Option<Block>,
    /// Height of the operand stack below the construct's parameters.
    pub height: usize,
    pub params: Vec<Type>,
    pub results: Vec<Type>,
    /// The block that it was entered from.
    pub before: Block,
    /// File offsets from the opening operator to the `end`.
    pub range: (u32, u32),
    /// What it catches.
    pub catches: Vec<Catch>,
    /// Index in `frames` of the construct that gets its exceptions instead of the next one around it (legacy `delegate`).
    pub delegate: Option<usize>,
}

/// The kind of a construct.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FrameKind {
    Func,
    Block,
    Loop,
    /// Before its `else`: the block of that arm, or none if there is no `else`.
    If(Option<Block>),
    Else,
    /// `try_table`, or a legacy `try` before its first `catch`.
    Try,
    /// A legacy `catch` or `catch_all`, with the exception if control can reach it.
    Catch(Option<Value>),
    /// Opened where control cannot reach.
    Skipped,
}

/// What the survey knows about a construct.
pub struct Construct {
    /// File offset of the `end`.
    pub end: u32,
    pub has_else: bool,
    /// Of a legacy `try`: tag indices of its `catch`es, `None` for `catch_all`; the file offset of the first; the depth of its `delegate`.
    pub catches: Vec<Option<u32>>,
    pub catches_at: u32,
    pub delegate: Option<u32>,
}

impl Construct {
    const OPEN: Construct = Construct {
        end: u32::MAX,
        has_else: false,
        catches: Vec::new(),
        catches_at: u32::MAX,
        delegate: None,
    };
}

/// A function's body.
pub struct Source<'a> {
    pub input: &'a Input,
    pub scan: &'a Scan,
    pub body: &'a Range<usize>,
    /// [`bodies::Summary::tested`].
    pub tested: &'a [(u32, Besides)],
    /// What it counts and what is known of that, in programs that count and those that have a profile.
    pub counts: Option<&'a Counts>,
}

/// How it is translated.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Passed to the builder.
    pub fold: bool,
    /// [`Translator::deterministic`].
    pub deterministic: bool,
    /// The local that holds the address of the function's frame in linear memory, if debuggers are to find it.
    pub frame_local: Option<u32>,
    /// The locals and operands that debuggers are to know the values of ([`Watching::new`]).
    pub watched: &'a [u32],
}

/// Translates the body of `func`.
pub fn translate(program: &Program, source: &Source, func: FuncId, options: Options) -> Func {
    let &Source {
        input,
        scan,
        body,
        tested,
        counts,
    } = source;
    let Options {
        fold,
        deterministic,
        frame_local,
        watched,
    } = options;
    let decl = &program.funcs[func];
    let ty = &program.types[decl.sig];
    let mut out = Func::new(func, decl.name.clone(), ty.signature(), Conv::Wasm);
    let mut b = Builder::new(&mut out, fold);
    let entry = b.create_block();
    b.switch_to(entry);
    b.set_loc(Origin::at(body.start));
    let module = &program.modules[decl.module];
    let names = Names::new(&program.types, &module.types);
    let (types, ops) = read_locals(input, ty, body, names);
    let (writes, constructs) = survey(ops.clone(), types.len());
    let mut initial = initial_values(&mut b, ty, &types);
    if fold {
        for &(param, bits) in &program.const_args[func] {
            let param = param as usize;
            initial[param] = b.constant(types[param], bits);
        }
    }
    // The first slot, by which it is known later.
    let is_local = |&local: &u32| (ty.params.len()..types.len()).contains(&(local as usize));
    let kept = frame_local.filter(is_local);
    let kept = kept.map(|local| (local, b.slot(8)));
    let count = types.len();
    let mut translator = Translator {
        program,
        module,
        scan,
        tested,
        b,
        stack: Vec::new(),
        locals: Locals::new(initial, types, writes),
        deterministic,
        frames: vec![Frame {
            kind: FrameKind::Func,
            label: None,
            height: 0,
            params: Vec::new(),
            results: ty.signature().results,
            before: entry,
            range: (body.start as u32, body.end as u32),
            catches: Vec::new(),
            delegate: None,
        }],
        reachable: true,
        constructs,
        opened: 0,
        tries: Vec::new(),
        message: None,
        kept,
        watching: (!watched.is_empty()).then(|| Watching::new(watched, count)),
        counts,
    };
    if translator.watching.is_some() {
        translator.locals.keep_params();
    }
    translator.b.func.entries = counts.and_then(Counts::entries);
    translator.count_entry();
    let mut ops = OperatorsReader::new(ops);
    while !ops.eof() {
        let (op, offset) = ops.read_with_offset().expect("a validated body");
        translator.operator(&op, offset as u32);
    }
    if let Some(watching) = translator.watching {
        translator.b.func.watches = watching.finish(&translator.locals, entry);
    }
    out
}

/// Types of all locals, parameters first, and a reader of the operators.
fn read_locals<'a>(
    input: &'a Input,
    ty: &FuncType,
    body: &Range<usize>,
    names: Names,
) -> (Vec<Type>, BinaryReader<'a>) {
    let mut types: Vec<Type> = ty.params.iter().map(|t| t.ir()).collect();
    let mut reader = bodies::reader(input, body);
    let groups = reader.read_var_u32().expect("a validated body");
    for _ in 0..groups {
        let count = reader.read_var_u32().expect("a validated body") as usize;
        let ty: wasmparser::ValType = reader.read().expect("a validated body");
        types.resize(types.len() + count, names.ir_type(ty));
    }
    (types, reader)
}

/// Where locals are written, and all constructs.
fn survey(reader: BinaryReader<'_>, locals: usize) -> (Writes, Vec<Construct>) {
    let mut writes = Vec::new();
    let mut constructs: Vec<Construct> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut ops = OperatorsReader::new(reader);
    while !ops.eof() {
        let (op, offset) = ops.read_with_offset().expect("a validated body");
        match op {
            Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                writes.push((local_index, offset as u32));
            }
            Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::TryTable { .. }
            | Operator::Try { .. } => {
                open.push(constructs.len());
                constructs.push(Construct::OPEN);
            }
            Operator::Catch { .. } | Operator::CatchAll => {
                if let Some(&i) = open.last() {
                    let tag = match op {
                        Operator::Catch { tag_index } => Some(tag_index),
                        _ => None,
                    };
                    constructs[i].catches.push(tag);
                    constructs[i].catches_at = constructs[i].catches_at.min(offset as u32);
                }
            }
            Operator::Delegate { relative_depth } => {
                if let Some(i) = open.pop() {
                    constructs[i].end = offset as u32;
                    constructs[i].delegate = Some(relative_depth);
                }
            }
            Operator::Else => {
                if let Some(&i) = open.last() {
                    constructs[i].has_else = true;
                }
            }
            // The last one ends the function.
            Operator::End => {
                if let Some(i) = open.pop() {
                    constructs[i].end = offset as u32;
                }
            }
            _ => {}
        }
    }
    (Writes::new(locals, &writes), constructs)
}

/// Parameters of the entry block, and zeros for the other locals: one constant for each type.
fn initial_values(b: &mut Builder, ty: &FuncType, types: &[Type]) -> Vec<Value> {
    let entry = b.current();
    let mut values: Vec<Value> = Vec::with_capacity(types.len());
    for ty in &ty.params {
        values.push(b.append_param(entry, ty.ir()));
    }
    let mut zeros: Vec<(Type, Value)> = Vec::new();
    for &ty in &types[values.len()..] {
        let zero = match zeros.iter().find(|(t, _)| *t == ty) {
            Some((_, zero)) => *zero,
            None => {
                let zero = b.constant(ty, 0);
                zeros.push((ty, zero));
                zero
            }
        };
        values.push(zero);
    }
    values
}

/// Whether control may be elsewhere behind the operator than before it.
fn is_boundary(op: &Operator<'_>) -> bool {
    matches!(
        op,
        Operator::Else
            | Operator::End
            | Operator::Catch { .. }
            | Operator::CatchAll
            | Operator::Delegate { .. }
    )
}

impl<'a> Translator<'a, '_> {
    /// Writes a local. Where it is the address of the frame, debuggers find it in a slot of the stack from then on; that is so only if it is written where every
    /// way through the function begins, and nowhere else.
    pub fn write_local(&mut self, local: u32, value: Value) {
        let block = self.b.current();
        self.locals.write(block, local, value);
        if let Some(watching) = &mut self.watching {
            watching.write(self.locals.offset, block, local, value);
        }
        let Some((_, slot)) = self.kept.filter(|kept| kept.0 == local) else {
            return;
        };
        let is_first = self.b.func.frame_kept.is_none() && block == self.frames[0].before;
        if !is_first {
            self.b.func.frame_kept = None;
            self.kept = None;
            return;
        }
        let place = self.b.slot_addr(slot);
        self.b
            .raw_store(Access::Full, place, value, 0, RawRegion::Slot, None);
        self.b.func.frame_kept = Some(Origin::at(self.locals.offset as usize));
    }

    fn operator(&mut self, op: &Operator<'_>, offset: u32) {
        if !self.reachable && !is_boundary(op) {
            if let Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::TryTable { .. }
            | Operator::Try { .. } = op
            {
                self.skip_construct();
            }
            return;
        }
        self.b.set_loc(Origin::at(offset as usize));
        self.locals.offset = offset;
        if let Some(watching) = self.watching.as_mut().filter(|_| self.reachable) {
            watching.operator(offset, self.b.current(), &self.stack);
        }
        let known = ops::control::translate(self, op, offset)
            || ops::memory::translate(self, op)
            || ops::atomic::translate(self, op)
            || ops::numeric::translate(self, op)
            || ops::call::translate(self, op)
            || ops::exception::translate(self, op, offset)
            || ops::cont::translate(self, op)
            || ops::table::translate(self, op)
            || ops::gc::translate(self, op)
            || ops::vector::translate(self, op);
        assert!(known, "{op:?} is not of the supported set");
    }

    // The operand stack. The validator has seen to it that operands exist.

    /// Pops a value.
    pub fn pop(&mut self) -> Value {
        self.stack.pop().expect("a validated operand stack")
    }

    /// Pops two values: the lower one, the top.
    pub fn pop2(&mut self) -> (Value, Value) {
        let b = self.pop();
        (self.pop(), b)
    }

    /// Pops three values, the top last.
    pub fn pop3(&mut self) -> (Value, Value, Value) {
        let c = self.pop();
        let (a, b) = self.pop2();
        (a, b, c)
    }

    /// Removes the top `count` values.
    pub fn pop_many(&mut self, count: usize) -> Vec<Value> {
        self.stack.split_off(self.stack.len() - count)
    }

    /// Pushes a value.
    pub fn push(&mut self, value: Value) {
        self.stack.push(value);
    }

    /// What besides an object the operand of the test or cast at hand may be.
    pub fn tested(&self) -> Besides {
        let found = self
            .tested
            .binary_search_by_key(&self.locals.offset, |&(at, _)| at);
        found.map_or(Besides::ALL, |i| self.tested[i].1)
    }

    /// The slot for values that go to other stacks, of so many bytes at least: one serves all of a function.
    pub fn message_slot(&mut self, bytes: u32) -> Slot {
        let slot = *self.message.get_or_insert_with(|| self.b.slot(bytes));
        let size = &mut self.b.func.slots[slot].size;
        *size = bytes.max(*size);
        slot
    }

    /// What type indices of the module stand for.
    pub fn names(&self) -> Names<'a> {
        Names::new(&self.program.types, &self.module.types)
    }

    // Constructs.

    /// Parameter and result types of a construct.
    pub fn block_type(&self, ty: BlockType) -> Signature {
        match ty {
            BlockType::Empty => Signature::default(),
            BlockType::Type(t) => Signature {
                params: Vec::new(),
                results: vec![self.names().ir_type(t)],
            },
            BlockType::FuncType(index) => {
                self.program.types[self.module.types[index as usize]].signature()
            }
        }
    }

    /// Opens a construct whose parameters are on the stack.
    pub fn open(&mut self, kind: FrameKind, sig: Signature, offset: u32) {
        let construct = &self.constructs[self.opened];
        self.opened += 1;
        self.frames.push(Frame {
            kind,
            label: None,
            height: self.stack.len() - sig.params.len(),
            params: sig.params,
            results: sig.results,
            before: self.b.current(),
            range: (offset, construct.end),
            catches: Vec::new(),
            delegate: None,
        });
    }

    /// What the survey knows about the construct that is about to be opened.
    pub fn next_construct(&self) -> &Construct {
        &self.constructs[self.opened]
    }

    fn skip_construct(&mut self) {
        self.opened += 1;
        self.frames.push(Frame {
            kind: FrameKind::Skipped,
            label: None,
            height: self.stack.len(),
            params: Vec::new(),
            results: Vec::new(),
            before: self.b.current(),
            range: (0, 0),
            catches: Vec::new(),
            delegate: None,
        });
    }

    /// The frame that a branch depth names.
    pub fn frame_index(&self, depth: u32) -> usize {
        self.frames.len() - 1 - depth as usize
    }

    /// The block that branches to a frame go to, with parameters for the values that they carry.
    pub fn label(&mut self, frame: usize) -> Block {
        if let Some(label) = self.frames[frame].label {
            return label;
        }
        let label = self.b.create_block();
        let frame = &mut self.frames[frame];
        frame.label = Some(label);
        let types = match frame.kind {
            FrameKind::Loop => &frame.params,
            FrameKind::Func
            | FrameKind::Block
            | FrameKind::If(_)
            | FrameKind::Else
            | FrameKind::Try
            | FrameKind::Catch(_)
            | FrameKind::Skipped => &frame.results,
        };
        for &ty in types {
            self.b.append_param(label, ty);
        }
        label
    }

    /// The values on the stack that a branch to a frame carries.
    pub fn label_args(&self, frame: usize) -> Vec<Value> {
        let frame = &self.frames[frame];
        let count = match frame.kind {
            FrameKind::Loop => frame.params.len(),
            FrameKind::Func
            | FrameKind::Block
            | FrameKind::If(_)
            | FrameKind::Else
            | FrameKind::Try
            | FrameKind::Catch(_)
            | FrameKind::Skipped => frame.results.len(),
        };
        self.stack[self.stack.len() - count..].to_vec()
    }

    /// Begins the body of a loop that was just opened.
    pub fn enter_loop(&mut self) {
        let frame = self.frames.len() - 1;
        let args = self.label_args(frame);
        let header = self.label(frame);
        let (before, range) = (self.frames[frame].before, self.frames[frame].range);
        self.terminate(|b| b.jump(header, &args));
        self.locals.open_loop(header, before, range);
        self.b.switch_to(header);
        self.stack.truncate(self.frames[frame].height);
        self.stack
            .extend_from_slice(&self.b.func.blocks[header].params);
        self.reachable = true;
    }

    /// Begins a loop that an operator is made of.
    pub fn begin_inner_loop(&mut self, header: Block, args: &[Value]) {
        let (before, at) = (self.b.current(), self.locals.offset);
        self.terminate(|b| b.jump(header, args));
        self.locals.open_loop(header, before, (at, at));
        self.b.switch_to(header);
        self.reachable = true;
    }

    /// Emits a terminator and records where it goes. What follows is unreachable until a block is started.
    pub fn terminate(&mut self, emit: impl FnOnce(&mut Builder)) {
        emit(&mut self.b);
        self.locals.add_edges(&self.b);
        self.reachable = false;
    }

    /// Continues in a new block that only the last terminator goes to; stays unreachable if that was folded away.
    pub fn continue_in(&mut self, block: Block) {
        if self.locals.seal_single(block) {
            self.b.switch_to(block);
            self.reachable = true;
        }
    }

    /// `else`
    pub fn else_arm(&mut self) {
        let frame = self.frames.len() - 1;
        let FrameKind::If(Some(arm)) = self.frames[frame].kind else {
            // The `else` of an `if` that control cannot reach.
            return;
        };
        if self.reachable {
            self.leave(frame);
        }
        self.frames[frame].kind = FrameKind::Else;
        self.stack.truncate(self.frames[frame].height);
        self.continue_in(arm);
        let params = &self.b.func.blocks[arm].params;
        self.stack.extend_from_slice(params);
    }

    /// What a hint says of the operator at a file offset.
    pub fn hint(&self, offset: usize) -> Option<bool> {
        let func = self.program.funcs[self.b.func.id].index;
        let body = (func as usize).checked_sub(self.scan.imported_funcs);
        let body = body.and_then(|body| self.scan.bodies.get(body));
        let distance = body.and_then(|body| offset.checked_sub(body.start))?;
        let distance = u32::try_from(distance).ok()?;
        self.scan.hints.get(&(func, distance)).copied()
    }

    /// Jumps to a frame's label with the values on the stack.
    pub fn leave(&mut self, frame: usize) {
        let args = self.label_args(frame);
        if self.frames[frame].kind == FrameKind::Func {
            return self.terminate(|b| b.ret(&args));
        }
        let label = self.label(frame);
        self.terminate(|b| b.jump(label, &args));
    }

    /// Branches to the label of a depth with the values on the stack if the condition is not zero.
    pub fn branch_if(&mut self, cond: Value, depth: u32) {
        let frame = self.frame_index(depth);
        let args = self.label_args(frame);
        let label = self.label(frame);
        let next = self.b.create_block();
        self.decide(cond);
        self.terminate(|b| b.branch(cond, (label, &args), (next, &[])));
        self.continue_in(next);
    }

    /// `end`
    pub fn end(&mut self) {
        let frame = self.frames.len() - 1;
        match self.frames[frame].kind {
            FrameKind::Skipped => {
                self.frames.pop();
                return;
            }
            FrameKind::Loop => {
                let header = self.label(frame);
                self.locals.seal_loop(&mut self.b, header);
                self.frames.pop();
                return;
            }
            FrameKind::Try | FrameKind::Catch(_) => {
                self.tries.pop();
            }
            FrameKind::Func | FrameKind::Block | FrameKind::If(_) | FrameKind::Else => {}
        }
        let is_func = self.frames[frame].kind == FrameKind::Func;
        if self.reachable && (is_func || self.frames[frame].label.is_some()) {
            self.leave(frame);
        }
        ops::exception::land(self, frame);
        let frame = self.frames.pop().expect("the frame that ends");
        if let Some(label) = frame.label
            && self.locals.seal(label, frame.before, frame.range)
        {
            self.b.switch_to(label);
            self.reachable = true;
            self.stack.truncate(frame.height);
            self.stack
                .extend_from_slice(&self.b.func.blocks[label].params);
            if is_func {
                let results = self.stack.clone();
                self.terminate(|b| b.ret(&results));
            }
        }
    }

    /// Value of a global that never changes, if it is known.
    pub fn constant_global(&self, index: u32) -> Option<(ValType, u128)> {
        let global = &self.program.globals[self.module.globals[index as usize]];
        global.constant.map(|bits| (global.ty, bits))
    }
}
