//! TCP sockets with the states of WASI: what was started must be finished.

use super::error::{Error, Result};
use super::socket::{self, Family};
use super::{Wait, has_event, policy};
use crate::sys::{self, Errno, Fd, SockAddr};
use core::net::SocketAddr;

/// Connections that wait to be accepted, unless the program says otherwise.
const BACKLOG: u32 = 128;

/// Where a socket is on its way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    New,
    BindStarted,
    Bound,
    ListenStarted,
    Listening,
    Connecting,
    /// Connecting has failed, and nobody was told yet.
    Failed(Error),
    Connected,
    /// Nothing can be done with it any more.
    Closed,
}

/// A TCP socket. It does not close its descriptor by itself.
#[derive(Clone, Copy)]
pub struct Tcp {
    pub host: Fd,
    pub family: Family,
    pub state: State,
    backlog: u32,
}

impl Tcp {
    /// Makes a socket.
    pub fn new(family: Family) -> Result<Tcp> {
        Ok(Tcp {
            host: socket::create(family, sys::SOCK_STREAM)?,
            family,
            state: State::New,
            backlog: BACKLOG,
        })
    }

    /// The descriptor, for options: not while it is being connected, and not when that has failed.
    pub fn descriptor(&self) -> Result<Fd> {
        match self.state {
            State::Connecting | State::Failed(_) | State::Closed => Err(Error::InvalidState),
            _ if self.host == socket::NONE => Err(Error::AccessDenied),
            _ => Ok(self.host),
        }
    }

    /// Why nothing can be started now: nothing is granted, something else was started and is not finished, or it is too late or too early for that.
    fn refusal(&self) -> Error {
        match self.state {
            _ if self.host == socket::NONE => Error::AccessDenied,
            State::BindStarted | State::ListenStarted | State::Connecting | State::Failed(_) => {
                Error::ConcurrencyConflict
            }
            State::New | State::Bound | State::Listening | State::Connected | State::Closed => {
                Error::InvalidState
            }
        }
    }

    /// Starts to give it an address, which is done at once.
    pub fn start_bind(&mut self, address: &SocketAddr) -> Result<()> {
        if !policy::may_bind(address) {
            return Err(Error::AccessDenied);
        }
        if !socket::is_unicast(address.ip()) || !self.family.fits(address.ip()) {
            return Err(Error::InvalidArgument);
        }
        if self.state != State::New {
            return Err(self.refusal());
        }
        // So that an address can be taken again whose last connections the system still remembers.
        let _ = sys::setsockopt(self.host, sys::SOL_SOCKET, sys::SO_REUSEADDR, 1);
        socket::bind(self.host, address)?;
        self.state = State::BindStarted;
        Ok(())
    }

    pub fn finish_bind(&mut self) -> Result<()> {
        match self.state {
            State::BindStarted => {
                self.state = State::Bound;
                Ok(())
            }
            _ => Err(Error::NotInProgress),
        }
    }

    /// Starts to connect. How that went is told by [`Tcp::finish_connect`], also where it has failed at once.
    pub fn start_connect(&mut self, address: &SocketAddr) -> Result<()> {
        if !policy::may_connect(address) {
            return Err(Error::AccessDenied);
        }
        match self.state {
            State::New | State::Bound => {}
            _ => return Err(self.refusal()),
        }
        let ip = address.ip();
        if !socket::is_unicast(ip) || !socket::is_remote(address) || !self.family.fits(ip) {
            return Err(Error::InvalidArgument);
        }
        self.state = match sys::connect(self.host, &SockAddr::new(address)) {
            // Interrupted: it goes on, as it does otherwise.
            Ok(_) | Err(Errno::INPROGRESS | Errno::INTR) => State::Connecting,
            // No port of its own is left.
            Err(Errno::AGAIN) => State::Failed(Error::AddressInUse),
            Err(errno) => State::Failed(errno.into()),
        };
        Ok(())
    }

    pub fn finish_connect(&mut self) -> Result<()> {
        let failure = match self.state {
            State::Connecting if !has_event(self.host, sys::POLLOUT) => {
                return Err(Error::WouldBlock);
            }
            State::Connecting => {
                match sys::getsockopt(self.host, sys::SOL_SOCKET, sys::SO_ERROR)? {
                    0 => None,
                    number => Some(Errno(number as u16).into()),
                }
            }
            State::Failed(error) => Some(error),
            _ => return Err(Error::NotInProgress),
        };
        match failure {
            None => {
                self.state = State::Connected;
                Ok(())
            }
            Some(error) => {
                self.state = State::Closed;
                Err(error)
            }
        }
    }

    pub fn start_listen(&mut self) -> Result<()> {
        match self.state {
            State::Bound => {
                self.state = State::ListenStarted;
                Ok(())
            }
            _ => Err(self.refusal()),
        }
    }

    pub fn finish_listen(&mut self) -> Result<()> {
        if self.state != State::ListenStarted {
            return Err(Error::NotInProgress);
        }
        match sys::listen(self.host, self.backlog) {
            Ok(_) => {
                self.state = State::Listening;
                Ok(())
            }
            Err(errno) => {
                self.state = State::Closed;
                Err(errno.into())
            }
        }
    }

    /// Takes a connection, which has the options of this socket.
    pub fn accept(&self) -> Result<Tcp> {
        // Errors of the new connection that Linux tells here (`accept(2)`): it was lost before it was taken.
        const LOST: [u16; 10] = [104, 102, 113, 112, 100, 101, 71, 92, 64, 95];
        if self.state != State::Listening {
            return Err(match self.host {
                socket::NONE => Error::AccessDenied,
                _ => Error::InvalidState,
            });
        }
        match sys::accept(self.host, sys::O_NONBLOCK) {
            Ok(host) => Ok(Tcp {
                host,
                family: self.family,
                state: State::Connected,
                backlog: BACKLOG,
            }),
            Err(errno) if LOST.contains(&errno.0) => Err(Error::ConnectionAborted),
            Err(errno) => Err(errno.into()),
        }
    }

    pub fn local_address(&self) -> Result<SocketAddr> {
        match self.state {
            State::New | State::Connecting | State::Failed(_) | State::Closed => {
                Err(Error::InvalidState)
            }
            State::BindStarted
            | State::Bound
            | State::ListenStarted
            | State::Listening
            | State::Connected => socket::local_address(self.host),
        }
    }

    pub fn remote_address(&self) -> Result<SocketAddr> {
        match self.state {
            State::Connected => socket::remote_address(self.host),
            _ => Err(Error::InvalidState),
        }
    }

    /// Sets how many connections may wait to be accepted.
    pub fn set_backlog(&mut self, value: u64) -> Result<()> {
        if value == 0 {
            return Err(Error::InvalidArgument);
        }
        let value = value.min(i32::MAX as u64) as u32;
        match self.state {
            State::New | State::BindStarted | State::Bound | State::ListenStarted => {}
            State::Listening => {
                sys::listen(self.host, value).map_err(|_| Error::NotSupported)?;
            }
            _ => return Err(Error::InvalidState),
        }
        self.backlog = value;
        Ok(())
    }

    /// What the socket itself can be waited for: that it is connected, or that a connection has come.
    pub fn wait(&self) -> Wait {
        match self.state {
            State::Connecting => Wait::on(self.host, sys::POLLOUT),
            State::Listening => Wait::on(self.host, sys::POLLIN),
            _ => Wait::Ready,
        }
    }
}
