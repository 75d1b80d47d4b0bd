//! Numbers that grow by the same amount in each round of a loop.

use super::Loop;
use crate::ir::{Func, Op, Type, Value};
use smallvec::SmallVec;
use std::collections::HashMap;

/// Values that a number is made of.
const MOST_TERMS: usize = 4;

/// Definitions before the loop that are looked through.
const MOST_STEPS: u32 = 4;

/// A number of 32 bits, in round `n` of a loop: `constant + step * n +` the sum of each value times its factor, modulo 2^32.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Linear {
    /// Values from before the loop, in order; a parameter of the loop's block stands for what the first round gets.
    pub terms: SmallVec<[(Value, u32); 2]>,
    pub constant: u32,
    pub step: u32,
}

impl Linear {
    /// A number that is known.
    pub fn constant(constant: u32) -> Linear {
        Linear {
            terms: SmallVec::new(),
            constant,
            step: 0,
        }
    }

    fn value(value: Value) -> Linear {
        Linear {
            terms: SmallVec::from_slice(&[(value, 1)]),
            ..Linear::constant(0)
        }
    }

    fn times(&self, factor: u32) -> Linear {
        let terms = self
            .terms
            .iter()
            .map(|&(v, by)| (v, by.wrapping_mul(factor)));
        Linear {
            terms: terms.filter(|&(_, by)| by != 0).collect(),
            constant: self.constant.wrapping_mul(factor),
            step: self.step.wrapping_mul(factor),
        }
    }

    fn plus(&self, other: &Linear) -> Option<Linear> {
        let mut terms = self.terms.clone();
        for &(value, by) in &other.terms {
            match terms.binary_search_by_key(&value, |&(v, _)| v) {
                Ok(at) => {
                    terms[at].1 = terms[at].1.wrapping_add(by);
                    if terms[at].1 == 0 {
                        terms.remove(at);
                    }
                }
                Err(at) => terms.insert(at, (value, by)),
            }
        }
        (terms.len() <= MOST_TERMS).then(|| Linear {
            terms,
            constant: self.constant.wrapping_add(other.constant),
            step: self.step.wrapping_add(other.step),
        })
    }

    /// The difference, if it is not made of too much.
    pub fn minus(&self, other: &Linear) -> Option<Linear> {
        self.plus(&other.times(u32::MAX))
    }
}

/// Finds such numbers.
pub struct Linears<'a> {
    func: &'a Func,
    it: &'a Loop,
    found: HashMap<Value, Option<Linear>>,
}

impl<'a> Linears<'a> {
    /// For a loop.
    pub fn new(func: &'a Func, it: &'a Loop) -> Linears<'a> {
        Linears {
            func,
            it,
            found: HashMap::new(),
        }
    }

    /// What the value is, if it is such a number.
    pub fn of(&mut self, value: Value) -> Option<Linear> {
        self.at(value, 0)
    }

    fn at(&mut self, value: Value, depth: u32) -> Option<Linear> {
        if self.func.values[value].ty != Type::I32 {
            return None;
        }
        if let Some(found) = self.found.get(&value) {
            return found.clone();
        }
        let found = self.find(value, depth);
        self.found.insert(value, found.clone());
        found
    }

    fn find(&mut self, value: Value, depth: u32) -> Option<Linear> {
        if let Some(bits) = self.func.const_bits(value) {
            return Some(Linear::constant(bits as u32));
        }
        if let Some(index) = self.it.param(self.func, value) {
            return self.param(index, value);
        }
        if self.it.changes(self.func, value) {
            return self.sum(value, depth);
        }
        // Sums with constants are looked through, so that what lies side by side is seen to.
        let known = match self.func.def(value) {
            Some(inst) if depth < MOST_STEPS => {
                let args = &self.func.insts[inst].args;
                args.iter().any(|&arg| self.func.const_bits(arg).is_some())
            }
            _ => false,
        };
        let sum = if known {
            self.sum(value, depth + 1)
        } else {
            None
        };
        Some(sum.unwrap_or_else(|| Linear::value(value)))
    }

    fn sum(&mut self, value: Value, depth: u32) -> Option<Linear> {
        let data = &self.func.insts[self.func.def(value)?];
        let &[a, b] = &data.args[..] else {
            return None;
        };
        let by = self.func.const_bits(b).map(|bits| bits as u32);
        match data.op {
            Op::Add => self.at(a, depth)?.plus(&self.at(b, depth)?),
            Op::Sub => self.at(a, depth)?.minus(&self.at(b, depth)?),
            Op::Mul => Some(self.at(a, depth)?.times(by?)),
            Op::Shl => Some(self.at(a, depth)?.times(1 << (by? & 31))),
            _ => None,
        }
    }

    /// A parameter that each round adds a constant to.
    fn param(&mut self, index: usize, param: Value) -> Option<Linear> {
        let next = *self.it.next.get(index)?;
        let step = if next == param {
            0
        } else {
            let data = &self.func.insts[self.func.def(next)?];
            match (data.op, &data.args[..]) {
                (Op::Add, &[a, b]) if a == param => self.func.const_bits(b)? as u32,
                (Op::Sub, &[a, b]) if a == param => {
                    (self.func.const_bits(b)? as u32).wrapping_neg()
                }
                _ => return None,
            }
        };
        let first = match &self.it.first {
            Some(first) => self.at(first[index], 0)?,
            None => Linear::value(param),
        };
        debug_assert_eq!(first.step, 0);
        Some(Linear { step, ..first })
    }
}
