//! Futures by which the runtime says how something ended: `future<result<_, error-code>>`.
//!
//! An outcome is known by a number until both who will say it and the component's end are gone.

use crate::canonical::Reason;
use crate::component::tasks::end::{Buffer, HostEnd, Moved, Operations};
use crate::component::tasks::stream::{self, Shared};
use crate::state::pool::Pool;
use crate::wasi2::{Answer, Call, Out};
use core::cell::UnsafeCell;
use core::ptr::null_mut;

/// An outcome.
struct Outcome {
    /// Null: nobody will read it.
    shared: *mut Shared,
    value: Option<Value>,
    /// Writes it.
    form: &'static Form,
    /// Who will say it is there still.
    is_awaited: bool,
}

/// What it is: none, or an error by the number that the form knows.
pub type Value = Result<(), u32>;

/// How a `result<_, error-code>` lies in memory.
pub struct Form {
    pub size: u32,
    pub align: u32,
    /// Where the error is.
    pub payload: u32,
    /// Writes an error, at the payload.
    pub put: fn(Out, u32, u32),
}

struct Cell(UnsafeCell<Pool<Outcome>>);

// SAFETY: components have one thread.
unsafe impl Sync for Cell {}

static OUTCOMES: Cell = Cell(UnsafeCell::new(Pool::new()));

fn all() -> *mut Pool<Outcome> {
    OUTCOMES.0.get()
}

const ENDS: Operations = Operations {
    copy,
    dropped,
    both: None,
};

/// # Safety
/// As all functions here: what numbers and pointers stand for is there.
unsafe fn copy(number: u32, buffer: &Buffer) -> Answer<Moved> {
    let outcome = (*all()).get(number);
    let Some(value) = (*outcome).value else {
        return Ok(Moved::Later);
    };
    if !buffer.native.is_null() {
        (buffer.native as *mut Native).write(Native {
            is_error: value.is_err(),
            error: value.err().unwrap_or(0),
        });
        return Ok(Moved::Elements(1));
    }
    put(&buffer.call()?, buffer.address, (*outcome).form, value)?;
    Ok(Moved::Elements(1))
}

/// An outcome on its way between two ends of the runtime.
#[repr(C)]
pub struct Native {
    is_error: bool,
    error: u32,
}

impl Native {
    pub fn value(&self) -> Value {
        match self.is_error {
            true => Err(self.error),
            false => Ok(()),
        }
    }
}

/// Writes a `result<_, error-code>`.
pub fn put(call: &Call, at: u32, form: &Form, value: Value) -> Answer<()> {
    let out = call.result(at, form.size.into(), form.align)?;
    out.u8(0, value.is_err().into());
    if let Err(error) = value {
        (form.put)(out, form.payload, error);
    }
    Ok(())
}

/// # Safety
/// As above.
unsafe fn dropped(number: u32) {
    let outcome = (*all()).get(number);
    (*outcome).shared = null_mut();
    if !(*outcome).is_awaited {
        (*all()).remove(number);
    }
}

/// A future for a component, of this kind: its index, and the number of the outcome.
///
/// # Safety
/// The call is one of a function of WASI 0.3, and the kind is that of a future of the form.
pub unsafe fn make(call: &Call, kind: u64, form: &'static Form) -> Answer<(u32, u32)> {
    let outcome = Outcome {
        shared: null_mut(),
        value: None,
        form,
        is_awaited: true,
    };
    let (number, outcome) = (*all()).add(outcome).ok_or(Reason::TooManyHandles)?;
    let end = HostEnd {
        operations: &ENDS,
        number,
    };
    let (index, shared) = stream::make(call.more().instance, kind, end)?;
    (*outcome).shared = shared;
    Ok((index, number))
}

/// An outcome that nobody will read: its number.
///
/// # Safety
/// As above.
pub unsafe fn unread(form: &'static Form) -> Answer<u32> {
    let outcome = Outcome {
        shared: null_mut(),
        value: None,
        form,
        is_awaited: true,
    };
    let (number, _) = (*all()).add(outcome).ok_or(Reason::TooManyHandles)?;
    Ok(number)
}

pub fn reset() {
    // SAFETY: as above; nobody refers to anything of it.
    unsafe { OUTCOMES.0.get().write(Pool::new()) }
}

/// A future whose outcome is known.
///
/// # Safety
/// As above.
pub unsafe fn told(call: &Call, kind: u64, form: &'static Form, value: Value) -> Answer<u32> {
    let (future, outcome) = make(call, kind, form)?;
    tell(outcome, value)?;
    Ok(future)
}

/// A stream that has nothing, because of an error that its future tells: their indices.
///
/// # Safety
/// As above; the first kind is that of a stream.
pub unsafe fn failed(
    call: &Call,
    [stream, future]: [u64; 2],
    form: &'static Form,
    error: u32,
) -> Answer<[u32; 2]> {
    Ok([empty(call, stream)?, told(call, future, form, Err(error))?])
}

const EMPTY: Operations = Operations {
    copy: |_, _| Ok(Moved::Ended),
    dropped: |_| {},
    both: None,
};

/// A stream that has nothing: its index.
///
/// # Safety
/// As above.
pub unsafe fn empty(call: &Call, kind: u64) -> Answer<u32> {
    let end = HostEnd {
        operations: &EMPTY,
        number: 0,
    };
    Ok(stream::make(call.more().instance, kind, end)?.0)
}

/// Says it. The number is not used again.
///
/// # Safety
/// It is of [`make`], and this was not called for it.
pub unsafe fn tell(number: u32, value: Value) -> Answer<()> {
    let outcome = (*all()).get(number);
    (*outcome).value = Some(value);
    (*outcome).is_awaited = false;
    match (*outcome).shared.is_null() {
        true => {
            (*all()).remove(number);
            Ok(())
        }
        false => stream::retry((*outcome).shared),
    }
}
