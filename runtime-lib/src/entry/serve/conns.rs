//! What comes over a worker's connections, until a request can be answered.

use crate::http::conn::{Came, Conn, ROOM, State};
use crate::http::exchange;
use crate::http::parse::{self, BAD_REQUEST, Length, Shape, TOO_LARGE};
use crate::sys;

/// Bytes of a body that come before its request is begun, so that a slow sender occupies no instance.
const BODY_FIRST: usize = 16 << 10;

const SECOND: u64 = 1_000_000_000;

/// How long nothing may happen: before the next request, in a head, in the first bytes of a body, while an answer is read, and before a connection is closed whose
/// other side still sends.
pub const IDLE: u64 = 60 * SECOND;
const HEAD: u64 = 15 * SECOND;
const FIRST_BYTES: u64 = 30 * SECOND;
pub const ANSWER: u64 = 30 * SECOND;
const LINGER: u64 = 2 * SECOND;

/// Something has come over a connection.
pub fn came(conn: &mut Conn, now: u64) {
    match conn.fill() {
        Came::Bytes => {}
        Came::Nothing => return,
        Came::End => return conn.close(),
    }
    if conn.state == State::Lingering {
        conn.consume(usize::MAX);
        return;
    }
    look(conn, now);
}

/// Looks whether a request can be answered.
pub fn look(conn: &mut Conn, now: u64) {
    while conn.state == State::Idle && conn.bytes().starts_with(b"\r\n") {
        conn.consume(2);
    }
    let bytes = conn.bytes();
    if bytes.is_empty() {
        return;
    }
    if conn.state == State::Idle {
        conn.state = State::Reading;
        conn.deadline = now + HEAD;
    }
    let searched = conn.searched;
    let Some(end) = parse::head_end(bytes, searched) else {
        if parse::is_hopeless(bytes, searched) {
            return refuse(conn, BAD_REQUEST, now);
        }
        if conn.is_full() {
            return refuse(conn, TOO_LARGE, now);
        }
        conn.searched = bytes.len();
        return;
    };
    match parse::request(bytes.get(..end).unwrap_or(&[])) {
        Ok(shape) if is_enough(&shape, bytes.len() - end, ROOM - end) => {
            conn.shape = shape;
            conn.state = State::Ready;
        }
        Ok(_) => {
            // The head is found again when more of the body is here.
            conn.searched = end - 1;
            conn.deadline = conn.deadline.max(now + FIRST_BYTES - HEAD);
        }
        Err(status) => refuse(conn, status, now),
    }
}

/// Whether enough of a body has come to begin.
fn is_enough(head: &Shape, come: usize, room: usize) -> bool {
    match head.length {
        Length::Bytes(len) => {
            let wanted = usize::try_from(len)
                .unwrap_or(usize::MAX)
                .min(BODY_FIRST)
                .min(room);
            come >= wanted || head.expects
        }
        Length::Chunked => true,
    }
}

/// Nothing has come for too long.
pub fn expire(conn: &mut Conn, now: u64) {
    match conn.state {
        State::Reading => refuse(conn, 408, now),
        _ => conn.close(),
    }
}

/// Answers without a guest.
pub fn refuse(conn: &mut Conn, status: u16, now: u64) {
    exchange::refuse(conn.fd, status);
    finish(conn, now);
}

/// Closes when the other side does, so that it reads the answer before it hears that what it sends was not read.
pub fn finish(conn: &mut Conn, now: u64) {
    const SHUT_WR: u32 = 1;
    let _ = sys::shutdown(conn.fd, SHUT_WR);
    conn.state = State::Lingering;
    conn.deadline = now + LINGER;
    conn.consume(usize::MAX);
}
