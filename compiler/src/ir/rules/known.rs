//! Bits of an integer that can be one: a cheap bound on a value, from its definition.

use super::super::build::Builder;
use super::super::cfg::Cfg;
use super::super::eval_vec;
use super::super::types::Access;
use super::super::{Block, Func, InstData, IntCc};
use super::eval::{mask, width};
use super::{Imm, Op, Type, Value};
use std::collections::HashMap;

/// How many definitions to look through on the longest path.
const DEPTH: u32 = 4;

/// Likewise for what blocks are given, which is asked of all of them.
const DEPTH_OF_ARGUMENTS: u32 = 2;

/// How often all arguments are looked at until nothing is learnt anew.
const MOST_PASSES: u32 = 8;

/// How often the bits of a parameter may become more before they are all.
const MOST_CHANGES: u8 = 2;

/// Bits of block parameters that may be one, where not all may.
pub type Params = HashMap<Value, u64>;

/// A mask of the bits of `value` that may be one.
pub fn possible(b: &Builder, value: Value) -> u64 {
    bits(b.func, b.known_params(), value, DEPTH)
}

/// Finds which bits of the parameters of blocks may be one. Assumes none of each, and adds what they are given until that is all.
pub fn params(func: &Func, cfg: &Cfg) -> Params {
    let mut known: HashMap<Value, (u64, u8)> = HashMap::new();
    let is_narrow = |value: Value| matches!(func.values[value].ty, Type::I32 | Type::I64);
    for &block in cfg.rpo.iter().skip(1) {
        let params = func.blocks[block]
            .params
            .iter()
            .filter(|&&param| is_narrow(param));
        known.extend(params.map(|&param| (param, (0, 0))));
    }
    if known.is_empty() {
        return Params::new();
    }
    let mut possible: Params = known.iter().map(|(&param, _)| (param, 0)).collect();
    for _ in 0..MOST_PASSES {
        let mut changed = false;
        let ends = cfg.rpo.iter().filter_map(|&block| func.terminator(block));
        for (end, (index, target)) in ends.flat_map(|end| {
            let targets = InstData::targets(end).enumerate();
            targets.map(move |target| (end, target))
        }) {
            let params = &func.blocks[target.block].params;
            for (at, (&param, &arg)) in params.iter().zip(&target.args).enumerate() {
                let Some((before, changes)) = known.get_mut(&param) else {
                    continue;
                };
                if *before == mask(func.values[param].ty) || arg == param {
                    continue;
                }
                let given = bits(func, &possible, arg, DEPTH_OF_ARGUMENTS);
                let edge = Edge {
                    end,
                    index,
                    block: target.block,
                    at,
                };
                let most = edge.most(func, cfg, param, arg, given);
                let now = *before | given & most;
                if now != *before {
                    *changes += 1;
                    *before = if *changes > MOST_CHANGES {
                        *before | most
                    } else {
                        now
                    };
                    possible.insert(param, *before);
                    changed = true;
                }
            }
        }
        if !changed {
            possible.retain(|&param, bits| *bits != mask(func.values[param].ty));
            return possible;
        }
    }
    Params::new()
}

/// A way into a block, on which it is given something for the parameter at `at`.
struct Edge<'a> {
    end: &'a InstData,
    /// Of the end's targets.
    index: usize,
    block: Block,
    at: usize,
}

impl Edge<'_> {
    /// A mask of the bits that the argument may have where a branch that compares it goes this way; `given`: those that it may have anywhere.
    fn most(&self, func: &Func, cfg: &Cfg, param: Value, arg: Value, given: u64) -> u64 {
        let ty = func.values[arg].ty;
        let all = mask(ty);
        if self.end.op != Op::Branch {
            return all;
        }
        let (condition, holds) = (self.end.args[0], self.index == 0);
        if condition == arg {
            return if holds {
                self.counted(func, cfg, param, arg, 0)
            } else {
                0
            };
        }
        let compared = func.def(condition).map(|inst| &func.insts[inst]);
        let Some((data, cc)) = compared.and_then(|data| match data.imm {
            Imm::IntCc(cc) => Some((data, cc)),
            _ => None,
        }) else {
            return all;
        };
        let bound = func.const_bits(data.args[1]);
        let (true, Some(bound)) = (data.args[0] == arg, bound) else {
            return all;
        };
        let is_positive = (given | bound) >> (width(ty) - 1) == 0;
        match if holds { cc } else { cc.inverse() } {
            IntCc::Eq => bound,
            IntCc::LtU => up_to_highest(bound.saturating_sub(1)),
            IntCc::LeU => up_to_highest(bound),
            IntCc::LtS if is_positive => up_to_highest(bound.saturating_sub(1)),
            IntCc::LeS if is_positive => up_to_highest(bound),
            IntCc::Ne => self.counted(func, cfg, param, arg, bound),
            _ => all,
        }
    }

    /// Likewise where a loop goes on until a number that each round adds the same to has become `end`.
    fn counted(&self, func: &Func, cfg: &Cfg, param: Value, arg: Value, end: u64) -> u64 {
        let ty = func.values[arg].ty;
        let all = mask(ty);
        let first = || {
            let &[a, b] = cfg.preds(self.block) else {
                return None;
            };
            let ends = [a, b].into_iter().filter_map(|pred| func.terminator(pred));
            let targets = ends.flat_map(InstData::targets);
            let mut given = targets
                .filter(|target| target.block == self.block)
                .map(|target| target.args[self.at])
                .filter(|&other| other != arg);
            let first = given.next()?;
            if given.next().is_some() {
                return None;
            }
            func.const_bits(first)
        };
        let step = func.def(arg).and_then(|inst| {
            let data = &func.insts[inst];
            let is_step = data.op == Op::Add && data.args[0] == param;
            is_step.then(|| func.const_bits(data.args[1])).flatten()
        });
        let (Some(step), Some(first)) = (step, first()) else {
            return all;
        };
        let sign = 1 << (width(ty) - 1);
        let (distance, step) = if step & sign == 0 {
            (end.checked_sub(first), step)
        } else {
            (first.checked_sub(end), step.wrapping_neg() & all)
        };
        match distance {
            // It meets the end before it wraps.
            Some(distance) if distance != 0 && step != 0 && distance.is_multiple_of(step) => {
                up_to_highest(first | end)
            }
            _ => all,
        }
    }
}

/// Whether the sign bit is certainly zero.
pub fn is_non_negative(b: &Builder, value: Value) -> bool {
    let ty = b.ty(value);
    possible(b, value) & (1 << (width(ty) - 1)) == 0
}

fn bits(func: &Func, params: &Params, value: Value, depth: u32) -> u64 {
    let ty = func.values[value].ty;
    let all = mask(ty);
    let Some(data) = func.def(value).map(|inst| &func.insts[inst]) else {
        return params.get(&value).copied().unwrap_or(all);
    };
    if depth == 0 || !ty.is_int() {
        return match data.imm {
            Imm::Bits(bits) => bits,
            _ => all,
        };
    }
    let arg = |i: usize| bits(func, params, data.args[i], depth - 1);
    let count = |i: usize| {
        func.const_bits(data.args[i])
            .map(|c| (c % u64::from(width(ty))) as u32)
    };
    match data.op {
        Op::Const => match data.imm {
            Imm::Bits(bits) => bits,
            _ => all,
        },
        Op::Icmp | Op::Fcmp | Op::VanyTrue | Op::VallTrue => 1,
        Op::Vbitmask => match data.imm {
            Imm::Lanes(lanes) => (1 << lanes.count()) - 1,
            _ => all,
        },
        Op::VextractU => match data.imm {
            Imm::Lane { lanes, .. } => eval_vec::mask(lanes),
            _ => all,
        },
        Op::And => arg(0) & arg(1),
        Op::Or | Op::Xor => arg(0) | arg(1),
        Op::Select => arg(1) | arg(2),
        Op::Shl => match count(1) {
            Some(c) => (arg(0) << c) & all,
            None => all,
        },
        Op::ShrU => match count(1) {
            Some(c) => arg(0) >> c,
            // Shifting right only lowers: no bit above the highest possible one.
            None => up_to_highest(arg(0)),
        },
        Op::DivU | Op::RemU => up_to_highest(arg(0)),
        Op::Add | Op::AddCarry => {
            // The sum of two numbers below 2^n is below 2^(n+1), with a carry, too.
            let highest = up_to_highest(arg(0) | arg(1));
            if highest >= all >> 1 {
                all
            } else {
                highest << 1 | 1
            }
        }
        Op::ExtU => arg(0),
        Op::ExtS if arg(0) & 0x8000_0000 == 0 => arg(0),
        Op::Wrap => arg(0) & mask(Type::I32),
        Op::Bswap => arg(0).swap_bytes() >> (64 - width(ty)),
        Op::Clz | Op::Ctz | Op::Popcnt => u64::from(width(ty)) * 2 - 1,
        Op::Load => match data.imm {
            Imm::Mem { access, .. } => loaded(access, all),
            _ => all,
        },
        Op::RawLoad => match data.imm {
            Imm::Raw { access, .. } => loaded(access, all),
            _ => all,
        },
        _ => all,
    }
}

fn loaded(access: Access, all: u64) -> u64 {
    match access {
        Access::U8 => 0xff,
        Access::U16 => 0xffff,
        Access::U32 => 0xffff_ffff,
        Access::Full | Access::S8 | Access::S16 | Access::S32 => all,
    }
}

/// All bits from the highest one of `bits` down.
fn up_to_highest(bits: u64) -> u64 {
    match bits {
        0 => 0,
        _ => u64::MAX >> bits.leading_zeros(),
    }
}
