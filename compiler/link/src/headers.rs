//! The file header, program headers, and, for debuggers, section headers and the symbol table (gABI, chapters 4 and 5).

use object::elf::{self, FileHeader64, Ident, ProgramHeader64, SectionHeader64};
use object::elf::{ProgramFlags, ProgramType, SectionFlags, SectionType, SymbolSection};
use object::pod::{bytes_of, bytes_of_slice};
use object::{LittleEndian as LE, U16, U32, U64};

use crate::chunk::{Chunk, Content, Rank, SegmentKind};
use crate::layout::{FILE_HEADER, Layout, PROGRAM_HEADER};
use crate::program::Program;
use crate::symtab::{self, Tables};
use crate::{LinkError, LinkTarget};

/// What is behind the contents of the file.
pub struct Headers {
    pub file_size: u64,
    /// Section headers and symbols; none in a stripped executable.
    tables: Option<Tables>,
    sections: Vec<SectionHeader64<LE>>,
    symbols_at: u64,
    names_at: u64,
    sections_at: u64,
}

/// Bytes of a symbol and of a section header.
const SYMBOL: u64 = 24;
const SECTION_HEADER: u64 = 64;

impl Headers {
    /// Plans what follows the contents.
    ///
    /// # Errors
    ///
    /// There are too many output sections.
    pub fn plan(program: &Program, layout: &Layout, strip: bool) -> Result<Self, LinkError> {
        let mut headers = Headers {
            file_size: layout.file_size,
            tables: None,
            sections: Vec::new(),
            symbols_at: 0,
            names_at: 0,
            sections_at: 0,
        };
        if strip {
            return Ok(headers);
        }
        // Index 0 is no section, the last two are tables.
        let numbers = layout.numbers();
        let next = 1 + numbers.iter().flatten().count() as u32;
        if next + 2 >= elf::SHN_LORESERVE.into() {
            return Err(LinkError::Failed("too many different sections".to_owned()));
        }
        let of_content = |content| {
            let number = layout.chunks.iter().position(|c| c.content == content);
            number.and_then(|number| numbers[number]).map(u32::from)
        };
        let mut tables = symtab::collect(program, layout, &numbers);
        headers
            .sections
            .push(section(0, elf::SHT_NULL, SectionFlags(0), [0; 4]));
        for chunk in layout.chunks.iter().filter(|chunk| chunk.size > 0) {
            let name = tables.name(chunk.name);
            let mut header = chunk_header(chunk, name);
            let link = match chunk.content {
                // That of an executable refers to no strings, but tools want to know which.
                Content::Dynamic => of_content(Content::Names).unwrap_or(next + 1),
                Content::Symbols => of_content(Content::Names).unwrap_or(0),
                Content::Hash | Content::Rela => of_content(Content::Symbols).unwrap_or(0),
                _ => 0,
            };
            header.sh_link = U32::new(LE, link);
            if chunk.content == Content::Symbols {
                // The first symbol that is not local.
                header.sh_info = U32::new(LE, 1);
            }
            headers.sections.push(header);
        }
        let (symbols, names) = (tables.name(b".symtab"), tables.name(b".strtab"));
        headers.place(layout, &tables);
        let size = SYMBOL * tables.symbols.len() as u64;
        let places = [0, headers.symbols_at, size, 8];
        let mut table = section(symbols, elf::SHT_SYMTAB, SectionFlags(0), places);
        table.sh_link = U32::new(LE, next + 1);
        table.sh_info = U32::new(LE, tables.locals);
        table.sh_entsize = U64::new(LE, SYMBOL);
        headers.sections.push(table);
        let places = [0, headers.names_at, tables.names.len() as u64, 1];
        let table = section(names, elf::SHT_STRTAB, SectionFlags(0), places);
        headers.sections.push(table);
        headers.tables = Some(tables);
        Ok(headers)
    }

    /// Places the tables one after the other: in a hole of the file that is wide enough, or else at its end.
    fn place(&mut self, layout: &Layout, tables: &Tables) {
        // Two more sections are to come: the tables themselves.
        let sections = SECTION_HEADER * (self.sections.len() as u64 + 2);
        let mut place = |start: u64| {
            self.symbols_at = start.next_multiple_of(8);
            self.names_at = self.symbols_at + SYMBOL * tables.symbols.len() as u64;
            let names_end = self.names_at + tables.names.len() as u64;
            self.sections_at = names_end.next_multiple_of(8);
            self.sections_at + sections
        };
        if place(layout.hole.0) > layout.hole.1 {
            self.file_size = place(layout.file_size);
        }
    }

    /// Writes everything.
    pub fn write(&self, layout: &Layout, entry: u64, target: LinkTarget, output: &mut [u8]) {
        let mut put = |at: u64, bytes: &[u8]| {
            let at = at as usize;
            output[at..at + bytes.len()].copy_from_slice(bytes);
        };
        put(0, bytes_of(&self.file_header(layout, entry, target)));
        put(FILE_HEADER, bytes_of_slice(&program_headers(layout)));
        if let Some(tables) = &self.tables {
            put(self.symbols_at, bytes_of_slice(&tables.symbols));
            put(self.names_at, &tables.names);
            put(self.sections_at, bytes_of_slice(&self.sections));
        }
    }

    fn file_header(&self, layout: &Layout, entry: u64, target: LinkTarget) -> FileHeader64<LE> {
        let machine = match target {
            LinkTarget::X86_64 => elf::EM_X86_64,
            LinkTarget::Aarch64 => elf::EM_AARCH64,
        };
        let sections = self.sections.len() as u16;
        FileHeader64 {
            e_ident: Ident {
                magic: elf::ELFMAG,
                class: elf::ELFCLASS64,
                data: elf::ELFDATA2LSB,
                version: elf::EV_CURRENT,
                os_abi: elf::ELFOSABI_NONE,
                abi_version: 0,
                padding: [0; 7],
            },
            e_type: U16::new(LE, elf::ET_DYN),
            e_machine: U16::new(LE, machine),
            e_version: U32::new(LE, elf::EV_CURRENT.0.into()),
            e_entry: U64::new(LE, entry),
            e_phoff: U64::new(LE, FILE_HEADER),
            e_shoff: U64::new(LE, self.sections_at),
            e_flags: U32::new(LE, elf::FileFlags(0)),
            e_ehsize: U16::new(LE, FILE_HEADER as u16),
            e_phentsize: U16::new(LE, PROGRAM_HEADER as u16),
            e_phnum: U16::new(LE, layout.headers as u16),
            e_shentsize: U16::new(LE, SECTION_HEADER as u16),
            e_shnum: U16::new(LE, sections),
            e_shstrndx: U16::new(LE, SymbolSection(sections.saturating_sub(1))),
        }
    }
}

/// Program headers: the segments, and what of them is special.
fn program_headers(layout: &Layout) -> Vec<ProgramHeader64<LE>> {
    let header = |kind: ProgramType, flags: ProgramFlags, places: [u64; 5]| {
        let [offset, address, file_size, size, align] = places.map(|value| U64::new(LE, value));
        ProgramHeader64 {
            p_type: U32::new(LE, kind),
            p_flags: U32::new(LE, flags),
            p_offset: offset,
            p_vaddr: address,
            p_paddr: address,
            p_filesz: file_size,
            p_memsz: size,
            p_align: align,
        }
    };
    let mut headers = Vec::new();
    let writable = elf::PF_R | elf::PF_W;
    for s in &layout.segments {
        let flags = match s.kind {
            SegmentKind::ReadOnly | SegmentKind::Separate => elf::PF_R,
            SegmentKind::Code => elf::PF_R | elf::PF_X,
            SegmentKind::Relro | SegmentKind::Data => writable,
        };
        let places = [s.offset, s.address, s.file_size, s.size, s.align];
        headers.push(header(elf::PT_LOAD, flags, places));
    }
    // The part of the file and of memory that chunks are in.
    let part = |is_in: &dyn Fn(&Chunk) -> bool, align: u64| {
        let chunks = || layout.chunks.iter().filter(|chunk| is_in(chunk));
        let first = chunks().next()?;
        let end = chunks().map(|chunk| chunk.address + chunk.size).max()?;
        let filled = chunks().filter(|chunk| !chunk.rank.is_zero());
        let file_end = filled.map(|chunk| chunk.offset + chunk.size).max();
        let file_size = file_end.map_or(0, |end| end - first.offset);
        Some([
            first.offset,
            first.address,
            file_size,
            end - first.address,
            align,
        ])
    };
    let mut add = |kind, flags, places: Option<[u64; 5]>| {
        headers.extend(places.map(|places| header(kind, flags, places)));
    };
    let dynamic = part(&|chunk| chunk.content == Content::Dynamic, 8);
    add(elf::PT_DYNAMIC, writable, dynamic);
    let relro = layout
        .segments
        .iter()
        .find(|s| s.kind == SegmentKind::Relro);
    let relro = relro.map(|s| [s.offset, s.address, s.file_size, s.size, 1]);
    add(elf::PT_GNU_RELRO, elf::PF_R, relro);
    add(elf::PT_GNU_STACK, writable, Some([0, 0, 0, 0, 16]));
    let align = layout.thread().map_or(1, |(.., align)| align);
    let is_thread = |chunk: &Chunk| matches!(chunk.rank, Rank::Thread | Rank::ThreadZero);
    add(elf::PT_TLS, elf::PF_R, part(&is_thread, align));
    let notes = part(&|chunk| chunk.rank == Rank::Note, 4);
    add(elf::PT_NOTE, elf::PF_R, notes);
    assert_eq!(headers.len() as u64, layout.headers, "headers were counted");
    headers
}

fn chunk_header(chunk: &Chunk, name: u32) -> SectionHeader64<LE> {
    let (kind, entry_size) = match (chunk.content, chunk.name) {
        (Content::Relr, _) => (elf::SHT_RELR, 8),
        (Content::Rela, _) => (elf::SHT_RELA, 24),
        (Content::Dynamic, _) => (elf::SHT_DYNAMIC, 16),
        (Content::Symbols, _) => (elf::SHT_DYNSYM, SYMBOL),
        (Content::Names, _) => (elf::SHT_STRTAB, 0),
        (Content::Hash, _) => (elf::SHT_HASH, 4),
        (_, b".init_array") => (elf::SHT_INIT_ARRAY, 8),
        (_, b".fini_array") => (elf::SHT_FINI_ARRAY, 8),
        (_, b".preinit_array") => (elf::SHT_PREINIT_ARRAY, 8),
        _ if chunk.rank.is_zero() => (elf::SHT_NOBITS, 0),
        _ if chunk.rank == Rank::Note => (elf::SHT_NOTE, 0),
        _ => (elf::SHT_PROGBITS, 0),
    };
    let places = [chunk.address, chunk.offset, chunk.size, chunk.align];
    let mut header = section(name, kind, chunk.flags, places);
    header.sh_entsize = U64::new(LE, entry_size);
    header
}

/// A section header; `places` are address, offset, size and alignment.
fn section(
    name: u32,
    kind: SectionType,
    flags: SectionFlags,
    places: [u64; 4],
) -> SectionHeader64<LE> {
    let [address, offset, size, align] = places.map(|value| U64::new(LE, value));
    SectionHeader64 {
        sh_name: U32::new(LE, name),
        sh_type: U32::new(LE, kind),
        sh_flags: U64::new(LE, flags),
        sh_addr: address,
        sh_offset: offset,
        sh_size: size,
        sh_link: U32::new(LE, 0),
        sh_info: U32::new(LE, 0),
        sh_addralign: align,
        sh_entsize: U64::new(LE, 0),
    }
}
