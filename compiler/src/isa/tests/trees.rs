//! Random expressions of integer operations with telling constants: what instruction selection takes together, in combinations that nobody
//! wrote down. Half of them are folded as the pipeline would, half are left as they come.

use super::{Case, Machine, Outcome, Suite, outcome, values};
use crate::ir::eval::{mask, result_type};
use crate::ir::{Imm, IntCc, Op, Type};
use crate::random::Random;

/// An operation, a constant, or (no operation) a parameter.
struct Node {
    op: Option<Op>,
    /// The controlling type.
    ty: Type,
    imm: Imm,
    args: Vec<usize>,
    /// Type of the value.
    result: Type,
}

const PARAMS: [Type; 3] = [Type::I32, Type::I64, Type::I32];

const BINARY: [Op; 11] = [
    Op::Add,
    Op::Sub,
    Op::Mul,
    Op::And,
    Op::Or,
    Op::Xor,
    Op::Shl,
    Op::ShrS,
    Op::ShrU,
    Op::Rotl,
    Op::Rotr,
];

const OTHER: [Op; 10] = [
    Op::Ext8S,
    Op::Ext16S,
    Op::Ext32S,
    Op::Wrap,
    Op::ExtS,
    Op::ExtU,
    Op::Icmp,
    Op::Select,
    Op::Clz,
    Op::Bswap,
];

/// Masks, shift counts, neighbours of powers of two.
const CONSTANTS: [u64; 24] = [
    0,
    1,
    2,
    3,
    5,
    8,
    12,
    16,
    24,
    31,
    32,
    63,
    0xff,
    0xff00,
    0xffff,
    0xff_ffff,
    0x0505,
    0x8000_0005,
    0x0012_3456,
    0x1234_5678_9abc,
    0xffff_ff00,
    0xffff_ffff,
    0x00ff_0000_0000,
    u64::MAX,
];

fn expression(random: &mut Random) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    for ty in PARAMS {
        nodes.push(Node {
            op: None,
            ty,
            imm: Imm::None,
            args: Vec::new(),
            result: ty,
        });
    }
    for _ in 0..2 + random.below(6) {
        let ty = *random.pick(&[Type::I32, Type::I64]);
        let op = if random.below(3) == 0 {
            *random.pick(&OTHER)
        } else {
            *random.pick(&BINARY)
        };
        let (ty, operands, imm) = match op {
            Op::Wrap => (Type::I32, vec![Type::I64], Imm::None),
            Op::ExtS | Op::ExtU => (Type::I64, vec![Type::I32], Imm::None),
            Op::Ext32S => (Type::I64, vec![Type::I64], Imm::None),
            Op::Ext8S | Op::Ext16S | Op::Clz | Op::Bswap => (ty, vec![ty], Imm::None),
            Op::Select => (ty, vec![Type::I32, ty, ty], Imm::None),
            Op::Icmp => (ty, vec![ty, ty], Imm::IntCc(*random.pick(&IntCc::ALL))),
            _ => (ty, vec![ty, ty], Imm::None),
        };
        let args = operands.iter().enumerate().map(|(n, &operand)| {
            // Constants are usually on the right.
            let constant = random.below(8) < if n == 0 { 1 } else { 4 };
            let known: Vec<usize> = (0..nodes.len())
                .filter(|&i| nodes[i].result == operand && nodes[i].op != Some(Op::Const))
                .collect();
            if constant || known.is_empty() {
                nodes.push(Node {
                    op: Some(Op::Const),
                    ty: operand,
                    imm: Imm::Bits(*random.pick(&CONSTANTS) & mask(operand)),
                    args: Vec::new(),
                    result: operand,
                });
                return nodes.len() - 1;
            }
            // The newest most of the time, so that expressions are deep.
            let newest = known.len() - 1;
            known[newest - random.below(2).min(newest) * random.below(known.len())]
        });
        let args = args.collect();
        nodes.push(Node {
            op: Some(op),
            ty,
            imm,
            args,
            result: result_type(op, ty),
        });
    }
    nodes
}

/// Values of all nodes.
fn evaluate(nodes: &[Node], params: [u64; 3]) -> Vec<u64> {
    let mut results: Vec<u64> = Vec::new();
    for (i, node) in nodes.iter().enumerate() {
        let args: Vec<u64> = node.args.iter().map(|&a| results[a]).collect();
        let value = match (node.op, &node.imm) {
            (None, _) => params[i],
            (Some(Op::Const), &Imm::Bits(bits)) => bits,
            (Some(Op::Select), _) => args[if args[0] == 0 { 2 } else { 1 }],
            (Some(op), imm) => {
                let from = nodes[node.args[0]].result;
                match outcome(op, node.ty, imm, from, &args) {
                    Outcome::Value(bits) => bits,
                    Outcome::Trap(code) => panic!("{op:?} traps with {code:?}"),
                }
            }
        };
        results.push(value);
    }
    results
}

pub fn run(on: Machine) {
    let mut suite = Suite::new(on);
    let mut random = Random::new(1);
    for number in 0..6000 {
        let nodes = expression(&mut random);
        let last = nodes.last().expect("an expression");
        let result = last.result;
        let text: Vec<String> = nodes
            .iter()
            .map(|n| match &n.imm {
                Imm::None => format!("{:?} {} {:?}", n.op, n.ty, n.args),
                imm => format!("{:?} {} {:?} {imm:x?}", n.op, n.ty, n.args),
            })
            .collect();
        let func = suite.func_folded(number % 2 == 0, &PARAMS, result, |b, params| {
            let mut built = Vec::new();
            for (i, node) in nodes.iter().enumerate() {
                let args: Vec<_> = node.args.iter().map(|&a| built[a]).collect();
                built.push(match (node.op, &node.imm) {
                    (None, _) => params[i],
                    (Some(Op::Const), &Imm::Bits(bits)) => b.constant(node.ty, bits),
                    (Some(Op::Select), _) => b.select(node.ty, args[0], args[1], args[2]),
                    (Some(Op::Icmp), &Imm::IntCc(cc)) => b.icmp(cc, node.ty, args[0], args[1]),
                    (Some(op), _) => match *args {
                        [x] if matches!(op, Op::Wrap | Op::ExtS | Op::ExtU) => {
                            b.convert(op, node.ty, x)
                        }
                        [x] => b.unary(op, node.ty, x),
                        [x, y] => b.binary(op, node.ty, x, y),
                        _ => panic!("{op:?} with {} operands", args.len()),
                    },
                });
            }
            built[nodes.len() - 1]
        });
        for _ in 0..12 {
            let args = PARAMS.map(|ty| *random.pick(&values(ty)));
            let expected = evaluate(&nodes, args)[nodes.len() - 1];
            suite.cases.push(Case {
                what: format!("expression {number}: {}", text.join("; ")),
                func,
                args,
                memory: 0,
                vectors: [0; 3],
                result,
                expected: Outcome::Value(expected),
                any_nan: false,
            });
        }
    }
    suite.run();
}
