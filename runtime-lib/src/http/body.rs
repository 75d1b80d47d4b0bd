//! Where the body of a message ends (RFC 9112, 6 and 7): a number of bytes, or chunks and trailers.

use super::parse::{Fields, Length};

/// Bytes of the line before a chunk, and of the trailers.
const MAX_LINE: usize = 256;
const MAX_TRAILERS: usize = 8192;

/// How far the body of a message was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Body {
    /// Bytes that are left.
    Bytes(u64),
    /// The line before a chunk comes next.
    Size,
    /// Bytes that are left of a chunk, not 0.
    Chunk(u64),
    /// The end of the line behind a chunk.
    Behind,
    /// Trailers.
    Trailers,
    Done,
}

/// What the bytes at hand are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// So many bytes of contents.
    Data(usize),
    /// So many bytes that are none; go on behind them.
    Skip(usize),
    /// So many bytes of trailers, the empty line that ends them included. The body is at its end behind them.
    Trailers(usize),
    /// More bytes are needed.
    More,
    End,
    /// It is damaged.
    Bad,
}

impl Body {
    pub fn new(length: Length) -> Body {
        match length {
            Length::Bytes(0) => Body::Done,
            Length::Bytes(bytes) => Body::Bytes(bytes),
            Length::Chunked => Body::Size,
        }
    }

    /// Looks at what comes next. Only [`Body::passed`] goes on.
    pub fn step(&self, bytes: &[u8]) -> Step {
        match *self {
            Body::Done => Step::End,
            _ if bytes.is_empty() => Step::More,
            Body::Bytes(left) | Body::Chunk(left) => {
                Step::Data(usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len()))
            }
            Body::Size => match line_end(bytes, MAX_LINE) {
                Ok(Some(end)) => match chunk_size(bytes.get(..end).unwrap_or(&[])) {
                    Some(_) => Step::Skip(end + 2),
                    None => Step::Bad,
                },
                Ok(None) => Step::More,
                Err(()) => Step::Bad,
            },
            Body::Behind => match bytes {
                [b'\r', b'\n', ..] => Step::Skip(2),
                [b'\r'] => Step::More,
                _ => Step::Bad,
            },
            Body::Trailers => {
                let mut end = 0;
                loop {
                    match line_end(bytes.get(end..).unwrap_or(&[]), MAX_TRAILERS) {
                        Ok(Some(0)) => break,
                        Ok(Some(len)) => end += len + 2,
                        Ok(None) if bytes.len() < MAX_TRAILERS => return Step::More,
                        _ => return Step::Bad,
                    }
                }
                match Fields::check(bytes.get(..end).unwrap_or(&[])) {
                    Ok(_) => Step::Trailers(end + 2),
                    Err(_) => Step::Bad,
                }
            }
        }
    }

    /// Goes on behind the first `len` bytes, which were part of what [`Body::step`] has seen.
    pub fn passed(&mut self, bytes: &[u8], len: usize) {
        *self = match *self {
            Body::Bytes(left) => match left.saturating_sub(len as u64) {
                0 => Body::Done,
                left => Body::Bytes(left),
            },
            Body::Chunk(left) => match left.saturating_sub(len as u64) {
                0 => Body::Behind,
                left => Body::Chunk(left),
            },
            Body::Size => {
                let line = bytes.get(..len.saturating_sub(2)).unwrap_or(&[]);
                match chunk_size(line) {
                    Some(0) | None => Body::Trailers,
                    Some(size) => Body::Chunk(size),
                }
            }
            Body::Behind => Body::Size,
            Body::Trailers | Body::Done => Body::Done,
        };
    }
}

/// Where the first line ends, if it is here; an error if it is too long or ends without a carriage return.
fn line_end(bytes: &[u8], max: usize) -> Result<Option<usize>, ()> {
    match bytes.iter().take(max).position(|&byte| byte == b'\n') {
        Some(at) => match at
            .checked_sub(1)
            .filter(|&before| bytes.get(before) == Some(&b'\r'))
        {
            Some(end) => Ok(Some(end)),
            None => Err(()),
        },
        None if bytes.len() >= max => Err(()),
        None => Ok(None),
    }
}

/// The size that a line before a chunk says; its extensions are ignored.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let digits = line
        .iter()
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    let behind = line.get(digits..)?;
    let extension = behind
        .iter()
        .position(|&byte| byte != b' ' && byte != b'\t');
    let is_fine = extension.is_none_or(|at| behind.get(at) == Some(&b';'));
    let has_controls = behind
        .iter()
        .any(|&byte| byte < b' ' && byte != b'\t' || byte == 0x7f);
    if digits == 0 || digits > 15 || !is_fine || has_controls {
        return None;
    }
    let digit = |byte: &u8| (*byte as char).to_digit(16).unwrap_or(0);
    Some(
        line.iter()
            .take(digits)
            .fold(0, |size, byte| size << 4 | u64::from(digit(byte))),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contents of a body that comes in parts of this size, and how it ended.
    fn read(text: &[u8], part: usize) -> (Vec<u8>, Step) {
        let (mut body, mut contents) = (Body::new(Length::Chunked), Vec::new());
        let (mut start, mut end) = (0, 0);
        loop {
            let bytes = &text[start..end];
            let step = body.step(bytes);
            let len = match step {
                Step::Data(len) => {
                    contents.extend_from_slice(&bytes[..len]);
                    len
                }
                Step::Skip(len) => len,
                Step::More if end < text.len() => {
                    end = (end + part).min(text.len());
                    continue;
                }
                step => return (contents, step),
            };
            body.passed(bytes, len);
            start += len;
        }
    }

    #[test]
    fn chunks_are_read_however_they_come() {
        for part in 1..40 {
            let text = b"5\r\nhello\r\n00A ; x=\"y\"\r\n0123456789\r\n0\r\n\r\n";
            assert_eq!(
                read(text, part),
                (b"hello0123456789".to_vec(), Step::Trailers(2))
            );
            let text = b"1\r\nx\r\n0\r\na: b\r\nc: d\r\n\r\n";
            assert_eq!(read(text, part), (b"x".to_vec(), Step::Trailers(14)));
        }
    }

    #[test]
    fn damaged_chunks_are_refused() {
        for text in [
            &b"g\r\n"[..],
            b"\r\n",
            b"-1\r\n",
            b"0x1\r\na",
            b"1\na",
            b"1\r\nab",
            b"1\r\na\nb",
            b"1\r\na\r\n\r\n",
            b" 1\r\na\r\n",
            b"1 x\r\na\r\n",
            b"1;\x01\r\na\r\n",
            b"1000000000000000\r\na",
            b"0\r\nfolded\r\n x\r\n\r\n",
            b"0\r\n a: b\r\n\r\n",
            b"0\r\na: b\n\r\n",
        ] {
            assert_eq!(
                read(text, 100).1,
                Step::Bad,
                "{:?}",
                String::from_utf8_lossy(text)
            );
            assert_eq!(read(text, 1).1, Step::Bad);
        }
        assert_eq!(read(&[b'0'; MAX_LINE], 100).1, Step::Bad);
        let endless = [b"0\r\n".to_vec(), b"a: b\r\n".repeat(2000)].concat();
        assert_eq!(read(&endless, 100).1, Step::Bad);
        assert_eq!(read(b"5\r\nhel", 100), (b"hel".to_vec(), Step::More));
    }
}
