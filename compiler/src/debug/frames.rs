//! Which scopes of the source the instructions of a compiled function belong to.
//!
//! An instruction comes from a place in WebAssembly, and with it from the calls that our inliner has replaced. Each of these places lies in scopes of its
//! module's DWARF. All of them together, from the compiled function inwards, are a path; the paths of a function's instructions are a tree, whose nodes
//! become entries with the addresses of their instructions.

use super::Modules;
use crate::ir::{FuncId, FuncKind, Inlined, ModuleId, Origin, Program};
use crate::mach::compiled::CompiledFunc;
use std::collections::HashMap;

/// A place in WebAssembly.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    pub func: FuncId,
    /// Offset in the file of the function's module.
    pub offset: u32,
    /// The call that the function was inlined instead of, if it was.
    pub call: Option<Origin>,
}

/// The places that an instruction comes from: that of the compiled function first, those of inlined ones after it.
pub fn places(program: &Program, func: FuncId, inlined: &[Inlined], origin: Origin) -> Vec<Place> {
    let mut places = Vec::new();
    let mut at = origin;
    while let Some(entry) = at.entry() {
        let place = inlined[entry];
        places.push(Place {
            func: place.func,
            offset: place.offset,
            call: Some(place.caller),
        });
        at = place.caller;
    }
    places.push(Place {
        func,
        offset: at.0,
        call: None,
    });
    for place in &mut places {
        // What has no place of its own belongs to the function as a whole.
        if place.offset == 0
            && let FuncKind::Defined { body } = &program.funcs[place.func].kind
        {
            place.offset = body.start as u32;
        }
    }
    places.reverse();
    places
}

/// A part of a function's code that comes from one place.
pub struct Run {
    pub start: u32,
    pub end: u32,
    pub places: Vec<Place>,
}

/// The parts of a function's code, ascending and without gaps.
pub fn runs(program: &Program, func: &CompiledFunc) -> Vec<Run> {
    let mut starts = vec![(0, Origin::NONE)];
    for line in &func.lines {
        if starts.last().is_some_and(|last| last.0 == line.offset) {
            starts.pop();
        }
        starts.push((line.offset, line.loc));
    }
    let ends = starts.iter().skip(1).map(|start| start.0);
    let ends: Vec<u32> = ends.chain([func.insts_len]).collect();
    let run = |(&(start, origin), end)| Run {
        start,
        end,
        places: places(program, func.id, &func.inlined, origin),
    };
    let runs = starts.iter().zip(ends).map(run);
    runs.filter(|run| run.start < run.end).collect()
}

/// A scope in a compiled function.
pub struct Node {
    pub module: ModuleId,
    /// Index in the module's scopes.
    pub scope: usize,
    /// Where the function was called, if it is one that we have inlined.
    pub call: Option<Place>,
    /// What its code was inlined instead of, by us.
    pub inlined_at: Option<Origin>,
    /// Offsets of its instructions in the compiled function, ascending.
    pub ranges: Vec<(u32, u32)>,
    pub children: Vec<Node>,
}

/// The scopes of a compiled function, if the module's DWARF knows it.
pub fn tree(
    program: &Program,
    modules: &Modules,
    func: &CompiledFunc,
    runs: &[Run],
) -> Option<Node> {
    let mut tree = Tree {
        nodes: Vec::new(),
        known: HashMap::new(),
    };
    for run in runs {
        tree.add(program, modules, run);
    }
    let root = tree.nodes.first()?;
    if root.parent.is_some() || root.func != func.id {
        return None;
    }
    let mut nodes: Vec<Option<Node>> = Vec::new();
    let mut parents = Vec::new();
    for flat in tree.nodes {
        parents.push(flat.parent);
        nodes.push(Some(flat.node));
    }
    // Children follow their parents. All have found theirs when they are looked at from the end on.
    for number in (1..nodes.len()).rev() {
        let node = nodes[number].take().expect("each is moved once");
        if let Some(parent) = parents[number].and_then(|parent| nodes[parent].as_mut()) {
            parent.children.push(node);
        }
    }
    let mut root = nodes.swap_remove(0)?;
    root.ranges = vec![(0, func.insts_len)];
    Some(root)
}

struct Flat {
    node: Node,
    func: FuncId,
    parent: Option<usize>,
}

/// Parent, module, scope and call.
type Key = (Option<usize>, ModuleId, usize, Option<Origin>);

struct Tree {
    nodes: Vec<Flat>,
    known: HashMap<Key, usize>,
}

impl Tree {
    fn add(&mut self, program: &Program, modules: &Modules, run: &Run) {
        let mut parent = None;
        let mut caller: Option<Place> = None;
        for place in &run.places {
            let module = program.funcs[place.func].module;
            let Some(source) = modules.get(module) else {
                // Nobody knows this one; what is inlined into it hangs in the air.
                if parent.is_none() {
                    return;
                }
                continue;
            };
            let path = source.path(source.address(place.offset));
            if path.is_empty() && parent.is_none() {
                return;
            }
            for (depth, &scope) in path.iter().enumerate() {
                let call = place.call.filter(|_| depth == 0);
                let key = (parent, module, scope, call);
                let next = self.nodes.len();
                let number = *self.known.entry(key).or_insert(next);
                if number == next {
                    self.nodes.push(Flat {
                        node: Node {
                            module,
                            scope,
                            call: caller.filter(|_| call.is_some()),
                            inlined_at: place.call,
                            ranges: Vec::new(),
                            children: Vec::new(),
                        },
                        func: place.func,
                        parent,
                    });
                }
                let ranges = &mut self.nodes[number].node.ranges;
                match ranges.last_mut() {
                    Some(last) if last.1 == run.start => last.1 = run.end,
                    _ => ranges.push((run.start, run.end)),
                }
                parent = Some(number);
            }
            caller = Some(*place);
        }
    }
}
