//! A server for names: answers by UDP and TCP as its names say, badly too.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::thread;

const A: u16 = 1;
const CNAME: u16 = 5;
const AAAA: u16 = 28;

/// Starts the server on a port of 127.0.0.1; it ends with the process.
pub fn start() -> Result<u16, String> {
    for _ in 0..100 {
        let tcp = TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
        let port = tcp.local_addr().map_err(|e| e.to_string())?.port();
        let Ok(udp) = UdpSocket::bind(("127.0.0.1", port)) else {
            continue;
        };
        thread::spawn(move || serve_udp(&udp));
        thread::spawn(move || {
            for stream in tcp.incoming().flatten() {
                thread::spawn(move || serve_tcp(stream));
            }
        });
        return Ok(port);
    }
    Err("no port is free for UDP and TCP".to_string())
}

fn serve_udp(socket: &UdpSocket) {
    let mut buffer = [0; 512];
    while let Ok((n, from)) = socket.recv_from(&mut buffer) {
        let Some(query) = Query::read(&buffer[..n]) else {
            continue;
        };
        for message in query.answers(false) {
            // Who asked may be gone.
            let _ = socket.send_to(&message, from);
        }
    }
}

fn serve_tcp(mut stream: TcpStream) -> Option<()> {
    loop {
        let mut len = [0; 2];
        stream.read_exact(&mut len).ok()?;
        let mut message = vec![0; u16::from_be_bytes(len).into()];
        stream.read_exact(&mut message).ok()?;
        let query = Query::read(&message)?;
        for message in query.answers(true) {
            let mut bytes = (message.len() as u16).to_be_bytes().to_vec();
            bytes.extend(message);
            // In two parts, cut in the middle of the length.
            stream.write_all(&bytes[..1]).ok()?;
            stream.flush().ok()?;
            stream.write_all(&bytes[1..]).ok()?;
        }
    }
}

/// A question.
struct Query {
    id: [u8; 2],
    name: String,
    kind: u16,
    /// As it stands in the message.
    question: Vec<u8>,
}

impl Query {
    fn read(message: &[u8]) -> Option<Query> {
        let (mut at, mut name) = (12, String::new());
        loop {
            let len = usize::from(*message.get(at)?);
            at += 1;
            if len == 0 {
                break;
            }
            if !name.is_empty() {
                name.push('.');
            }
            name.push_str(std::str::from_utf8(message.get(at..at + len)?).ok()?);
            at += len;
        }
        let kind = u16::from_be_bytes(message.get(at..at + 2)?.try_into().ok()?);
        Some(Query {
            id: message.get(..2)?.try_into().ok()?,
            name,
            kind,
            question: message.get(12..at + 4)?.to_vec(),
        })
    }

    /// A message with these flags and records.
    fn message(&self, flags: u16, records: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = self.id.to_vec();
        for word in [flags, 1, records.len() as u16, 0, 0] {
            bytes.extend(word.to_be_bytes());
        }
        bytes.extend(&self.question);
        bytes.extend(records.concat());
        bytes
    }

    /// The messages that answer it.
    fn answers(&self, is_tcp: bool) -> Vec<Vec<u8>> {
        const GOOD: u16 = 0x8180;
        const TRUNCATED: u16 = 0x0200;
        let address = |octets: [u8; 4]| match self.kind {
            A => vec![record(&[0xc0, 12], A, &octets)],
            _ => vec![],
        };
        let good = |records: &[Vec<u8>]| vec![self.message(GOOD, records)];
        match self.name.as_str() {
            "a.example" | "short.search.example" => good(&address([127, 0, 0, 1])),
            "bare" => good(&address([127, 0, 0, 9])),
            "both.example" => match self.kind {
                AAAA => {
                    let loopback = 1u128.to_be_bytes();
                    good(&[record(&[0xc0, 12], AAAA, &loopback)])
                }
                _ => good(&address([127, 0, 0, 1])),
            },
            "alias.example" => {
                let mut records = vec![record(&[0xc0, 12], CNAME, b"\x01b\x07example\0")];
                if self.kind == A {
                    records.push(record(b"\x01b\x07example\0", A, &[127, 0, 0, 5]));
                }
                good(&records)
            }
            "loop.example" => good(&[record(&[0xc0, 12], CNAME, &[0xc0, 12])]),
            "big.example" if is_tcp => {
                let many: Vec<Vec<u8>> = (1..=3).flat_map(|n| address([127, 0, 1, n])).collect();
                good(&many)
            }
            "big.example" | "cut.example" if !is_tcp => {
                vec![self.message(GOOD | TRUNCATED, &address([127, 0, 9, 9]))]
            }
            // By TCP nothing comes but a wrong answer.
            "cut.example" => vec![b"\0\0".to_vec()],
            "refused.example" => vec![self.message(GOOD | 5, &[])],
            "fail.example" => vec![self.message(GOOD | 2, &[])],
            "silent.example" => vec![],
            "wrong.example" => self.wrong(&address([127, 0, 0, 6])),
            "empty.example" => good(&[]),
            _ => vec![self.message(GOOD | 3, &[])],
        }
    }

    /// Answers to other questions, with addresses that nobody may believe, then the right one.
    fn wrong(&self, right: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let bad = [record(&[0xc0, 12], A, &[203, 0, 113, 1])];
        let whole = self.message(0x8180, &bad);
        let mut other_id = whole.clone();
        other_id[1] ^= 1;
        let mut other_name = whole.clone();
        other_name[13] ^= 1;
        let mut question = whole.clone();
        question[2] &= 0x7f;
        let owner = [record(b"\x01x\x07example\0", A, &[203, 0, 113, 2])];
        let mut records = owner.to_vec();
        records.extend_from_slice(right);
        vec![
            Vec::new(),
            vec![0xff; 40],
            other_id,
            other_name,
            question,
            whole[..20].to_vec(),
            self.message(0x8180, &records),
        ]
    }
}

fn record(owner: &[u8], kind: u16, data: &[u8]) -> Vec<u8> {
    let mut bytes = owner.to_vec();
    bytes.extend(kind.to_be_bytes());
    bytes.extend([0, 1, 0, 0, 0, 60]);
    bytes.extend((data.len() as u16).to_be_bytes());
    bytes.extend(data);
    bytes
}
