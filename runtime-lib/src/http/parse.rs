//! The head of a request (RFC 9112, 2 to 6), and lines of fields.
//!
//! Refused, because it serves to smuggle requests: bare carriage returns and line feeds, folded lines, space before a colon, both a length and a transfer
//! coding, lengths that differ, codings other than `chunked`.

/// Fields that a message may have.
pub const MAX_FIELDS: usize = 128;

/// An answer without the guest, as its status.
pub type Refusal = u16;

pub const BAD_REQUEST: Refusal = 400;
pub const EXPECTATION_FAILED: Refusal = 417;
pub const TOO_LARGE: Refusal = 431;
pub const NOT_IMPLEMENTED: Refusal = 501;
pub const BAD_VERSION: Refusal = 505;

/// How a message's body ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Length {
    Bytes(u64),
    Chunked,
}

/// The head of a request.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    pub method: &'a [u8],
    pub target: &'a [u8],
    pub fields: Fields<'a>,
    pub host: Option<&'a [u8]>,
    pub shape: Shape,
}

/// What is known of a request's head that was read, without its bytes: those may move before it is answered. All zero: nothing.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Bytes of the head, the method, the target, and where the host's value lies, 0 without any.
    len: u16,
    method: u16,
    target: u16,
    host: (u16, u16),
    pub length: Length,
    /// Of version 1.1, not 1.0.
    pub is_1_1: bool,
    pub keeps_alive: bool,
    /// `Expect: 100-continue`.
    pub expects: bool,
}

impl Shape {
    pub const NONE: Shape = Shape {
        len: 0,
        method: 0,
        target: 0,
        host: (0, 0),
        length: Length::Bytes(0),
        is_1_1: false,
        keeps_alive: false,
        expects: false,
    };

    /// Bytes of the head.
    pub fn len(&self) -> usize {
        self.len.into()
    }

    /// The head in the bytes that begin with those that it was read from; none if there is none.
    pub fn head(self, bytes: &[u8]) -> Option<Head<'_>> {
        const VERSION: usize = " HTTP/1.1\r\n".len();
        let [len, method, target] = [self.len, self.method, self.target].map(usize::from);
        let target = method + 1..method + 1 + target;
        let fields = target.end + VERSION..len.checked_sub(2)?;
        let (at, len) = (usize::from(self.host.0), usize::from(self.host.1));
        Some(Head {
            method: bytes.get(..method)?,
            target: bytes.get(target)?,
            fields: Fields(bytes.get(fields)?),
            host: (at != 0).then(|| bytes.get(at..at + len)).flatten(),
            shape: self,
        })
    }
}

/// Lines of fields that were checked, each with its end.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub fn lines(self) -> &'a [u8] {
        self.0
    }

    /// Names and values, in order.
    pub fn iter(self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let mut rest = self.0;
        core::iter::from_fn(move || {
            let (name, value, behind) = field(rest)?;
            rest = behind;
            Some((name, value))
        })
    }

    /// Checks lines: each is a field, none is folded.
    ///
    /// # Errors
    /// The status to answer with.
    pub fn check(lines: &'a [u8]) -> Result<Fields<'a>, Refusal> {
        Self::check_each(lines, |_, _| Ok(()))
    }

    /// Likewise, and looks at each name and value.
    fn check_each(
        lines: &'a [u8],
        mut look: impl FnMut(&'a [u8], &'a [u8]) -> Result<(), Refusal>,
    ) -> Result<Fields<'a>, Refusal> {
        let (mut rest, mut count) = (lines, 0);
        while !rest.is_empty() {
            let (name, value, behind) = field(rest).ok_or(BAD_REQUEST)?;
            look(name, value)?;
            rest = behind;
            count += 1;
            if count > MAX_FIELDS {
                return Err(TOO_LARGE);
            }
        }
        Ok(Fields(lines))
    }
}

/// Where a byte may be: in a name (RFC 9110, 5.6.2: `tchar`), in a target, in the value of `host`.
const TOKEN: u8 = 1;
const TARGET: u8 = 2;
const HOST: u8 = 4;

static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let is_visible = byte > 0x20 && byte < 0x7f;
        let is_token = is_visible && !is_one_of(byte as u8, b"\"(),/:;<=>?@[\\]{}");
        let is_host = byte > 0x20 && !is_one_of(byte as u8, b"/?#@\\\"<>,");
        let (token, target) = (is_token as u8 * TOKEN, is_visible as u8 * TARGET);
        classes[byte] = token | target | (is_host as u8 * HOST);
        byte += 1;
    }
    classes
};

const fn is_one_of(byte: u8, of: &[u8]) -> bool {
    let mut at = 0;
    while at < of.len() && of[at] != byte {
        at += 1;
    }
    at < of.len()
}

/// How many bytes at the start are of a class.
fn span(bytes: &[u8], class: u8) -> usize {
    let is_other = |&byte: &u8| CLASSES[usize::from(byte)] & class == 0;
    bytes.iter().position(is_other).unwrap_or(bytes.len())
}

/// Whether these bytes are a name.
pub fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && span(bytes, TOKEN) == bytes.len()
}

/// Whether these bytes can be a field's value (RFC 9110, 5.5), with any space around it.
pub fn is_value(bytes: &[u8]) -> bool {
    value_end(bytes) == bytes.len()
}

/// Eight bytes with the same contents.
const fn eight(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Where eight bytes are zero: the highest bit of each such byte, and perhaps of some behind the first one.
fn zeroes(eight_bytes: u64) -> u64 {
    eight_bytes.wrapping_sub(eight(1)) & !eight_bytes & eight(0x80)
}

/// Where the first byte is that `marks` marks in groups of eight by their highest bits (what it says behind the first one need not be true).
fn find(bytes: &[u8], from: usize, marks: impl Fn(u64) -> u64) -> Option<usize> {
    let mut at = from;
    while let Some(group) = bytes
        .get(at..at + 8)
        .and_then(|group| group.try_into().ok())
    {
        let marked = marks(u64::from_le_bytes(group));
        if marked != 0 {
            return Some(at + marked.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    // Behind the end there is nothing that anybody marks.
    let rest = bytes.get(at..)?;
    let mut group = [b' '; 8];
    group.get_mut(..rest.len())?.copy_from_slice(rest);
    let marked = marks(u64::from_le_bytes(group));
    (marked != 0).then(|| at + marked.trailing_zeros() as usize / 8)
}

/// Where a value ends at the latest: at the first byte that may be in none.
fn value_end(bytes: &[u8]) -> usize {
    let control = |group: u64| {
        let below = group.wrapping_sub(eight(b' ')) & !group & eight(0x80);
        below | zeroes(group ^ eight(0x7f))
    };
    let mut from = 0;
    while let Some(at) = find(bytes, from, control) {
        if bytes.get(at) != Some(&b'\t') {
            return at;
        }
        from = at + 1;
    }
    bytes.len()
}

/// Without space around it.
fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// Name and value of the first line, and what follows.
fn field(lines: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (name, rest) = lines.split_at_checked(span(lines, TOKEN))?;
    let rest = rest.strip_prefix(b":")?;
    let (value, rest) = rest.split_at_checked(value_end(rest))?;
    let behind = rest.strip_prefix(b"\r\n")?;
    (!name.is_empty()).then_some((name, trim(value), behind))
}

/// Where the next line ends, its line feed included.
fn line_end(bytes: &[u8], from: usize) -> Option<usize> {
    find(bytes, from, |group| zeroes(group ^ eight(b'\n'))).map(|at| at + 1)
}

/// Bytes of the head at the start of these, its empty line included; `from`: where nobody has looked yet.
pub fn head_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut from = from;
    while let Some(end) = line_end(bytes, from) {
        if bytes.get(..end)?.ends_with(b"\r\n\r\n") {
            return Some(end);
        }
        from = end;
    }
    None
}

/// Whether what has come can be no head any more: a line ends without a carriage return, so it would never be complete.
pub fn is_hopeless(bytes: &[u8], from: usize) -> bool {
    let mut from = from;
    while let Some(end) = line_end(bytes, from) {
        if !bytes.get(..end).is_some_and(|line| line.ends_with(b"\r\n")) {
            return true;
        }
        from = end;
    }
    false
}

/// Whether a list of tokens has this one.
fn has_token(list: &[u8], token: &[u8]) -> bool {
    list.split(|&byte| byte == b',')
        .any(|item| trim(item).eq_ignore_ascii_case(token))
}

/// A number of bytes.
fn number(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 19 {
        return None;
    }
    text.iter().try_fold(0u64, |value, &byte| {
        byte.is_ascii_digit()
            .then(|| value * 10 + u64::from(byte - b'0'))
    })
}

/// The first line without its end, and what follows.
fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (line, rest) = bytes.split_at_checked(line_end(bytes, 0)?)?;
    Some((line.strip_suffix(b"\r\n")?, rest))
}

/// Reads a head, which ends with an empty line.
///
/// # Errors
/// The status to answer with; the connection cannot go on.
pub fn request(head: &[u8]) -> Result<Shape, Refusal> {
    let method = span(head, TOKEN);
    let rest = head.get(method..).and_then(|rest| rest.strip_prefix(b" "));
    let rest = rest.filter(|_| method != 0).ok_or(BAD_REQUEST)?;
    let target = span(rest, TARGET);
    let rest = rest.get(target..).and_then(|rest| rest.strip_prefix(b" "));
    let rest = rest.filter(|_| target != 0).ok_or(BAD_REQUEST)?;
    let (version, rest) = line(rest).ok_or(BAD_REQUEST)?;
    let lines = rest.strip_suffix(b"\r\n").ok_or(BAD_REQUEST)?;
    let is_1_1 = match version {
        b"HTTP/1.1" => true,
        b"HTTP/1.0" => false,
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
            if major.is_ascii_digit() && minor.is_ascii_digit() =>
        {
            return Err(BAD_VERSION);
        }
        _ => return Err(BAD_REQUEST),
    };
    let mut found = Found::default();
    Fields::check_each(lines, |name, value| found.add(name, value))?;
    let length = match (found.length, found.chunked) {
        (Some(_), true) => return Err(BAD_REQUEST),
        (None, true) if !is_1_1 => return Err(BAD_REQUEST),
        (None, true) => Length::Chunked,
        (length, false) => Length::Bytes(length.unwrap_or(0)),
    };
    if is_1_1 && found.host.is_none() {
        return Err(BAD_REQUEST);
    }
    let host = found.host.map_or((0, 0), |host| {
        let at = host.as_ptr() as usize - head.as_ptr() as usize;
        (at, host.len())
    });
    let short = |len: usize| u16::try_from(len).map_err(|_| TOO_LARGE);
    Ok(Shape {
        len: short(head.len())?,
        method: short(method)?,
        target: short(target)?,
        host: (short(host.0)?, short(host.1)?),
        length,
        is_1_1,
        keeps_alive: !found.closes && (is_1_1 || found.keeps),
        expects: is_1_1 && found.expects && length != Length::Bytes(0),
    })
}

/// The head of a response.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    pub status: u16,
    /// Lines of fields that were checked.
    pub lines: &'a [u8],
    /// How the body ends, if not with the connection.
    pub length: Option<Length>,
}

/// Reads the head of a response, which ends with an empty line.
///
/// # Errors
/// [`NOT_IMPLEMENTED`] for a transfer coding that is unknown, else [`BAD_REQUEST`] or [`TOO_LARGE`].
pub fn response(head: &[u8]) -> Result<Response<'_>, Refusal> {
    let (first, rest) = line(head).ok_or(BAD_REQUEST)?;
    let lines = rest.strip_suffix(b"\r\n").ok_or(BAD_REQUEST)?;
    let (version, rest) = first.split_at_checked(9).ok_or(BAD_REQUEST)?;
    if version != b"HTTP/1.1 " && version != b"HTTP/1.0 " {
        return Err(BAD_REQUEST);
    }
    let status = match rest {
        [a, b, c] | [a, b, c, b' ', ..] => number(&[*a, *b, *c]).ok_or(BAD_REQUEST)? as u16,
        _ => return Err(BAD_REQUEST),
    };
    if status < 100 || !is_value(rest) {
        return Err(BAD_REQUEST);
    }
    let (mut length, mut chunked) = (None, false);
    Fields::check_each(lines, |name, value| {
        if name.eq_ignore_ascii_case(b"content-length") {
            let bytes = number(value).ok_or(BAD_REQUEST)?;
            if length.is_some_and(|other| other != bytes) {
                return Err(BAD_REQUEST);
            }
            length = Some(bytes);
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if chunked || !value.eq_ignore_ascii_case(b"chunked") {
                return Err(NOT_IMPLEMENTED);
            }
            chunked = true;
        }
        Ok(())
    })?;
    let length = match (length, chunked) {
        (Some(_), true) => return Err(BAD_REQUEST),
        (None, true) => Some(Length::Chunked),
        (length, false) => length.map(Length::Bytes),
    };
    Ok(Response {
        status,
        lines,
        length,
    })
}

/// What fields say about the message itself.
#[derive(Default)]
struct Found<'a> {
    length: Option<u64>,
    chunked: bool,
    host: Option<&'a [u8]>,
    closes: bool,
    keeps: bool,
    expects: bool,
}

impl<'a> Found<'a> {
    fn add(&mut self, name: &[u8], value: &'a [u8]) -> Result<(), Refusal> {
        if name.eq_ignore_ascii_case(b"content-length") {
            let length = number(value).ok_or(BAD_REQUEST)?;
            if self.length.is_some_and(|other| other != length) {
                return Err(BAD_REQUEST);
            }
            self.length = Some(length);
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if self.chunked {
                return Err(BAD_REQUEST);
            }
            if !value.eq_ignore_ascii_case(b"chunked") {
                return Err(NOT_IMPLEMENTED);
            }
            self.chunked = true;
        } else if name.eq_ignore_ascii_case(b"host") {
            if self.host.is_some() || span(value, HOST) != value.len() {
                return Err(BAD_REQUEST);
            }
            self.host = Some(value);
        } else if name.eq_ignore_ascii_case(b"connection") {
            self.closes |= has_token(value, b"close");
            self.keeps |= has_token(value, b"keep-alive");
        } else if name.eq_ignore_ascii_case(b"expect") {
            if !value.eq_ignore_ascii_case(b"100-continue") {
                return Err(EXPECTATION_FAILED);
            }
            self.expects = true;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(head: &str) -> Refusal {
        request(head.as_bytes()).map_or_else(|status| status, |_| 200)
    }

    /// What was read, with the bytes that follow the head in a connection's buffer.
    fn read(bytes: &[u8]) -> Head<'_> {
        let end = head_end(bytes, 0).unwrap();
        let shape = request(&bytes[..end]).unwrap();
        assert_eq!(shape.len(), end);
        shape.head(bytes).unwrap()
    }

    #[test]
    fn a_request_is_read() {
        let head = read(b"POST /a?b HTTP/1.1\r\nHost: x:1\r\nContent-Length: 5\r\nA:  b c \t\r\nConnection: Foo, close\r\n\r\nbody\r\n\r\n");
        assert_eq!(
            (head.method, head.target, head.shape.is_1_1),
            (&b"POST"[..], &b"/a?b"[..], true)
        );
        assert_eq!(
            (head.shape.length, head.host, head.shape.keeps_alive),
            (Length::Bytes(5), Some(&b"x:1"[..]), false)
        );
        assert_eq!(head.fields.iter().nth(2), Some((&b"A"[..], &b"b c"[..])));
        assert_eq!(head.fields.iter().count(), 4);
        let head = read(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        assert!(head.shape.keeps_alive && head.host.is_none());
        let head = read(b"GET / HTTP/1.0\r\n\r\n");
        assert!(!head.shape.keeps_alive && head.fields.iter().next().is_none());
        let head = read(b"PUT / HTTP/1.1\r\nhost:\r\ntransfer-encoding: CHUNKED\r\nExpect: 100-Continue\r\n\r\n");
        assert_eq!(head.host, Some(&b""[..]));
        let shape = head.shape;
        assert!(shape.length == Length::Chunked && shape.expects && shape.keeps_alive);
        assert!(Shape::NONE.head(b"GET / HTTP/1.0\r\n\r\n").is_none());
    }

    #[test]
    fn bytes_are_found_in_groups_as_one_by_one() {
        let fits = |&byte: &u8| byte == b'\t' || byte >= b' ' && byte != 0x7f;
        for byte in 0..=255u8 {
            for other in [b' ', b'\t', 0x1f, 0x21, 0x7f, 0x80, 0xff, b'\n'] {
                for at in 0..20 {
                    let mut bytes = [b'a'; 20];
                    (bytes[at], bytes[(at + 1) % 20]) = (byte, other);
                    let end = bytes.iter().position(|byte| !fits(byte)).unwrap_or(20);
                    assert_eq!(value_end(&bytes), end, "{bytes:?}");
                    let line = bytes.iter().position(|&byte| byte == b'\n');
                    assert_eq!(line_end(&bytes, 0), line.map(|at| at + 1), "{bytes:?}");
                }
            }
            let is_token = byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            let is_target = (0x21..0x7f).contains(&byte);
            let is_host = byte > b' ' && !b"/?#@\\\"<>,".contains(&byte);
            for (class, is_in) in [(TOKEN, is_token), (TARGET, is_target), (HOST, is_host)] {
                assert_eq!(span(&[byte], class) == 1, is_in, "{byte}");
            }
        }
    }

    #[test]
    fn what_could_be_understood_differently_is_refused() {
        let with = |fields: &str| status(&format!("POST / HTTP/1.1\r\nHost: x\r\n{fields}\r\n"));
        assert_eq!(with(""), 200);
        for (fields, wanted) in [
            ("Content-Length: 5\r\nContent-Length: 5\r\n", 200),
            ("Content-Length: 5\r\nContent-Length: 6\r\n", 400),
            ("Content-Length: 5, 5\r\n", 400),
            ("Content-Length: +5\r\n", 400),
            ("Content-Length: 0x5\r\n", 400),
            ("Content-Length: -1\r\n", 400),
            ("Content-Length:\r\n", 400),
            ("Content-Length: 99999999999999999999\r\n", 400),
            ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400),
            (
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                400,
            ),
            ("Transfer-Encoding: gzip, chunked\r\n", 501),
            ("Transfer-Encoding: identity\r\n", 501),
            ("Transfer-Encoding: \x0bchunked\r\n", 400),
            ("Transfer-Encoding : chunked\r\n", 400),
            (" folded: a\r\n", 400),
            ("a: b\r\n folded\r\n", 400),
            ("a: b\r\n\tfolded\r\n", 400),
            ("a: b\rc: d\r\n", 400),
            ("a: b\nc: d\r\n", 400),
            ("a: b\0c\r\n", 400),
            ("a b: c\r\n", 400),
            (": c\r\n", 400),
            ("no colon\r\n", 400),
            ("h\u{e4}: c\r\n", 400),
            ("a: h\u{e4}\r\n", 200),
            ("Host: y\r\n", 400),
            ("Expect: other\r\n", 417),
        ] {
            assert_eq!(with(fields), wanted, "{fields:?}");
        }
        for (head, wanted) in [
            ("GET / HTTP/1.1\r\n\r\n", 400),
            ("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
            ("GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            ("GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 400),
            ("GET /\tHTTP/1.1\r\nHost: x\r\n\r\n", 400),
            ("GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
            ("GET / http/1.1\r\nHost: x\r\n\r\n", 400),
            ("GET /\r\n\r\n", 400),
            ("G(T / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            (" GET / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            ("\r\n\r\n", 400),
        ] {
            assert_eq!(status(head), wanted, "{head:?}");
        }
        let many = "a: b\r\n".repeat(MAX_FIELDS);
        assert_eq!(with(&many), 431);
    }

    #[test]
    fn ends_are_found_however_the_bytes_come() {
        let head = b"GET / HTTP/1.1\r\nHost: x\r\n\r\nrest";
        for len in 0..=head.len() {
            for from in 0..=len {
                let end = head_end(&head[..len], from);
                let wanted = (len >= 27 && from <= 27).then_some(27);
                assert!(end == wanted || from > 26, "{len} {from} {end:?}");
            }
        }
        assert!(is_hopeless(b"GET / HTTP/1.1\n", 0));
        assert!(!is_hopeless(b"GET / HTTP/1.1\r\n", 0));
    }
}
