//! Writes `ar` archives in the System V (GNU) format with a symbol index, which linkers require.
//!
//! Output depends on the input only: times and owners are zero.

use object::{Object, ObjectSymbol};

/// An archive with one member, named [`MEMBER`].
///
/// # Errors
///
/// The object cannot be parsed.
pub fn with_member(bytes: &[u8]) -> Result<Vec<u8>, object::Error> {
    let file = object::File::parse(bytes)?;
    let defined = file
        .symbols()
        .filter(|symbol| symbol.is_definition() && symbol.is_global());
    let names: Vec<&[u8]> = defined
        .map(|symbol| symbol.name_bytes())
        .collect::<Result<_, _>>()?;

    // Index: count, one member offset per name, the names; all numbers big-endian.
    let text_len: usize = names.iter().map(|name| name.len() + 1).sum();
    let index_len = 4 + 4 * names.len() + text_len;
    let member = MAGIC.len() + HEADER_LEN + index_len.next_multiple_of(2);
    let mut index = Vec::with_capacity(index_len);
    index.extend((names.len() as u32).to_be_bytes());
    for _ in &names {
        index.extend((member as u32).to_be_bytes());
    }
    for name in &names {
        index.extend_from_slice(name);
        index.push(0);
    }

    let mut archive = MAGIC.to_vec();
    append(&mut archive, "/", &index);
    append(&mut archive, MEMBER, bytes);
    Ok(archive)
}

/// Name of the member in the form that the format wants: at most 15 bytes and a slash.
const MEMBER: &str = "wative_rt.o/";

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
        let bytes = with_member(object).unwrap();
        let archive = object::read::archive::ArchiveFile::parse(&*bytes).unwrap();
        let mut symbols = archive.symbols().unwrap().unwrap();
        let start = symbols.find(|symbol| symbol.as_ref().unwrap().name() == b"_start");
        let member = archive.member(start.unwrap().unwrap().offset()).unwrap();
        assert_eq!(member.name(), b"wative_rt.o");
        assert!(member.data(&*bytes).unwrap() == object);
    }
}
