//! Tasks: calls of `async` functions, and what may wait (`CanonicalABI.md`: Concurrency).
//!
//! | module | concern |
//! |---|---|
//! | [`task`] | calls and how they begin, return, are cancelled; callbacks |
//! | [`thread`] | what a task runs as; the scheduler |
//! | [`waitable`] | subtasks, sets of waitables, events |
//! | [`stream`] | streams and futures |
//! | [`context`] | error contexts |
//! | [`end`] | ends of them that the runtime has |
//! | [`host`] | calls of the host that go on later |
//! | [`system`] | waiting for the system |
//!
//! Compiled code knows what values look like and copies them; here are states, queues and tables. A task of an `async` function has a stack of its own ([`crate::state::fiber`]). A
//! call of another function stays on its caller's, but is a task as well.
//!
//! Order: wherever the specification leaves the choice, who has waited longest goes on first.
//!
//! Objects lie in pools and never move. Compiled code and handle tables know them by number, here they are pointers. An object is freed where the last one that
//! knows it lets it go, which each type says.

pub mod context;
pub mod end;
pub mod host;
pub mod stream;
pub mod system;
pub mod task;
pub mod thread;
pub mod waitable;

use super::handles;
use crate::canonical::{ComponentInstance, Handle, Handles, Reason};
use crate::state::pool::Pool;
use crate::sys::PollFd;
use context::ErrorContext;
use core::cell::UnsafeCell;
use end::Pump;
use host::Pending;
use stream::Shared;
use system::{Poll, Waiter};
use task::Task;
use thread::Thread;
use waitable::{Set, Waitable};

/// All that there is of tasks.
pub struct Tasks {
    pub tasks: Pool<Task>,
    pub threads: Pool<Thread>,
    pub waitables: Pool<Waitable>,
    pub sets: Pool<Set>,
    pub shared: Pool<Shared>,
    pub lent: Pool<Lent>,
    pub pending: Pool<Pending>,
    pub pumps: Pool<Pump>,
    pub contexts: Pool<ErrorContext>,
    pub waiters: Pool<Waiter>,
    /// What is waited for from the system, and of that what has happened.
    pub watched: List<Waiter>,
    pub due: List<Waiter>,
    pub poll: Option<Poll>,
    /// Where [`system`] says what it asks for; null: nowhere yet.
    pub descriptors: *mut PollFd,
    /// Turns since the system was asked.
    pub turns: u32,
    /// Where tests want another order of threads than that in which they have waited.
    pub random: u32,
    /// What runs; null while no task does.
    pub current: *mut Thread,
    /// Threads that wait, who has waited longest first.
    pub waiting: List<Thread>,
}

struct Cell(UnsafeCell<Tasks>);

// SAFETY: components have one thread.
unsafe impl Sync for Cell {}

static TASKS: Cell = Cell(UnsafeCell::new(Tasks::NONE));

/// Forgets everything. Its memory must be given back as well.
pub fn reset() {
    // SAFETY: as above; no task runs.
    unsafe {
        TASKS.0.get().write(Tasks::NONE);
        crate::state::fiber::reset();
    }
}

impl Tasks {
    const NONE: Tasks = Tasks {
        tasks: Pool::new(),
        threads: Pool::new(),
        waitables: Pool::new(),
        sets: Pool::new(),
        shared: Pool::new(),
        lent: Pool::new(),
        pending: Pool::new(),
        pumps: Pool::new(),
        contexts: Pool::new(),
        waiters: Pool::new(),
        watched: List::new(),
        due: List::new(),
        poll: None,
        descriptors: core::ptr::null_mut(),
        turns: 0,
        random: 0,
        current: core::ptr::null_mut(),
        waiting: List::new(),
    };
}

/// The one that there is.
pub fn tasks() -> *mut Tasks {
    TASKS.0.get()
}

/// A handle that is lent until its subtask has resolved.
pub struct Lent {
    handles: *mut Handles,
    index: u32,
    /// The number of the next one and one more; 0: none.
    next: u32,
}

/// A list that its items are linked in; each is in one at most.
pub struct List<T> {
    first: *mut T,
    last: *mut T,
}

/// The neighbours of an item in its list.
pub struct Link<T> {
    previous: *mut T,
    next: *mut T,
}

impl<T> Link<T> {
    pub const fn new() -> Link<T> {
        Link {
            previous: core::ptr::null_mut(),
            next: core::ptr::null_mut(),
        }
    }
}

/// What can be in a list.
pub trait Linked: Sized {
    fn link(&mut self) -> &mut Link<Self>;
}

impl<T: Linked> List<T> {
    pub const fn new() -> List<T> {
        List {
            first: core::ptr::null_mut(),
            last: core::ptr::null_mut(),
        }
    }

    /// Adds an item at the end.
    ///
    /// # Safety
    /// As all functions here: items are alive, and this one is in no list.
    pub unsafe fn push(&mut self, item: *mut T) {
        self.insert(item, |_| true);
    }

    /// Adds an item behind the last one that `goes_first`.
    ///
    /// # Safety
    /// As for [`List::push`]; `goes_first` does not change the list.
    pub unsafe fn insert(&mut self, item: *mut T, mut goes_first: impl FnMut(*mut T) -> bool) {
        let (mut previous, mut next) = (self.last, core::ptr::null_mut::<T>());
        while !previous.is_null() && !goes_first(previous) {
            next = previous;
            previous = (*previous).link().previous;
        }
        let link = (*item).link();
        (link.previous, link.next) = (previous, next);
        match previous.as_mut() {
            Some(previous) => previous.link().next = item,
            None => self.first = item,
        }
        match next.as_mut() {
            Some(next) => next.link().previous = item,
            None => self.last = item,
        }
    }

    /// # Safety
    /// The item is in this list.
    pub unsafe fn remove(&mut self, item: *mut T) {
        let link = (*item).link();
        let (previous, next) = (link.previous, link.next);
        match previous.as_mut() {
            Some(previous) => previous.link().next = next,
            None => self.first = next,
        }
        match next.as_mut() {
            Some(next) => next.link().previous = previous,
            None => self.last = previous,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.first.is_null()
    }

    /// The first item for which `f` holds, or null.
    ///
    /// # Safety
    /// `f` does not change the list.
    pub unsafe fn find(&self, mut f: impl FnMut(*mut T) -> bool) -> *mut T {
        let mut item = self.first;
        while !item.is_null() && !f(item) {
            item = (*item).link().next;
        }
        item
    }
}

impl ComponentInstance {
    /// What lies so far from here.
    fn at<T>(&self, distance: i32) -> *mut T {
        (&raw const *self)
            .wrapping_byte_offset(distance as isize)
            .cast_mut()
            .cast()
    }

    /// Its handle table.
    pub fn table(&self) -> *mut Handles {
        self.at(self.handles)
    }

    /// The instance around it, or null.
    pub fn parent(&self) -> *mut ComponentInstance {
        match self.parent {
            0 => core::ptr::null_mut(),
            distance => self.at(distance),
        }
    }

    /// The flag that it may call others.
    pub fn may_leave_flag(&self) -> *mut u32 {
        self.at(self.may_leave)
    }

    fn flag(&self) -> *mut u32 {
        self.at(self.may_enter)
    }

    /// Calls `f` for the flag of each instance that is entered by who comes from `caller` (null: the host): this one and those around it that the caller is not in.
    ///
    /// # Safety
    /// Instances of the program.
    unsafe fn each_entered(&self, caller: *const ComponentInstance, mut f: impl FnMut(*mut u32)) {
        let mut instance = &raw const *self;
        while !instance.is_null() && !is_inside(caller, instance) {
            f((*instance).flag());
            instance = (*instance).parent();
        }
    }

    /// Whether it may be entered.
    ///
    /// # Safety
    /// As above.
    pub unsafe fn may_enter(&self, caller: *const ComponentInstance) -> bool {
        let mut may = true;
        self.each_entered(caller, |flag| may &= *flag != 0);
        may
    }

    /// Enters it, or leaves it.
    ///
    /// # Safety
    /// As above.
    pub unsafe fn set_entered(&self, caller: *const ComponentInstance, is_entered: bool) {
        self.each_entered(caller, |flag| *flag = u32::from(!is_entered));
    }
}

/// Whether an instance is another one or lies in it.
///
/// # Safety
/// Instances of the program, or null.
unsafe fn is_inside(
    mut instance: *const ComponentInstance,
    other: *const ComponentInstance,
) -> bool {
    while !instance.is_null() {
        if instance == other {
            return true;
        }
        instance = (*instance).parent();
    }
    false
}

/// The number that a handle of this kind has.
///
/// # Safety
/// `table` is the table of an instance.
pub unsafe fn number(table: *mut Handles, kind: u32, index: u32) -> Result<u32, Reason> {
    let handle = handles::any(&mut *table, index)?;
    match (*handle).kind == kind {
        true => Ok((*handle).rep),
        false => Err(Reason::WrongKind),
    }
}

/// Puts something into a table that is no resource: its index.
///
/// # Safety
/// As above.
pub unsafe fn insert(table: *mut Handles, kind: u32, number: u32) -> Result<u32, Reason> {
    handles::insert(
        &mut *table,
        Handle {
            rep: number,
            resource: Handle::NO_RESOURCE,
            kind,
            lends: 0,
            scope: 0,
        },
    )
}
