//! Messages of DNS (RFC 1035): questions for addresses, and what of an answer matters.
//!
//! Everything in an answer is somebody else's: each read is within the message, a pointer only leads backwards, a name has at most 255 bytes, and a chain of other
//! names is followed a few steps.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Bytes of a name, its last length byte included.
const MAX_NAME: usize = 255;
/// Bytes of a label.
const MAX_LABEL: usize = 63;
/// Other names that one name leads to.
const MAX_ALIASES: usize = 8;

/// Bytes of a question's message at most: the head, a name, type and class.
pub const MAX_QUESTION: usize = HEAD + MAX_NAME + 4;

const HEAD: usize = 12;
const CLASS_INTERNET: u16 = 1;
const TYPE_CNAME: u16 = 5;

/// Bits of the head's second word: response, kind of query, truncated, recursion desired; the lowest four are the code.
const RESPONSE: u16 = 1 << 15;
const OPCODE: u16 = 15 << 11;
const TRUNCATED: u16 = 1 << 9;
const RECURSION_DESIRED: u16 = 1 << 8;

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    A,
    Aaaa,
}

impl Kind {
    fn number(self) -> u16 {
        match self {
            Kind::A => 1,
            Kind::Aaaa => 28,
        }
    }
}

/// A name as messages have it: labels, each behind its length, in lower case, and the empty one.
#[derive(Clone, Copy)]
pub struct Name {
    bytes: [u8; MAX_NAME],
    len: u8,
}

impl Name {
    pub const ROOT: Name = Name {
        bytes: [0; MAX_NAME],
        len: 1,
    };

    /// The name that this text is, with `suffix` behind it unless that is empty. `None` if it is none: a label is empty or too long, or all of it is.
    pub fn new(text: &[u8], suffix: &[u8]) -> Option<Name> {
        let mut name = Name {
            bytes: [0; MAX_NAME],
            len: 0,
        };
        for part in [text, suffix] {
            if !part.is_empty() {
                for label in part.split(|&b| b == b'.') {
                    name.push(label)?;
                }
            }
        }
        name.close()
    }

    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or(&[])
    }

    fn push(&mut self, label: &[u8]) -> Option<()> {
        if label.is_empty() || label.len() > MAX_LABEL {
            return None;
        }
        let start = usize::from(self.len);
        let place = self.bytes.get_mut(start..start + 1 + label.len())?;
        let (len, text) = place.split_first_mut()?;
        *len = label.len() as u8;
        for (to, &byte) in text.iter_mut().zip(label) {
            // It would look like two labels.
            if byte == b'.' {
                return None;
            }
            *to = byte.to_ascii_lowercase();
        }
        self.len = (start + 1 + label.len()) as u8;
        Some(())
    }

    fn close(mut self) -> Option<Name> {
        *self.bytes.get_mut(usize::from(self.len))? = 0;
        self.len += 1;
        Some(self)
    }

    /// The name at a place of a message, and the place behind it.
    fn read(message: &[u8], mut at: usize) -> Option<(Name, usize)> {
        let mut name = Name {
            bytes: [0; MAX_NAME],
            len: 0,
        };
        let mut behind = None;
        // Pointers lead to before this.
        let mut limit = at;
        loop {
            let len = usize::from(*message.get(at)?);
            match len {
                0 => return Some((name.close()?, behind.unwrap_or(at + 1))),
                1..=MAX_LABEL => {
                    name.push(message.get(at + 1..at + 1 + len)?)?;
                    at += 1 + len;
                }
                0xc0.. => {
                    let to = (len & 0x3f) << 8 | usize::from(*message.get(at + 1)?);
                    if to >= limit {
                        return None;
                    }
                    behind.get_or_insert(at + 2);
                    (at, limit) = (to, to);
                }
                _ => return None,
            }
        }
    }
}

/// Writes the question for a name's addresses: its length.
pub fn write_question(buffer: &mut [u8; MAX_QUESTION], id: u16, name: &Name, kind: Kind) -> usize {
    let mut len = 0;
    let mut put = |bytes: &[u8]| {
        if let Some(place) = buffer.get_mut(len..len + bytes.len()) {
            place.copy_from_slice(bytes);
            len += bytes.len();
        }
    };
    for word in [id, RECURSION_DESIRED, 1, 0, 0, 0] {
        put(&word.to_be_bytes());
    }
    put(name.as_bytes());
    put(&kind.number().to_be_bytes());
    put(&CLASS_INTERNET.to_be_bytes());
    len
}

/// What an answer says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// It is no answer to this question.
    NotThis,
    /// There is more than a datagram holds.
    Truncated,
    /// The server could not or would not answer: its code (2: it failed, 5: it refuses).
    Failed(u8),
    /// These are the addresses; there may be none.
    Addresses,
}

fn word(message: &[u8], at: usize) -> Option<u16> {
    let bytes = message.get(at..at + 2)?;
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}

/// Reads an answer; addresses go to `found`.
pub fn read_answer(
    message: &[u8],
    id: u16,
    name: &Name,
    kind: Kind,
    found: &mut dyn FnMut(IpAddr),
) -> Answer {
    let Some((flags, records)) = read_head(message, id, name, kind) else {
        return Answer::NotThis;
    };
    if flags & TRUNCATED != 0 {
        return Answer::Truncated;
    }
    match flags & 15 {
        // No error; there is no such name, but perhaps another name for it.
        0 | 3 => {}
        code => return Answer::Failed(code as u8),
    }
    let mut name = *name;
    for _ in 0..=MAX_ALIASES {
        let mut alias = None;
        // What is damaged ends it; the records before that are good.
        let _ = each_record(message, records, |owner, record, data| {
            if owner.as_bytes() != name.as_bytes() {
                return;
            }
            if record == kind.number() {
                if let Some(address) = read_address(kind, message.get(data.0..data.1)) {
                    found(address);
                }
            } else if record == TYPE_CNAME {
                alias = Name::read(message, data.0).map(|(alias, _)| alias);
            }
        });
        match alias {
            Some(alias) => name = alias,
            None => break,
        }
    }
    Answer::Addresses
}

/// The flags, and the place of the first record, if this is an answer to the question.
fn read_head(message: &[u8], id: u16, name: &Name, kind: Kind) -> Option<(u16, usize)> {
    let flags = word(message, 2)?;
    let is_answer = word(message, 0)? == id && flags & (RESPONSE | OPCODE) == RESPONSE;
    if !is_answer || word(message, 4)? != 1 {
        return None;
    }
    let (asked, at) = Name::read(message, HEAD)?;
    let is_same = asked.as_bytes() == name.as_bytes()
        && word(message, at)? == kind.number()
        && word(message, at + 2)? == CLASS_INTERNET;
    is_same.then_some((flags, at + 4))
}

/// Calls `f` with the owner, the type and the place of the data of each record of the internet among the answers.
fn each_record(
    message: &[u8],
    mut at: usize,
    mut f: impl FnMut(&Name, u16, (usize, usize)),
) -> Option<()> {
    for _ in 0..word(message, 6)? {
        let (owner, head) = Name::read(message, at)?;
        let (kind, class) = (word(message, head)?, word(message, head + 2)?);
        let data = head + 10;
        let end = data + usize::from(word(message, head + 8)?);
        message.get(data..end)?;
        if class == CLASS_INTERNET {
            f(&owner, kind, (data, end));
        }
        at = end;
    }
    Some(())
}

fn read_address(kind: Kind, data: Option<&[u8]>) -> Option<IpAddr> {
    match kind {
        Kind::A => {
            let octets: [u8; 4] = data?.try_into().ok()?;
            Some(Ipv4Addr::from(octets).into())
        }
        Kind::Aaaa => {
            let octets: [u8; 16] = data?.try_into().ok()?;
            Some(Ipv6Addr::from(octets).into())
        }
    }
}

#[cfg(test)]
mod tests;
