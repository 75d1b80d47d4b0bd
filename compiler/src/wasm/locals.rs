//! SSA values of Wasm locals.
//!
//! Problem: code reads and writes mutable locals, the IR has values and block parameters. A read must find the value that reaches it and
//! add block parameters exactly where different values meet; nothing is added for locals that nobody reads afterwards.
//!
//! Algorithm: a write is recorded for its block. A read looks in its block, then up the chain of blocks with only one predecessor, and where
//! several meet it reads in all of them and adds a parameter if the answers differ (the on-the-fly construction of Braun, Buchwald, Hack,
//! Leißa, Mallon and Zwinkau, "Simple and Efficient Construction of Static Single Assignment Form", 2013). Wasm's structure helps twice:
//! * A first look at the body ([`Writes`]) tells where in the file each local is written. Control enters a construct only through the
//!   block before it, so at the construct's label a local that is not written inside has the value that it had before: one step instead
//!   of a search, as are many constructs one behind the other ([`Link`]); and loop headers get parameters only for what the loop writes.
//! * All predecessors of a label are known at its `end`; only a loop header has to be completed later ([`Locals::seal_loop`]).
//!
//! Invariants: a block is finished (terminated) before it becomes a predecessor. Arguments are appended to all edges of a
//! block in the order in which its parameters were appended. Reads never recurse: depth of the control graph is bounded by
//! memory only.

use crate::entity::{EntityId, SideMap};
use crate::ir::build::Builder;
use crate::ir::cons::FastHasher;
use crate::ir::{Block, Inst, Type, Value};
use smallvec::SmallVec;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// Where each local is written: file offsets, ascending.
#[derive(Default)]
pub struct Writes {
    /// First entry of each local in `at`, and the end.
    start: Vec<u32>,
    at: Vec<u32>,
}

impl Writes {
    /// From `(local, file offset)` pairs in order of offset.
    pub fn new(locals: usize, writes: &[(u32, u32)]) -> Writes {
        let mut start = vec![0; locals + 1];
        for &(local, _) in writes {
            start[local as usize + 1] += 1;
        }
        for i in 1..start.len() {
            start[i] += start[i - 1];
        }
        let mut next = start.clone();
        let mut at = vec![0; writes.len()];
        for &(local, offset) in writes {
            let slot = &mut next[local as usize];
            at[*slot as usize] = offset;
            *slot += 1;
        }
        Writes { start, at }
    }

    fn of(&self, local: u32) -> &[u32] {
        let i = local as usize;
        &self.at[self.start[i] as usize..self.start[i + 1] as usize]
    }

    /// Whether the local is written in a range of offsets.
    fn any_in(&self, local: u32, range: (u32, u32)) -> bool {
        let at = self.of(local);
        at.get(at.partition_point(|&o| o < range.0))
            .is_some_and(|&o| o < range.1)
    }
}

/// How control reaches a block.
enum Entry {
    /// The function's first block, or one whose predecessors are not complete.
    None,
    /// From one block.
    Single(Link),
    /// The end of a construct, from inside it, or a loop header; see [`Join`].
    Join(Box<Join>),
}

/// Where a block is in the tree in which it hangs below a block that dominates it: its only predecessor, or the one before the construct
/// that meets in it. Besides that one it knows one farther ancestor, chosen so that any ancestor is a logarithmic number of steps
/// away (skew-binary jump pointers, Myers 1983).
#[derive(Clone, Copy)]
struct Link {
    up: Block,
    /// The farther ancestor, and the file offsets of all that may run between its end and the block's beginning.
    far: Block,
    between: (u32, u32),
    /// Length of the way up from here to the root, and from `far`.
    depth: u32,
    far_depth: u32,
}

/// A block where control from several places may meet.
struct Join {
    /// Leads to the block that the whole construct is entered from, which dominates the join.
    link: Link,
    /// File offsets of the construct.
    range: (u32, u32),
    edges: Vec<Edge>,
    /// A loop header.
    header: bool,
    /// A loop header whose back edges are not all known.
    open: bool,
    /// Locals whose parameters of an open header wait for their arguments, in order of the parameters.
    waiting: Vec<u32>,
}

/// A control-flow edge: target number `index` of a terminator.
#[derive(Clone, Copy)]
struct Edge {
    from: Block,
    inst: Inst,
    index: u32,
}

/// Values of locals during the construction of a function.
pub struct Locals {
    /// File offset of the current operator.
    pub offset: u32,
    entry: Vec<Entry>,
    /// File offset of each block's terminator.
    ends: SideMap<Block, u32>,
    /// Edges to blocks whose `entry` is not decided yet.
    edges: HashMap<Block, Vec<Edge>, BuildHasherDefault<FastHasher>>,
    /// Value of a local at the end of a block as far as it is known. `None`: being computed.
    known: HashMap<(Block, u32), Option<Value>, BuildHasherDefault<FastHasher>>,
    /// Values at function entry.
    initial: Vec<Value>,
    types: Vec<Type>,
    writes: Writes,
    /// Parameters of joins, if debuggers are to know them.
    params: Option<HashMap<(Block, u32), Value>>,
}

/// Where the search for a value stopped.
enum Found {
    Value(Value),
    /// Values meet here.
    Join(Block),
    /// The join is being computed by an outer step of the same read.
    Busy(Block),
}

/// A step of a read.
enum Step {
    /// Find the value at the end of the block and push it.
    Read(Block),
    /// The values at all edges are on the stack: merge them.
    Merge(Block),
    /// Likewise for a block that has the parameter already.
    Fill(Block),
}

impl Locals {
    /// `initial`: value of every local at entry.
    pub fn new(initial: Vec<Value>, types: Vec<Type>, writes: Writes) -> Locals {
        Locals {
            offset: 0,
            entry: Vec::new(),
            ends: SideMap::new(0, 0),
            edges: HashMap::default(),
            known: HashMap::default(),
            initial,
            types,
            writes,
            params: None,
        }
    }

    /// Keeps what [`Locals::at_start`] asks for.
    pub fn keep_params(&mut self) {
        self.params = Some(HashMap::new());
    }

    /// The value of a local at the start of a block, once the body is translated, as far as it is known: `is_entry` tells the first block, `is_written` that the block writes the local.
    pub fn at_start(
        &self,
        block: Block,
        local: u32,
        is_entry: bool,
        is_written: bool,
    ) -> Option<Value> {
        if is_entry || self.writes.of(local).is_empty() {
            return self.initial.get(local as usize).copied();
        }
        if let Some(&param) = self.params.as_ref()?.get(&(block, local)) {
            return Some(param);
        }
        let up = match self.entry.get(block.index())? {
            Entry::None => return None,
            Entry::Single(link) => link.up,
            Entry::Join(join) if !self.writes.any_in(local, join.range) => join.link.up,
            Entry::Join(_) if is_written => return None,
            // All edges may have brought the same value.
            Entry::Join(_) => return *self.known.get(&(block, local))?,
        };
        match self.search(up, local) {
            Found::Value(value) => Some(value),
            Found::Join(_) | Found::Busy(_) => None,
        }
    }

    /// `local.set`
    pub fn write(&mut self, block: Block, local: u32, value: Value) {
        self.known.insert((block, local), Some(value));
    }

    /// `local.get`
    pub fn read(&mut self, b: &mut Builder, block: Block, local: u32) -> Value {
        if self.writes.of(local).is_empty() {
            return self.initial[local as usize];
        }
        let mut steps = vec![Step::Read(block)];
        let mut values: Vec<Value> = Vec::new();
        while let Some(step) = steps.pop() {
            match step {
                Step::Read(block) => match self.search(block, local) {
                    Found::Value(value) => {
                        self.known.insert((block, local), Some(value));
                        values.push(value);
                    }
                    Found::Busy(join) => {
                        let param = self.param(b, join, local);
                        values.push(param);
                    }
                    Found::Join(join) => {
                        if self.join(join).open {
                            let param = self.param(b, join, local);
                            self.join(join).waiting.push(local);
                            values.push(param);
                            continue;
                        }
                        // A header's value may depend on itself: its parameter must exist before its edges are read.
                        if self.join(join).header {
                            self.param(b, join, local);
                            steps.push(Step::Fill(join));
                        } else {
                            self.known.insert((join, local), None);
                            steps.push(Step::Merge(join));
                        }
                        let edges = &self.join(join).edges;
                        steps.extend(edges.iter().map(|e| Step::Read(e.from)));
                    }
                },
                Step::Merge(join) => {
                    let first = values.len() - self.join(join).edges.len();
                    let inputs = &values[first..];
                    let same = inputs.iter().all(|v| *v == inputs[0]);
                    let value = match self.known[&(join, local)] {
                        None if same => inputs[0],
                        known => {
                            let param = known.unwrap_or_else(|| self.param(b, join, local));
                            self.fill(b, join, &values[first..]);
                            param
                        }
                    };
                    self.known.insert((join, local), Some(value));
                    values.truncate(first);
                    values.push(value);
                }
                Step::Fill(join) => {
                    let first = values.len() - self.join(join).edges.len();
                    self.fill(b, join, &values[first..]);
                    values.truncate(first);
                    values.push(self.known[&(join, local)].expect("a header's parameter"));
                }
            }
        }
        let value = values.pop().expect("a read has a value");
        self.known.insert((block, local), Some(value));
        value
    }

    /// Follows single predecessors and skips constructs that do not write the local.
    fn search(&self, mut block: Block, local: u32) -> Found {
        loop {
            match self.known.get(&(block, local)) {
                Some(Some(value)) => return Found::Value(*value),
                Some(None) => return Found::Busy(block),
                None => {}
            }
            let (link, join) = match self.entry.get(block.index()).unwrap_or(&Entry::None) {
                Entry::None => return Found::Value(self.initial[local as usize]),
                Entry::Single(link) => (link, None),
                Entry::Join(join) => (&join.link, Some(join)),
            };
            block = if !self.writes.any_in(local, link.between) {
                link.far
            } else if join.is_some_and(|join| self.writes.any_in(local, join.range)) {
                return Found::Join(block);
            } else {
                link.up
            };
        }
    }

    /// Adds a parameter for the local to a join.
    fn param(&mut self, b: &mut Builder, join: Block, local: u32) -> Value {
        let param = b.append_param(join, self.types[local as usize]);
        self.known.insert((join, local), Some(param));
        if let Some(params) = &mut self.params {
            params.insert((join, local), param);
        }
        param
    }

    /// Appends an argument to every edge of a join; `values` are in the reverse order of the edges, as the steps were stacked.
    fn fill(&mut self, b: &mut Builder, join: Block, values: &[Value]) {
        let Entry::Join(join) = &self.entry[join.index()] else {
            unreachable!("only joins have parameters for locals")
        };
        for (edge, &value) in join.edges.iter().zip(values.iter().rev()) {
            let target = b.func.insts[edge.inst].target_mut(edge.index as usize);
            target.args.push(value);
        }
    }

    fn join(&mut self, block: Block) -> &mut Join {
        match &mut self.entry[block.index()] {
            Entry::Join(join) => join,
            Entry::None | Entry::Single(_) => unreachable!("{block} is no join"),
        }
    }

    /// Records the edges of the current block's terminator.
    pub fn add_edges(&mut self, b: &Builder) {
        let from = b.current();
        let inst = *b.func.blocks[from].insts.last().expect("a terminator");
        self.ends[from] = self.offset;
        for (index, target) in b.func.insts[inst].targets().enumerate() {
            let edge = Edge {
                from,
                inst,
                index: index as u32,
            };
            match self.entry.get_mut(target.block.index()) {
                Some(Entry::Join(join)) => join.edges.push(edge),
                _ => self.edges.entry(target.block).or_default().push(edge),
            }
        }
    }

    /// Declares that all edges to a block are known: `range` and `before` are of the construct that it ends. False if there are none.
    pub fn seal(&mut self, block: Block, before: Block, range: (u32, u32)) -> bool {
        let Some(edges) = self.edges.remove(&block) else {
            return false;
        };
        let entry = if edges.iter().all(|e| e.from == edges[0].from) {
            self.single(edges[0].from)
        } else {
            Entry::Join(Box::new(Join {
                link: self.link(before, range),
                range,
                edges,
                header: false,
                open: false,
                waiting: Vec::new(),
            }))
        };
        self.set_entry(block, entry);
        true
    }

    /// Declares that control came to the builder's block from the end of this one, through blocks that neither read nor write locals.
    pub fn go_on(&mut self, b: &Builder, before: Block) {
        let after = b.current();
        if after != before {
            self.ends[before] = self.offset;
            let entry = self.single(before);
            self.set_entry(after, entry);
        }
    }

    /// Declares that control reaches a block from one block only. False if it does not reach it.
    pub fn seal_single(&mut self, block: Block) -> bool {
        let Some(edges) = self.edges.remove(&block) else {
            return false;
        };
        let entry = self.single(edges[0].from);
        self.set_entry(block, entry);
        true
    }

    /// The entry of a block that begins here and has one predecessor.
    fn single(&self, from: Block) -> Entry {
        Entry::Single(self.link(from, (self.ends[from], self.offset)))
    }

    /// A link to a block; between its end and the beginning of the new one runs only what is in this range of offsets.
    fn link(&self, up: Block, between: (u32, u32)) -> Link {
        let mut link = Link {
            up,
            far: up,
            between,
            depth: 1,
            far_depth: 0,
        };
        if let Some(parent) = self.link_of(up) {
            link.depth = parent.depth + 1;
            link.far_depth = parent.depth;
            // Two jumps of equal length become one.
            if let Some(far) = self.link_of(parent.far)
                && parent.depth - parent.far_depth == parent.far_depth - far.far_depth
            {
                link.far = far.far;
                link.far_depth = far.far_depth;
                // A loop's header stands for the whole loop, which may end behind what is in it.
                let stop = parent.between.1.max(far.between.1).max(between.1);
                link.between = (far.between.0, stop);
            }
        }
        link
    }

    fn link_of(&self, block: Block) -> Option<&Link> {
        match self.entry.get(block.index())? {
            Entry::None => None,
            Entry::Single(link) => Some(link),
            Entry::Join(join) => Some(&join.link),
        }
    }

    /// Declares a loop header, which `before` has just jumped to; `range` is the loop's.
    pub fn open_loop(&mut self, header: Block, before: Block, range: (u32, u32)) {
        let edges = self.edges.remove(&header).unwrap_or_default();
        let join = Join {
            link: self.link(before, range),
            range,
            edges,
            header: true,
            open: true,
            waiting: Vec::new(),
        };
        self.set_entry(header, Entry::Join(Box::new(join)));
    }

    /// Declares that all edges to a loop header are known.
    pub fn seal_loop(&mut self, b: &mut Builder, header: Block) {
        let join = self.join(header);
        join.open = false;
        let waiting = std::mem::take(&mut join.waiting);
        let froms: Vec<Block> = join.edges.iter().rev().map(|e| e.from).collect();
        for local in waiting {
            let values: SmallVec<[Value; 4]> = froms
                .iter()
                .map(|&from| self.read(b, from, local))
                .collect();
            self.fill(b, header, &values);
        }
    }

    fn set_entry(&mut self, block: Block, entry: Entry) {
        let i = block.index();
        if i >= self.entry.len() {
            self.entry.resize_with(i + 1, || Entry::None);
        }
        self.entry[i] = entry;
    }
}
