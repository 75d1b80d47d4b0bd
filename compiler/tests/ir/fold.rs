//! The builder's rules against the interpreter: a function built with folding must do what the same function built without does.

use crate::random::Random;
use crate::support::{interesting, program, run_pure};
use wative_compiler::ir::*;

/// An instruction on earlier values.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Step {
    Unary(Op, Type),
    Binary(Op, Type),
    Icmp(IntCc, Type),
    Fcmp(FloatCc, Type),
    Convert(Op, Type, Type),
    Select(Type),
    Carry(Op),
}

impl Step {
    pub fn operands(self) -> Vec<Type> {
        match self {
            Step::Unary(_, ty) => vec![ty],
            Step::Binary(_, ty) | Step::Icmp(_, ty) | Step::Fcmp(_, ty) => vec![ty, ty],
            Step::Convert(_, from, _) => vec![from],
            Step::Select(ty) => vec![Type::I32, ty, ty],
            Step::Carry(_) => vec![Type::I64; 4],
        }
    }
    pub fn result(self) -> Type {
        match self {
            Step::Unary(_, ty) | Step::Binary(_, ty) | Step::Select(ty) => ty,
            Step::Icmp(..) | Step::Fcmp(..) => Type::I32,
            Step::Carry(_) => Type::I64,
            Step::Convert(_, _, to) => to,
        }
    }
    pub fn emit(self, b: &mut Builder, args: &[Value]) -> Value {
        match self {
            Step::Unary(op, ty) => b.unary(op, ty, args[0]),
            Step::Binary(op, ty) => b.binary(op, ty, args[0], args[1]),
            Step::Icmp(cc, ty) => b.icmp(cc, ty, args[0], args[1]),
            Step::Fcmp(cc, ty) => b.fcmp(cc, ty, args[0], args[1]),
            Step::Convert(op, _, to) => b.convert(op, to, args[0]),
            Step::Select(ty) => b.select(ty, args[0], args[1], args[2]),
            Step::Carry(op) => b.carry(op, [args[0], args[1], args[2], args[3]]),
        }
    }
}

/// Every pure op with every type and condition.
pub fn all_steps() -> Vec<Step> {
    use Op::*;
    use Type::{F32, F64, I32, I64};
    let mut steps = Vec::new();
    for ty in [I32, I64] {
        for op in [
            Add, Sub, Mul, DivS, DivU, RemS, RemU, And, Or, Xor, Shl, ShrS, ShrU, Rotl, Rotr,
        ] {
            steps.push(Step::Binary(op, ty));
        }
        for op in [Clz, Ctz, Popcnt, Bswap, Ext8S, Ext16S] {
            steps.push(Step::Unary(op, ty));
        }
        steps.extend(IntCc::ALL.map(|cc| Step::Icmp(cc, ty)));
        for from in [F32, F64] {
            for op in [TruncS, TruncU, TruncSatS, TruncSatU] {
                steps.push(Step::Convert(op, from, ty));
            }
        }
    }
    steps.push(Step::Unary(Ext32S, I64));
    for ty in [F32, F64] {
        for op in [Fadd, Fsub, Fmul, Fdiv, Fmin, Fmax, Fcopysign] {
            steps.push(Step::Binary(op, ty));
        }
        for op in [Fabs, Fneg, Fsqrt, Fceil, Ffloor, Ftrunc, Fnearest] {
            steps.push(Step::Unary(op, ty));
        }
        steps.extend(FloatCc::ALL.map(|cc| Step::Fcmp(cc, ty)));
        for from in [I32, I64] {
            steps.push(Step::Convert(ConvS, from, ty));
            steps.push(Step::Convert(ConvU, from, ty));
        }
    }
    for (op, from, to) in [
        (Wrap, I64, I32),
        (ExtS, I32, I64),
        (ExtU, I32, I64),
        (Demote, F64, F32),
        (Promote, F32, F64),
        (Bitcast, I32, F32),
        (Bitcast, F32, I32),
        (Bitcast, I64, F64),
        (Bitcast, F64, I64),
    ] {
        steps.push(Step::Convert(op, from, to));
    }
    steps.extend([I32, I64, F32, F64].map(Step::Select));
    steps.extend([MulHighS, MulHighU].map(|op| Step::Binary(op, I64)));
    steps.extend([AddCarry, SubBorrow].map(Step::Carry));
    steps
}

/// An operand: a parameter of the function, a constant, or the result of the step before.
#[derive(Clone, Copy, Debug)]
pub enum Operand {
    Param(usize),
    Constant(u64),
    Previous,
}

/// A function of some parameters that performs the steps and returns the last result.
pub fn build(params: &[Type], steps: &[(Step, Vec<Operand>)], fold: bool) -> Func {
    let result = steps[steps.len() - 1].0.result();
    let sig = Signature {
        params: params.to_vec(),
        results: vec![result],
    };
    let mut func = Func::new(crate::support::id(0), "f".to_string(), sig, Conv::Wasm);
    let mut b = Builder::new(&mut func, fold);
    let entry = b.create_block();
    let params: Vec<Value> = params.iter().map(|&ty| b.append_param(entry, ty)).collect();
    b.switch_to(entry);
    let mut previous = None;
    for (step, operands) in steps {
        let mut args = Vec::new();
        for (operand, ty) in operands.iter().zip(step.operands()) {
            args.push(match operand {
                Operand::Param(i) => params[*i],
                Operand::Constant(bits) => b.constant(ty, *bits),
                Operand::Previous => previous.unwrap(),
            });
        }
        previous = Some(step.emit(&mut b, &args));
    }
    b.ret(&[previous.unwrap()]);
    func
}

/// Checks a step sequence for the given arguments of its parameters.
fn check(params: &[Type], steps: &[(Step, Vec<Operand>)], inputs: &[Vec<u64>]) {
    let plain = build(params, steps, false);
    let folded = build(params, steps, true);
    let mut program = program(&plain.sig);
    program.memories = Default::default();
    verify::verify(&folded, &program).unwrap();
    for input in inputs {
        let expected = run_pure(&program, &plain, input);
        let found = run_pure(&program, &folded, input);
        assert_eq!(
            expected, found,
            "{steps:?} of {input:x?}:\n{plain}\n{folded}"
        );
    }
}

#[test]
fn constants_fold_to_what_the_interpreter_computes() {
    for step in all_steps() {
        let types = step.operands();
        let mut tuples: Vec<Vec<u64>> = vec![vec![]];
        for &ty in &types {
            let longer = |tuple: &Vec<u64>| {
                let mut values = interesting(ty);
                // A select's condition and values are independent; few of each do.
                if types.len() == 3 {
                    values.truncate(3);
                }
                let extend = |bits: u64| [tuple.clone(), vec![bits]].concat();
                values.into_iter().map(extend).collect::<Vec<_>>()
            };
            tuples = tuples.iter().flat_map(longer).collect();
        }
        for tuple in tuples {
            let operands = tuple.iter().map(|&bits| Operand::Constant(bits)).collect();
            check(&[], &[(step, operands)], &[vec![]]);
        }
    }
}

#[test]
fn an_unknown_operand_with_a_constant() {
    for step in all_steps() {
        let types = step.operands();
        if types.len() != 2 {
            continue;
        }
        let inputs: Vec<Vec<u64>> = interesting(types[0]).iter().map(|&x| vec![x]).collect();
        for constant in interesting(types[0]) {
            let constant = Operand::Constant(constant);
            check(
                &types[..1],
                &[(step, vec![Operand::Param(0), constant])],
                &inputs,
            );
            check(
                &types[..1],
                &[(step, vec![constant, Operand::Param(0)])],
                &inputs,
            );
        }
        check(
            &types[..1],
            &[(step, vec![Operand::Param(0), Operand::Param(0)])],
            &inputs,
        );
    }
}

#[test]
fn division_by_every_kind_of_constant() {
    let mut random = Random::new(1);
    for op in [Op::DivS, Op::DivU, Op::RemS, Op::RemU] {
        for ty in [Type::I32, Type::I64] {
            for i in 0..400u64 {
                let divisor = match i {
                    0..=130 => i,
                    131..=260 => (i - 131).wrapping_neg(),
                    _ => random.word() >> random.below(64),
                } & wative_compiler::ir::eval::mask(ty);
                let mut inputs = interesting(ty);
                // Around multiples of the divisor.
                for _ in 0..8 {
                    let multiple = random.word().wrapping_mul(divisor);
                    inputs.extend([multiple, multiple.wrapping_sub(1), random.word()]);
                }
                let mask = wative_compiler::ir::eval::mask(ty);
                let inputs: Vec<Vec<u64>> = inputs.iter().map(|x| vec![x & mask]).collect();
                let operands = vec![Operand::Param(0), Operand::Constant(divisor)];
                check(&[ty], &[(Step::Binary(op, ty), operands)], &inputs);
            }
        }
    }
}

/// Every pair of ops where the second takes the first's result, with random operands besides.
#[test]
fn pairs_of_ops() {
    let steps = all_steps();
    let mut random = Random::new(2);
    for &first in &steps {
        for &second in &steps {
            for (position, &ty) in second.operands().iter().enumerate() {
                if ty == first.result() {
                    chain(&mut random, &[first, second], position);
                    chain(&mut random, &[first, second], position);
                }
            }
        }
    }
}

/// Longer random chains.
#[test]
fn chains_of_ops() {
    let steps = all_steps();
    let mut random = Random::new(3);
    for _ in 0..20_000 {
        let mut chosen = vec![*random.pick(&steps)];
        while chosen.len() < 5 {
            let next = *random.pick(&steps);
            if next.operands().contains(&chosen[chosen.len() - 1].result()) {
                chosen.push(next);
            }
        }
        chain(&mut random, &chosen, 0);
    }
}

/// Builds and checks a chain; the previous result goes to the operand at `position` if its type fits, else to the first that fits.
fn chain(random: &mut Random, chosen: &[Step], position: usize) {
    let mut params = Vec::new();
    let mut steps = Vec::new();
    for (i, &step) in chosen.iter().enumerate() {
        let types = step.operands();
        let previous = i.checked_sub(1).map(|i| chosen[i].result());
        let fits = |at: usize| previous == Some(types[at]);
        let place = match previous {
            Some(_) if position < types.len() && fits(position) => Some(position),
            _ => (0..types.len()).find(|&at| fits(at)),
        };
        let mut operands = Vec::new();
        for (at, &ty) in types.iter().enumerate() {
            operands.push(if place == Some(at) {
                Operand::Previous
            } else if random.below(3) > 0 {
                Operand::Constant(*random.pick(&interesting(ty)))
            } else {
                let same = params.iter().position(|&p| p == ty);
                match same {
                    Some(i) if random.below(2) == 0 => Operand::Param(i),
                    _ => {
                        params.push(ty);
                        Operand::Param(params.len() - 1)
                    }
                }
            });
        }
        steps.push((step, operands));
    }
    let mut inputs = Vec::new();
    for _ in 0..6 {
        inputs.push(
            params
                .iter()
                .map(|&ty| *random.pick(&interesting(ty)))
                .collect(),
        );
    }
    check(&params, &steps, &inputs);
}
