//! A client that sends whatever bytes it is given.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// How long a client waits for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
    pub trailers: String,
}

impl Answer {
    /// The value of a field.
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(other, _)| *other == name)
            .map(|(_, value)| value)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// What a connection that was closed behind its answer has brought.
    pub fn parse(bytes: &[u8]) -> Result<Answer, String> {
        let bad = || {
            format!(
                "no answer: {:?}",
                String::from_utf8_lossy(&bytes[..bytes.len().min(300)])
            )
        };
        let end = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .ok_or_else(bad)?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let mut answer = Answer {
            status: status.ok_or_else(bad)?,
            head,
            body: bytes[end + 4..].to_vec(),
            trailers: String::new(),
        };
        if let Some(length) = answer.field("content-length") {
            if length.parse() != Ok(answer.body.len()) {
                return Err(format!("{} bytes instead of {length}", answer.body.len()));
            }
        } else if answer.field("transfer-encoding") == Some("chunked") {
            answer.unchunk()?;
        }
        Ok(answer)
    }

    /// Takes the chunks apart.
    fn unchunk(&mut self) -> Result<(), String> {
        let chunked = std::mem::take(&mut self.body);
        let mut rest = &chunked[..];
        loop {
            let end = rest
                .windows(2)
                .position(|two| two == b"\r\n")
                .ok_or("a chunk without an end")?;
            let size = String::from_utf8_lossy(&rest[..end]).into_owned();
            let size = usize::from_str_radix(&size, 16).map_err(|e| e.to_string())?;
            rest = &rest[end + 2..];
            if size == 0 {
                let text = String::from_utf8_lossy(rest).into_owned();
                self.trailers = text
                    .strip_suffix("\r\n")
                    .ok_or("trailers without an end")?
                    .to_string();
                return Ok(());
            }
            self.body
                .extend_from_slice(rest.get(..size).ok_or("a short chunk")?);
            rest = rest.get(size + 2..).ok_or("a short chunk")?;
        }
    }
}

/// Connects and sends bytes.
pub fn send(port: u16, bytes: &[u8]) -> Result<TcpStream, String> {
    let work = || {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        // The server may have closed the connection before all of it is sent.
        stream.write_all(bytes).ok();
        Ok(stream)
    };
    work().map_err(|e: std::io::Error| e.to_string())
}

/// Everything that comes until the connection is closed.
pub fn read_bytes(mut stream: TcpStream) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Err(e) if bytes.is_empty() => Err(e.to_string()),
        _ => Ok(bytes),
    }
}

/// The same as text.
pub fn read_all(stream: TcpStream) -> Result<String, String> {
    let bytes = read_bytes(stream)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Sends bytes: everything that comes back.
pub fn exchange(port: u16, bytes: &[u8]) -> Result<String, String> {
    read_all(send(port, bytes)?)
}

/// Sends bytes, waits for an answer that is known, and sends more: everything that comes then.
pub fn converse(port: u16, first: &[u8], answer: &str, more: &[u8]) -> Result<String, String> {
    let mut stream = send(port, first)?;
    let mut bytes = vec![0; answer.len()];
    stream.read_exact(&mut bytes).map_err(|e| e.to_string())?;
    if bytes != answer.as_bytes() {
        return Err(format!("{:?}", String::from_utf8_lossy(&bytes)));
    }
    stream.write_all(more).map_err(|e| e.to_string())?;
    read_all(stream)
}

/// Sends bytes one by one: everything that comes back.
pub fn trickle(port: u16, bytes: &[u8]) -> Result<String, String> {
    let mut stream = send(port, b"")?;
    for byte in bytes {
        stream.write_all(&[*byte]).map_err(|e| e.to_string())?;
        std::thread::sleep(Duration::from_millis(1));
    }
    read_all(stream)
}

/// Asks for a path over a connection of its own.
pub fn get(port: u16, path: &str) -> Result<Answer, String> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let mut bytes = Vec::new();
    let mut stream = send(port, request.as_bytes())?;
    stream
        .read_to_end(&mut bytes)
        .map_err(|e| format!("{path}: {e}"))?;
    Answer::parse(&bytes).map_err(|why| format!("{path}: {why}"))
}
