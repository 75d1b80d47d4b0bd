//! The text section: functions in order, references between them resolved here and now.
//!
//! A call within the object is most of what a linker would have to look at; its distance is known as soon as the functions are
//! placed. What remains for the linker are references to data, the runtime and imports. Calls that are too far for
//! their instruction go through [`veneers`].

use super::section::{Addr, Fixup, FixupKind, Sect, Section};
use super::veneers::{self, Island};
use crate::error::Error;
use crate::ir::Symbol;
use crate::mach::arch::{RelocKind, Veneer};
use crate::mach::compiled::CompiledFunc;
use std::collections::HashMap;

/// Largest text section: its size and every distance in it must fit a signed 32-bit displacement.
const MAX_TEXT: u64 = i32::MAX as u64;

/// Where everything in the section goes.
pub struct Layout {
    padding: u8,
    veneer: Option<Veneer>,
    /// Offset of every function, in the same order, then the section's length.
    pub offsets: Vec<u32>,
    pub islands: Vec<Island>,
}

impl Layout {
    /// Places the functions. `padding` fills the space between them.
    pub fn new(
        padding: u8,
        veneer: Option<Veneer>,
        funcs: &[CompiledFunc],
    ) -> Result<Layout, Error> {
        let mut offsets = place(funcs, &mut []);
        let mut islands = Vec::new();
        // An eighth of the distance is left for what the linker puts behind this section.
        let near = |veneer: &Veneer| veneer.reach - veneer.reach / 8;
        if let Some(veneer) = &veneer
            && offsets[funcs.len()] > near(veneer)
        {
            islands = veneers::plan(funcs, veneer, near(veneer), |islands| place(funcs, islands));
            offsets = place(funcs, &mut islands);
        }
        let end = offsets[funcs.len()];
        if end > MAX_TEXT {
            return Err(Error::new(format!(
                "the machine code is {} MiB large, more than the 2 GiB that one executable can hold",
                end >> 20
            ))
            .help("compile fewer modules into one program"));
        }
        Ok(Layout {
            padding,
            veneer,
            offsets: offsets.into_iter().map(|offset| offset as u32).collect(),
            islands,
        })
    }

    /// Copies the code to its place and resolves what can be. `target` tells where a reference goes.
    pub fn build(
        &self,
        funcs: &[CompiledFunc],
        mut target: impl FnMut(Symbol) -> Addr,
    ) -> Result<Section, Error> {
        let mut section = Section::new(Sect::Text);
        section
            .bytes
            .reserve_exact(self.offsets[funcs.len()] as usize);
        let mut islands = self.islands.iter();
        let mut island = islands.next();
        let mut veneers = island.map_or_else(HashMap::new, Island::offsets);
        for (number, (func, &offset)) in funcs.iter().zip(&self.offsets).enumerate() {
            section.bytes.resize(offset as usize, self.padding);
            section.align = section.align.max(u64::from(func.align));
            section.bytes.extend_from_slice(&func.code);
            for reloc in &func.relocs {
                let fixup = Fixup {
                    offset: u64::from(offset + reloc.offset),
                    kind: FixupKind::Code(reloc.kind),
                    target: target(reloc.symbol),
                    addend: reloc.addend,
                };
                let veneer = veneers.get(&reloc.symbol).copied();
                if !self.resolve(&mut section, &fixup, veneer)? {
                    section.fixups.push(fixup);
                }
            }
            if let Some(here) = island.filter(|island| island.end == number + 1) {
                add_island(&mut section, here, self.padding, &mut target);
                island = islands.next();
                veneers = island.map_or_else(HashMap::new, Island::offsets);
            }
        }
        Ok(section)
    }

    /// Fills in a pc-relative reference to this section; false if the linker must do it. `veneer` is where the target's
    /// veneer is that belongs to this place.
    fn resolve(
        &self,
        section: &mut Section,
        fixup: &Fixup,
        veneer: Option<u64>,
    ) -> Result<bool, Error> {
        let distance = |to: u64| to as i64 + fixup.addend - fixup.offset as i64;
        let here = match fixup.target {
            Addr::At(at) if at.sect == Sect::Text => Some(at.offset),
            Addr::At(_) | Addr::Extern(_) | Addr::Null => None,
        };
        let FixupKind::Code(RelocKind {
            field: Some(field), ..
        }) = fixup.kind
        else {
            return Ok(false);
        };
        let is_near = |to: &u64| {
            let distance = distance(*to);
            let limit = self.veneer.map_or(u64::MAX, |veneer| veneer.reach);
            field.fits(distance) && distance.unsigned_abs() <= limit
        };
        let Some(to) = here.filter(is_near).or(veneer) else {
            return Ok(false);
        };
        if !is_near(&to) {
            return Err(Error::new(format!(
                "a function is larger than the {} MiB that a call can reach",
                (field.max() + 1) >> 20
            )));
        }
        let place = &mut section.bytes[fixup.offset as usize..][..field.size()];
        field.patch(place, distance(to));
        Ok(true)
    }
}

/// Offset of every function, in the same order, then the section's length. Each island gets its offset behind its group.
fn place(funcs: &[CompiledFunc], islands: &mut [Island]) -> Vec<u64> {
    let mut offsets = Vec::with_capacity(funcs.len() + 1);
    let mut islands = islands.iter_mut().peekable();
    let mut end = 0u64;
    for (number, func) in funcs.iter().enumerate() {
        assert!(
            func.align.is_power_of_two() && func.align >= 16,
            "obj: alignment of {}",
            func.id
        );
        let start = end.next_multiple_of(u64::from(func.align));
        offsets.push(start);
        end = start + func.code.len() as u64;
        if let Some(island) = islands.next_if(|island| island.end == number + 1) {
            island.offset = end.next_multiple_of(4);
            end = island.offset + island.len();
        }
    }
    offsets.push(end);
    offsets
}

fn add_island(
    section: &mut Section,
    island: &Island,
    padding: u8,
    mut target: impl FnMut(Symbol) -> Addr,
) {
    section.bytes.resize(island.offset as usize, padding);
    section.bytes.extend(island.code());
    let starts = (island.offset..).step_by(island.veneer.bytes() as usize);
    for (symbol, start) in island.symbols().zip(starts) {
        for (at, kind) in island.veneer.references {
            section.fixups.push(Fixup {
                offset: start + *at,
                kind: FixupKind::Code(*kind),
                target: target(symbol),
                addend: 0,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::EntityId;
    use crate::ir::{FuncId, RtFn};
    use crate::mach::compiled::Reloc;
    use crate::mach::field::{Bits, Field};
    use crate::obj::section::{At, ExternId};
    use crate::obj::testing::code;
    use crate::random::Random;
    use object::{elf, macho};

    const BL: u32 = 0x9400_0000;

    /// `bl`
    const CALL: RelocKind = kind(
        elf::R_AARCH64_CALL26,
        Some(Field::in_word(
            28,
            &[Bits {
                from: 2,
                count: 26,
                at: 0,
            }],
        )),
    );
    const HIGH: RelocKind = kind(elf::R_AARCH64_ADR_PREL_PG_HI21, None);
    const LOW: RelocKind = kind(elf::R_AARCH64_ADD_ABS_LO12_NC, None);

    const fn kind(elf: elf::RelocationType, field: Option<Field>) -> RelocKind {
        RelocKind {
            elf,
            macho: (macho::ARM64_RELOC_BRANCH26, true, 2),
            field,
        }
    }

    /// Veneers of AArch64, as if calls went only so far.
    const fn veneer(reach: u64) -> Veneer {
        Veneer {
            call: CALL,
            reach,
            code: &[0x9000_0010, 0x9100_0210, 0xd61f_0200],
            references: &[(0, HIGH), (4, LOW)],
        }
    }

    /// Functions of random sizes that call each other and a function of the runtime.
    fn random_functions(random: &mut Random, count: u32, max_size: usize) -> Vec<CompiledFunc> {
        let function = |id| {
            let words = 1 + random.below(max_size / 4);
            let mut func = code(id, &BL.to_le_bytes().repeat(words));
            func.relocs = (0..words as u32)
                .filter_map(|word| {
                    let symbol = match random.below(8) {
                        0 => Symbol::Runtime(RtFn::MemoryGrow),
                        1..4 => Symbol::Func(FuncId::from_u32(random.below(count as usize) as u32)),
                        _ => return None,
                    };
                    Some(Reloc {
                        offset: 4 * word,
                        kind: CALL,
                        symbol,
                        addend: 0,
                    })
                })
                .collect();
            func
        };
        (0..count).map(function).collect()
    }

    /// Checks that every call goes where it should, directly or through one veneer, and no farther than `reach`. Returns how many
    /// calls went directly, through veneers, and to the linker.
    fn follow_calls(funcs: &[CompiledFunc], reach: u64) -> [usize; 3] {
        let layout = Layout::new(0, Some(veneer(reach)), funcs).unwrap();
        let address = |symbol| match symbol {
            Symbol::Func(id) => Addr::At(At {
                sect: Sect::Text,
                offset: layout.offsets[id.index()].into(),
            }),
            _ => Addr::Extern(ExternId(7)),
        };
        let section = layout.build(funcs, address).unwrap();
        assert_eq!(section.bytes.len() as u32, layout.offsets[funcs.len()]);
        let word =
            |at: u64| u32::from_le_bytes(section.bytes[at as usize..][..4].try_into().unwrap());
        let fixups: HashMap<u64, &Fixup> = section.fixups.iter().map(|f| (f.offset, f)).collect();
        let mut counts = [0; 3];
        for (func, &offset) in funcs.iter().zip(&layout.offsets) {
            for reloc in &func.relocs {
                let at = u64::from(offset + reloc.offset);
                let want = address(reloc.symbol);
                if let Some(fixup) = fixups.get(&at) {
                    assert_eq!(
                        (fixup.target, fixup.kind),
                        (want, FixupKind::Code(reloc.kind))
                    );
                    assert_eq!(word(at), BL);
                    counts[2] += 1;
                    continue;
                }
                assert_eq!(word(at) >> 26, BL >> 26);
                let distance = i64::from((word(at) << 6) as i32 >> 6) * 4;
                assert!(distance.unsigned_abs() <= reach, "{distance}");
                let to = at.wrapping_add_signed(distance);
                if want
                    == Addr::At(At {
                        sect: Sect::Text,
                        offset: to,
                    })
                {
                    counts[0] += 1;
                    continue;
                }
                // adrp x16; add x16, x16; br x16
                assert_eq!(
                    [0, 4, 8].map(|i| word(to + i)),
                    [0x9000_0010, 0x9100_0210, 0xd61f_0200]
                );
                for (i, kind) in [(0, HIGH), (4, LOW)] {
                    let fixup = fixups[&(to + i)];
                    assert_eq!((fixup.target, fixup.kind), (want, FixupKind::Code(kind)));
                }
                let island = layout
                    .islands
                    .iter()
                    .find(|i| (i.offset..i.offset + i.len()).contains(&to));
                assert!(island.is_some(), "veneers are in islands");
                counts[1] += 1;
            }
        }
        counts
    }

    #[test]
    fn near_calls_need_no_veneers() {
        let funcs = random_functions(&mut Random::new(3), 40, 400);
        let [direct, through, linker] = follow_calls(&funcs, 1 << 20);
        assert!(direct > 100 && through == 0 && linker > 30);
    }

    #[test]
    fn far_calls_go_through_veneers() {
        for (seed, reach) in [(1, 512), (2, 1024), (3, 4096), (4, 8192)] {
            let funcs = random_functions(&mut Random::new(seed), 300, 120);
            let [direct, through, linker] = follow_calls(&funcs, reach);
            assert!(
                direct > 20 && through > 500 && linker == 0,
                "{direct} {through} {linker}"
            );
        }
    }

    #[test]
    fn a_function_that_no_veneer_is_near_to_is_an_error() {
        let mut funcs = random_functions(&mut Random::new(5), 3, 40);
        funcs[1] = code(1, &BL.to_le_bytes().repeat(1000));
        funcs[1].relocs.push(Reloc {
            offset: 0,
            kind: CALL,
            symbol: Symbol::Runtime(RtFn::MemoryGrow),
            addend: 0,
        });
        let layout = Layout::new(0, Some(veneer(1024)), &funcs).unwrap();
        let error = layout
            .build(&funcs, |_| Addr::Extern(ExternId(0)))
            .unwrap_err();
        assert!(error.to_string().contains("128 MiB"), "{error}");
    }
}
