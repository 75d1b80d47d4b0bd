//! WASI 0.2 on Linux, for components: what their lowered imports call.
//!
//! As in preview 1 ([`crate::wasi`]) each function is a symbol of its own that the linker keeps only if the program imports it, guest pointers and lengths are
//! checked with wide arithmetic, and guest memory is never borrowed. Files are reached through the very table, resolver and rights of preview 1: a
//! `descriptor` is a number in that table.
//!
//! | module | interfaces |
//! |---|---|
//! | `cli` | `wasi:cli`: environment, exit, standard streams, terminals |
//! | `clocks` | `wasi:clocks`, `wasi:random` |
//! | `zone` | `wasi:clocks/timezone`, that of WASI 0.3 too |
//! | `http` | `wasi:http` |
//! | `io` | `wasi:io`: errors, pollables, streams |
//! | `files` | `wasi:filesystem`: descriptors by themselves, directories' entries |
//! | `paths` | `wasi:filesystem`: files by name |
//! | `sockets` | `wasi:sockets`: networks, TCP, UDP, names |
//!
//! `strings` is for guests whose strings are not UTF-8, `object` holds what handles of the host's resources stand for; everything that waits does so by `wait`. A function ends with a [`Reason`] where its caller must trap.

pub mod cli;
pub mod clocks;
pub mod files;
pub mod http;
pub mod io;
pub mod object;
pub mod paths;
pub mod sockets;
mod strings;
pub mod wait;
mod zone;

pub use clocks::monotonic;

use crate::abi::{AsyncHostCall, Handles, HostCall, Instance, Memory};
use crate::canonical::{MAX_BYTES, Reason};
use crate::component::handles;
use crate::state::stack;
use crate::wasi::Guest;
use core::cell::Cell;
use strings::Strings;

/// What a function answers.
pub type Answer<T> = Result<T, Reason>;

/// Defines functions as C symbols; the type of each must be that of its row in [`crate::calls`].
///
/// ```text
/// host! {
///     /// What it does.
///     fn interface.name(call, a: u32, b: u64) -> u32 { …; Ok(value) }
/// }
/// ```
macro_rules! host {
    ($( $(#[$doc:meta])* fn $module:ident.$name:ident($call:ident $(, $arg:ident: $ty:ty)* $(,)?) $(-> $result:ident)? $body:block )*) => {$(
        const _: $crate::check::component::$name = {
            $(#[$doc])*
            ///
            /// # Safety
            /// What the call refers to is the caller's.
            #[inline]
            #[allow(unused_mut, unused_variables)] // Not all need all of the call.
            #[allow(clippy::too_many_arguments)] // As the standard has them.
            unsafe fn body(mut $call: $crate::wasi2::Call $(, $arg: $ty)*) -> host!(@result $($result)?) $body

            /// # Safety
            /// Called by compiled code.
            #[unsafe(export_name = concat!("wative_host_", stringify!($module), "__", stringify!($name)))]
            #[allow(clippy::too_many_arguments)]
            unsafe extern "C" fn call(instance: *mut $crate::abi::Instance, at: u32 $(, $arg: $ty)*) -> u64 {
                let result = body($crate::wasi2::Call::of(instance, at) $(, $arg)*);
                host!(@answer result $($result)?)
            }
            call
        };
    )*};
    (@result) => { $crate::wasi2::Answer<()> };
    (@result u32) => { $crate::wasi2::Answer<u32> };
    (@result u64) => { u64 };
    (@result wait) => { $crate::wasi2::Answer<u32> };
    (@result done) => { $crate::wasi2::Answer<()> };
    (@result answer) => { $crate::wasi2::Answer<u32> };
    (@answer $result:ident) => { $crate::wasi2::answer($result.map(|()| 0)) };
    (@answer $result:ident done) => { $crate::wasi2::answer($result.map(|()| 0)) };
    (@answer $result:ident wait) => { $crate::wasi2::answer($result) };
    (@answer $result:ident answer) => { $crate::wasi2::answer($result) };
    (@answer $result:ident u32) => { $crate::wasi2::answer($result) };
    (@answer $result:ident u64) => { $result };
}
pub(crate) use host;

/// A result with its reason to trap.
pub fn answer(result: Answer<u32>) -> u64 {
    match result {
        Ok(value) => value.into(),
        Err(reason) => u64::from(reason as u32) << 32,
    }
}

/// Number of a resource type of the host: its place in [`crate::canonical::HOST_RESOURCES`].
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Kind {
    Error,
    Pollable,
    InputStream,
    OutputStream,
    Descriptor,
    DirectoryEntryStream,
    TerminalInput,
    TerminalOutput,
    Network,
    ResolveAddressStream,
    TcpSocket,
    UdpSocket,
    IncomingDatagramStream,
    OutgoingDatagramStream,
    Fields,
    IncomingRequest,
    OutgoingRequest,
    RequestOptions,
    ResponseOutparam,
    IncomingResponse,
    IncomingBody,
    FutureTrailers,
    OutgoingResponse,
    OutgoingBody,
    FutureIncomingResponse,
    // WASI 0.3.
    TerminalInput3,
    TerminalOutput3,
    Descriptor3,
    TcpSocket3,
    UdpSocket3,
    Fields3,
    Request3,
    RequestOptions3,
    Response3,
}

/// A call of compiled code: what belongs to the caller's side.
pub struct Call {
    memory: *mut Memory,
    realloc: Option<crate::abi::ArrayEntry>,
    handles: *mut Handles,
    /// Where strings are not UTF-8.
    strings: Option<&'static Strings>,
    /// A string was written anew for this call.
    has_text: Cell<bool>,
    instance: *mut Instance,
    record: *const HostCall,
}

impl Call {
    /// # Safety
    /// `at` is the place of a [`HostCall`] in the instance.
    pub unsafe fn of(instance: *mut Instance, at: u32) -> Call {
        Call::at(instance, (instance as *const u8).add(at as usize).cast())
    }

    /// # Safety
    /// `record` is one of the program's; entries get the instance.
    pub unsafe fn at(instance: *mut Instance, record: *const HostCall) -> Call {
        let call = &*record;
        Call {
            record,
            memory: call.memory,
            realloc: call.realloc,
            handles: call.handles,
            strings: (call.strings as *const Strings).as_ref(),
            has_text: Cell::new(false),
            instance,
        }
    }

    /// What functions of WASI 0.3 may know besides.
    ///
    /// # Safety
    /// It is a call of one.
    pub unsafe fn more(&self) -> &'static AsyncHostCall {
        &*self.record.cast()
    }

    /// What says all that is known of the caller: the program's, for ever.
    pub fn record(&self) -> *const HostCall {
        self.record
    }

    /// A handle that a call is lent which goes on later: the table, the kind, the handle.
    pub fn lent(&self, kind: Kind, index: u32) -> (*mut Handles, u32, u32) {
        (self.handles, kind as u32, index)
    }

    /// The caller's memory as it is now: allocating may enlarge it.
    pub fn guest(&self) -> Guest {
        // SAFETY: the memory is the program's.
        unsafe { Guest::of_memory(self.memory) }
    }

    /// Where a result goes, of this size and alignment.
    pub fn result(&self, at: u32, size: u64, align: u32) -> Answer<Out> {
        if !at.is_multiple_of(align) {
            return Err(Reason::HostResultUnaligned);
        }
        let range = self.guest().range(at, size);
        range.map_err(|_| Reason::HostResultOutOfBounds)?;
        Ok(Out {
            memory: self.memory,
            at,
        })
    }

    /// Bytes of the guest, for reading, as long as nothing is allocated.
    pub fn bytes(&self, at: u32, len: u32) -> Answer<&[u8]> {
        if u64::from(len) > MAX_BYTES {
            return Err(Reason::HostListOutOfBounds);
        }
        let range = self.guest().range(at, len.into());
        let start = range.map_err(|_| Reason::HostListOutOfBounds)?;
        if len == 0 {
            return Ok(&[]);
        }
        // SAFETY: checked; the program has one thread, so nobody writes meanwhile.
        Ok(unsafe { core::slice::from_raw_parts(start, len as usize) })
    }

    /// A string of the guest, as long as nothing is allocated.
    pub fn string(&self, at: u32, len: u32) -> Answer<&str> {
        let (guest, at, len) = self.text(at, len)?;
        if len == 0 {
            return Ok("");
        }
        let start = guest.range(at, len.into());
        let start = start.map_err(|_| Reason::HostStringOutOfBounds)?;
        // SAFETY: checked, also that it is UTF-8; the program has one thread, so nobody writes meanwhile.
        Ok(unsafe {
            core::str::from_utf8_unchecked(core::slice::from_raw_parts(start, len as usize))
        })
    }

    /// A string of the guest in UTF-8: the memory in which it lies, its place there and its bytes. All strings of a call that are written anew lie in the same.
    pub fn text(&self, at: u32, len: u32) -> Answer<(Guest, u32, u32)> {
        if let Some(strings) = self.strings {
            return strings.read(self, at, len);
        }
        let bytes = self.bytes(at, len);
        let bytes = bytes.map_err(|_| Reason::HostStringOutOfBounds)?;
        // Most are short and of ASCII, which takes a quarter of what the whole check does.
        match bytes.is_ascii() || core::str::from_utf8(bytes).is_ok() {
            true => Ok((self.guest(), at, len)),
            false => Err(Reason::HostInvalidUtf8),
        }
    }

    /// Memory of the guest.
    pub fn allocate(&mut self, size: u32, align: u32) -> Answer<u32> {
        let Some(realloc) = self.realloc else {
            // Validation asks for one where there can be something to allocate.
            return Err(Reason::HostReallocOutOfBounds);
        };
        let mut values = [0, 0, u64::from(align), u64::from(size)];
        // SAFETY: an entry of the program; the values are as many as it reads.
        unsafe { stack::call_back(realloc, self.instance, values.as_mut_ptr()) };
        let at = values[0] as u32;
        if !at.is_multiple_of(align) {
            return Err(Reason::HostReallocUnaligned);
        }
        match self.guest().range(at, size.into()) {
            Ok(_) => Ok(at),
            Err(_) => Err(Reason::HostReallocOutOfBounds),
        }
    }

    /// Allocates room for so many elements of this size.
    pub fn allocate_list(&mut self, count: usize, size: u32, align: u32) -> Answer<u32> {
        let bytes = count as u64 * u64::from(size);
        if bytes > MAX_BYTES {
            return Err(Reason::HostListOutOfBounds);
        }
        self.allocate(bytes as u32, align)
    }

    /// A copy of bytes in memory of the guest: where it is.
    pub fn copy(&mut self, bytes: &[u8]) -> Answer<u32> {
        let at = self.allocate_list(bytes.len(), 1, 1)?;
        self.write(at, bytes)?;
        Ok(at)
    }

    /// A copy of text, which is UTF-8, as a string of the guest: where it is, and how long.
    pub fn copy_text(&mut self, text: &[u8]) -> Answer<(u32, u32)> {
        match self.strings {
            Some(strings) => (strings.write)(self, text),
            None => Ok((self.copy(text)?, text.len() as u32)),
        }
    }

    /// Writes to memory that was allocated.
    pub fn write(&self, at: u32, bytes: &[u8]) -> Answer<()> {
        let written = self.guest().write(at, bytes);
        written.map_err(|_| Reason::HostReallocOutOfBounds)
    }

    /// What a handle of this kind stands for.
    pub fn rep(&self, kind: Kind, index: u32) -> Answer<u32> {
        // SAFETY: the table of an instance.
        number(unsafe { handles::wative_rt_handle_rep(self.handles, kind as u32, index) })
    }

    /// A handle of this kind that owns what it stands for.
    pub fn own(&self, kind: Kind, rep: u32) -> Answer<u32> {
        // SAFETY: likewise.
        number(unsafe { handles::wative_rt_handle_new(self.handles, kind as u32, rep) })
    }

    /// Takes a handle away that owns what it stands for: that.
    pub fn take(&self, kind: Kind, index: u32) -> Answer<u32> {
        // SAFETY: likewise.
        number(unsafe { handles::wative_rt_handle_take(self.handles, kind as u32, index) })
    }

    /// Takes a handle away: what it stood for, if it owned that.
    pub fn drop(&self, kind: Kind, index: u32) -> Answer<Option<u32>> {
        const ENDS: u64 = 1 << 63;
        // SAFETY: likewise.
        let answer = unsafe { handles::wative_rt_handle_drop(self.handles, kind as u32, index) };
        let rep = number(answer & !ENDS)?;
        Ok((answer & ENDS != 0).then_some(rep))
    }
}

/// What an operation on handles answered.
fn number(answer: u64) -> Answer<u32> {
    match Reason::from_number((answer >> 32) as u32) {
        Some(Reason::None) => Ok(answer as u32),
        reason => Err(reason.unwrap_or(Reason::UnknownHandle)),
    }
}

/// The place of a result. The memory may move before it is written, because allocating may enlarge it.
#[derive(Clone, Copy)]
pub struct Out {
    memory: *mut Memory,
    at: u32,
}

impl Out {
    #[inline(never)]
    pub fn put(self, offset: u32, bytes: &[u8]) {
        // SAFETY: the memory is the program's.
        let guest = unsafe { Guest::of_memory(self.memory) };
        // The place was checked, and memories never shrink.
        let _ = guest.write(self.at + offset, bytes);
    }
    pub fn u8(self, offset: u32, value: u8) {
        self.put(offset, &[value]);
    }
    pub fn u32(self, offset: u32, value: u32) {
        self.put(offset, &value.to_le_bytes());
    }
    pub fn u64(self, offset: u32, value: u64) {
        self.put(offset, &value.to_le_bytes());
    }
    /// A string or list.
    pub fn list(self, offset: u32, at: u32, len: usize) {
        self.u32(offset, at);
        self.u32(offset + 4, len as u32);
    }
}
