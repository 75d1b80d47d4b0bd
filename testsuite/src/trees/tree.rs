//! A tree as a function's text.

use std::fmt::Write as _;

use wative_compiler::ir::eval_vec::{halves, replace_nans};
use wative_compiler::ir::{Type, eval};

use super::inputs::{self, Leaf};
use super::ops::{Instance, Kind, Nan};

/// A function that computes a tree.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// What repeats it: family and number.
    pub name: String,
    /// Its ops, the root first.
    pub kind: String,
    pub leaves: Vec<Leaf>,
    pub locals: Vec<Type>,
    /// Instructions.
    pub code: String,
    pub results: Vec<(Type, Nan)>,
    /// Whether it has to do with the memory's cell.
    pub memory: bool,
    /// Whether a NaN whose bits nobody says may arise in it.
    pub nans: bool,
    /// Whether an op of it has several right results.
    pub relaxed: bool,
    /// Whether it has to do with objects.
    pub objects: bool,
}

impl Tree {
    /// A parameter more: the expression that reads it.
    pub fn leaf(&mut self, leaf: Leaf) -> String {
        self.leaves.push(leaf);
        format!("(local.get $p{})", self.leaves.len() - 1)
    }

    /// A local variable more: its name.
    pub fn local(&mut self, ty: Type) -> String {
        self.locals.push(ty);
        format!("$t{}", self.locals.len() - 1)
    }

    /// Notes what an op brings with it.
    pub fn uses(&mut self, instance: &Instance) {
        self.memory |= instance.is_memory();
        self.nans |= instance.nan != Nan::Exact;
        self.relaxed |= instance.kind == Kind::Relaxed;
        self.objects |= instance.kind == Kind::Object;
        let inner = std::mem::take(&mut self.kind);
        let over = if inner.is_empty() { "" } else { " over " };
        self.kind = format!("{}{over}{inner}", instance.text);
    }

    /// The function. `head` is what stands in front of its type: a name, an export.
    pub fn function(&self, head: &str) -> String {
        let mut text = format!("(func {head}");
        for (n, leaf) in self.leaves.iter().enumerate() {
            write!(text, " (param $p{n} {})", leaf.ty()).expect("a string takes all");
        }
        for (ty, _) in &self.results {
            write!(text, " (result {ty})").expect("a string takes all");
        }
        for (n, ty) in self.locals.iter().enumerate() {
            write!(text, " (local $t{n} {ty})").expect("a string takes all");
        }
        write!(text, "\n  {})\n", self.code).expect("a string takes all");
        text
    }

    /// Arguments of a row as the slots of entries.
    pub fn arguments(&self, row: usize) -> Vec<u64> {
        let places = inputs::places(&self.leaves);
        let mut slots = Vec::new();
        for (&leaf, place) in self.leaves.iter().zip(places) {
            let value = inputs::value(row, leaf, place);
            slots.push(value as u64);
            if leaf.ty() == Type::V128 {
                slots.push((value >> 64) as u64);
            }
        }
        slots
    }

    /// Makes NaNs among the results' slots whose bits are free the canonical ones.
    pub fn canonicalise(&self, slots: &mut [u64]) {
        let mut at = 0;
        for &(ty, nan) in &self.results {
            match nan {
                Nan::Exact => {}
                Nan::Scalar => {
                    if eval::is_nan(ty, slots[at]) {
                        slots[at] = eval::canonical_nan(ty);
                    }
                }
                Nan::Lanes(lanes) => {
                    let vector = u128::from(slots[at]) | u128::from(slots[at + 1]) << 64;
                    let scalar = lanes.scalar();
                    let vector = replace_nans(vector, lanes, |_| eval::canonical_nan(scalar));
                    slots[at..at + 2].copy_from_slice(&halves(vector));
                }
            }
            at += if ty == Type::V128 { 2 } else { 1 };
        }
    }
}

/// Parameters and results as a function type's text.
pub fn signature(leaves: &[Leaf], results: &[(Type, Nan)]) -> String {
    let params: String = leaves
        .iter()
        .map(|l| format!(" (param {})", l.ty()))
        .collect();
    let results: String = results
        .iter()
        .map(|(ty, _)| format!(" (result {ty})"))
        .collect();
    format!("{params}{results}")
}
