//! `DT_RELR`: addresses of words that hold addresses, a bit for each where they are close (gABI, "Relative Relocation Table").

/// Words that a bit map covers.
const COVERED: u64 = 63;

/// Encodes ascending addresses, which are multiples of 8.
pub fn encode(addresses: impl IntoIterator<Item = u64>) -> Vec<u64> {
    let mut encoded = Vec::new();
    let mut addresses = addresses.into_iter().peekable();
    while let Some(address) = addresses.next() {
        encoded.push(address);
        let mut base = address + 8;
        loop {
            let mut bits = 0;
            while let Some(&next) = addresses.peek() {
                let index = (next - base) / 8;
                if index >= COVERED {
                    break;
                }
                bits |= 1 << (index + 1);
                addresses.next();
            }
            if bits == 0 {
                break;
            }
            encoded.push(bits | 1);
            base += COVERED * 8;
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::encode;

    /// The addresses that a loader relocates.
    fn decode(encoded: &[u64]) -> Vec<u64> {
        let (mut addresses, mut next) = (Vec::new(), 0);
        for &word in encoded {
            if word & 1 == 0 {
                addresses.push(word);
                next = word + 8;
            } else {
                let bits = (1..64).filter(|bit| word >> bit & 1 != 0);
                addresses.extend(bits.map(|bit| next + (bit - 1) * 8));
                next += 63 * 8;
            }
        }
        addresses
    }

    #[test]
    fn decoding_gives_the_addresses() {
        let near: Vec<u64> = (0..300).map(|n| 0x1000 + 8 * n).collect();
        for addresses in [
            vec![],
            vec![0x2000],
            near.clone(),
            near.iter().map(|a| a + a % 7 * 0x1000).collect(),
            // The last word of a map, the first after it, and one between which an empty map would be.
            vec![0, 8 + 62 * 8, 8 + 63 * 8, 8 + 200 * 8],
        ] {
            let mut addresses = addresses;
            addresses.sort();
            assert_eq!(decode(&encode(addresses.iter().copied())), addresses);
        }
        assert_eq!(encode(near).len(), 6);
    }
}
