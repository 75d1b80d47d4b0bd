//! What compiled code and the runtime library agree on for components: why the canonical ABI traps, tables of handles, how strings are transcoded.
//! The compiler includes this file.

/// Makes the enumeration of reasons with their messages: those that any component may have, then those of tasks, streams and futures.
macro_rules! reasons {
    ({ $( $(#[$doc:meta])* $name:ident = $text:literal; )* } { $( $(#[$task_doc:meta])* $task:ident = $task_text:literal; )* }) => {
        /// Why a component trapped ([`crate::abi::TrapCode::Component`]). The messages are wasmtime's, where it has one; `#` stands for a number that is given
        /// with the reason.
        #[repr(u32)]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum Reason {
            /// No trap.
            None = 0,
            $( $(#[$doc])* $name, )*
            $( $(#[$task_doc])* $task, )*
        }

        impl Reason {
            /// Every reason, in numeric order.
            pub const ALL: &[Reason] = &[Reason::None, $(Reason::$name,)* $(Reason::$task),*];

            /// The message that follows `wasm trap: `.
            pub fn message(self) -> &'static str {
                const PLAIN: usize = [Reason::None, $(Reason::$name),*].len();
                match (self as usize).checked_sub(PLAIN) {
                    Some(number) => crate::abi::line(concat!($($task_text, "\n"),*), number),
                    None => self.plain_message(),
                }
            }

            /// Likewise, in a program without tasks, which does not carry the messages of those.
            pub fn plain_message(self) -> &'static str {
                crate::abi::line(concat!("canonical ABI violated\n", $($text, "\n"),*), self as usize)
            }
        }
    };
}

reasons! {
{
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
{
    // Tasks, streams and futures.
    /// Something that waits was called where nothing else of the instance can run meanwhile.
    CannotBlock = "cannot block a synchronous task before returning";
    Deadlock = "deadlock detected: event loop cannot make further progress";
    /// Of an `async` function.
    NotReturned = "async-lifted export failed to produce a result";
    ReturnedTwice = "`task.return` or `task.cancel` called more than once for current task";
    WrongReturn = "invalid `task.return` signature and/or options for current task";
    NotCancelled = "`task.cancel` called by task which has not been cancelled";
    CallbackCode = "unsupported callback code";
    Backpressure = "backpressure counter overflow";
    /// Stacks, or what stands for tasks.
    TooManyTasks = "cannot start another task: too many are running";
    /// `thread.resume-later` and its like.
    NotSuspended = "cannot resume thread which is not suspended";
    WrongKind = "handle index # used with the wrong type";
    SyncInSet = "waitable cannot be used synchronously while added to a waitable set";
    SetHasWaiters = "cannot drop waitable set with waiters";
    SetHasElements = "cannot drop waitable set with waitables in it";
    SubtaskUnresolved = "cannot drop a subtask which has not yet resolved";
    CancelledTwice = "`subtask.cancel` called after terminal status delivered";
    NoCopy = "no pending copy to cancel";
    WrongStream = "handle index # used with the wrong stream or future type";
    BusyStream = "cannot have concurrent operations active on a future/stream";
    BusyRemoved = "cannot remove busy stream";
    BusyFutureRemoved = "cannot remove busy future";
    BusyDropped = "cannot drop busy stream";
    BusyFutureDropped = "cannot drop busy future";
    ReadDone = "cannot read from stream after being notified that the writable end dropped";
    WriteDone = "cannot write to stream after being notified that the readable end dropped";
    FutureReadDone = "cannot read from future after previous read succeeded";
    FutureWriteDone = "cannot write to future after previous write succeeded or readable end dropped";
    LiftDone = "cannot lift stream after being notified that the writable end dropped";
    FutureLiftDone = "cannot lift future after previous read succeeded";
    LiftInSet = "cannot lift stream while it's in a waitable set";
    FutureLiftInSet = "cannot lift future while it's in a waitable set";
    FutureUnwritten = "cannot drop future write end without first writing a value";
    Intra = "cannot read from and write to intra-component stream";
    FutureIntra = "cannot read from and write to intra-component future";
    NotContext = "handle is not an error-context";
    ContextUnaligned = "invalid debug message pointer: not aligned";
    ContextOutOfBounds = "invalid debug message pointer: out of bounds";
    /// A buffer of a stream has more elements than its positions can tell.
    BufferTooLong = "stream read/write count too large";
}
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
    ("wasi:cli/terminal-input@0.3", "terminal-input"),
    ("wasi:cli/terminal-output@0.3", "terminal-output"),
    ("wasi:filesystem/types@0.3", "descriptor"),
    ("wasi:sockets/types@0.3", "tcp-socket"),
    ("wasi:sockets/types@0.3", "udp-socket"),
    ("wasi:http/types@0.3", "fields"),
    ("wasi:http/types@0.3", "request"),
    ("wasi:http/types@0.3", "request-options"),
    ("wasi:http/types@0.3", "response"),
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
    /// No resource: `rep` is the number of a set of waitables, of a waitable, of a thread, or of an error context.
    pub const SET: u32 = 3;
    pub const WAITABLE: u32 = 4;
    pub const THREAD: u32 = 5;
    pub const ERROR_CONTEXT: u32 = 6;
    /// `resource` of what is none.
    pub const NO_RESOURCE: u32 = u32::MAX;
    /// The largest index.
    pub const MAX: u32 = (1 << 28) - 1;
}

/// An instance of a component as tasks see it (`CanonicalABI.md`: Component Instances). Only programs with `async` functions or built-ins have it.
#[repr(C)]
#[derive(Debug)]
pub struct ComponentInstance {
    /// Where others are, in bytes from here: its [`Handles`], the flag that it may be entered, and the instance around it (0: none).
    pub handles: i32,
    pub may_enter: i32,
    pub parent: i32,
    /// Likewise, the flag that it may call others.
    pub may_leave: i32,
    /// For tests: what the order of threads follows from; 0: who has waited longest goes on first.
    pub schedule: u32,
    /// How many times backpressure is on.
    pub backpressure: u32,
    /// Tasks that wait to enter.
    pub waiting: u32,
    /// The place of the counter of borrowed handles that was freed last, and one more; 0: none.
    pub free_scope: u32,
    /// The thread that no other one that needs the instance for itself may run beside; null: none.
    pub exclusive: usize,
    /// Its threads, by what `thread.index` says.
    pub threads: Handles,
}

/// A call of an `async` function: what the caller fills in, and the callee's task goes on with.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CallFrame {
    /// The instance that calls; null: the host.
    pub caller: usize,
    pub callee: usize,
    /// An `abi::ArrayEntry` that lowers the parameters and runs the callee, and one that copies a result from the callee to the caller. Both get a [`CallFrame`], the
    /// second behind it in an array what `task.return` was given.
    pub start: usize,
    pub resolve: usize,
    /// `CallFrame::*`, type and options in the upper half as in what `task.return` says.
    pub flags: u64,
    /// Where the callee counts what it borrows.
    pub scope: u32,
    /// What a callback is called with.
    pub event: [u32; 3],
    /// The result, if it is one core value.
    pub result: u64,
    /// Core values, also where the result goes.
    pub params: [u64; CallFrame::PARAMS],
}

impl CallFrame {
    /// Core parameters at most: with one for the place of the result.
    pub const PARAMS: usize = 17;
    /// The caller goes on at once.
    pub const ASYNC_CALLER: u64 = 1;
    /// The callee returns by `task.return`.
    pub const ASYNC_CALLEE: u64 = 2;
    /// The callee has the instance for itself.
    pub const EXCLUSIVE: u64 = 4;
    /// The encoding of strings, the number of the memory (one more; 0: none), and the number of the type of the result (likewise) begin at these bits.
    pub const ENCODING: u32 = 14;
    pub const MEMORY: u32 = 16;
    pub const TYPE: u32 = 40;
}

/// How ends of streams and futures are named: the number of the type from bit 32 on, that of the side from bit 8 on, and below these flags.
pub struct EndKind;

impl EndKind {
    pub const FUTURE: u64 = 1;
    pub const WRITABLE: u64 = 2;
    /// The operation does not wait.
    pub const ASYNC: u64 = 4;
    /// Elements are numbers, or nothing: both ends may be in one instance.
    pub const NUMBERS: u64 = 8;
    pub const SIDE: u32 = 8;
    pub const TYPE: u32 = 32;
}

/// What an end of a stream or future is read into or written from.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CopyBuffer {
    /// Address, and in the upper half the number of elements.
    pub range: u64,
    /// Copies elements where the other end is a component's; 0: there is nothing in them.
    pub copy: usize,
    /// The address of an `abi::HostCall`, for copying where the other end is the runtime library's; 0: it never is.
    pub host: usize,
}

/// What an operation answers that has not ended.
pub const BLOCKED: u32 = u32::MAX;

/// Elements of a buffer at most.
pub const MAX_ELEMENTS: u32 = (1 << 28) - 1;

/// What waiting for a set of waitables, and a callback, gets first.
#[repr(u32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EventCode {
    None = 0,
    Subtask = 1,
    StreamRead = 2,
    StreamWrite = 3,
    FutureRead = 4,
    FutureWrite = 5,
    TaskCancelled = 6,
}

/// How far a subtask is.
#[repr(u32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SubtaskState {
    Starting = 0,
    Started = 1,
    Returned = 2,
    CancelledBeforeStarted = 3,
    CancelledBeforeReturned = 4,
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
