//! The little of DER (X.690) that keys and signatures are written in and rustls leaves to us.

/// A `SEQUENCE` of two positive `INTEGER`s: an ECDSA signature, or an RSA key. Their bytes, without leading zeroes, the most significant first.
pub fn two_integers(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (body, rest) = element(0x30, bytes)?;
    let (first, body) = positive(body)?;
    let (second, body) = positive(body)?;
    (rest.is_empty() && body.is_empty()).then_some((first, second))
}

/// The contents of an element with this tag, and what is behind it. Lengths have only one form.
fn element(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&found, bytes) = bytes.split_first()?;
    let (&first, bytes) = bytes.split_first()?;
    let (len, bytes) = match first {
        0..=0x7f => (usize::from(first), bytes),
        0x81 => match bytes.split_first()? {
            (&len @ 0x80.., bytes) => (usize::from(len), bytes),
            _ => return None,
        },
        0x82 => match bytes.split_first_chunk()? {
            (&len @ [1..=0xff, _], bytes) => (usize::from(u16::from_be_bytes(len)), bytes),
            _ => return None,
        },
        _ => return None,
    };
    (found == tag)
        .then(|| bytes.split_at_checked(len))
        .flatten()
}

/// A positive `INTEGER` in its shortest form, and what is behind it.
fn positive(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (number, rest) = element(2, bytes)?;
    let number = match number {
        [0, number @ ..] if number.first() >= Some(&0x80) => number,
        [1..0x80, ..] => number,
        _ => return None,
    };
    Some((number, rest))
}

#[cfg(test)]
mod tests {
    use super::two_integers;

    #[test]
    fn integers_have_only_one_form() {
        let good: &[u8] = &[0x30, 7, 2, 1, 5, 2, 2, 0, 0x80];
        assert_eq!(two_integers(good), Some((&[5][..], &[0x80][..])));
        let bad: [&[u8]; 11] = [
            &[],
            &[0x30],
            // Too short, too long, a long form where the short one does, an endless one.
            &[0x30, 6, 2, 1, 5, 2, 2, 0, 0x80],
            &[0x30, 8, 2, 1, 5, 2, 2, 0, 0x80],
            &[0x30, 0x81, 7, 2, 1, 5, 2, 2, 0, 0x80],
            &[0x30, 0x80, 2, 1, 5, 2, 2, 0, 0x80, 0, 0],
            // Zero, negative, with a zero too many, none.
            &[0x30, 7, 2, 1, 0, 2, 2, 0, 0x80],
            &[0x30, 6, 2, 1, 5, 2, 1, 0x80],
            &[0x30, 7, 2, 1, 5, 2, 2, 0, 0x7f],
            &[0x30, 5, 2, 1, 5, 2, 0],
            // Something behind it.
            &[0x30, 7, 2, 1, 5, 2, 2, 0, 0x80, 0],
        ];
        for bytes in bad {
            assert_eq!(two_integers(bytes), None, "{bytes:x?}");
        }
    }

    #[test]
    fn long_elements_are_read() {
        let mut bytes = vec![0x30, 0x82, 1, 11, 2, 0x82, 1, 4];
        bytes.extend([7; 260]);
        bytes.extend([2, 1, 3]);
        let (first, second) = two_integers(&bytes).unwrap();
        assert_eq!((first.len(), second), (260, &[3][..]));
        let mut bytes = vec![0x30, 0x81, 0x85, 2, 0x81, 0x80 - 1];
        bytes.extend([7; 0x7f]);
        bytes.extend([2, 1, 3]);
        assert_eq!(two_integers(&bytes), None);
    }
}
