//! Call veneers: how a call reaches a function that is farther away than its instruction can say.
//!
//! AArch64's `bl` reaches 128 MiB. In a text section that is larger, calls that go too far are directed to a *veneer* near the caller,
//! which branches to the function with 4 GiB of reach:
//!
//! ```text
//! adrp x16, function        // x16 belongs to veneers: nothing is live in it at a call
//! add  x16, x16, :lo12:function
//! br   x16
//! ```
//!
//! Veneers stand in *islands* between functions. Functions are taken in groups, an island follows each group, and a group shares one
//! veneer for each function that it calls from afar. Functions of other objects count as far away, because the linker puts
//! them behind the whole section.
//!
//! Algorithm: place everything with the islands known so far, add the veneers that are missing, and repeat, until none is missing. Islands only
//! grow, so this ends; a veneer that a later placement makes unnecessary stays.
//!
//! A veneer is in no function's frame table: nothing traps in it and no call returns to it. Its return address is still in `x30`, which is
//! what `.eh_frame` says of it.

use crate::ir::{FuncId, Symbol};
use crate::mach::compiled::{CompiledFunc, Reloc, RelocKind};
use std::collections::{BTreeSet, HashMap};

/// Instructions of a veneer, without the address.
const CODE: [u32; 3] = [0x9000_0010, 0x9100_0210, 0xd61f_0200];

/// Bytes of a veneer.
pub const BYTES: u64 = 4 * CODE.len() as u64;

/// The veneers behind a group of functions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Island {
    /// One past the group's last function.
    pub end: usize,
    /// Offset in the section.
    pub offset: u64,
    /// Whom they branch to.
    symbols: BTreeSet<Symbol>,
}

impl Island {
    pub fn len(&self) -> u64 {
        BYTES * self.symbols.len() as u64
    }

    /// The symbols in the order of their veneers.
    pub fn symbols(&self) -> impl Iterator<Item = Symbol> {
        self.symbols.iter().copied()
    }

    /// The code, and where the address of a veneer at `offset` goes.
    pub fn code(&self) -> impl Iterator<Item = u8> {
        self.symbols
            .iter()
            .flat_map(|_| CODE.into_iter().flat_map(u32::to_le_bytes))
    }

    /// Offsets of the veneers, by symbol.
    pub fn offsets(&self) -> HashMap<Symbol, u64> {
        self.symbols()
            .zip((self.offset..).step_by(BYTES as usize))
            .collect()
    }

    /// The references of a veneer, relative to its start.
    pub fn references() -> [(u64, RelocKind); 2] {
        [(0, RelocKind::A64AdrPage), (4, RelocKind::A64AddLo12)]
    }
}

/// Whether this is a call that can go through a veneer.
pub fn is_call(reloc: &Reloc) -> bool {
    reloc.kind == RelocKind::A64Call26
}

/// The islands that functions need if they are placed by `place`, which tells each function's offset and sets that of the islands.
/// `reach` is how far a call may go, in bytes.
pub fn plan(
    funcs: &[CompiledFunc],
    reach: u64,
    mut place: impl FnMut(&mut [Island]) -> Vec<u64>,
) -> Vec<Island> {
    let mut islands = groups(funcs, reach / 4);
    let numbers: HashMap<FuncId, usize> = funcs.iter().map(|f| f.id).zip(0..).collect();
    loop {
        let offsets = place(&mut islands);
        let mut is_complete = true;
        let mut begin = 0;
        for island in &mut islands {
            for (func, offset) in funcs.iter().zip(&offsets).take(island.end).skip(begin) {
                for reloc in func.relocs.iter().filter(|reloc| is_call(reloc)) {
                    let near = match reloc.symbol {
                        Symbol::Func(id) => numbers.get(&id).is_some_and(|&number| {
                            offsets[number].abs_diff(offset + u64::from(reloc.offset)) <= reach
                        }),
                        Symbol::Instance(_)
                        | Symbol::FuncRefs
                        | Symbol::Sig(_)
                        | Symbol::Runtime(_) => false,
                    };
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
fn groups(funcs: &[CompiledFunc], bytes: u64) -> Vec<Island> {
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
        symbols: BTreeSet::new(),
    };
    ends.into_iter().map(island).collect()
}
