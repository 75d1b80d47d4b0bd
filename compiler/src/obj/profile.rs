//! What a program that counts has for its profile: the counters and what stands before them in the file.

use super::Emitter;
use super::section::{Addr, record};
use crate::abi::{ProfileDesc, ProfileFunc, ProfileHead};

impl Emitter<'_> {
    /// Number of all counters.
    fn counter_count(&self) -> u64 {
        self.program.counted.iter().map(|func| func.counters).sum()
    }

    /// Gives the counters their place, on pages of their own: the file takes it when the program runs.
    pub fn reserve_counters(&mut self) {
        let size = 8 * self.counter_count();
        if size > 0 {
            let size = size.next_multiple_of(ProfileHead::PAGE);
            self.counters = Some(self.image.alloc(size, ProfileHead::PAGE));
        }
    }

    /// The description and what begins with it; null in a program that does not count.
    pub fn write_profile(&mut self) -> (Addr, Addr) {
        let (Some(counters), Some(path)) = (self.counters, &self.options.count) else {
            return (Addr::Null, Addr::Null);
        };
        let funcs = &self.program.counted;
        let table = (funcs.len() * size_of::<ProfileFunc>()) as u64;
        let size = size_of::<ProfileHead>() as u64 + table;
        let head = ProfileHead {
            magic: ProfileHead::MAGIC,
            size: size.next_multiple_of(ProfileHead::PAGE),
            funcs: funcs.len() as u64,
            counters: self.counter_count(),
        };
        let mut words = vec![head.magic, head.size, head.funcs, head.counters];
        for func in funcs {
            words.extend([func.name, func.shape, func.counters]);
        }
        let mut bytes: Vec<u8> = words.into_iter().flat_map(u64::to_le_bytes).collect();
        bytes.resize(head.size as usize, 0);
        let head_at = self.rodata.append(&bytes, 8);
        let mut name = path.clone().into_bytes();
        name.push(0);
        let path = self.rodata.append(&name, 1);
        let counters_size = (8 * head.counters).next_multiple_of(ProfileHead::PAGE);
        let at = self.relro.alloc_for::<ProfileDesc>();
        record!(
            self.relro,
            at,
            ProfileDesc {
                head: Addr::At(head_at),
                counters: Addr::At(counters),
                counters_size: counters_size,
                path: Addr::At(path),
            }
        );
        (Addr::At(at), self.external("wative_rt_profile"))
    }
}
