//! Emission of an allocated function: [`Emitter`] is what an ISA's `emit` sees, [`run`] walks blocks, instructions and the
//! allocator's moves in order.
//!
//! Blocks are emitted in their numbering. A block that is only a jump, with no moves, is not emitted: its label stands for the place
//! it leads to. So the split edges that turn out to be empty cost nothing.

use super::buffer::{CodeBuffer, Label};
use super::frame::FrameLayout;
use super::inst::Inst;
use super::isa::Isa;
use super::mir::{Control, MBlock, MFunc, MachInst};
use super::regalloc::{Allocation, Move};
use super::sink::{Encoder, Listing};
use crate::entity::EntityId;
use crate::ir::Origin;

/// Where instructions are emitted to, and what they may ask.
pub struct Emitter {
    pub buf: CodeBuffer,
    /// Wasm offset of the current instruction; 0: none.
    pub loc: Origin,
    /// Whether constants and tables may be out of reach ([`Isa::NEAR_BYTES`]).
    pub far: bool,
    labels: Vec<Label>,
    /// Where a jump to a block ends, through blocks that only jump.
    threads: Vec<MBlock>,
    /// The block that is emitted next.
    next: Option<MBlock>,
}

impl Emitter {
    /// Label of a block.
    pub fn label(&self, block: MBlock) -> Label {
        self.labels[self.threads[block.index()].index()]
    }
    /// Whether a jump to the block would lead to what is emitted next.
    pub fn is_next(&self, block: MBlock) -> bool {
        self.next == Some(self.threads[block.index()])
    }
}

/// Emits a function; once more, in forms that reach further, if it is larger than the ISA's pc-relative fields reach.
pub fn run<I: Isa>(
    isa: &I,
    func: &MFunc<Inst<I>>,
    alloc: &Allocation,
    frame: &FrameLayout,
) -> CodeBuffer {
    let buf = emit(isa, func, alloc, frame, false);
    if buf.max_len() < I::NEAR_BYTES {
        return buf;
    }
    emit(isa, func, alloc, frame, true)
}

fn emit<I: Isa>(
    isa: &I,
    func: &MFunc<Inst<I>>,
    alloc: &Allocation,
    frame: &FrameLayout,
    far: bool,
) -> CodeBuffer {
    let mut buf = CodeBuffer::new();
    let labels = func.blocks.iter().map(|_| buf.new_label()).collect();
    let threads = thread_jumps(func, alloc);
    let emitted: Vec<MBlock> = (0..func.blocks.len())
        .map(|b| MBlock::from_u32(b as u32))
        .filter(|&b| b.index() == 0 || threads[b.index()] == b)
        .collect();
    let mut cx = Emitter {
        buf,
        loc: Origin::NONE,
        far,
        labels,
        threads,
        next: None,
    };
    isa.prologue(&mut Encoder::new(&mut cx), frame);
    let mut moves = &alloc.moves[..];
    for (i, &block) in emitted.iter().enumerate() {
        cx.next = emitted.get(i + 1).copied();
        let label = cx.labels[block.index()];
        cx.buf.bind(label);
        let insts = func.block_insts(block);
        skip_moves(&mut moves, insts.start);
        for inst in insts {
            cx.loc = func.locs[inst];
            let here = take_moves(&mut moves, inst);
            isa.emit_moves(&mut Encoder::new(&mut cx), frame, here, func.wide_floats);
            let mut out = Encoder::new(&mut cx);
            isa.emit(&mut out, frame, &func.insts[inst], alloc.locs(inst));
        }
    }
    cx.loc = Origin::NONE;
    cx.buf.emit_pads(I::TRAP_BYTES);
    cx.buf
}

/// For each block the block that a jump to it ends at: itself, unless it only jumps.
fn thread_jumps<I: MachInst>(func: &MFunc<I>, alloc: &Allocation) -> Vec<MBlock> {
    let mut moved = alloc.moves.iter().map(|m| m.before as usize).peekable();
    let mut threads: Vec<MBlock> = Vec::with_capacity(func.blocks.len());
    for index in 0..func.blocks.len() {
        let block = MBlock::from_u32(index as u32);
        let insts = func.block_insts(block);
        while moved.next_if(|&at| at < insts.start).is_some() {}
        let has_moves = moved.peek().is_some_and(|&at| at < insts.end);
        let to = match func.insts[insts.start].control() {
            Control::Jump(to) if insts.len() == 1 && !has_moves && index != 0 => to,
            Control::Jump(_) | Control::None | Control::Branch | Control::Exit => block,
        };
        threads.push(to);
    }
    // Follow chains. A cycle of empty blocks is an endless loop: it is cut where the walk began, and that block is emitted.
    for index in 0..threads.len() {
        let start = MBlock::from_u32(index as u32);
        let mut at = start;
        let mut steps = 0;
        while threads[at.index()] != at {
            at = threads[at.index()];
            steps += 1;
            if at == start || steps > threads.len() {
                threads[start.index()] = start;
                at = start;
                break;
            }
        }
        // Compress the path.
        let mut walk = start;
        while threads[walk.index()] != at && walk != at {
            walk = std::mem::replace(&mut threads[walk.index()], at);
        }
    }
    threads
}

/// Text of a function: blocks, instructions, moves.
pub fn print<I: Isa>(
    isa: &I,
    name: &str,
    func: &MFunc<Inst<I>>,
    alloc: &Allocation,
    frame: &FrameLayout,
) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    let saved: Vec<String> = frame.saved.iter().map(|r| format!("{r:?}")).collect();
    let _ = writeln!(
        text,
        "{name}:  ; frame {} bytes, saves [{}]",
        frame.size,
        saved.join(" ")
    );
    let threads = thread_jumps(func, alloc);
    let mut moves = &alloc.moves[..];
    for (index, &thread) in threads.iter().enumerate() {
        let block = MBlock::from_u32(index as u32);
        let insts = func.block_insts(block);
        if index != 0 && thread != block {
            continue;
        }
        skip_moves(&mut moves, insts.start);
        let _ = writeln!(text, "{block}:");
        for inst in insts {
            let here = take_moves(&mut moves, inst);
            let mut out = Listing::default();
            isa.emit_moves(&mut out, frame, here, func.wide_floats);
            isa.emit(&mut out, frame, &func.insts[inst], alloc.locs(inst));
            write_lines(&mut text, &out.lines);
        }
    }
    text
}

/// Takes the moves before an instruction.
fn take_moves<'a>(moves: &mut &'a [Move], inst: usize) -> &'a [Move] {
    let count = moves.partition_point(|m| m.before as usize <= inst);
    let (here, rest) = moves.split_at(count);
    *moves = rest;
    here
}

/// Skips moves in blocks that are not emitted.
fn skip_moves(moves: &mut &[Move], start: usize) {
    *moves = &moves[moves.partition_point(|m| (m.before as usize) < start)..];
}

fn write_lines(text: &mut String, lines: &[String]) {
    for line in lines {
        text.push_str("    ");
        text.push_str(line.trim_end());
        text.push('\n');
    }
}
