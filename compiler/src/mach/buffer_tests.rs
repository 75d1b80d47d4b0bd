//! Tests of the code buffer, with branches of both instruction sets.

use super::*;
use crate::ir::Origin;
use crate::ir::RtFn;
use crate::mach::field::Bits;
use object::{elf, macho};

// Fields of AArch64's instructions.
const IMM26: Field = Field::in_word(28, &[bits(2, 26, 0)]);
const IMM19: Field = Field::in_word(21, &[bits(2, 19, 5)]);
const IMM14: Field = Field::in_word(16, &[bits(2, 14, 5)]);

fn mov(shift: u8, back: u8) -> Field {
    match shift {
        0 => Field::forwards_in_word(back, const { &[bits(0, 16, 5)] }),
        _ => Field::forwards_in_word(back, const { &[bits(16, 16, 5)] }),
    }
}

const fn bits(from: u8, count: u8, at: u8) -> Bits {
    Bits { from, count, at }
}

/// A call of x86-64.
const CALL: RelocKind = RelocKind {
    elf: elf::R_X86_64_PLT32,
    macho: (macho::X86_64_RELOC_BRANCH, true, 2),
    field: None,
};

const JUMP: [u8; 1] = [0xe9];

/// The shortest instruction of x86-64 that does nothing.
fn fill(len: u32, bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len() + len as usize, 0x90);
}

fn jump() -> BranchForm {
    BranchForm {
        short: BranchEnc::new(&[0xeb], Field::signed8()),
        long: BranchEnc::new(&JUMP, Field::signed32(4)),
    }
}

#[test]
fn branches_are_short_where_they_reach() {
    for (distance, length) in [(0, 2), (127, 2), (128, 5)] {
        let mut buf = CodeBuffer::new();
        let end = buf.new_label();
        buf.branch(jump(), end);
        buf.put(&vec![0x90; distance]);
        buf.bind(end);
        let code = buf.finish();
        assert_eq!(code.bytes.len(), length + distance);
        let displacement = match length {
            2 => i32::from(code.bytes[1] as i8),
            _ => i32::from_le_bytes(code.bytes[1..5].try_into().expect("4 bytes")),
        };
        assert_eq!(displacement, distance as i32);
    }
}

#[test]
fn backward_branches_count_their_own_length() {
    for (distance, length) in [(126, 2), (127, 5)] {
        let mut buf = CodeBuffer::new();
        let start = buf.new_label();
        buf.bind(start);
        buf.put(&vec![0x90; distance]);
        buf.branch(jump(), start);
        let code = buf.finish();
        assert_eq!(code.bytes.len(), length + distance);
    }
}

#[test]
fn a_branch_that_grows_pushes_others_out_of_reach() {
    // The first spans the second: it reaches only while that one is short.
    let mut buf = CodeBuffer::new();
    let (near, far) = (buf.new_label(), buf.new_label());
    buf.branch(jump(), near);
    buf.put(&[0x90; 125]);
    buf.branch(jump(), far);
    buf.bind(near);
    buf.put(&[0x90; 200]);
    buf.bind(far);
    let code = buf.finish();
    assert_eq!(code.bytes.len(), 5 + 125 + 5 + 200);
    assert_eq!(code.bytes[0], 0xe9);
    assert_eq!(code.bytes[1], 130);
}

#[test]
fn padding_leads_to_multiples_whatever_is_long() {
    // A jump over two aligned places and back, which grows with what lies between.
    for distance in 0..300 {
        let mut buf = CodeBuffer::new();
        let (first, second, end) = (buf.new_label(), buf.new_label(), buf.new_label());
        buf.branch(jump(), end);
        buf.align(32, fill);
        buf.bind(first);
        buf.put(&vec![0xcc; distance]);
        buf.branch(jump(), second);
        buf.align(16, fill);
        buf.bind(second);
        buf.trap_site(TrapCode::MemoryOutOfBounds, Origin(7));
        buf.put(&[0xcc]);
        buf.branch(jump(), first);
        buf.bind(end);
        let code = buf.finish();
        assert_eq!(code.align, 32);
        let jump_at = |at: usize| match code.bytes[at] {
            0xeb => at as i64 + 2 + i64::from(code.bytes[at + 1] as i8),
            0xe9 => {
                let field = code.bytes[at + 1..at + 5].try_into().expect("4 bytes");
                at as i64 + 5 + i64::from(i32::from_le_bytes(field))
            }
            other => panic!("{other:#x} is no jump"),
        };
        assert_eq!(jump_at(0), code.bytes.len() as i64);
        let second = code.sites[0].offset as usize;
        assert_eq!(second % 16, 0);
        assert_eq!(jump_at(32 + distance), second as i64);
        assert_eq!(jump_at(second + 1), 32);
    }
}

#[test]
fn positions_follow_the_branches_before_them() {
    let mut buf = CodeBuffer::new();
    let end = buf.new_label();
    buf.branch(jump(), end);
    buf.trap_site(TrapCode::MemoryOutOfBounds, Origin(7));
    buf.put(&[0x90; 300]);
    buf.put(&[0xe8]);
    buf.reloc(CALL, Symbol::Runtime(RtFn::MemoryFill), -4);
    buf.put4(0);
    buf.call_site(Origin(9));
    buf.cfi(Cfi::CfaOffset(16));
    buf.bind(end);
    let code = buf.finish();
    let site = |offset, code, loc| Site {
        offset,
        code,
        loc: Origin(loc),
    };
    let fault = Some(TrapCode::MemoryOutOfBounds);
    assert_eq!(code.sites, [site(5, fault, 7), site(310, None, 9)]);
    assert_eq!(code.relocs[0].offset, 306);
    assert_eq!(code.cfi, [(310, Cfi::CfaOffset(16))]);
}

#[test]
fn pads_are_shared_by_checks_of_one_instruction_only() {
    let mut buf = CodeBuffer::new();
    let a = buf.trap_pad(TrapCode::TableOutOfBounds, Origin(1));
    assert_eq!(a, buf.trap_pad(TrapCode::TableOutOfBounds, Origin(1)));
    assert_ne!(a, buf.trap_pad(TrapCode::TableOutOfBounds, Origin(2)));
    assert_ne!(a, buf.trap_pad(TrapCode::BadSignature, Origin(1)));
    buf.put(&[0xc3]);
    buf.emit_pads(&[0x0f, 0x0b], false);
    let code = buf.finish();
    assert_eq!(code.bytes, [0xc3, 0x0f, 0x0b, 0x0f, 0x0b, 0x0f, 0x0b]);
    assert_eq!(code.insts_len, 7);
    let sites: Vec<_> = code
        .sites
        .iter()
        .map(|s| (s.offset, s.code, s.loc.0))
        .collect();
    assert_eq!(
        sites,
        [
            (1, Some(TrapCode::TableOutOfBounds), 1),
            (3, Some(TrapCode::TableOutOfBounds), 2),
            (5, Some(TrapCode::BadSignature), 1),
        ]
    );
}

#[test]
fn a_trap_right_behind_a_call_keeps_its_code() {
    let mut buf = CodeBuffer::new();
    buf.put(&[0xe8, 0, 0, 0, 0]);
    buf.call_site(Origin(3));
    buf.trap_site(TrapCode::Unreachable, Origin(4));
    buf.put(&[0x0f, 0x0b]);
    let code = buf.finish();
    assert_eq!(code.sites.len(), 1);
    assert_eq!(code.sites[0].code, Some(TrapCode::Unreachable));
}

#[test]
fn constants_are_shared_and_aligned() {
    let mut buf = CodeBuffer::new();
    let word = buf.constant(&[1, 0, 0, 0]);
    let wide = buf.constant(&[2; 16]);
    assert_eq!(word, buf.constant(&[1, 0, 0, 0]));
    assert_ne!(word, buf.constant(&[1, 0, 0, 0, 0, 0, 0, 0]));
    buf.put(&[0x8b, 0x05]);
    buf.label_field(Field::signed32(5), word);
    buf.put(&[0]);
    buf.label_field(Field::signed32(4), wide);
    let code = buf.finish();
    assert_eq!(code.insts_len, 11);
    // 16: the wide one, 32: 8 bytes, 40: the word.
    assert_eq!(code.bytes.len(), 44);
    assert_eq!(code.bytes[2..6], (40i32 - 7).to_le_bytes());
    assert_eq!(code.bytes[7..11], (16i32 - 11).to_le_bytes());
    assert_eq!(code.bytes[16..32], [2; 16]);
}

#[test]
fn jump_tables_hold_distances_from_their_start() {
    let mut buf = CodeBuffer::new();
    let labels: Vec<Label> = (0..3).map(|_| buf.new_label()).collect();
    for &label in &labels {
        buf.bind(label);
        buf.put(&[0x90; 4]);
    }
    let first = buf.jump_table(labels.iter().copied());
    let second = buf.jump_table(labels.iter().rev().copied());
    buf.label_field(Field::signed32(4), first);
    buf.label_field(Field::signed32(4), second);
    let code = buf.finish();
    let word = |at: usize| i32::from_le_bytes(code.bytes[at..at + 4].try_into().expect("4 bytes"));
    let (first, second) = (16 + word(12), 20 + word(16));
    assert_eq!((first, second), (32, 44));
    assert_eq!([word(32), word(36), word(40)], [-32, -28, -24]);
    assert_eq!([word(44), word(48), word(52)], [8 - 44, 4 - 44, -44]);
}

#[test]
fn relaxation_of_a_large_function_is_quick() {
    // Every branch just reaches, but for the last: growth would ripple one branch per round.
    let mut buf = CodeBuffer::new();
    let count = 100_000;
    let labels: Vec<Label> = (0..count + 2).map(|_| buf.new_label()).collect();
    for i in 0..count {
        buf.bind(labels[i]);
        buf.branch(jump(), labels[i + 2]);
        buf.put(&[0x90; 125]);
    }
    buf.bind(labels[count]);
    buf.put(&[0x90; 4]);
    buf.bind(labels[count + 1]);
    let code = buf.finish();
    assert!(code.bytes.len() >= count * 127);
}

/// `nop`
const NOP: u32 = 0xd503_201f;
/// `b`
const B: u32 = 0x1400_0000;

/// `b.ne` or `tbnz x1, #3`, and the opposite over a `b`.
fn conditional(field: Field) -> BranchForm {
    let (short, opposite) = match field {
        IMM19 => (0x5400_0001u32, 0x5400_0000),
        IMM14 => (0x3718_0001, 0x3618_0001),
        other => panic!("{other:?}"),
    };
    let over: u32 = opposite | 2 << 5;
    let long = [over.to_le_bytes(), B.to_le_bytes()].concat();
    BranchForm {
        short: BranchEnc::new(&short.to_le_bytes(), field),
        long: BranchEnc::new(&long, IMM26),
    }
}

fn put_nops(buf: &mut CodeBuffer, bytes: usize) {
    buf.put(&NOP.to_le_bytes().repeat(bytes / 4));
}

fn word_at(code: &Code, at: usize) -> u32 {
    u32::from_le_bytes(code.bytes[at..at + 4].try_into().expect("4 bytes"))
}

/// The displacement in a word's field, in bytes.
fn displacement(word: u32, field: Field) -> i64 {
    let (at, bits) = match field {
        IMM26 => (0, 26),
        IMM19 => (5, 19),
        IMM14 => (5, 14),
        other => panic!("{other:?}"),
    };
    let unused = 32 - bits;
    4 * i64::from((word >> at << unused) as i32 >> unused)
}

#[test]
fn a64_branches_at_the_end_of_their_reach() {
    for (field, reach) in [(IMM19, 1 << 20), (IMM14, 1 << 15)] {
        let form = conditional(field);
        let [short, over] = [form.short, form.long]
            .map(|enc| u32::from_le_bytes(enc.bytes[..4].try_into().expect("4 bytes")));
        // Forwards over `between` bytes.
        for (between, is_short) in [(reach - 8, true), (reach - 4, false), (reach, false)] {
            let mut buf = CodeBuffer::new();
            let end = buf.new_label();
            buf.branch(form, end);
            put_nops(&mut buf, between);
            buf.bind(end);
            let code = buf.finish();
            let distance = between as i64 + 4;
            if is_short {
                assert_eq!(displacement(word_at(&code, 0), field), distance);
                assert_eq!(code.bytes.len(), 4 + between);
            } else {
                assert_eq!(word_at(&code, 0), over);
                assert_eq!(displacement(word_at(&code, 4), IMM26), distance);
                assert_eq!(code.bytes.len(), 8 + between);
            }
        }
        // Backwards.
        for (between, is_short) in [(reach - 4, true), (reach, true), (reach + 4, false)] {
            let mut buf = CodeBuffer::new();
            let start = buf.new_label();
            buf.bind(start);
            put_nops(&mut buf, between);
            buf.branch(form, start);
            let code = buf.finish();
            let distance = -(between as i64);
            if is_short {
                let word = word_at(&code, between);
                assert_eq!(displacement(word, field), distance);
                assert_eq!(word & 0xff00_001f, short & 0xff00_001f);
            } else {
                assert_eq!(word_at(&code, between), over);
                let word = word_at(&code, between + 4);
                assert_eq!(displacement(word, IMM26), distance - 4);
            }
        }
    }
}

#[test]
fn a64_branches_of_different_reach_push_each_other() {
    // A `tbnz` that spans `b.ne`s reaches only while all of them are short; and these become long one by one, from the last, because each
    // reaches over those behind it by nothing.
    let mut buf = CodeBuffer::new();
    let (near, far) = (buf.new_label(), buf.new_label());
    let count = 50;
    buf.branch(conditional(IMM14), near);
    for _ in 0..count {
        buf.branch(conditional(IMM19), far);
    }
    put_nops(&mut buf, (1 << 15) - 8 - 4 * count);
    buf.bind(near);
    // The last `b.ne` is one word too far away, the others more.
    put_nops(&mut buf, (1 << 20) - (1 << 15) + 4 * count + 8);
    buf.bind(far);
    let code = buf.finish();
    let expected = 8 + 8 * count + (1 << 15) - 8 - 4 * count;
    assert_eq!(displacement(word_at(&code, 4), IMM26), expected as i64 - 4);
    for i in 0..count {
        let at = 8 + 8 * i + 4;
        let target = at as i64 + displacement(word_at(&code, at), IMM26);
        assert_eq!(target, code.bytes.len() as i64);
    }
}

#[test]
fn a64_trap_pads_out_of_reach() {
    let mut buf = CodeBuffer::new();
    for loc in 1..=3 {
        let pad = buf.trap_pad(TrapCode::IntegerOverflow, Origin(loc));
        buf.branch(conditional(IMM19), pad);
        put_nops(&mut buf, 1 << 19);
    }
    buf.emit_pads(&[0; 4], false);
    let code = buf.finish();
    // Only the last one is in reach.
    let at = [4, 12 + (1 << 19), 16 + (2 << 19)];
    let field = [IMM26, IMM26, IMM19];
    for (i, site) in code.sites.iter().enumerate() {
        let target = at[i] + displacement(word_at(&code, at[i] as usize), field[i]);
        assert_eq!((i64::from(site.offset), site.loc.0), (target, i as u32 + 1));
        assert_eq!(word_at(&code, target as usize), 0);
    }
    assert_eq!(code.sites.len(), 3);
}

#[test]
fn a64_jump_table_of_ten_thousand_entries_behind_much_code() {
    let mut buf = CodeBuffer::new();
    let labels: Vec<Label> = (0..10_000).map(|_| buf.new_label()).collect();
    let table = buf.jump_table(labels.iter().copied());
    put_nops(&mut buf, 12);
    // adr x16, .; movz x17, #low; movk x17, #high, lsl #16
    buf.put4(0x1000_0010);
    for (shift, word) in [(0, 0xd280_0011), (16, 0xf2a0_0011)] {
        let back = 4 + shift / 4;
        buf.label_field(mov(shift, back), table);
        buf.put4(word);
    }
    for (i, &label) in labels.iter().enumerate() {
        put_nops(&mut buf, 4 * (i % 100));
        buf.bind(label);
        put_nops(&mut buf, 4);
    }
    let code = buf.finish();
    assert!(code.insts_len > 1 << 20);
    let half = |at: usize| word_at(&code, at) >> 5 & 0xffff;
    let start = 12 + (half(16) | half(20) << 16);
    assert_eq!(start, code.insts_len.next_multiple_of(16));
    let mut at = 24;
    for i in 0..10_000 {
        at += 4 * (i % 100);
        let entry = word_at(&code, (start + 4 * i) as usize);
        assert_eq!(start.wrapping_add(entry), at, "entry {i}");
        at += 4;
    }
    assert_eq!(code.bytes.len() as u32, start + 40_000);
}

#[test]
fn what_is_out_of_reach_is_never_encoded() {
    for (bytes, fits) in [((1 << 20) - 16, true), (1 << 20, false)] {
        let mut buf = CodeBuffer::new();
        let constant = buf.constant(&[7; 8]);
        buf.label_field(IMM19, constant);
        buf.put4(0x5c00_0000);
        put_nops(&mut buf, bytes - 4);
        let result = std::panic::catch_unwind(|| buf.finish());
        assert_eq!(result.is_ok(), fits, "{bytes}");
        if let Ok(code) = result {
            assert_eq!(displacement(word_at(&code, 0), IMM19), bytes as i64);
        }
    }
}
