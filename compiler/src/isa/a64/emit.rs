//! Emission of rows and branches into the code buffer.

use super::A64;
use super::encode::{Fixup, encode};
use super::expand::PArg;
use super::insts::Form;
use super::mir::Test;
use super::operand::{Arg, Const, Target};
use super::regs::Reg;
use crate::mach::emit::{BranchEnc, BranchForm, Field};
use crate::mach::sink::Encoder;

/// Appends a row, resolving its pc-relative field.
pub fn put(encoder: &mut Encoder<A64>, form: Form, args: &[PArg]) {
    let encoded = encode(form, args);
    match encoded.fixup {
        None => {}
        Some(Fixup::Reloc {
            kind,
            symbol,
            addend,
        }) => encoder.buf().reloc(kind, symbol, addend),
        Some(Fixup::Label { field, target }) => {
            let label = match target {
                Target::Const(Const::B32(bits)) => encoder.buf().constant(&bits.to_le_bytes()),
                Target::Const(Const::B64(bits)) => encoder.buf().constant(&bits.to_le_bytes()),
                Target::Const(Const::B128(bits)) => encoder.buf().constant(&bits.to_le_bytes()),
                Target::Table | Target::TableDistance { .. } => encoder.table_label(),
                Target::Symbol { .. } | Target::Here | Target::Label => {
                    panic!("{form:?} with {target:?} outside of a jump")
                }
            };
            encoder.buf().label_field(field, label);
        }
    }
    encoder.buf().put4(encoded.word);
}

/// The branch and its field, with zero displacement.
fn word(test: Option<Test<Reg>>) -> (u32, Field) {
    let to = Arg::Rel(Target::Label);
    let branch = |form: Form, args: &[PArg], field: Field| (encode(form, args).word, field);
    match test {
        None => branch(Form::B, &[to], Field::A64Imm26),
        Some(Test::Cc(cc)) => branch(Form::BCond, &[Arg::Cc(cc), to], Field::A64Imm19),
        Some(Test::Zero { reg, wide, nonzero }) => {
            let form = match (wide, nonzero) {
                (false, false) => Form::Cbz32,
                (false, true) => Form::Cbnz32,
                (true, false) => Form::Cbz64,
                (true, true) => Form::Cbnz64,
            };
            branch(form, &[Arg::Reg(reg), to], Field::A64Imm19)
        }
        Some(Test::Bit { reg, bit, set }) => {
            let form = match (bit >= 32, set) {
                (false, false) => Form::Tbz32,
                (false, true) => Form::Tbnz32,
                (true, false) => Form::Tbz64,
                (true, true) => Form::Tbnz64,
            };
            let bit = Arg::Imm(i64::from(bit));
            branch(form, &[Arg::Reg(reg), bit, to], Field::A64Imm14)
        }
    }
}

/// Encodings of a jump: the long form of a conditional one is the opposite over an unconditional one.
pub fn branch_form(test: Option<Test<Reg>>) -> BranchForm {
    let (plain, _) = word(None);
    let far = |bytes: &[u8]| BranchEnc::new(bytes, Field::A64Imm26);
    let Some(test) = test else {
        let enc = far(&plain.to_le_bytes());
        return BranchForm {
            short: enc,
            long: enc,
        };
    };
    let (short, field) = word(Some(test));
    let (opposite, _) = word(Some(test.inverse()));
    // Both fields count words from bit 5.
    let over = opposite | 2 << 5;
    let mut long = [0; 8];
    long[..4].copy_from_slice(&over.to_le_bytes());
    long[4..].copy_from_slice(&plain.to_le_bytes());
    BranchForm {
        short: BranchEnc::new(&short.to_le_bytes(), field),
        long: far(&long),
    }
}
