//! What is known of references to objects at a point of the program: which ones a value may be.
//!
//! An access tells that its object is one, a test or comparison that a branch or trap depends on what its operand is where that is passed, and an allocation what it
//! returns. Such facts hold in all that the place dominates; what is left of a part of the dominator tree is forgotten. A block parameter is what its arguments may
//! be on the edges, if all are known. Types of objects never change, so nothing else ends a fact.

use crate::entity::SideMap;
use crate::ir::{Block, Builder, Cast, Imm, InstData, IntCc, Op, Program, Type, Value};

/// Conditions that are looked through for those that they are made of.
const DEPTH: u32 = 4;

/// The facts.
pub struct Refs {
    known: SideMap<Value, Cast>,
    /// What was known before, in order of learning.
    before: Vec<(Value, Cast)>,
    /// By block (of the old function) and parameter: what arguments may be on the edges so far.
    incoming: SideMap<Block, Vec<Cast>>,
}

impl Refs {
    pub fn new() -> Refs {
        Refs {
            known: SideMap::new(Cast::ALL, 0),
            before: Vec::new(),
            incoming: SideMap::new(Vec::new(), 0),
        }
    }

    /// A place to return to.
    pub fn mark(&self) -> usize {
        self.before.len()
    }

    /// Forgets what was learnt since.
    pub fn forget(&mut self, mark: usize) {
        for (value, before) in self.before.drain(mark..).rev() {
            self.known[value] = before;
        }
    }

    /// Which references a value may be.
    pub fn of(&self, b: &Builder, value: Value) -> Cast {
        match b.as_const(value) {
            Some(0) => return Cast::NULL,
            Some(_) => return Cast::I31,
            None => {}
        }
        let is_number = b
            .as_unary(value, Op::Bitcast)
            .and_then(|bits| b.as_binary(bits, Op::Or))
            .and_then(|(_, tag)| b.as_const(tag))
            .is_some_and(|tag| tag & 1 != 0);
        match is_number {
            true => Cast::I31,
            false => self.known[value],
        }
    }

    /// Learns that a value is in a set.
    pub fn learn(&mut self, value: Value, set: Cast) {
        let before = self.known[value];
        let now = before.and(set);
        if now != before {
            self.before.push((value, before));
            self.known[value] = now;
        }
    }

    /// Learns what an instruction says of its operands and results once it was executed.
    pub fn executed(&mut self, b: &Builder, program: &Program, data: &InstData, result: Value) {
        match data.op {
            Op::GcLoad | Op::GcStore | Op::GcLoadElem | Op::GcStoreElem => {
                self.learn(data.args[0], Cast::OBJECTS);
            }
            Op::GcNew | Op::GcNewArray | Op::GcNewData | Op::GcNewElem => {
                let (Imm::Sig(ty) | Imm::TypeData { ty, .. } | Imm::TypeElem { ty, .. }) = data.imm
                else {
                    data.wrong_imm()
                };
                let exactly = Cast {
                    first: program.types.numbers(ty).0,
                    count: 1,
                    ..Cast::NOTHING
                };
                self.learn(result, exactly);
            }
            Op::TrapIf => self.assume(b, data.args[0], false, DEPTH),
            _ => {}
        }
    }

    /// Learns that a condition holds, or that it does not.
    pub fn decided(&mut self, b: &Builder, condition: Value, holds: bool) {
        self.assume(b, condition, holds, DEPTH);
    }

    fn assume(&mut self, b: &Builder, condition: Value, holds: bool, depth: u32) {
        let Some(data) = b.def(condition).filter(|_| depth > 0) else {
            return;
        };
        match (data.op, &data.imm) {
            (Op::GcTest, &Imm::Cast { to, .. }) => self.select(b, data.args[0], to, holds),
            (Op::Icmp, &Imm::IntCc(cc @ (IntCc::Eq | IntCc::Ne))) => {
                let (x, y) = (data.args[0], data.args[1]);
                let equal = holds == (cc == IntCc::Eq);
                match data.ty {
                    Type::Gc if b.as_const(y) == Some(0) => self.select(b, x, Cast::NULL, equal),
                    Type::Gc if equal => {
                        let both = self.of(b, x).and(self.of(b, y));
                        self.learn(x, both);
                        self.learn(y, both);
                    }
                    Type::I32 if b.as_const(y) == Some(0) => self.assume(b, x, !equal, depth - 1),
                    _ => {}
                }
            }
            // Of flags and other numbers: a bit of both is set, or none of either.
            (Op::And, _) if holds => data.args.iter().for_each(|&part| {
                self.assume(b, part, true, depth - 1);
            }),
            (Op::Or, _) if !holds => data.args.iter().for_each(|&part| {
                self.assume(b, part, false, depth - 1);
            }),
            _ => {}
        }
    }

    /// Learns that a value is in a set, or that it is not.
    fn select(&mut self, b: &Builder, value: Value, set: Cast, is_in: bool) {
        match is_in {
            true => self.learn(value, set),
            false => {
                let rest = self.of(b, value).minus(set);
                self.learn(value, rest);
            }
        }
    }

    /// What a test or comparison of references answers, if that is known; else its immediate with what is known.
    pub fn answer(&self, b: &Builder, data: &InstData, args: &[Value]) -> Result<bool, Imm> {
        match data.imm {
            Imm::Cast { to, mut from } if data.op == Op::GcTest => {
                let mut set = self.of(b, args[0]);
                set.null &= from.null;
                set.i31 &= from.i31;
                if set.is_within(to) {
                    return Ok(true);
                }
                if set.and(to) == Cast::NOTHING {
                    return Ok(false);
                }
                (from.null, from.i31) = (set.null, set.i31);
                Err(Imm::Cast { to, from })
            }
            Imm::IntCc(cc @ (IntCc::Eq | IntCc::Ne)) if data.ty == Type::Gc => {
                let both = self.of(b, args[0]).and(self.of(b, args[1]));
                match both == Cast::NOTHING {
                    true => Ok(cc == IntCc::Ne),
                    false => Err(data.imm.clone()),
                }
            }
            _ => Err(data.imm.clone()),
        }
    }

    /// Notes what arguments may be on an edge into a block. `condition` decides it, and whether by holding.
    pub fn enters(
        &mut self,
        b: &Builder,
        block: Block,
        args: &[Value],
        condition: Option<(Value, bool)>,
    ) {
        if !args.iter().any(|&arg| b.ty(arg) == Type::Gc) {
            return;
        }
        let mark = self.mark();
        if let Some((condition, holds)) = condition {
            self.decided(b, condition, holds);
        }
        let sets = args.iter().map(|&arg| self.of(b, arg));
        let sets: Vec<Cast> = match &self.incoming[block][..] {
            [] => sets.collect(),
            others => sets.zip(others).map(|(a, &b)| a.or(b)).collect(),
        };
        self.incoming[block] = sets;
        self.forget(mark);
    }

    /// Learns what the parameter of a block is, all of whose edges are known.
    pub fn entered(&mut self, block: Block, index: usize, param: Value) {
        if let Some(&set) = self.incoming[block].get(index) {
            self.learn(param, set);
        }
    }
}
