//! Control flow, locals, globals and the operand stack (core spec 4.4.8, 4.4.5, 4.4.4).

use crate::abi::TrapCode;
use crate::ir::{Block, Target, Type, Value};
use crate::wasm::ops::shared;
use crate::wasm::translate::{FrameKind, Translator};
use smallvec::SmallVec;
use std::collections::HashMap;
use wasmparser::{BrTable, Operator};

/// See the module.
pub fn translate(t: &mut Translator, op: &Operator, offset: u32) -> bool {
    match *op {
        Operator::Nop => {}
        Operator::Unreachable => t.terminate(|b| b.trap(TrapCode::Unreachable)),
        Operator::Block { blockty } => {
            let sig = t.block_type(blockty);
            t.open(FrameKind::Block, sig, offset);
        }
        Operator::Loop { blockty } => {
            let sig = t.block_type(blockty);
            t.open(FrameKind::Loop, sig, offset);
            t.enter_loop();
        }
        Operator::If { blockty } => {
            let cond = t.pop();
            let sig = t.block_type(blockty);
            let then = t.b.create_block();
            if t.next_construct().has_else {
                let other = t.b.create_block();
                let params = t.stack[t.stack.len() - sig.params.len()..].to_vec();
                for &ty in &sig.params {
                    t.b.append_param(other, ty);
                }
                t.open(FrameKind::If(Some(other)), sig, offset);
                t.decide(cond);
                t.terminate(|b| b.branch(cond, (then, &[]), (other, &params)));
            } else {
                t.open(FrameKind::If(None), sig, offset);
                let frame = t.frame_index(0);
                let args = t.label_args(frame);
                let label = t.label(frame);
                t.decide(cond);
                t.terminate(|b| b.branch(cond, (then, &[]), (label, &args)));
            }
            t.continue_in(then);
        }
        Operator::Else => t.else_arm(),
        Operator::End => t.end(),
        Operator::Br { relative_depth } => t.leave(t.frame_index(relative_depth)),
        Operator::BrIf { relative_depth } => {
            let cond = t.pop();
            t.branch_if(cond, relative_depth);
        }
        Operator::BrTable { ref targets } => br_table(t, targets),
        Operator::Return => t.leave(0),
        Operator::Drop => {
            t.pop();
        }
        Operator::Select | Operator::TypedSelect { .. } => {
            let (a, b, cond) = t.pop3();
            let ty = t.b.ty(a);
            let value = t.b.select(ty, cond, a, b);
            t.push(value);
        }
        Operator::LocalGet { local_index } => {
            let block = t.b.current();
            let value = t.locals.read(&mut t.b, block, local_index);
            t.push(value);
        }
        Operator::LocalSet { local_index } => {
            let value = t.pop();
            t.write_local(local_index, value);
        }
        Operator::LocalTee { local_index } => {
            let value = *t.stack.last().expect("a validated operand stack");
            t.write_local(local_index, value);
        }
        Operator::GlobalGet { global_index } => {
            let value = match t.constant_global(global_index) {
                Some((ty, bits)) => t.b.constant_bits(ty.ir(), bits),
                None => {
                    let global = t.module.globals[global_index as usize];
                    shared::global_get(&mut t.b, t.program, global)
                }
            };
            t.push(value);
        }
        Operator::GlobalSet { global_index } => {
            let value = t.pop();
            let global = t.module.globals[global_index as usize];
            shared::global_set(&mut t.b, t.program, global, value);
        }
        Operator::I32Const { value } => constant(t, Type::I32, u64::from(value as u32)),
        Operator::I64Const { value } => constant(t, Type::I64, value as u64),
        Operator::F32Const { value } => constant(t, Type::F32, u64::from(value.bits())),
        Operator::F64Const { value } => constant(t, Type::F64, value.bits()),
        _ => return false,
    }
    true
}

fn constant(t: &mut Translator, ty: Type, bits: u64) {
    let value = t.b.constant(ty, bits);
    t.push(value);
}

/// A label that several entries of a table name gets a block of its own that jumps there, so that the values of locals are passed once
/// per label and not once per entry. Where that is counted, every label gets one.
fn br_table(t: &mut Translator, table: &BrTable) {
    let index = t.pop();
    let default = table.default();
    let depths: Vec<u32> = table
        .targets()
        .map(|depth| depth.expect("a validated table"))
        .chain([default])
        .collect();
    let mut uses: HashMap<u32, u32> = HashMap::new();
    for &depth in &depths {
        *uses.entry(depth).or_default() += 1;
    }
    // Frame and arguments of the blocks to make.
    let mut shared: HashMap<u32, Block> = HashMap::new();
    let mut jumps: Vec<(Block, usize, Vec<Value>, i64)> = Vec::new();
    let counter = t.counter();
    let mut targets: Vec<Target> = Vec::with_capacity(depths.len());
    for (way, &depth) in (0..).zip(&depths) {
        let frame = t.frame_index(depth);
        if uses[&depth] == 1 && counter.is_none() {
            targets.push(Target {
                args: SmallVec::from_vec(t.label_args(frame)),
                block: t.label(frame),
            });
            continue;
        }
        let block = *shared.entry(depth).or_insert_with(|| {
            let block = t.b.create_block();
            jumps.push((block, frame, t.label_args(frame), way));
            block
        });
        targets.push(Target {
            block,
            args: SmallVec::new(),
        });
    }
    let weights = t.weights(targets.len());
    t.terminate(|b| b.br_table(index, targets, &weights));
    for (block, frame, args, way) in jumps {
        t.continue_in(block);
        if !t.reachable {
            continue;
        }
        if let Some(counter) = counter {
            t.count(counter + 8 * way);
        }
        if t.frames[frame].kind == FrameKind::Func {
            t.terminate(|b| b.ret(&args));
        } else {
            let label = t.label(frame);
            t.terminate(|b| b.jump(label, &args));
        }
    }
}
