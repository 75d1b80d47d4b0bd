//! Error numbers of WASI preview 1 and their relation to Linux's.

use crate::sys::Errno;

/// A WASI error number (never 0, which is success).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Error(pub u16);

pub type Result<T> = core::result::Result<T, Error>;

impl Error {
    pub const AGAIN: Error = Error(6);
    pub const BADF: Error = Error(8);
    pub const EXIST: Error = Error(20);
    pub const FAULT: Error = Error(21);
    pub const ILSEQ: Error = Error(25);
    pub const INVAL: Error = Error(28);
    pub const IO: Error = Error(29);
    pub const ISDIR: Error = Error(31);
    pub const LOOP: Error = Error(32);
    pub const MFILE: Error = Error(33);
    pub const NAMETOOLONG: Error = Error(37);
    pub const NOENT: Error = Error(44);
    pub const NOTDIR: Error = Error(54);
    pub const NOTEMPTY: Error = Error(55);
    pub const NOTSOCK: Error = Error(57);
    pub const NOTSUP: Error = Error(58);
    pub const OVERFLOW: Error = Error(61);
    pub const PERM: Error = Error(63);
    pub const PIPE: Error = Error(64);
    pub const NOTCAPABLE: Error = Error(76);
}

/// WASI's number for each Linux number (the same on x86-64 and AArch64) from 1; 29 (`io`) where WASI has none.
/// A table of bytes, because it must not need relocations.
static FROM_LINUX: [u8; 133] = [
    63, 44, 71, 27, 29, 60, 1, 45, 8, 12, 6, 48, 2, 21, 29, 10, 20, 75, 43,
    54, // 1 perm .. 20 notdir
    31, 28, 41, 33, 59, 74, 22, 51, 70, 69, 34, 64, 18, 68, 16, 37, 46, 52, 55,
    32, // 21 isdir .. 40 loop
    29, 49, 24, 29, 29, 29, 29, 29, 29, 29, 29, 29, 29, 29, 29, 29, 29, 29, 29,
    29, // 41 .. 60
    29, 29, 29, 29, 29, 29, 47, 29, 29, 29, 65, 36, 29, 9, 61, 29, 29, 29, 29, 29, // 61 .. 80
    29, 29, 29, 25, 29, 29, 29, 57, 17, 35, 67, 50, 66, 66, 58, 29, 5, 3, 4, 38, // 81 .. 100
    40, 39, 13, 15, 42, 30, 53, 29, 29, 73, 14, 29, 23, 7, 26, 72, 29, 29, 29,
    29, // 101 .. 120
    29, 19, 29, 29, 11, 29, 29, 29, 29, 62, 56, 29, 29, // 121 .. 133
];

impl From<Errno> for Error {
    fn from(errno: Errno) -> Error {
        let number = FROM_LINUX
            .get(usize::from(errno.0).wrapping_sub(1))
            .copied();
        Error(number.unwrap_or(Error::IO.0 as u8).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linux_numbers_map_to_their_namesakes() {
        // (Linux, WASI) of names on both sides.
        let pairs = [
            (1, 63),   // perm
            (2, 44),   // noent
            (3, 71),   // srch
            (4, 27),   // intr
            (6, 60),   // nxio
            (7, 1),    // 2big
            (8, 45),   // noexec
            (9, 8),    // badf
            (10, 12),  // child
            (11, 6),   // again
            (12, 48),  // nomem
            (13, 2),   // acces
            (14, 21),  // fault
            (16, 10),  // busy
            (17, 20),  // exist
            (18, 75),  // xdev
            (19, 43),  // nodev
            (20, 54),  // notdir
            (21, 31),  // isdir
            (22, 28),  // inval
            (23, 41),  // nfile
            (24, 33),  // mfile
            (25, 59),  // notty
            (26, 74),  // txtbsy
            (27, 22),  // fbig
            (28, 51),  // nospc
            (29, 70),  // spipe
            (30, 69),  // rofs
            (31, 34),  // mlink
            (32, 64),  // pipe
            (33, 18),  // dom
            (34, 68),  // range
            (35, 16),  // deadlk
            (36, 37),  // nametoolong
            (37, 46),  // nolck
            (38, 52),  // nosys
            (39, 55),  // notempty
            (40, 32),  // loop
            (42, 49),  // nomsg
            (43, 24),  // idrm
            (67, 47),  // nolink
            (71, 65),  // proto
            (72, 36),  // multihop
            (74, 9),   // badmsg
            (75, 61),  // overflow
            (84, 25),  // ilseq
            (88, 57),  // notsock
            (89, 17),  // destaddrreq
            (90, 35),  // msgsize
            (91, 67),  // prototype
            (92, 50),  // noprotoopt
            (93, 66),  // protonosupport
            (95, 58),  // notsup
            (97, 5),   // afnosupport
            (98, 3),   // addrinuse
            (99, 4),   // addrnotavail
            (100, 38), // netdown
            (101, 40), // netunreach
            (102, 39), // netreset
            (103, 13), // connaborted
            (104, 15), // connreset
            (105, 42), // nobufs
            (106, 30), // isconn
            (107, 53), // notconn
            (110, 73), // timedout
            (111, 14), // connrefused
            (113, 23), // hostunreach
            (114, 7),  // already
            (115, 26), // inprogress
            (116, 72), // stale
            (122, 19), // dquot
            (125, 11), // canceled
            (130, 62), // ownerdead
            (131, 56), // notrecoverable
            (999, 29),
            (0, 29),
        ];
        for (linux, wasi) in pairs {
            assert_eq!(Error::from(Errno(linux)), Error(wasi), "{linux}");
        }
    }
}
