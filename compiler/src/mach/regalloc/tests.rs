//! The allocator on random functions of a made-up machine with few registers, judged by [`check`]; and that [`check`] finds what is wrong.

use super::*;
use crate::ir::dom::Tree;
use crate::mach::mir::{Constraint, Control, Edge, MBlockData, Operand, PReg, Pos, RegClass};

/// An instruction is what it asks for.
#[derive(Clone, Debug)]
struct Fake {
    operands: Vec<Operand>,
    clobbers: PRegSet,
    control: Control,
}

impl MachInst for Fake {
    fn operands(&self, visit: &mut dyn FnMut(Operand)) {
        self.operands.iter().copied().for_each(visit);
    }
    fn clobbers(&self) -> PRegSet {
        self.clobbers
    }
    fn control(&self) -> Control {
        self.control
    }
}

const INTS: u8 = 6;

fn env() -> RegEnv {
    let int = PReg::int;
    let floats = [PReg::float(0), PReg::float(1), PReg::float(2)];
    RegEnv {
        preferred: PRegSet::of(&[int(0), int(1), int(2), int(3)]).union(PRegSet::of(&floats)),
        non_preferred: PRegSet::of(&[int(4), int(INTS - 1), PReg::float(3)]),
        save_order: &[],
        half_saved: PRegSet::of(&[PReg::float(3)]),
        always_saved: PRegSet::EMPTY,
        entry_bytes: 0,
        save_align: 8,
    }
}

/// Random numbers (Steele and others, "Fast Splittable Pseudorandom Number Generators", 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ z >> 31) % n as u64) as usize
    }
    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// Makes a function.
struct Maker {
    random: Random,
    func: MFunc<Fake>,
    /// By block: its values, with those that it takes over.
    values: Vec<Vec<VReg>>,
}

impl Maker {
    fn value(&mut self, class: RegClass) -> VReg {
        let vreg = VReg::new(self.func.vreg_count, class);
        self.func.vreg_count += 1;
        vreg
    }
    fn class(&mut self) -> RegClass {
        match self.random.one_in(3) {
            true => RegClass::Float,
            false => RegClass::Int,
        }
    }
    fn pick(&mut self, from: &[VReg], class: RegClass) -> Option<VReg> {
        let of: Vec<VReg> = (from.iter().copied())
            .filter(|v| v.class() == class)
            .collect();
        (!of.is_empty()).then(|| of[self.random.below(of.len())])
    }
    fn push(&mut self, operands: Vec<Operand>, clobbers: PRegSet, control: Control) {
        let inst = Fake {
            operands,
            clobbers,
            control,
        };
        self.func.push(inst, crate::ir::Origin::NONE);
    }

    /// An instruction that does not end a block, of values that are there; adds what it defines.
    fn instruction(&mut self, there: &mut Vec<VReg>) {
        let class = self.class();
        let result = self.value(class);
        let mut operands = Vec::new();
        let mut clobbers = PRegSet::EMPTY;
        let int = |maker: &mut Maker, there: &[VReg]| maker.pick(there, RegClass::Int);
        match self.random.below(9) {
            0 | 1 => operands.push(Operand::def(result)),
            2 => {
                for _ in 0..1 + self.random.below(2) {
                    let any = self.random.one_in(2);
                    let of = self.class();
                    if let Some(v) = self.pick(there, of) {
                        operands.push(if any {
                            Operand::any(v)
                        } else {
                            Operand::reg(v)
                        });
                    }
                }
                operands.push(Operand::def(result));
            }
            3 => {
                if let Some(v) = self.pick(there, class) {
                    operands.push(Operand::reg(v));
                    if let Some(v) = self.pick(there, class) {
                        operands.push(Operand::any(v));
                    }
                    operands.push(Operand::def_reuse(result, 0));
                } else {
                    operands.push(Operand::def(result));
                }
            }
            4 => match (self.pick(there, class), int(self, there)) {
                (Some(v), Some(count)) => {
                    operands.push(Operand::reg(v));
                    operands.push(Operand::fixed(count, PReg::int(1)));
                    operands.push(Operand::def_reuse(result, 0));
                }
                _ => operands.push(Operand::def(result)),
            },
            5 => {
                if let (Some(a), Some(b)) = (int(self, there), int(self, there)) {
                    let (low, high) = (self.value(RegClass::Int), self.value(RegClass::Int));
                    operands.push(Operand::fixed(a, PReg::int(0)));
                    operands.push(Operand::any(b));
                    operands.push(Operand::def_fixed(low, PReg::int(0)));
                    operands.push(Operand::def_fixed(high, PReg::int(2)));
                    there.extend([low, high]);
                }
                operands.push(Operand::def(result));
            }
            6 => {
                let temp = self.value(RegClass::Int);
                if let Some(v) = int(self, there) {
                    operands.push(Operand::reg(v));
                }
                operands.push(Operand::def_early(temp));
                operands.push(Operand::def(result));
            }
            7 => {
                if let Some(v) = int(self, there) {
                    operands.push(Operand::reg(v));
                    let pinned = Operand {
                        vreg: self.value(RegClass::Int),
                        constraint: Constraint::Fixed(PReg::int(0)),
                        role: Role::Def,
                        pos: Pos::Early,
                    };
                    operands.push(pinned);
                    there.push(pinned.vreg);
                }
                operands.push(Operand::def(result));
            }
            _ => {
                self.call(there, &mut operands, &mut clobbers, result);
            }
        }
        self.push(operands, clobbers, Control::None);
        there.push(result);
    }

    fn call(
        &mut self,
        there: &[VReg],
        operands: &mut Vec<Operand>,
        clobbers: &mut PRegSet,
        result: VReg,
    ) {
        for reg in 0..self.random.below(3) as u8 {
            if let Some(v) = self.pick(there, RegClass::Int) {
                operands.push(Operand::fixed(v, PReg::int(reg)));
            }
        }
        if self.random.one_in(2)
            && let Some(v) = self.pick(there, RegClass::Int)
        {
            operands.push(Operand::reg(v));
        }
        let reg = match result.class() {
            RegClass::Int => PReg::int(0),
            RegClass::Float => PReg::float(0),
        };
        operands.push(Operand::def_fixed(result, reg));
        for _ in 0..self.random.below(3) {
            let class = self.class();
            if let Some(v) = self.pick(there, class) {
                operands.push(match self.random.one_in(2) {
                    true => Operand::stack(v),
                    false => Operand::any_late(v),
                });
            }
        }
        *clobbers = env().preferred.minus(PRegSet::of(&[reg]));
    }
}

/// Successors of the blocks of a random graph, in reverse postorder, without critical edges.
fn graph(random: &mut Random) -> Vec<Vec<u32>> {
    let count = 1 + random.below(12);
    let mut succs: Vec<Vec<u32>> = Vec::new();
    for block in 0..count {
        let target = |random: &mut Random| match random.one_in(3) {
            true => 1 + random.below(count) as u32,
            false => (block + 1 + random.below(3)) as u32,
        };
        let targets = match random.below(3) {
            0 => vec![target(random)],
            n => (0..=n).map(|_| target(random)).collect(),
        };
        succs.push(targets.into_iter().filter(|&t| t < count as u32).collect());
    }
    // The edges of blocks with several get blocks.
    for block in 0..count {
        if succs[block].len() > 1 {
            for i in 0..succs[block].len() {
                let to = succs[block][i];
                succs[block][i] = succs.len() as u32;
                succs.push(vec![to]);
            }
        }
    }
    let mut order = Vec::new();
    let mut seen = vec![false; succs.len()];
    postorder(0, &succs, &mut seen, &mut order);
    order.reverse();
    let mut position = vec![0; succs.len()];
    for (i, &block) in order.iter().enumerate() {
        position[block as usize] = i as u32;
    }
    let renamed = order.iter().map(|&block| {
        let to = succs[block as usize].iter();
        to.map(|&t| position[t as usize]).collect()
    });
    renamed.collect()
}

fn postorder(block: u32, succs: &[Vec<u32>], seen: &mut [bool], order: &mut Vec<u32>) {
    if std::mem::replace(&mut seen[block as usize], true) {
        return;
    }
    for &to in &succs[block as usize] {
        postorder(to, succs, seen, order);
    }
    order.push(block);
}

fn make(seed: u64) -> MFunc<Fake> {
    let mut random = Random(seed);
    let succs = graph(&mut random);
    let count = succs.len();
    let mut preds: Vec<Vec<u32>> = vec![Vec::new(); count];
    for (block, to) in succs.iter().enumerate() {
        for &to in to {
            preds[to as usize].push(block as u32);
        }
    }
    let tree = Tree::new(count, &|node, out| out.extend(&preds[node as usize]));
    let wide = random.one_in(2);
    let mut maker = Maker {
        random,
        func: MFunc {
            is_profiled: false,
            insts: Vec::new(),
            locs: Vec::new(),
            blocks: Vec::new(),
            edges: Vec::new(),
            preds_pool: Vec::new(),
            vregs_pool: Vec::new(),
            operands: Vec::new(),
            operand_ends: Vec::new(),
            clobbers: Vec::new(),
            vreg_count: 0,
            slots: Vec::new(),
            outgoing: 0,
            has_calls: true,
            wide_floats: wide,
            references: Vec::new(),
            watches: Vec::new(),
        },
        values: Vec::new(),
    };
    for (block, to) in succs.iter().enumerate() {
        let mut data = MBlockData {
            cold: block != 0 && maker.random.one_in(6),
            ..MBlockData::default()
        };
        let mut there = match block {
            0 => Vec::new(),
            _ => maker.values[tree.idom[block] as usize].clone(),
        };
        let start = maker.func.vregs_pool.len() as u32;
        if block != 0 {
            for _ in 0..maker.random.below(5) {
                let class = maker.class();
                let param = maker.value(class);
                maker.func.vregs_pool.push(param);
                there.push(param);
            }
        }
        data.params = start..maker.func.vregs_pool.len() as u32;
        let first = maker.func.insts.len() as u32;
        if block == 0 {
            // So that there is an argument for every parameter.
            for class in [RegClass::Int, RegClass::Float] {
                let value = maker.value(class);
                maker.push(vec![Operand::def(value)], PRegSet::EMPTY, Control::None);
                there.push(value);
            }
        }
        for _ in 0..maker.random.below(8) {
            maker.instruction(&mut there);
        }
        let mut operands = Vec::new();
        let mut clobbers = PRegSet::EMPTY;
        let control = match to[..] {
            [] => Control::Exit,
            [to] => Control::Jump(MBlock::from_u32(to)),
            _ => Control::Branch,
        };
        match control {
            Control::Branch if maker.random.one_in(3) => {
                let class = maker.class();
                let result = maker.value(class);
                let before = there.clone();
                maker.call(&before, &mut operands, &mut clobbers, result);
                there.push(result);
            }
            Control::Branch | Control::Exit => {
                if let Some(v) = maker.pick(&there, RegClass::Int) {
                    operands.push(Operand::reg(v));
                }
            }
            Control::Jump(_) | Control::None => {}
        }
        maker.push(operands, clobbers, control);
        data.insts = first..maker.func.insts.len() as u32;
        maker.func.blocks.push(data);
        maker.values.push(there);
    }
    for block in 0..count {
        let start = maker.func.edges.len() as u32;
        for &to in &succs[block] {
            let params = maker.func.blocks[to as usize].params.clone();
            let first = maker.func.vregs_pool.len() as u32;
            for param in params {
                let class = maker.func.vregs_pool[param as usize].class();
                let there = maker.values[block].clone();
                let arg = maker.pick(&there, class);
                let arg = arg.expect("the first block's, if there is no other");
                maker.func.vregs_pool.push(arg);
            }
            maker.func.edges.push(Edge {
                to: MBlock::from_u32(to),
                args: first..maker.func.vregs_pool.len() as u32,
            });
        }
        maker.func.blocks[block].succs = start..maker.func.edges.len() as u32;
        let start = maker.func.preds_pool.len() as u32;
        let of = preds[block].iter().map(|&p| MBlock::from_u32(p));
        maker.func.preds_pool.extend(of);
        maker.func.blocks[block].preds = start..maker.func.preds_pool.len() as u32;
    }
    maker.func
}

#[test]
fn random_functions_are_allocated_right() {
    for seed in 0..6000 {
        let func = make(seed);
        ssa::definitions(&func).expect("values are defined before they are used");
        for local in [false, true] {
            let allocation = walk(&func, &env(), local);
            if let Err(error) = check::check(&func, &env(), &allocation) {
                panic!("seed {seed}, local {local}: {error}");
            }
        }
    }
}

/// Operands in other registers and moves from elsewhere.
#[test]
fn what_is_wrong_is_found() {
    let (mut found, mut changed) = (0, 0);
    for seed in 0..40 {
        let func = make(seed);
        let right = walk(&func, &env(), false);
        for index in 0..right.locs.len() {
            let operand = func.operands[index];
            let Loc::Reg(reg) = right.locs[index] else {
                continue;
            };
            // One register further.
            let mut wrong = right.clone();
            let next = match reg.class() {
                RegClass::Int => PReg::int((reg.hw() + 1) % INTS),
                RegClass::Float => PReg::float((reg.hw() + 1) % 4),
            };
            wrong.locs[index] = Loc::Reg(next);
            let told = check::check(&func, &env(), &wrong);
            changed += 1;
            found += usize::from(told.is_err());
            let is_bound = matches!(operand.constraint, Constraint::Fixed(_));
            assert!(!is_bound || told.is_err(), "seed {seed}, operand {index}");
        }
        for index in 0..right.moves.len() {
            let mut wrong = right.clone();
            wrong.moves[index].from = wrong.moves[index].to;
            changed += 1;
            found += usize::from(check::check(&func, &env(), &wrong).is_err());
        }
    }
    // The rest does no harm: a definition that nothing uses, a second copy of a value.
    assert!(
        changed > 500 && found * 10 > changed * 7,
        "{found} of {changed}"
    );
}
