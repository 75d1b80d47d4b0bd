//! Reads relocatable objects (gABI, chapter 4) into the [`Program`].
//!
//! Every offset, size and index is checked here, so that the rest of the linker may rely on them.

use object::LittleEndian as LE;
use object::elf::{self, FileHeader64, SectionHeader64, Sym64};
use object::read::elf::{FileHeader, SectionHeader, SectionTable, Sym, SymbolTable};
use object::{SectionIndex, SymbolIndex};

use crate::program::{Object, Place, Program, Section, SectionId, Symbol, SymbolId, Use, show};
use crate::{LinkError, LinkTarget, frames, merge};

type Header = FileHeader64<LE>;

/// The largest alignment of a section: that of AArch64's largest pages. More is not kept when a program is loaded.
const MAX_ALIGN: u64 = 1 << 16;

/// An object whose headers make sense.
pub struct Parsed<'a> {
    name: String,
    bytes: &'a [u8],
    sections: SectionTable<'a, Header>,
    pub symbols: SymbolTable<'a, Header>,
}

/// An error about an object.
fn bad(name: &str, reason: impl ToString) -> LinkError {
    LinkError::BadInput {
        name: name.to_owned(),
        reason: reason.to_string(),
    }
}

/// Reads the headers of an object for `target`.
///
/// # Errors
///
/// It is something else, or damaged.
pub fn parse<'a>(
    name: String,
    bytes: &'a [u8],
    target: LinkTarget,
) -> Result<Parsed<'a>, LinkError> {
    const ELF64_LITTLE: &[u8] = b"\x7fELF\x02\x01\x01";
    if !bytes.starts_with(ELF64_LITTLE) {
        let reason = "not a 64-bit little-endian ELF object and not an archive";
        return Err(bad(&name, reason));
    }
    let header = Header::parse(bytes).map_err(|error| bad(&name, error))?;
    if header.e_type(LE) != elf::ET_REL {
        return Err(bad(&name, "not a relocatable object"));
    }
    let machine = header.e_machine(LE);
    let expected = match target {
        LinkTarget::X86_64 => elf::EM_X86_64,
        LinkTarget::Aarch64 => elf::EM_AARCH64,
    };
    if machine != expected {
        let reason = format!("made for another machine (ELF machine {})", machine.0);
        return Err(bad(&name, reason));
    }
    let sections = header
        .sections(LE, bytes)
        .map_err(|error| bad(&name, error))?;
    let symbols = sections
        .symbols(LE, bytes, elf::SHT_SYMTAB)
        .map_err(|error| bad(&name, error))?;
    Ok(Parsed {
        name,
        bytes,
        sections,
        symbols,
    })
}

impl<'a> Parsed<'a> {
    /// Names of the global symbols that the object defines.
    pub fn definitions(&self) -> impl Iterator<Item = &'a [u8]> {
        let symbols = self.symbols.iter();
        symbols.filter_map(|symbol| {
            let is_defined = symbol.st_shndx(LE) != elf::SHN_UNDEF && !symbol.is_local();
            let name = self.symbols.symbol_name(LE, symbol);
            name.ok().filter(|_| is_defined)
        })
    }

    /// The name of a group: that of a symbol, or of a section where its symbol serves.
    fn signature(&self, index: SymbolIndex) -> object::Result<&'a [u8]> {
        let symbol = self.symbols.symbol(index)?;
        let section = self.symbols.symbol_section(LE, symbol, index)?;
        match section.filter(|_| symbol.st_type() == elf::STT_SECTION) {
            Some(section) => {
                let header = self.sections.section(section)?;
                self.sections.section_name(LE, header)
            }
            None => self.symbols.symbol_name(LE, symbol),
        }
    }

    fn bad(&self, reason: impl ToString) -> LinkError {
        bad(&self.name, reason)
    }
}

/// Adds an object's sections and symbols to the program. Of groups that have the signature of an earlier one nothing is used, and global symbols
/// there are references.
///
/// # Errors
///
/// The object is damaged, or has something that is not supported.
pub fn add<'a>(
    program: &mut Program<'a>,
    parsed: &Parsed<'a>,
    merge: &mut merge::Merge<'a>,
    is_kept: &mut dyn FnMut(&'a [u8]) -> bool,
) -> Result<(), LinkError> {
    let object = Object {
        name: parsed.name.clone(),
        first_section: program.sections.len() as u32,
        first_symbol: program.symbols.len() as u32,
    };
    let number = program.objects.len() as u32;
    let first = object.first_section;
    program.objects.push(object);
    let mut bytes_used = 0u64;
    for header in parsed.sections.iter() {
        let (_, size) = header.file_range(LE).unwrap_or_default();
        bytes_used = bytes_used.saturating_add(size);
        // Else a small file could name the same bytes again and again, and become a large executable.
        if bytes_used > parsed.bytes.len() as u64 {
            return Err(parsed.bad("its sections overlap"));
        }
        program.sections.push(read_section(parsed, number, header)?);
    }
    for (index, header) in parsed.sections.enumerate() {
        read_reference(program, parsed, first, index, header, is_kept)?;
    }
    for id in (first..first + parsed.sections.len() as u32).map(SectionId) {
        match program.section(id).usage {
            Use::Load => merge.split(program, id),
            Use::Frames => {
                let frames = frames::read(program, id)?;
                program.frames.push(frames);
            }
            Use::Debug | Use::LeftOut => {}
        }
    }
    read_symbols(program, parsed, number)
}

/// A section without what refers to others.
fn read_section<'a>(
    parsed: &Parsed<'a>,
    object: u32,
    header: &'a SectionHeader64<LE>,
) -> Result<Section<'a>, LinkError> {
    let name = parsed
        .sections
        .section_name(LE, header)
        .map_err(|error| parsed.bad(error))?;
    let flags = header.sh_flags(LE);
    let kind = header.sh_type(LE);
    let usage = match kind {
        elf::SHT_NULL
        | elf::SHT_SYMTAB
        | elf::SHT_STRTAB
        | elf::SHT_RELA
        | elf::SHT_REL
        | elf::SHT_GROUP
        | elf::SHT_SYMTAB_SHNDX => Use::LeftOut,
        _ if flags.contains(elf::SHF_EXCLUDE) || name == b".note.gnu.property" => Use::LeftOut,
        _ if flags.contains(elf::SHF_ALLOC) && name == b".eh_frame" => Use::Frames,
        _ if flags.contains(elf::SHF_ALLOC) => Use::Load,
        // Compressed sections would have to be unpacked before they can be relocated.
        _ if name.starts_with(b".debug_") && !flags.contains(elf::SHF_COMPRESSED) => Use::Debug,
        _ => Use::LeftOut,
    };
    let reason = |reason: &str| parsed.bad(format!("section {}: {reason}", show(name)));
    let align = header.sh_addralign(LE).max(1);
    if usage != Use::LeftOut && !(align.is_power_of_two() && align <= MAX_ALIGN) {
        return Err(reason(&format!("alignment {align} is not supported")));
    }
    let data = match usage {
        Use::LeftOut => &[],
        _ => header
            .data(LE, parsed.bytes)
            .map_err(|_| reason("contents outside of the file"))?,
    };
    let is_zero = kind == elf::SHT_NOBITS;
    if is_zero && usage != Use::Load {
        return Err(reason("has no contents"));
    }
    Ok(Section {
        name,
        object,
        usage,
        flags,
        is_zero,
        is_note: kind == elf::SHT_NOTE,
        data,
        size: header.sh_size(LE),
        align,
        entry_size: header.sh_entsize(LE),
        relocs: &[],
        parts: Vec::new(),
        link: None,
        group: None,
    })
}

/// What a section header says of other sections: relocations, groups, order.
fn read_reference<'a>(
    program: &mut Program<'a>,
    parsed: &Parsed<'a>,
    first: u32,
    index: SectionIndex,
    header: &'a SectionHeader64<LE>,
    is_kept: &mut dyn FnMut(&'a [u8]) -> bool,
) -> Result<(), LinkError> {
    let id = |index: usize| {
        let is_valid = index != 0 && index < parsed.sections.len();
        let id = SectionId(first.wrapping_add(index as u32));
        is_valid
            .then_some(id)
            .ok_or_else(|| parsed.bad(format!("there is no section {index}")))
    };
    let own = SectionId(first + index.0 as u32);
    if header.sh_flags(LE).contains(elf::SHF_LINK_ORDER) && header.sh_link(LE) != 0 {
        program.sections[own.0 as usize].link = Some(id(header.sh_link(LE) as usize)?);
    }
    match header.sh_type(LE) {
        elf::SHT_RELA => {
            let relocs = header
                .data_as_array::<elf::Rela64<LE>, _>(LE, parsed.bytes)
                .map_err(|error| parsed.bad(error))?;
            let target = id(header.sh_info(LE) as usize)?;
            let section = &mut program.sections[target.0 as usize];
            if section.usage == Use::LeftOut {
                return Ok(());
            }
            let symbols = parsed.symbols.len() as u32;
            let is_valid = |reloc: &elf::Rela64<LE>| {
                reloc.r_sym(LE, false) < symbols.max(1) && reloc.r_offset.get(LE) < section.size
            };
            let are_valid = section.relocs.is_empty() && relocs.iter().all(is_valid);
            if !are_valid || section.is_zero && !relocs.is_empty() {
                return Err(program.bad(target, "its relocations are not valid"));
            }
            section.relocs = relocs;
        }
        elf::SHT_REL => {
            let target = id(header.sh_info(LE) as usize)?;
            if program.section(target).usage != Use::LeftOut {
                return Err(program.bad(target, "relocations without addends are not supported"));
            }
        }
        elf::SHT_GROUP => {
            let (flags, members) = header
                .group(LE, parsed.bytes)
                .map_err(|error| parsed.bad(error))?
                .ok_or_else(|| parsed.bad("a group without contents"))?;
            let signature = parsed
                .signature(SymbolIndex(header.sh_info(LE) as usize))
                .map_err(|error| parsed.bad(error))?;
            let keep = !flags.contains(elf::GRP_COMDAT) || is_kept(signature);
            let group = program.groups.len() as u32;
            let mut list = Vec::new();
            for member in members {
                let member = id(member.get(LE) as usize)?;
                let section = &mut program.sections[member.0 as usize];
                section.group = Some(group);
                if !keep {
                    section.usage = Use::LeftOut;
                }
                list.push(member);
            }
            program.groups.push(list);
        }
        _ => {}
    }
    Ok(())
}

fn read_symbols<'a>(
    program: &mut Program<'a>,
    parsed: &Parsed<'a>,
    object: u32,
) -> Result<(), LinkError> {
    let table = &parsed.symbols;
    let first = program.symbols.len() as u32;
    for (index, symbol) in table.enumerate() {
        let symbol = read_symbol(program, parsed, object, index, symbol)?;
        program.symbols.push(symbol);
    }
    // Objects without symbols have the null symbol nevertheless, which relocations without one refer to.
    if table.is_empty() {
        program.symbols.push(null_symbol(object));
    }
    for (index, symbol) in table.enumerate() {
        if !symbol.is_local() && index.0 != 0 {
            resolve(program, SymbolId(first + index.0 as u32))?;
        }
    }
    Ok(())
}

fn null_symbol<'a>(object: u32) -> Symbol<'a> {
    Symbol {
        name: b"",
        object,
        place: Place::Undefined,
        size: 0,
        kind: 0,
        is_weak: false,
        is_hidden: false,
        global: None,
    }
}

fn read_symbol<'a>(
    program: &Program<'a>,
    parsed: &Parsed<'a>,
    object: u32,
    index: SymbolIndex,
    symbol: &'a Sym64<LE>,
) -> Result<Symbol<'a>, LinkError> {
    let table = &parsed.symbols;
    if index.0 == 0 {
        return Ok(null_symbol(object));
    }
    let name = table
        .symbol_name(LE, symbol)
        .map_err(|error| parsed.bad(error))?;
    let (value, size) = (symbol.st_value(LE), symbol.st_size(LE));
    let reason = |reason: &str| parsed.bad(format!("symbol {}: {reason}", show(name)));
    let section = table
        .symbol_section(LE, symbol, index)
        .map_err(|error| parsed.bad(error))?;
    let place = match (symbol.st_shndx(LE), section) {
        (_, Some(section)) => {
            if section.0 >= parsed.sections.len() {
                return Err(reason("in a section that does not exist"));
            }
            let first = program.objects[object as usize].first_section;
            let id = SectionId(first + section.0 as u32);
            let section = program.section(id);
            if section.usage == Use::LeftOut {
                // Another object has what it refers to, if it is in a group.
                match symbol.is_local() {
                    true => Place::Discarded,
                    false => Place::Undefined,
                }
            } else if value > section.size {
                return Err(reason("outside of its section"));
            } else {
                Place::Section(id, value)
            }
        }
        (elf::SHN_UNDEF, None) => Place::Undefined,
        (elf::SHN_ABS, None) => Place::Absolute(value),
        (elf::SHN_COMMON, None) => {
            if !(value.is_power_of_two() && value <= MAX_ALIGN) || symbol.is_local() {
                return Err(reason("not a valid common variable"));
            }
            Place::Common { align: value }
        }
        _ => return Err(reason("in a section of a kind that is not supported")),
    };
    let kind = symbol.st_type();
    let has_place = place != Place::Undefined && place != Place::Discarded;
    if kind == elf::STT_GNU_IFUNC && has_place {
        return Err(reason(
            "functions that are chosen at run time (ifunc) are not supported",
        ));
    }
    let visibility = symbol.st_visibility();
    Ok(Symbol {
        name,
        object,
        place,
        size,
        kind: kind.0,
        is_weak: symbol.is_weak(),
        is_hidden: visibility == elf::STV_HIDDEN || visibility == elf::STV_INTERNAL,
        global: None,
    })
}

/// Makes a global symbol known by its name. A definition wins over a common variable, that over a weak definition, all over references; among equals
/// the first one wins (gABI, "Symbol Table").
fn resolve(program: &mut Program, id: SymbolId) -> Result<(), LinkError> {
    let name = program.symbol(id).name;
    let next = program.winners.len() as u32;
    let global = *program.globals.entry(name).or_insert(next);
    program.symbols[id.0 as usize].global = Some(global);
    if global == next {
        program.winners.push(id);
        return Ok(());
    }
    let old = program.winners[global as usize];
    let (was, is) = (program.symbol(old), program.symbol(id));
    let rank = |symbol: &Symbol| match (symbol.place, symbol.is_weak) {
        (Place::Undefined | Place::Discarded, true) => 0,
        (Place::Undefined | Place::Discarded, false) => 1,
        (Place::Common { .. }, _) => 3,
        (_, true) => 2,
        (_, false) => 4,
    };
    match (rank(was), rank(is)) {
        (4, 4) => {
            let object = |symbol: &Symbol| program.objects[symbol.object as usize].name.clone();
            return Err(LinkError::Failed(format!(
                "`{}` is defined in {} and in {}",
                show(name),
                object(was),
                object(is)
            )));
        }
        (3, 3) => {
            // The larger size and the larger alignment count.
            if let (Place::Common { align: a }, Place::Common { align: b }) = (was.place, is.place)
            {
                let size = was.size.max(is.size);
                let old = &mut program.symbols[old.0 as usize];
                old.size = size;
                old.place = Place::Common { align: a.max(b) };
            }
        }
        (old, new) if new > old => program.winners[global as usize] = id,
        _ => {}
    }
    Ok(())
}
