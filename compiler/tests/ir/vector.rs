//! Vector ops: the builder's rules against the interpreter, and edge cases of the evaluator that the official tests leave out.

use crate::random::Random;
use crate::support::{id, interesting, program, run_pure};
use wative_compiler::ir::eval_vec::{eval_vec, from_lanes, lane, splat};
use wative_compiler::ir::op::{ImmKind, OpType, Operands};
use wative_compiler::ir::*;

/// Every vector op.
fn ops() -> Vec<Op> {
    let all = Op::ALL.iter().copied();
    all.filter(|op| op.shape() == Shape::Vector).collect()
}

/// A random op with a random immediate of its own.
pub fn step(random: &mut Random) -> (Op, Imm) {
    let op = *random.pick(&ops());
    (op, immediate(op, random))
}

fn immediate(op: Op, random: &mut Random) -> Imm {
    match op.row().imm {
        ImmKind::None => Imm::None,
        ImmKind::Lanes(lanes) => Imm::Lanes(*random.pick(lanes)),
        ImmKind::Lane(lanes) => {
            let lanes = *random.pick(lanes);
            let lane = random.below(lanes.count() as usize) as u8;
            Imm::Lane { lanes, lane }
        }
        ImmKind::VecIcmp => {
            let lanes = [Lanes::I8x16, Lanes::I16x8, Lanes::I32x4, Lanes::I64x2];
            let lanes = *random.pick(&lanes);
            let signed = [
                IntCc::Eq,
                IntCc::Ne,
                IntCc::LtS,
                IntCc::GtS,
                IntCc::LeS,
                IntCc::GeS,
            ];
            let cc = match lanes {
                Lanes::I64x2 => *random.pick(&signed),
                _ => *random.pick(&IntCc::ALL),
            };
            Imm::VecIcmp { lanes, cc }
        }
        ImmKind::VecFcmp => Imm::VecFcmp {
            lanes: *random.pick(&[Lanes::F32x4, Lanes::F64x2]),
            cc: *random.pick(&FloatCc::ALL),
        },
        ImmKind::Shuffle => Imm::Vec(indices(random)),
        kind => panic!("{op:?} with {kind:?}"),
    }
}

/// Indices of a shuffle: whole lanes in some order, of one or both vectors, or any.
fn indices(random: &mut Random) -> u128 {
    let width = *random.pick(&[1, 2, 4, 8]);
    let from = *random.pick(&[16, 32]);
    let sources: Vec<u64> = (0..16 / width)
        .map(|_| random.below(from / width) as u64)
        .collect();
    from_lanes(Lanes::I8x16, |i| {
        let i = i as usize;
        sources[i / width] * width as u64 + (i % width) as u64
    })
}

/// Types of the operands.
pub fn operands(op: Op, imm: &Imm) -> Vec<Type> {
    let lanes = match *imm {
        Imm::Lanes(lanes) | Imm::Lane { lanes, .. } => lanes,
        _ => Lanes::I8x16,
    };
    let Operands::Listed(args) = op.row().args else {
        panic!("{op:?} has a signature")
    };
    let ty = |ty: &OpType| ty.fixed().unwrap_or(lanes.scalar());
    args.iter().map(ty).collect()
}

/// A vector at whose bits rules and edge cases change.
pub fn constant(random: &mut Random) -> u128 {
    let lanes = *random.pick(&Lanes::ALL);
    let values = interesting(lanes.scalar());
    match random.below(6) {
        0 => 0,
        1 => u128::MAX,
        2 => indices(random),
        3 => splat(lanes, *random.pick(&values)),
        _ => {
            let values: Vec<u64> = (0..16).map(|_| *random.pick(&values)).collect();
            from_lanes(lanes, |i| values[i as usize])
        }
    }
}

/// A parameter's value as slots.
fn slots(ty: Type, random: &mut Random) -> Vec<u64> {
    match ty {
        Type::V128 => {
            let bits = constant(random);
            vec![bits as u64, (bits >> 64) as u64]
        }
        _ => vec![*random.pick(&interesting(ty))],
    }
}

/// A function of a chain of steps, and the types of its parameters.
fn build(seed: u64, fold: bool) -> Func {
    let mut random = Random::new(seed);
    let random = &mut random;
    let mut func = Func::new(id(0), "f".to_string(), Signature::default(), Conv::Wasm);
    let mut b = Builder::new(&mut func, fold);
    let entry = b.create_block();
    b.switch_to(entry);
    let mut params: Vec<Value> = Vec::new();
    let mut previous: Vec<Value> = Vec::new();
    for _ in 0..1 + random.below(4) {
        let (op, imm) = step(random);
        let mut args = Vec::new();
        for ty in operands(op, &imm) {
            let fitting: Vec<Value> = previous
                .iter()
                .copied()
                .filter(|&v| b.ty(v) == ty)
                .collect();
            let value = match random.below(4) {
                0 | 1 if !fitting.is_empty() => fitting[fitting.len() - 1],
                0 | 1 => {
                    let same = params.iter().copied().find(|&p| b.ty(p) == ty);
                    same.unwrap_or_else(|| {
                        let param = b.append_param(entry, ty);
                        params.push(param);
                        param
                    })
                }
                _ if ty == Type::V128 => {
                    let bits = constant(random);
                    b.constant_vec(bits)
                }
                _ => {
                    let bits = *random.pick(&interesting(ty));
                    b.constant(ty, bits)
                }
            };
            args.push(value);
        }
        let value = b.vector(op, imm, &args);
        previous.push(value);
    }
    let result = previous[previous.len() - 1];
    b.ret(&[result]);
    let sig = Signature {
        params: params.iter().map(|&p| b.ty(p)).collect(),
        results: vec![b.ty(result)],
    };
    func.sig = sig;
    func
}

/// A function built with folding does what the same function built without does.
#[test]
fn rules_keep_behaviour() {
    for seed in 0..30_000 {
        let (plain, folded) = (build(seed, false), build(seed, true));
        let mut program = program(&plain.sig);
        program.memories = Default::default();
        verify::verify(&plain, &program).unwrap_or_else(|e| panic!("{e}\n{plain}"));
        verify::verify(&folded, &program).unwrap_or_else(|e| panic!("{e}\n{folded}"));
        let mut random = Random::new(seed + 1);
        for _ in 0..3 {
            let types = plain.sig.params.iter();
            let input: Vec<u64> = types.flat_map(|&ty| slots(ty, &mut random)).collect();
            let expected = run_pure(&program, &plain, &input);
            let found = run_pure(&program, &folded, &input);
            assert_eq!(
                expected, found,
                "seed {seed} of {input:x?}:\n{plain}\n{folded}"
            );
        }
    }
}

/// What a rule makes of a body, without parameters and `return`.
fn folded(body: &str) -> String {
    let text = format!(
        "func func0 \"f\" wasm (v128, v128, i32) -> (v128) {{\nb0(v0: v128, v1: v128, v2: i32):\n{body}\nreturn v9\n}}"
    );
    let mut func = parse::parse(&text).unwrap().remove(0);
    let program = program(&func.sig);
    verify::verify(&func, &program).unwrap();
    let known = facts::Facts::default();
    let cx = wative_compiler::opt::Cx::new(&program, &known);
    wative_compiler::opt::gvn::run(&mut func, &cx);
    wative_compiler::opt::dce::run(&mut func, &cx);
    let text = func.to_string();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines[2..lines.len() - 1].join("; ")
}

#[test]
fn rules_fire() {
    for (body, expected) in [
        ("v3 = vnot v0\nv9 = vnot v3", "return v0"),
        (
            "v3 = vnot v0\nv9 = vand v1, v3",
            "v3 = vandnot v1, v0; return v3",
        ),
        (
            "v3 = const.v128 0x0\nv4 = vicmp i8x16 eq v0, v3\nv9 = vnot v4",
            "v3 = const.v128 0x00000000000000000000000000000000; v4 = vicmp i8x16 ne v0, v3; return v4",
        ),
        (
            "v9 = vshuffle 0x0f0e0d0c0b0a09080706050403020100 v0, v1",
            "return v0",
        ),
        (
            "v9 = vshuffle 0x1f1e1d1c1b1a19181716151413121110 v0, v1",
            "return v1",
        ),
        (
            "v3 = vextract.f32 f32x4 1 v0\nv9 = vsplat f32x4 v3",
            "v3 = vshuffle 0x07060504070605040706050407060504 v0, v0; return v3",
        ),
        (
            "v3 = vsplat i32x4 v2\nv4 = vextract.i32 i32x4 2 v3\nv9 = vreplace i32x4 0 v3, v4",
            "v3 = vsplat i32x4 v2; return v3",
        ),
        (
            "v3 = const.i32 31\nv4 = and.i32 v2, v3\nv9 = vshl i32x4 v0, v4",
            "v3 = vshl i32x4 v0, v2; return v3",
        ),
        (
            "v3 = const.v128 0x80808080808080808080808080808080\nv9 = vswizzle v0, v3",
            "v3 = const.v128 0x00000000000000000000000000000000; return v3",
        ),
        // Must not fire: instruction sets differ.
        (
            "v3 = const.v128 0x10101010101010101010101010101010\nv9 = vrelaxed_swizzle v0, v3",
            "v3 = const.v128 0x10101010101010101010101010101010; v4 = vrelaxed_swizzle v0, v3; return v4",
        ),
    ] {
        // Values are numbered anew by the pass; names in the expectation are what it gives.
        assert_eq!(renumber(&folded(body)), expected, "{body}");
    }
}

/// The text with values numbered from v3 in order of appearance, parameters aside.
fn renumber(text: &str) -> String {
    let mut names: Vec<String> = Vec::new();
    let mut out = String::new();
    for word in text.split_inclusive([' ', ',', ';']) {
        let name = word.trim_end_matches([' ', ',', ';']);
        let digits = name.strip_prefix('v').and_then(|n| n.parse::<usize>().ok());
        match digits {
            Some(n) if n > 2 => {
                let at = names.iter().position(|known| known == name);
                let at = at.unwrap_or_else(|| {
                    names.push(name.to_string());
                    names.len() - 1
                });
                out.push_str(&format!("v{}{}", at + 3, &word[name.len()..]));
            }
            _ => out.push_str(word),
        }
    }
    out
}

#[test]
fn edge_cases() {
    let lanes = |lanes| Imm::Lanes(lanes);
    let eval = |op, imm: Imm, args: &[u128]| eval_vec(op, &imm, args).unwrap();
    // Counts are modulo the lane's width.
    let bytes = splat(Lanes::I8x16, 0x81);
    assert_eq!(
        eval(Op::Vshl, lanes(Lanes::I8x16), &[bytes, 9]),
        splat(Lanes::I8x16, 2)
    );
    assert_eq!(
        eval(Op::VshrS, lanes(Lanes::I8x16), &[bytes, 15]),
        u128::MAX
    );
    // The smallest number has no absolute value.
    let smallest = splat(Lanes::I64x2, 1 << 63);
    assert_eq!(eval(Op::Vabs, lanes(Lanes::I64x2), &[smallest]), smallest);
    // Signed operands saturate to unsigned lanes.
    let halves = splat(Lanes::I16x8, 0x8000);
    assert_eq!(
        eval(Op::VnarrowU, lanes(Lanes::I8x16), &[halves, halves]),
        0
    );
    let halves = splat(Lanes::I16x8, 0x7fff);
    assert_eq!(
        eval(Op::VnarrowU, lanes(Lanes::I8x16), &[halves, halves]),
        u128::MAX
    );
    // The only products that overflow.
    let smallest = splat(Lanes::I16x8, 0x8000);
    assert_eq!(
        eval(Op::Vq15mulr, Imm::None, &[smallest, smallest]),
        splat(Lanes::I16x8, 0x7fff)
    );
    let smallest = splat(Lanes::I8x16, 0x80);
    assert_eq!(
        eval(Op::VrelaxedDot, Imm::None, &[smallest, smallest]),
        splat(Lanes::I16x8, 0x7fff)
    );
    assert_eq!(
        lane(
            eval(Op::Vdot, Imm::None, &[splat(Lanes::I16x8, 0x8000); 2]),
            Lanes::I32x4,
            3
        ),
        0x8000_0000
    );
    // Which operand a pseudo-minimum gives where neither is smaller.
    let (plus, minus) = (0, splat(Lanes::F32x4, 0x8000_0000));
    assert_eq!(eval(Op::Vfpmin, lanes(Lanes::F32x4), &[plus, minus]), plus);
    assert_eq!(eval(Op::Vfpmax, lanes(Lanes::F32x4), &[minus, plus]), minus);
    assert_eq!(eval(Op::Vfmin, lanes(Lanes::F32x4), &[plus, minus]), minus);
}
