//! Profiles: how often functions were entered, branches taken and targets of tables chosen, as programs that count it ([`crate::Options::count`]) write it
//! down in files of their own ([`abi::ProfileHead`]).
//!
//! Counts belong to operators of WebAssembly, so a profile is good for every target, level and memory mode. A function is found in one by its module's number, its name and the shape of its control
//! flow ([`abi::ProfileFunc`]); what has changed since has no counts, and the rest of the program keeps its own.

use crate::abi::{ProfileFunc, ProfileHead};
use crate::error::Error;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What one or more files say.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    funcs: BTreeMap<(u64, u64), Arc<[u64]>>,
    /// For tests: counts for all functions follow from this number, if it is not 0.
    invented: u64,
}

impl Profile {
    /// Adds what a file says to what others have said.
    ///
    /// # Errors
    ///
    /// It is no profile, one of another version, or cut off.
    pub fn add(&mut self, file: &[u8]) -> Result<(), Error> {
        let rows = rows(file)?;
        for (func, counts) in rows {
            let of = self.funcs.entry((func.name, func.shape));
            of.and_modify(|sum| {
                let sums = sum.iter().zip(&counts);
                *sum = sums.map(|(a, b)| a.saturating_add(*b)).collect();
            })
            .or_insert_with(|| counts.into());
        }
        Ok(())
    }

    /// For tests: one that knows every function, with counts that follow from a number.
    pub fn invented(number: u64) -> Profile {
        Profile {
            invented: number,
            ..Profile::default()
        }
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.funcs.is_empty() && self.invented == 0
    }

    /// The counts of a function, in the order of `wasm::sites`.
    pub(crate) fn counts(&self, func: &ProfileFunc) -> Option<Arc<[u64]>> {
        if self.invented != 0 {
            return Some(invent(self.invented, func));
        }
        let counts = self.funcs.get(&(func.name, func.shape))?;
        (counts.len() as u64 == func.counters).then(|| counts.clone())
    }
}

/// Counts as of nobody's run: many zeros, some small and some large numbers.
fn invent(number: u64, func: &ProfileFunc) -> Arc<[u64]> {
    let mut hash = Fnv::new();
    hash.add(&number.to_le_bytes());
    hash.add(&func.name.to_le_bytes());
    let count = || {
        hash.add(&[1]);
        let bits = hash.0 >> 8;
        (bits >> 6) >> (bits % 64)
    };
    std::iter::repeat_with(count)
        .take(func.counters as usize)
        .collect()
}

/// The functions of a file with their counts.
fn rows(file: &[u8]) -> Result<Vec<(ProfileFunc, Vec<u64>)>, Error> {
    let bad = || Error::new("it is cut off or damaged").help("run the program again that wrote it");
    let mut words = file.chunks_exact(8).map(|word| {
        let word: [u8; 8] = word.try_into().expect("eight bytes");
        u64::from_le_bytes(word)
    });
    if words.next() != Some(ProfileHead::MAGIC) {
        let help = "executables that are built with --profile-gen write profiles";
        return Err(Error::new("it is no profile").help(help));
    }
    let mut field = || words.next().ok_or_else(bad);
    let (size, count, counters) = (field()?, field()?, field()?);
    let (len, func_size) = (file.len() as u64, size_of::<ProfileFunc>() as u64);
    let table = count.checked_mul(func_size).ok_or_else(bad)?;
    let least = table.checked_add(size_of::<ProfileHead>() as u64);
    let counts_size = counters.checked_mul(8).ok_or_else(bad)?;
    let end = size.checked_add(counts_size).ok_or_else(bad)?;
    if least.is_none_or(|least| least > size) || end > len || size % 8 != 0 {
        return Err(bad());
    }
    let mut funcs = Vec::new();
    for _ in 0..count {
        funcs.push(ProfileFunc {
            name: field()?,
            shape: field()?,
            counters: field()?,
        });
    }
    let mut counts = file[size as usize..end as usize].chunks_exact(8);
    let mut rows = Vec::new();
    for func in funcs {
        if func.counters > counts.len() as u64 {
            return Err(bad());
        }
        let own = counts.by_ref().take(func.counters as usize);
        let own = own.map(|word| u64::from_le_bytes(word.try_into().expect("eight bytes")));
        rows.push((func, own.collect()));
    }
    Ok(rows)
}

/// A hash that is the same in every version: FNV-1a, 64 bits (Fowler, Noll and Vo).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Fnv(pub u64);

impl Fnv {
    pub fn new() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }

    pub fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(counters: &[(u64, &[u64])]) -> Vec<u8> {
        let count = counters.iter().map(|(_, counts)| counts.len() as u64).sum();
        let size = 8 * (4 + 3 * counters.len() as u64 + 2);
        let mut words = vec![ProfileHead::MAGIC, size, counters.len() as u64, count];
        for (name, counts) in counters {
            words.extend([*name, 7, counts.len() as u64]);
        }
        words.extend([0; 2]);
        words.extend(counters.iter().flat_map(|(_, counts)| counts.iter()));
        words.into_iter().flat_map(u64::to_le_bytes).collect()
    }

    fn counts(profile: &Profile, name: u64, counters: u64) -> Option<Vec<u64>> {
        let func = ProfileFunc {
            name,
            shape: 7,
            counters,
        };
        profile.counts(&func).map(|counts| counts.to_vec())
    }

    #[test]
    fn files_add_up() {
        let mut profile = Profile::default();
        profile
            .add(&file(&[(1, &[5]), (2, &[1, 2, 3])]))
            .expect("a profile");
        profile
            .add(&file(&[(2, &[10, 20, u64::MAX])]))
            .expect("a profile");
        assert_eq!(counts(&profile, 1, 1), Some(vec![5]));
        assert_eq!(counts(&profile, 2, 3), Some(vec![11, 22, u64::MAX]));
        assert_eq!(counts(&profile, 2, 2), None);
        assert_eq!(counts(&profile, 3, 3), None);
    }

    #[test]
    fn whatever_is_cut_off_or_damaged_is_refused() {
        let whole = file(&[(1, &[5]), (2, &[1, 2, 3])]);
        assert!(rows(&whole).is_ok());
        for len in 0..whole.len() {
            assert!(rows(&whole[..len]).is_err(), "{len} bytes");
        }
        for at in 0..32 {
            for value in [0xff, 0x80, whole[at] ^ 1] {
                let mut damaged = whole.clone();
                damaged[at] = value;
                // Whatever it says then, it says it without a panic.
                let _ = rows(&damaged);
            }
        }
        for at in [8, 16, 24] {
            let mut damaged = whole.clone();
            damaged[at..at + 8].fill(0xff);
            assert!(rows(&damaged).is_err());
        }
    }
}
