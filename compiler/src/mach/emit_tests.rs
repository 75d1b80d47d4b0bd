//! Tests of the code buffer, with x86-64's branches as example.

use super::*;
use crate::ir::RtFn;

const JUMP: [u8; 1] = [0xe9];

fn jump() -> BranchForm {
    BranchForm {
        short: BranchEnc::new(&[0xeb], Field::Rel8),
        long: BranchEnc::new(&JUMP, Field::Rel32 { trailing: 0 }),
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
fn positions_follow_the_branches_before_them() {
    let mut buf = CodeBuffer::new();
    let end = buf.new_label();
    buf.branch(jump(), end);
    buf.trap_site(TrapCode::MemoryOutOfBounds, 7);
    buf.put(&[0x90; 300]);
    buf.put1(0xe8);
    buf.reloc(RelocKind::X64Call32, Symbol::Runtime(RtFn::MemoryFill), -4);
    buf.put4(0);
    buf.call_site(9);
    buf.cfi(Cfi::CfaOffset(16));
    buf.bind(end);
    let code = buf.finish();
    let site = |offset, code, loc| Site { offset, code, loc };
    let fault = Some(TrapCode::MemoryOutOfBounds);
    assert_eq!(code.sites, [site(5, fault, 7), site(310, None, 9)]);
    assert_eq!(code.relocs[0].offset, 306);
    assert_eq!(code.cfi, [(310, Cfi::CfaOffset(16))]);
}

#[test]
fn pads_are_shared_by_checks_of_one_instruction_only() {
    let mut buf = CodeBuffer::new();
    let a = buf.trap_pad(TrapCode::TableOutOfBounds, 1);
    assert_eq!(a, buf.trap_pad(TrapCode::TableOutOfBounds, 1));
    assert_ne!(a, buf.trap_pad(TrapCode::TableOutOfBounds, 2));
    assert_ne!(a, buf.trap_pad(TrapCode::BadSignature, 1));
    buf.put1(0xc3);
    buf.emit_pads(&[0x0f, 0x0b]);
    let code = buf.finish();
    assert_eq!(code.bytes, [0xc3, 0x0f, 0x0b, 0x0f, 0x0b, 0x0f, 0x0b]);
    assert_eq!(code.insts_len, 7);
    let sites: Vec<_> = code
        .sites
        .iter()
        .map(|s| (s.offset, s.code, s.loc))
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
    buf.call_site(3);
    buf.trap_site(TrapCode::Unreachable, 4);
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
    buf.label_field(Field::Rel32 { trailing: 1 }, word);
    buf.put1(0);
    buf.label_field(Field::Rel32 { trailing: 0 }, wide);
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
    buf.label_field(Field::Rel32 { trailing: 0 }, first);
    buf.label_field(Field::Rel32 { trailing: 0 }, second);
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

#[test]
fn aarch64_fields() {
    let mut word = 0x1400_0000u32.to_le_bytes();
    Field::A64Imm26.patch(&mut word, -4);
    assert_eq!(u32::from_le_bytes(word), 0x17ff_ffff);
    let mut word = 0x5400_0000u32.to_le_bytes();
    Field::A64Imm19.patch(&mut word, 8);
    assert_eq!(u32::from_le_bytes(word), 0x5400_0040);
    let mut word = 0x1000_0000u32.to_le_bytes();
    Field::A64Adr.patch(&mut word, 5);
    assert_eq!(u32::from_le_bytes(word), 0x3000_0020);
    assert!(Field::A64Imm14.fits(32764) && !Field::A64Imm14.fits(32768));
}
