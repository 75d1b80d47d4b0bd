//! Which sections are in the executable: those that the entry (of a shared object: what it exports) needs, directly or through others.
//!
//! Roots are the entry's section, or those of the exports, sections that are to be retained (`SHF_GNU_RETAIN`), what runs at start and end
//! (`.init`, of which each object has a piece, and `.init_array`), and notes. A section needs
//! what its relocations refer to, the others of its group, the sections that belong to it (`SHF_LINK_ORDER`), and what the unwind tables of its functions
//! refer to. Who refers to the ends of a section needs all sections of its name.

use std::collections::HashMap;

use object::elf::SHF_GNU_RETAIN;

use crate::frames::Record;
use crate::load::output_name;
use crate::program::{Edge, Program, SectionId, SymbolId, Target, Use};

/// Marks the sections that are loaded, by their index. With `all` nothing is left out.
pub fn mark(program: &Program, roots: &[SymbolId], all: bool) -> Vec<bool> {
    let mut marker = Marker {
        program,
        is_live: vec![false; program.sections.len()],
        work: Vec::new(),
        companions: companions(program),
        tables: tables(program),
    };
    for &root in roots {
        marker.follow(program.symbol_target(root));
    }
    for id in program.section_ids() {
        let section = program.section(id);
        let output = output_name(section.name);
        let is_root = section.has(SHF_GNU_RETAIN)
            || section.is_note
            || matches!(
                output,
                b".init" | b".fini" | b".init_array" | b".fini_array" | b".preinit_array"
            );
        if all || is_root {
            marker.add(id);
        }
    }
    while let Some(id) = marker.work.pop() {
        marker.visit(id);
    }
    marker.is_live
}

struct Marker<'p, 'a> {
    program: &'p Program<'a>,
    is_live: Vec<bool>,
    work: Vec<SectionId>,
    companions: HashMap<SectionId, Vec<SectionId>>,
    tables: HashMap<SectionId, Vec<(SectionId, Record)>>,
}

impl Marker<'_, '_> {
    fn add(&mut self, id: SectionId) {
        let section = self.program.section(id);
        let is_live = &mut self.is_live[id.0 as usize];
        if section.usage == Use::Load && section.parts.is_empty() && !*is_live {
            *is_live = true;
            self.work.push(id);
        }
    }

    fn visit(&mut self, id: SectionId) {
        let program = self.program;
        for reloc in program.relocs(id) {
            self.follow(program.target(reloc).0);
        }
        for (frames, record) in self.tables.remove(&id).unwrap_or_default() {
            for reloc in record.relocs(program, frames) {
                self.follow(program.target(reloc).0);
            }
        }
        for other in self.companions.remove(&id).unwrap_or_default() {
            self.add(other);
        }
        if let Some(group) = program.section(id).group {
            for &other in &program.groups[group as usize] {
                self.add(other);
            }
        }
    }

    fn follow(&mut self, target: Target) {
        match target {
            Target::Section(id, _) => self.add(id),
            Target::Edge(Edge::SectionStart(id) | Edge::SectionEnd(id)) => {
                if !self.is_live[id.0 as usize] {
                    let name = output_name(self.program.section(id).name);
                    for other in self.program.section_ids() {
                        if output_name(self.program.section(other).name) == name {
                            self.add(other);
                        }
                    }
                }
            }
            Target::Edge(_) | Target::Null | Target::Absolute(_) | Target::Missing => {}
        }
    }
}

/// The sections that belong to a section.
fn companions(program: &Program) -> HashMap<SectionId, Vec<SectionId>> {
    let mut companions: HashMap<_, Vec<_>> = HashMap::new();
    for id in program.section_ids() {
        if let Some(of) = program.section(id).link {
            companions.entry(of).or_default().push(id);
        }
    }
    companions
}

/// Records of unwind tables that refer to more than the function, by the function's section.
fn tables(program: &Program) -> HashMap<SectionId, Vec<(SectionId, Record)>> {
    let mut tables: HashMap<_, Vec<_>> = HashMap::new();
    for frames in &program.frames {
        for fde in &frames.fdes {
            let cie = frames.cies[fde.cie as usize];
            let has_more = |record: &Record, than| record.end_reloc - record.first_reloc > than;
            let (own, shared) = (has_more(&fde.record, 1), has_more(&cie, 0));
            if !own && !shared {
                continue;
            }
            let Some(function) = frames.function(program, fde) else {
                continue;
            };
            let list = tables.entry(function).or_default();
            if own {
                list.push((frames.section, fde.record));
            }
            if shared {
                list.push((frames.section, cie));
            }
        }
    }
    tables
}
