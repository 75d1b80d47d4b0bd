//! Shuffles of bytes: by their pattern the cheapest instruction that does it.
//!
//! A mask says for each byte of the result which byte of its sources it is. It is looked at in units of 8, 4, 2 bytes and single ones ([`units`]),
//! because most shuffles move larger lanes. In order of preference: nothing, one instruction without a constant, two such, `pshufb` with
//! its mask from the pool, and for two sources two of them.
//!
//! | shape | instruction |
//! |---|---|
//! | doubles of one source | `pshufd` |
//! | words within a half | `pshuflw`, `pshufhw` |
//! | consecutive bytes | `palignr`; beside zeros `pslldq`, `psrldq` |
//! | interleaved halves | `punpckl…`, `punpckh…` |
//! | every unit at its own place | `pblendw` |
//! | two doubles of each source | `shufps` |
//! | one double moved | `insertps` |

use super::rows::{
    constant_reg, is_zero, op, op_imm, op_rr, op_rri, splat_bits, unary, unary_imm, vector, zero,
};
use crate::ir::{InstData, Lanes, Op, Value};
use crate::isa::x64::insts::Form;
use crate::isa::x64::lower::rows::{Cx, reg};
use crate::mach::mir::VReg;
use crate::mach::patterns::two;

/// Index of each byte in the first source (0 to 15) followed by the second.
type Mask = [u8; 16];

/// Bytes that `pshufb` makes zero.
const CLEAR: u8 = 0x80;

/// `vshuffle`.
pub fn shuffle(cx: &mut Cx, data: &InstData) -> VReg {
    let bits = data.vector_bits();
    let (a, b) = two(data);
    let mask = bits.to_le_bytes();
    if a == b || mask.iter().all(|&i| i < 16) {
        return one(cx, a, mask.map(|i| i & 15));
    }
    if mask.iter().all(|&i| i >= 16) {
        return one(cx, b, mask.map(|i| i & 15));
    }
    if is_zero(cx, b) {
        return beside_zeros(cx, a, mask);
    }
    if is_zero(cx, a) {
        return beside_zeros(cx, b, exchanged(mask));
    }
    let (a, b) = (cx.reg(a), cx.reg(b));
    if let Some(result) = pair(cx, a, b, mask) {
        return result;
    }
    if let Some(result) = pair(cx, b, a, exchanged(mask)) {
        return result;
    }
    if let Some(result) = two_steps(cx, a, b, mask) {
        return result;
    }
    // Each source's bytes at their places, zeros elsewhere.
    let part = |first: bool| mask.map(|i| if (i < 16) == first { i & 15 } else { CLEAR });
    let a = permute(cx, a, part(true));
    let b = permute(cx, b, part(false));
    op_rr(cx, Form::Por, a, b)
}

/// The mask with the sources exchanged.
fn exchanged(mask: Mask) -> Mask {
    mask.map(|i| i ^ 16)
}

/// The mask in units of `16 / N` bytes, if it moves such units as wholes.
fn units<const N: usize>(mask: Mask) -> Option<[u8; N]> {
    let size = 16 / N;
    let mut found = [0; N];
    for (unit, bytes) in found.iter_mut().zip(mask.chunks(size)) {
        let first = bytes[0];
        let is_whole = usize::from(first).is_multiple_of(size)
            && bytes.iter().enumerate().all(|(i, &b)| b == first + i as u8);
        if !is_whole {
            return None;
        }
        *unit = first / size as u8;
    }
    Some(found)
}

/// Four indices of two bits each.
fn immediate(indices: &[u8]) -> i64 {
    let fields = indices.iter().enumerate();
    fields.fold(0, |imm, (n, &i)| imm | i64::from(i & 3) << (2 * n))
}

/// Whether the mask is `start, start + 1, …`.
fn is_run(mask: Mask, start: u8) -> bool {
    (start..).zip(mask).all(|(want, got)| want == got)
}

/// `pshufb`.
fn permute(cx: &mut Cx, source: VReg, mask: Mask) -> VReg {
    let mask = vector(u128::from_le_bytes(mask));
    op(cx, Form::Pshufb, source, mask)
}

// One source.

fn one(cx: &mut Cx, source: Value, mask: Mask) -> VReg {
    let source = cx.reg(source);
    one_reg(cx, source, mask)
}

fn one_reg(cx: &mut Cx, source: VReg, mask: Mask) -> VReg {
    if let Some(result) = one_cheap(cx, source, mask) {
        return result;
    }
    if mask == [0; 16] {
        let index = zero(cx);
        return op_rr(cx, Form::Pshufb, source, index);
    }
    permute(cx, source, mask)
}

/// One instruction without a constant, or none.
fn one_cheap(cx: &mut Cx, source: VReg, mask: Mask) -> Option<VReg> {
    if is_run(mask, 0) {
        return Some(source);
    }
    let operand = (reg(source), None);
    if let Some(doubles) = units::<4>(mask) {
        return Some(unary_imm(cx, Form::Pshufd, operand, immediate(&doubles)));
    }
    if let Some(words) = units::<8>(mask) {
        let (low, high) = words.split_at(4);
        if high == [4, 5, 6, 7] && low.iter().all(|&w| w < 4) {
            return Some(unary_imm(cx, Form::Pshuflw, operand, immediate(low)));
        }
        if low == [0, 1, 2, 3] && high.iter().all(|&w| w >= 4) {
            return Some(unary_imm(cx, Form::Pshufhw, operand, immediate(high)));
        }
    }
    if cx.isa.cpu.avx2 {
        if mask == [0; 16] {
            return Some(unary(cx, Form::Vpbroadcastb, operand));
        }
        if units::<8>(mask) == Some([0; 8]) {
            return Some(unary(cx, Form::Vpbroadcastw, operand));
        }
    }
    let start = mask[0];
    if (0..).zip(mask).all(|(i, byte)| byte == (start + i) & 15) {
        return Some(op_rri(cx, Form::Palignr, source, operand, i64::from(start)));
    }
    let form = unpack(mask.map(|i| i & 15), true)?;
    Some(op_rr(cx, form, source, source))
}

/// The instruction that interleaves halves of the sources; `same`: of one source with itself.
fn unpack(mask: Mask, same: bool) -> Option<Form> {
    fn matches<const N: usize>(mask: Mask, start: u8, same: bool) -> bool {
        let second = if same { 0 } else { N as u8 };
        let want = |n: usize| start + (n / 2) as u8 + if n % 2 == 1 { second } else { 0 };
        units::<N>(mask).is_some_and(|units| (0..N).all(|n| units[n] == want(n)))
    }
    let forms = [
        (matches::<2>(mask, 0, same), Form::Punpcklqdq),
        (matches::<2>(mask, 1, same), Form::Punpckhqdq),
        (matches::<4>(mask, 0, same), Form::Punpckldq),
        (matches::<4>(mask, 2, same), Form::Punpckhdq),
        (matches::<8>(mask, 0, same), Form::Punpcklwd),
        (matches::<8>(mask, 4, same), Form::Punpckhwd),
        (matches::<16>(mask, 0, same), Form::Punpcklbw),
        (matches::<16>(mask, 8, same), Form::Punpckhbw),
    ];
    let found = forms.iter().find(|(is_it, _)| *is_it);
    found.map(|(_, form)| *form)
}

// One source and zeros.

/// Indices from 16 on stand for zero.
fn beside_zeros(cx: &mut Cx, source: Value, mask: Mask) -> VReg {
    let source = cx.reg(source);
    let kept = mask.map(|i| i < 16);
    let count = kept.iter().filter(|&&k| k).count() as u8;
    let first = kept.iter().position(|&k| k).unwrap_or(0) as u8;
    let is_one_run = (0..16).all(|i| kept[i as usize] == (i >= first && i < first + count));
    let from = mask[usize::from(first)];
    let run = is_one_run && (0..count).all(|i| mask[usize::from(first + i)] == from + i);
    if run && first + count == 16 && from == 0 {
        return op_imm(cx, Form::Pslldq, source, i64::from(first));
    }
    if run && first == 0 && from + count == 16 {
        return op_imm(cx, Form::Psrldq, source, i64::from(from));
    }
    if run && first == 0 && from == 0 && count == 8 {
        return unary(cx, Form::MovqXX, (reg(source), None));
    }
    for (step, form) in [
        (2, Form::Pmovzxbw),
        (4, Form::Pmovzxwd),
        (8, Form::Pmovzxdq),
    ] {
        // The low half of each lane is of the source, the high half zero.
        let half = step / 2;
        let want = |i: u8| (i % step < half).then_some(i / step * half + i % step);
        if (0..16).all(|i| want(i) == Some(mask[i as usize]).filter(|&m| m < 16)) {
            return unary(cx, form, (reg(source), None));
        }
    }
    // Zeros have no places: any of their bytes will do.
    let anywhere = |second: fn(u8) -> u8| {
        let mut mask = mask;
        for (i, byte) in mask.iter_mut().enumerate() {
            if *byte >= 16 {
                *byte = 16 + second(i as u8);
            }
        }
        mask
    };
    if let Some(blended) = blend_words(anywhere(|i| i)) {
        let zero = zero(cx);
        return op_rri(cx, Form::Pblendw, source, (reg(zero), None), blended);
    }
    permute(cx, source, mask.map(|i| if i < 16 { i } else { CLEAR }))
}

/// The immediate of `pblendw`, if every word stays at its place.
fn blend_words(mask: Mask) -> Option<i64> {
    let words = units::<8>(mask)?;
    let mut imm = 0;
    for (i, &word) in words.iter().enumerate() {
        match usize::from(word) {
            w if w == i => {}
            w if w == i + 8 => imm |= 1 << i,
            _ => return None,
        }
    }
    Some(imm)
}

// Two sources.

/// One instruction that overwrites the first source, or reads it as the first.
fn pair(cx: &mut Cx, a: VReg, b: VReg, mask: Mask) -> Option<VReg> {
    let second = (reg(b), None);
    if let Some(imm) = blend_words(mask) {
        return Some(op_rri(cx, Form::Pblendw, a, second, imm));
    }
    if let Some(form) = unpack(mask, false) {
        return Some(op_rr(cx, form, a, b));
    }
    if is_run(mask, mask[0]) && mask[0] < 16 {
        // The operand that is overwritten holds the higher bytes.
        let shift = i64::from(mask[0]);
        return Some(op_rri(cx, Form::Palignr, b, (reg(a), None), shift));
    }
    let doubles = units::<4>(mask)?;
    let (low, high) = doubles.split_at(2);
    if low.iter().all(|&d| d < 4) && high.iter().all(|&d| d >= 4) {
        return Some(op_rri(cx, Form::Shufps, a, second, immediate(&doubles)));
    }
    insert_double(cx, a, b, doubles)
}

/// Three doubles stay, one is the second source's.
fn insert_double(cx: &mut Cx, a: VReg, b: VReg, doubles: [u8; 4]) -> Option<VReg> {
    let mut moved = (0..4u8).filter(|&i| doubles[usize::from(i)] != i);
    let at = moved.next()?;
    let from = doubles[usize::from(at)];
    if moved.next().is_some() || from < 4 {
        return None;
    }
    let imm = i64::from(from - 4) << 6 | i64::from(at) << 4;
    Some(op_rri(cx, Form::InsertpsR, a, (reg(b), None), imm))
}

/// Two instructions of which only the second may have a constant: a blend of what is needed, then a shuffle of it; or two doubles of each source,
/// then in order.
fn two_steps(cx: &mut Cx, a: VReg, b: VReg, mask: Mask) -> Option<VReg> {
    if let Some(imm) = disjoint_words(mask) {
        let both = op_rri(cx, Form::Pblendw, a, (reg(b), None), imm);
        return Some(one_reg(cx, both, mask.map(|i| i & 15)));
    }
    let doubles = units::<4>(mask)?;
    let mut wanted: [Vec<u8>; 2] = [Vec::new(), Vec::new()];
    for double in doubles {
        let list = &mut wanted[usize::from(double >= 4)];
        if !list.contains(&double) {
            list.push(double);
        }
    }
    if wanted.iter().any(|list| list.len() > 2) {
        return None;
    }
    let mut picked = Vec::new();
    for list in &wanted {
        picked.extend([list[0], *list.last().expect("both sources are used")]);
    }
    let both = op_rri(cx, Form::Shufps, a, (reg(b), None), immediate(&picked));
    let place = |double| picked.iter().position(|&p| p == double).unwrap_or(0) as u8;
    let order = doubles.map(place);
    Some(unary_imm(
        cx,
        Form::Pshufd,
        (reg(both), None),
        immediate(&order),
    ))
}

/// The immediate of the `pblendw` that has every word that the mask wants, if no place is wanted of both sources.
fn disjoint_words(mask: Mask) -> Option<i64> {
    let mut wanted: [Option<bool>; 8] = [None; 8];
    for byte in mask {
        let place = &mut wanted[usize::from(byte & 15) / 2];
        let second = byte >= 16;
        if place.is_some_and(|known| known != second) {
            return None;
        }
        *place = Some(second);
    }
    let bits = wanted.iter().enumerate();
    Some(bits.fold(0, |imm, (i, &second)| {
        imm | i64::from(second == Some(true)) << i
    }))
}

// Indices in a vector.

/// `vswizzle`, `vrelaxed_swizzle`: `pshufb` takes indices from 128 on as zero and others modulo 16, so a saturating addition brings 16 to 127
/// up there.
pub fn swizzle(cx: &mut Cx, data: &InstData) -> VReg {
    let (source, indices) = two(data);
    if let Some(bits) = cx.vec_bits(indices) {
        // The relaxed op treats constants as the instruction would.
        let limit = match data.op {
            Op::VrelaxedSwizzle => CLEAR,
            _ => 16,
        };
        let mask = bits.to_le_bytes();
        let mask = mask.map(|i| if i < limit { i & 15 } else { CLEAR });
        if !mask.contains(&CLEAR) {
            return one(cx, source, mask);
        }
        let source = cx.reg(source);
        return permute(cx, source, mask);
    }
    let (source, indices) = (cx.reg(source), cx.reg(indices));
    if data.op == Op::VrelaxedSwizzle {
        return op_rr(cx, Form::Pshufb, source, indices);
    }
    let offset = constant_reg(cx, splat_bits(Lanes::I8x16, 0x70));
    let bounded = op_rr(cx, Form::Paddusb, offset, indices);
    op_rr(cx, Form::Pshufb, source, bounded)
}
