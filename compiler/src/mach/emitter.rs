//! Emission of an allocated function: [`Emitter`] is what an ISA's `emit` sees, [`run`] walks blocks, instructions and the
//! allocator's moves in order.
//!
//! Blocks are emitted in their numbering. A block that is only a jump, with no moves, is not emitted: its label stands for the place
//! it leads to. So the split edges that turn out to be empty cost nothing.

use super::buffer::{CodeBuffer, Label};
use super::frame::FrameLayout;
use super::inst::Inst;
use super::isa::{Isa, RegEnv};
use super::mir::{Control, MBlock, MFunc, MachInst};
use super::regalloc::Allocation;
use super::sink::{Encoder, Listing};
use super::watch::{Flow, Recorder};
use crate::entity::EntityId;
use crate::ir::{Origin, TextLine};
use std::collections::HashMap;

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
    /// Index of the current instruction.
    inst: usize,
    /// Jump tables by the instructions that jump.
    tables: HashMap<usize, Label>,
}

impl Emitter {
    /// Label of a block.
    pub fn label(&self, block: MBlock) -> Label {
        self.labels[self.threads[block.index()].index()]
    }
    /// The jump table of the current instruction, which has one however often it is emitted.
    pub fn table(&mut self, targets: &[MBlock]) -> Label {
        if let Some(&table) = self.tables.get(&self.inst) {
            return table;
        }
        let labels: Vec<Label> = targets.iter().map(|&b| self.label(b)).collect();
        let table = self.buf.jump_table(labels.into_iter());
        self.tables.insert(self.inst, table);
        table
    }
    /// Whether a jump to the block would lead to what is emitted next.
    pub fn is_next(&self, block: MBlock) -> bool {
        self.next == Some(self.threads[block.index()])
    }
}

/// What is wished for beside the code.
#[derive(Clone, Copy)]
pub struct Wishes<'a> {
    /// Make code larger where that makes it faster: repeat what ends with a jump table, and let loops begin where the processor fetches whole
    /// blocks of instructions.
    pub speed: bool,
    /// Record where instructions come from, for debuggers.
    pub lines: bool,
    /// Record where watched values are; with the registers of the function.
    pub watches: Option<&'a RegEnv>,
}

/// Emits a function; once more, in forms that reach further, if it is larger than the ISA's pc-relative fields reach.
pub fn run<'a, I: Isa>(
    isa: &I,
    func: &'a MFunc<Inst<I>>,
    alloc: &'a Allocation,
    frame: &FrameLayout,
    wishes: Wishes<'a>,
) -> Emitted<'a, I> {
    let emitted = emit(isa, func, alloc, frame, wishes, false);
    if emitted.0.max_len() < I::NEAR_BYTES {
        return emitted;
    }
    emit(isa, func, alloc, frame, wishes, true)
}

/// The code, and where watched values are.
type Emitted<'a, I> = (CodeBuffer, Option<Recorder<'a, Inst<I>>>);

fn emit<'a, I: Isa>(
    isa: &I,
    func: &'a MFunc<Inst<I>>,
    alloc: &'a Allocation,
    frame: &FrameLayout,
    wishes: Wishes<'a>,
    far: bool,
) -> Emitted<'a, I> {
    let flow = wishes.watches.and_then(|env| Flow::new(func, env, alloc));
    let mut recorder = flow.map(Recorder::new);
    let mut buf = CodeBuffer::new();
    let labels = func.blocks.iter().map(|_| buf.new_label()).collect();
    let threads = thread_jumps(func, alloc);
    let plan = Plan::new(func, &threads, wishes.speed);
    let mut cx = Emitter {
        buf,
        loc: Origin::NONE,
        far,
        labels,
        threads,
        next: None,
        inst: 0,
        tables: HashMap::new(),
    };
    let heads = match wishes.speed {
        true => plan.loop_heads(func, &cx.threads),
        false => Vec::new(),
    };
    isa.prologue(&mut Encoder::new(&mut cx), frame);
    for (i, &block) in plan.blocks.iter().enumerate() {
        cx.next = plan.blocks.get(i + 1).copied();
        let label = cx.labels[block.index()];
        if heads.get(i) == Some(&true) {
            cx.buf.align(LOOP_ALIGN, I::FILL);
        }
        cx.buf.bind(label);
        // What has no place of its own belongs to what is before it in the block, or else behind it.
        let mut places = plan.insts(func, i).map(|(inst, _)| func.locs[inst]);
        let mut place = places.find(|&loc| loc != Origin::NONE);
        if let Some(recorder) = &mut recorder {
            recorder.enter(block, &mut cx.buf);
        }
        for (inst, is_emitted) in plan.insts(func, i) {
            if let Some(recorder) = &mut recorder {
                if let Some(other) =
                    plan.repeated[i].filter(|&it| func.block_insts(it).start == inst)
                {
                    recorder.enter(other, &mut cx.buf);
                }
                recorder.before_moves(inst, &mut cx.buf);
            }
            (cx.loc, cx.inst) = (func.locs[inst], inst);
            if wishes.lines {
                if cx.loc != Origin::NONE {
                    place = Some(cx.loc);
                }
                if let Some(place) = place {
                    cx.buf.line(place);
                }
            }
            let moves = alloc.moves(inst);
            isa.emit_moves(&mut Encoder::new(&mut cx), frame, moves, func.wide_floats);
            if let Some(recorder) = &mut recorder {
                recorder.before(inst, &mut cx.buf);
            }
            if is_emitted {
                let mut out = Encoder::new(&mut cx);
                isa.emit(&mut out, frame, &func.insts[inst], alloc.locs(inst));
            }
            if let Some(recorder) = &mut recorder {
                recorder.behind(&mut cx.buf);
            }
        }
    }
    if let Some(recorder) = &mut recorder {
        recorder.leave(&mut cx.buf);
    }
    cx.loc = Origin::NONE;
    cx.buf.emit_pads(I::TRAP_BYTES, wishes.lines);
    (cx.buf, recorder)
}

/// Which blocks are emitted, and what for each.
struct Plan {
    blocks: Vec<MBlock>,
    /// For each of these the block whose instructions take the place of the jump to it.
    repeated: Vec<Option<MBlock>>,
}

/// Where heads of innermost loops lie, in bytes. Without it the same loop is up to a third slower in one place than in another.
const LOOP_ALIGN: u32 = 16;

/// Instructions of a block with a jump table that is repeated at most.
const MAX_REPEATED: usize = 16;

impl Plan {
    /// `repeat`: where at least three jumps lead to a short block that ends with a jump table (what an interpreter does next), it takes the place of each. The
    /// processor predicts every such jump by itself then.
    fn new<I: Isa>(func: &MFunc<Inst<I>>, threads: &[MBlock], repeat: bool) -> Plan {
        let blocks: Vec<MBlock> = (0..func.blocks.len())
            .map(|b| MBlock::from_u32(b as u32))
            .filter(|&b| b.index() == 0 || threads[b.index()] == b)
            .collect();
        let mut repeated = vec![None; blocks.len()];
        if repeat {
            let mut jumps: HashMap<MBlock, u32> = HashMap::new();
            for (i, &block) in blocks.iter().enumerate() {
                let last = func.block_insts(block).end - 1;
                if let Inst::Jump(to) = func.insts[last] {
                    let to = threads[to.index()];
                    if blocks.get(i + 1) != Some(&to) && is_dispatch(func, to) {
                        repeated[i] = Some(to);
                        *jumps.entry(to).or_default() += 1;
                    }
                }
            }
            for to in &mut repeated {
                *to = to.filter(|to| jumps[to] > 2);
            }
        }
        Plan { blocks, repeated }
    }

    /// Which blocks are heads of innermost loops that are expected to go round.
    fn loop_heads<I: MachInst>(&self, func: &MFunc<I>, threads: &[MBlock]) -> Vec<bool> {
        let mut position = vec![0; func.blocks.len()];
        for (i, block) in self.blocks.iter().enumerate() {
            position[block.index()] = i;
        }
        // The last block of the loop that a block is the head of.
        let mut ends: Vec<Option<usize>> = vec![None; self.blocks.len()];
        for (i, &block) in self.blocks.iter().enumerate() {
            for edge in func.succs(block) {
                let to = position[threads[edge.to.index()].index()];
                if to <= i {
                    ends[to] = Some(i);
                }
            }
        }
        // No other head follows before the end.
        let mut next_head = usize::MAX;
        let mut heads = vec![false; self.blocks.len()];
        for (i, end) in ends.iter().enumerate().rev() {
            let Some(end) = *end else { continue };
            let block = &func.blocks[self.blocks[i].index()];
            let known = block.weight.filter(|_| func.is_profiled);
            let goes_round = !block.cold && known.is_none_or(|weight| weight > 1.0);
            heads[i] = next_head > end && goes_round;
            next_head = i;
        }
        heads
    }

    /// What is emitted for the `i`th block: instructions, and of a jump that is left out only the moves before it.
    fn insts<I>(&self, func: &MFunc<I>, i: usize) -> impl Iterator<Item = (usize, bool)> {
        let insts = func.block_insts(self.blocks[i]);
        let behind = self.repeated[i].map_or(0..0, |block| func.block_insts(block));
        let jump = insts.end - 1;
        let jumps = behind.is_empty();
        let own = insts.map(move |inst| (inst, jumps || inst != jump));
        own.chain(behind.map(|inst| (inst, true)))
    }
}

/// Whether the block is short and ends with a jump table.
fn is_dispatch<I: Isa>(func: &MFunc<Inst<I>>, block: MBlock) -> bool {
    let mut insts = func.block_insts(block);
    insts.len() <= MAX_REPEATED
        && insts.all(|inst| match func.insts[inst] {
            Inst::JumpTable(_) => true,
            Inst::Row { .. } | Inst::Pseudo(_) => inst + 1 != func.block_insts(block).end,
            _ => false,
        })
}

/// For each block the block that a jump to it ends at: itself, unless it only jumps.
fn thread_jumps<I: MachInst>(func: &MFunc<I>, alloc: &Allocation) -> Vec<MBlock> {
    let mut threads: Vec<MBlock> = Vec::with_capacity(func.blocks.len());
    for index in 0..func.blocks.len() {
        let block = MBlock::from_u32(index as u32);
        let insts = func.block_insts(block);
        let has_moves = !alloc.moves(insts.start).is_empty();
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

/// A function's blocks, instructions and moves as lines, with the places that they come from.
pub fn lines<I: Isa>(
    isa: &I,
    name: &str,
    func: &MFunc<Inst<I>>,
    alloc: &Allocation,
    frame: &FrameLayout,
    repeat: bool,
) -> Vec<TextLine> {
    let saved: Vec<String> = frame.saved.iter().map(|r| format!("{r:?}")).collect();
    let head = format!(
        "{name}:  ; frame {} bytes, saves [{}]",
        frame.size,
        saved.join(" ")
    );
    let mut text = vec![TextLine::new(head, Origin::NONE)];
    let plan = Plan::new(func, &thread_jumps(func, alloc), repeat);
    for (i, block) in plan.blocks.iter().enumerate() {
        text.push(TextLine::new(format!("{block}:"), Origin::NONE));
        for (inst, is_emitted) in plan.insts(func, i) {
            let mut out = Listing::default();
            isa.emit_moves(&mut out, frame, alloc.moves(inst), func.wide_floats);
            if is_emitted {
                isa.emit(&mut out, frame, &func.insts[inst], alloc.locs(inst));
            }
            let lines = out.lines.iter();
            text.extend(
                lines
                    .map(|line| TextLine::new(format!("    {}", line.trim_end()), func.locs[inst])),
            );
        }
    }
    text
}
