//! For debuggers: the values that locals and the operand stack have at each place, as far as variables of the source are in them.
//!
//! While a body is translated it is noted where blocks begin and locals are written ([`Watching`]); which value a local has at the start of a block is known when the whole
//! body is translated, and then [`finish`](Watching::finish) makes of it a list in the order of the file. Nothing is read that the code does not read: a local that
//! would need a block parameter for debuggers alone has no value there.

use super::locals::Locals;
use crate::ir::{Block, Origin, Value, Watch};
use std::collections::{HashMap, HashSet};

/// What has been noted.
pub struct Watching {
    locals: Vec<u32>,
    operands: Vec<u32>,
    /// The block that the last operator began in.
    block: Option<Block>,
    events: Vec<Event>,
}

enum Event {
    /// Operators from this offset on are in the block.
    Block(u32, Block),
    /// A write of a local by the operator before this offset.
    Write(u32, Block, u32, Value),
    /// What is at a place of the operand stack from this offset on.
    Operand(u32, u32, Option<Value>),
}

impl Watching {
    /// For these locals and places of the operand stack ([`Watch::OPERAND`]), in a function with so many locals: DWARF may name others.
    pub fn new(watched: &[u32], count: usize) -> Watching {
        let (operands, mut locals): (Vec<u32>, Vec<u32>) =
            watched.iter().partition(|&it| it & Watch::OPERAND != 0);
        locals.retain(|&local| (local as usize) < count);
        Watching {
            locals,
            operands,
            block: None,
            events: Vec::new(),
        }
    }

    /// Notes the state before the operator at an offset.
    pub fn operator(&mut self, offset: u32, block: Block, stack: &[Value]) {
        if self.block != Some(block) {
            self.block = Some(block);
            self.events.push(Event::Block(offset, block));
        }
        for &place in &self.operands {
            let value = stack.get((place & !Watch::OPERAND) as usize).copied();
            self.events.push(Event::Operand(offset, place, value));
        }
    }

    /// Notes that the operator at an offset writes a local.
    pub fn write(&mut self, offset: u32, block: Block, local: u32, value: Value) {
        if self.locals.contains(&local) {
            self.events
                .push(Event::Write(offset + 1, block, local, value));
        }
    }

    /// The list, of a body that is translated. `entry` is the function's first block.
    pub fn finish(self, locals: &Locals, entry: Block) -> Vec<Watch> {
        let writes = self.events.iter().filter_map(|event| match event {
            Event::Write(_, block, local, _) => Some((*block, *local)),
            Event::Block(..) | Event::Operand(..) => None,
        });
        let written: HashSet<(Block, u32)> = writes.collect();
        let mut list = List::default();
        for event in &self.events {
            match *event {
                Event::Block(from, block) => {
                    for &local in &self.locals {
                        let is_written = written.contains(&(block, local));
                        let value = locals.at_start(block, local, block == entry, is_written);
                        list.change(from, local, value);
                    }
                }
                Event::Write(from, _, local, value) => list.change(from, local, Some(value)),
                Event::Operand(from, place, value) => list.change(from, place, value),
            }
        }
        list.watches
    }
}

#[derive(Default)]
struct List {
    now: HashMap<u32, Option<Value>>,
    watches: Vec<Watch>,
}

impl List {
    fn change(&mut self, from: u32, local: u32, value: Option<Value>) {
        if self.now.insert(local, value) != Some(value) {
            self.watches.push(Watch {
                call: Origin::NONE,
                local,
                from,
                value,
            });
        }
    }
}
