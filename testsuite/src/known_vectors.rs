//! The part of [`crate::known`] about vectors: bodies of programs, with the values that they must compute worked out here.

use crate::random::Random;
use std::fmt::Write as _;

/// A vector constant.
fn constant(bytes: [u8; 16]) -> String {
    let mut text = String::from("(v128.const i8x16");
    for byte in bytes {
        let _ = write!(text, " {byte}");
    }
    text.push(')');
    text
}

/// The bytes of a vector that the compiler does not know: constant xor zero from memory.
fn opaque(bytes: [u8; 16]) -> String {
    format!(
        "(v128.xor {} (i64x2.splat (call $opaque (i64.const 0))))",
        constant(bytes)
    )
}

/// Ends with `number` unless the vector that `got` computes is `want`.
fn same(text: &mut String, got: &str, want: [u8; 16], number: usize) {
    let want = u128::from_le_bytes(want);
    for (lane, want) in [want as u64, (want >> 64) as u64].into_iter().enumerate() {
        let _ = write!(
            text,
            "(call $same (i64x2.extract_lane {lane} {got}) (i64.const 0x{want:x}) (i32.const {}))",
            number % 100 + 1
        );
    }
}

/// Shuffles of one vector with itself and of two, by masks of every shape and by others at random.
pub fn shuffles() -> String {
    let (a, b): ([u8; 16], [u8; 16]) = (
        std::array::from_fn(|i| 0x80 + i as u8),
        std::array::from_fn(|i| 0x10 + i as u8),
    );
    let shapes: [fn(usize) -> usize; 12] = [
        |i| i,
        |i| 31 - i,
        |i| i + 16,
        |i| i + 5,
        |i| (i + 25) % 32,
        |i| i / 2 + 16 * (i % 2),
        |i| i / 2 + 8 + 16 * (i % 2),
        |i| i * 2,
        |i| i * 2 + 1,
        |i| 17 + i % 2,
        |i| (i ^ 1) + 16,
        |i| (i ^ 8) + 16 * (i / 4 % 2),
    ];
    let mut masks: Vec<[u8; 16]> = shapes
        .iter()
        .map(|shape| std::array::from_fn(|i| shape(i) as u8))
        .collect();
    let mut random = Random::new(1);
    masks.extend((0..12).map(|_| std::array::from_fn(|_| random.below(32) as u8)));
    let mut text = String::new();
    for (number, mask) in masks.iter().enumerate() {
        let lanes: Vec<String> = mask.iter().map(u8::to_string).collect();
        for (x, y) in [(a, a), (a, b)] {
            let both = [x, y].concat();
            let got = format!(
                "(i8x16.shuffle {} {} {})",
                lanes.join(" "),
                opaque(x),
                opaque(y)
            );
            same(&mut text, &got, mask.map(|m| both[usize::from(m)]), number);
        }
    }
    text
}

/// Every shift of a constant and of an unknown vector, by known and unknown counts within and beyond the width.
pub fn shifts() -> String {
    let bytes: [u8; 16] = std::array::from_fn(|i| (i as u8).wrapping_mul(0x3b) ^ 0x8c);
    let input = u128::from_le_bytes(bytes);
    let mut text = String::new();
    let mut number = 0;
    for bits in [8u32, 16, 32, 64] {
        let name = format!("i{bits}x{}", 128 / bits);
        for (op, count) in ["shl", "shr_s", "shr_u"]
            .iter()
            .flat_map(|op| [0, 1, 7, 15, 33, 63, 65].map(|count| (op, count)))
        {
            number += 1;
            let by = count % bits;
            let lane = |at: u32| {
                let lane = (input >> at) as u64 & (u64::MAX >> (64 - bits));
                let signed = ((lane << (64 - bits)) as i64) >> (64 - bits);
                let shifted = match *op {
                    "shl" => lane << by,
                    "shr_s" => (signed >> by) as u64,
                    _ => lane >> by,
                };
                u128::from(shifted & (u64::MAX >> (64 - bits))) << at
            };
            let want = (0..128)
                .step_by(bits as usize)
                .map(lane)
                .fold(0, |all, lane| all | lane);
            let unknown = format!("(i32.wrap_i64 (call $opaque (i64.const {count})))");
            for (vector, by) in [
                (constant(bytes), format!("(i32.const {count})")),
                (constant(bytes), unknown.clone()),
                (opaque(bytes), format!("(i32.const {count})")),
                (opaque(bytes), unknown),
            ] {
                let got = format!("({name}.{op} {vector} {by})");
                same(&mut text, &got, want.to_le_bytes(), number);
            }
        }
    }
    text
}

/// Vectors made of less than 16 bytes of memory, the last ones; nothing may read beyond them.
pub fn last_bytes() -> String {
    let last = |bytes: u32| {
        format!(
            "(i32.wrap_i64 (call $opaque (i64.const {})))",
            65536 - bytes
        )
    };
    let mut text = String::from("(i64.store (i32.const 65528) (i64.const 0x8877665544332211))");
    let memory: u64 = 0x8877_6655_4433_2211;
    let mut number = 0;
    for bytes in [1u32, 2, 4, 8] {
        let bits = 8 * bytes;
        let value = u128::from(memory >> (64 - bits));
        let splat = (0..128)
            .step_by(bits as usize)
            .fold(0, |all, at| all | value << at);
        let (shape, scalar) = match bytes {
            1 => ("i8x16", "i32.load8_u"),
            2 => ("i16x8", "i32.load16_u"),
            4 => ("i32x4", "i32.load"),
            _ => ("i64x2", "i64.load"),
        };
        let at = last(bytes);
        let ones = "(v128.const i64x2 -1 -1)";
        let mut cases = vec![
            (format!("(v128.load{bits}_splat {at})"), splat),
            (format!("({shape}.splat ({scalar} {at}))"), splat),
            (
                format!("({shape}.add (v128.load{bits}_splat {at}) (v128.const i64x2 0 0))"),
                splat,
            ),
            (
                format!("(v128.load{bits}_lane 0 {at} {ones})"),
                u128::MAX << bits | value,
            ),
            (
                format!("({shape}.replace_lane 1 {ones} ({scalar} {at}))"),
                !((u128::MAX >> (128 - bits)) << bits) | value << bits,
            ),
        ];
        if bytes >= 4 {
            cases.push((format!("(v128.load{bits}_zero {at})"), value));
            let float = if bytes == 4 { "f32x4" } else { "f64x2" };
            let load = if bytes == 4 { "f32.load" } else { "f64.load" };
            cases.push((format!("({float}.splat ({load} {at}))"), splat));
            cases.push((format!("(v128.not ({float}.splat ({load} {at})))"), !splat));
        }
        for (got, want) in cases {
            number += 1;
            same(&mut text, &got, want.to_le_bytes(), number);
        }
    }
    let extended = |lane_bits: u32, signed: bool| {
        (0..64 / lane_bits).fold(0u128, |all, i| {
            let lane = memory >> (i * lane_bits) << (64 - lane_bits);
            let wide = if signed {
                (lane as i64 >> (64 - lane_bits)) as u64
            } else {
                lane >> (64 - lane_bits)
            };
            let wide = wide & (u64::MAX >> (64 - 2 * lane_bits));
            all | u128::from(wide) << (2 * lane_bits * i)
        })
    };
    for (name, bits) in [("8x8", 8), ("16x4", 16), ("32x2", 32)] {
        for (sign, signed) in [("s", true), ("u", false)] {
            number += 1;
            let got = format!("(v128.load{name}_{sign} {})", last(8));
            same(
                &mut text,
                &got,
                extended(bits, signed).to_le_bytes(),
                number,
            );
        }
    }
    text
}
