//! Computes relocations and writes them into the output.

use crate::layout::Layout;
use crate::program::{Program, Reloc, SectionId, Target, Use};
use crate::rule::{Field, Rule, Value, Way};
use crate::scan::{Relaxed, Slot, check, relax};
use crate::{LinkError, LinkTarget, a64, x64};

/// Applies relocations to sections of a laid-out program.
pub struct Applier<'p, 'a> {
    pub program: &'p Program<'a>,
    pub layout: &'p Layout<'a>,
    pub target: LinkTarget,
}

impl Applier<'_, '_> {
    /// Applies a relocation of section `id`. `bytes` are the section's from its offset `start` on, and lie at `address`.
    ///
    /// # Errors
    ///
    /// The value does not fit, or the symbol is not in the executable.
    pub fn apply(
        &self,
        id: SectionId,
        reloc: Reloc,
        start: u64,
        address: u64,
        bytes: &mut [u8],
    ) -> Result<(), LinkError> {
        let rule = check(self.program, id, reloc, self.target)?;
        if rule.field == Field::Nothing {
            return Ok(());
        }
        let at = (reloc.offset - start) as usize;
        let len = rule.field.len();
        if at + len > bytes.len() {
            return Err(self.program.bad(id, "a relocation reaches beyond its end"));
        }
        let place = address + at as u64;
        let (to, addend) = self.program.target(reloc);
        let Some(symbol) = self.layout.address(to) else {
            return self.absent(id, reloc, rule, &mut bytes[at..at + len]);
        };
        let target = symbol.wrapping_add_signed(addend);
        let done = match relax(self.target, self.program, id, reloc) {
            Some(Relaxed::X64(relaxed)) => {
                let value = target.wrapping_sub(place) as i64;
                x64::rewrite(relaxed, value, bytes, at)
            }
            Some(Relaxed::A64(relaxed)) => {
                a64::rewrite(relaxed, target, place, &mut bytes[at..at + len])
            }
            None => {
                let value = match (to, rule.field) {
                    // A call of a function that need not be there goes to the next instruction.
                    (Target::Null, Field::Branch(_)) => Some(4),
                    _ => self.value(rule, reloc, target, addend, place),
                };
                value.and_then(|value| rule.field.put(value, &mut bytes[at..at + len]))
            }
        };
        done.ok_or_else(|| {
            LinkError::Failed(format!(
                "{}: `{}` does not fit into relocation type {} at {:#x}: it is at {target:#x}, the place at {place:#x}",
                self.program.describe(id),
                self.program.show_symbol(reloc.symbol),
                reloc.kind,
                reloc.offset,
            ))
        })
    }

    /// A reference to what is not in the executable: debugging information of functions that were left out has an address where there is nothing.
    fn absent(
        &self,
        id: SectionId,
        reloc: Reloc,
        rule: Rule,
        bytes: &mut [u8],
    ) -> Result<(), LinkError> {
        let section = self.program.section(id);
        if section.usage != Use::Debug {
            return Err(LinkError::Failed(format!(
                "{} refers to `{}`, which is not loaded",
                self.program.describe(id),
                self.program.show_symbol(reloc.symbol)
            )));
        }
        // In these lists two zeroes are the end.
        let is_list = matches!(section.name, b".debug_ranges" | b".debug_loc");
        let done = rule.field.put(i64::from(is_list), bytes);
        done.ok_or_else(|| self.program.bad(id, "a relocation that is not for data"))
    }

    /// `target` is S + A, `place` P. `None`: there is no slot, because what has no code refers to it.
    fn value(&self, rule: Rule, reloc: Reloc, target: u64, addend: i64, place: u64) -> Option<i64> {
        let page = |address: u64| address & !0xfff;
        let layout = self.layout;
        let slot = |slot: Slot, way: Way| {
            let number = *layout.needs.slot_numbers.get(&slot)?;
            let slot = layout.got() + 8 * u64::from(number);
            Some(match way {
                Way::Relative => slot.wrapping_add_signed(addend).wrapping_sub(place),
                Way::Page => page(slot).wrapping_sub(page(place)),
                Way::Absolute => slot,
                Way::FromGot => slot.wrapping_add_signed(addend).wrapping_sub(layout.got()),
                Way::FromGotPage => slot.wrapping_sub(page(layout.got())),
            })
        };
        let winner = self.program.winner(reloc.symbol);
        let value = match rule.value {
            Value::Absolute => target,
            Value::Relative => target.wrapping_sub(place),
            Value::Page => page(target).wrapping_sub(page(place)),
            Value::Got => layout.got().wrapping_add_signed(addend).wrapping_sub(place),
            Value::FromGot => target.wrapping_sub(layout.got()),
            Value::Slot(way) => slot(Slot::Address(winner), way)?,
            Value::Size => self.program.symbol(winner).size.wrapping_add_signed(addend),
            Value::Thread => target.wrapping_sub(layout.thread_pointer()),
            Value::ThreadSlot(way) => slot(Slot::Thread(winner), way)?,
            Value::ThreadStart => {
                let start = layout.thread().map_or(0, |(start, ..)| start);
                target.wrapping_sub(start)
            }
        };
        Some(value as i64)
    }
}
