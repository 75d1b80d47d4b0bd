//! Objects made by hand, and looks at executables.
#![allow(dead_code, reason = "each test file uses a part")]

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use object::write::{Object, Relocation, SectionId, Symbol, SymbolId, SymbolSection};
use object::{
    Architecture, BinaryFormat, Endianness, Object as _, ObjectSection as _, ObjectSegment as _,
    ObjectSymbol as _, RelocationFlags, SectionFlags, SectionKind, SymbolFlags, SymbolKind,
    SymbolScope, elf,
};
use wative_link::{Input, LinkOptions, LinkTarget};

pub const TARGETS: [LinkTarget; 2] = [LinkTarget::X86_64, LinkTarget::Aarch64];

/// An object in the making.
pub struct Maker {
    pub object: Object<'static>,
    pub target: LinkTarget,
}

impl Maker {
    pub fn new(target: LinkTarget) -> Maker {
        let architecture = match target {
            LinkTarget::X86_64 => Architecture::X86_64,
            LinkTarget::Aarch64 => Architecture::Aarch64,
        };
        let object = Object::new(BinaryFormat::Elf, architecture, Endianness::Little);
        Maker { object, target }
    }

    /// An object with a `_start` that exits with the word at the symbol `status`, which is undefined.
    pub fn start(target: LinkTarget) -> Maker {
        let mut maker = Maker::new(target);
        let text = maker.section(".text._start", SectionKind::Text, &exit(target), 16);
        maker.define("_start", text, 0);
        let status = maker.undefined("status");
        maker.load_status(text, status);
        maker
    }

    /// Relocates the load of [`exit`].
    pub fn load_status(&mut self, text: SectionId, status: SymbolId) {
        match self.target {
            LinkTarget::X86_64 => self.relocate(text, 2, status, elf::R_X86_64_PC32, -4),
            LinkTarget::Aarch64 => {
                self.relocate(text, 0, status, elf::R_AARCH64_ADR_PREL_PG_HI21, 0);
                let load = elf::R_AARCH64_LDST32_ABS_LO12_NC;
                self.relocate(text, 4, status, load, 0);
            }
        }
    }

    pub fn section(
        &mut self,
        name: &str,
        kind: SectionKind,
        bytes: &[u8],
        align: u64,
    ) -> SectionId {
        let section = self
            .object
            .add_section(vec![], name.as_bytes().to_vec(), kind);
        self.object.append_section_data(section, bytes, align);
        section
    }

    /// A section that is zero.
    pub fn zero(&mut self, name: &str, kind: SectionKind, size: u64, align: u64) -> SectionId {
        let section = self
            .object
            .add_section(vec![], name.as_bytes().to_vec(), kind);
        self.object.append_section_bss(section, size, align);
        section
    }

    pub fn flags(&mut self, section: SectionId, kind: elf::SectionType, flags: elf::SectionFlags) {
        self.object.section_mut(section).flags = SectionFlags::Elf {
            sh_type: kind,
            sh_flags: flags,
        };
    }

    pub fn symbol(&mut self, name: &str, section: SymbolSection, value: u64) -> Symbol {
        Symbol {
            name: name.as_bytes().to_vec(),
            value,
            size: 4,
            kind: SymbolKind::Data,
            scope: SymbolScope::Dynamic,
            weak: false,
            section,
            flags: SymbolFlags::None,
        }
    }

    pub fn define(&mut self, name: &str, section: SectionId, value: u64) -> SymbolId {
        let symbol = self.symbol(name, SymbolSection::Section(section), value);
        self.object.add_symbol(symbol)
    }

    pub fn define_weak(&mut self, name: &str, section: SectionId, value: u64) -> SymbolId {
        let mut symbol = self.symbol(name, SymbolSection::Section(section), value);
        symbol.weak = true;
        self.object.add_symbol(symbol)
    }

    pub fn define_local(&mut self, name: &str, section: SectionId, value: u64) -> SymbolId {
        let mut symbol = self.symbol(name, SymbolSection::Section(section), value);
        symbol.scope = SymbolScope::Compilation;
        self.object.add_symbol(symbol)
    }

    pub fn undefined(&mut self, name: &str) -> SymbolId {
        let mut symbol = self.symbol(name, SymbolSection::Undefined, 0);
        (symbol.kind, symbol.size) = (SymbolKind::Unknown, 0);
        self.object.add_symbol(symbol)
    }

    pub fn undefined_weak(&mut self, name: &str) -> SymbolId {
        let mut symbol = self.symbol(name, SymbolSection::Undefined, 0);
        (symbol.kind, symbol.size, symbol.weak) = (SymbolKind::Unknown, 0, true);
        self.object.add_symbol(symbol)
    }

    pub fn relocate(
        &mut self,
        section: SectionId,
        offset: u64,
        symbol: SymbolId,
        kind: elf::RelocationType,
        addend: i64,
    ) {
        let relocation = Relocation {
            offset,
            symbol,
            addend,
            flags: RelocationFlags::Elf { r_type: kind },
        };
        self.object.add_relocation(section, relocation).unwrap();
    }

    /// A word with an address.
    pub fn word(&mut self, section: SectionId, offset: u64, symbol: SymbolId, addend: i64) {
        let kind = match self.target {
            LinkTarget::X86_64 => elf::R_X86_64_64,
            LinkTarget::Aarch64 => elf::R_AARCH64_ABS64,
        };
        self.relocate(section, offset, symbol, kind, addend);
    }

    pub fn bytes(self) -> Vec<u8> {
        self.object.write().unwrap()
    }

    pub fn input(self, name: &str) -> Input {
        Input::new(name, self.bytes())
    }
}

/// An object that defines `status` in data.
pub fn status(target: LinkTarget, value: u32) -> Maker {
    let mut maker = Maker::new(target);
    let data = maker.section(".data.status", SectionKind::Data, &value.to_le_bytes(), 4);
    maker.define("status", data, 0);
    maker
}

/// Code that exits with a word of memory.
pub fn exit(target: LinkTarget) -> Vec<u8> {
    match target {
        LinkTarget::X86_64 => vec![
            0x8b, 0x3d, 0, 0, 0, 0, // mov edi, [rip + status]
            0xb8, 60, 0, 0, 0, // mov eax, 60 (exit)
            0x0f, 0x05, // syscall
            0x0f, 0x0b, // ud2
        ],
        LinkTarget::Aarch64 => words(&[
            0x9000_0000, // adrp x0, status
            0xb940_0000, // ldr w0, [x0, :lo12:status]
            0xd280_0ba8, // mov x8, 93 (exit)
            0xd400_0001, // svc 0
        ]),
    }
}

pub fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// Options that leave nothing out.
pub fn all(target: LinkTarget) -> LinkOptions {
    LinkOptions {
        gc_sections: false,
        ..LinkOptions::new(target)
    }
}

/// Runs a command to its end. Another thread that forks at the wrong moment holds an executable that was just written open for writing until its own exec, so "text file
/// busy" is tried again.
pub fn run_command(command: &mut Command) -> io::Result<ExitStatus> {
    let start = Instant::now();
    loop {
        match command.status() {
            Err(e)
                if e.kind() == io::ErrorKind::ExecutableFileBusy
                    && start.elapsed() < Duration::from_secs(5) =>
            {
                std::thread::sleep(Duration::from_millis(1));
            }
            other => return other,
        }
    }
}

/// Runs an executable and returns its exit status; `None` where this machine has nothing that runs it.
pub fn run(target: LinkTarget, bytes: &[u8]) -> Option<i32> {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let name = format!("wative-link-test-{}-{number}", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, bytes).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    let (emulator, is_native) = match target {
        LinkTarget::X86_64 => ("qemu-x86_64", cfg!(target_arch = "x86_64")),
        LinkTarget::Aarch64 => ("qemu-aarch64", cfg!(target_arch = "aarch64")),
    };
    let status = match is_native {
        true => Some(run_command(&mut Command::new(&path)).unwrap()),
        false => Command::new(emulator).arg(&path).status().ok(),
    };
    std::fs::remove_file(&path).unwrap();
    status.map(|status| status.code().unwrap_or(-1))
}

/// An executable to look at.
pub struct Image<'a> {
    pub file: object::File<'a>,
}

impl<'a> Image<'a> {
    pub fn new(bytes: &'a [u8]) -> Image<'a> {
        Image {
            file: object::File::parse(bytes).unwrap(),
        }
    }

    /// The address of a symbol.
    pub fn address(&self, name: &str) -> u64 {
        let symbol = self.file.symbols().find(|s| s.name() == Ok(name));
        symbol
            .unwrap_or_else(|| panic!("no symbol {name}"))
            .address()
    }

    pub fn has(&self, name: &str) -> bool {
        self.file.symbols().any(|s| s.name() == Ok(name))
    }

    /// Bytes at an address.
    pub fn read<const N: usize>(&self, address: u64) -> [u8; N] {
        let found = self.file.segments().find_map(|segment| {
            let data = segment.data_range(address, N as u64).ok()??;
            Some(data.try_into().unwrap())
        });
        found.unwrap_or_else(|| panic!("nothing at {address:#x}"))
    }

    pub fn word(&self, address: u64) -> u64 {
        u64::from_le_bytes(self.read(address))
    }

    pub fn int(&self, address: u64) -> i32 {
        i32::from_le_bytes(self.read(address))
    }

    pub fn section(&self, name: &str) -> Option<(u64, u64)> {
        let section = self.file.section_by_name(name)?;
        Some((section.address(), section.size()))
    }

    /// Addresses that the program relocates when it starts, by both encodings.
    pub fn relocated(&self) -> Vec<u64> {
        let mut places = Vec::new();
        if let Some(section) = self.file.section_by_name(".relr.dyn") {
            let (words, _) = section.data().unwrap().as_chunks::<8>();
            let mut next = 0;
            for word in words.iter().map(|word| u64::from_le_bytes(*word)) {
                if word & 1 == 0 {
                    places.push(word);
                    next = word + 8;
                } else {
                    let bits = (0..63).filter(|bit| word >> (bit + 1) & 1 != 0);
                    places.extend(bits.map(|bit| next + 8 * bit));
                    next += 63 * 8;
                }
            }
        }
        if let Some(section) = self.file.section_by_name(".rela.dyn") {
            let (entries, _) = section.data().unwrap().as_chunks::<24>();
            for entry in entries {
                let place = u64::from_le_bytes(entry[..8].try_into().unwrap());
                let addend = u64::from_le_bytes(entry[16..].try_into().unwrap());
                assert_eq!(self.word(place), addend);
                places.push(place);
            }
        }
        places
    }
}

/// What a program header says.
pub struct Header {
    pub address: u64,
    pub file_size: u64,
    pub size: u64,
    pub align: u64,
}

/// The first program header of a kind.
pub fn program_header(bytes: &[u8], kind: elf::ProgramType) -> Option<Header> {
    use object::read::elf::{FileHeader as _, ProgramHeader as _};
    let endian = Endianness::Little;
    let header = elf::FileHeader64::<Endianness>::parse(bytes).unwrap();
    let headers = header.program_headers(endian, bytes).unwrap();
    let found = headers.iter().find(|h| h.p_type(endian) == kind)?;
    Some(Header {
        address: found.p_vaddr(endian),
        file_size: found.p_filesz(endian),
        size: found.p_memsz(endian),
        align: found.p_align(endian),
    })
}
