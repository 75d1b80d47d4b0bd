//! The evaluator and the interpreter against tables of edge cases, written down from the specification (core 4.3).

use crate::support::{id, program, run};
use wative_compiler::abi::TrapCode;
use wative_compiler::ir::eval::eval;
use wative_compiler::ir::interp::Stop;
use wative_compiler::ir::*;

fn int(op: Op, ty: Type, args: &[u64]) -> Result<u64, TrapCode> {
    eval(op, ty, &Imm::None, ty, args).unwrap()
}

fn conv(op: Op, from: Type, to: Type, bits: u64) -> Result<u64, TrapCode> {
    eval(op, to, &Imm::None, from, &[bits]).unwrap()
}

const MIN32: u64 = 0x8000_0000;
const MAX32: u64 = 0x7fff_ffff;
const NEG32: u64 = 0xffff_ffff;
const MIN64: u64 = 1 << 63;
const NEG64: u64 = u64::MAX;

#[test]
fn integer_arithmetic() {
    use Op::*;
    use Type::{I32, I64};
    let table: &[(Op, Type, &[u64], u64)] = &[
        (Add, I32, &[NEG32, 1], 0),
        (Add, I64, &[NEG64, 1], 0),
        (Sub, I32, &[0, 1], NEG32),
        (Sub, I32, &[MIN32, 1], MAX32),
        (Mul, I32, &[0x1_0000, 0x1_0000], 0),
        (Mul, I64, &[NEG64, NEG64], 1),
        (DivS, I32, &[0xffff_fff9, 2], 0xffff_fffd),
        (DivU, I32, &[0xffff_fff9, 2], 0x7fff_fffc),
        (DivS, I64, &[MIN64, 2], 0xc000_0000_0000_0000),
        (RemS, I32, &[0xffff_fff9, 2], NEG32),
        (RemS, I32, &[MIN32, NEG32], 0),
        (RemS, I64, &[MIN64, NEG64], 0),
        (RemU, I32, &[NEG32, 10], 5),
        (And, I32, &[0xff00, 0x0ff0], 0x0f00),
        (Or, I32, &[0xff00, 0x0ff0], 0xfff0),
        (Xor, I64, &[NEG64, 1], NEG64 - 1),
        (Shl, I32, &[1, 32], 1),
        (Shl, I32, &[1, 31], MIN32),
        (Shl, I64, &[1, 65], 2),
        (ShrS, I32, &[MIN32, 31], NEG32),
        (ShrS, I32, &[MIN32, 32], MIN32),
        (ShrU, I32, &[MIN32, 31], 1),
        (ShrS, I64, &[MIN64, 63], NEG64),
        (ShrU, I64, &[MIN64, 127], 1),
        (Rotl, I32, &[MIN32 | 1, 1], 3),
        (Rotr, I32, &[1, 1], MIN32),
        (Rotl, I32, &[0x1234_5678, 32], 0x1234_5678),
        (Rotr, I64, &[1, 65], MIN64),
        (Clz, I32, &[0], 32),
        (Clz, I32, &[1], 31),
        (Clz, I64, &[0], 64),
        (Clz, I64, &[MIN64], 0),
        (Ctz, I32, &[0], 32),
        (Ctz, I32, &[MIN32], 31),
        (Ctz, I64, &[0], 64),
        (Popcnt, I32, &[NEG32], 32),
        (Popcnt, I64, &[NEG64], 64),
        (Bswap, I32, &[0x0102_0304], 0x0403_0201),
        (Bswap, I64, &[0x0102_0304_0506_0708], 0x0807_0605_0403_0201),
        (Ext8S, I32, &[0x80], 0xffff_ff80),
        (Ext8S, I32, &[0x17f], 0x7f),
        (Ext16S, I64, &[0x8000], 0xffff_ffff_ffff_8000),
        (Ext32S, I64, &[MIN32], 0xffff_ffff_8000_0000),
    ];
    for &(op, ty, args, expected) in table {
        assert_eq!(int(op, ty, args), Ok(expected), "{op:?} {ty} {args:x?}");
    }
    for ty in [I32, I64] {
        for op in [DivS, DivU, RemS, RemU] {
            assert_eq!(int(op, ty, &[1, 0]), Err(TrapCode::IntegerDivisionByZero));
        }
    }
    assert_eq!(
        int(DivS, I32, &[MIN32, NEG32]),
        Err(TrapCode::IntegerOverflow)
    );
    assert_eq!(
        int(DivS, I64, &[MIN64, NEG64]),
        Err(TrapCode::IntegerOverflow)
    );
    assert_eq!(int(DivS, I64, &[MIN32, NEG32]), Ok(0));
}

#[test]
fn float_arithmetic() {
    use Op::*;
    let f = |x: f32| u64::from(x.to_bits());
    let d = |x: f64| x.to_bits();
    let (f32_nan, f64_snan) = (0x7fc0_0000, 0x7ff0_0000_0000_0001);
    let table: &[(Op, Type, &[u64], u64)] = &[
        (Fmin, Type::F32, &[f(0.0), f(-0.0)], f(-0.0)),
        (Fmin, Type::F32, &[f(-0.0), f(0.0)], f(-0.0)),
        (Fmax, Type::F64, &[d(-0.0), d(0.0)], d(0.0)),
        (Fmax, Type::F64, &[d(0.0), d(-0.0)], d(0.0)),
        (Fmax, Type::F64, &[d(-1.0), d(f64::NEG_INFINITY)], d(-1.0)),
        (Fsub, Type::F64, &[d(0.0), d(0.0)], d(0.0)),
        (Fdiv, Type::F32, &[f(1.0), f(-0.0)], f(f32::NEG_INFINITY)),
        (Fsqrt, Type::F64, &[d(-0.0)], d(-0.0)),
        (Fceil, Type::F32, &[f(-0.5)], f(-0.0)),
        (Ffloor, Type::F32, &[f(-0.5)], f(-1.0)),
        (Ftrunc, Type::F64, &[d(-0.9)], d(-0.0)),
        (Fnearest, Type::F64, &[d(0.5)], d(0.0)),
        (Fnearest, Type::F64, &[d(1.5)], d(2.0)),
        (Fnearest, Type::F64, &[d(-2.5)], d(-2.0)),
        (Fnearest, Type::F32, &[f(8388609.0)], f(8388609.0)),
        // Operations on the sign keep every other bit, of signalling NaNs too.
        (Fneg, Type::F32, &[f32_nan], 0xffc0_0000),
        (Fneg, Type::F64, &[f64_snan], 0xfff0_0000_0000_0001),
        (Fabs, Type::F64, &[0xfff0_0000_0000_0001], f64_snan),
        (
            Fcopysign,
            Type::F64,
            &[f64_snan, d(-1.0)],
            0xfff0_0000_0000_0001,
        ),
        (Fcopysign, Type::F32, &[f(-1.5), f32_nan], f(1.5)),
    ];
    for &(op, ty, args, expected) in table {
        assert_eq!(int(op, ty, args), Ok(expected), "{op:?} {ty} {args:x?}");
    }
    // NaN from either side, and quiet.
    for op in [Fadd, Fsub, Fmul, Fdiv, Fmin, Fmax] {
        for args in [[f64_snan, d(1.0)], [d(1.0), f64_snan]] {
            let bits = int(op, Type::F64, &args).unwrap();
            assert!(
                f64::from_bits(bits).is_nan() && bits & 1 << 51 != 0,
                "{op:?}"
            );
        }
    }
    for op in [Fsqrt, Fceil, Ffloor, Ftrunc, Fnearest] {
        let bits = int(op, Type::F64, &[f64_snan]).unwrap();
        assert!(
            f64::from_bits(bits).is_nan() && bits & 1 << 51 != 0,
            "{op:?}"
        );
    }
}

#[test]
fn conversions() {
    use Op::*;
    use Type::{F32, F64, I32, I64};
    let f = |x: f32| u64::from(x.to_bits());
    let d = |x: f64| x.to_bits();
    let table: &[(Op, Type, Type, u64, u64)] = &[
        (Wrap, I64, I32, 0x1_8000_0000, MIN32),
        (ExtS, I32, I64, MIN32, 0xffff_ffff_8000_0000),
        (ExtU, I32, I64, MIN32, MIN32),
        (TruncS, F64, I32, d(-2147483648.9), MIN32),
        (TruncS, F64, I32, d(2147483647.9), MAX32),
        (TruncU, F64, I32, d(4294967295.9), NEG32),
        (TruncU, F64, I32, d(-0.9), 0),
        (TruncU, F32, I32, f(4294967040.0), 0xffff_ff00),
        (TruncS, F64, I64, d(-9223372036854775808.0), MIN64),
        (
            TruncU,
            F64,
            I64,
            d(18446744073709549568.0),
            0xffff_ffff_ffff_f800,
        ),
        (TruncSatS, F64, I32, d(f64::NAN), 0),
        (TruncSatS, F64, I32, d(f64::INFINITY), MAX32),
        (TruncSatU, F64, I32, d(-1.0), 0),
        (TruncSatU, F32, I64, f(f32::INFINITY), NEG64),
        (TruncSatS, F32, I64, f(f32::NEG_INFINITY), MIN64),
        (ConvS, I32, F32, 16777217, f(16777216.0)),
        (ConvS, I32, F64, NEG32, d(-1.0)),
        (ConvU, I32, F64, NEG32, d(4294967295.0)),
        (ConvU, I64, F64, NEG64, d(18446744073709551616.0)),
        (ConvU, I64, F32, 0x8000_0080_0000_0001, f(9.223_373e18)),
        (ConvS, I64, F32, MIN64, f(-9223372036854775808.0)),
        (Demote, F64, F32, d(1e40), f(f32::INFINITY)),
        (Demote, F64, F32, d(1e-50), f(0.0)),
        (Promote, F32, F64, f(1e-40), d(f64::from(1e-40f32))),
        (Bitcast, F32, I32, 0x7fa0_0000, 0x7fa0_0000),
        (
            Bitcast,
            I64,
            F64,
            0x7ff4_0000_0000_0000,
            0x7ff4_0000_0000_0000,
        ),
    ];
    for &(op, from, to, bits, expected) in table {
        assert_eq!(
            conv(op, from, to, bits),
            Ok(expected),
            "{op:?} {from} {to} {bits:x}"
        );
    }
    let overflow: &[(Op, Type, Type, u64)] = &[
        (TruncS, F64, I32, d(2147483648.0)),
        (TruncS, F64, I32, d(-2147483649.0)),
        (TruncS, F32, I32, f(2147483648.0)),
        (TruncU, F64, I32, d(-1.0)),
        (TruncU, F64, I32, d(4294967296.0)),
        (TruncS, F64, I64, d(9223372036854775808.0)),
        (TruncU, F64, I64, d(18446744073709551616.0)),
        (TruncU, F32, I64, f(f32::INFINITY)),
    ];
    for &(op, from, to, bits) in overflow {
        assert_eq!(
            conv(op, from, to, bits),
            Err(TrapCode::IntegerOverflow),
            "{op:?} {bits:x}"
        );
    }
    let nan = conv(TruncS, F64, I32, d(f64::NAN));
    assert_eq!(nan, Err(TrapCode::BadConversionToInteger));
}

/// Runs `body` of a function `(i32, i64) -> (i64)`.
fn outcome(body: &str, args: &[u64]) -> crate::support::Outcome {
    let text =
        format!("func func0 \"f\" wasm (i32, i64) -> (i64) {{\nb0(v0: i32, v1: i64):\n{body}\n}}");
    let func = parse::parse(&text).unwrap().remove(0);
    let program = program(&func.sig);
    verify::verify(&func, &program).unwrap();
    run(&program, &func, args, 10_000)
}

fn result(body: &str, args: &[u64]) -> Result<u64, Stop> {
    outcome(body, args).result.map(|values| values[0])
}

fn trap(code: TrapCode) -> Result<u64, Stop> {
    Err(Stop::Trap(code))
}

#[test]
fn loads_and_stores() {
    let narrow = |load: &str| {
        let body = format!(
            "v2 = const.i32 100\nstore.i64 mem0 [v2 + 4], v1\nv3 = {load} mem0 [v2 + 4]\nv4 = ext_u.i64 v3\nreturn v4"
        );
        result(&body, &[0, 0x1122_3344_8899_aafb]).unwrap()
    };
    assert_eq!(narrow("load.i32"), 0x8899_aafb);
    assert_eq!(narrow("load.i32_u8"), 0xfb);
    assert_eq!(narrow("load.i32_s8"), 0xffff_fffb);
    assert_eq!(narrow("load.i32_u16"), 0xaafb);
    assert_eq!(narrow("load.i32_s16"), 0xffff_aafb);
    let wide = |load: &str| {
        let body = format!("store.i64 mem0 [v0], v1\nv3 = {load} mem0 [v0]\nreturn v3");
        result(&body, &[8, 0x1122_3344_8899_aafb]).unwrap()
    };
    assert_eq!(wide("load.i64"), 0x1122_3344_8899_aafb);
    assert_eq!(wide("load.i64_s32"), 0xffff_ffff_8899_aafb);
    assert_eq!(wide("load.i64_u32"), 0x8899_aafb);
    assert_eq!(wide("load.i64_s8"), 0xffff_ffff_ffff_fffb);
    // The last byte of the page, and one further; the offset does not wrap.
    let at = "v3 = load.i64_u8 mem0 [v0 + 1]\nreturn v3";
    assert!(result(at, &[65534, 0]).is_ok());
    assert_eq!(result(at, &[65535, 0]), trap(TrapCode::MemoryOutOfBounds));
    assert_eq!(result(at, &[NEG32, 0]), trap(TrapCode::MemoryOutOfBounds));
    // A store that reaches beyond the end writes nothing.
    let run = outcome("store.i64 mem0 [v0], v1\nreturn v1", &[65530, NEG64]);
    assert_eq!(run.result, Err(Stop::Trap(TrapCode::MemoryOutOfBounds)));
    assert_eq!(run.memories[0][65530], 0);
}

#[test]
fn bulk_memory() {
    let grow = "v2 = memory.grow.i32 mem0 v0\nv3 = memory.size.i32 mem0\nv4 = const.i32 16\nv5 = shl.i32 v3, v4\nv6 = or.i32 v5, v2\nv7 = ext_u.i64 v6\nreturn v7";
    assert_eq!(result(grow, &[1, 0]), Ok(0x2_0001));
    assert_eq!(result(grow, &[2, 0]), Ok(0xffff_ffff));
    let fill =
        "v2 = wrap.i32 v1\nmemory.fill mem0 v0, v2, v2\nv3 = load.i64_u8 mem0 [v0]\nreturn v3";
    assert_eq!(result(fill, &[65536 - 0xa5, 0xa5]), Ok(0xa5));
    assert_eq!(result(fill, &[65536, 0]), trap(TrapCode::MemoryOutOfBounds));
    let fill = "v2 = wrap.i32 v1\nmemory.fill mem0 v0, v2, v2\nreturn v1";
    assert_eq!(result(fill, &[65536, 0]), Ok(0));
    assert_eq!(result(fill, &[65537, 0]), trap(TrapCode::MemoryOutOfBounds));
    // Overlapping copy.
    let copy = "v2 = const.i32 0\nv3 = const.i32 4\nv4 = const.i32 8\nstore.i64 mem0 [v2], v1\nmemory.copy mem0 mem0 v3, v2, v4\nv5 = load.i64 mem0 [v3]\nreturn v5";
    assert_eq!(
        result(copy, &[0, 0x0807_0605_0403_0201]),
        Ok(0x0807_0605_0403_0201)
    );
    let init = "v2 = const.i32 1\nv3 = const.i32 99\nmemory.init mem0 data0 v0, v3, v2\ndata.drop data0\nv4 = const.i32 0\nmemory.init mem0 data0 v0, v4, v4\nv5 = load.i64_u8 mem0 [v0]\nmemory.init mem0 data0 v0, v4, v2\nreturn v5";
    assert_eq!(result(init, &[0, 0]), trap(TrapCode::MemoryOutOfBounds));
    assert_eq!(outcome(init, &[0, 0]).memories[0][0], 99);
}

#[test]
fn tables_and_calls() {
    // The tables begin with func1, func2, null, func1, func3; func1 gives three times its argument.
    let call = "v2: i32 = call_indirect table0 sig1 v0, v0\nv3 = ext_u.i64 v2\nreturn v3";
    assert_eq!(result(call, &[0, 0]), Ok(0));
    assert_eq!(result(call, &[3, 0]), Ok(9));
    assert_eq!(result(call, &[1, 0]), trap(TrapCode::BadSignature));
    assert_eq!(result(call, &[2, 0]), trap(TrapCode::IndirectCallToNull));
    assert_eq!(result(call, &[5, 0]), trap(TrapCode::TableOutOfBounds));
    let several =
        "v2: i64, v3: i32 = call func2 v0, v1\nv4 = ext_u.i64 v3\nv5 = add.i64 v2, v4\nreturn v5";
    assert_eq!(result(several, &[5, 7]), Ok(12));
    let grow = "v2 = ref.func func2\nv3 = table.grow.i32 table1 v2, v0\nv4 = table.size.i32 table1\nv5 = ext_s.i64 v3\nv6 = ext_u.i64 v4\nv7 = add.i64 v5, v6\nreturn v7";
    assert_eq!(result(grow, &[2, 0]), Ok(5 + 7));
    assert_eq!(result(grow, &[3, 0]), Ok(4));
    let init = "v2 = const.i32 2\ntable.init table1 elem0 v0, v2, v2\nelem.drop elem0\nreturn v1";
    assert_eq!(outcome(init, &[0, 0]).tables[1], [3, 1, 0, 2, 4]);
    assert_eq!(result(init, &[4, 0]), trap(TrapCode::TableOutOfBounds));
    let copy = "v2 = const.i32 1\nv3 = const.i32 3\ntable.copy table0 table0 v2, v0, v3\nreturn v1";
    assert_eq!(outcome(copy, &[0, 0]).tables[0], [2, 2, 3, 0, 4]);
    let fill = "v2 = ref.func func0\nv3 = const.i32 2\ntable.fill table0 v3, v2, v0\nreturn v1";
    assert_eq!(outcome(fill, &[2, 0]).tables[0], [2, 3, 1, 1, 4]);
    assert_eq!(result(fill, &[4, 0]), trap(TrapCode::TableOutOfBounds));
}

#[test]
fn references_and_tail_calls() {
    let null = "v2 = const.ref 0\nv3: i64, v4: i32 = call_ref sig2 v0, v1, v2\nreturn v3";
    assert_eq!(result(null, &[5, 7]), trap(TrapCode::NullReference));
    let known = "v2 = ref.func func2\nv3: i64, v4: i32 = call_ref sig2 v0, v1, v2\nreturn v3";
    assert_eq!(result(known, &[5, 7]), Ok(5));
    // As deep as the fuel lasts.
    let forever = "return_call func0 v0, v1";
    assert_eq!(result(forever, &[0, 0]), Err(Stop::OutOfFuel));
    let down = "branch v0 ? b1 : b2\nb1:\nv2 = const.i32 1\nv3 = sub.i32 v0, v2\nv4 = ref.func func0\nreturn_call_ref sig0 v3, v1, v4\nb2:\nreturn v1";
    assert_eq!(result(down, &[300, 9]), Ok(9));
    let through = "return_call_indirect table0 sig0 v0, v1, v0";
    assert_eq!(result(through, &[2, 0]), trap(TrapCode::IndirectCallToNull));
    assert_eq!(result(through, &[4, 0]), trap(TrapCode::BadSignature));
    assert_eq!(result(through, &[5, 0]), trap(TrapCode::TableOutOfBounds));
}

#[test]
fn control() {
    // Parameters are passed all at once: a Fibonacci loop.
    let fibonacci = "v2 = const.i64 0\nv3 = const.i64 1\njump b1(v0, v2, v3)\nb1(v4: i32, v5: i64, v6: i64):\nv7 = add.i64 v5, v6\nv8 = const.i32 1\nv9 = sub.i32 v4, v8\nbranch v9 ? b1(v9, v6, v7) : b2\nb2:\nreturn v6";
    assert_eq!(result(fibonacci, &[10, 0]), Ok(55));
    assert_eq!(result(fibonacci, &[0, 0]), Err(Stop::OutOfFuel));
    let switch = "v2 = const.i64 10\nv3 = const.i64 20\nbr_table v0 [b1(v2), b1(v3), b1(v1)]\nb1(v4: i64):\nreturn v4";
    assert_eq!(
        [0, 1, 2, 99].map(|i| result(switch, &[i, 5])),
        [10, 20, 5, 5].map(Ok)
    );
    let check = "trap_if NullReference v0\ntrap Unreachable";
    assert_eq!(result(check, &[1, 0]), trap(TrapCode::NullReference));
    assert_eq!(result(check, &[0, 0]), trap(TrapCode::Unreachable));
    let recursion = "v2: i64 = call func0 v0, v1\nreturn v2";
    assert_eq!(result(recursion, &[0, 0]), trap(TrapCode::StackOverflow));
    assert_eq!(id::<FuncId>(0).to_string(), "func0");
}
