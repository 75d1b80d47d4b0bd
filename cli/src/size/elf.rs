//! The parts of an executable or object: code by function and library, data, tables, what is for debuggers alone.

use object::elf::{SHF_EXECINSTR, SHT_NOBITS};
use object::read::elf::{ElfFile64, ProgramHeader};
use object::{
    LittleEndian, Object, ObjectSection, ObjectSegment, ObjectSymbol, SectionFlags, SymbolKind,
};
use wative_compiler::show;

use super::{Node, names};

/// What belongs to sections that people know by other names.
const KINDS: &[(&str, &[&str])] = &[
    (".wative.image", &["data", "memory images"]),
    (".wative.files", &["data", "embedded files"]),
    (".data", &["data", "instances and variables"]),
    (
        ".rodata",
        &["tables", "constants, names, trap tables (.rodata)"],
    ),
    (".data.rel.ro", &["tables", "descriptors (.data.rel.ro)"]),
    (".got", &["tables", "addresses (.got)"]),
    (".relr.dyn", &["tables", "relocations (.relr.dyn)"]),
    (".rela.dyn", &["tables", "relocations (.rela.dyn)"]),
    (".dynamic", &["tables", "for the start (.dynamic)"]),
    (".eh_frame", &["for debuggers", "unwind tables (.eh_frame)"]),
    (".symtab", &["for debuggers", "symbols (.symtab)"]),
    (".strtab", &["for debuggers", "names of symbols (.strtab)"]),
    (
        ".shstrtab",
        &["for debuggers", "names of sections (.shstrtab)"],
    ),
];

/// The parts of the file.
pub fn parts(bytes: &[u8]) -> Option<Node> {
    let elf = ElfFile64::<LittleEndian>::parse(bytes).ok()?;
    let mut root = Node::default();
    let len = bytes.len() as u64;
    // Ranges of the file that are counted.
    let mut claimed: Vec<(u64, u64)> = Vec::new();
    let mut claim = |range: Option<(u64, u64)>| -> Option<u64> {
        let (start, size) = range.filter(|&(_, size)| size > 0)?;
        let end = start.checked_add(size).filter(|&end| end <= len)?;
        // In a damaged file sections may overlap: what was counted is not counted again.
        let is_free = claimed.iter().all(|&(from, to)| end <= from || to <= start);
        is_free.then(|| {
            claimed.push((start, end));
            size
        })
    };
    for section in elf.sections() {
        let header = section.elf_section_header();
        if object::read::elf::SectionHeader::sh_type(header, LittleEndian) == SHT_NOBITS {
            continue;
        }
        let Some(size) = claim(section.file_range()) else {
            continue;
        };
        let name = show::name(section.name().unwrap_or("?"));
        let is_code = match section.flags() {
            SectionFlags::Elf { sh_flags, .. } => sh_flags.contains(SHF_EXECINSTR),
            _ => false,
        };
        if is_code {
            add_code(&elf, &section, &name, size, &mut root);
            continue;
        }
        let known = KINDS.iter().find(|(section, _)| *section == name);
        match known {
            Some((_, path)) => root.add(path, size),
            None if name.starts_with(".debug_") => root.add(&["for debuggers", &name], size),
            None => root.add(&["other sections", &name], size),
        }
    }
    if claimed.is_empty() {
        add_segments(&elf, len, &mut root);
    }
    let rest = len.checked_sub(root.bytes)?;
    root.add(&["headers and padding"], rest);
    Some(root)
}

/// Adds the functions of a section.
fn add_code<'a>(
    elf: &ElfFile64<'a, LittleEndian>,
    section: &impl ObjectSection<'a>,
    section_name: &str,
    size: u64,
    root: &mut Node,
) {
    let start = section.address();
    let end = start.saturating_add(size);
    let mut funcs: Vec<(u64, u64, &str)> = Vec::new();
    for symbol in elf.symbols() {
        let is_here = symbol.section_index() == Some(section.index());
        if symbol.kind() == SymbolKind::Text && is_here && symbol.size() > 0 {
            funcs.push((
                symbol.address(),
                symbol.size(),
                symbol.name().unwrap_or("?"),
            ));
        }
    }
    funcs.sort_unstable();
    let mut at = start;
    let mut named = 0;
    for (address, bytes, name) in funcs {
        let address = address.max(at);
        let bytes = bytes.min(end.saturating_sub(address));
        // Another name of what was counted.
        if bytes == 0 || address < at {
            continue;
        }
        at = address + bytes;
        named += bytes;
        add_function(&show::name(name), bytes, root);
    }
    let between = format!("between functions ({section_name})");
    root.add(&["code", &between], size - named);
}

/// Adds a function under what it belongs to.
fn add_function(name: &str, bytes: u64, root: &mut Node) {
    let is_mangled = name.starts_with("_ZN") || name.starts_with("_R");
    // Symbols of compiled functions begin with their module's name.
    if let Some((_, function)) = name.split_once("::").filter(|_| !is_mangled) {
        let is_made = function.ends_with(']') || function.is_empty();
        let (library, shown) = names::library(function);
        let library = if is_made {
            "(made by wative)".into()
        } else {
            library
        };
        return root.add(&["code", "modules", &library, &shown], bytes);
    }
    let (library, shown) = names::library(name);
    let library = match &*library {
        "(no library)" => "wative_runtime".into(),
        _ => library,
    };
    root.add(&["code", "runtime", &library, &shown], bytes);
}

/// Adds the segments of a file without sections.
fn add_segments(elf: &ElfFile64<LittleEndian>, len: u64, root: &mut Node) {
    let headers = elf.elf_program_headers();
    let mut counted = 0;
    for segment in elf.segments() {
        let (start, size) = segment.file_range();
        // Segments of the same page do not overlap in our files.
        if start < counted || start.saturating_add(size) > len || size == 0 {
            continue;
        }
        counted = start + size;
        let header = headers.iter().find(|header| {
            header.p_vaddr(LittleEndian) == segment.address()
                && header.p_type(LittleEndian) == object::elf::PT_LOAD
        });
        let flags = header.map_or(0, |header| header.p_flags(LittleEndian).0);
        let name = match (flags & 1 != 0, flags & 2 != 0) {
            (true, _) => "code (without names: stripped)",
            (_, true) => "data and descriptors",
            _ => "tables and constants",
        };
        root.add(&[name], size);
    }
}
