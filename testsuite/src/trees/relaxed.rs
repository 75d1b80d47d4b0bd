//! What else the relaxed ops may give: rows whose result is not the same for all choices are left out.

use wative_compiler::ir::eval_vec::{from_lanes, halves, lane};
use wative_compiler::ir::op::ImmKind;
use wative_compiler::ir::{Func, FuncId, Imm, Inst, InstData, Lanes, Op};

use super::ops;

use Lanes::{F32x4, F64x2, I8x16, I16x8, I32x4};

/// A choice beside the interpreter's: which of several results, and in which of the relaxed ops.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Choice {
    result: usize,
    whom: Whom,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Whom {
    All,
    First,
    Last,
}

/// All choices.
pub fn choices() -> Vec<Choice> {
    let all = [Whom::All, Whom::First, Whom::Last];
    let with = |result| all.map(|whom| Choice { result, whom });
    [0, 1].map(with).concat()
}

/// Every relaxed op with its immediates.
fn forms() -> Vec<(Op, Imm)> {
    let mut list = Vec::new();
    for &op in Op::ALL.iter().filter(|&&op| ops::is_relaxed(op)) {
        match op.row().imm {
            ImmKind::Lanes(all) => list.extend(all.iter().map(|&lanes| (op, Imm::Lanes(lanes)))),
            ImmKind::None => list.push((op, Imm::None)),
            other => panic!("{} has {other:?}", op.name()),
        }
    }
    list
}

/// A function to import for each of them.
pub fn imports() -> Vec<String> {
    let import = |(n, (op, _)): (usize, &(Op, Imm))| {
        let params = " v128".repeat(ops::operands(*op).len());
        format!("(import \"relaxed\" \"{n}\" (func (param{params}) (result v128)))\n")
    };
    forms().iter().enumerate().map(import).collect()
}

/// Lets a function call the imported functions in the stead of its relaxed ops. `ids` are those of the imports.
pub fn call_imports(func: &mut Func, ids: &[FuncId], choice: Choice) {
    let forms = forms();
    let form = |data: &InstData| {
        let is_same = |(op, imm): &(Op, Imm)| (*op, imm) == (data.op, &data.imm);
        forms.iter().position(is_same)
    };
    let insts = func.insts.iter();
    let found: Vec<(Inst, usize)> = insts
        .filter_map(|(id, data)| Some((id, form(data)?)))
        .collect();
    let chosen = match choice.whom {
        Whom::All => &found[..],
        Whom::First => &found[..found.len().min(1)],
        Whom::Last => &found[found.len().saturating_sub(1)..],
    };
    for &(inst, n) in chosen {
        let inst = &mut func.insts[inst];
        (inst.op, inst.imm) = (Op::Call, Imm::Func(ids[n]));
    }
}

/// What an imported function gives; arguments and result are slots.
pub fn call(index: usize, slots: &[u64], choice: Choice) -> [u64; 2] {
    let args: Vec<u128> = slots
        .chunks(2)
        .map(|halves| u128::from(halves[0]) | u128::from(halves[1]) << 64)
        .collect();
    let (op, imm) = &forms()[index];
    halves(other(*op, imm, &args, choice.result).expect("a relaxed op"))
}

/// Another result that the op may give.
fn other(op: Op, imm: &Imm, args: &[u128], choice: usize) -> Option<u128> {
    let lanes = match imm {
        Imm::Lanes(lanes) => *lanes,
        _ => I8x16,
    };
    let at = |n: usize, lanes, i| lane(args[n], lanes, i);
    Some(match op {
        Op::VrelaxedSwizzle => from_lanes(I8x16, |i| match at(1, I8x16, i) {
            index @ 0..128 => at(0, I8x16, index as u32 & 15),
            _ => 0,
        }),
        Op::VrelaxedTruncS
        | Op::VrelaxedTruncU
        | Op::VrelaxedTruncZeroS
        | Op::VrelaxedTruncZeroU => {
            let is_signed = matches!(op, Op::VrelaxedTruncS | Op::VrelaxedTruncZeroS);
            let is_zero = matches!(op, Op::VrelaxedTruncZeroS | Op::VrelaxedTruncZeroU);
            from_lanes(I32x4, |i| match is_zero {
                true if i >= 2 => 0,
                true => truncated(f64::from_bits(at(0, F64x2, i)), is_signed),
                false => truncated(f32::from_bits(at(0, F32x4, i) as u32).into(), is_signed),
            })
        }
        Op::Vfma | Op::Vfnma if lanes.is_float() => from_lanes(lanes, |i| {
            let [a, b, c] = [0, 1, 2].map(|n| at(n, lanes, i));
            let sign = if op == Op::Vfnma { -1.0 } else { 1.0 };
            match lanes {
                F32x4 => {
                    let [a, b, c] = [a, b, c].map(|bits| f32::from_bits(bits as u32));
                    (a * sign as f32).mul_add(b, c).to_bits().into()
                }
                _ => {
                    let [a, b, c] = [a, b, c].map(f64::from_bits);
                    (a * sign).mul_add(b, c).to_bits()
                }
            }
        }),
        // Either operand, where they are not simply compared.
        Op::VrelaxedMin | Op::VrelaxedMax if lanes.is_float() => from_lanes(lanes, |i| {
            let [a, b] = [0, 1].map(|n| at(n, lanes, i));
            let [x, y] = [a, b].map(|bits| match lanes {
                F32x4 => f64::from(f32::from_bits(bits as u32)),
                _ => f64::from_bits(bits),
            });
            let is_open = x.is_nan() || y.is_nan() || x == 0.0 && y == 0.0;
            match (is_open, (x < y) == (op == Op::VrelaxedMin)) {
                (true, _) => [a, b][choice],
                (false, true) => a,
                (false, false) => b,
            }
        }),
        Op::VrelaxedQ15mulr => from_lanes(I16x8, |i| {
            let [a, b] = [0, 1].map(|n| i32::from(at(n, I16x8, i) as i16));
            ((a * b + 0x4000) >> 15) as u16 as u64
        }),
        Op::VrelaxedDot => from_lanes(I16x8, |i| {
            let product = |i| i32::from(at(0, I8x16, i) as i8) * i32::from(at(1, I8x16, i) as u8);
            let sum = product(2 * i) + product(2 * i + 1);
            match choice {
                0 => sum.clamp(i16::MIN.into(), i16::MAX.into()) as u16 as u64,
                _ => sum as u16 as u64,
            }
        }),
        Op::VrelaxedLaneselect if !lanes.is_float() => from_lanes(lanes, |i| {
            let set = at(2, lanes, i) >> (lanes.bits() - 1) != 0;
            at(usize::from(!set), lanes, i)
        }),
        _ => return None,
    })
}

/// What does not fit becomes the smallest signed number, or the largest unsigned one.
fn truncated(number: f64, is_signed: bool) -> u64 {
    let whole = number.trunc();
    let (low, high) = match is_signed {
        true => (f64::from(i32::MIN), f64::from(i32::MAX)),
        false => (0.0, f64::from(u32::MAX)),
    };
    match (whole >= low && whole <= high, is_signed) {
        (true, true) => (whole as i32 as u32).into(),
        (true, false) => (whole as u32).into(),
        (false, true) => 0x8000_0000,
        (false, false) => 0xffff_ffff,
    }
}
