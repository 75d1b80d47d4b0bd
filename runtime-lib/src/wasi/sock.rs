//! Sockets that the process inherited as standard streams. Preview 1 cannot make others.

use crate::sys::{self, IoVec, MsgHdr};
use crate::wasi::fd::fdflags;
use crate::wasi::fds::{self, Entry, Held, rights};
use crate::wasi::{Error, Result, Vectors, calls};

/// `riflags`.
const RECV_PEEK: u32 = 1;
const RECV_WAITALL: u32 = 2;

/// `roflags`.
const RECV_DATA_TRUNCATED: u16 = 1;

const MSG_PEEK: u32 = 2;
const MSG_WAITALL: u32 = 0x100;

/// A message header without address and control data.
fn message(iov: &[IoVec]) -> MsgHdr {
    MsgHdr {
        name: core::ptr::null_mut(),
        name_len: 0,
        iov: iov.as_ptr(),
        iov_len: iov.len(),
        control: core::ptr::null_mut(),
        control_len: 0,
        flags: 0,
    }
}

/// The entry of a socket with these rights. What was opened by its name is none.
fn socket(fd: u32, needed: u64) -> Result<Held> {
    let entry = fds::get(fd)?;
    if entry.directory || entry.read_only {
        return Err(Error::NOTSOCK);
    }
    entry.require(needed)?;
    Ok(entry)
}

calls! {
    [snapshot]
    /// Accepts a connection on a listening socket.
    fn sock_accept(guest, fd: u32, flags: u32, result: u32) {
        let entry = socket(fd, rights::SOCK_ACCEPT)?;
        guest.range(result, 4)?;
        let flags = flags as u16;
        if flags & !fdflags::NONBLOCK != 0 {
            return Err(Error::INVAL);
        }
        let host = sys::accept(entry.host, fdflags::to_host(flags))?;
        guest.write_u32(result, fds::insert(Entry::new(host, false, entry.rights, 0))?)
    }

    [snapshot unstable]
    /// Receives into vectors.
    fn sock_recv(guest, fd: u32, vectors: u32, count: u32, flags: u32, received: u32, out_flags: u32) {
        let entry = socket(fd, rights::FD_READ)?;
        let mut copied = Vectors::new();
        let vectors = copied.read(guest, vectors, count)?;
        guest.range(received, 4)?;
        guest.range(out_flags, 2)?;
        if flags & !(RECV_PEEK | RECV_WAITALL) != 0 {
            return Err(Error::INVAL);
        }
        let peek = if flags & RECV_PEEK != 0 { MSG_PEEK } else { 0 };
        let all = if flags & RECV_WAITALL != 0 { MSG_WAITALL } else { 0 };
        let mut message = message(vectors);
        let n = sys::recvmsg(entry.host, &mut message, peek | all)?;
        let truncated = if message.flags & sys::MSG_TRUNC != 0 { RECV_DATA_TRUNCATED } else { 0 };
        guest.write(out_flags, &truncated.to_le_bytes())?;
        guest.write_u32(received, n as u32)
    }

    [snapshot unstable]
    /// Sends from vectors.
    fn sock_send(guest, fd: u32, vectors: u32, count: u32, flags: u32, sent: u32) {
        let entry = socket(fd, rights::FD_WRITE)?;
        let mut copied = Vectors::new();
        let vectors = copied.read(guest, vectors, count)?;
        guest.range(sent, 4)?;
        if flags != 0 {
            return Err(Error::INVAL);
        }
        let n = sys::sendmsg(entry.host, &message(vectors), 0)?;
        guest.write_u32(sent, n as u32)
    }

    [snapshot unstable]
    /// Closes one or both directions of a connection.
    fn sock_shutdown(_guest, fd: u32, how: u32) {
        let entry = socket(fd, rights::SOCK_SHUTDOWN)?;
        // WASI: bit 0 reading, bit 1 writing; Linux: 0 reading, 1 writing, 2 both.
        let how = match how {
            1 => 0,
            2 => 1,
            3 => 2,
            _ => return Err(Error::INVAL),
        };
        sys::shutdown(entry.host, how)?;
        Ok(())
    }
}
