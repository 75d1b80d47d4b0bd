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
    /// Of version 1.0 or 1.1.
    pub is_1_1: bool,
    pub fields: Fields<'a>,
    pub length: Length,
    pub host: Option<&'a [u8]>,
    pub keeps_alive: bool,
    /// `Expect: 100-continue`.
    pub expects: bool,
}

/// Lines of fields that were checked, each with its end.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// Names and values, in order.
    pub fn iter(self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let mut rest = self.0;
        core::iter::from_fn(move || {
            let (line, behind) = line(rest)?;
            rest = behind;
            field(line)
        })
    }

    /// Checks lines: each is a field, none is folded.
    ///
    /// # Errors
    /// The status to answer with.
    pub fn check(lines: &'a [u8]) -> Result<Fields<'a>, Refusal> {
        let (mut rest, mut count) = (lines, 0);
        while !rest.is_empty() {
            let (line, behind) = line(rest).ok_or(BAD_REQUEST)?;
            field(line).ok_or(BAD_REQUEST)?;
            rest = behind;
            count += 1;
            if count > MAX_FIELDS {
                return Err(TOO_LARGE);
            }
        }
        Ok(Fields(lines))
    }
}

/// The first line without its end, and what follows.
fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.windows(2).position(|pair| pair == b"\r\n")?;
    Some((bytes.get(..end)?, bytes.get(end + 2..)?))
}

/// Whether a byte may be in a name (RFC 9110, 5.6.2: `tchar`).
pub fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Whether these bytes are a name.
pub fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|&byte| is_token_byte(byte))
}

/// Whether these bytes may be a field's value (RFC 9110, 5.5), with any space around it.
pub fn is_value(bytes: &[u8]) -> bool {
    let fits = |&byte: &u8| byte == b'\t' || byte >= b' ' && byte != 0x7f;
    bytes.iter().all(fits)
}

/// Without space around it.
fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// Name and value of a line.
fn field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().position(|&byte| byte == b':')?;
    let (name, value) = (line.get(..colon)?, trim(line.get(colon + 1..)?));
    (is_token(name) && is_value(value)).then_some((name, value))
}

/// Bytes of the head at the start of these, its empty line included; `from`: where nobody has looked yet.
pub fn head_end(bytes: &[u8], from: usize) -> Option<usize> {
    let from = from.saturating_sub(3).min(bytes.len());
    let found = bytes.get(from..)?.windows(4);
    found
        .into_iter()
        .position(|four| four == b"\r\n\r\n")
        .map(|at| from + at + 4)
}

/// Whether what has come can be no head any more: a line ends without a carriage return, so it would never be complete.
pub fn is_hopeless(bytes: &[u8], from: usize) -> bool {
    let mut places =
        (from.min(bytes.len())..bytes.len()).filter(|&at| bytes.get(at) == Some(&b'\n'));
    places.any(|at| at == 0 || bytes.get(at - 1) != Some(&b'\r'))
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

/// Reads a head, which ends with an empty line.
///
/// # Errors
/// The status to answer with; the connection cannot go on.
pub fn request(head: &[u8]) -> Result<Head<'_>, Refusal> {
    let (first, rest) = line(head).ok_or(BAD_REQUEST)?;
    let lines = rest.strip_suffix(b"\r\n").ok_or(BAD_REQUEST)?;
    let mut parts = first.split(|&byte| byte == b' ');
    let (Some(method), Some(target), Some(version), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(BAD_REQUEST);
    };
    if !is_token(method)
        || target.is_empty()
        || !target.iter().all(|byte| (0x21..0x7f).contains(byte))
    {
        return Err(BAD_REQUEST);
    }
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
    let fields = Fields::check(lines)?;
    let mut found = Found::default();
    for (name, value) in fields.iter() {
        found.add(name, value)?;
    }
    let length = match (found.length, found.chunked) {
        (Some(_), true) => return Err(BAD_REQUEST),
        (None, true) if !is_1_1 => return Err(BAD_REQUEST),
        (None, true) => Length::Chunked,
        (length, false) => Length::Bytes(length.unwrap_or(0)),
    };
    if is_1_1 && found.host.is_none() {
        return Err(BAD_REQUEST);
    }
    Ok(Head {
        method,
        target,
        is_1_1,
        fields,
        length,
        host: found.host,
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
    for (name, value) in Fields::check(lines)?.iter() {
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
    }
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
            let fits = |&byte: &u8| byte > b' ' && !b"/?#@\\\"<>,".contains(&byte);
            if self.host.is_some() || !value.iter().all(fits) {
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

    #[test]
    fn a_request_is_read() {
        let head = request(b"POST /a?b HTTP/1.1\r\nHost: x:1\r\nContent-Length: 5\r\nA:  b c \t\r\nConnection: Foo, close\r\n\r\n").unwrap();
        assert_eq!(
            (head.method, head.target, head.is_1_1),
            (&b"POST"[..], &b"/a?b"[..], true)
        );
        assert_eq!(
            (head.length, head.host, head.keeps_alive),
            (Length::Bytes(5), Some(&b"x:1"[..]), false)
        );
        assert_eq!(head.fields.iter().nth(2), Some((&b"A"[..], &b"b c"[..])));
        let head = request(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").unwrap();
        assert!(head.keeps_alive && head.host.is_none());
        assert!(!request(b"GET / HTTP/1.0\r\n\r\n").unwrap().keeps_alive);
        let head = request(b"PUT / HTTP/1.1\r\nhost:\r\ntransfer-encoding: CHUNKED\r\nExpect: 100-Continue\r\n\r\n").unwrap();
        assert!(head.length == Length::Chunked && head.expects && head.keeps_alive);
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
