//! What stands at the nodes of trees: every op of the compiler's table with every type and immediate, as text. An op that the table gains is in
//! here by its shape, or the test stops and asks; one that is left out has its reason.

use wative_compiler::ir::eval::makes_nan;
use wative_compiler::ir::eval_vec::nan_lanes;
use wative_compiler::ir::op::{ImmKind, OpType, Operands, ResultKind};
use wative_compiler::ir::{FloatCc, Imm, IntCc, Lanes, Op, Shape, Type};

use Lanes::{F32x4, F64x2, I8x16, I16x8, I32x4, I64x2};
use Type::{F32, F64, I32, I64, V128};

/// An operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arg {
    Value(Type),
    /// An i32 that is an address.
    Address,
}

impl Arg {
    /// Its type.
    pub fn ty(self) -> Type {
        match self {
            Arg::Value(ty) => ty,
            Arg::Address => I32,
        }
    }
}

/// Which bits of a result no standard says, if it is a NaN.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Nan {
    /// All bits are said.
    Exact,
    Scalar,
    Lanes(Lanes),
}

/// What kind of tree an op is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Scalar,
    Vector,
    /// Of several results that the standard allows.
    Relaxed,
    /// From the memory, or of the instance's state.
    Load,
    Store,
    Atomic,
    /// From an object.
    Object,
    /// Something else that takes a value: a branch, an argument, an index.
    Consumer,
}

/// An op with types and immediate.
#[derive(Clone, Debug)]
pub struct Instance {
    pub op: Op,
    pub kind: Kind,
    /// Operator and immediates, or with `{N}` where the operands go.
    pub text: String,
    pub args: Vec<Arg>,
    pub result: Option<Type>,
    pub nan: Nan,
}

impl Instance {
    fn value(op: Op, kind: Kind, text: String, args: &[Type], result: Type, nan: Nan) -> Instance {
        Instance {
            op,
            kind,
            text,
            args: args.iter().map(|&ty| Arg::Value(ty)).collect(),
            result: Some(result),
            nan,
        }
    }

    /// The expression with these operands.
    pub fn apply(&self, operands: &[String]) -> String {
        if self.args.is_empty() {
            return format!("({})", self.text);
        }
        if !self.text.contains("{0}") {
            return format!("({} {})", self.text, operands.join(" "));
        }
        let mut text = self.text.clone();
        for (n, operand) in operands.iter().enumerate() {
            text = text.replace(&format!("{{{n}}}"), operand);
        }
        text
    }

    /// Whether memory decides about the result, or is changed.
    pub fn is_memory(&self) -> bool {
        matches!(self.kind, Kind::Load | Kind::Store | Kind::Atomic)
    }
}

/// Every op that trees are made of, in all forms, in table order.
pub fn all() -> Vec<Instance> {
    let of = |&op: &Op| match instances(op) {
        Ok(list) => {
            assert!(!list.is_empty(), "no form of {}", op.name());
            list
        }
        Err(_) => Vec::new(),
    };
    Op::ALL.iter().flat_map(of).collect()
}

/// The forms of an op, or why no tree has it.
fn instances(op: Op) -> Result<Vec<Instance>, &'static str> {
    let list = match op.shape() {
        _ if matches!(op, Op::MulHighS | Op::MulHighU | Op::Bswap) => return special(op),
        Shape::Unary | Shape::Binary | Shape::Compare => scalar(op),
        Shape::Convert => conversions(op),
        Shape::Vector => vector(op),
        Shape::Nullary | Shape::Special | Shape::Terminator => return special(op),
    };
    Ok(list)
}

/// Wasm's name for what the table calls so.
fn plain_name(op: Op) -> String {
    let name = op.name();
    match op {
        Op::Ext8S => "extend8_s".to_string(),
        Op::Ext16S => "extend16_s".to_string(),
        Op::Ext32S => "extend32_s".to_string(),
        _ if is_float(op) => name[1..].to_string(),
        _ => name.to_string(),
    }
}

/// Of scalar ops: no integer one begins so.
fn is_float(op: Op) -> bool {
    op.name().starts_with('f')
}

fn scalar(op: Op) -> Vec<Instance> {
    let types = match op {
        Op::Ext32S => &[I64][..],
        _ if is_float(op) => &[F32, F64],
        _ => &[I32, I64],
    };
    let nan = if makes_nan(op) {
        Nan::Scalar
    } else {
        Nan::Exact
    };
    let of = |&ty: &Type| {
        let args = match op.shape() {
            Shape::Unary => vec![ty],
            _ => vec![ty; 2],
        };
        let form = |name: &str, result| {
            let text = format!("{ty}.{name}");
            Instance::value(op, Kind::Scalar, text, &args, result, nan)
        };
        match op {
            Op::Icmp => IntCc::ALL.iter().map(|cc| form(cc.name(), I32)).collect(),
            Op::Fcmp => FloatCc::ALL.iter().map(|cc| form(cc.name(), I32)).collect(),
            _ => vec![form(&plain_name(op), ty)],
        }
    };
    types.iter().flat_map(of).collect()
}

fn conversions(op: Op) -> Vec<Instance> {
    let cross = |name: &str, from: [Type; 2], to: [Type; 2], suffix: &str| {
        let mut list = Vec::new();
        for from in from {
            for to in to {
                list.push((from, to, format!("{to}.{name}_{from}{suffix}")));
            }
        }
        list
    };
    let (ints, floats) = ([I32, I64], [F32, F64]);
    let reinterpret = |from: Type, to: Type| (from, to, format!("{to}.reinterpret_{from}"));
    let list = match op {
        Op::Wrap => vec![(I64, I32, "i32.wrap_i64".to_string())],
        Op::ExtS => vec![(I32, I64, "i64.extend_i32_s".to_string())],
        Op::ExtU => vec![(I32, I64, "i64.extend_i32_u".to_string())],
        Op::TruncS => cross("trunc", floats, ints, "_s"),
        Op::TruncU => cross("trunc", floats, ints, "_u"),
        Op::TruncSatS => cross("trunc_sat", floats, ints, "_s"),
        Op::TruncSatU => cross("trunc_sat", floats, ints, "_u"),
        Op::ConvS => cross("convert", ints, floats, "_s"),
        Op::ConvU => cross("convert", ints, floats, "_u"),
        Op::Demote => vec![(F64, F32, "f32.demote_f64".to_string())],
        Op::Promote => vec![(F32, F64, "f64.promote_f32".to_string())],
        Op::Bitcast => vec![
            reinterpret(I32, F32),
            reinterpret(F32, I32),
            reinterpret(I64, F64),
            reinterpret(F64, I64),
        ],
        _ => panic!("between which types does {} convert?", op.name()),
    };
    let nan = if makes_nan(op) {
        Nan::Scalar
    } else {
        Nan::Exact
    };
    let of = |(from, to, text)| Instance::value(op, Kind::Scalar, text, &[from], to, nan);
    list.into_iter().map(of).collect()
}

/// Whether the standard leaves the result open.
pub fn is_relaxed(op: Op) -> bool {
    op.name().starts_with("vrelaxed_") || matches!(op, Op::Vfma | Op::Vfnma)
}

fn vector(op: Op) -> Vec<Instance> {
    let ResultKind::One(result) = op.row().result else {
        panic!("{} has no result", op.name())
    };
    let of = |imm: Imm| {
        let scalar = lanes_of(&imm).map(Lanes::scalar);
        let ty = |ty: OpType| ty.fixed().or(scalar).expect("lanes");
        let args: Vec<Type> = operands(op).iter().map(|&arg| ty(arg)).collect();
        let kind = match is_relaxed(op) {
            true => Kind::Relaxed,
            false => Kind::Vector,
        };
        let nan = nan_lanes(op, &imm).map_or(Nan::Exact, Nan::Lanes);
        Instance::value(op, kind, vector_text(op, &imm), &args, ty(result), nan)
    };
    immediates(op.row().imm).into_iter().map(of).collect()
}

/// The operands of an op that lists them.
pub fn operands(op: Op) -> &'static [OpType] {
    match op.row().args {
        Operands::Listed(list) => list,
        Operands::Signature => panic!("{} has a signature", op.name()),
    }
}

/// The immediates of vector ops that make a difference to matchers.
fn immediates(imm: ImmKind) -> Vec<Imm> {
    match imm {
        ImmKind::None => vec![Imm::None],
        ImmKind::Lanes(all) => all.iter().map(|&lanes| Imm::Lanes(lanes)).collect(),
        ImmKind::Lane(all) => {
            let of = |&lanes: &Lanes| {
                let count = lanes.count() as u8;
                let mut list = vec![0, count / 2, count - 1];
                list.dedup();
                list.into_iter().map(move |lane| Imm::Lane { lanes, lane })
            };
            all.iter().flat_map(of).collect()
        }
        ImmKind::VecIcmp => {
            let mut list = Vec::new();
            for lanes in [I8x16, I16x8, I32x4, I64x2] {
                for cc in IntCc::ALL {
                    if lanes != I64x2 || !cc.name().ends_with("_u") {
                        list.push(Imm::VecIcmp { lanes, cc });
                    }
                }
            }
            list
        }
        ImmKind::VecFcmp => {
            let of = |lanes| FloatCc::ALL.map(|cc| Imm::VecFcmp { lanes, cc });
            [F32x4, F64x2].into_iter().flat_map(of).collect()
        }
        ImmKind::Shuffle => shuffles().into_iter().map(Imm::Vec).collect(),
        other => panic!("which of {other:?} make a difference?"),
    }
}

/// Masks of the shapes that instruction sets have instructions for, and one that none has.
fn shuffles() -> Vec<u128> {
    let mask =
        |index: &dyn Fn(u8) -> u8| u128::from_le_bytes(std::array::from_fn(|i| index(i as u8)));
    let mut list = vec![mask(&|i| i), mask(&|i| i + 16)];
    for size in [1u8, 2, 4, 8] {
        let lane = |i: u8| i / size;
        let in_lane = |i: u8| i % size;
        let half = 8 / size;
        // Interleaved lower and upper halves, even and odd lanes, transposed.
        list.push(mask(&|i| {
            lane(i) / 2 * size + in_lane(i) + lane(i) % 2 * 16
        }));
        list.push(mask(&|i| {
            (lane(i) / 2 + half) * size + in_lane(i) + lane(i) % 2 * 16
        }));
        list.push(mask(&|i| (2 * lane(i)) * size + in_lane(i)));
        list.push(mask(&|i| (2 * lane(i) + 1) * size + in_lane(i)));
        list.push(mask(&|i| {
            (lane(i) & !1) * size + in_lane(i) + lane(i) % 2 * 16
        }));
        // One lane everywhere, the reverse, a lane of the other vector in the place of the first.
        list.push(mask(&|i| (16 / size - 1) * size + in_lane(i)));
        list.push(mask(&|i| (lane(i) ^ 1) * size + in_lane(i)));
        list.push(mask(&|i| if lane(i) == 0 { 16 + i } else { i }));
    }
    // Of both as one, of one turned.
    for count in [1, 4, 8, 15] {
        list.push(mask(&|i| i + count));
        list.push(mask(&|i| (i + count) % 16));
    }
    list.push(mask(&|i| if i % 4 < 2 { i } else { i + 16 }));
    list.push(mask(&|i| i / 4 * 4 + 3 - i % 4));
    list.push(mask(&|i| (i * 7 + 3) % 32));
    list.sort_unstable();
    list.dedup();
    list
}

/// The lanes that an immediate names.
fn lanes_of(imm: &Imm) -> Option<Lanes> {
    match *imm {
        Imm::Lanes(lanes)
        | Imm::Lane { lanes, .. }
        | Imm::VecIcmp { lanes, .. }
        | Imm::VecFcmp { lanes, .. } => Some(lanes),
        _ => None,
    }
}

fn vector_text(op: Op, imm: &Imm) -> String {
    let lanes = lanes_of(imm);
    let l = lanes.map_or("v128", Lanes::name);
    let narrow = || lanes.and_then(Lanes::narrower).expect("narrower").name();
    let wide = || lanes.and_then(Lanes::wider).expect("wider").name();
    let name = op.name();
    // `vextend_low_s` and the like: the lanes that are taken stand before the sign.
    let with_source = |source: &str| {
        let (stem, sign) = name[1..].rsplit_once('_').expect("a sign");
        format!("{l}.{stem}_{source}_{sign}")
    };
    match (op, imm) {
        (Op::Vextract, Imm::Lane { lane, .. }) => format!("{l}.extract_lane {lane}"),
        (Op::VextractS, Imm::Lane { lane, .. }) => format!("{l}.extract_lane_s {lane}"),
        (Op::VextractU, Imm::Lane { lane, .. }) => format!("{l}.extract_lane_u {lane}"),
        (Op::Vreplace, Imm::Lane { lane, .. }) => format!("{l}.replace_lane {lane}"),
        (Op::Vshuffle, Imm::Vec(mask)) => {
            let bytes: Vec<String> = mask.to_le_bytes().iter().map(u8::to_string).collect();
            format!("i8x16.shuffle {}", bytes.join(" "))
        }
        (Op::Vicmp, Imm::VecIcmp { cc, .. }) => format!("{l}.{}", cc.name()),
        (Op::Vfcmp, Imm::VecFcmp { cc, .. }) => format!("{l}.{}", cc.name()),
        (Op::Vswizzle | Op::Vpopcnt | Op::VrelaxedSwizzle, _) => format!("i8x16.{}", &name[1..]),
        (Op::VnarrowS | Op::VnarrowU, _) => with_source(wide()),
        (
            Op::VextendLowS
            | Op::VextendLowU
            | Op::VextendHighS
            | Op::VextendHighU
            | Op::VextmulLowS
            | Op::VextmulLowU
            | Op::VextmulHighS
            | Op::VextmulHighU
            | Op::VextaddPairwiseS
            | Op::VextaddPairwiseU,
            _,
        ) => with_source(narrow()),
        (Op::Vdot, _) => "i32x4.dot_i16x8_s".to_string(),
        (Op::Vq15mulr, _) => "i16x8.q15mulr_sat_s".to_string(),
        (Op::VtruncSatS, _) => "i32x4.trunc_sat_f32x4_s".to_string(),
        (Op::VtruncSatU, _) => "i32x4.trunc_sat_f32x4_u".to_string(),
        (Op::VtruncSatZeroS, _) => "i32x4.trunc_sat_f64x2_s_zero".to_string(),
        (Op::VtruncSatZeroU, _) => "i32x4.trunc_sat_f64x2_u_zero".to_string(),
        (Op::VconvS, _) => "f32x4.convert_i32x4_s".to_string(),
        (Op::VconvU, _) => "f32x4.convert_i32x4_u".to_string(),
        (Op::VconvLowS, _) => "f64x2.convert_low_i32x4_s".to_string(),
        (Op::VconvLowU, _) => "f64x2.convert_low_i32x4_u".to_string(),
        (Op::Vdemote, _) => "f32x4.demote_f64x2_zero".to_string(),
        (Op::Vpromote, _) => "f64x2.promote_low_f32x4".to_string(),
        (Op::VrelaxedTruncS, _) => "i32x4.relaxed_trunc_f32x4_s".to_string(),
        (Op::VrelaxedTruncU, _) => "i32x4.relaxed_trunc_f32x4_u".to_string(),
        (Op::VrelaxedTruncZeroS, _) => "i32x4.relaxed_trunc_f64x2_s_zero".to_string(),
        (Op::VrelaxedTruncZeroU, _) => "i32x4.relaxed_trunc_f64x2_u_zero".to_string(),
        (Op::Vfma, _) => format!("{l}.relaxed_madd"),
        (Op::Vfnma, _) => format!("{l}.relaxed_nmadd"),
        (Op::VrelaxedQ15mulr, _) => "i16x8.relaxed_q15mulr_s".to_string(),
        (Op::VrelaxedDot, _) => "i16x8.relaxed_dot_i8x16_i7x16_s".to_string(),
        _ if lanes.is_some_and(Lanes::is_float) && name.starts_with("vf") => {
            format!("{l}.{}", &name[2..])
        }
        _ => format!("{l}.{}", &name[1..]),
    }
}

const TYPES: [Type; 5] = [I32, I64, F32, F64, V128];

/// Forms of the ops with operands of their own kind.
fn special(op: Op) -> Result<Vec<Instance>, &'static str> {
    let consumer = |text: &str, args: &[Type], result: Type| {
        Instance::value(
            op,
            Kind::Consumer,
            text.to_string(),
            args,
            result,
            Nan::Exact,
        )
    };
    Ok(match op {
        Op::Select => {
            let of = |ty: Type| {
                let text = format!("(select (result {ty}) {{1}} {{2}} {{0}})");
                Instance::value(op, Kind::Scalar, text, &[I32, ty, ty], ty, Nan::Exact)
            };
            TYPES.map(of).to_vec()
        }
        // The upper half of what leaves two results; a block drops the lower one.
        Op::AddCarry | Op::SubBorrow => {
            let name = if op == Op::AddCarry { "add" } else { "sub" };
            let text = format!(
                "(block (result i64) {{2}} {{0}} {{3}} {{1}} (i64.{name}128) (global.set $out_i64) (drop) (global.get $out_i64))"
            );
            vec![Instance::value(op, Kind::Scalar, text, &[I64; 4], I64, Nan::Exact)]
        }
        Op::MulHighS | Op::MulHighU => {
            let sign = if op == Op::MulHighS { "s" } else { "u" };
            let text = format!(
                "(block (result i64) {{0}} {{1}} (i64.mul_wide_{sign}) (global.set $out_i64) (drop) (global.get $out_i64))"
            );
            vec![Instance::value(op, Kind::Scalar, text, &[I64; 2], I64, Nan::Exact)]
        }
        // What it is found in: here a shift and a mask for each byte.
        Op::Bswap => {
            let of = |ty: Type| {
                let count = ty.bytes();
                let byte = |i: u32| {
                    let (from, to) = (8 * i, 8 * (count - 1 - i));
                    format!("({ty}.shl ({ty}.and ({ty}.shr_u (global.get $out_{ty}) ({ty}.const {from})) ({ty}.const 255)) ({ty}.const {to}))")
                };
                let sum = (1..count).fold(byte(0), |sum, i| format!("({ty}.or {sum} {})", byte(i)));
                let text = format!("(block (result {ty}) (global.set $out_{ty} {{0}}) {sum})");
                Instance::value(op, Kind::Scalar, text, &[ty], ty, Nan::Exact)
            };
            vec![of(I32), of(I64)]
        }
        Op::Load => loads(op),
        Op::Store => stores(op),
        Op::AtomicLoad => atomics(op, "load", &[], true),
        Op::AtomicStore => atomics(op, "store", &[0], false),
        Op::AtomicAdd => atomics(op, "rmw.add", &[0], true),
        Op::AtomicSub => atomics(op, "rmw.sub", &[0], true),
        Op::AtomicAnd => atomics(op, "rmw.and", &[0], true),
        Op::AtomicOr => atomics(op, "rmw.or", &[0], true),
        Op::AtomicXor => atomics(op, "rmw.xor", &[0], true),
        Op::AtomicXchg => atomics(op, "rmw.xchg", &[0], true),
        Op::AtomicCmpxchg => atomics(op, "rmw.cmpxchg", &[0, 0], true),
        Op::AtomicNotify => vec![Instance {
            op,
            kind: Kind::Atomic,
            text: "memory.atomic.notify offset=16".to_string(),
            args: vec![Arg::Address, Arg::Value(I32)],
            result: Some(I32),
            nan: Nan::Exact,
        }],
        Op::GlobalSet => TYPES
            .map(|ty| {
                let text = format!(
                    "(block (result {ty}) (global.set $out_{ty} {{0}}) (call $nothing) (global.get $out_{ty}))"
                );
                consumer(&text, &[ty], ty)
            })
            .to_vec(),
        Op::Call => TYPES
            .map(|ty| consumer(&format!("(call $same_{ty} {{0}})"), &[ty], ty))
            .to_vec(),
        Op::CallIndirect => vec![consumer(
            "(call_indirect $few (type $number) {0})",
            &[I32],
            I32,
        )],
        Op::TableGet => vec![consumer("(ref.is_null (table.get $few {0}))", &[I32], I32)],
        Op::Branch => vec![
            consumer(
                "(if (result i64) {0} (then (i64.const 17)) (else (call $other)))",
                &[I32],
                I64,
            ),
            consumer(
                "(block (result i64) (drop (br_if 0 (i64.const 5) {0})) (call $other))",
                &[I32],
                I64,
            ),
        ],
        Op::TrapIf => vec![consumer(
            "(block (result i32) (if {0} (then (unreachable))) (i32.const 3))",
            &[I32],
            I32,
        )],
        Op::BrTable => vec![consumer(
            "(block $end (result i32) (block $b (block $a (br_table $a $b $a $b {0})) (br $end (i32.const 1))) (i32.const 2))",
            &[I32],
            I32,
        )],
        Op::MemoryFill => vec![consumer(
            "(block (result i32) (i64.store offset=192 (i32.const 8) (i64.const 0)) (memory.fill (i32.const 192) {0} (i32.and {1} (i32.const 15))) (i32.load offset=192 (i32.const 8)))",
            &[I32, I32],
            I32,
        )],
        Op::Const => return Err("a leaf of every family"),
        Op::GlobalGet => TYPES
            .map(|ty| Instance::value(op, Kind::Load, format!("global.get $g_{ty}"), &[], ty, Nan::Exact))
            .to_vec(),
        Op::MemorySize => vec![Instance::value(op, Kind::Load, "memory.size".to_string(), &[], I32, Nan::Exact)],
        Op::TableSize => vec![Instance::value(op, Kind::Load, "table.size $few".to_string(), &[], I32, Nan::Exact)],
        Op::RefFunc | Op::InstanceAddr | Op::SymbolAddr | Op::SlotAddr => {
            return Err("an address of the linker's or the frame's, which no program can compute with");
        }
        Op::MemoryAddr | Op::PtrAdd | Op::RawLoad | Op::RawStore | Op::CallSymbol | Op::CallPtr
        | Op::ReturnCallPtr => return Err("expansion makes it of the others"),
        Op::MemoryGrow | Op::MemoryCopy | Op::MemoryInit | Op::MemoryPlace | Op::TableGrow
        | Op::TableFill | Op::TableCopy | Op::TableInit | Op::TablePlace => {
            return Err("its operands are arguments of a call, as those of memory.fill are");
        }
        Op::DataDrop | Op::ElemDrop | Op::AtomicFence | Op::Jump | Op::Trap => {
            return Err("no operand and no result");
        }
        Op::TableSet => return Err("its index is that of table.get"),
        Op::CallRef | Op::ReturnCall | Op::ReturnCallIndirect | Op::ReturnCallRef => {
            return Err("its operands are arguments, as those of call and call_indirect are");
        }
        Op::AtomicWait => return Err("it traps, as the memory is not shared"),
        Op::ExnGet | Op::Throw | Op::ThrowRef | Op::Try => {
            return Err("arguments of calls of the runtime, as those of call are");
        }
        Op::GcLoad => fields(op, "struct.get{sign} $fields {at} (global.get $object)", |_| Vec::new()),
        Op::GcLoadElem => fields(
            op,
            "(array.get{sign} $array{at} (global.get $elements{at}) (i32.and {0} (i32.const 3)))",
            |_| vec![I32],
        ),
        // Nothing else reads what is stored.
        Op::GcStore => fields(
            op,
            "(block (result {ty}) (struct.set $fields {at} (global.get $target) {0}) (call $nothing) (struct.get{sign} $fields {at} (global.get $target)))",
            |ty| vec![ty],
        ),
        Op::GcStoreElem => fields(
            op,
            "(block (result {ty}) (array.set $array{at} (global.get $targets{at}) (i32.const 2) {0}) (call $nothing) (array.get{sign} $array{at} (global.get $targets{at}) (i32.const 2)))",
            |ty| vec![ty],
        ),
        Op::GcTest => ["i31", "$fields", "$array0", "struct", "null eq"]
            .map(|ty| {
                let text = format!("(ref.test (ref {ty}) (table.get $objects (i32.and {{0}} (i32.const 7))))");
                Instance::value(op, Kind::Object, text, &[I32], I32, Nan::Exact)
            })
            .to_vec(),
        Op::GcNew | Op::GcNewArray | Op::GcNewData | Op::GcNewElem | Op::ArrayCopy
        | Op::ArrayInitData | Op::ArrayInitElem | Op::FuncTest
        | Op::AnyConvertExtern | Op::ExternConvertAny => {
            return Err("expansion makes others of it, and calls of the runtime");
        }
        Op::Return => return Err("the end of every tree"),
        _ => panic!("what does {} take?", op.name()),
    })
}

/// What fields and elements hold.
pub const STORAGE: [&str; 7] = ["i8", "i16", "i32", "i64", "f32", "f64", "v128"];

/// For each way to read each of them: its place, the suffix of the instruction, and the type.
fn readings() -> impl Iterator<Item = (usize, &'static str, Type)> {
    let packed = [(0, "_s"), (0, "_u"), (1, "_s"), (1, "_u")].map(|(at, sign)| (at, sign, I32));
    let whole = TYPES.into_iter().enumerate();
    packed
        .into_iter()
        .chain(whole.map(|(i, ty)| (2 + i, "", ty)))
}

/// The forms of a text with a place, a suffix and a type, with operands that the type decides.
fn fields(op: Op, text: &str, args: fn(Type) -> Vec<Type>) -> Vec<Instance> {
    let of = |(at, sign, ty): (usize, &str, Type)| {
        let text = text
            .replace("{at}", &at.to_string())
            .replace("{sign}", sign);
        let text = text.replace("{ty}", &ty.to_string());
        Instance::value(op, Kind::Object, text, &args(ty), ty, Nan::Exact)
    };
    readings().map(of).collect()
}

/// Offset of the cell that an access at the pointer without offset means.
pub const SLOT: u64 = 16;

fn access(op: Op, kind: Kind, text: &str, values: &[Type], result: Option<Type>) -> Instance {
    // Where the lane's index stands behind the offset.
    let (name, lane) = text
        .split_once(' ')
        .map_or((text, ""), |(name, lane)| (name, lane));
    let text = format!("{name} offset={SLOT} {lane}")
        .trim_end()
        .to_string();
    let values = values.iter().map(|&ty| Arg::Value(ty));
    Instance {
        op,
        kind,
        text,
        args: std::iter::once(Arg::Address).chain(values).collect(),
        result,
        nan: Nan::Exact,
    }
}

fn loads(op: Op) -> Vec<Instance> {
    let mut list = Vec::new();
    for ty in TYPES {
        list.push(access(op, Kind::Load, &format!("{ty}.load"), &[], Some(ty)));
    }
    for (ty, widths) in [(I32, &[8, 16][..]), (I64, &[8, 16, 32])] {
        for width in widths {
            for sign in ["s", "u"] {
                list.push(access(
                    op,
                    Kind::Load,
                    &format!("{ty}.load{width}_{sign}"),
                    &[],
                    Some(ty),
                ));
            }
        }
    }
    for shape in ["8x8", "16x4", "32x2"] {
        for sign in ["s", "u"] {
            list.push(access(
                op,
                Kind::Load,
                &format!("v128.load{shape}_{sign}"),
                &[],
                Some(V128),
            ));
        }
    }
    for (width, lanes) in [(8, 16), (16, 8), (32, 4), (64, 2)] {
        list.push(access(
            op,
            Kind::Load,
            &format!("v128.load{width}_splat"),
            &[],
            Some(V128),
        ));
        if width >= 32 {
            list.push(access(
                op,
                Kind::Load,
                &format!("v128.load{width}_zero"),
                &[],
                Some(V128),
            ));
        }
        for lane in [0, lanes - 1] {
            list.push(access(
                op,
                Kind::Load,
                &format!("v128.load{width}_lane {lane}"),
                &[V128],
                Some(V128),
            ));
        }
    }
    list
}

fn stores(op: Op) -> Vec<Instance> {
    let mut list = Vec::new();
    let mut add = |text: String, ty| list.push(access(op, Kind::Store, &text, &[ty], None));
    for ty in TYPES {
        add(format!("{ty}.store"), ty);
    }
    for (ty, widths) in [(I32, &[8, 16][..]), (I64, &[8, 16, 32])] {
        for width in widths {
            add(format!("{ty}.store{width}"), ty);
        }
    }
    for (width, lanes) in [(8, 16), (16, 8), (32, 4), (64, 2)] {
        for lane in [0, lanes - 1] {
            add(format!("v128.store{width}_lane {lane}"), V128);
        }
    }
    list
}

/// An atomic access in all widths; each of `values` is an operand of the type.
fn atomics(op: Op, name: &str, values: &[u8], has_result: bool) -> Vec<Instance> {
    let mut list = Vec::new();
    for (ty, widths) in [(I32, &[0, 8, 16][..]), (I64, &[0, 8, 16, 32])] {
        for &width in widths {
            let text = match (width, name.split_once('.')) {
                (0, _) => format!("{ty}.atomic.{name}"),
                (_, Some((rmw, what))) => format!("{ty}.atomic.{rmw}{width}.{what}_u"),
                (_, None) if has_result => format!("{ty}.atomic.{name}{width}_u"),
                (_, None) => format!("{ty}.atomic.{name}{width}"),
            };
            let operands = vec![ty; values.len()];
            list.push(access(
                op,
                Kind::Atomic,
                &text,
                &operands,
                has_result.then_some(ty),
            ));
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_op_has_forms_or_a_reason() {
        for &op in Op::ALL {
            match instances(op) {
                Ok(list) => assert!(!list.is_empty(), "{}", op.name()),
                Err(reason) => assert!(!reason.is_empty()),
            }
        }
        let covered = Op::ALL.iter().filter(|&&op| instances(op).is_ok());
        assert!(all().len() >= covered.count());
    }
}
