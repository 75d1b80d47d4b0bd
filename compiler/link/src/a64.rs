//! Relocations of AArch64 (ELF for the Arm 64-bit Architecture, "Relocation").

use object::elf::*;

use crate::rule::{Field, Range, Rule, Value, Way};

/// What a type means; `None` if it is not supported.
pub fn rule(kind: u32) -> Option<Rule> {
    use Range::{Both, Signed};
    use Value::{Absolute, Page, Relative, Slot, Thread, ThreadSlot};
    let (value, field) = match RelocationType(kind) {
        R_AARCH64_NONE => (Absolute, Field::Nothing),
        R_AARCH64_ABS64 => (Absolute, Field::Bytes(8, Both)),
        R_AARCH64_ABS32 => (Absolute, Field::Bytes(4, Both)),
        R_AARCH64_ABS16 => (Absolute, Field::Bytes(2, Both)),
        R_AARCH64_PREL64 => (Relative, Field::Bytes(8, Both)),
        R_AARCH64_PREL32 => (Relative, Field::Bytes(4, Both)),
        R_AARCH64_PREL16 => (Relative, Field::Bytes(2, Both)),
        R_AARCH64_PLT32 => (Relative, Field::Bytes(4, Signed)),
        R_AARCH64_ADR_PREL_LO21 => (Relative, Field::Adr),
        R_AARCH64_ADR_PREL_PG_HI21 => (Page, Field::Adrp(false)),
        R_AARCH64_ADR_PREL_PG_HI21_NC => (Page, Field::Adrp(true)),
        R_AARCH64_ADD_ABS_LO12_NC | R_AARCH64_LDST8_ABS_LO12_NC => (Absolute, Field::Low12(0)),
        R_AARCH64_LDST16_ABS_LO12_NC => (Absolute, Field::Low12(1)),
        R_AARCH64_LDST32_ABS_LO12_NC => (Absolute, Field::Low12(2)),
        R_AARCH64_LDST64_ABS_LO12_NC => (Absolute, Field::Low12(3)),
        R_AARCH64_LDST128_ABS_LO12_NC => (Absolute, Field::Low12(4)),
        R_AARCH64_CALL26 | R_AARCH64_JUMP26 => (Relative, Field::Branch(26)),
        R_AARCH64_CONDBR19 | R_AARCH64_LD_PREL_LO19 => (Relative, Field::Branch(19)),
        R_AARCH64_TSTBR14 => (Relative, Field::Branch(14)),
        R_AARCH64_ADR_GOT_PAGE => (Slot(Way::Page), Field::Adrp(false)),
        R_AARCH64_LD64_GOT_LO12_NC => (Slot(Way::Absolute), Field::Low12(3)),
        R_AARCH64_LD64_GOTPAGE_LO15 => (Slot(Way::FromGotPage), Field::Low15),
        R_AARCH64_TLSLE_ADD_TPREL_HI12 => (Thread, Field::High12),
        R_AARCH64_TLSLE_ADD_TPREL_LO12 => (Thread, Field::Whole12),
        R_AARCH64_TLSLE_ADD_TPREL_LO12_NC | R_AARCH64_TLSLE_LDST8_TPREL_LO12_NC => {
            (Thread, Field::Low12(0))
        }
        R_AARCH64_TLSLE_LDST16_TPREL_LO12_NC => (Thread, Field::Low12(1)),
        R_AARCH64_TLSLE_LDST32_TPREL_LO12_NC => (Thread, Field::Low12(2)),
        R_AARCH64_TLSLE_LDST64_TPREL_LO12_NC => (Thread, Field::Low12(3)),
        R_AARCH64_TLSLE_LDST128_TPREL_LO12_NC => (Thread, Field::Low12(4)),
        R_AARCH64_TLSIE_ADR_GOTTPREL_PAGE21 => (ThreadSlot(Way::Page), Field::Adrp(false)),
        R_AARCH64_TLSIE_LD64_GOTTPREL_LO12_NC => (ThreadSlot(Way::Absolute), Field::Low12(3)),
        R_AARCH64_TLS_DTPREL => (Value::ThreadStart, Field::Bytes(8, Both)),
        _ => return None,
    };
    Some(Rule { value, field })
}

/// Whether the type belongs to code that asks a loader where thread-local variables are (general and local dynamic model, descriptors).
pub fn is_dynamic_thread(kind: u32) -> bool {
    let first = R_AARCH64_TLSGD_ADR_PREL21.0..=R_AARCH64_TLSLD_LDST64_DTPREL_LO12_NC.0;
    let descriptors = R_AARCH64_TLSDESC_LD_PREL19.0..=R_AARCH64_TLSDESC_CALL.0;
    first.contains(&kind) || descriptors.contains(&kind)
}

/// How an instruction of a pair that reads a slot of the GOT does without. Both halves of a pair have the same symbol, so that both are rewritten or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relaxed {
    /// `adrp` gets the symbol's page.
    Page,
    /// `ldr` becomes `add` of the rest.
    Add,
}

/// How the instruction with a relocation of this type does without the slot.
pub fn relax(kind: u32) -> Option<Relaxed> {
    match RelocationType(kind) {
        R_AARCH64_ADR_GOT_PAGE => Some(Relaxed::Page),
        R_AARCH64_LD64_GOT_LO12_NC => Some(Relaxed::Add),
        _ => None,
    }
}

/// Rewrites an instruction for which [`relax`] was asked. `symbol` is S + A, `place` P; `None` if it is not the instruction that the type asks for, or the
/// symbol is too far away.
pub fn rewrite(relaxed: Relaxed, symbol: u64, place: u64, bytes: &mut [u8]) -> Option<()> {
    match relaxed {
        Relaxed::Page => {
            let pages = (symbol & !0xfff).wrapping_sub(place & !0xfff);
            Field::Adrp(false).put(pages as i64, bytes)
        }
        Relaxed::Add => {
            const REGISTERS: u32 = 0x3ff;
            let load = u32::from_le_bytes(bytes.try_into().ok()?);
            // ldr x, [x, #0]
            if load & !REGISTERS != 0xf940_0000 {
                return None;
            }
            // add x, x, #0
            let add = 0x9100_0000 | load & REGISTERS;
            bytes.copy_from_slice(&add.to_le_bytes());
            Field::Low12(0).put(symbol as i64, bytes)
        }
    }
}
