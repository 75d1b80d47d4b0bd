//! Trap streams: which instructions may trap and why, and where calls return to, in one or two bytes per place.
//! The format is documented at `abi::TRAP_STREAM`.

use crate::ir::Origin;
use crate::mach::compiled::Site;

/// Appends the stream of one function. The first `wasm_offset` is relative to 0, and the entries of its inlined places begin with this one.
pub fn encode(sites: &[Site], inlined: usize, out: &mut Vec<u8>) {
    let mut last = Site {
        offset: 0,
        code: None,
        loc: Origin::NONE,
    };
    for &site in sites {
        let site = Site {
            loc: moved(site.loc, inlined),
            ..site
        };
        leb128(u64::from(site.offset - last.offset), out);
        let delta = i64::from(site.loc.0) - i64::from(last.loc.0);
        let zigzag = ((delta << 1) ^ (delta >> 63)) as u64;
        leb128(zigzag << 4 | site.code.map_or(0, |code| code as u64), out);
        last = site;
    }
}

/// A place whose table begins at this entry of the whole one.
pub fn moved(loc: Origin, first: usize) -> Origin {
    loc.entry().map_or(loc, |at| Origin::inlined(first + at))
}

/// Appends a number, seven bits a byte, lowest first.
fn leb128(mut value: u64, out: &mut Vec<u8>) {
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

    /// The inverse of [`encode`].
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
        let (mut offset, mut loc) = (0, 0i64);
        let mut sites = Vec::new();
        while !stream.is_empty() {
            offset += number(&mut stream) as u32;
            let word = number(&mut stream);
            let zigzag = word >> 4;
            loc += (zigzag >> 1) as i64 ^ -((zigzag & 1) as i64);
            sites.push(Site {
                offset,
                code: TrapCode::from_number((word & 15) as u8),
                loc: Origin(loc as u32),
            });
        }
        sites
    }

    #[test]
    fn round_trip() {
        let mut random = crate::random::Random::new(1);
        for _ in 0..2000 {
            let mut offset = 0u32;
            let sites: Vec<Site> = (0..random.below(20))
                .map(|i| {
                    let bits = random.below(27) as u32;
                    offset += random.below(1 << bits) as u32 + u32::from(i > 0);
                    let bits = random.below(33) as u32;
                    Site {
                        offset,
                        code: TrapCode::from_number(random.below(13) as u8),
                        loc: Origin(random.below(1 << bits) as u32),
                    }
                })
                .collect();
            let mut stream = Vec::new();
            encode(&sites, 0, &mut stream);
            assert_eq!(decode(&stream), sites);
        }
    }

    #[test]
    fn nearby_places_take_two_bytes() {
        let site = |offset, loc| Site {
            offset,
            code: Some(TrapCode::MemoryOutOfBounds),
            loc: Origin(loc),
        };
        let mut stream = Vec::new();
        encode(&[site(3, 0), site(9, 3), site(12, 2)], 0, &mut stream);
        assert_eq!(stream, [3, 2, 6, 0x62, 3, 0x12]);
    }
}
