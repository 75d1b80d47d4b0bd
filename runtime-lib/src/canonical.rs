//! What compiled code and the runtime library agree on for components: why the canonical ABI traps, tables of handles, how strings are transcoded.
//! The compiler includes this file.

/// Makes the enumeration of reasons with their messages.
macro_rules! reasons {
    ($( $(#[$doc:meta])* $name:ident = $text:literal; )*) => {
        /// Why a component trapped ([`crate::abi::TrapCode::Component`]). The messages are wasmtime's, where it has one; `#` stands for a number that is given
        /// with the reason.
        #[repr(u32)]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum Reason {
            /// No trap.
            None = 0,
            $( $(#[$doc])* $name, )*
        }

        impl Reason {
            /// Every reason, in numeric order.
            pub const ALL: &[Reason] = &[Reason::None, $(Reason::$name),*];

            /// The message that follows `wasm trap: `.
            pub const fn message(self) -> &'static str {
                match self {
                    Reason::None => "canonical ABI violated",
                    $( Reason::$name => $text, )*
                }
            }
        }
    };
}

reasons! {
    /// A lowered function or built-in was called from `realloc` or `post-return`.
    CannotLeave = "cannot leave component instance";
    /// A function was called of an instance that is in the middle of another call.
    CannotEnter = "cannot enter component instance";
    /// An exception left a function of a component.
    Exception = "uncaught exception propagated out of component";
    UnalignedPointer = "unaligned pointer";
    /// Parameters or results that go through memory.
    PointerOutOfBounds = "out of bounds memory access";
    StringOutOfBounds = "string content out-of-bounds";
    ListOutOfBounds = "list content out-of-bounds";
    InvalidChar = "invalid `char` bit pattern";
    InvalidDiscriminant = "invalid variant discriminant";
    InvalidUtf8 = "invalid utf8 encoding";
    InvalidUtf16 = "invalid utf16 encoding";
    UnknownHandle = "unknown handle index #";
    WrongResource = "handle index # used with the wrong type, expected guest-defined resource but found a different guest-defined resource";
    Lent = "cannot remove owned resource while borrowed";
    NotOwned = "cannot lift own resource from a borrow";
    BorrowsRemain = "borrow handles still remain at the end of the call";
    TooManyHandles = "cannot allocate another handle: index overflow";
    /// `poll` of nothing.
    EmptyPoll = "empty poll list";
    /// A stream was dropped before its pollables, a socket before its streams.
    HasChildren = "resource has children";
    /// More datagrams were to be sent than `check-send` had permitted, or more written than any stream permits.
    Unpermitted = "unpermitted: argument exceeds permitted size";
    // What the host says of values that it is given or gives.
    HostReallocUnaligned = "realloc return: result not aligned";
    HostReallocOutOfBounds = "realloc return: beyond end of memory";
    HostResultUnaligned = "return pointer not aligned";
    HostResultOutOfBounds = "pointer out of bounds of memory";
    HostStringUnaligned = "string pointer not aligned to 2";
    HostStringOutOfBounds = "string pointer/length out of bounds of memory";
    HostListUnaligned = "list pointer is not aligned";
    HostListOutOfBounds = "list pointer/length out of bounds of memory";
    HostInvalidChar = "converted integer out of range for `char`";
    HostInvalidUtf8 = "invalid utf-8 sequence";
    HostInvalidUtf16 = "unpaired surrogate found";
}

impl Reason {
    /// The reason with this number, if there is one.
    pub const fn from_number(n: u32) -> Option<Reason> {
        if (n as usize) < Self::ALL.len() {
            Some(Self::ALL[n as usize])
        } else {
            None
        }
    }
}

/// Resource types of the host: interface and name. Their numbers are the first of every program with components.
pub const HOST_RESOURCES: &[(&str, &str)] = &[
    ("wasi:io/error", "error"),
    ("wasi:io/poll", "pollable"),
    ("wasi:io/streams", "input-stream"),
    ("wasi:io/streams", "output-stream"),
    ("wasi:filesystem/types", "descriptor"),
    ("wasi:filesystem/types", "directory-entry-stream"),
    ("wasi:cli/terminal-input", "terminal-input"),
    ("wasi:cli/terminal-output", "terminal-output"),
    ("wasi:sockets/network", "network"),
    ("wasi:sockets/ip-name-lookup", "resolve-address-stream"),
    ("wasi:sockets/tcp", "tcp-socket"),
    ("wasi:sockets/udp", "udp-socket"),
    ("wasi:sockets/udp", "incoming-datagram-stream"),
    ("wasi:sockets/udp", "outgoing-datagram-stream"),
    ("wasi:http/types", "fields"),
    ("wasi:http/types", "incoming-request"),
    ("wasi:http/types", "outgoing-request"),
    ("wasi:http/types", "request-options"),
    ("wasi:http/types", "response-outparam"),
    ("wasi:http/types", "incoming-response"),
    ("wasi:http/types", "incoming-body"),
    ("wasi:http/types", "future-trailers"),
    ("wasi:http/types", "outgoing-response"),
    ("wasi:http/types", "outgoing-body"),
    ("wasi:http/types", "future-incoming-response"),
];

/// The handles of an instance of a component. All zero: none yet.
#[repr(C)]
#[derive(Debug)]
pub struct Handles {
    /// By index; nothing is at 0.
    pub entries: *mut Handle,
    /// Entries that fit where `entries` points now, and that were ever used, the one at 0 included.
    pub capacity: u32,
    pub len: u32,
    /// The index that was freed last, or 0. Each free entry has the one freed before it as its `rep`.
    pub free: u32,
    /// Words on `stack`, and that fit there.
    pub stack_len: u32,
    pub stack_capacity: u32,
    /// What calls that have not returned must undo, innermost last: of calls by the instance the indices that it has lent, of calls of it the number of handles
    /// that it has borrowed.
    pub stack: *mut u32,
}

/// A handle to a resource.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Handle {
    /// What the implementing instance knows the resource by.
    pub rep: u32,
    /// Number of the resource type.
    pub resource: u32,
    /// `Handle::*`.
    pub kind: u32,
    /// How many calls it is lent to.
    pub lends: u32,
    /// Borrowed: place of the call's counter on the stack.
    pub scope: u32,
}

impl Handle {
    pub const FREE: u32 = 0;
    pub const OWN: u32 = 1;
    pub const BORROW: u32 = 2;
    /// The largest index.
    pub const MAX: u32 = (1 << 28) - 1;
}

/// Bytes that a string or a list may have (`MAX_STRING_BYTE_LENGTH`, `MAX_LIST_BYTE_LENGTH`).
pub const MAX_BYTES: u64 = (1 << 28) - 1;

/// Set in the length of a latin1+utf16 string that is UTF-16.
pub const UTF16_TAG: u32 = 1 << 31;

/// How a string is written anew (`CanonicalABI.md`: Storing).
#[repr(u32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Transcoding {
    Utf8ToUtf8,
    Utf8ToUtf16,
    Utf8ToLatin1,
    Utf16ToUtf8,
    Utf16ToUtf16,
    Utf16ToLatin1,
    Utf16ToAscii,
    Latin1ToUtf8,
    Latin1ToUtf16,
    Latin1ToLatin1,
    Latin1ToAscii,
}

impl Transcoding {
    pub const ALL: [Transcoding; 11] = [
        Transcoding::Utf8ToUtf8,
        Transcoding::Utf8ToUtf16,
        Transcoding::Utf8ToLatin1,
        Transcoding::Utf16ToUtf8,
        Transcoding::Utf16ToUtf16,
        Transcoding::Utf16ToLatin1,
        Transcoding::Utf16ToAscii,
        Transcoding::Latin1ToUtf8,
        Transcoding::Latin1ToUtf16,
        Transcoding::Latin1ToLatin1,
        Transcoding::Latin1ToAscii,
    ];

    /// In the upper half of what a transcoding answers, where a `Reason` would be: there is a character that the narrow encoding does not have.
    pub const TOO_WIDE: u32 = u32::MAX;

    /// Bytes of a code unit of the source.
    pub const fn source_unit(self) -> u64 {
        match self {
            Transcoding::Utf16ToUtf8
            | Transcoding::Utf16ToUtf16
            | Transcoding::Utf16ToLatin1
            | Transcoding::Utf16ToAscii => 2,
            _ => 1,
        }
    }

    /// Bytes that may be written for each code unit of the source.
    pub const fn room(self) -> u64 {
        match self {
            Transcoding::Utf8ToUtf8
            | Transcoding::Utf8ToLatin1
            | Transcoding::Utf16ToLatin1
            | Transcoding::Utf16ToAscii
            | Transcoding::Latin1ToLatin1
            | Transcoding::Latin1ToAscii => 1,
            Transcoding::Utf8ToUtf16
            | Transcoding::Utf16ToUtf16
            | Transcoding::Latin1ToUtf8
            | Transcoding::Latin1ToUtf16 => 2,
            Transcoding::Utf16ToUtf8 => 3,
        }
    }
}
