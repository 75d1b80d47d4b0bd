//! Vector ops: each with each immediate on edge lanes, with operands in registers and as constants; trees that the instruction sets take
//! together; lanes in memory; conditions.

use super::vector_cases::{
    Expected, Tree, Vectors, divisions, edge_vector, immediates, in_vector, inputs, op, plain,
};
use super::{MEM, Machine};
use crate::ir::eval_vec::{eval_vec, from_lanes, lane, nan_lanes};
use crate::ir::op::{OpType, Operands};
use crate::ir::{Access, Builder, Imm, IntCc, Lanes, Op, Shape, Type, Value};
use Lanes::{F32x4, F64x2, I8x16, I16x8, I32x4, I64x2};

/// The op on edge lanes, with vectors in registers, the same in all operands, and constants.
fn each(vectors: &mut Vectors, op: Op) {
    let Operands::Listed(operands) = op.row().args else {
        panic!("{op:?} has a signature")
    };
    for imm in immediates(op) {
        let args: Vec<Tree> = operands
            .iter()
            .enumerate()
            .map(|(n, ty)| match (ty, &imm) {
                (OpType::V128, _) => Tree::In(n),
                (OpType::I32, _) => Tree::Count,
                (OpType::Lane, Imm::Lanes(lanes) | Imm::Lane { lanes, .. }) => {
                    Tree::Load(lanes.scalar(), Access::Full, 32)
                }
                (ty, imm) => panic!("{op:?} {ty:?} {imm:?}"),
            })
            .collect();
        let count_of = |t: OpType| operands.iter().filter(|&&ty| ty == t).count();
        let vector_args = count_of(OpType::V128);
        let counts: &[u64] = match count_of(OpType::I32) {
            0 => &[0],
            _ => &[0, 1, 5, 7, 8, 15, 16, 31, 32, 63, 64, 0xffff_ffff],
        };
        let divisions = divisions(&imm);
        let all = inputs(&divisions, vector_args, counts);
        let tree = Tree::Op(op, imm.clone(), args.clone());
        vectors.tree(&tree, &all);
        if matches!(imm, Imm::Lane { .. }) {
            continue;
        }
        let few: Vec<_> = all.iter().copied().step_by(all.len() / 16 + 1).collect();
        if vector_args > 1 {
            let same = args.iter().map(|arg| match arg {
                Tree::In(_) => Tree::In(0),
                other => other.clone(),
            });
            vectors.tree(&Tree::Op(op, imm.clone(), same.collect()), &few);
        }
        for (n, arg) in args.iter().enumerate() {
            let constants = match arg {
                Tree::In(_) if matches!(imm, Imm::Vec(_)) => vec![Tree::Vec(0)],
                Tree::In(_) => vec![
                    Tree::Vec(0),
                    Tree::Vec(u128::MAX),
                    Tree::Vec(edge_vector(divisions[0], 3)),
                ],
                Tree::Count => [0, 1, 6, 7, 8, 13, 31, 63, 64]
                    .map(|count| Tree::Int(Type::I32, count))
                    .to_vec(),
                _ => vec![],
            };
            for constant in constants {
                let mut args = args.clone();
                args[n] = constant;
                vectors.tree(&Tree::Op(op, imm.clone(), args), &few);
            }
        }
    }
}

fn each_of(on: Machine, ops: impl Iterator<Item = Op>) {
    let mut vectors = Vectors::new(on);
    ops.for_each(|op| each(&mut vectors, op));
    vectors.run();
}

fn vector_ops() -> impl Iterator<Item = Op> {
    Op::ALL
        .iter()
        .copied()
        .filter(|op| op.shape() == Shape::Vector)
}

fn is_float(op: &Op) -> bool {
    op.name().starts_with("vf") || nan_lanes(*op, &Imm::Lanes(F32x4)).is_some()
}

fn floats(on: Machine) {
    each_of(on, vector_ops().filter(is_float));
}

fn integers(on: Machine) {
    each_of(on, vector_ops().filter(|op| !is_float(op)));
}

/// Trees that instruction sets take together.
fn fused(on: Machine) {
    let mut vectors = Vectors::new(on);
    let [a, b, c] = [0, 1, 2].map(Tree::In);
    let int = |n: u64| Tree::Int(Type::I32, n);
    let icmp = |lanes, cc, x: &Tree, y: &Tree| {
        Tree::Op(
            Op::Vicmp,
            Imm::VecIcmp { lanes, cc },
            vec![x.clone(), y.clone()],
        )
    };
    for lanes in [I8x16, I16x8, I32x4, I64x2] {
        let mut trees = Vec::new();
        // Terms of sums and differences.
        let mut terms = Vec::new();
        if lanes != I8x16 {
            terms.push(op(Op::Vmul, lanes, &[a.clone(), b.clone()]));
            for extend in [
                Op::VextendLowS,
                Op::VextendLowU,
                Op::VextendHighS,
                Op::VextendHighU,
            ] {
                let [x, y] = [&a, &b].map(|v| op(extend, lanes, std::slice::from_ref(v)));
                terms.push(x.clone());
                terms.push(op(Op::Vmul, lanes, &[x.clone(), y.clone()]));
                terms.push(op(Op::Vsub, lanes, &[x.clone(), y.clone()]));
                terms.push(op(Op::Vadd, lanes, &[x.clone(), y.clone()]));
                terms.push(op(Op::Vshl, lanes, &[x, int(3)]));
            }
            for product in [
                Op::VextmulLowS,
                Op::VextmulLowU,
                Op::VextmulHighS,
                Op::VextmulHighU,
            ] {
                terms.push(op(product, lanes, &[a.clone(), b.clone()]));
            }
        }
        if matches!(lanes, I16x8 | I32x4) {
            terms.push(op(Op::VextaddPairwiseS, lanes, std::slice::from_ref(&a)));
            terms.push(op(Op::VextaddPairwiseU, lanes, std::slice::from_ref(&a)));
        }
        let bits = u64::from(lanes.bits());
        for k in [1, bits / 2, bits - 1] {
            let left = op(Op::Vshl, lanes, &[a.clone(), int(k)]);
            for (source, back) in [(&a, bits - k), (&b, bits - k), (&a, 1)] {
                let right = op(Op::VshrU, lanes, &[source.clone(), int(back)]);
                terms.push(right.clone());
                for logic in [Op::Vor, Op::Vxor] {
                    trees.push(plain(logic, &[left.clone(), right.clone()]));
                    trees.push(plain(logic, &[right.clone(), left.clone()]));
                }
            }
            terms.push(op(Op::VshrS, lanes, &[a.clone(), int(k)]));
        }
        for cc in [IntCc::Ne, IntCc::Eq, IntCc::GtS] {
            let mask = icmp(lanes, cc, &a, &b);
            let zero = icmp(
                lanes,
                cc,
                &plain(Op::Vand, &[a.clone(), b.clone()]),
                &Tree::Vec(0),
            );
            for mask in [mask, zero, plain(Op::Vnot, std::slice::from_ref(&a))] {
                trees.push(plain(Op::Vbitselect, &[b.clone(), c.clone(), mask.clone()]));
                for logic in [Op::Vand, Op::Vor, Op::Vandnot, Op::Vxor] {
                    trees.push(plain(logic, &[c.clone(), mask.clone()]));
                    trees.push(plain(logic, &[mask.clone(), c.clone()]));
                }
                trees.push(plain(Op::VanyTrue, std::slice::from_ref(&mask)));
                trees.push(op(Op::VallTrue, lanes, std::slice::from_ref(&mask)));
                trees.push(op(Op::Vbitmask, lanes, &[mask]));
            }
        }
        for y in terms {
            for sum in [Op::Vadd, Op::Vsub] {
                trees.push(op(sum, lanes, &[c.clone(), y.clone()]));
                trees.push(op(sum, lanes, &[y.clone(), c.clone()]));
                trees.push(op(sum, lanes, &[y.clone(), y.clone()]));
            }
        }
        let all = inputs(&[lanes, lanes.narrower().unwrap_or(lanes)], 2, &[0]);
        // All first operands, each with some second ones.
        let all: Vec<_> = all.into_iter().step_by(3).collect();
        for tree in &trees {
            vectors.tree(tree, &all);
        }
    }
    for bits in [0xffu128, 0xff00, 0x00ff_0000, 0x1234, 0x8000_0000] {
        let word = from_lanes(I32x4, |_| bits as u64);
        let half = from_lanes(I16x8, |_| bits as u64);
        for constant in [word, !word, half, !half] {
            for logic in [Op::Vand, Op::Vor, Op::Vandnot, Op::Vxor] {
                let args = [a.clone(), Tree::Vec(constant)];
                vectors.tree(&plain(logic, &args), &inputs(&[I32x4], 1, &[0]));
            }
        }
    }
    for (lanes, scalar) in [(F32x4, Type::F32), (F64x2, Type::F64)] {
        let splat = op(Op::Vsplat, lanes, &[Tree::Load(scalar, Access::Full, 32)]);
        let of_lane = op(
            Op::Vsplat,
            lanes,
            &[Tree::Op(
                Op::Vextract,
                Imm::Lane { lanes, lane: 1 },
                vec![b.clone()],
            )],
        );
        let bytes = lanes.bits() as u8 / 8;
        let repeated: [u8; 16] = std::array::from_fn(|i| 16 + bytes + i as u8 % bytes);
        let shuffled = Tree::Op(
            Op::Vshuffle,
            Imm::Vec(u128::from_le_bytes(repeated)),
            vec![a.clone(), b.clone()],
        );
        let all = inputs(&[lanes], 2, &[0]);
        for y in [splat, of_lane, shuffled] {
            for (x, y) in [(a.clone(), y.clone()), (y, a.clone())] {
                vectors.tree(&op(Op::Vfmul, lanes, &[x.clone(), y.clone()]), &all);
                let args = [x, y, c.clone()];
                vectors.tree(&op(Op::Vfma, lanes, &args), &all);
                vectors.tree(&op(Op::Vfnma, lanes, &args), &all);
            }
        }
    }
    vectors.run();
}

/// Constants of every kind, and scalars in all positions.
fn constants(on: Machine) {
    let mut vectors = Vectors::new(on);
    let one = [([0; 3], 0)];
    let mut words: Vec<u64> = vec![0x3f80_0000, 0x4000_0000, 0x1234_5678, 0x12_ffff, 0x12ff];
    for byte in [0x01, 0x80, 0xff, 0x5a] {
        for shift in [0, 8, 16, 24] {
            words.extend([byte << shift, !(byte << shift) & 0xffff_ffff]);
        }
    }
    for &word in &words {
        for lanes in [I8x16, I16x8, I32x4, I64x2] {
            let splat = from_lanes(lanes, |_| word);
            for bits in [splat, !splat, splat >> 64, splat << 64] {
                vectors.tree(&Tree::Vec(bits), &one);
            }
        }
    }
    for bits in [
        1 << 127 | 1 << 63,
        !(1u128 << 127 | 1 << 63),
        0xff00_ffff_0000_00ff_ff00_ffff_0000_00ff,
        from_lanes(F64x2, |_| 1.5f64.to_bits()),
        from_lanes(F64x2, |i| if i == 0 { 1.5f64.to_bits() } else { 0 }),
        from_lanes(F32x4, |i| if i == 0 { 0x3fc0_0000 } else { 0 }),
        0x0123_4567_89ab_cdef_0f1e_2d3c_4b5a_6978,
        0x89ab_cdef_0f1e_2d3c,
    ] {
        vectors.tree(&Tree::Vec(bits), &one);
    }
    vectors.run();
}

/// Loads of lanes into vectors and stores of lanes, at addresses with and without an offset.
fn lanes_in_memory(on: Machine) {
    let mut vectors = Vectors::new(on);
    let exact = |lanes: Lanes| match lanes {
        I8x16 => vec![Access::U8, Access::S8],
        I16x8 => vec![Access::U16, Access::S16],
        _ => vec![Access::Full],
    };
    let all = inputs(&[I8x16, F32x4, F64x2], 1, &[0]);
    for lanes in Lanes::ALL {
        for access in exact(lanes).into_iter().chain([Access::Full]) {
            for at in [0, 16, 24] {
                let scalar = Tree::Load(lanes.scalar(), access, at);
                let splat = op(Op::Vsplat, lanes, std::slice::from_ref(&scalar));
                vectors.tree(&splat, &all);
                for lane in 0..lanes.count() as u8 {
                    for into in [Tree::In(2), Tree::Vec(0), Tree::Vec(u128::MAX)] {
                        let imm = Imm::Lane { lanes, lane };
                        let args = vec![into, scalar.clone()];
                        vectors.tree(&Tree::Op(Op::Vreplace, imm, args), &all[..4]);
                    }
                }
            }
        }
    }
    // From lane to lane.
    for lanes in Lanes::ALL {
        let extract = match lanes {
            I8x16 | I16x8 => Op::VextractU,
            _ => Op::Vextract,
        };
        for from in 0..lanes.count() as u8 {
            let imm = Imm::Lane { lanes, lane: from };
            let scalar = Tree::Op(extract, imm, vec![Tree::In(1)]);
            vectors.tree(
                &op(Op::Vsplat, lanes, std::slice::from_ref(&scalar)),
                &all[..4],
            );
            let to = (from + 1) % lanes.count() as u8;
            let imm = Imm::Lane { lanes, lane: to };
            let args = vec![Tree::In(0), scalar];
            vectors.tree(&Tree::Op(Op::Vreplace, imm, args), &all[..4]);
        }
    }
    // Stores; the cell is read back.
    for lanes in Lanes::ALL {
        let (extract, access) = match lanes {
            I8x16 => (Op::VextractU, Access::U8),
            I16x8 => (Op::VextractS, Access::U16),
            _ => (Op::Vextract, Access::Full),
        };
        for index in 0..lanes.count() as u8 {
            for at in [0, 20] {
                let func = vectors.func(|b, params| {
                    let source = Tree::In(2).emit(b, params);
                    let ty = lanes.scalar();
                    let imm = Imm::Lane { lanes, lane: index };
                    let inst = b.emit(extract, ty, imm, &[source], &[ty]);
                    let value = b.result(inst);
                    b.store(ty, access, MEM(), params[0], value, at);
                    Tree::In(at as usize / 16).emit(b, params)
                });
                for &(inputs, count) in &all[..4] {
                    let shift = 8 * (at as u32 % 16);
                    let value = u128::from(lane(inputs[2], lanes, u32::from(index)));
                    let hole = !((u128::MAX >> (128 - lanes.bits())) << shift);
                    let old = inputs[at as usize / 16];
                    let expected = Expected {
                        what: format!("store of lane {index} of {lanes:?} at {at}"),
                        bits: old & hole | value << shift,
                        other: None,
                        nans: None,
                    };
                    vectors.case(func, inputs, count, expected);
                }
            }
        }
    }
    vectors.run();
}

/// Conditions about all lanes decide branches and selects.
fn conditions(on: Machine) {
    let mut vectors = Vectors::new(on);
    for lanes in [I8x16, I16x8, I32x4, I64x2] {
        let full = (1u64 << lanes.count()) - 1;
        let masks = [
            Tree::In(0),
            Tree::Op(
                Op::Vicmp,
                Imm::VecIcmp {
                    lanes,
                    cc: IntCc::Eq,
                },
                vec![Tree::In(0), Tree::In(1)],
            ),
            Tree::Op(
                Op::Vicmp,
                Imm::VecIcmp {
                    lanes,
                    cc: IntCc::Ne,
                },
                vec![Tree::In(0), Tree::In(1)],
            ),
        ];
        let signs = [0, u128::MAX, 1, 1 << 127, u128::MAX >> 1, u128::MAX - 1];
        let mut all = inputs(&[lanes], 2, &[0]);
        for first in signs {
            all.extend(signs.map(|second| ([first, second, 0], 0)));
        }
        for mask in masks {
            for (test, constants) in [
                (plain(Op::VanyTrue, std::slice::from_ref(&mask)), vec![]),
                (op(Op::VallTrue, lanes, std::slice::from_ref(&mask)), vec![]),
                (
                    op(Op::Vbitmask, lanes, std::slice::from_ref(&mask)),
                    vec![full, 1],
                ),
            ] {
                for constant in constants.into_iter().chain([0]) {
                    for cc in [None, Some(IntCc::Eq), Some(IntCc::Ne)] {
                        for usage in 0..3 {
                            condition(&mut vectors, &test, cc, constant, usage, &all);
                        }
                    }
                }
            }
        }
    }
    vectors.run();
}

/// The test, compared with a constant or not, as the condition of a branch, a select of numbers, a select of vectors.
fn condition(
    vectors: &mut Vectors,
    test: &Tree,
    cc: Option<IntCc>,
    constant: u64,
    usage: u32,
    all: &[([u128; 3], u64)],
) {
    let (yes, no) = (7u64, 9u64);
    let func = vectors.func(|b, params| {
        let value = test.emit(b, params);
        let cond = match cc {
            None => value,
            Some(cc) => {
                let constant = b.constant(Type::I32, constant);
                let imm = Imm::IntCc(cc);
                let inst = b.emit(Op::Icmp, Type::I32, imm, &[value, constant], &[Type::I32]);
                b.result(inst)
            }
        };
        if usage == 2 {
            let (yes, no) = (b.constant_vec(yes.into()), b.constant_vec(no.into()));
            return b.select(Type::V128, cond, yes, no);
        }
        let ty = Type::I64;
        let (yes, no) = (b.constant(ty, yes), b.constant(ty, no));
        let value = if usage == 1 {
            b.select(ty, cond, yes, no)
        } else {
            let (then, or_else, join) = (b.create_block(), b.create_block(), b.create_block());
            let merged = b.append_param(join, ty);
            b.branch(cond, (then, &[]), (or_else, &[]));
            b.switch_to(then);
            b.jump(join, &[yes]);
            b.switch_to(or_else);
            b.jump(join, &[no]);
            b.switch_to(join);
            merged
        };
        in_vector(b, value, ty)
    });
    for &(inputs, count) in all {
        let value = test.eval(&inputs, count) as u64;
        let holds = match cc {
            None => value != 0,
            Some(IntCc::Eq) => value == constant,
            Some(_) => value != constant,
        };
        let expected = Expected {
            what: format!("{test:?} {cc:?} {constant:#x} usage {usage}"),
            bits: u128::from(if holds { yes } else { no }),
            other: None,
            nans: None,
        };
        vectors.case(func, inputs, count, expected);
    }
}

/// More vectors live than registers: they are spilled, across nothing but themselves.
fn pressure(on: Machine) {
    let mut vectors = Vectors::new(on);
    let count = 40u64;
    let func = vectors.func(|b, params| {
        let x = Tree::In(0).emit(b, params);
        let add = |b: &mut Builder, x, y| {
            let imm = Imm::Lanes(I8x16);
            let inst = b.emit(Op::Vadd, Type::V128, imm, &[x, y], &[Type::V128]);
            b.result(inst)
        };
        let all: Vec<Value> = (0..count)
            .map(|n| {
                let constant = b.constant_vec(u128::from(n) << 100 | u128::from(n));
                add(b, x, constant)
            })
            .collect();
        // Used in an order that keeps all alive.
        let sum = all.iter().rev().fold(x, |sum, &y| add(b, sum, y));
        all.iter().fold(sum, |sum, &y| {
            let inst = b.emit(Op::Vxor, Type::V128, Imm::None, &[sum, y], &[Type::V128]);
            b.result(inst)
        })
    });
    for (inputs, number) in inputs(&Lanes::ALL, 1, &[0, 1]) {
        let add = |x: u128, y: u128| {
            eval_vec(Op::Vadd, &Imm::Lanes(I8x16), &[x, y]).expect("a vector op")
        };
        let x = inputs[0];
        let all = (0..count).map(|n| add(x, u128::from(n) << 100 | u128::from(n)));
        let sum = all.clone().rev().fold(x, add);
        let expected = Expected {
            what: "pressure".to_string(),
            bits: all.fold(sum, |sum, y| sum ^ y),
            other: None,
            nans: None,
        };
        vectors.case(func, inputs, number, expected);
    }
    vectors.run();
}

super::tests! { integers floats fused constants lanes_in_memory conditions pressure }
