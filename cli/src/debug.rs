//! What debuggers and tools for core dumps need beside the executable's own tables: an identity, and a file with all that was stripped.

use object::read::elf::ProgramHeader;
use object::write::{Object, SectionId};
use object::{Architecture, BinaryFormat, Endianness, LittleEndian, SectionKind, elf};
use std::path::{Component, Path};

use wasmparser::{Parser, Payload};
use wative_compiler::{Error, Input, show};

use crate::target::Target;

/// Bytes of an identity: as many as other linkers use.
const ID_LEN: usize = 20;

/// `NT_GNU_BUILD_ID`.
const BUILD_ID: u32 = 3;

/// An object with the identity of an executable: a note by which debuggers find what belongs to it. It depends on everything that is linked.
///
/// # Errors
///
/// None that a user can cause.
pub fn build_id(target: Target, parts: &[&[u8]]) -> Result<Vec<u8>, Error> {
    let mut hash = blake3::Hasher::new();
    for part in parts {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let mut note = Vec::new();
    for number in [4, ID_LEN as u32, BUILD_ID] {
        note.extend(number.to_le_bytes());
    }
    note.extend(b"GNU\0");
    note.extend(&hash.finalize().as_bytes()[..ID_LEN]);
    let architecture = match target.isa() {
        wative_compiler::options::Isa::X64 => Architecture::X86_64,
        wative_compiler::options::Isa::A64 => Architecture::Aarch64,
    };
    let mut object = Object::new(BinaryFormat::Elf, architecture, Endianness::Little);
    let name = b".note.gnu.build-id".to_vec();
    let section: SectionId = object.add_section(Vec::new(), name, SectionKind::Note);
    object.section_mut(section).set_data(note, 4);
    object.section_mut(section).flags = object::SectionFlags::Elf {
        sh_type: elf::SHT_NOTE,
        sh_flags: elf::SHF_ALLOC,
    };
    object
        .write()
        .map_err(|error| Error::new(format!("cannot write the build id: {error}")))
}

/// The executable without what is not loaded: symbols, debugging information, section headers. Addresses stay, so that the whole one tells debuggers about it.
pub fn without_sections(executable: &[u8]) -> Option<Vec<u8>> {
    let file = object::read::elf::ElfFile64::<LittleEndian>::parse(executable).ok()?;
    let headers = file.elf_program_headers();
    let ends = headers.iter().map(|header| {
        let start = header.p_offset(LittleEndian);
        start.checked_add(header.p_filesz(LittleEndian))
    });
    let end = ends.collect::<Option<Vec<u64>>>()?.into_iter().max()?;
    let mut bytes = executable.get(..end as usize)?.to_vec();
    let header = bytes.get_mut(..64)?;
    // e_shoff, then e_shentsize, e_shnum and e_shstrndx.
    header[40..48].fill(0);
    header[58..64].fill(0);
    Some(bytes)
}

/// Adds the debugging information that a module has in another file beside it, as its custom section `external_debug_info` says.
///
/// The module is not trusted: only a regular file in its own directory or below is read, and of that only sections for debuggers are taken.
///
/// # Errors
///
/// There is no such file, or it is no module.
pub fn add_external(module: &mut Input) -> Result<(), Error> {
    let Some(name) = external_name(&module.bytes) else {
        return Ok(());
    };
    let path = Path::new(&name);
    let is_below = path
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let directory = Path::new(&module.path).parent().unwrap_or(Path::new(""));
    let path = directory.join(path);
    let fail = |reason: &str| {
        Error::new(format!(
            "its debugging information is in {}: {reason}",
            show::path(&path)
        ))
        .in_file(&module.path)
        .help("put the file there, or leave out -g")
    };
    if !is_below {
        return Err(fail(
            "it is not read from outside of the module's directory",
        ));
    }
    match std::fs::metadata(&path) {
        Ok(meta) if meta.is_file() => {}
        Ok(_) => return Err(fail("not a regular file")),
        Err(error) => return Err(fail(&error.to_string())),
    }
    let bytes = std::fs::read(&path).map_err(|error| fail(&error.to_string()))?;
    let mut sections = Vec::new();
    for payload in Parser::new(0).parse_all(&bytes) {
        let payload = payload.map_err(|_| fail("not a WebAssembly module"))?;
        if let Payload::CustomSection(section) = payload
            && section.name().starts_with(".debug_")
        {
            push_custom(section.name(), section.data(), &mut sections);
        }
    }
    module.bytes.extend(sections);
    Ok(())
}

/// The file that a module says to have its debugging information in, unless it has some itself.
fn external_name(module: &[u8]) -> Option<String> {
    let mut found = None;
    for payload in Parser::new(0).parse_all(module) {
        match payload.ok()? {
            Payload::CustomSection(section) if section.name() == ".debug_info" => return None,
            Payload::CustomSection(section) if section.name() == "external_debug_info" => {
                let mut reader = wasmparser::BinaryReader::new(section.data(), 0);
                found = reader.read_string().ok().map(str::to_owned);
            }
            _ => {}
        }
    }
    found
}

/// Appends a custom section.
fn push_custom(name: &str, data: &[u8], out: &mut Vec<u8>) {
    let mut contents = Vec::new();
    leb128(name.len(), &mut contents);
    contents.extend(name.as_bytes());
    contents.extend(data);
    out.push(0);
    leb128(contents.len(), out);
    out.extend(contents);
}

fn leb128(mut value: usize, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::{Object as _, ObjectSection};

    #[test]
    fn identities_differ_by_every_part() {
        let id = |parts: &[&[u8]]| {
            let object = build_id(Target::X86_64Linux, parts).unwrap();
            let file = object::File::parse(&*object).unwrap();
            let section = file.section_by_name(".note.gnu.build-id").unwrap();
            let data = section.data().unwrap().to_vec();
            assert_eq!(data.len(), 16 + ID_LEN);
            data
        };
        assert_eq!(id(&[b"a", b"b"]), id(&[b"a", b"b"]));
        assert_ne!(id(&[b"a", b"b"]), id(&[b"ab", b""]));
        assert_ne!(id(&[b"a", b"b"]), id(&[b"a", b"c"]));
        assert_eq!(without_sections(b"no ELF"), None);
    }
}
