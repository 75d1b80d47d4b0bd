//! Profiles and functions: which counters each function has, and what a profile says of it.

use super::Front;
use super::bodies;
use super::sites::Sites;
use crate::abi::ProfileFunc;
use crate::entity::EntityId;
use crate::ir::odds::{Odds, scaled};
use crate::ir::{Access, FuncDecl, FuncId, FuncKind, IntCc, Op, RawRegion, Symbol, Type, Value};
use crate::options::Options;
use crate::profile::Fnv;
use crate::wasm::translate::Translator;
use std::collections::HashMap;
use std::sync::Arc;

/// What a function is to count, and how often it did what.
#[derive(Debug)]
pub struct Counts {
    sites: Sites,
    /// Number of its first counter in a program that counts.
    pub first: Option<u32>,
    /// By counter, if a profile has the function.
    pub known: Option<Arc<[u64]>>,
}

/// Gives functions their counters and finds them in the profile.
pub fn assign(front: &mut Front, options: &Options) {
    if options.count.is_none() && options.profile.is_empty() {
        return;
    }
    let (mut first, mut seen) = (0, HashMap::new());
    let mut counts = HashMap::new();
    for &func in &front.program.compiled {
        let decl = &front.program.funcs[func];
        let FuncKind::Defined { body } = &decl.kind else {
            continue;
        };
        let input = &front.inputs[front.input_of[decl.module.index()]];
        let ops = bodies::operators(input, body);
        let sites = Sites::new(ops);
        let row = row(decl, &sites, &mut seen);
        let counters = sites.counters;
        let of = Counts {
            sites,
            first: options.count.is_some().then_some(first),
            known: options.profile.counts(&row),
        };
        counts.insert(func, of);
        if options.count.is_some() {
            first += counters;
            front.program.counted.push(row);
        }
    }
    front.program.hot = hot(counts.values());
    front.counts = counts;
}

/// What a counter must say at least to be one of those that most of all counts come from; nothing without a profile.
fn hot<'a>(counts: impl Iterator<Item = &'a Counts>) -> Option<u64> {
    let known = counts.filter_map(|counts| counts.known.as_deref());
    let mut all: Vec<u64> = known
        .flatten()
        .copied()
        .filter(|&count| count != 0)
        .collect();
    all.sort_unstable();
    let sum: u128 = all.iter().map(|&count| u128::from(count)).sum();
    let mut rest = sum / 100;
    all.into_iter().find(|&count| {
        let is_small = u128::from(count) <= rest;
        rest = rest.saturating_sub(u128::from(count));
        !is_small
    })
}

/// How the function is called in a profile. Of those with the same name in a module each has a number.
fn row(decl: &FuncDecl, sites: &Sites, seen: &mut HashMap<Fnv, u64>) -> ProfileFunc {
    let mut name = Fnv::new();
    name.add(&decl.module.as_u32().to_le_bytes());
    name.add(decl.name.as_bytes());
    let number = seen.entry(name).or_default();
    name.add(&number.to_le_bytes());
    *number += 1;
    ProfileFunc {
        name: name.0,
        shape: sites.shape,
        counters: sites.counters.into(),
    }
}

impl Counts {
    /// How often the function was entered.
    pub fn entries(&self) -> Option<u64> {
        self.known.as_ref().map(|known| known[0])
    }

    /// What the profile says of the operator at an offset, which can go on in so many ways.
    fn ways(&self, offset: u32, ways: usize) -> Option<&[u64]> {
        let known = self.known.as_ref()?;
        let first = self.sites.at(offset)? as usize;
        Some(&known[first..first + ways])
    }

    /// Distance of an operator's first counter from the first one of all, in bytes.
    fn place(&self, offset: u32) -> Option<i64> {
        let first = self.first?;
        Some(8 * (i64::from(first) + i64::from(self.sites.at(offset)?)))
    }
}

impl Translator<'_, '_> {
    /// Counts that the function is entered.
    pub fn count_entry(&mut self) {
        if let Some(first) = self.counts.and_then(|counts| counts.first) {
            self.count(8 * i64::from(first));
        }
    }

    /// The operator at hand branches if the condition is not zero: counts which way it goes, and has the branch know what is known of that.
    pub fn decide(&mut self, cond: Value) {
        let offset = self.locals.offset;
        if let Some(place) = self.counts.and_then(|counts| counts.place(offset)) {
            self.count(place);
            let zero = self.b.constant(Type::I32, 0);
            let taken = self.b.icmp(IntCc::Ne, Type::I32, cond, zero);
            let taken = self.b.convert(Op::ExtU, Type::I64, taken);
            self.add(place + 8, taken);
        }
        let known = self.counts.and_then(|counts| counts.ways(offset, 2));
        let counted = |known: &[u64]| Odds::counted(known[1], known[0].saturating_sub(known[1]));
        let odds = match known.map(counted) {
            Some(odds) => odds,
            None => self.hint(offset as usize).map(Odds::hint),
        };
        self.b.expect(odds);
    }

    /// What is known of the operator at hand, which goes on in so many ways: their weights.
    pub fn weights(&self, ways: usize) -> Vec<u32> {
        let weights = self
            .counts
            .and_then(|counts| counts.ways(self.locals.offset, ways))
            .map(scaled);
        let is_known = |weights: &Vec<u32>| weights.iter().any(|&weight| weight != 0);
        weights.filter(is_known).unwrap_or_default()
    }

    /// Where the operator at hand counts its first way, if it does.
    pub fn counter(&self) -> Option<i64> {
        self.counts
            .and_then(|counts| counts.place(self.locals.offset))
    }

    /// Adds one to the counter at a distance from the first of all.
    pub fn count(&mut self, place: i64) {
        let one = self.b.constant(Type::I64, 1);
        self.add(place, one);
    }

    fn add(&mut self, place: i64, more: Value) {
        let at = self.b.symbol_addr(Symbol::Counters, place);
        let (full, region) = (Access::Full, RawRegion::Counters);
        let count = self.b.raw_load(Type::I64, full, at, 0, region, None);
        let count = self.b.binary(Op::Add, Type::I64, count, more);
        self.b.raw_store(full, at, count, 0, region, None);
    }
}

impl Front<'_> {
    /// See [`Counts`].
    pub(super) fn counts(&self, func: FuncId) -> Option<&Counts> {
        self.counts.get(&func)
    }
}
