//! The binary interface between compiled code and the runtime library.
//!
//! This file is the one place where both sides agree: `wative-runtime` uses the structures,
//! and `wative-compiler` includes the same file (by a link) to lay them out byte by byte.
//! It has no dependencies and must compile under `no_std`. `docs/abi.md` explains it for C users.
//! All structures are `#[repr(C)]`, 64-bit, little-endian.

pub use crate::canonical::{CallFrame, ComponentInstance, Handle, Handles};

/// Version of everything in this file; the runtime refuses objects of another version.
pub const ABI_VERSION: u32 = 9;

/// Size of a WebAssembly page in bytes (core spec, 4.2.8).
pub const WASM_PAGE: u64 = 65536;

/// Lowest guest address of the fixed memory on x86-64 (`--memory fixed`): low enough to be a 32-bit
/// displacement, above what valgrind occupies.
pub const FIXED_BASE: u64 = 0x6000_0000;

/// Room reserved (inaccessible) directly below a guest memory, in bytes.
pub const GUARD_BELOW: u64 = 0x1_0000;

/// Address space reserved from the base of an unchecked 32-bit memory upwards, in bytes: a 32-bit
/// index plus a 32-bit static offset plus the widest access can never leave it.
pub const MEMORY_RESERVATION: u64 = (8 << 30) + 0x1_0000;

/// Inaccessible bytes behind what a [`Memory::WIDE`] memory may grow to: an address below the memory's length plus a static offset below
/// 2^31 plus the widest access can never leave them.
pub const WIDE_GUARD: u64 = (2 << 30) + 0x1_0000;

/// Bytes that a [`Memory::WIDE`] memory without a declared maximum may grow to; where it has one, that counts up to [`WIDE_LIMIT`].
pub const WIDE_DEFAULT: u64 = 16 << 30;

/// Bytes that no memory grows beyond.
pub const WIDE_LIMIT: u64 = 1 << 46;

/// Bytes of the inaccessible guard below a Wasm stack. Frames larger than half of it are probed.
pub const STACK_GUARD: u64 = 1 << 20;

/// Null marker in an element-segment index array (`ElemSeg::KIND_FUNC_INDEX`).
pub const ELEM_NULL: u32 = u32::MAX;

/// Makes the enumeration of trap codes with their messages, whose numbers are in order from 1.
macro_rules! traps {
    ($( $(#[$doc:meta])* $name:ident = $number:literal $text:literal; )*) => {
        /// Why a Wasm computation stopped. The numbers are part of the ABI (trap tables, C callbacks).
        #[repr(u8)]
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
        pub enum TrapCode {
            $( $(#[$doc])* $name = $number, )*
        }

        impl TrapCode {
            /// Every code, in numeric order from 1.
            pub const ALL: [TrapCode; [$($number),*].len()] = [$(TrapCode::$name),*];

            /// The message that follows `wasm trap: `, in wasmtime's words.
            pub fn message(self) -> &'static str {
                line(concat!($($text, "\n"),*), self as usize - 1)
            }
        }
    };
}

traps! {
    /// `unreachable` was executed.
    Unreachable = 1 "wasm `unreachable` instruction executed";
    /// Load, store or bulk operation outside a memory.
    MemoryOutOfBounds = 2 "out of bounds memory access";
    /// Access, bulk operation or indirect call outside a table.
    TableOutOfBounds = 3 "undefined element: out of bounds table access";
    /// `call_indirect` through a null element.
    IndirectCallToNull = 4 "uninitialized element";
    /// `call_indirect` to a function of another type.
    BadSignature = 5 "indirect call type mismatch";
    /// Signed division of the most negative integer by -1, or float-to-integer out of range.
    IntegerOverflow = 6 "integer overflow";
    /// Integer division or remainder by zero.
    IntegerDivisionByZero = 7 "integer divide by zero";
    /// Float-to-integer conversion of a NaN.
    BadConversionToInteger = 8 "invalid conversion to integer";
    /// The Wasm stack is exhausted.
    StackOverflow = 9 "call stack exhausted";
    /// A null reference was used (`call_ref`, `ref.as_non_null`).
    NullReference = 10 "null reference";
    /// An import that was left unresolved by `--allow-unknown-imports` was called.
    UnknownImport = 11 "unknown import called";
    /// The host asked to stop (`proc_exit` under an embedder); the status is kept beside it.
    Exit = 12 "exit";
    /// An exception that no handler caught.
    UncaughtException = 13 "uncaught exception";
    /// An atomic access to an address that is no multiple of its size.
    UnalignedAtomic = 14 "unaligned atomic";
    /// `memory.atomic.wait` on a memory that is not shared.
    ExpectedSharedMemory = 15 "atomic wait on non-shared memory";
    /// A component broke a rule of the canonical ABI: a [`crate::canonical::Reason`] says which. In no trap stream, where a code has four bits.
    Component = 16 "canonical ABI violated";
    /// The heap of the collector has reached its limit, or the system has no room for it. In no trap stream.
    OutOfMemory = 17 "GC heap out of memory";
    /// `ref.cast` of a reference of another type.
    CastFailure = 18 "cast failure";
    /// Access or bulk operation outside an array.
    ArrayOutOfBounds = 19 "out of bounds array access";
    /// A continuation was used a second time. This one and the next are in no trap stream.
    ContinuationConsumed = 20 "continuation already consumed";
    /// `suspend` or `switch` with a tag that nothing around handles.
    UnhandledTag = 21 "unhandled tag";
}

/// A line of a text, counted from 0. Texts are kept so because a table of strings takes 16 bytes for each, which must be relocated.
pub fn line(text: &'static str, number: usize) -> &'static str {
    let (mut start, mut left) = (0, number);
    for (at, &byte) in text.as_bytes().iter().enumerate() {
        if byte == b'\n' {
            if left == 0 {
                return text.get(start..at).unwrap_or("");
            }
            (start, left) = (at + 1, left - 1);
        }
    }
    ""
}

impl TrapCode {
    /// The code that stands for it in trap streams ([`crate::streams`]), of four bits. The numbers of two that no instruction traps with serve for the two that have
    /// larger ones.
    pub const fn in_stream(self) -> u8 {
        match self {
            TrapCode::CastFailure => TrapCode::StackOverflow as u8,
            TrapCode::ArrayOutOfBounds => TrapCode::UncaughtException as u8,
            code => code as u8,
        }
    }

    /// The inverse of [`TrapCode::in_stream`].
    pub const fn from_stream(code: u8) -> Option<TrapCode> {
        match TrapCode::from_number(code) {
            Some(TrapCode::StackOverflow) => Some(TrapCode::CastFailure),
            Some(TrapCode::UncaughtException) => Some(TrapCode::ArrayOutOfBounds),
            other => other,
        }
    }

    /// The code with this ABI number, if there is one.
    pub const fn from_number(n: u8) -> Option<TrapCode> {
        if n >= 1 && n as usize <= Self::ALL.len() {
            Some(Self::ALL[n as usize - 1])
        } else {
            None
        }
    }
}

/// Values that a function may take, and return, to be called with the arguments of the process (`--invoke`).
pub const INVOKE_MAX_VALUES: usize = 64;

/// Descriptors that grants may take when the program starts, all together: one for a directory, a socket or a tree, two for a file. Usually
/// a process may have 1,024 of them open.
pub const MAX_GRANTS: usize = 1000;

/// Grants that can be made when the program is started (`WATIVE_DIRS`).
pub const MAX_RUNTIME_GRANTS: usize = 64;

/// A linear memory. Lives in the instance of the module that defines it.
#[repr(C)]
#[derive(Debug)]
pub struct Memory {
    /// First byte. Constant for the life of the memory unless `flags` has [`Memory::CHECKED`] without [`Memory::SHARED`].
    pub base: *mut u8,
    /// Current size in bytes, a multiple of the memory's page.
    pub len: u64,
    /// Limit in pages that `memory.grow` may reach.
    pub max_pages: u64,
    /// `Memory::*`.
    pub flags: u64,
}

impl Memory {
    /// The memory lives at [`FIXED_BASE`].
    pub const FIXED: u64 = 1;
    /// Accesses are checked by the code; nothing is reserved and growing may move the memory.
    pub const CHECKED: u64 = 2;
    /// Threads share it: it never moves, its length only grows and is read and written atomically. A checked one reserves its maximum.
    pub const SHARED: u64 = 16;
    /// Its addresses have 64 bits. One without [`Memory::CHECKED`] reserves what its limit says, as far as there is room, and
    /// [`WIDE_GUARD`] behind that.
    pub const WIDE: u64 = 32;
    /// Its pages are single bytes (proposal custom-page-sizes), not [`WASM_PAGE`]. With [`Memory::CHECKED`] only.
    pub const BYTES: u64 = 64;

    /// Bytes of a page, given the flags.
    pub const fn page(flags: u64) -> u64 {
        if flags & Memory::BYTES == 0 {
            WASM_PAGE
        } else {
            1
        }
    }
}

/// A table of references. Every element is 8 bytes: a `*const FuncRef`, or an opaque external
/// reference; 0 is null.
#[repr(C)]
#[derive(Debug)]
pub struct Table {
    /// First element; may move when the table grows.
    pub elems: *mut u64,
    /// Current number of elements.
    pub len: u64,
    /// Limit in elements that `table.grow` may reach.
    pub max: u64,
    /// Number of elements that fit where `elems` points now.
    pub capacity: u64,
}

/// What a function reference points at.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct FuncRef {
    /// Code in wative's internal calling convention.
    pub code: *const u8,
    /// Instance that the function belongs to (pinned instance register in open-world code).
    pub instance: *mut Instance,
    /// Identity of the function type: a small integer in a closed world, the address of the symbol
    /// `wative_sig_…` in an open one. Compared for equality only.
    pub sig: u64,
    /// Code that relies on the pinned registers of its instance: what tail calls from the same instance enter.
    pub near: *const u8,
}

/// What a function of the host may know of the component that calls it. Lies in the first module's instance.
#[repr(C)]
#[derive(Debug)]
pub struct HostCall {
    /// Where pointers point; null if there are none.
    pub memory: *mut Memory,
    /// `realloc` of the caller, if it may be needed.
    pub realloc: Option<ArrayEntry>,
    pub handles: *mut Handles,
    /// How its strings are read and written; null where they are UTF-8.
    pub strings: *const HostStrings,
}

/// Likewise for functions of WASI 0.3.
#[repr(C)]
#[derive(Debug)]
pub struct AsyncHostCall {
    pub call: HostCall,
    pub instance: *mut ComponentInstance,
    /// The types of streams and futures in the function's type, in order, as `canonical::EndKind` names them.
    pub ends: [u64; AsyncHostCall::ENDS],
}

impl AsyncHostCall {
    /// Streams and futures of a function at most.
    pub const ENDS: usize = 4;
}

/// `wative_rt_strings_utf16` or `wative_rt_strings_latin1_utf16`; only the runtime library knows what is in them.
#[repr(C)]
#[derive(Debug)]
pub struct HostStrings {
    _private: [u8; 0],
}

/// A data segment that code can still refer to (`memory.init`); `len` becomes 0 on `data.drop`.
#[repr(C)]
#[derive(Debug)]
pub struct DataSeg {
    pub bytes: *const u8,
    pub len: u64,
}

/// An element segment that code can still refer to (`table.init`); `len` becomes 0 on `elem.drop`.
#[repr(C)]
#[derive(Debug)]
pub struct ElemSeg {
    /// `*const u32` or `*const u64`, by `kind`.
    pub items: *const u8,
    /// Number of elements.
    pub len: u32,
    /// `KIND_FUNC_INDEX` or `KIND_REF`.
    pub kind: u32,
}

impl ElemSeg {
    /// Items are `u32` indices into `Instance::funcrefs`; [`ELEM_NULL`] is null.
    pub const KIND_FUNC_INDEX: u32 = 0;
    /// Items are 8-byte references as a [`Table`] holds them.
    pub const KIND_REF: u32 = 1;
}

/// Head of a part of a list that `memory.place` or `table.place` copies: bytes, or elements as those of [`ElemSeg::KIND_FUNC_INDEX`], follow it,
/// then the next part.
#[repr(C)]
#[derive(Debug)]
pub struct Placed {
    /// Distance from the base, modulo 2^32.
    pub dst: u32,
    pub len: u32,
}

/// Head of the state of one module instance. Module-specific entities follow at offset
/// [`INSTANCE_HEADER`]; only the compiler knows their places.
#[repr(C)]
#[derive(Debug)]
pub struct Instance {
    pub module: *const ModuleDesc,
    /// The memory that functions of the host work on, own or imported: the one exported as `memory`, else the first; null where the module
    /// has none.
    pub memory0: *mut Memory,
    /// Function-reference records: one array for the whole closed world, one per open instance.
    pub funcrefs: *const FuncRef,
    /// Free for the embedder (`wative_instance_data`). Of a library: [`LibraryImports`].
    pub host_data: *mut u8,
}

/// What an instance of a library has from its program: `PREFIX_imports` of the library's header.
#[repr(C)]
#[derive(Debug)]
pub struct LibraryImports {
    /// The program's own.
    pub data: *mut u8,
    /// For each function that the module imports and the runtime library does not have, a C function with the instance as first parameter.
    pub functions: [usize; 0],
}

/// Bytes of an instance before its first entity.
pub const INSTANCE_HEADER: u32 = 64;

/// Open world: what an instance begins with behind its header if its module has objects ([`ModuleDesc::OBJECTS`]).
#[repr(C)]
#[derive(Debug)]
pub struct InstanceObjects {
    /// Its heap, which begins with a [`GcHeap`].
    pub heap: *mut GcHeap,
    /// Not 0 if a function of another instance may have been called by reference since the instance was entered from outside, and may be running.
    pub is_abroad: u64,
}

/// Compiled entry with the array convention: `(instance, values)`; parameters are read from `values` and
/// results written over them from the start. Each value takes one 8-byte slot (v128: two). i32 and f32 occupy the low half,
/// the upper half is ignored on entry and zero in results. Must be called on a Wasm stack inside `wative_rt_try`.
pub type ArrayEntry = unsafe extern "C" fn(*mut Instance, *mut u64);

/// One function of the text section, sorted by `code`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct FuncEntry {
    /// Offset of the first instruction from `CodeDesc::text`.
    pub code: u32,
    /// Bytes that the prologue subtracts below the saved registers.
    pub frame: u32,
    /// Saved registers, as a mask over the ISA's canonical save order (bit 0 = saved first, nearest the return address).
    pub saved: u32,
    /// Offset of the name in `CodeDesc::names` (`u16` length, then UTF-8 bytes), or `u32::MAX`. With [`FuncEntry::INDEXED`] in the length, `[index]` follows: functions without
    /// names have one text.
    pub name: u32,
    /// Offset of the function's trap stream in `CodeDesc::traps`. See [`crate::streams`].
    pub traps: u32,
    /// Function index in its module, or `u32::MAX` for entries and adapters that the compiler made.
    pub index: u32,
}

impl FuncEntry {
    /// See [`FuncEntry::name`].
    pub const INDEXED: u16 = 1 << 15;
}

/// A place in a function that was inlined into another: an entry of `CodeDesc::inlined`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct InlinedPlace {
    /// Number of the inlined function's `FuncEntry`.
    pub func: u32,
    /// Offset in the .wasm file; 0: unknown.
    pub wasm_offset: u32,
    /// The place of the call that it stands for: an offset in the .wasm file, or with [`InlinedPlace::FLAG`] the number of another entry.
    pub caller: u32,
}

impl InlinedPlace {
    /// In trap streams, where no place traps with it.
    pub const CODE: u8 = TrapCode::Exit as u8;
    /// Set in a place that is no offset but the number of an `InlinedPlace`.
    pub const FLAG: u32 = 1 << 31;
}

/// A call whose exceptions are handled in its function. Sorted by `pc`, with a sentinel.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CatchSite {
    /// Where the call returns to: offset from `CodeDesc::text`.
    pub pc: u32,
    /// Index in `CodeDesc::handlers` of its first handler; they end where the next site's begin.
    pub first: u32,
}

/// A handler of exceptions. It is entered with the registers that a callee preserves and the stack pointer as they are behind the
/// call, and with the exception in a register of its own (`r10`, `x9`).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Handler {
    /// The tag that it catches, or [`Handler::ALL`]. Closed world: the tag's number. Open world: where the instance has the tag's
    /// [`TagDesc`] pointer, bit 31 set where it has a pointer to that (import).
    pub tag: u32,
    /// Its code: offset from `CodeDesc::text`.
    pub pc: u32,
}

impl Handler {
    pub const ALL: u32 = u32::MAX;
}

/// An exception tag. In an open world the address of the instance's pointer to this is the tag's identity.
#[repr(C)]
#[derive(Debug)]
pub struct TagDesc {
    /// For messages; may be empty.
    pub name: *const u8,
    pub name_len: u64,
    /// Open world: identity of its type.
    pub sig: *const u8,
    /// Open world: null where no slot of its payload is a reference to an object. Else the number of the type that its exceptions have as objects, and a map of these slots, encoded as those of
    /// [`Safepoint`] in words of 8 bytes.
    pub references: *const u8,
}

/// Bytes of an exception before its payload, each value of which takes one 8-byte slot (v128: two).
pub const EXCEPTION_HEAD: u32 = 24;

/// An exception that is an object of the collector: the header, its tag's number, and the payload as above. In an open world its tag's address (8 bytes at `OPEN_TAG`), the payload behind it; so lie
/// they in arrays of the last type too, which are exceptions of other instances. Where their payload refers to objects of the instance that defines the tag, that has numbers of those, as C would.
#[derive(Debug)]
pub struct ExceptionObject;

impl ExceptionObject {
    pub const TAG: u32 = 4;
    pub const PAYLOAD: u32 = 8;
    pub const OPEN_TAG: u32 = 8;
    pub const OPEN_PAYLOAD: u32 = 16;

    /// Where the payload is, in an open world or not.
    pub const fn payload(is_open: bool) -> u32 {
        if is_open {
            Self::OPEN_PAYLOAD
        } else {
            Self::PAYLOAD
        }
    }
}

/// The code of one object file, as the trap handler needs it.
#[repr(C)]
#[derive(Debug)]
pub struct CodeDesc {
    pub text: *const u8,
    pub text_len: u64,
    /// `func_count` entries and one sentinel.
    pub funcs: *const FuncEntry,
    pub func_count: u64,
    pub traps: *const u8,
    /// Those that trap streams name, and those of their calls.
    pub inlined: *const InlinedPlace,
    pub names: *const u8,
    /// `catch_count` entries and one sentinel.
    pub catches: *const CatchSite,
    pub catch_count: u64,
    pub handlers: *const Handler,
    /// Closed world: the tags by number.
    pub tags: *const TagDesc,
    pub tag_count: u64,
    /// Calls over which references to objects of the heap live.
    pub safepoints: *const Safepoint,
    pub safepoint_count: u64,
    pub maps: *const u8,
    /// What backtraces show of the sources, or null where they are not known.
    pub sources: *const Sources,
}

/// What backtraces show of the sources of functions, from the debugging information of the modules.
///
/// The stream of a function has numbers in LEB128. First there are scopes: how many, and for each the number of the one around it plus 1 (0: none), its name, and
/// where it was called: a file and a line (0: unknown). Then there are rows: how many, and for each the distance of its offset in the .wasm file from that of the row
/// before it (the first from 0), its scope, its file, and in zigzag the distance of its line from that of the row before it (the first from 0). A row holds
/// up to the next. Names and files are offsets in `strings`: a length in LEB128, and so many bytes.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Sources {
    /// The runtime's function that reads it, so that only programs with sources contain that.
    pub describe: *const u8,
    /// For each of `CodeDesc::funcs` where its stream begins in `rows`, or `u32::MAX` if it has none. Null where no module has debugging information.
    pub functions: *const u32,
    pub rows: *const u8,
    pub strings: *const u8,
    /// What traps are about, sorted.
    pub subjects: *const Subject,
    pub subject_count: u64,
}

/// What an instruction that may trap is about, as the names of its module say.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    /// The function's number in `CodeDesc::funcs`, and the instruction's offset in the .wasm file.
    pub func: u32,
    pub wasm_offset: u32,
    /// Its text: an offset in `Sources::strings`.
    pub text: u32,
}

/// A call over which references to objects of the heap live in the frame. Sorted by `pc`; a call that is not listed has none.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Safepoint {
    /// Where the call returns to: offset from `CodeDesc::text`.
    pub pc: u32,
    /// Offset in `CodeDesc::maps` of its map: in LEB128 the number of places, then for each, in ascending order, its distance from the previous one (the
    /// first from [`Safepoint::BELOW`] bytes below the frame's stack pointer as it is at the call), in words of 4 bytes. A place holds a reference, 4 bytes. Those
    /// below the stack pointer are registers, which the callee has put there.
    pub map: u32,
}

impl Safepoint {
    pub const BELOW: u32 = 256;
    /// Functions that preserve all registers put the one with the hardware's number `n` so many bytes and `8 * n` more below the stack pointer at the call, and
    /// may collect garbage then.
    pub const X86_64: u32 = 16;
    pub const AARCH64: u32 = 24;
}

/// What the collector knows of a type of objects.
///
/// An object begins with a header of 4 bytes: the number of its type, shifted left by [`GcType::HEADER_SHIFT`], and bits of the collector, 0 in a new one.
/// References to objects are their addresses, 4 bytes; 0 is null and odd ones are i31. Objects lie at multiples of 8.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct GcType {
    /// `STRUCT`, `ARRAY`, `HOST` or `CONT`.
    pub kind: u32,
    /// Struct: bytes of an object, header included. Array: bytes of an element.
    pub bytes: u32,
    /// Struct: index in `GcDesc::offsets` of the first offset of a field that is a reference. Array: not 0 if elements are references.
    pub refs: u32,
    /// Struct: how many fields are references.
    pub ref_count: u32,
}

impl GcType {
    /// Fields follow the header, as the compiler has laid them out.
    pub const STRUCT: u32 = 0;
    /// The number of elements follows the header, 4 bytes; elements begin at [`GcType::ELEMENTS`].
    pub const ARRAY: u32 = 1;
    /// A value of the host: 8 bytes at 8 that are no reference into the heap.
    pub const HOST: u32 = 2;
    pub const ELEMENTS: u32 = 8;
    /// Bytes of an object of `HOST`, and where it has its value.
    pub const HOST_BYTES: u32 = 16;
    pub const HOST_VALUE: u32 = 8;
    /// A continuation ([`Cont`]). The next type is that of arrays of values that are bound to one.
    pub const CONT: u32 = 3;
    pub const CONT_BYTES: u32 = 32;
    pub const HEADER_SHIFT: u32 = 8;
    /// In a header: the object is old and not in the log. Whoever stores a reference in it calls `wative_gc_log` first.
    pub const OLD: u32 = 4;
}

/// A continuation, an object of the collector. It is new while it has a function and nothing suspended, and used up once it was resumed or bound.
#[repr(C)]
#[derive(Debug)]
pub struct Cont {
    pub header: u32,
    /// A reference to the values that it gets before those of whoever resumes it, or null.
    pub bound: u32,
    /// What is suspended, [`Cont::NEW`] or [`Cont::USED`].
    pub fiber: usize,
    /// The [`FuncRef`] that a new one calls, and the code that does so with a [`ContStart`]: an [`ArrayEntry`].
    pub func: usize,
    pub entry: usize,
}

impl Cont {
    pub const NEW: usize = 0;
    pub const USED: usize = 1;
    /// Bit in the shape of a message above the number of its slots: behind them is a mask of those that are references to objects, a bit for each in words of 64.
    pub const MASKED: u32 = 16;
    /// Bit from which on the number of handlers is there. A message begins with their tags, 4 bytes each: those of `suspend`, then those of `switch` with [`Cont::SWITCH`]. The slots begin at
    /// the next multiple of 8.
    pub const HANDLERS: u32 = 32;
    pub const SWITCH: u32 = 1 << 31;
    /// Bit from which on an answer says what has happened; below is where the values are, or the exception. To `suspend` and `switch`: 0, or [`Cont::THREW`].
    pub const OUTCOME: u32 = 48;
    /// The function has returned, or thrown. The numbers of handlers follow.
    pub const RETURNED: u64 = 0;
    pub const THREW: u64 = 1;
    pub const SUSPENDED: u64 = 2;
}

/// What a continuation begins with: the function and where its arguments are.
#[repr(C)]
#[derive(Debug)]
pub struct ContStart {
    pub func: usize,
    pub values: *const u64,
}

/// The garbage-collected heap of a program.
#[repr(C)]
#[derive(Debug)]
pub struct GcDesc {
    pub types: *const GcType,
    /// For each struct the offsets of its fields that are references.
    pub offsets: *const u32,
    /// Places outside of the heap that hold a reference, 4 bytes each: globals.
    pub cells: *const *const u32,
    pub cell_count: u64,
    /// Tables whose elements are references, in the lower half.
    pub tables: *const *const Table,
    pub table_count: u64,
    /// Bytes that the heap may have; 0: no limit.
    pub limit: u64,
    pub type_count: u32,
    /// `GcDesc::*`.
    pub flags: u32,
    /// In a program that starts threads: where a block of instances has the address of its thread's heap, whose beginning is a [`GcHeap`]. There and in an open world
    /// `wative_gc_new_heap` and `wative_gc_end_heap`.
    pub heap_slot: u64,
    pub new_heap: Option<unsafe extern "C" fn(*const GcDesc, distance: usize) -> *mut u8>,
    pub end_heap: Option<unsafe extern "C" fn(*mut u8)>,
    /// Open world, where exceptions are objects: `wative_gc_cross`.
    pub cross: Option<Cross>,
}

/// Gives an exception to whoever catches it: `(landing, handler, exception)`. What the runtime knows of the landing is its own. Answers the exception as the handler's instance has it.
pub type Cross = unsafe extern "C" fn(*const u8, usize, usize) -> usize;

impl GcDesc {
    /// Every allocation collects, fully every eighth time: for tests.
    pub const STRESS: u32 = 1;
    /// What the collector has done is told on the standard error output when the process ends.
    pub const STATS: u32 = 2;
    /// Open world: addresses of cells and tables are offsets in the instance.
    pub const OPEN: u32 = 4;
}

/// Where compiled code allocates: it takes `size` bytes (a multiple of 8) from `next` on if that does not go beyond `limit`, and otherwise calls
/// `wative_gc_allocate`. What lies between the two is zero. The symbol `wative_gc` is that of the main thread.
#[repr(C)]
#[derive(Debug)]
pub struct GcHeap {
    pub next: usize,
    pub limit: usize,
}

/// How compiled code was left for a function that may call compiled code again: where a call in the frame returns to, and its stack pointer. `wative_gc_leave` notes it before such a call.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct GcLeft {
    pub pc: usize,
    pub sp: usize,
}

/// A memory that the module defines.
#[repr(C)]
#[derive(Debug)]
pub struct MemoryDesc {
    /// Offset of its [`Memory`] in the instance.
    pub offset: u32,
    /// `Memory::*`.
    pub flags: u32,
    pub min_pages: u64,
    /// Declared maximum in pages, or what the addresses allow.
    pub max_pages: u64,
}

/// A table that the module defines.
#[repr(C)]
#[derive(Debug)]
pub struct TableDesc {
    /// Offset of its [`Table`] in the instance.
    pub offset: u32,
    /// Element type byte.
    pub elem: u32,
    pub min: u64,
    /// Declared maximum in elements, or what the indices allow.
    pub max: u64,
}

/// Part of a memory's initial contents that is mapped instead of copied: whole pages at the start of the process.
#[repr(C)]
#[derive(Debug)]
pub struct ImagePart {
    /// Page-aligned, `len` bytes, in a writable segment that nothing else uses.
    pub bytes: *mut u8,
    /// Whole pages.
    pub len: u64,
    /// Where in the memory it goes; the start of a page.
    pub dst: u64,
    /// The memory.
    pub memory: *mut Memory,
}

/// Kind of an import or export (numbers of the Wasm binary format, 5.5.5).
pub const KIND_FUNC: u32 = 0;
pub const KIND_TABLE: u32 = 1;
pub const KIND_MEMORY: u32 = 2;
pub const KIND_GLOBAL: u32 = 3;
pub const KIND_TAG: u32 = 4;

/// An import that `wative_instantiate` must be given a pointer for (open world, all kinds but functions,
/// which are C symbols).
#[repr(C)]
#[derive(Debug)]
pub struct ImportDesc {
    pub module: *const u8,
    pub module_len: u64,
    pub name: *const u8,
    pub name_len: u64,
    pub kind: u32,
    /// Offset of the pointer slot in the instance. All bits set: a tag that the instance has for itself, for which null is given.
    pub offset: u32,
    /// Global: value type byte | mutable << 8 | [`NON_NULL`]. Table: element type byte | [`NON_NULL`] | [`WIDE_TABLE`]. Memory: its flags as the code expects them
    /// (code without checks must not get a `CHECKED` memory).
    pub ty: u32,
    pub reserved: u32,
    /// Limits of an imported memory (pages) or table (elements); `max` is `u64::MAX` where none is asked for.
    pub min: u64,
    pub max: u64,
    /// Tag: identity of its type. Global, table: of the function type that references are to, null where they are to any.
    pub sig: *const u8,
}

/// An export that can be found by name at run time.
#[repr(C)]
#[derive(Debug)]
pub struct ExportDesc {
    pub name: *const u8,
    pub name_len: u64,
    pub kind: u32,
    /// As in [`ImportDesc`], but 0 for a memory.
    pub ty: u32,
    /// Function: its [`ArrayEntry`]. In a closed world, others: address of the entity.
    pub address: *const u8,
    /// In an open world, non-functions: offset in the instance; bit 31 set where the slot holds a pointer (re-exported import).
    pub offset: u32,
    /// Function: lengths of the two type strings.
    pub param_count: u16,
    pub result_count: u16,
    /// Function: value type bytes (binary format: 0x7f i32, 0x7e i64, 0x7d f32, 0x7c f64, 0x7b v128, 0x70 funcref,
    /// 0x6f externref, 0x69 exnref, 0x72 to 0x74 those of null alone), parameters then results.
    pub types: *const u8,
    /// Function: its FuncRef record (closed world: address; open world: null and `offset` tells), or null when none exists.
    pub funcref: *const FuncRef,
    /// As in [`ImportDesc`], of a global or table in an open world.
    pub sig: *const u8,
}

/// In types of globals and tables: a reference without null.
pub const NON_NULL: u32 = 1 << 9;

/// In descriptors of tables: indices are i64.
pub const WIDE_TABLE: u32 = 1 << 10;

/// How a `FuncRef` of an open instance is made.
#[repr(C)]
#[derive(Debug)]
pub struct FuncRefInit {
    pub code: *const u8,
    pub sig: u64,
    /// [`FuncRef::near`].
    pub near: *const u8,
}

/// Everything the runtime needs to make an instance of a module.
#[repr(C)]
#[derive(Debug)]
pub struct ModuleDesc {
    pub abi_version: u32,
    /// [`ModuleDesc::OPEN`] or 0.
    pub flags: u32,
    pub name: *const u8,
    pub name_len: u64,
    pub code: *const CodeDesc,
    /// Closed world: the one static instance. Open world: null.
    pub instance: *mut Instance,
    /// Bytes of an instance.
    pub instance_size: u64,
    /// Open world: offset of the FuncRef array in an instance.
    pub funcrefs_offset: u64,
    pub funcref_inits: *const FuncRefInit,
    pub funcref_count: u64,
    pub imports: *const ImportDesc,
    pub import_count: u64,
    pub exports: *const ExportDesc,
    pub export_count: u64,
    pub memories: *const MemoryDesc,
    pub memory_count: u64,
    pub tables: *const TableDesc,
    pub table_count: u64,
    pub images: *const ImagePart,
    pub image_count: u64,
    /// Open world: template of the instance's entity area (`instance_size - INSTANCE_HEADER` bytes): constant
    /// globals, segment descriptors. Null: all zero.
    pub template: *const u8,
    /// Evaluates initialisers, applies active segments, calls the start function. Null: nothing to do.
    pub init: Option<ArrayEntry>,
    /// Open world: offset in the instance of a pointer/own [`Memory`] for `memory0`: bit 31 set where a pointer slot;
    /// `u32::MAX`: none.
    pub memory0: u32,
    pub reserved: u32,
}

impl ModuleDesc {
    /// Several instances may exist; code reaches its state through an instance pointer.
    pub const OPEN: u32 = 1;
    /// Open world: instances have [`InstanceObjects`], and the address of the [`GcDesc`] follows the descriptor.
    pub const OBJECTS: u32 = 2;
}

/// Something that the guest finds open when it starts: by default a directory of the host.
#[repr(C)]
#[derive(Debug)]
pub struct Preopen {
    /// Directory: its path. Tree: [`TreeNode`]s and what they refer to. Socket: a `sockaddr_in` or `sockaddr_in6` to listen on.
    pub host: *const u8,
    pub host_len: u64,
    pub guest: *const u8,
    pub guest_len: u64,
    /// `Preopen::*`.
    pub flags: u64,
}

impl Preopen {
    /// Nothing beneath it can be changed.
    pub const READ_ONLY: u64 = 1;
    /// A tree of files that the executable carries, or that were granted one by one.
    pub const TREE: u64 = 2;
    /// A listening socket.
    pub const LISTEN: u64 = 4;
}

/// A file or directory of a tree. The nodes are an array at the tree's start, the root first; places of names and contents count
/// from there, so that nothing needs relocation. The children of a directory are neighbours, sorted by name.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct TreeNode {
    /// `TreeNode::*`.
    pub kind: u32,
    /// Index of the directory that it is in; the root's own for the root.
    pub parent: u32,
    /// Place and length of the name. The root has none: a number that tells trees apart, and the number of nodes.
    pub name: u64,
    pub name_len: u64,
    /// File: place and bytes of its contents. Directory: index and number of its children. Host file: place and length of
    /// its path.
    pub data: u64,
    pub len: u64,
}

impl TreeNode {
    pub const DIRECTORY: u32 = 0;
    pub const FILE: u32 = 1;
    /// A file of the host, which must be in its directory when it is opened.
    pub const HOST_FILE: u32 = 2;
    /// The same, for reading only.
    pub const HOST_FILE_READ_ONLY: u32 = 3;
}

/// An environment variable: `NAME=value`, or `NAME` alone to take the value from the process.
#[repr(C)]
#[derive(Debug)]
pub struct EnvVar {
    pub text: *const u8,
    pub len: u64,
}

/// Something that the program may do on the network: with the addresses of a prefix, or those that looking a name up has given it.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NetRule {
    /// What it allows: one of `CONNECT`, `BIND`, `SEND`, `LOOKUP`.
    pub kind: u32,
    /// `IPV4`, `IPV6`, or `NAME`.
    pub family: u32,
    /// The ports, both included.
    pub first_port: u32,
    pub last_port: u32,
    /// How many leading bits of an address count.
    pub prefix: u32,
    pub reserved: u32,
    /// The address from its first bit on, upper and lower half; an IPv4 address fills the upper half's upper half.
    pub high: u64,
    pub low: u64,
    /// `NAME`: a host's name in lower case without a dot at its end; empty: every name.
    pub name: *const u8,
    pub name_len: u64,
}

impl NetRule {
    /// TCP connections to the addresses.
    pub const CONNECT: u32 = 1;
    /// Sockets, TCP and UDP, of these own addresses.
    pub const BIND: u32 = 2;
    /// UDP datagrams to the addresses.
    pub const SEND: u32 = 3;
    /// Asking for the addresses of names.
    pub const LOOKUP: u32 = 4;
    pub const NAME: u32 = 0;
    pub const IPV4: u32 = 4;
    pub const IPV6: u32 = 6;
}

/// Rules about the network that a program may have.
pub const MAX_NET_RULES: usize = 1000;

/// Capabilities and limits decided at build time.
#[repr(C)]
#[derive(Debug)]
pub struct Config {
    pub preopens: *const Preopen,
    pub preopen_count: u64,
    pub env: *const EnvVar,
    pub env_count: u64,
    /// Bytes of the Wasm stack; 0 = 64 MiB.
    pub stack_size: u64,
    /// `Config::*`.
    pub flags: u64,
    /// CPU features that the code needs, as a mask; see `Config::CPU_*`.
    pub cpu: u64,
    /// Bytes that all linear memories together may have; 0 = no limit.
    pub memory_limit: u64,
    /// The seccomp program that is installed before the guest runs: `struct sock_filter`s.
    pub filter: *const u64,
    pub filter_len: u64,
    /// What it may do on the network.
    pub rules: *const NetRule,
    pub rule_count: u64,
    /// Of servers; null for others.
    pub serve: *const Serve,
}

/// What was decided at build time about a server. 0 stands for the default.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Serve {
    /// Processes that take requests; by default as many as there are processors.
    pub workers: u32,
    /// Processes altogether: those, and others that finish requests which wait for something.
    pub max_concurrency: u32,
    /// Milliseconds that a request may take.
    pub request_timeout: u64,
    /// The server ends after so many requests.
    pub max_requests: u64,
    /// Not 0: a line on the standard error output for each request.
    pub access_log: u64,
    /// Requests that an instance answers, and at a time; both 0 for a handler of WASI 0.2, which answers one.
    pub instance_requests: u32,
    pub instance_concurrency: u32,
    /// Milliseconds after which an instance that answers nothing is replaced; 0 for a handler of WASI 0.2.
    pub instance_idle_timeout: u64,
}

impl Serve {
    /// Defaults for handlers of WASI 0.3, which are those of `wasmtime serve`.
    pub const INSTANCE_REQUESTS: u32 = 128;
    pub const INSTANCE_CONCURRENCY: u32 = 16;
    pub const INSTANCE_IDLE_TIMEOUT: u64 = 1000;
    /// Requests of an instance at most: there are more numbers of exchanges.
    pub const MAX_INSTANCE_REQUESTS: u32 = 1 << 20;
}

impl Config {
    /// Operand of instructions of the filter that stands for the process's own number.
    pub const FILTER_PID: u32 = u32::MAX;
    /// What `clone` is asked for to start a thread: everything shared, a word of its stack cleared at its end
    /// (`CLONE_VM | FS | FILES | SIGHAND | THREAD | SYSVSEM | CHILD_CLEARTID`).
    pub const CLONE_FLAGS: u32 = 0x25_0f00;
    /// What `clone` is asked for to make a process: a signal to its parent when it ends (`SIGCHLD`); its parent is that of the calling one (`CLONE_PARENT`).
    pub const FORK_FLAGS: u32 = 17;
    pub const SIBLING_FLAGS: u32 = 0x8000 | 17;
    /// Instructions that a filter has at most.
    pub const FILTER_MAX: usize = 256;
    /// The whole process environment is visible.
    pub const INHERIT_ENV: u64 = 1;
    /// `WATIVE_DIRS` and `WATIVE_ENV` add to what was granted.
    pub const RUNTIME_GRANTS: u64 = 2;
    /// The guest can name files, so that rules about files are worth their system calls.
    pub const NAMES_FILES: u64 = 4;
    /// x86-64-v2: SSE3, SSSE3, SSE4.1, SSE4.2, POPCNT, CMPXCHG16B, LAHF.
    pub const CPU_X86_64_V2: u64 = 1;
    /// x86-64: AVX, with the operating system saving its registers.
    pub const CPU_AVX: u64 = 1 << 1;
    pub const CPU_AVX2: u64 = 1 << 2;
    pub const CPU_FMA: u64 = 1 << 3;
    pub const CPU_BMI1: u64 = 1 << 4;
    pub const CPU_BMI2: u64 = 1 << 5;
    pub const CPU_LZCNT: u64 = 1 << 6;
    /// AArch64: atomic instructions of ARMv8.1.
    pub const CPU_LSE: u64 = 1 << 32;
}

/// The program of an executable: symbol `wative_program`, defined by the compiled object.
#[repr(C)]
#[derive(Debug)]
pub struct ProgramDesc {
    pub abi_version: u32,
    pub reserved: u32,
    /// What the process does: `wative_rt_main_command`, `wative_rt_main_invoke` or `wative_rt_main_script`,
    /// which all have type [`MainFn`]. Only the chosen one is linked.
    pub main: MainFn,
    pub config: *const Config,
    /// Modules in order of instantiation.
    pub modules: *const *const ModuleDesc,
    pub module_count: u64,
    /// Command: the entry of `_start`. Invoke: the entry of the invoked function's [`ExportDesc`] is `invoke`.
    pub entry: Option<ArrayEntry>,
    /// Instance that `entry` belongs to.
    pub entry_instance: *mut Instance,
    /// `--invoke`: the export to call with the process arguments, or null.
    pub invoke: *const ExportDesc,
    /// `_initialize` of the main module, to be called before `entry` or `invoke`, or null.
    pub initialize: Option<ArrayEntry>,
    /// `wative_rt_grant` where something is granted, `wative_rt_names` where names can be looked up, `wative_tls` (of `runtime-lib/tls`) where requests can be sent, `wative_rt_zone` where the time zone can be asked for, `wative_rt_harden` unless that is switched off
    /// (`wative_rt_harden_network` where the program may use the network): only then they are linked.
    pub grant: Option<ConfigFn>,
    pub names: Option<ConfigFn>,
    pub tls: Option<ConfigFn>,
    pub zone: Option<ConfigFn>,
    /// The heap of objects and `wative_gc_start`, in programs that allocate any.
    pub gc: *const GcDesc,
    pub gc_start: Option<unsafe extern "C" fn(*const GcDesc)>,
    pub harden: Option<ConfigFn>,
    /// What a program counts, and `wative_rt_profile`; null in others.
    pub profile: *const ProfileDesc,
    pub profile_start: Option<unsafe extern "C" fn(*const ProfileDesc)>,
    /// Programs that start threads: the first thread's instances, one behind the other, of which every thread gets a copy as it was before
    /// anything ran; null in others.
    pub block: *mut u8,
    pub block_size: u64,
    /// The entry of `wasi_thread_start`.
    pub thread_start: Option<ArrayEntry>,
    /// Offset in the block of the instance that it belongs to.
    pub thread_instance: u64,
    /// [`ProgramDesc::MAGIC`]: by it the description is found in an executable without symbols.
    pub magic: u64,
}

impl ProgramDesc {
    pub const MAGIC: u64 = u64::from_le_bytes(*b"\x7fwative\x03");
}

/// The head of a profile's file. The functions follow, then zeros up to `size`, then a counter of 64 bits for each thing that is counted, function by function.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ProfileHead {
    /// [`ProfileHead::MAGIC`].
    pub magic: u64,
    /// Bytes before the counters: whole [`ProfileHead::PAGE`]s.
    pub size: u64,
    /// Number of functions.
    pub funcs: u64,
    /// Number of counters.
    pub counters: u64,
}

impl ProfileHead {
    pub const MAGIC: u64 = u64::from_le_bytes(*b"wprofile");
    /// No system has larger pages.
    pub const PAGE: u64 = 1 << 16;
    /// Where the file is, unless the variable `WATIVE_PROFILE` of the process says otherwise.
    pub const VARIABLE: &'static str = "WATIVE_PROFILE";
}

/// A function in a profile's file.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ProfileFunc {
    /// Hash of its module's number and its name.
    pub name: u64,
    /// Hash of the operators that control flow is made of.
    pub shape: u64,
    /// How many counters it has.
    pub counters: u64,
}

/// The profile of a program that counts.
#[repr(C)]
#[derive(Debug)]
pub struct ProfileDesc {
    /// What stands in the file before the counters.
    pub head: *const ProfileHead,
    /// Where the program counts: whole pages.
    pub counters: *mut u64,
    pub counters_size: u64,
    /// Where the file is, ended by a null byte.
    pub path: *const u8,
}

/// A step of the start that looks at the configuration.
pub type ConfigFn = unsafe extern "C" fn(*const Config);

/// What a program exports for the threads that it starts (wasi-threads): called with the thread's number and the argument.
pub const THREAD_START: &str = "wasi_thread_start";

/// Main function of an executable: gets the program and the initial stack pointer contents
/// (argc, argv, envp, auxv as the System V ABI lays them out).
pub type MainFn = unsafe extern "C" fn(*const ProgramDesc, *const usize) -> !;
