//! The vectors of rows.

use super::super::linear::Linear;
use super::{Count, Elements, Lane, Make, Node, NodeId, Planner};
use crate::ir::{self, FloatCc, Imm, Inst, InstData, IntCc, Lanes, Op, Type, Value};
use smallvec::{SmallVec, smallvec};

/// Vectors of a plan.
const MOST_NODES: usize = 96;

/// Definitions that are looked through for how large a number can be.
const MOST_STEPS: u32 = 8;

impl Planner<'_> {
    fn push(&mut self, make: Make, is_before: bool, inst: Option<Inst>) -> Option<NodeId> {
        if self.nodes.len() == MOST_NODES {
            return None;
        }
        if !is_before {
            self.cost += cost(&make, self.lanes);
        }
        self.nodes.push(Node {
            make,
            is_before,
            inst,
        });
        Some(self.nodes.len() - 1)
    }

    pub(super) fn op(
        &mut self,
        op: Op,
        imm: Imm,
        args: &[NodeId],
        inst: Option<Inst>,
    ) -> Option<NodeId> {
        let is_before = args.iter().all(|&arg| self.nodes[arg].is_before);
        self.push(
            Make::Op(op, imm, SmallVec::from_slice(args)),
            is_before,
            inst,
        )
    }

    fn constant(&mut self, bits: u128) -> Option<NodeId> {
        self.push(Make::Constant(bits), true, None)
    }

    /// The vector of a row, if there can be one.
    pub(super) fn build(&mut self, row: &[Lane]) -> Option<NodeId> {
        let round = |&(value, n): &Lane| {
            let changes = self.it.changes(self.func, value);
            (value, if changes { n } else { 0 })
        };
        let row: Vec<Lane> = row.iter().map(round).collect();
        if let Some(found) = self.found.get(&row) {
            return *found;
        }
        let found = self.make(&row);
        self.found.insert(row, found);
        found
    }

    fn make(&mut self, row: &[Lane]) -> Option<NodeId> {
        let (func, it) = (self.func, self.it);
        let ty = func.values[row[0].0].ty;
        let lanes = self.lanes_of(ty)?;
        if row.iter().any(|&(value, _)| func.values[value].ty != ty) {
            return None;
        }
        if row.iter().all(|&(value, _)| !it.changes(func, value)) {
            let values = row.iter().map(|&(value, _)| value).collect();
            return self.push(Make::Same(lanes, values), true, None);
        }
        if let Some((first, added)) = self.series(row) {
            let is_before = first.step == 0;
            return self.push(Make::Series(lanes, first, added), is_before, None);
        }
        let inst = func.def(row[0].0)?;
        let data = &func.insts[inst];
        let is_alike = |&(value, _): &Lane| {
            let other = func.def(value).filter(|inst| it.insts.contains(inst));
            other.is_some_and(|other| {
                let other = &func.insts[other];
                (other.op, other.ty) == (data.op, data.ty)
                    && (other.op == Op::Load || other.imm == data.imm)
            })
        };
        if !row.iter().all(is_alike) {
            return None;
        }
        match data.op {
            Op::Load => self.load(row, lanes),
            Op::Shl | Op::ShrS | Op::ShrU | Op::Rotl | Op::Rotr => self.shift(row, inst, lanes),
            Op::Icmp | Op::Fcmp => {
                let mask = self.mask(row, lanes.bits())?;
                let ones = self.constant(splat(lanes, 1))?;
                self.op(Op::Vand, Imm::None, &[mask, ones], Some(inst))
            }
            Op::Select => {
                let mask = self.mask(&self.operands(row, 0), lanes.bits())?;
                let a = self.build(&self.operands(row, 1))?;
                let b = self.build(&self.operands(row, 2))?;
                self.op(Op::Vbitselect, Imm::None, &[a, b, mask], Some(inst))
            }
            _ => {
                let (op, imm) = self.vector_op(data, lanes)?;
                let args: Option<SmallVec<[NodeId; 3]>> = match data.args.len() {
                    1 => Some(smallvec![self.build(&self.operands(row, 0))?]),
                    2 => {
                        let (a, b) = self.both_operands(row);
                        Some(smallvec![self.build(&a)?, self.build(&b)?])
                    }
                    _ => None,
                };
                let args = args?;
                match op {
                    // The same bits.
                    None => Some(args[0]),
                    Some(op) => self.op(op, imm, &args, Some(inst)),
                }
            }
        }
    }

    fn operands(&self, row: &[Lane], index: usize) -> Vec<Lane> {
        let operand = |&(value, n): &Lane| {
            let inst = self.func.def(value).expect("of an instruction");
            (self.func.insts[inst].args[index], n)
        };
        row.iter().map(operand).collect()
    }

    /// The operands of an op with two; where it does not matter which is which, as they are alike.
    fn both_operands(&self, row: &[Lane]) -> (Vec<Lane>, Vec<Lane>) {
        let (mut a, mut b) = (self.operands(row, 0), self.operands(row, 1));
        let data = &self.func.insts[self.func.def(row[0].0).expect("of an instruction")];
        if ir::rules::is_commutative(data.op) {
            let kind = |value: Value| {
                let changes = self.it.changes(self.func, value);
                (
                    changes,
                    changes.then(|| self.func.def(value).map(|inst| self.func.insts[inst].op)),
                )
            };
            let first = kind(a[0].0);
            for (a, b) in a.iter_mut().zip(&mut b).skip(1) {
                if kind(a.0) != first && kind(b.0) == first {
                    std::mem::swap(a, b);
                }
            }
        }
        (a, b)
    }

    /// Numbers that differ by constants and grow alike.
    fn series(&mut self, row: &[Lane]) -> Option<(Linear, Vec<u32>)> {
        let first = self.linears.of(row[0].0)?;
        let at =
            |linear: &Linear, n: u32| linear.constant.wrapping_add(linear.step.wrapping_mul(n));
        let start = at(&first, row[0].1);
        let mut added = Vec::new();
        for &(value, n) in row {
            let linear = self.linears.of(value)?;
            if linear.terms != first.terms || linear.step != first.step {
                return None;
            }
            added.push(at(&linear, n).wrapping_sub(start));
        }
        let first = Linear {
            constant: start,
            ..first
        };
        Some((first, added))
    }

    fn elements(&self, lane: Lane, lanes: Lanes) -> Option<Elements> {
        let access = self.accesses.loaded(self.func, lane.0)?;
        let step = self.accesses.groups[access.group].step;
        (access.bytes * 8 <= lanes.bits()).then(|| Elements {
            group: access.group,
            at: access.at + step * lane.1,
            bytes: access.bytes,
            is_signed: matches!(
                access.kind,
                ir::Access::S8 | ir::Access::S16 | ir::Access::S32
            ),
            lanes,
        })
    }

    fn load(&mut self, row: &[Lane], lanes: Lanes) -> Option<NodeId> {
        let elements: Option<Vec<Elements>> =
            row.iter().map(|&lane| self.elements(lane, lanes)).collect();
        let elements = elements?;
        let first = elements[0];
        let is_alike = |e: &Elements| {
            (e.group, e.bytes, e.is_signed) == (first.group, first.bytes, first.is_signed)
        };
        if !elements.iter().all(is_alike) {
            return None;
        }
        let inst = self.func.def(row[0].0);
        let is_next = |(i, e): (usize, &Elements)| e.at == first.at + first.bytes * i as u32;
        if elements.iter().all(|e| e.at == first.at) {
            let is_before = self.accesses.groups[first.group].step == 0;
            self.push(Make::Spread(first), is_before, inst)
        } else if elements.iter().enumerate().all(is_next) {
            self.push(Make::Load(first), false, inst)
        } else if let [a, b] = elements[..]
            && a.bytes == 8
        {
            self.push(Make::Pair([a, b]), false, inst)
        } else {
            None
        }
    }

    fn shift(&mut self, row: &[Lane], inst: Inst, lanes: Lanes) -> Option<NodeId> {
        let data = &self.func.insts[inst];
        let bits = lanes.bits();
        let counts = self.operands(row, 1);
        let known = |&(value, _): &Lane| self.func.const_bits(value).map(|count| count as u32);
        let count = match known(&counts[0]) {
            Some(count) if counts.iter().all(|other| known(other) == Some(count)) => {
                let width = if data.ty == Type::I64 { 64 } else { 32 };
                Count::Bits(count % width)
            }
            None if counts.iter().all(|other| other.0 == counts[0].0)
                && !self.it.changes(self.func, counts[0].0)
                && lanes == Lanes::I32x4 =>
            {
                Count::Value(counts[0].0)
            }
            _ => return None,
        };
        if let Count::Bits(count) = count
            && count >= bits
        {
            return None;
        }
        let values = self.operands(row, 0);
        let is_exact = self.fits(&values);
        let op = match data.op {
            Op::Shl => Op::Vshl,
            Op::ShrU if is_exact => Op::VshrU,
            // Numbers that fit into narrower lanes are not negative.
            Op::ShrS if is_exact && bits < 32 => Op::VshrU,
            Op::ShrS if bits == 32 => Op::VshrS,
            Op::Rotl | Op::Rotr if bits >= 32 => return self.rotate(&values, inst, lanes, count),
            _ => return None,
        };
        let value = self.build(&values)?;
        self.shifted(op, lanes, value, count, inst)
    }

    fn shifted(
        &mut self,
        op: Op,
        lanes: Lanes,
        value: NodeId,
        count: Count,
        inst: Inst,
    ) -> Option<NodeId> {
        let is_before = self.nodes[value].is_before;
        self.push(Make::Shift(op, lanes, value, count), is_before, Some(inst))
    }

    /// By a known number of bits.
    fn rotate(
        &mut self,
        values: &[Lane],
        inst: Inst,
        lanes: Lanes,
        count: Count,
    ) -> Option<NodeId> {
        let Count::Bits(count) = count else {
            return None;
        };
        let is_left = self.func.insts[inst].op == Op::Rotl;
        let left = if is_left { count } else { lanes.bits() - count };
        if count == 0 {
            return None;
        }
        let value = self.build(values)?;
        let upper = self.shifted(Op::Vshl, lanes, value, Count::Bits(left), inst)?;
        let right = Count::Bits(lanes.bits() - left);
        let lower = self.shifted(Op::VshrU, lanes, value, right, inst)?;
        self.op(Op::Vor, Imm::None, &[upper, lower], Some(inst))
    }

    /// Lanes of so many bits, all ones where the conditions hold.
    pub(super) fn mask(&mut self, row: &[Lane], bits: u32) -> Option<NodeId> {
        let func = self.func;
        let inst = func.def(row[0].0)?;
        let data = &func.insts[inst];
        let is_alike = |&(value, _): &Lane| {
            let other = func.def(value).filter(|inst| self.it.insts.contains(inst));
            other.is_some_and(|other| {
                let other = &func.insts[other];
                (other.op, other.ty, &other.imm) == (data.op, data.ty, &data.imm)
            })
        };
        let compared = data.args.first().map(|&arg| func.values[arg].ty);
        let is_alike = row.iter().all(is_alike);
        let is_condition = |row: &[Lane]| row.iter().all(|lane| self.largest(lane.0, 0) <= 1);
        match (data.op, &data.imm) {
            (Op::Icmp, Imm::IntCc(_)) | (Op::Sub, _) if is_alike => {
                let cc = match data.imm {
                    Imm::IntCc(cc) => cc,
                    // A difference that is not zero.
                    _ => IntCc::Ne,
                };
                let lanes = self.lanes_of(compared?)?;
                let (a, b) = (self.operands(row, 0), self.operands(row, 1));
                let cc = self.condition(cc, lanes, &a, &b)?;
                if lanes.bits() != bits {
                    return None;
                }
                let args = [self.build(&a)?, self.build(&b)?];
                self.op(Op::Vicmp, Imm::VecIcmp { lanes, cc }, &args, Some(inst))
            }
            (Op::Fcmp, &Imm::FloatCc(cc)) if is_alike => {
                let lanes = self.lanes_of(compared?)?;
                if lanes.bits() != bits {
                    return None;
                }
                let args = [
                    self.build(&self.operands(row, 0))?,
                    self.build(&self.operands(row, 1))?,
                ];
                self.op(Op::Vfcmp, Imm::VecFcmp { lanes, cc }, &args, Some(inst))
            }
            (Op::And | Op::Or | Op::Xor, _)
                if is_alike
                    && is_condition(&self.operands(row, 0))
                    && is_condition(&self.operands(row, 1)) =>
            {
                let args = [
                    self.mask(&self.operands(row, 0), bits)?,
                    self.mask(&self.operands(row, 1), bits)?,
                ];
                let op = bitwise(data.op)?;
                self.op(op, Imm::None, &args, Some(inst))
            }
            _ => {
                let lanes = self.lanes_of(func.values[row[0].0].ty)?;
                if lanes.bits() != bits || !self.fits(row) {
                    return None;
                }
                let zero = self.constant(0)?;
                let args = [self.build(row)?, zero];
                let imm = Imm::VecIcmp {
                    lanes,
                    cc: IntCc::Ne,
                };
                self.op(Op::Vicmp, imm, &args, Some(inst))
            }
        }
    }

    /// The comparison of lanes that says what the one of whole numbers says.
    fn condition(&self, cc: IntCc, lanes: Lanes, a: &[Lane], b: &[Lane]) -> Option<IntCc> {
        let is_equality = matches!(cc, IntCc::Eq | IntCc::Ne);
        if lanes == Lanes::I64x2 {
            let is_unsigned = matches!(cc, IntCc::LtU | IntCc::LeU | IntCc::GtU | IntCc::GeU);
            return (!is_unsigned).then_some(cc);
        }
        if !self.fits(a) || !self.fits(b) {
            return None;
        }
        if lanes == Lanes::I32x4 || is_equality {
            return Some(cc);
        }
        // Numbers that fit into narrower lanes are not negative.
        Some(match cc {
            IntCc::LtS => IntCc::LtU,
            IntCc::LeS => IntCc::LeU,
            IntCc::GtS => IntCc::GtU,
            IntCc::GeS => IntCc::GeU,
            other => other,
        })
    }

    /// Whether all of the values are in their lanes, none cut.
    fn fits(&self, row: &[Lane]) -> bool {
        let is_cut = |&(value, _): &Lane| {
            self.func.values[value].ty == Type::I32 && self.largest(value, 0) >> self.width != 0
        };
        !row.iter().any(is_cut)
    }

    /// A number that the i32 is not larger than, unsigned.
    fn largest(&self, value: Value, depth: u32) -> u64 {
        const ANY: u64 = u32::MAX as u64;
        let Some(inst) = self.func.def(value).filter(|_| depth < MOST_STEPS) else {
            return ANY;
        };
        let data = &self.func.insts[inst];
        let of = |index: usize| self.largest(data.args[index], depth + 1);
        let known = |index: usize| self.func.const_bits(data.args[index]);
        // The largest number with the same highest bit.
        let filled = |number: u64| u64::MAX.checked_shr(number.leading_zeros()).unwrap_or(0);
        let largest = match (data.op, &data.imm) {
            (Op::Const, &Imm::Bits(bits)) => bits,
            (Op::Load, Imm::Mem { access, .. }) => match access {
                ir::Access::U8 => 0xff,
                ir::Access::U16 => 0xffff,
                _ => ANY,
            },
            (Op::Icmp | Op::Fcmp, _) => 1,
            (Op::Add, _) => of(0) + of(1),
            (Op::Mul, _) => of(0).saturating_mul(of(1)),
            (Op::And, _) => of(0).min(of(1)),
            (Op::Or | Op::Xor, _) => filled(of(0) | of(1)),
            (Op::Select, _) => of(1).max(of(2)),
            (Op::ShrU, _) => match known(1) {
                Some(count) => of(0) >> (count & 31),
                None => of(0),
            },
            (Op::Shl, _) => match known(1) {
                Some(count) => of(0) << (count & 31),
                None => ANY,
            },
            _ => ANY,
        };
        // What is larger wraps, to anything.
        if largest > ANY { ANY } else { largest }
    }

    /// The op on lanes that does what an instruction does; no op if its result has the operand's bits.
    fn vector_op(&self, data: &InstData, lanes: Lanes) -> Option<(Option<Op>, Imm)> {
        let of_lanes = |op: Op| Some((Some(op), Imm::Lanes(lanes)));
        let plain = |op: Op| Some((Some(op), Imm::None));
        let from = data.args.first().map(|&arg| self.func.values[arg].ty)?;
        let is_whole = from != Type::I32 || self.width == 32;
        match data.op {
            Op::Add => of_lanes(Op::Vadd),
            Op::Sub => of_lanes(Op::Vsub),
            Op::Mul if matches!(lanes, Lanes::I16x8 | Lanes::I32x4) => of_lanes(Op::Vmul),
            Op::And | Op::Or | Op::Xor => plain(bitwise(data.op)?),
            Op::Fadd => of_lanes(Op::Vfadd),
            Op::Fsub => of_lanes(Op::Vfsub),
            Op::Fmul => of_lanes(Op::Vfmul),
            Op::Fdiv => of_lanes(Op::Vfdiv),
            Op::Fmin => of_lanes(Op::Vfmin),
            Op::Fmax => of_lanes(Op::Vfmax),
            Op::Fabs => of_lanes(Op::Vfabs),
            Op::Fneg => of_lanes(Op::Vfneg),
            Op::Fsqrt => of_lanes(Op::Vfsqrt),
            Op::Fceil => of_lanes(Op::Vfceil),
            Op::Ffloor => of_lanes(Op::Vffloor),
            Op::Ftrunc => of_lanes(Op::Vftrunc),
            Op::Fnearest => of_lanes(Op::Vfnearest),
            Op::ExtS if is_whole && self.lanes == 2 => of_lanes(Op::VextendLowS),
            Op::ExtU if is_whole && self.lanes == 2 => of_lanes(Op::VextendLowU),
            Op::Promote if self.lanes == 2 => plain(Op::Vpromote),
            Op::Demote if self.lanes == 2 => plain(Op::Vdemote),
            Op::ConvS | Op::ConvU if from == Type::I32 && is_whole => {
                let is_signed = data.op == Op::ConvS;
                plain(match (data.ty, is_signed) {
                    (Type::F32, true) => Op::VconvS,
                    (Type::F32, false) => Op::VconvU,
                    (_, true) => Op::VconvLowS,
                    (_, false) => Op::VconvLowU,
                })
            }
            Op::Bitcast if is_whole && (data.ty != Type::I32 || self.width == 32) => {
                Some((None, Imm::None))
            }
            _ => None,
        }
    }
}

fn bitwise(op: Op) -> Option<Op> {
    match op {
        Op::And => Some(Op::Vand),
        Op::Or => Some(Op::Vor),
        Op::Xor => Some(Op::Vxor),
        _ => None,
    }
}

/// The number in all lanes.
fn splat(lanes: Lanes, number: u64) -> u128 {
    let mask = u128::MAX >> (128 - lanes.bits());
    let lane = u128::from(number) & mask;
    (0..lanes.count()).fold(0, |all, i| all | lane << (i * lanes.bits()))
}

/// Instructions, about.
fn cost(make: &Make, count: u32) -> usize {
    match make {
        Make::Constant(_) | Make::Same(..) => 0,
        Make::Series(..) => 1,
        Make::Load(elements) => {
            let mut cost = 1 + usize::from(elements.bytes * count < 16);
            let mut bits = elements.bytes * 8;
            while bits < elements.lanes.bits() {
                bits *= 2;
                cost += 1;
            }
            cost
        }
        Make::Spread(_) => 2,
        Make::Pair(_) => 3,
        Make::Op(op, imm, _) => match (op, imm) {
            (Op::Vmul, _) => 2,
            (Op::Vicmp, Imm::VecIcmp { cc, .. }) => match cc {
                IntCc::Eq | IntCc::GtS | IntCc::LtS => 1,
                _ => 2,
            },
            (
                Op::Vfcmp,
                Imm::VecFcmp {
                    cc: FloatCc::Ne, ..
                },
            ) => 2,
            (Op::Vbitselect, _) => 2,
            (Op::Vfmin | Op::Vfmax | Op::VconvU | Op::VconvLowU, _) => 6,
            _ => 1,
        },
        Make::Shift(_, lanes, ..) => 1 + usize::from(lanes.bits() == 8) * 2,
    }
}
