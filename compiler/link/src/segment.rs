//! Gives a section of the linked executable a segment of its own.
//!
//! Problem: wild puts all read-only sections into one segment. Files that an executable carries are to be apart from it: tools
//! see where they are, the kernel maps them by themselves, and a program that never reads them never has a page of them beside its own
//! constants.
//!
//! Algorithm: the section must be the last of its segment and begin on one of its pages. The segment is cut there. The program header that
//! this takes is that of `PT_PHDR`, which tells an interpreter where the headers are: static executables have no interpreter, and the
//! kernel passes the place to the program by itself (`AT_PHDR`). The order of the others stays, because loaders ask for ascending addresses.

/// Bytes of an ELF64 program header and of a section header.
const PROGRAM_HEADER: usize = 56;
const SECTION_HEADER: usize = 64;

const PT_LOAD: u32 = 1;
const PT_PHDR: u32 = 6;

/// An ELF64 little-endian file that the linker has written. Every access is checked: `None` where the file is not as it should be.
struct Elf<'a>(&'a mut [u8]);

impl Elf<'_> {
    fn bytes<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.0.get(at..)?.first_chunk().copied()
    }
    fn half(&self, at: usize) -> Option<usize> {
        self.bytes(at).map(|b| u16::from_le_bytes(b).into())
    }
    fn word(&self, at: usize) -> Option<u32> {
        self.bytes(at).map(u32::from_le_bytes)
    }
    fn long(&self, at: usize) -> Option<u64> {
        self.bytes(at).map(u64::from_le_bytes)
    }
    fn place(&self, at: usize) -> Option<usize> {
        usize::try_from(self.long(at)?).ok()
    }
    fn set_long(&mut self, at: usize, value: u64) {
        self.0[at..at + 8].copy_from_slice(&value.to_le_bytes());
    }

    /// Address and size of the section with this name.
    fn section(&self, name: &[u8]) -> Option<(u64, u64)> {
        let (table, count, strings) = (self.place(0x28)?, self.half(0x3c)?, self.half(0x3e)?);
        let header = |index: usize| table.checked_add(index * SECTION_HEADER);
        let strings = self.place(header(strings)? + 0x18)?;
        (0..count).find_map(|index| {
            let header = header(index)?;
            let at = strings.checked_add(self.word(header)? as usize)?;
            let found = self.0.get(at..)?.split(|&b| b == 0).next()?;
            (found == name).then_some((self.long(header + 0x10)?, self.long(header + 0x20)?))
        })
    }
}

/// Cuts the segment that `section` ends in two, so that the section is alone in the second. An executable without that section stays as it
/// is; `None` where the section is not the page-aligned end of a segment, or there is no header to spare.
pub fn separate(executable: &mut [u8], section: &str) -> Option<()> {
    let mut elf = Elf(executable);
    let Some((start, size)) = elf.section(section.as_bytes()) else {
        return Some(());
    };
    let (table, count) = (elf.place(0x20)?, elf.half(0x38)?);
    if elf.word(table)? != PT_PHDR {
        return None;
    }
    let end = start.checked_add(size)?;
    let header = |index: usize| table + index * PROGRAM_HEADER;
    let whole = (1..count).find(|&index| {
        let at = header(index);
        let ends = |at: usize| Some(elf.long(at + 0x10)?.checked_add(elf.long(at + 0x28)?)? == end);
        elf.word(at) == Some(PT_LOAD) && ends(at) == Some(true)
    })?;
    let at = header(whole);
    let (address, align) = (elf.long(at + 0x10)?, elf.long(at + 0x30)?);
    let before = start.checked_sub(address)?;
    let is_plain = elf.long(at + 0x20)? == elf.long(at + 0x28)?;
    if before == 0 || !is_plain || align == 0 || start % align != 0 {
        return None;
    }
    // The headers before the segment's and its own move up by one; then the second half gets the one that became free.
    elf.0.copy_within(header(1)..header(whole + 1), header(0));
    let first = header(whole - 1);
    let offset = elf.long(at + 0x8)? + before;
    for (field, value) in [(0x20, before), (0x28, before)] {
        elf.set_long(first + field, value);
    }
    for (field, value) in [
        (0x8, offset),
        (0x10, start),
        (0x18, start),
        (0x20, size),
        (0x28, size),
    ] {
        elf.set_long(at + field, value);
    }
    Some(())
}
