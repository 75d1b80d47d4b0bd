//! Writes `ar` archives in the System V (GNU) format with a symbol index, which linkers require.
//!
//! Output depends on the input only: times and owners are zero.

use object::{Object, ObjectSymbol};

/// An archive of objects; each has a name of at most 15 bytes.
///
/// # Errors
///
/// An object cannot be parsed.
pub fn of(members: &[(&str, &[u8])]) -> Result<Vec<u8>, object::Error> {
    let mut symbols: Vec<(usize, Vec<u8>)> = Vec::new();
    for (number, (_, bytes)) in members.iter().enumerate() {
        let file = object::File::parse(*bytes)?;
        let defined = file
            .symbols()
            .filter(|symbol| symbol.is_definition() && symbol.is_global());
        for symbol in defined {
            symbols.push((number, symbol.name_bytes()?.to_vec()));
        }
    }

    // Index: count, the offset of its member for each name, the names; all numbers big-endian.
    let text_len: usize = symbols.iter().map(|(_, name)| name.len() + 1).sum();
    let index_len = 4 + 4 * symbols.len() + text_len;
    let mut offsets = Vec::new();
    let mut next = MAGIC.len() + HEADER_LEN + index_len.next_multiple_of(2);
    for (_, bytes) in members {
        offsets.push(next as u32);
        next += HEADER_LEN + bytes.len().next_multiple_of(2);
    }
    let mut index = Vec::with_capacity(index_len);
    index.extend((symbols.len() as u32).to_be_bytes());
    for (member, _) in &symbols {
        index.extend(offsets[*member].to_be_bytes());
    }
    for (_, name) in &symbols {
        index.extend_from_slice(name);
        index.push(0);
    }

    let mut archive = MAGIC.to_vec();
    append(&mut archive, "/", &index);
    for (name, bytes) in members {
        append(&mut archive, &format!("{name}/"), bytes);
    }
    Ok(archive)
}

/// The archive with the runtime library.
///
/// # Errors
///
/// The object cannot be parsed.
pub fn of_runtime(object: &[u8]) -> Result<Vec<u8>, object::Error> {
    of(&[(RUNTIME, object)])
}

/// Name of the member with the runtime library.
pub const RUNTIME: &str = "wative_rt.o";

const MAGIC: &[u8] = b"!<arch>\n";
const HEADER_LEN: usize = 60;

/// Appends a member: its header of fixed-width text fields, then the bytes, padded to an even length.
fn append(archive: &mut Vec<u8>, name: &str, bytes: &[u8]) {
    let (date, uid, gid, mode, size) = (0, 0, 0, 644, bytes.len());
    archive.extend(format!("{name:<16}{date:<12}{uid:<6}{gid:<6}{mode:<8}{size:<10}`\n").bytes());
    archive.extend_from_slice(bytes);
    if bytes.len() % 2 == 1 {
        archive.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{runtime, target::Target};

    #[test]
    fn archive_reads_back() {
        let target = Target::ALL
            .into_iter()
            .find(|target| runtime::object(*target).is_some())
            .unwrap();
        let object = runtime::object(target).unwrap();
        let bytes = of(&[("a", object), (RUNTIME, object)]).unwrap();
        let archive = object::read::archive::ArchiveFile::parse(&*bytes).unwrap();
        let mut symbols = archive.symbols().unwrap().unwrap();
        for name in [&b"a"[..], b"wative_rt.o"] {
            let start = symbols.find(|symbol| symbol.as_ref().unwrap().name() == b"_start");
            let member = archive.member(start.unwrap().unwrap().offset()).unwrap();
            assert_eq!(member.name(), name);
            assert!(member.data(&*bytes).unwrap() == object);
        }
    }
}
