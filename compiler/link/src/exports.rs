//! What a shared object shows to others: its name, its exported symbols, and the table by which loaders find them (gABI, "Dynamic Section", "Symbol Table",
//! "Hash Table").
//!
//! Everything but addresses is known from the names, so that the tables have their sizes before anything is placed. The hash table is the one of the gABI,
//! which all loaders know.

use object::elf::{self, DynamicTag, STB_GLOBAL, STB_LOCAL, STT_NOTYPE};
use object::pod::bytes_of_slice;

use crate::Shared;
use crate::chunk::Content;
use crate::layout::Layout;
use crate::program::{Program, SymbolId, Target};
use crate::symtab;

/// Entries of the dynamic section that only a shared object has.
pub const EXPORT_ENTRIES: u64 = 6;

/// Bytes of a symbol.
const SYMBOL: u64 = 24;

/// The tables.
pub struct Exports {
    /// The symbols, and where their names begin. They are numbered from 1.
    symbols: Vec<(SymbolId, u32)>,
    names: Vec<u8>,
    /// Where the object's own name begins.
    own_name: u32,
    hash: Vec<u32>,
}

/// Plans the tables; `symbols` are those of the names in `shared`.
pub fn plan(shared: &Shared, symbols: &[SymbolId]) -> Exports {
    let mut names = vec![0];
    let mut add = |name: &str| {
        let at = names.len() as u32;
        names.extend(name.bytes());
        names.push(0);
        at
    };
    let own_name = add(&shared.name);
    let starts = shared.exports.iter().map(|name| add(name));
    let symbols: Vec<_> = symbols.iter().copied().zip(starts).collect();
    Exports {
        hash: hash_table(shared.exports.iter().map(|name| hash(name))),
        symbols,
        names,
        own_name,
    }
}

impl Exports {
    /// Name, content, alignment and bytes of each table.
    pub fn tables(&self) -> [(&'static [u8], Content, u64, u64); 3] {
        let symbols = SYMBOL * (1 + self.symbols.len() as u64);
        let hash = 4 * self.hash.len() as u64;
        [
            (b".dynsym", Content::Symbols, 8, symbols),
            (b".hash", Content::Hash, 4, hash),
            (b".dynstr", Content::Names, 1, self.names.len() as u64),
        ]
    }

    /// Entries of the dynamic section, [`EXPORT_ENTRIES`] of them.
    pub fn entries(&self, layout: &Layout) -> [(DynamicTag, u64); EXPORT_ENTRIES as usize] {
        let address = |content| layout.made(content).map_or(0, |chunk| chunk.address);
        [
            (elf::DT_SONAME, self.own_name.into()),
            (elf::DT_HASH, address(Content::Hash)),
            (elf::DT_SYMTAB, address(Content::Symbols)),
            (elf::DT_SYMENT, SYMBOL),
            (elf::DT_STRTAB, address(Content::Names)),
            (elf::DT_STRSZ, self.names.len() as u64),
        ]
    }

    /// Writes one of the tables.
    pub fn write(&self, table: Content, program: &Program, layout: &Layout, output: &mut [u8]) {
        match table {
            Content::Names => output.copy_from_slice(&self.names),
            Content::Hash => {
                for (place, word) in output.chunks_exact_mut(4).zip(&self.hash) {
                    place.copy_from_slice(&word.to_le_bytes());
                }
            }
            _ => {
                let numbers = layout.numbers();
                let first = symtab::entry(0, STB_LOCAL, STT_NOTYPE.0, 0, 0, 0);
                let others = self.symbols.iter().map(|&(id, name)| {
                    let symbol = program.symbol(id);
                    let target = program.symbol_target(id);
                    let section = match target {
                        Target::Section(section, _) => layout.place_number(section),
                        _ => None,
                    };
                    let number = section.and_then(|(chunk, _)| numbers[chunk]).unwrap_or(0);
                    let address = layout.address(target).unwrap_or(0);
                    symtab::entry(name, STB_GLOBAL, symbol.kind, number, address, symbol.size)
                });
                let symbols: Vec<_> = std::iter::once(first).chain(others).collect();
                output.copy_from_slice(bytes_of_slice(&symbols));
            }
        }
    }
}

/// The gABI's hash of a name.
fn hash(name: &str) -> u32 {
    name.bytes().fold(0u32, |hash, byte| {
        let hash = (hash << 4).wrapping_add(byte.into());
        let high = hash & 0xf000_0000;
        (hash ^ high >> 24) & !high
    })
}

/// Number of buckets, number of symbols, for each bucket its first symbol, for each symbol the next one of its bucket. Symbol 0 is no symbol and ends the chains.
fn hash_table(hashes: impl Iterator<Item = u32>) -> Vec<u32> {
    let hashes: Vec<u32> = hashes.collect();
    let count = hashes.len().max(1);
    let mut table = vec![0; 2 + count + 1 + hashes.len()];
    (table[0], table[1]) = (count as u32, 1 + hashes.len() as u32);
    for (i, hash) in hashes.iter().enumerate() {
        let bucket = 2 + *hash as usize % count;
        table[2 + count + 1 + i] = std::mem::replace(&mut table[bucket], 1 + i as u32);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found() {
        // Values of the gABI's function, computed by hand.
        assert_eq!(hash(""), 0);
        assert_eq!(hash("exit"), 0x0006_cf04);
        assert_eq!(hash("printf"), 0x077905a6);
        let names: Vec<String> = (0..100).map(|i| format!("library_function_{i}")).collect();
        let table = hash_table(names.iter().map(|name| hash(name)));
        let buckets = table[0] as usize;
        assert_eq!(table[1] as usize, 1 + names.len());
        let find = |name: &str| {
            let mut at = table[2 + hash(name) as usize % buckets] as usize;
            while at != 0 && names[at - 1] != name {
                at = table[2 + buckets + at] as usize;
            }
            at
        };
        for (i, name) in names.iter().enumerate() {
            assert_eq!(find(name), 1 + i);
        }
        assert_eq!(find("another"), 0);
        assert_eq!(hash_table([].into_iter()), [1, 1, 0, 0]);
    }
}
