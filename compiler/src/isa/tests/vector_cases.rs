//! What the tests of vectors are made of: edge lanes, all immediates of an op, expressions that are both compiled and evaluated, and runs
//! of them. Three vectors lie in memory at [`VECTORS`]; functions return the result's halves.

use super::{Case, Ended, Isa, MEM, Machine, Suite, VECTORS, relaxed};
use crate::entity::EntityId;
use crate::ir::Lanes;
use crate::ir::eval::is_nan;
use crate::ir::eval_vec::{eval_vec, from_lanes, lane, nan_lanes};
use crate::ir::op::{ImmKind, OpType, ResultKind};
use crate::ir::{
    Access, Builder, Conv, FloatCc, Func, FuncId, Imm, IntCc, Op, Origin, Signature, Type, Value,
};
use Lanes::{F32x4, F64x2, I8x16, I16x8, I32x4, I64x2};

/// Vectors of edge lanes per division.
const POOL: u32 = 8;

fn edges(lanes: Lanes) -> Vec<u64> {
    match lanes {
        I8x16 => vec![0, 1, 2, 0x7f, 0x80, 0x81, 0xfe, 0xff, 0x55, 0x10, 15, 31, 3],
        I16x8 => vec![
            0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0x8001, 0xffff, 0xff80, 0xff7f, 0x4000,
        ],
        I32x4 => vec![
            0,
            1,
            0x7fff,
            0x8000,
            0xffff,
            0x1_0000,
            0x7fff_ffff,
            0x8000_0000,
            0x8000_0001,
            0xffff_ffff,
            0xffff_8000,
            0xffff_7fff,
            0x0001_0002,
        ],
        I64x2 => vec![
            0,
            1,
            0xffff_ffff,
            1 << 32,
            1 << 31,
            i64::MAX as u64,
            1 << 63,
            1 << 63 | 1,
            u64::MAX,
            0x1234_5678_9abc_def0,
            0xffff_ffff_0000_0001,
        ],
        F32x4 => super::values(Type::F32),
        F64x2 => super::values(Type::F64),
    }
}

/// The n-th vector of edge lanes; all lanes are met in all positions.
pub fn edge_vector(lanes: Lanes, n: u32) -> u128 {
    let edges = edges(lanes);
    from_lanes(lanes, |i| {
        edges[(n * (lanes.count() + 1) + 5 * i) as usize % edges.len()]
    })
}

fn pool(lanes: Lanes) -> Vec<u128> {
    (0..POOL).map(|n| edge_vector(lanes, n)).collect()
}

/// Divisions whose edges matter.
pub fn divisions(imm: &Imm) -> Vec<Lanes> {
    match *imm {
        Imm::Lanes(lanes)
        | Imm::Lane { lanes, .. }
        | Imm::VecIcmp { lanes, .. }
        | Imm::VecFcmp { lanes, .. } => [Some(lanes), lanes.narrower(), lanes.wider()]
            .into_iter()
            .flatten()
            .collect(),
        Imm::Vec(_) => vec![I8x16],
        _ => Lanes::ALL.to_vec(),
    }
}

/// Masks of what single instructions do, and of what they do not.
fn shuffles() -> Vec<Imm> {
    let mut masks: Vec<[u8; 16]> = Vec::new();
    let mut add = |f: &dyn Fn(u8) -> u8| masks.push(std::array::from_fn(|i| f(i as u8) & 31));
    for bytes in [1u8, 2, 4, 8] {
        let n = 16 / bytes;
        let mut lanes = |f: &dyn Fn(u8) -> u8| {
            for flip in [0, 16] {
                // Both operands, exchanged; one of them.
                add(&|i| (f(i / bytes) * bytes + i % bytes) ^ flip);
                add(&|i| (f(i / bytes) * bytes + i % bytes) & 15 ^ flip);
            }
        };
        lanes(&|i| i / 2 + n * (i % 2));
        lanes(&|i| n / 2 + i / 2 + n * (i % 2));
        lanes(&|i| 2 * i);
        lanes(&|i| 2 * i + 1);
        lanes(&|i| i / 2 * 2 + n * (i % 2));
        lanes(&|i| i / 2 * 2 + 1 + n * (i % 2));
        lanes(&|i| i ^ 1);
        lanes(&|i| n - 1 - i);
        lanes(&|_| n - 1);
        lanes(&|_| 0);
        lanes(&|i| if i == n - 1 { n } else { i });
        lanes(&|i| if i == 0 { 2 * n - 1 } else { i });
        lanes(&|i| if i < 2 { n + i } else { i });
        lanes(&|i| (i * 5 + 3) % (2 * n));
        lanes(&|i| if i % 2 == 0 { n + i } else { i });
        lanes(&|i| i + n / 2);
    }
    for start in 0..32 {
        add(&|i| start + i);
        add(&|i| (start + i) & 15);
    }
    add(&|i| i * 7 + 3);
    add(&|i| (i * 11 + 5) & 15);
    add(&|i| if i % 4 == 0 { i / 4 } else { 16 });
    add(&|i| if i % 2 == 0 { i / 2 } else { 16 + i });
    masks
        .into_iter()
        .map(|mask| Imm::Vec(u128::from_le_bytes(mask)))
        .collect()
}

/// All immediates of an op.
pub fn immediates(op: Op) -> Vec<Imm> {
    let ints = [I8x16, I16x8, I32x4, I64x2];
    match op.row().imm {
        ImmKind::None => vec![Imm::None],
        ImmKind::Lanes(all) => all.iter().map(|&lanes| Imm::Lanes(lanes)).collect(),
        ImmKind::Lane(all) => all
            .iter()
            .flat_map(|&lanes| {
                (0..lanes.count()).map(move |lane| Imm::Lane {
                    lanes,
                    lane: lane as u8,
                })
            })
            .collect(),
        ImmKind::VecIcmp => ints
            .iter()
            .flat_map(|&lanes| IntCc::ALL.map(|cc| Imm::VecIcmp { lanes, cc }))
            .filter(|imm| !is_unsigned_doublewords(imm))
            .collect(),
        ImmKind::VecFcmp => [F32x4, F64x2]
            .iter()
            .flat_map(|&lanes| FloatCc::ALL.map(|cc| Imm::VecFcmp { lanes, cc }))
            .collect(),
        ImmKind::Shuffle => shuffles(),
        kind => panic!("{op:?} with {kind:?}"),
    }
}

fn is_unsigned_doublewords(imm: &Imm) -> bool {
    let Imm::VecIcmp { lanes: I64x2, cc } = imm else {
        return false;
    };
    matches!(cc, IntCc::LtU | IntCc::GtU | IntCc::LeU | IntCc::GeU)
}

/// An expression over the three vectors in memory.
#[derive(Clone, Debug)]
pub enum Tree {
    /// One of them.
    In(usize),
    Vec(u128),
    Int(Type, u64),
    /// The function's second parameter.
    Count,
    /// A scalar in memory, at this byte of the three vectors.
    Load(Type, Access, u32),
    Op(Op, Imm, Vec<Tree>),
}

pub fn op(op: Op, lanes: Lanes, args: &[Tree]) -> Tree {
    Tree::Op(op, Imm::Lanes(lanes), args.to_vec())
}

pub fn plain(op: Op, args: &[Tree]) -> Tree {
    Tree::Op(op, Imm::None, args.to_vec())
}

impl Tree {
    pub fn ty(&self) -> Type {
        match self {
            Tree::In(_) | Tree::Vec(_) => Type::V128,
            Tree::Int(ty, _) | Tree::Load(ty, ..) => *ty,
            Tree::Count => Type::I32,
            Tree::Op(op, imm, _) => match (op.row().result, imm) {
                (ResultKind::One(OpType::Lane), Imm::Lane { lanes, .. }) => lanes.scalar(),
                (ResultKind::One(ty), _) => ty.fixed().expect("a fixed type"),
                (result, imm) => panic!("{op:?} {result:?} {imm:?}"),
            },
        }
    }
    pub fn emit(&self, b: &mut Builder, params: &[Value]) -> Value {
        match self {
            Tree::In(n) => b.load(Type::V128, Access::Full, MEM(), params[0], 16 * *n as u64),
            Tree::Vec(bits) => b.constant_vec(*bits),
            Tree::Int(ty, bits) => b.constant(*ty, *bits),
            Tree::Count => params[1],
            Tree::Load(ty, access, at) => b.load(*ty, *access, MEM(), params[0], u64::from(*at)),
            Tree::Op(op, imm, args) => {
                let args: Vec<Value> = args.iter().map(|arg| arg.emit(b, params)).collect();
                let ty = self.ty();
                let inst = b.emit(*op, ty, imm.clone(), &args, &[ty]);
                b.result(inst)
            }
        }
    }
    pub fn eval(&self, vectors: &[u128; 3], count: u64) -> u128 {
        match self {
            Tree::In(n) => vectors[*n],
            Tree::Vec(bits) => *bits,
            Tree::Int(_, bits) => u128::from(*bits),
            Tree::Count => u128::from(count),
            Tree::Load(ty, access, at) => {
                let word = vectors[*at as usize / 16] >> (8 * (at % 16));
                u128::from(super::memory::loaded(*ty, *access, word as u64))
            }
            Tree::Op(op, imm, args) => {
                let args: Vec<u128> = args.iter().map(|arg| arg.eval(vectors, count)).collect();
                eval_vec(*op, imm, &args).expect("a vector op")
            }
        }
    }
    /// Another result that the standard allows, and the lanes that it may differ in.
    fn other(&self, isa: Isa, vectors: &[u128; 3], count: u64) -> Option<(Lanes, u128)> {
        let Tree::Op(op, imm, args) = self else {
            return None;
        };
        let args: Vec<u128> = args.iter().map(|arg| arg.eval(vectors, count)).collect();
        let (Op::Vfma | Op::Vfnma, Imm::Lanes(lanes)) = (op, imm) else {
            return match isa {
                Isa::X64 => relaxed::x64(*op, imm, &args),
                Isa::A64 => None,
            };
        };
        let fused = |i: u32| {
            let at = |n: usize| lane(args[n], *lanes, i);
            let sign = if *op == Op::Vfma { 1.0 } else { -1.0 };
            match lanes {
                F64x2 => {
                    let [a, b, c] = [at(0), at(1), at(2)].map(f64::from_bits);
                    (sign * a).mul_add(b, c).to_bits()
                }
                _ => {
                    let [a, b, c] = [at(0), at(1), at(2)].map(|bits| f32::from_bits(bits as u32));
                    u64::from((sign as f32 * a).mul_add(b, c).to_bits())
                }
            }
        };
        Some((*lanes, from_lanes(*lanes, fused)))
    }
    /// Lanes in which the result's NaNs are not specified.
    fn nans(&self) -> Option<Lanes> {
        match self {
            Tree::Op(op, imm, _) => nan_lanes(*op, imm),
            _ => None,
        }
    }
}

/// A result in a vector, so that all functions return the same.
pub fn in_vector(b: &mut Builder, value: Value, ty: Type) -> Value {
    let lanes = match ty {
        Type::V128 => return value,
        Type::I32 => I32x4,
        Type::I64 => I64x2,
        Type::F32 => F32x4,
        Type::F64 => F64x2,
        Type::Ref | Type::Gc | Type::Ptr => panic!("{ty} from a vector"),
    };
    let zero = b.constant_vec(0);
    let imm = Imm::Lane { lanes, lane: 0 };
    let inst = b.emit(Op::Vreplace, Type::V128, imm, &[zero, value], &[Type::V128]);
    b.result(inst)
}

/// What a run must give.
pub struct Expected {
    pub what: String,
    pub bits: u128,
    /// Another result that is allowed, lane by lane.
    pub other: Option<(Lanes, u128)>,
    /// Lanes in which a NaN may be any.
    pub nans: Option<Lanes>,
}

impl Expected {
    fn allows(&self, got: u128) -> bool {
        if let Some((lanes, other)) = self.other {
            return (0..lanes.count()).all(|i| {
                let got = lane(got, lanes, i);
                let ok = |bits: u128| got == lane(bits, lanes, i);
                let nan = |bits: u128| is_nan(lanes.scalar(), lane(bits, lanes, i));
                ok(self.bits) || ok(other) || nan(self.bits) && is_nan(lanes.scalar(), got)
            });
        }
        let Some(lanes) = self.nans else {
            return got == self.bits;
        };
        (0..lanes.count()).all(|i| {
            let (got, bits) = (lane(got, lanes, i), lane(self.bits, lanes, i));
            got == bits || is_nan(lanes.scalar(), got) && is_nan(lanes.scalar(), bits)
        })
    }
}

pub struct Vectors {
    suite: Suite,
    expected: Vec<Expected>,
}

impl Vectors {
    pub fn new(on: Machine) -> Vectors {
        Vectors {
            suite: Suite::new(on),
            expected: Vec::new(),
        }
    }

    /// Compiles a function of the vectors' address and a number. The body's result is a vector.
    pub fn func(&mut self, body: impl FnOnce(&mut Builder, &[Value]) -> Value) -> usize {
        let sig = Signature {
            params: vec![Type::I32, Type::I32],
            results: vec![Type::I64, Type::F64],
        };
        let mut func = Func::new(FuncId::from_u32(0), "test".to_string(), sig, Conv::Wasm);
        let mut b = Builder::new(&mut func, false);
        let entry = b.create_block();
        let params = [(); 2].map(|()| b.append_param(entry, Type::I32));
        b.switch_to(entry);
        b.set_loc(Origin(1));
        let value = body(&mut b, &params);
        let half = |b: &mut Builder, ty, lanes, lane| {
            let imm = Imm::Lane { lanes, lane };
            let inst = b.emit(Op::Vextract, ty, imm, &[value], &[ty]);
            b.result(inst)
        };
        let low = half(&mut b, Type::I64, I64x2, 0);
        let high = half(&mut b, Type::F64, F64x2, 1);
        b.ret(&[low, high]);
        self.suite.compile(&func)
    }

    pub fn case(&mut self, func: usize, vectors: [u128; 3], count: u64, expected: Expected) {
        self.suite.cases.push(Case {
            what: String::new(),
            func,
            args: [VECTORS, count, 0],
            memory: 0,
            vectors,
            result: Type::I64,
            expected: super::Outcome::Value(0),
            any_nan: false,
        });
        self.expected.push(expected);
    }

    pub fn tree(&mut self, tree: &Tree, inputs: &[([u128; 3], u64)]) {
        let func = self.func(|b, params| {
            let value = tree.emit(b, params);
            in_vector(b, value, tree.ty())
        });
        for &(vectors, count) in inputs {
            let expected = Expected {
                what: format!("{tree:x?}"),
                bits: tree.eval(&vectors, count),
                other: tree.other(self.suite.on.isa, &vectors, count),
                nans: tree.nans(),
            };
            self.case(func, vectors, count, expected);
        }
    }

    pub fn run(self) {
        let mut failures = Vec::new();
        let ended = self.suite.ended();
        for ((case, expected), ended) in self.suite.cases.iter().zip(&self.expected).zip(ended) {
            let got = match ended {
                Ended::Returned([low, high]) => u128::from(high) << 64 | u128::from(low),
                Ended::Fault(pc) => panic!("{}: fault at {pc:#x}", expected.what),
            };
            if !expected.allows(got) {
                failures.push(format!(
                    "{} of {:032x?} {}:\n{got:032x}, expected\n{:032x}, code {:02x?}",
                    expected.what,
                    case.vectors,
                    case.args[1],
                    expected.bits,
                    self.suite.funcs[case.func].code
                ));
            }
        }
        assert!(
            failures.is_empty(),
            "{} of {} cases:\n{}",
            failures.len(),
            self.expected.len(),
            failures[..failures.len().min(8)].join("\n")
        );
        assert!(self.expected.len() > 50);
    }
}

/// Triples of edge vectors.
pub fn inputs(divisions: &[Lanes], args: usize, counts: &[u64]) -> Vec<([u128; 3], u64)> {
    let mut all = Vec::new();
    for &lanes in divisions {
        let pool = pool(lanes);
        let n = pool.len();
        for i in 0..n {
            let seconds = if args > 1 { n } else { 1 };
            for j in 0..seconds {
                // Shifted against the first, so that other lanes meet.
                let second =
                    pool[j].rotate_left(8 * (i * j % 16) as u32 / lanes.bits() * lanes.bits());
                for &count in counts {
                    all.push(([pool[i], second, pool[(i + 3 * j + 1) % n]], count));
                }
            }
        }
    }
    all
}
