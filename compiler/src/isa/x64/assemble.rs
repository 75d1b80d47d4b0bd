//! Rows and branches into the code buffer.

use super::encode::encode;
use super::insts::{Form, Place};
use super::operand::{Cc, PArg, Target};
use super::{X64, arch};
use crate::mach::buffer::{BranchEnc, BranchForm};
use crate::mach::field::Field;
use crate::mach::sink::Encoder;

/// Appends a row, resolving its pc-relative field.
pub fn put(encoder: &mut Encoder<X64>, form: Form, args: &[PArg]) {
    let encoded = encode(form, args);
    let bytes = encoded.bytes();
    let Some(fixup) = encoded.fixup else {
        encoder.buf().put(bytes);
        return;
    };
    let (head, rest) = bytes.split_at(usize::from(fixup.at));
    let label = match fixup.target {
        Target::Symbol(symbol) => {
            let is_code = form
                .row()
                .operands
                .iter()
                .any(|o| o.kind.place == Place::Rel);
            let kind = if is_code { arch::CALL32 } else { arch::PC32 };
            encoder.buf().put(head);
            encoder.buf().reloc(kind, symbol, i64::from(fixup.addend));
            encoder.buf().put(rest);
            return;
        }
        Target::Const(constant) => encoder.buf().constant(&constant.bytes()),
        Target::Table => encoder.table_label(),
    };
    let trailing = rest.len() - 4;
    encoder.buf().put(head);
    let field = Field::signed32(4 + trailing as i8);
    encoder.buf().label_field(field, label);
    encoder.buf().put(&rest[4..]);
}

/// `jmp`/`jcc` short and near.
pub fn branch_form(cond: Option<Cc>) -> BranchForm {
    let near = Field::signed32(4);
    match cond {
        None => BranchForm {
            short: BranchEnc::new(&[0xeb], Field::signed8()),
            long: BranchEnc::new(&[0xe9], near),
        },
        Some(cc) => BranchForm {
            short: BranchEnc::new(&[0x70 | cc as u8], Field::signed8()),
            long: BranchEnc::new(&[0x0f, 0x80 | cc as u8], near),
        },
    }
}
