//! Emission of rows and branches into the code buffer.

use super::encode::{Fixup, encode};
use super::insts::Form;
use super::mir::Test;
use super::operand::{Arg, Const, PArg, Target};
use super::regs::Reg;
use super::{A64, arch};
use crate::mach::buffer::{BranchEnc, BranchForm};
use crate::mach::field::Field;
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
        None => branch(Form::B, &[to], arch::IMM26),
        Some(Test::Cc(cc)) => branch(Form::BCond, &[Arg::Cc(cc), to], arch::IMM19),
        Some(Test::Zero { reg, wide, nonzero }) => {
            let form = match (wide, nonzero) {
                (false, false) => Form::Cbz32,
                (false, true) => Form::Cbnz32,
                (true, false) => Form::Cbz64,
                (true, true) => Form::Cbnz64,
            };
            branch(form, &[Arg::Reg(reg), to], arch::IMM19)
        }
        Some(Test::Bit { reg, bit, set }) => {
            let form = match (bit >= 32, set) {
                (false, false) => Form::Tbz32,
                (false, true) => Form::Tbnz32,
                (true, false) => Form::Tbz64,
                (true, true) => Form::Tbnz64,
            };
            let bit = Arg::Imm(i64::from(bit));
            branch(form, &[Arg::Reg(reg), bit, to], arch::IMM14)
        }
    }
}

/// Encodings of a jump: the long form of a conditional one is the opposite over an unconditional one.
pub fn branch_form(test: Option<Test<Reg>>) -> BranchForm {
    let (plain, _) = word(None);
    let far = |bytes: &[u8]| BranchEnc::new(bytes, arch::IMM26);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::isa::a64::operand::Cc;
    use crate::isa::a64::regs::x;
    use crate::mach::buffer::CodeBuffer;

    /// The long form jumps over its second instruction exactly when the short one would not jump.
    #[test]
    fn long_forms_are_the_opposite_over_a_plain_branch() {
        let reg = x(21);
        let mut tests: Vec<Test<Reg>> = Cc::ALL.map(Test::Cc).to_vec();
        for flag in [false, true] {
            for wide in [false, true] {
                let nonzero = flag;
                tests.push(Test::Zero { reg, wide, nonzero });
            }
            for bit in [0, 31, 32, 63] {
                tests.push(Test::Bit {
                    reg,
                    bit,
                    set: flag,
                });
            }
        }
        for test in tests {
            let emit = |distance: usize| {
                let mut buf = CodeBuffer::new();
                let label = buf.new_label();
                buf.branch(branch_form(Some(test)), label);
                buf.put(&vec![0; distance]);
                buf.bind(label);
                let code = buf.finish().bytes;
                let word =
                    |at: usize| u32::from_le_bytes(code[at..at + 4].try_into().expect("4 bytes"));
                [word(0), word(4)]
            };
            let [near, _] = emit(4);
            let [over, plain] = emit(2 << 20);
            let sense = match test {
                Test::Cc(_) => 1,
                Test::Zero { .. } | Test::Bit { .. } => 1 << 24,
            };
            // Both go to the word after the next.
            assert_eq!(over, near ^ sense, "{test:?}");
            assert_eq!(plain, 0x1400_0000 | ((2 << 20) + 4) >> 2, "{test:?}");
        }
    }
}
