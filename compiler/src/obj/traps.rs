//! Trap streams: which instructions may trap and why, and where calls return to, in 11 to 15 bits per place.
//! The format is documented in `streams.rs`.

use crate::abi::{InlinedPlace, TrapCode};
use crate::ir::{Inlined, Origin};
use crate::mach::compiled::Site;
use crate::streams;
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

/// Appends the stream of one function, whose inlined places are those of the table and whose instructions lie at multiples of `1 << shift`.
pub fn encode(
    sites: &[Site],
    inlined: &[Inlined],
    shift: u32,
    places: &mut Places,
    out: &mut Vec<u8>,
) {
    places.numbers.clear();
    let mut bits = Bits::new(out);
    let mut write = |distance: u32, code, step: i64| {
        debug_assert!(
            distance.is_multiple_of(1 << shift),
            "a place between instructions"
        );
        let step = i32::try_from(step).expect("places are below 2^31");
        streams::write(distance, code, step, shift, |value, count| {
            bits.put(value, count)
        });
    };
    let (mut last_offset, mut last_loc, mut last_number) = (0, 0, 0);
    for site in sites {
        let loc = match site.loc.entry() {
            None => i64::from(site.loc.0),
            Some(entry) => {
                let number = places.number(inlined, entry) as i64;
                write(0, InlinedPlace::CODE, number - last_number);
                last_number = number;
                last_loc
            }
        };
        let code = site.code.map_or(0, TrapCode::in_stream);
        write(site.offset - last_offset, code, loc - last_loc);
        (last_offset, last_loc) = (site.offset, loc);
    }
    bits.finish();
}

/// Appends bits, the lowest of a byte first.
struct Bits<'a> {
    out: &'a mut Vec<u8>,
    /// Those that are no whole byte yet.
    window: u64,
    count: u32,
}

impl Bits<'_> {
    fn new(out: &mut Vec<u8>) -> Bits<'_> {
        Bits {
            out,
            window: 0,
            count: 0,
        }
    }

    fn put(&mut self, value: u32, count: u32) {
        self.window |= u64::from(value) << self.count;
        self.count += count;
        while self.count >= 8 {
            self.out.push(self.window as u8);
            self.window >>= 8;
            self.count -= 8;
        }
    }

    /// What is left of the last byte becomes ones.
    fn finish(self) {
        if self.count > 0 {
            self.out.push(self.window as u8 | 0xff << self.count);
        }
    }
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
    use crate::streams::Stream;

    /// The inverse of [`encode`], by the runtime's reader; inlined places are those of the whole list.
    pub fn decode(stream: &[u8], shift: u32) -> Vec<Site> {
        // SAFETY: the bytes of the slice.
        unsafe { Stream::new(stream.as_ptr(), stream.len(), shift) }
            .map(|entry| Site {
                offset: entry.pc,
                code: TrapCode::from_stream(entry.code),
                loc: Origin(entry.place),
            })
            .collect()
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
            let shift = *random.pick(&[0, 2]);
            let mut offset = 0u32;
            let sites: Vec<Site> = (0..random.below(20))
                .map(|i| {
                    let bits = random.below(27) as u32;
                    offset += (random.below(1 << bits) as u32 + u32::from(i > 0)) << shift;
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
            encode(&sites, &inlined, shift, &mut places, &mut stream);
            let decoded = decode(&stream, shift);
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
        encode(&sites, &inlined, 0, &mut places, &mut stream);
        let want = [
            place(99, Origin(99)),
            place(3, Origin(70)),
            place(4, Origin::inlined(1)),
            place(2, Origin(60)),
        ];
        assert_eq!(places.list, want);
        let origins: Vec<Origin> = decode(&stream, 0).iter().map(|site| site.loc).collect();
        let (deep, other) = (Origin::inlined(2), Origin::inlined(3));
        assert_eq!(origins, [Origin(9), deep, other, Origin(10), deep]);
    }

    #[test]
    fn damaged_streams_are_read_to_their_end_at_most() {
        let mut random = crate::random::Random::new(2);
        for _ in 0..20_000 {
            let len = random.below(24);
            let mut bytes = random.bytes(len + 16);
            let sites = decode(&bytes[..len], 0);
            assert!(sites.len() <= 8 * len / 10);
            // What lies behind the stream makes no difference.
            bytes[len..].iter_mut().for_each(|byte| *byte = !*byte);
            assert_eq!(decode(&bytes[..len], 0), sites);
        }
    }

    #[test]
    fn nearby_places_take_ten_bits() {
        let site = |offset, loc| Site {
            offset,
            code: Some(TrapCode::MemoryOutOfBounds),
            loc: Origin(loc),
        };
        let near: Vec<Site> = (1..=80).map(|i| site(15 * i, 17 * i)).collect();
        let size = |shift, sites: &[Site]| {
            let mut stream = Vec::new();
            encode(sites, &[], shift, &mut Places::default(), &mut stream);
            stream.len()
        };
        assert_eq!(size(0, &near), 100);
        let words: Vec<Site> = (1..=80).map(|i| site(12 * i, 17 * i)).collect();
        assert_eq!(size(2, &words), 80);
    }
}
