//! Call veneers: how a call reaches a function that is farther away than its instruction can say.
//!
//! AArch64's `bl` reaches 128 MiB. In a text section that is larger, calls that go too far are directed to a *veneer* near the caller
//! ([`Veneer`]), which branches to the function with 4 GiB of reach.
//!
//! Veneers stand in *islands* between functions. Functions are taken in groups, an island follows each group, and a group shares one
//! veneer for each function that it calls from afar. Functions of other objects count as far away, because the linker puts
//! them behind the whole section.
//!
//! Algorithm: place everything with the islands known so far, add the veneers that are missing, and repeat, until none is missing. Islands only
//! grow, so this ends; a veneer that a later placement makes unnecessary stays.
//!
//! A veneer is in no function's frame table: nothing traps in it and no call returns to it. It leaves everything as it is at a
//! function's first instruction, which is what `.eh_frame` says of it.

use crate::ir::{FuncId, Symbol};
use crate::mach::arch::Veneer;
use crate::mach::compiled::CompiledFunc;
use std::collections::{BTreeSet, HashMap};

/// The veneers behind a group of functions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Island {
    /// One past the group's last function.
    pub end: usize,
    /// Offset in the section.
    pub offset: u64,
    pub veneer: Veneer,
    /// Whom they branch to.
    symbols: BTreeSet<Symbol>,
}

impl Island {
    pub fn len(&self) -> u64 {
        self.veneer.bytes() * self.symbols.len() as u64
    }

    /// The symbols in the order of their veneers.
    pub fn symbols(&self) -> impl Iterator<Item = Symbol> {
        self.symbols.iter().copied()
    }

    /// The code, and where the address of a veneer at `offset` goes.
    pub fn code(&self) -> impl Iterator<Item = u8> {
        let code = |_| self.veneer.code.iter().flat_map(|word| word.to_le_bytes());
        self.symbols.iter().flat_map(code)
    }

    /// Offsets of the veneers, by symbol.
    pub fn offsets(&self) -> HashMap<Symbol, u64> {
        self.symbols()
            .zip((self.offset..).step_by(self.veneer.bytes() as usize))
            .collect()
    }
}

/// The islands that functions need if they are placed by `place`, which tells each function's offset and sets that of the islands.
/// `reach` is how far a call may go, in bytes.
pub fn plan(
    funcs: &[CompiledFunc],
    veneer: &Veneer,
    reach: u64,
    mut place: impl FnMut(&mut [Island]) -> Vec<u64>,
) -> Vec<Island> {
    let mut islands = groups(funcs, veneer, reach / 4);
    let numbers: HashMap<FuncId, usize> = funcs.iter().map(|f| f.id).zip(0..).collect();
    loop {
        let offsets = place(&mut islands);
        let mut is_complete = true;
        let mut begin = 0;
        for island in &mut islands {
            for (func, offset) in funcs.iter().zip(&offsets).take(island.end).skip(begin) {
                for reloc in func.relocs.iter().filter(|reloc| reloc.kind == veneer.call) {
                    let near = reloc.symbol.func().and_then(|id| numbers.get(&id));
                    let near = near.is_some_and(|&number| {
                        offsets[number].abs_diff(offset + u64::from(reloc.offset)) <= reach
                    });
                    if !near {
                        is_complete &= !island.symbols.insert(reloc.symbol);
                    }
                }
            }
            begin = island.end;
        }
        if is_complete {
            return islands;
        }
    }
}

/// Cuts the functions into groups of at most this many bytes, if one function is not larger, each with an empty island.
fn groups(funcs: &[CompiledFunc], veneer: &Veneer, bytes: u64) -> Vec<Island> {
    let mut ends = Vec::new();
    let mut size = 0;
    for (number, func) in funcs.iter().enumerate() {
        let len = func.code.len() as u64;
        if size > 0 && size + len > bytes {
            ends.push(number);
            size = 0;
        }
        size += len;
    }
    ends.push(funcs.len());
    let island = |end| Island {
        end,
        offset: 0,
        veneer: *veneer,
        symbols: BTreeSet::new(),
    };
    ends.into_iter().map(island).collect()
}
