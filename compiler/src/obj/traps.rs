//! Trap streams: which instructions may trap and why, and where calls return to, mostly in two bytes per place.
//! The format is documented at `abi::TRAP_STREAM`.

use crate::abi::{InlinedPlace, TrapCode};
use crate::ir::{Inlined, Origin};
use crate::mach::compiled::Site;
use std::collections::HashMap;

/// The inlined places that streams name.
#[derive(Default)]
pub struct Places {
    /// The callers are numbers in here, where they are not offsets.
    pub list: Vec<Inlined>,
    /// What the places of the current function have become.
    numbers: HashMap<usize, usize>,
}

impl Places {
    /// The number of an entry of a function's table.
    fn number(&mut self, inlined: &[Inlined], entry: usize) -> usize {
        if let Some(&number) = self.numbers.get(&entry) {
            return number;
        }
        let mut place = inlined[entry];
        if let Some(caller) = place.caller.entry() {
            place.caller = Origin::inlined(self.number(inlined, caller));
        }
        let number = self.list.len();
        self.list.push(place);
        self.numbers.insert(entry, number);
        number
    }
}

/// Appends the stream of one function, whose inlined places are those of the table.
pub fn encode(sites: &[Site], inlined: &[Inlined], places: &mut Places, out: &mut Vec<u8>) {
    places.numbers.clear();
    let (mut last_offset, mut last_loc, mut last_number) = (0, 0, 0);
    for site in sites {
        let loc = match site.loc.entry() {
            None => i64::from(site.loc.0),
            Some(entry) => {
                let number = places.number(inlined, entry) as i64;
                pair(0, number - last_number, InlinedPlace::CODE, out);
                last_number = number;
                last_loc
            }
        };
        let code = site.code.map_or(0, TrapCode::in_stream);
        pair(site.offset - last_offset, loc - last_loc, code, out);
        (last_offset, last_loc) = (site.offset, loc);
    }
}

/// Appends a distance of pcs, and one of places with a code.
fn pair(pcs: u32, places: i64, code: u8, out: &mut Vec<u8>) {
    leb128(pcs.into(), out);
    let zigzag = ((places << 1) ^ (places >> 63)) as u64;
    leb128(zigzag << 4 | u64::from(code), out);
}

/// Appends a number, seven bits a byte, lowest first.
pub fn leb128(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::abi::TrapCode;
    use crate::entity::EntityId;
    use crate::ir::FuncId;

    /// The inverse of [`encode`]; inlined places are those of the whole list.
    pub fn decode(mut stream: &[u8]) -> Vec<Site> {
        fn number(stream: &mut &[u8]) -> u64 {
            let (mut value, mut shift) = (0, 0);
            loop {
                let byte = stream[0];
                *stream = &stream[1..];
                value |= u64::from(byte & 0x7f) << shift;
                shift += 7;
                if byte < 0x80 {
                    return value;
                }
            }
        }
        let (mut offset, mut loc, mut inlined) = (0, 0i64, 0i64);
        let mut origin = None;
        let mut sites = Vec::new();
        while !stream.is_empty() {
            offset += number(&mut stream) as u32;
            let word = number(&mut stream);
            let zigzag = word >> 4;
            let step = (zigzag >> 1) as i64 ^ -((zigzag & 1) as i64);
            if word & 15 == u64::from(InlinedPlace::CODE) {
                inlined += step;
                origin = Some(Origin::inlined(inlined as usize));
                continue;
            }
            loc += step;
            sites.push(Site {
                offset,
                code: TrapCode::from_stream((word & 15) as u8),
                loc: origin.take().unwrap_or(Origin(loc as u32)),
            });
        }
        sites
    }

    /// A place as whoever asks sees it: functions and offsets, innermost first.
    fn chain(table: &[Inlined], mut loc: Origin) -> Vec<(Option<FuncId>, u32)> {
        let mut chain = Vec::new();
        while let Some(entry) = loc.entry() {
            chain.push((Some(table[entry].func), table[entry].offset));
            loc = table[entry].caller;
        }
        chain.push((None, loc.0));
        chain
    }

    #[test]
    fn round_trip() {
        let mut random = crate::random::Random::new(1);
        let mut places = Places::default();
        for _ in 0..2000 {
            let mut inlined: Vec<Inlined> = Vec::new();
            for entry in 0..random.below(6) {
                let caller = match random.below(entry + 1) {
                    0 => Origin(random.below(1 << 20) as u32),
                    at => Origin::inlined(at - 1),
                };
                inlined.push(Inlined {
                    func: FuncId::from_u32(random.below(9) as u32),
                    offset: random.below(1 << 31) as u32,
                    caller,
                });
            }
            let mut offset = 0u32;
            let sites: Vec<Site> = (0..random.below(20))
                .map(|i| {
                    let bits = random.below(27) as u32;
                    offset += random.below(1 << bits) as u32 + u32::from(i > 0);
                    let bits = random.below(32) as u32;
                    let loc = match random.below(2 * inlined.len() + 1) {
                        at if at < inlined.len() => Origin::inlined(at),
                        _ => Origin(random.below(1 << bits) as u32),
                    };
                    Site {
                        offset,
                        code: TrapCode::from_stream(random.below(16) as u8)
                            .filter(|code| *code as u8 != InlinedPlace::CODE),
                        loc,
                    }
                })
                .collect();
            let mut stream = Vec::new();
            encode(&sites, &inlined, &mut places, &mut stream);
            let decoded = decode(&stream);
            assert_eq!(decoded.len(), sites.len());
            for (site, want) in decoded.iter().zip(&sites) {
                assert_eq!((site.offset, site.code), (want.offset, want.code));
                assert_eq!(chain(&places.list, site.loc), chain(&inlined, want.loc));
            }
        }
    }

    #[test]
    fn inlined_places_are_numbered_as_they_are_named() {
        let place = |offset, caller| Inlined {
            func: FuncId::from_u32(7),
            offset,
            caller,
        };
        // Two calls, one of them of a function with another call; nobody names the first place.
        let inlined = [
            place(1, Origin(50)),
            place(2, Origin(60)),
            place(3, Origin(70)),
            place(4, Origin::inlined(2)),
        ];
        let site = |offset, loc| Site {
            offset,
            code: Some(TrapCode::Unreachable),
            loc,
        };
        let sites = [
            site(0, Origin(9)),
            site(4, Origin::inlined(3)),
            site(8, Origin::inlined(1)),
            site(12, Origin(10)),
            site(16, Origin::inlined(3)),
        ];
        let (mut places, mut stream) = (Places::default(), Vec::new());
        places.list.push(place(99, Origin(99)));
        encode(&sites, &inlined, &mut places, &mut stream);
        let want = [
            place(99, Origin(99)),
            place(3, Origin(70)),
            place(4, Origin::inlined(1)),
            place(2, Origin(60)),
        ];
        assert_eq!(places.list, want);
        let origins: Vec<Origin> = decode(&stream).iter().map(|site| site.loc).collect();
        let (deep, other) = (Origin::inlined(2), Origin::inlined(3));
        assert_eq!(origins, [Origin(9), deep, other, Origin(10), deep]);
    }

    #[test]
    fn nearby_places_take_two_bytes() {
        let site = |offset, loc| Site {
            offset,
            code: Some(TrapCode::MemoryOutOfBounds),
            loc: Origin(loc),
        };
        let mut stream = Vec::new();
        let sites = [site(3, 0), site(9, 3), site(12, 2)];
        encode(&sites, &[], &mut Places::default(), &mut stream);
        assert_eq!(stream, [3, 2, 6, 0x62, 3, 0x12]);
    }
}
