//! `.eh_frame`: how to find the caller's frame and registers from any instruction, for debuggers and profilers.
//!
//! One common entry states what holds at the first instruction of every function; one entry per function repeats the backend's
//! [`Cfi`] events. Code addresses are relative to their field, so the section needs no run-time relocation.

use super::section::{Addr, At, Fixup, FixupKind, Sect, Section};
use crate::mach::arch::UnwindEntry;
use crate::mach::compiled::{Cfi, CompiledFunc};
use gimli::write::{
    Address, CallFrameInstruction, CommonInformationEntry, EhFrame, EndianVec,
    FrameDescriptionEntry, FrameTable, RelocateWriter, Relocation,
};
use gimli::{Encoding, Format, LittleEndian, Register};

/// Collects the section of functions that are given in ascending order of address.
pub struct Unwind {
    table: FrameTable,
    cie: gimli::write::CieId,
}

impl Unwind {
    pub fn new(entry: UnwindEntry) -> Unwind {
        let mut table = FrameTable::default();
        let cie = table.add_cie(cie(entry));
        Unwind { table, cie }
    }

    /// Adds a function whose code begins at this offset of the text section.
    pub fn add(&mut self, text_offset: u32, func: &CompiledFunc) {
        let address = Address::Symbol {
            symbol: 0,
            addend: i64::from(text_offset),
        };
        let mut fde = FrameDescriptionEntry::new(address, func.insts_len);
        for &(offset, event) in &func.frame.cfi {
            fde.add_instruction(offset, instruction(event));
        }
        self.table.add_fde(self.cie, fde);
    }

    /// Adds code in which everything stays as it is at a function's first instruction.
    pub fn add_frameless(&mut self, text_offset: u64, len: u64) {
        if len > 0 {
            let address = Address::Symbol {
                symbol: 0,
                addend: text_offset as i64,
            };
            let fde = FrameDescriptionEntry::new(address, len as u32);
            self.table.add_fde(self.cie, fde);
        }
    }

    /// The finished section.
    pub fn finish(self) -> Section {
        let mut writer = EhFrame(FrameWriter {
            bytes: EndianVec::new(LittleEndian),
            fixups: Vec::new(),
        });
        self.table
            .write_eh_frame(&mut writer)
            .expect("obj: unwinding events can be encoded");
        Section {
            sect: Sect::EhFrame,
            bytes: writer.0.bytes.into_vec(),
            align: 8,
            fixups: writer.0.fixups,
        }
    }
}

/// What holds at a function's first instruction.
fn cie(entry: UnwindEntry) -> CommonInformationEntry {
    let encoding = Encoding {
        format: Format::Dwarf32,
        version: 1,
        address_size: 8,
    };
    let (sp, ra) = (
        Register(entry.stack_pointer),
        Register(entry.return_address),
    );
    let mut cie = CommonInformationEntry::new(encoding, entry.code_align, -8, ra);
    cie.add_instruction(CallFrameInstruction::Cfa(sp, entry.pushed.into()));
    if entry.pushed > 0 {
        cie.add_instruction(CallFrameInstruction::Offset(ra, -i32::from(entry.pushed)));
    }
    cie.fde_address_encoding = gimli::DwEhPe(gimli::DW_EH_PE_pcrel.0 | gimli::DW_EH_PE_sdata4.0);
    cie
}

fn instruction(event: Cfi) -> CallFrameInstruction {
    match event {
        Cfi::CfaOffset(bytes) => CallFrameInstruction::CfaOffset(bytes as i32),
        Cfi::Saved { dwarf_reg, at } => {
            CallFrameInstruction::Offset(Register(dwarf_reg), -(at as i32))
        }
        Cfi::Restored { dwarf_reg } => CallFrameInstruction::Restore(Register(dwarf_reg)),
        Cfi::Remember => CallFrameInstruction::RememberState,
        Cfi::Restore => CallFrameInstruction::RestoreState,
    }
}

/// Bytes, with the addresses left to the linker.
#[derive(Clone)]
struct FrameWriter {
    bytes: EndianVec<LittleEndian>,
    fixups: Vec<Fixup>,
}

impl RelocateWriter for FrameWriter {
    type Writer = EndianVec<LittleEndian>;

    fn writer(&self) -> &Self::Writer {
        &self.bytes
    }

    fn writer_mut(&mut self) -> &mut Self::Writer {
        &mut self.bytes
    }

    fn relocate(&mut self, relocation: Relocation) {
        self.fixups.push(Fixup {
            offset: relocation.offset as u64,
            kind: FixupKind::Pc32,
            target: Addr::At(At {
                sect: Sect::Text,
                offset: relocation.addend as u64,
            }),
            addend: 0,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::obj::testing::code;
    use crate::random::Random;
    use gimli::{BaseAddresses, CfaRule, RegisterRule, UnwindContext, UnwindSection};

    /// Unwinding state by our own reading of the events: CFA offset and saved registers.
    #[derive(Clone, PartialEq, Debug, Default)]
    struct State {
        cfa: u32,
        saved: Vec<(u16, u32)>,
    }

    fn apply(state: &mut State, stack: &mut Vec<State>, event: Cfi) {
        match event {
            Cfi::CfaOffset(bytes) => state.cfa = bytes,
            Cfi::Saved { dwarf_reg, at } => {
                state.saved.retain(|s| s.0 != dwarf_reg);
                state.saved.push((dwarf_reg, at));
                state.saved.sort();
            }
            Cfi::Restored { dwarf_reg } => state.saved.retain(|s| s.0 != dwarf_reg),
            Cfi::Remember => stack.push(state.clone()),
            Cfi::Restore => *state = stack.pop().expect("balanced"),
        }
    }

    /// Events of a random but well-formed function.
    fn random_events(random: &mut Random, len: u32) -> Vec<(u32, Cfi)> {
        let (mut offset, mut depth, mut events) = (0, 0, Vec::new());
        while offset < len {
            let event = match random.below(5) {
                0 => Cfi::CfaOffset(8 * (1 + random.below(4000) as u32)),
                1 => Cfi::Saved {
                    dwarf_reg: 12 + random.below(4) as u16,
                    at: 8 * (2 + random.below(6) as u32),
                },
                2 => Cfi::Restored {
                    dwarf_reg: 12 + random.below(4) as u16,
                },
                // The reading library keeps few states; real functions nest one.
                3 if depth < 2 => {
                    depth += 1;
                    Cfi::Remember
                }
                _ if depth > 0 => {
                    depth -= 1;
                    Cfi::Restore
                }
                _ => continue,
            };
            events.push((offset, event));
            let bits = random.below(10);
            offset += random.below(1 << bits) as u32;
        }
        events
    }

    #[test]
    fn a_debugger_reads_back_the_events() {
        let mut random = Random::new(7);
        let mut unwind = Unwind::new(UnwindEntry {
            code_align: 1,
            stack_pointer: 7,
            return_address: 16,
            pushed: 8,
            number: |_| 0,
        });
        let mut funcs = Vec::new();
        let mut text_offset = 0;
        for id in 0..60 {
            let len = 1 + random.below(3000) as u32;
            let mut func = code(id, &vec![0x90; len as usize]);
            func.frame.cfi = random_events(&mut random, len);
            unwind.add(text_offset, &func);
            funcs.push((text_offset, func));
            text_offset += len.next_multiple_of(16);
        }
        let mut section = unwind.finish();
        // Link it: text at 0x10_0000, this section at 0x50_0000.
        let (text, here) = (0x10_0000u64, 0x50_0000u64);
        for fixup in &section.fixups {
            let Addr::At(at) = fixup.target else {
                panic!("only code addresses")
            };
            let value = (text + at.offset).wrapping_sub(here + fixup.offset) as u32;
            section.bytes[fixup.offset as usize..][..4].copy_from_slice(&value.to_le_bytes());
        }
        let frames = gimli::EhFrame::new(&section.bytes, LittleEndian);
        let bases = BaseAddresses::default().set_eh_frame(here).set_text(text);
        let mut ctx = UnwindContext::new();
        for (start, func) in &funcs {
            let mut state = State {
                cfa: 8,
                saved: Vec::new(),
            };
            let (mut stack, mut next) = (Vec::new(), 0);
            for pc in 0..func.insts_len {
                while let Some(&(offset, event)) = func.frame.cfi.get(next)
                    && offset <= pc
                {
                    apply(&mut state, &mut stack, event);
                    next += 1;
                }
                let address = text + u64::from(start + pc);
                let row = frames
                    .unwind_info_for_address(
                        &bases,
                        &mut ctx,
                        address,
                        gimli::EhFrame::cie_from_offset,
                    )
                    .expect("every instruction is covered");
                let CfaRule::RegisterAndOffset { register, offset } = row.cfa() else {
                    panic!("the CFA is relative to the stack pointer")
                };
                assert_eq!((register.0, *offset), (7, i64::from(state.cfa)));
                let mut saved = Vec::new();
                for (register, rule) in row.registers() {
                    let RegisterRule::Offset(at) = rule else {
                        panic!("unexpected rule {rule:?}")
                    };
                    saved.push((register.0, -*at as u32));
                }
                saved.retain(|&s| s != (16, 8));
                saved.sort();
                assert_eq!(saved, state.saved, "at {pc:#x}");
            }
        }
    }
}
