//! What relocations need before anything has an address: that their symbols are defined, slots of the global offset table, words that are
//! relocated when the program starts.

use std::collections::HashMap;

use object::elf::{SHF_EXECINSTR, SHF_WRITE};

use crate::program::{Program, Reloc, SectionId, SymbolId, Target, Use, show};
use crate::rule::{Field, Range, Rule, Value};
use crate::unwind::Unwind;
use crate::{LinkError, LinkTarget, a64, x64};

/// A slot of the global offset table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// The symbol's address.
    Address(SymbolId),
    /// Its distance from the thread pointer.
    Thread(SymbolId),
}

/// What was found.
#[derive(Default)]
pub struct Needs {
    pub slots: Vec<Slot>,
    /// Indices of `slots`.
    pub slot_numbers: HashMap<Slot, u32>,
    /// Section and offset of 8 bytes that hold an address.
    pub words: Vec<(SectionId, u64)>,
}

/// An instruction that does without its slot.
#[derive(Clone, Copy, Debug)]
pub enum Relaxed {
    X64(x64::Relaxed),
    A64(a64::Relaxed),
}

/// The meaning of a relocation's type.
pub fn rule(target: LinkTarget, kind: u32) -> Option<Rule> {
    match target {
        LinkTarget::X86_64 => x64::rule(kind),
        LinkTarget::Aarch64 => a64::rule(kind),
    }
}

/// How the instruction does without a slot. It must refer to something whose distance is known.
pub fn relax(
    target: LinkTarget,
    program: &Program,
    id: SectionId,
    reloc: Reloc,
) -> Option<Relaxed> {
    let is_code = program.section(id).has(SHF_EXECINSTR);
    if !is_code || !is_movable(program.target(reloc).0) {
        return None;
    }
    match target {
        LinkTarget::X86_64 => {
            let code = program.section(id).data;
            x64::relax(reloc.kind, reloc.addend, code, reloc.offset).map(Relaxed::X64)
        }
        LinkTarget::Aarch64 => a64::relax(reloc.kind).map(Relaxed::A64),
    }
}

/// Whether the address is known only when the program has been loaded somewhere.
pub fn is_movable(target: Target) -> bool {
    match target {
        Target::Section(..) | Target::Edge(_) => true,
        Target::Null | Target::Absolute(_) | Target::Missing => false,
    }
}

/// Looks at the relocations of everything that is loaded.
///
/// # Errors
///
/// A symbol is not defined, a type is not supported, or a position-independent executable cannot have it.
pub fn scan(
    program: &Program,
    is_live: &[bool],
    unwind: &Unwind,
    target: LinkTarget,
) -> Result<Needs, LinkError> {
    let mut needs = Needs::default();
    for id in program.section_ids().filter(|id| is_live[id.0 as usize]) {
        for reloc in program.relocs(id) {
            let rule = check(program, id, reloc, target)?;
            needs.add(program, id, reloc, rule, target)?;
        }
    }
    for piece in &unwind.pieces {
        for reloc in piece.record.relocs(program, piece.section) {
            let rule = check(program, piece.section, reloc, target)?;
            needs.add(program, piece.section, reloc, rule, target)?;
        }
    }
    Ok(needs)
}

/// The rule of a relocation that is possible here.
///
/// # Errors
///
/// The type is not supported, or the symbol is not there.
pub fn check(
    program: &Program,
    id: SectionId,
    reloc: Reloc,
    target: LinkTarget,
) -> Result<Rule, LinkError> {
    let section = program.section(id);
    let Some(rule) = rule(target, reloc.kind) else {
        let is_dynamic = match target {
            LinkTarget::X86_64 => x64::is_dynamic_thread(reloc.kind),
            LinkTarget::Aarch64 => a64::is_dynamic_thread(reloc.kind),
        };
        let why = match is_dynamic {
            true => {
                "needs a loader for thread-local variables (compile with -ftls-model=initial-exec)"
            }
            false => "is not supported",
        };
        return Err(LinkError::BadInput {
            name: program.objects[section.object as usize].name.clone(),
            reason: format!(
                "relocation type {} at {:#x} of section {} {why}",
                reloc.kind,
                reloc.offset,
                show(section.name)
            ),
        });
    };
    if program.target(reloc).0 == Target::Missing && section.usage != Use::Debug {
        return Err(LinkError::UndefinedSymbol {
            symbol: program.show_symbol(reloc.symbol),
            detail: format!("used in {}", program.describe(id)),
        });
    }
    Ok(rule)
}

impl Needs {
    fn add(
        &mut self,
        program: &Program,
        id: SectionId,
        reloc: Reloc,
        rule: Rule,
        target: LinkTarget,
    ) -> Result<(), LinkError> {
        let (to, _) = program.target(reloc);
        let section = program.section(id);
        let is_word = rule.field == Field::Bytes(8, Range::Both);
        // Low bits of an address are those of its place in its page, wherever that is.
        let is_whole = matches!(rule.field, Field::Bytes(..));
        match rule.value {
            Value::Absolute if is_movable(to) && is_word => {
                if !section.has(SHF_WRITE) {
                    return Err(impossible(
                        program,
                        id,
                        reloc,
                        "an address in read-only memory",
                    ));
                }
                self.words.push((id, reloc.offset));
            }
            Value::Absolute if is_movable(to) && is_whole => {
                return Err(impossible(
                    program,
                    id,
                    reloc,
                    "an address of less than 64 bits",
                ));
            }
            Value::Relative | Value::Page if matches!(to, Target::Absolute(_)) => {
                return Err(impossible(program, id, reloc, "the distance of a constant"));
            }
            Value::Slot(_) if relax(target, program, id, reloc).is_none() => {
                self.slot(Slot::Address(program.winner(reloc.symbol)));
            }
            Value::ThreadSlot(_) => self.slot(Slot::Thread(program.winner(reloc.symbol))),
            _ => {}
        }
        Ok(())
    }

    fn slot(&mut self, slot: Slot) {
        let next = self.slots.len() as u32;
        if *self.slot_numbers.entry(slot).or_insert(next) == next {
            self.slots.push(slot);
        }
    }
}

fn impossible(program: &Program, id: SectionId, reloc: Reloc, what: &str) -> LinkError {
    LinkError::Failed(format!(
        "{}: `{}` at {:#x} is used as {what}, which a position-independent executable cannot have (compile with -fPIE)",
        program.describe(id),
        program.show_symbol(reloc.symbol),
        reloc.offset
    ))
}
