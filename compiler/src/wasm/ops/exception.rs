//! Exceptions: `try_table`, `throw`, `throw_ref`, and the legacy `try`, `catch`, `catch_all`, `delegate`, `rethrow`.
//!
//! Both forms become the same IR. Each clause of a construct has a *landing*: a block whose first parameter is the exception, and to which every call
//! and throw leads for which the clause is the first that fits ([`handlers`]). Landings of a `try_table` are completed at its `end`: they
//! take the payload out of the exception and branch to the clause's label. The landing of a legacy clause is the beginning of its body.

use crate::ir::{Block, Imm, Op, TagId, Type, Value, World};
use crate::wasm::translate::{FrameKind, Translator};
use wasmparser::Operator;

/// A clause that catches exceptions.
pub struct Catch {
    /// `None`: all.
    tag: Option<TagId>,
    landing: Block,
    /// `try_table`: index in `Translator::frames` of the branch's destination.
    to: Option<usize>,
    /// Whether the branch carries the exception.
    with_ref: bool,
}

/// See the module.
pub fn translate(t: &mut Translator, op: &Operator, offset: u32) -> bool {
    match *op {
        Operator::TryTable { ref try_table } => {
            let mut catches = Vec::new();
            for catch in &try_table.catches {
                use wasmparser::Catch::{All, AllRef, One, OneRef};
                let (tag, label, with_ref) = match *catch {
                    One { tag, label } => (Some(tag), label, false),
                    OneRef { tag, label } => (Some(tag), label, true),
                    All { label } => (None, label, false),
                    AllRef { label } => (None, label, true),
                };
                let to = Some(t.frame_index(label));
                catches.push(clause(t, tag, to, with_ref));
            }
            open(t, try_table.ty, offset, catches, None);
        }
        Operator::Try { blockty } => {
            let construct = t.next_construct();
            let (tags, delegate) = (construct.catches.clone(), construct.delegate);
            let catches = tags.into_iter().map(|tag| clause(t, tag, None, true));
            let catches = catches.collect();
            let delegate = delegate.map(|depth| t.frame_index(depth));
            open(t, blockty, offset, catches, delegate);
        }
        Operator::Catch { .. } | Operator::CatchAll => catch_arm(t),
        Operator::Delegate { .. } => t.end(),
        Operator::Throw { tag_index } => {
            let tag = t.module.tags[tag_index as usize];
            let count = t.program.types[t.program.tags[tag].sig].params.len();
            let payload = t.pop_many(count);
            throw_new(t, tag, payload);
        }
        Operator::ThrowRef => {
            let exception = t.pop();
            throw(t, Op::ThrowRef, Imm::None, &[exception]);
        }
        Operator::Rethrow { relative_depth } => {
            let frame = t.frame_index(relative_depth);
            let FrameKind::Catch(Some(exception)) = t.frames[frame].kind else {
                unreachable!("rethrow outside of a catch in validated code")
            };
            throw(t, Op::ThrowRef, Imm::None, &[exception]);
        }
        _ => return false,
    }
    true
}

fn clause(t: &mut Translator, tag: Option<u32>, to: Option<usize>, with_ref: bool) -> Catch {
    let landing = t.b.create_block();
    let exception = t.program.types.exception_type();
    t.b.append_param(landing, exception);
    Catch {
        tag: tag.map(|tag| t.module.tags[tag as usize]),
        landing,
        to,
        with_ref,
    }
}

fn open(
    t: &mut Translator,
    ty: wasmparser::BlockType,
    offset: u32,
    catches: Vec<Catch>,
    delegate: Option<usize>,
) {
    let sig = t.block_type(ty);
    t.open(FrameKind::Try, sig, offset);
    let index = t.frames.len() - 1;
    t.tries.push(index);
    t.frames[index].catches = catches;
    t.frames[index].delegate = delegate;
}

/// The clauses that may catch an exception thrown here, in the order in which they are tried.
fn active<'t>(t: &'t Translator) -> impl Iterator<Item = &'t Catch> {
    // Only constructs around this one are asked, see `delegate`.
    let mut limit = usize::MAX;
    let frames = t.tries.iter().rev().filter_map(move |&index| {
        let frame = &t.frames[index];
        if index > limit {
            return None;
        }
        if let Some(to) = frame.delegate {
            limit = to;
        }
        (frame.kind == FrameKind::Try).then_some(frame)
    });
    frames.flat_map(|frame| frame.catches.iter())
}

/// Where exceptions thrown here go: each tag at most once, nothing behind a clause for all.
pub fn handlers(t: &Translator) -> Vec<(Option<TagId>, Block)> {
    let mut handlers: Vec<(Option<TagId>, Block)> = Vec::new();
    for catch in active(t) {
        if !handlers.iter().any(|(tag, _)| *tag == catch.tag) {
            handlers.push((catch.tag, catch.landing));
        }
        if catch.tag.is_none() {
            break;
        }
    }
    handlers
}

/// `throw`: a branch, where the clause that catches the exception is known and does not ask for the exception itself.
fn throw_new(t: &mut Translator, tag: TagId, payload: Vec<Value>) {
    // In an open world tags with different numbers may be the same.
    let exact = t.program.world == World::Closed;
    let mut clauses = active(t);
    let first = if exact {
        clauses.find(|catch| catch.tag.is_none_or(|caught| caught == tag))
    } else {
        let catch = clauses.next();
        catch.filter(|catch| catch.tag.is_none_or(|caught| caught == tag))
    };
    let plain = first.filter(|catch| !catch.with_ref);
    let known = plain.and_then(|catch| Some((catch.to?, catch.tag)));
    drop(clauses);
    match known {
        Some((to, tag)) => {
            if tag.is_some() {
                t.stack.extend(payload);
            }
            t.leave(to);
        }
        None => throw(t, Op::Throw, Imm::Tag(tag), &payload),
    }
}

/// `throw` and `throw_ref`.
pub fn throw(t: &mut Translator, op: Op, imm: Imm, args: &[Value]) {
    let handlers = handlers(t);
    if handlers.is_empty() {
        t.terminate(|b| _ = b.emit(op, Type::I32, imm, args, &[]));
    } else {
        t.terminate(|b| _ = b.try_op((op, imm, args), &[], None, &handlers));
    }
}

/// Pushes the payload of an exception with this tag.
fn push_payload(t: &mut Translator, tag: TagId, exception: Value) {
    let sig = t.program.types[t.program.tags[tag].sig].signature();
    for (index, &ty) in sig.params.iter().enumerate() {
        let value = t.b.exn_get(ty, tag, index as u32, exception);
        t.push(value);
    }
}

/// Completes the landings of a `try_table` that ends. Control goes on where it was.
pub fn land(t: &mut Translator, frame: usize) {
    let catches = std::mem::take(&mut t.frames[frame].catches);
    let (before, range) = (t.frames[frame].before, t.frames[frame].range);
    let here = t.b.current();
    let reachable = t.reachable;
    let mut landed = false;
    for catch in catches {
        let Some(to) = catch.to else { continue };
        if !t.locals.seal(catch.landing, before, range) {
            continue;
        }
        landed = true;
        t.b.switch_to(catch.landing);
        let exception = t.b.func.blocks[catch.landing].params[0];
        let height = t.stack.len();
        if let Some(tag) = catch.tag {
            push_payload(t, tag, exception);
        }
        if catch.with_ref {
            t.push(exception);
        }
        t.leave(to);
        t.stack.truncate(height);
    }
    if landed {
        t.b.switch_to(here);
        t.reachable = reachable;
    }
}

/// Legacy `catch` and `catch_all`: ends the body or the clause before and begins the clause.
fn catch_arm(t: &mut Translator) {
    let frame = t.frames.len() - 1;
    if t.frames[frame].kind == FrameKind::Skipped {
        return;
    }
    if t.reachable {
        t.leave(frame);
    }
    let catch = t.frames[frame].catches.remove(0);
    let (before, range) = (t.frames[frame].before, t.frames[frame].range);
    t.stack.truncate(t.frames[frame].height);
    // What other clauses write is of no matter to the landing, but that would cost more to tell than it saves.
    let mut exception = None;
    if t.locals.seal(catch.landing, before, range) {
        t.b.switch_to(catch.landing);
        t.reachable = true;
        let param = t.b.func.blocks[catch.landing].params[0];
        exception = Some(param);
        if let Some(tag) = catch.tag {
            push_payload(t, tag, param);
        }
    }
    t.frames[frame].kind = FrameKind::Catch(exception);
}
