//! Compiled functions of a program in one piece of bytes, by their keys.
//!
//! ```text
//! values, one behind the other
//! index: for each its key, the hash of key and value, place, length, age; ascending by key
//! trailer: hash of the index, place of the index, number of entries, MAGIC
//! ```
//!
//! Numbers are little-endian. What is damaged counts as missing: an index whose hash is wrong has no entries, and a value with another hash is not found. Whoever can
//! write a pack decides what is compiled to what: hashes are against accidents.
//!
//! An entry's age is how many packs were made since it was used. Those that a compilation did not use stay for [`MAX_AGE`] packs, so that going back to an
//! earlier state finds them, as long as they are not more than what it used.

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

/// The key of a function, or the identity of a compiler.
pub type Key = [u8; HASH];

/// Earlier compilations.
#[derive(Debug, Default)]
pub struct Earlier {
    /// The identity of the compiler: another one may make other code.
    pub compiler: Key,
    pub pack: Pack,
}

/// The age at which entries are left out.
const MAX_AGE: u32 = 8;

/// What the last bytes are: the format.
const MAGIC: [u8; 8] = *b"wative-f";

const HASH: usize = blake3::OUT_LEN;
/// Bytes of an entry of the index: key, hash, and three numbers of 8, 4 and 4 bytes.
const ENTRY: usize = 2 * HASH + 16;
const TRAILER: usize = HASH + 16 + MAGIC.len();

/// Functions that were compiled before.
#[derive(Debug, Default)]
pub struct Pack {
    bytes: Vec<u8>,
    index: Range<usize>,
    /// By entry: whether it was used.
    used: Vec<AtomicBool>,
}

impl Pack {
    /// The pack of these bytes; an empty one if they are none.
    pub fn new(bytes: Vec<u8>) -> Pack {
        let index = index(&bytes).unwrap_or_default();
        let count = index.len() / ENTRY;
        Pack {
            bytes,
            index,
            used: (0..count).map(|_| AtomicBool::new(false)).collect(),
        }
    }

    /// All keys and values, as far as they are whole.
    pub fn entries(&self) -> impl Iterator<Item = (Key, &[u8])> {
        let entries = self.bytes[self.index.clone()].as_chunks::<ENTRY>().0;
        let entries = entries.iter().map(Entry::read);
        entries.filter_map(|entry| Some((entry.key, self.value(&entry)?)))
    }

    fn value(&self, entry: &Entry) -> Option<&[u8]> {
        let value = self.bytes[..self.index.start].get(entry.range())?;
        (hash(&entry.key, value) == entry.hash).then_some(value)
    }

    /// The value of a key, if it is there and whole. Marks it as used.
    pub fn find(&self, key: &Key) -> Option<&[u8]> {
        let entries = self.bytes[self.index.clone()].as_chunks::<ENTRY>().0;
        let at = entries
            .binary_search_by(|entry| entry[..HASH].cmp(key))
            .ok()?;
        let value = self.value(&Entry::read(&entries[at]))?;
        self.used[at].store(true, Ordering::Relaxed);
        Some(value)
    }

    /// The bytes of a pack with the entries that were used, these new ones, and others that may yet be of use.
    pub fn with(&self, mut new: Vec<(Key, Vec<u8>)>) -> Vec<u8> {
        new.sort_unstable();
        new.dedup_by(|a, b| a.0 == b.0);
        let is_new = |key: &Key| new.binary_search_by(|it| it.0.cmp(key)).is_ok();
        let entries = self.bytes[self.index.clone()].as_chunks::<ENTRY>().0;
        let (mut kept, mut idle) = (Vec::new(), Vec::new());
        for (entry, used) in entries.iter().map(Entry::read).zip(&self.used) {
            if self.bytes[..self.index.start].get(entry.range()).is_none() || is_new(&entry.key) {
                continue;
            }
            match used.load(Ordering::Relaxed) {
                true => kept.push(Entry { age: 0, ..entry }),
                false => idle.push(Entry {
                    age: entry.age.saturating_add(1),
                    ..entry
                }),
            }
        }
        let new_bytes = new.iter().map(|(_, value)| value.len());
        let kept_bytes = kept.iter().map(|entry| entry.len as usize);
        let mut room: usize = new_bytes.chain(kept_bytes).sum();
        idle.sort_by_key(|entry| (entry.age, Reverse(entry.key)));
        for entry in idle {
            if entry.age > MAX_AGE || entry.len as usize > room {
                break;
            }
            room -= entry.len as usize;
            kept.push(entry);
        }
        let new_values = new.iter().map(|(key, value)| {
            let entry = Entry {
                key: *key,
                hash: hash(key, value),
                at: 0,
                len: value.len() as u32,
                age: 0,
            };
            (entry, value.as_slice())
        });
        let old_values = kept
            .iter()
            .map(|entry| (entry.clone(), &self.bytes[entry.range()]));
        let mut values: Vec<(Entry, &[u8])> = new_values.chain(old_values).collect();
        values.sort_by_key(|(entry, _)| entry.key);
        write(&values)
    }
}

/// The bytes of a pack with these values, which are sorted by their keys.
fn write(values: &[(Entry, &[u8])]) -> Vec<u8> {
    let len: usize = values.iter().map(|(_, value)| value.len() + ENTRY).sum();
    let mut bytes = Vec::with_capacity(len + TRAILER);
    let mut index = Vec::with_capacity(values.len() * ENTRY);
    for (entry, value) in values {
        index.extend_from_slice(&entry.key);
        index.extend_from_slice(&entry.hash);
        index.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        index.extend_from_slice(&entry.len.to_le_bytes());
        index.extend_from_slice(&entry.age.to_le_bytes());
        bytes.extend_from_slice(value);
    }
    let at = bytes.len() as u64;
    bytes.extend_from_slice(&index);
    bytes.extend_from_slice(blake3::hash(&index).as_bytes());
    bytes.extend_from_slice(&at.to_le_bytes());
    bytes.extend_from_slice(&(values.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&MAGIC);
    bytes
}

/// An entry of the index.
#[derive(Clone)]
struct Entry {
    key: Key,
    hash: [u8; HASH],
    at: u64,
    len: u32,
    age: u32,
}

impl Entry {
    fn read(bytes: &[u8; ENTRY]) -> Entry {
        Entry {
            key: part(bytes, 0),
            hash: part(bytes, HASH),
            at: u64::from_le_bytes(part(bytes, 2 * HASH)),
            len: u32::from_le_bytes(part(bytes, 2 * HASH + 8)),
            age: u32::from_le_bytes(part(bytes, 2 * HASH + 12)),
        }
    }

    /// Where the value is said to be.
    fn range(&self) -> Range<usize> {
        let start = self.at as usize;
        start..start.saturating_add(self.len as usize)
    }
}

fn part<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let part = bytes[at..].first_chunk();
    *part.expect("as many bytes as the layout says")
}

/// Where the index is, if it is whole.
fn index(bytes: &[u8]) -> Option<Range<usize>> {
    let end = bytes.len().checked_sub(TRAILER)?;
    let trailer = &bytes[end..];
    let [at, count] = [HASH, HASH + 8].map(|from| u64::from_le_bytes(part(trailer, from)));
    let len = usize::try_from(count).ok()?.checked_mul(ENTRY)?;
    let start = end.checked_sub(len)?;
    let is_whole = trailer.ends_with(&MAGIC)
        && at == start as u64
        && trailer.starts_with(blake3::hash(&bytes[start..end]).as_bytes());
    is_whole.then_some(start..end)
}

fn hash(key: &Key, value: &[u8]) -> [u8; HASH] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(key).update(value);
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u8) -> Key {
        [number; HASH]
    }

    fn value(number: u8) -> Vec<u8> {
        (0..100 + number).map(|i| i ^ number).collect()
    }

    fn pack(numbers: Range<u8>) -> Vec<u8> {
        Pack::default().with(numbers.rev().map(|n| (key(n), value(n))).collect())
    }

    #[test]
    fn what_was_stored_is_found() {
        let pack = Pack::new(pack(0..20));
        for number in 0..20 {
            assert_eq!(pack.find(&key(number)), Some(&value(number)[..]));
        }
        assert_eq!(pack.find(&key(20)), None);
        assert_eq!(Pack::default().find(&key(0)), None);
    }

    /// Nothing but what was stored is ever found, whatever byte is another.
    #[test]
    fn damage_is_noticed() {
        let bytes = pack(0..5);
        for at in 0..bytes.len() {
            for flip in [1, 0x80, 0xff] {
                let mut damaged = bytes.clone();
                damaged[at] ^= flip;
                let pack = Pack::new(damaged);
                let found = (0..5).filter(|&number| {
                    let found = pack.find(&key(number));
                    assert!(found.is_none_or(|found| found == value(number)), "{at}");
                    found.is_some()
                });
                assert!(found.count() < 5, "a changed byte at {at} is not noticed");
                // And it can be replaced.
                let pack = Pack::new(pack.with((0..5).map(|n| (key(n), value(n))).collect()));
                assert!((0..5).all(|number| pack.find(&key(number)).is_some()));
            }
        }
        for len in 0..bytes.len() {
            let pack = Pack::new(bytes[..len].to_vec());
            assert!(
                (0..5).all(|number| pack.find(&key(number)).is_none()),
                "{len}"
            );
        }
    }

    /// An index that is whole may say anything.
    #[test]
    fn places_are_checked() {
        let value = value(1);
        for (at, len) in [(1, 101), (0, 102), (u64::MAX, 101), (0, u32::MAX)] {
            let entry = Entry {
                key: key(1),
                hash: hash(&key(1), &value),
                at,
                len,
                age: 0,
            };
            let mut bytes = write(&[(entry, &value)]);
            let start = bytes.len() - TRAILER - ENTRY;
            bytes[start + 2 * HASH..][..8].copy_from_slice(&at.to_le_bytes());
            let index = blake3::hash(&bytes[start..][..ENTRY]);
            bytes[start + ENTRY..][..HASH].copy_from_slice(index.as_bytes());
            let pack = Pack::new(bytes);
            assert_eq!(pack.used.len(), 1);
            assert_eq!(pack.find(&key(1)), None, "{at} {len}");
            assert!(Pack::new(pack.with(Vec::new())).find(&key(1)).is_none());
        }
    }

    #[test]
    fn idle_entries_stay_for_a_while() {
        let mut bytes = pack(0..4);
        for made in 0..2 * MAX_AGE {
            let pack = Pack::new(bytes);
            let found = |number| pack.find(&key(number)).is_some();
            assert!(found(0) && found(1) && found(2), "{made}");
            bytes = pack.with(Vec::new());
            let pack = Pack::new(bytes.clone());
            assert_eq!(pack.find(&key(3)).is_some(), made < MAX_AGE, "{made}");
        }
    }

    #[test]
    fn idle_entries_are_no_more_than_others() {
        let pack = Pack::new(pack(0..100));
        assert!(pack.find(&key(7)).is_some());
        let next = Pack::new(pack.with(vec![(key(200), value(100))]));
        let left = (0..100).filter(|&n| next.find(&key(n)).is_some()).count();
        // The used one, and of the others as many as have room in the bytes of two.
        assert!((2..4).contains(&left), "{left}");
    }
}
