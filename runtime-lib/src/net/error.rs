//! What can go wrong on the network.

use crate::sys::Errno;
use crate::wasi;

/// Why an operation failed. The numbers are those of `error-code` in `wasi:sockets/network` 0.2.
#[repr(u8)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Error {
    Unknown,
    AccessDenied,
    NotSupported,
    InvalidArgument,
    OutOfMemory,
    Timeout,
    ConcurrencyConflict,
    NotInProgress,
    WouldBlock,
    InvalidState,
    NewSocketLimit,
    AddressNotBindable,
    AddressInUse,
    RemoteUnreachable,
    ConnectionRefused,
    ConnectionReset,
    ConnectionAborted,
    DatagramTooLarge,
    NameUnresolvable,
    TemporaryResolverFailure,
    PermanentResolverFailure,
}

pub type Result<T> = core::result::Result<T, Error>;

/// Errors by Linux's numbers (`errno(3)`), which are the same on both architectures.
const FROM_LINUX: [(u8, Error); 29] = [
    (1, Error::AccessDenied),        // perm
    (4, Error::WouldBlock),          // intr
    (11, Error::WouldBlock),         // again
    (12, Error::OutOfMemory),        // nomem
    (13, Error::AccessDenied),       // acces
    (22, Error::InvalidArgument),    // inval
    (23, Error::NewSocketLimit),     // nfile
    (24, Error::NewSocketLimit),     // mfile
    (64, Error::RemoteUnreachable),  // nonet
    (89, Error::InvalidState),       // destaddrreq
    (90, Error::DatagramTooLarge),   // msgsize
    (91, Error::NotSupported),       // prototype
    (92, Error::NotSupported),       // noprotoopt
    (93, Error::NotSupported),       // protonosupport
    (94, Error::NotSupported),       // socktnosupport
    (95, Error::NotSupported),       // opnotsupp
    (97, Error::NotSupported),       // afnosupport
    (98, Error::AddressInUse),       // addrinuse
    (99, Error::AddressNotBindable), // addrnotavail
    (100, Error::RemoteUnreachable), // netdown
    (101, Error::RemoteUnreachable), // netunreach
    (103, Error::ConnectionAborted), // connaborted
    (104, Error::ConnectionReset),   // connreset
    (105, Error::OutOfMemory),       // nobufs
    (106, Error::InvalidState),      // isconn
    (107, Error::InvalidState),      // notconn
    (110, Error::Timeout),           // timedout
    (111, Error::ConnectionRefused), // connrefused
    (113, Error::RemoteUnreachable), // hostunreach
];

impl From<Errno> for Error {
    fn from(errno: Errno) -> Error {
        let mut known = FROM_LINUX.iter();
        let found = known.find(|(number, _)| u16::from(*number) == errno.0);
        found.map_or(Error::Unknown, |(_, error)| *error)
    }
}

impl Error {
    /// The error of a number of preview 1, by which streams keep how they failed; `None` where it has nothing to do with the network.
    pub fn of_stream(error: wasi::Error) -> Option<Error> {
        let mut known = FROM_LINUX.iter();
        let found = known.find(|(number, _)| wasi::Error::from(Errno((*number).into())) == error);
        found.map(|(_, error)| *error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_come_through_streams() {
        for (number, error) in FROM_LINUX {
            let errno = Errno(number.into());
            assert_eq!(Error::from(errno), error);
            let stream = wasi::Error::from(errno);
            // Those that preview 1 has no name for are told as `io`.
            if stream != wasi::Error::IO && stream != wasi::Error::from(Errno(93)) {
                assert_eq!(Error::of_stream(stream), Some(error), "{number}");
            }
        }
        assert_eq!(Error::of_stream(wasi::Error::NOENT), None);
        assert_eq!(Error::from(Errno(2)), Error::Unknown);
    }
}
