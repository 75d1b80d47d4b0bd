//! From inputs to a [`Program`]: objects in order, then members of archives that define what is missing, then the symbols that the linker defines.
//!
//! The order of archives does not matter: a member is taken when a symbol is undefined and the member is the first one that defines it. Weak references take
//! nothing out of archives (gABI, "Symbol Table").

use std::collections::{HashMap, HashSet};

use object::elf::{SHF_ALLOC, SHF_WRITE};
use object::read::archive::ArchiveFile;

use crate::input::{self, Parsed};
use crate::merge::Merge;
use crate::program::{Edge, Place, Program, Section, SectionId, Use, show};
use crate::{Input, LinkError, LinkOptions};

/// Reads all inputs.
///
/// # Errors
///
/// An input is damaged or unsupported, or something is defined twice.
pub fn load<'a>(inputs: &'a [Input], options: &LinkOptions) -> Result<Program<'a>, LinkError> {
    let mut loader = Loader::default();
    let mut members = Vec::new();
    for input in inputs {
        let bytes = &input.bytes[..];
        if bytes.starts_with(b"!<arch>\n") || bytes.starts_with(b"!<thin>\n") {
            read_archive(input, options, &mut members)?;
        } else {
            loader.add(&input::parse(input.name.clone(), bytes, options.target)?)?;
        }
    }
    let roots = match &options.shared {
        Some(shared) => &shared.exports[..],
        None => std::slice::from_ref(&options.entry),
    };
    loader.add_members(&members, roots)?;
    let mut program = loader.program;
    allocate_commons(&mut program);
    define_edges(&mut program);
    Ok(program)
}

/// Collects the objects of an archive; other files are passed over.
fn read_archive<'a>(
    input: &'a Input,
    options: &LinkOptions,
    members: &mut Vec<Parsed<'a>>,
) -> Result<(), LinkError> {
    let bad = |error: object::Error| LinkError::BadInput {
        name: input.name.clone(),
        reason: error.to_string(),
    };
    let archive = ArchiveFile::parse(&input.bytes[..]).map_err(bad)?;
    if archive.is_thin() {
        return Err(LinkError::BadInput {
            name: input.name.clone(),
            reason: "a thin archive, whose members are other files".to_owned(),
        });
    }
    for member in archive.members() {
        let member = member.map_err(bad)?;
        let bytes = member.data(&input.bytes[..]).map_err(bad)?;
        if bytes.starts_with(b"\x7fELF") {
            let name = format!("{}({})", input.name, show(member.name()));
            members.push(input::parse(name, bytes, options.target)?);
        }
    }
    Ok(())
}

#[derive(Default)]
struct Loader<'a> {
    program: Program<'a>,
    merge: Merge<'a>,
    /// Signatures of groups of which there is one already.
    groups: HashSet<&'a [u8]>,
}

impl<'a> Loader<'a> {
    fn add(&mut self, parsed: &Parsed<'a>) -> Result<(), LinkError> {
        let groups = &mut self.groups;
        let mut is_kept = |signature| groups.insert(signature);
        input::add(&mut self.program, parsed, &mut self.merge, &mut is_kept)
    }

    /// Adds the members that define what is undefined, until nothing changes.
    fn add_members(&mut self, members: &[Parsed<'a>], roots: &[String]) -> Result<(), LinkError> {
        let mut index = HashMap::new();
        for (number, member) in members.iter().enumerate() {
            for name in member.definitions() {
                index.entry(name).or_insert(number);
            }
        }
        let mut is_added = vec![false; members.len()];
        let mut take = |loader: &mut Self, name: &[u8]| match index.get(name) {
            Some(&number) if !std::mem::replace(&mut is_added[number], true) => {
                loader.add(&members[number])
            }
            _ => Ok(()),
        };
        for root in roots {
            if !self.program.globals.contains_key(root.as_bytes()) {
                take(self, root.as_bytes())?;
            }
        }
        loop {
            let before = self.program.objects.len();
            let mut next = 0;
            while let Some(&id) = self.program.winners.get(next) {
                let symbol = self.program.symbol(id);
                if symbol.place == Place::Undefined && !symbol.is_weak {
                    take(self, symbol.name)?;
                }
                next += 1;
            }
            // A member may also need what was weak when it was looked at.
            if self.program.objects.len() == before {
                return Ok(());
            }
        }
    }
}

/// Gives common variables their place in memory that is zero.
fn allocate_commons(program: &mut Program) {
    for index in 0..program.winners.len() {
        let id = program.winners[index];
        let symbol = *program.symbol(id);
        if let Place::Common { align } = symbol.place {
            let section = SectionId(program.sections.len() as u32);
            program.sections.push(Section {
                name: b".bss",
                object: symbol.object,
                usage: Use::Load,
                flags: SHF_ALLOC | SHF_WRITE,
                is_zero: true,
                is_note: false,
                data: &[],
                size: symbol.size,
                align,
                entry_size: 0,
                relocs: &[],
                parts: Vec::new(),
                link: None,
                group: None,
            });
            program.symbols[id.0 as usize].place = Place::Section(section, 0);
        }
    }
}

/// Defines the linker's symbols that are referred to and that no input defines.
fn define_edges(program: &mut Program) {
    // The first section of each name.
    let mut sections = HashMap::new();
    for id in program.section_ids() {
        let section = program.section(id);
        if section.usage == Use::Load && section.parts.is_empty() {
            sections.entry(output_name(section.name)).or_insert(id);
        }
    }
    for index in 0..program.winners.len() {
        let id = program.winners[index];
        let symbol = program.symbol(id);
        if symbol.place != Place::Undefined {
            continue;
        }
        if let Some(edge) = edge(symbol.name, &sections) {
            program.symbols[id.0 as usize].place = Place::Edge(edge);
        }
    }
}

/// What the linker knows by this name.
fn edge(name: &[u8], sections: &HashMap<&[u8], SectionId>) -> Option<Edge> {
    let ends = |section: &[u8], is_start: bool| match sections.get(section) {
        Some(&id) if is_start => Edge::SectionStart(id),
        Some(&id) => Edge::SectionEnd(id),
        None => Edge::Nothing,
    };
    Some(match name {
        b"__ehdr_start" | b"__executable_start" | b"__dso_handle" => Edge::ImageStart,
        b"_end" | b"end" => Edge::ImageEnd,
        b"_etext" | b"etext" | b"__etext" => Edge::TextEnd,
        b"_edata" | b"edata" | b"__bss_start" => Edge::DataEnd,
        b"_DYNAMIC" => Edge::Dynamic,
        b"_GLOBAL_OFFSET_TABLE_" => Edge::Got,
        b"__preinit_array_start" => ends(b".preinit_array", true),
        b"__preinit_array_end" => ends(b".preinit_array", false),
        b"__init_array_start" => ends(b".init_array", true),
        b"__init_array_end" => ends(b".init_array", false),
        b"__fini_array_start" => ends(b".fini_array", true),
        b"__fini_array_end" => ends(b".fini_array", false),
        b"__rela_iplt_start" | b"__rela_iplt_end" => Edge::Nothing,
        _ => {
            let start = name.strip_prefix(b"__start_");
            let section = start.or_else(|| name.strip_prefix(b"__stop_"))?;
            let _ = sections.get(section)?;
            ends(section, start.is_some())
        }
    })
}

/// The name of the output section that sections of a name go to: `.text.main` to `.text`.
pub fn output_name(name: &[u8]) -> &[u8] {
    const KNOWN: [&[u8]; 13] = [
        b".text",
        b".rodata",
        b".data.rel.ro",
        b".data",
        b".bss.rel.ro",
        b".bss",
        b".tdata",
        b".tbss",
        b".preinit_array",
        b".init_array",
        b".fini_array",
        b".gcc_except_table",
        b".eh_frame",
    ];
    let is_prefix = |known: &&&[u8]| {
        let rest = name.strip_prefix(**known);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"."))
    };
    KNOWN.iter().find(is_prefix).map_or(name, |known| known)
}
