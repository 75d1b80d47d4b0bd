//! What the interpreter says about trees: every row, and what makes a difference that no program may rely on.

use std::collections::HashMap;

use wative_compiler::entity::EntityId;
use wative_compiler::ir::interp::{Interp, Nans, Stop};
use wative_compiler::ir::{EntryKind, Func, FuncId, FuncKind, MemId};
use wative_compiler::options::{Options, Unknown};
use wative_compiler::{Input, wasm};

use super::inputs::{self, CELL, ROWS};
use super::judge::Outcome;
use super::module;
use super::relaxed::{self, Choice};
use super::tree::Tree;
use crate::compile;

/// How trees are interpreted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// As the executables must compute.
    Plain,
    /// With something else where only the executables' memory has what they need.
    Elsewhere,
    /// With other NaNs.
    Nans(Nans),
    /// With another choice of relaxed results, and these NaNs.
    Relaxed(Choice, Nans),
}

impl How {
    /// Whether it can make a difference for a tree.
    fn tells(self, tree: &Tree) -> bool {
        match self {
            How::Plain => true,
            How::Elsewhere => tree.memory,
            How::Nans(_) => tree.nans,
            How::Relaxed(_, nans) => tree.relaxed && (tree.nans || nans == Nans::Canonical),
        }
    }
}

/// A module of trees to interpret.
pub struct Oracle {
    input: Input,
    imports: usize,
}

impl Oracle {
    /// The module is the text but for its end; the trees' functions come first.
    ///
    /// # Errors
    /// It is not valid.
    pub fn new(text: &str, trees: &[Tree]) -> Result<Oracle, String> {
        let imports = match trees.iter().any(|tree| tree.relaxed) {
            true => relaxed::imports(),
            false => Vec::new(),
        };
        let begin = "(module\n";
        let rest = text.strip_prefix(begin).ok_or("no module")?;
        let text = format!("{begin}{}{rest})", imports.concat());
        Ok(Oracle {
            input: compile::input("trees", text.as_bytes())?,
            imports: imports.len(),
        })
    }

    /// What each tree ends with in each row; nothing for trees to which it makes no difference.
    ///
    /// # Errors
    /// The interpreter cannot run it.
    pub fn rows(
        &self,
        trees: &[Tree],
        deterministic: bool,
        how: How,
    ) -> Result<Vec<Vec<Outcome>>, String> {
        if !trees.iter().any(|tree| how.tells(tree)) {
            return Ok(vec![Vec::new(); trees.len()]);
        }
        let options = Options {
            deterministic,
            entry: EntryKind::Script,
            unknown: Unknown::Symbol,
            ..Options::default()
        };
        let inputs = std::slice::from_ref(&self.input);
        let front = wasm::front(inputs, None, &options).map_err(|e| e.to_string())?;
        let program = &front.program;
        let mut imports = Vec::new();
        for (id, decl) in program.funcs.iter() {
            if matches!(decl.kind, FuncKind::Import { .. }) {
                imports.push(id);
            }
        }
        let mut bodies: HashMap<FuncId, Func> = HashMap::new();
        let mut ids = vec![None; trees.len()];
        for &id in &program.compiled {
            let mut func = front.build_func(id, false);
            if let How::Relaxed(choice, _) = how {
                relaxed::call_imports(&mut func, &imports, choice);
            }
            bodies.insert(id, func);
            let index = program.funcs[id].index as usize;
            if let Some(place) = index.checked_sub(self.imports).and_then(|n| ids.get_mut(n)) {
                *place = Some(id);
            }
        }
        let host = Box::new(|_: &mut _, id: FuncId, args: &[u64]| {
            let index = imports.iter().position(|&import| import == id);
            match (how, index) {
                (How::Relaxed(choice, _), Some(n)) => Ok(relaxed::call(n, args, choice).to_vec()),
                _ => Err(Stop::Unsupported(format!("import {id}"))),
            }
        });
        let nans = match how {
            How::Nans(nans) | How::Relaxed(_, nans) => nans,
            How::Plain | How::Elsewhere => Nans::Canonical,
        };
        let mut interp = Interp::new(program, &bodies, u64::MAX, nans, host);
        interp.init().map_err(|e| format!("{e:?}"))?;
        if how == How::Elsewhere {
            let memory = &mut interp.state.memories[MemId::from_u32(0)];
            memory[module::EXPECTED as usize..].fill(0xa5);
        }
        let mut all = Vec::new();
        for (tree, id) in trees.iter().zip(&ids) {
            let id = id.ok_or("a tree is not compiled")?;
            let mut rows = Vec::new();
            if how.tells(tree) {
                for row in 0..ROWS {
                    rows.push(outcome(&mut interp, tree, id, row)?);
                }
            }
            all.push(rows);
        }
        Ok(all)
    }
}

/// Calls a tree with a row.
fn outcome(
    interp: &mut Interp<'_>,
    tree: &Tree,
    id: FuncId,
    row: usize,
) -> Result<Outcome, String> {
    let memory = MemId::from_u32(0);
    let cell = CELL as usize..CELL as usize + inputs::cell(row).len();
    if tree.memory {
        interp.state.memories[memory][cell.clone()].copy_from_slice(inputs::cell(row));
    }
    match interp.call(id, &tree.arguments(row)) {
        Ok(mut slots) => {
            tree.canonicalise(&mut slots);
            let bytes = match tree.memory {
                true => interp.state.memories[memory][cell].to_vec(),
                false => Vec::new(),
            };
            Ok(Outcome::Slots(slots, bytes))
        }
        Err(Stop::Trap(code)) => Ok(Outcome::Trap(code)),
        Err(other) => Err(format!("{}: {other:?}", tree.code)),
    }
}
