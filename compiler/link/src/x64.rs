//! Relocations of x86-64 (System V ABI, AMD64 supplement, "Relocation Types" and "Linker Optimization").

use object::elf::*;

use crate::rule::{Field, Range, Rule, Value, Way};

/// What a type means; `None` if it is not supported.
pub fn rule(kind: u32) -> Option<Rule> {
    use Range::{Both, Signed, Unsigned};
    let bytes = |value, len, range| Rule {
        value,
        field: Field::Bytes(len, range),
    };
    Some(match RelocationType(kind) {
        R_X86_64_NONE => Rule {
            value: Value::Absolute,
            field: Field::Nothing,
        },
        R_X86_64_64 => bytes(Value::Absolute, 8, Both),
        R_X86_64_32 => bytes(Value::Absolute, 4, Unsigned),
        R_X86_64_32S => bytes(Value::Absolute, 4, Signed),
        R_X86_64_16 => bytes(Value::Absolute, 2, Both),
        R_X86_64_8 => bytes(Value::Absolute, 1, Both),
        R_X86_64_PC64 => bytes(Value::Relative, 8, Both),
        // There are no shared libraries, so that a call by way of the procedure linkage table is a call.
        R_X86_64_PC32 | R_X86_64_PLT32 => bytes(Value::Relative, 4, Signed),
        R_X86_64_PC16 => bytes(Value::Relative, 2, Signed),
        R_X86_64_PC8 => bytes(Value::Relative, 1, Signed),
        R_X86_64_GOTPCREL | R_X86_64_GOTPCRELX | R_X86_64_REX_GOTPCRELX => {
            bytes(Value::Slot(Way::Relative), 4, Signed)
        }
        R_X86_64_GOTPCREL64 => bytes(Value::Slot(Way::Relative), 8, Both),
        R_X86_64_GOT32 => bytes(Value::Slot(Way::FromGot), 4, Signed),
        R_X86_64_GOT64 => bytes(Value::Slot(Way::FromGot), 8, Both),
        R_X86_64_GOTPC32 => bytes(Value::Got, 4, Signed),
        R_X86_64_GOTPC64 => bytes(Value::Got, 8, Both),
        R_X86_64_GOTOFF64 | R_X86_64_PLTOFF64 => bytes(Value::FromGot, 8, Both),
        R_X86_64_SIZE32 => bytes(Value::Size, 4, Unsigned),
        R_X86_64_SIZE64 => bytes(Value::Size, 8, Both),
        R_X86_64_TPOFF32 => bytes(Value::Thread, 4, Signed),
        R_X86_64_TPOFF64 => bytes(Value::Thread, 8, Both),
        R_X86_64_GOTTPOFF => bytes(Value::ThreadSlot(Way::Relative), 4, Signed),
        R_X86_64_DTPOFF32 => bytes(Value::ThreadStart, 4, Signed),
        R_X86_64_DTPOFF64 => bytes(Value::ThreadStart, 8, Both),
        _ => return None,
    })
}

/// Whether the type belongs to code that asks a loader where thread-local variables are (general and local dynamic model, descriptors).
pub fn is_dynamic_thread(kind: u32) -> bool {
    let kind = RelocationType(kind);
    let is_model = matches!(kind, R_X86_64_TLSGD | R_X86_64_TLSLD);
    is_model || matches!(kind, R_X86_64_GOTPC32_TLSDESC | R_X86_64_TLSDESC_CALL)
}

/// How an instruction that reads a slot of the GOT does without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relaxed {
    /// `mov reg, [slot]` becomes `lea reg, [symbol]`.
    Lea,
    /// `call [slot]` becomes `addr32 call symbol`, of the same length.
    Call,
    /// `jmp [slot]` becomes `jmp symbol` and `nop`.
    Jump,
}

/// How the instruction with a displacement at `offset` does without the slot; `None` if it is none of those, or the relocation type
/// says that it is not an instruction.
///
/// `R_X86_64_GOTPCREL` does not promise an instruction, but where the bytes are one of these with a displacement relative to the next instruction
/// they can mean nothing else: the byte before a displacement without a base is a ModRM byte.
pub fn relax(kind: u32, addend: i64, code: &[u8], offset: u64) -> Option<Relaxed> {
    let is_slot = [
        R_X86_64_GOTPCREL,
        R_X86_64_GOTPCRELX,
        R_X86_64_REX_GOTPCRELX,
    ]
    .contains(&RelocationType(kind));
    if !is_slot || addend != -4 {
        return None;
    }
    let before = code.get(..offset as usize)?;
    match before {
        // REX.W, with or without REX.R; `mov` with a displacement from the next instruction.
        [.., 0x48 | 0x4c, 0x8b, modrm] if modrm & 0xc7 == 5 => Some(Relaxed::Lea),
        [.., 0xff, 0x15] => Some(Relaxed::Call),
        [.., 0xff, 0x25] => Some(Relaxed::Jump),
        _ => None,
    }
}

/// Rewrites an instruction for which [`relax`] was asked. `value` is S + A - P.
pub fn rewrite(relaxed: Relaxed, value: i64, code: &mut [u8], offset: usize) -> Option<()> {
    let (at, value) = match relaxed {
        Relaxed::Lea => {
            code[offset - 2] = 0x8d;
            (offset, value)
        }
        Relaxed::Call => {
            code[offset - 2..offset].copy_from_slice(&[0x67, 0xe8]);
            (offset, value)
        }
        Relaxed::Jump => {
            code[offset - 2] = 0xe9;
            code[offset + 3] = 0x90;
            // The displacement is one byte earlier.
            (offset - 1, value + 1)
        }
    };
    Field::Bytes(4, Range::Signed).put(value, &mut code[at..at + 4])
}
