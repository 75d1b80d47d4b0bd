//! A worker: requests over many connections, which instances answer one after the other.

use super::conns::{ANSWER, IDLE, came, expire, finish, look, refuse};
use super::waiting::{on_alarm, wait_for_guest};
use super::{CANNOT_BEGIN, MAX_SOCKETS, Shared};
use crate::abi::{Config, Instance, ProgramDesc, Serve, TrapCode};
use crate::arch;
use crate::fault::trap;
use crate::gc::conts;
use crate::http::conn::{Conn, ROOM, State};
use crate::http::exchange;
use crate::http::parse::{BAD_REQUEST, Head, Shape};
use crate::state::snapshot::Snapshot;
use crate::state::{exception, region, stack};
use crate::sys::{self, Fd, POLLIN, POLLOUT, PollFd, SigAction, TimeSpec};
use crate::text::Text;
use crate::wasi::fds;
use crate::wasi2::{clocks, http, monotonic, object, wait};
use core::cell::UnsafeCell;
use core::sync::atomic::Ordering;

/// Connections of a worker; others wait in the kernel's queue.
const MAX_CONNS: usize = exchange::MOST;

/// How long a request may take, unless it is said, in milliseconds.
const DEFAULT_TIMEOUT: u64 = 60_000;

/// What a worker gets from the master.
pub struct Server {
    pub program: &'static ProgramDesc,
    pub config: &'static Config,
    pub serve: &'static Serve,
    pub snapshot: Snapshot,
    pub sockets: [Fd; MAX_SOCKETS],
    pub socket_count: usize,
    /// At its end the server stops.
    pub stop: Fd,
    pub shared: &'static Shared,
    /// Processes that there may be.
    pub concurrency: u32,
    /// Descriptors that guests find.
    pub descriptors: usize,
}

/// The state of a worker.
pub struct Worker {
    pub server: *const Server,
    pub conns: [Conn; MAX_CONNS],
    /// Connections from here on are free.
    pub used: usize,
    /// Where to look first for a request to answer, so that each connection has its turn.
    pub next: usize,
    /// Requests that compiled code is answering.
    pub under_way: u32,
    /// Compiled code runs, or waits for something.
    pub is_running: bool,
    /// One guest answers many requests, by tasks.
    pub is_shared: bool,
    /// It takes no more requests: one has taken too long.
    pub is_retired: bool,
    /// Requests that it has taken, and its turns since others were looked after.
    pub taken: u32,
    pub turns: u32,
    /// Nanoseconds that it may go on when all its requests are answered.
    pub left: u64,
    /// Such a guest has nothing to do.
    pub is_parked: bool,
    /// When it ends because it has no request; 0 where it has some.
    pub idle_until: u64,
    /// Since when it runs without a pause.
    pub turn: u64,
    /// When the request that a guest of one request answers has taken too long.
    pub deadline: u64,
    /// The guest waits, so that it can be interrupted where it is.
    pub is_waiting: bool,
    pub is_late: bool,
    /// A signal will come.
    pub is_armed: bool,
    /// This process goes on as the worker, without the requests that it was answering.
    pub has_dropped: bool,
    /// This process ends with the requests that it is answering.
    pub is_last: bool,
    /// No connection is accepted any more.
    pub is_ending: bool,
}

struct Cell(UnsafeCell<Worker>);

// SAFETY: a worker has one thread.
unsafe impl Sync for Cell {}

static WORKER: Cell = Cell(UnsafeCell::new(Worker {
    server: core::ptr::null(),
    conns: [Conn::NONE; MAX_CONNS],
    used: 0,
    next: 0,
    under_way: 0,
    is_running: false,
    is_shared: false,
    is_retired: false,
    taken: 0,
    turns: 0,
    left: 0,
    is_parked: false,
    idle_until: 0,
    turn: 0,
    deadline: 0,
    is_waiting: false,
    is_late: false,
    is_armed: false,
    has_dropped: false,
    is_last: false,
    is_ending: false,
}));

pub fn this() -> &'static mut Worker {
    // SAFETY: as above; what is kept across calls of compiled code are places in it, not the whole.
    unsafe { &mut *WORKER.0.get() }
}

/// Answers requests until the server ends.
///
/// # Safety
/// The process is a copy of the master that nobody else uses.
pub unsafe fn worker(server: &Server) -> ! {
    server.shared.enter();
    let worker = this();
    worker.server = server;
    let buffers = sys::mmap(MAX_CONNS * ROOM, sys::PROT_READ | sys::PROT_WRITE);
    let (Ok(buffers), Ok(()), Ok(())) = (buffers, region::prepare(), exchange::prepare()) else {
        sys::write_all(sys::STDERR, b"error: no memory for a worker\n");
        sys::exit(CANNOT_BEGIN as u32)
    };
    for (i, conn) in worker.conns.iter_mut().enumerate() {
        *conn = Conn::new(buffers.add(i * ROOM));
    }
    wait::set_hook(wait_for_guest);
    let action = SigAction {
        handler: on_alarm as *const () as usize,
        flags: sys::SA_SIGINFO | sys::SA_ONSTACK | sys::SA_RESTORER,
        restorer: arch::restorer(),
        mask: 0,
    };
    let _ = sys::sigaction(sys::SIGALRM, Some(&action), None);
    if let Some(harden) = server.program.harden {
        harden(server.config);
    }
    // All of it runs on the stack that compiled code needs, so that entering that costs no system call.
    stack::run(turns, core::ptr::null_mut(), core::ptr::null_mut(), |_| {});
    sys::exit(CANNOT_BEGIN as u32)
}

/// Works for ever. See [`crate::abi::ArrayEntry`].
///
/// # Safety
/// The worker's state is complete.
unsafe extern "C" fn turns(_: *mut Instance, _: *mut u64) {
    loop {
        this().turn();
    }
}

/// Descriptors that a worker waits for: the end, sockets, connections.
const MAX_POLLED: usize = 1 + MAX_SOCKETS + MAX_CONNS;

/// Descriptors of guests that are waited for together with those of the worker.
const MAX_GUEST: usize = 128;

/// Room for all of them, so that nothing need be cleared for a few.
struct Polled(UnsafeCell<[PollFd; MAX_POLLED + MAX_GUEST]>);

// SAFETY: as above.
unsafe impl Sync for Polled {}

static POLLED: Polled = Polled(UnsafeCell::new(
    [PollFd {
        fd: 0,
        events: 0,
        revents: 0,
    }; MAX_POLLED + MAX_GUEST],
));

/// Nanoseconds after which is looked again what nothing says of.
pub const PAUSE: u64 = 10_000_000;

impl Worker {
    pub fn server(&self) -> &'static Server {
        // SAFETY: set before anything else, and constant.
        unsafe { &*self.server }
    }

    fn has_room(&self) -> bool {
        self.used < MAX_CONNS || self.conns.iter().any(|conn| conn.state == State::Free)
    }

    /// Fills in what to wait for: how many.
    fn watch(&self, fds: &mut [PollFd]) -> usize {
        let server = self.server();
        let mut count = 0;
        let mut add = |fd, events, count: &mut usize| {
            if let Some(place) = fds.get_mut(*count) {
                *place = PollFd {
                    fd,
                    events,
                    revents: 0,
                };
                *count += 1;
            }
        };
        let stop = if self.is_ending { -1 } else { server.stop };
        add(stop, POLLIN, &mut count);
        let accepts = !self.is_ending && self.has_room();
        for &socket in server.sockets.iter().take(server.socket_count) {
            add(if accepts { socket } else { -1 }, POLLIN, &mut count);
        }
        for (i, conn) in self.conns.iter().enumerate().take(self.used) {
            let (fd, events) = match conn.state {
                State::Free | State::Ready => (-1, 0),
                State::Sending => (conn.fd, POLLOUT),
                State::Idle | State::Reading | State::Lingering => (conn.fd, POLLIN),
                // Whether the client is gone (`POLLERR`, `POLLHUP`). One that only sends nothing more gets its answer.
                State::Busy if self.is_shared => match exchange::at(i) {
                    Some(exchange) if !exchange.is_broken() => (conn.fd, 0),
                    _ => (-1, 0),
                },
                // The guest is left alone until it reads or writes.
                State::Busy => (-1, 0),
            };
            add(fd, events, &mut count);
        }
        count
    }

    /// Answers what is there to be answered, or waits for something.
    fn turn(&mut self) {
        if !self.is_wanted() {
            let _ = self.poll(&mut [], None);
        }
        for i in 0..self.used {
            if self.is_ready(i) {
                self.answer(i);
            }
        }
        self.shrink();
        if self.is_ending && self.used == 0 {
            sys::exit(0);
        }
    }

    pub fn is_ready(&self, i: usize) -> bool {
        let conn = self.conns.get(i);
        conn.is_some_and(|conn| conn.state == State::Ready)
    }

    /// Whether there is a request that nobody answers yet.
    pub fn is_wanted(&self) -> bool {
        (0..self.used).any(|i| self.is_ready(i))
    }

    fn shrink(&mut self) {
        let is_free = |conn: &Conn| conn.state == State::Free;
        while self.used > 0 && self.conns.get(self.used - 1).is_some_and(is_free) {
            self.used -= 1;
        }
    }

    /// Waits for something of a guest's or of the worker's own, and does all that can be done with the latter: how many of the guest's are ready.
    pub fn poll(&mut self, guest: &mut [PollFd], timeout: Option<&TimeSpec>) -> sys::Result<usize> {
        // SAFETY: a worker has one thread, and nothing below comes here again.
        let fds = unsafe { &mut *POLLED.0.get() };
        let (theirs, own) = fds.split_at_mut(MAX_GUEST.min(guest.len()));
        let count = self.watch(own);
        let deadline = self.next_deadline();
        let left = deadline.map(|at| TimeSpec::from_nanoseconds(at.saturating_sub(monotonic())));
        // What is there is answered when others are done, or may be.
        let pause = TimeSpec::from_nanoseconds(PAUSE);
        let earlier = |a: TimeSpec, b: TimeSpec| {
            if (a.sec, a.nsec) < (b.sec, b.nsec) {
                a
            } else {
                b
            }
        };
        let timeout = match (timeout.copied(), left) {
            (Some(a), Some(b)) => Some(earlier(a, b)),
            (a, b) => a.or(b),
        };
        let timeout = match self.is_wanted() {
            true => Some(timeout.map_or(pause, |timeout| earlier(timeout, pause))),
            false => timeout,
        };
        let mut ready = 0;
        if guest.len() > MAX_GUEST {
            // So many are waited for by themselves, and the others looked at now and then.
            let timeout = timeout.map_or(pause, |timeout| earlier(timeout, pause));
            ready = sys::ppoll(guest, Some(&timeout))?;
            sys::ppoll(
                own.get_mut(..count).unwrap_or(&mut []),
                Some(&TimeSpec::default()),
            )?;
        } else {
            theirs.copy_from_slice(guest);
            let all = theirs.len() + count;
            sys::ppoll(fds.get_mut(..all).unwrap_or(&mut []), timeout.as_ref())?;
            let theirs = fds.get(..guest.len()).unwrap_or(&[]);
            guest.copy_from_slice(theirs);
            ready += theirs.iter().filter(|fd| fd.revents != 0).count();
        }
        let own = fds.get(MAX_GUEST.min(guest.len())..).unwrap_or(&[]);
        self.look_after(own.get(..count).unwrap_or(&[]));
        Ok(ready)
    }

    /// Does what can be done for the descriptors of [`Worker::watch`].
    fn look_after(&mut self, fds: &[PollFd]) {
        let now = monotonic();
        let (first, conns) = fds.split_at((1 + self.server().socket_count).min(fds.len()));
        for (i, fd) in conns.iter().enumerate() {
            let Some(conn) = self.conns.get_mut(i) else {
                break;
            };
            let has_come = fd.revents != 0;
            let is_late = now >= conn.deadline;
            match conn.state {
                State::Free | State::Ready => {}
                State::Busy if is_late && self.is_shared => self.expire(i, now),
                State::Busy if has_come => {
                    if let Some(exchange) = exchange::at(i) {
                        exchange.abandon();
                    }
                }
                State::Busy => {}
                State::Sending if has_come => self.send(i, now),
                _ if has_come => came(conn, now),
                State::Sending if is_late => {
                    conn.close();
                    exchange::end(i);
                }
                _ if is_late => expire(conn, now),
                _ => {}
            }
        }
        let (stop, sockets) = first.split_at(1.min(first.len()));
        if stop.iter().any(|fd| fd.revents != 0) {
            self.end();
        }
        for socket in sockets.iter().filter(|fd| fd.revents != 0) {
            // One at a time: other workers are there for the others.
            self.accept(socket.fd, now);
        }
    }

    /// When something is to be done though nothing comes.
    fn next_deadline(&self) -> Option<u64> {
        let conns = self.conns.iter().take(self.used);
        let deadlines = conns.filter_map(|conn| match conn.state {
            State::Free | State::Ready => None,
            State::Busy if !self.is_shared => None,
            _ => Some(conn.deadline),
        });
        let idle = (self.is_parked && self.idle_until != 0).then_some(self.idle_until);
        deadlines.chain(idle).min()
    }

    /// No more requests than those that have begun to come, those in the kernel's queue included.
    fn end(&mut self) {
        let server = self.server();
        for &socket in server.sockets.iter().take(server.socket_count) {
            while self.accept(socket, monotonic()) {}
        }
        self.is_ending = true;
        for (i, conn) in self.conns.iter_mut().enumerate().take(self.used) {
            match conn.state {
                State::Idle => conn.close(),
                State::Busy => {
                    if let Some(exchange) = exchange::at(i) {
                        exchange.keeps_alive = false;
                    }
                }
                _ => {}
            }
        }
    }

    /// Takes a connection from the kernel's queue: whether there was one, and room for it.
    fn accept(&mut self, socket: Fd, now: u64) -> bool {
        let Some(i) = self.conns.iter().position(|conn| conn.state == State::Free) else {
            return false;
        };
        let (Ok(fd), Some(conn)) = (sys::accept(socket, sys::O_NONBLOCK), self.conns.get_mut(i))
        else {
            return false;
        };
        conn.open(fd);
        conn.deadline = now + IDLE;
        self.used = self.used.max(i + 1);
        // Its first request is often here already.
        came(conn, now);
        true
    }

    /// Lets a fresh instance answer the request that has come over a connection, or as many as it takes.
    fn answer(&mut self, i: usize) {
        let takes_many = self.server().serve.instance_requests != 0;
        self.taken = 0;
        if !takes_many && self.begin(i, |head, _| http::receive(head)).is_none() {
            return;
        }
        if takes_many {
            // Its initialisers are for this request, which it takes behind them.
            self.is_late = false;
            self.deadline = monotonic().saturating_add(self.timeout());
            self.arm();
        }
        let is_trapped = self.run();
        if !core::mem::take(&mut self.has_dropped) {
            for i in 0..self.used {
                if self
                    .conns
                    .get(i)
                    .is_some_and(|conn| conn.state == State::Busy)
                {
                    self.respond(i, is_trapped);
                }
            }
            // Otherwise the next instance would have it, which does not get any further.
            if is_trapped && takes_many && self.taken == 0 && self.is_ready(i) {
                let status = if self.is_late { 504 } else { 500 };
                self.fail(i, status, false, monotonic());
            }
        }
        self.refresh();
    }

    /// Begins with the request that has come over a connection. `receive` gets its head and its number; none if it was refused.
    pub fn begin<T>(&mut self, i: usize, receive: impl FnOnce(&Head<'_>, u32) -> T) -> Option<T> {
        let server = self.server();
        let conn: *mut Conn = self.conns.get_mut(i)?;
        // SAFETY: the worker's own; only the exchange and the worker use it, one after the other.
        let place = unsafe { &mut *conn };
        let shape = core::mem::replace(&mut place.shape, Shape::NONE);
        let Some(head) = shape.head(place.bytes()) else {
            refuse(place, BAD_REQUEST, monotonic());
            return None;
        };
        let begun = monotonic();
        let timeout = self.timeout();
        self.deadline = begun.saturating_add(timeout);
        place.state = State::Busy;
        place.deadline = self.deadline;
        self.under_way += 1;
        let exchange = exchange::begin(i, conn, &head, begun);
        let received = receive(&head, exchange.number());
        if server.serve.access_log != 0 {
            exchange.label = Some(http::incoming::label(&head));
        }
        place.consume(shape.len());
        let number = server.shared.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let most = server.serve.max_requests;
        if most != 0 && number >= most && !self.is_ending {
            self.end();
        }
        if self.is_ending {
            exchange.keeps_alive = false;
        }
        self.arm();
        Some(received)
    }

    /// Sees to it that what takes too long is looked at.
    pub fn arm(&mut self) {
        if !self.is_armed {
            self.is_armed = sys::set_alarm(self.timeout() / 1000).is_ok();
        }
    }

    /// Nanoseconds that a request may take.
    pub fn timeout(&self) -> u64 {
        let milliseconds = match self.server().serve.request_timeout {
            0 => DEFAULT_TIMEOUT,
            timeout => timeout,
        };
        milliseconds.saturating_mul(1_000_000)
    }

    /// Runs the handler: whether it trapped.
    fn run(&mut self) -> bool {
        let program = self.server().program;
        self.is_late = false;
        self.is_running = true;
        // The collector goes from entry to entry as far as there are some, and ours is none of compiled code.
        let marker = 0u8;
        let stack = stack::find(&raw const marker as usize);
        let ours = stack.map(|it| it.record.swap(core::ptr::null_mut(), Ordering::Relaxed));
        let mut code = 0;
        for i in 0..program.module_count as usize {
            // SAFETY: instances are fresh, and entries are the program's.
            unsafe {
                let module = &**program.modules.add(i);
                if let Some(init) = module.init.filter(|_| code == 0) {
                    code = stack::run(init, module.instance, core::ptr::null_mut(), tell);
                }
            }
        }
        if let Some(entry) = program.entry.filter(|_| code == 0) {
            // SAFETY: likewise.
            code =
                unsafe { stack::run(entry, program.entry_instance, core::ptr::null_mut(), tell) };
        }
        self.is_running = false;
        self.is_waiting = false;
        self.is_parked = false;
        self.is_shared = false;
        if let (Some(stack), Some(ours)) = (stack, ours) {
            stack.record.store(ours, Ordering::Relaxed);
        }
        code != 0
    }

    /// The guest has nothing more to do with a request: sends the rest of the answer, or that there is none.
    pub fn respond(&mut self, i: usize, is_trapped: bool) {
        self.under_way = self.under_way.saturating_sub(1);
        let (Some(exchange), Some(conn)) = (exchange::at(i), self.conns.get_mut(i)) else {
            return;
        };
        let now = monotonic();
        let is_good = exchange.is_complete() && exchange.is_answered();
        let status = match (is_good, exchange.is_damaged) {
            (true, _) => exchange.status(),
            _ if is_trapped && self.is_late && now >= conn.deadline => 504,
            (_, true) => BAD_REQUEST,
            _ => 500,
        };
        let is_begun = exchange.is_begun();
        if is_good {
            conn.state = State::Sending;
            conn.deadline = now + ANSWER;
        }
        self.log(i, status, now);
        match is_good {
            true => self.send(i, now),
            false => self.fail(i, status, is_begun, now),
        }
    }

    /// There is no answer, or none that is complete.
    fn fail(&mut self, i: usize, status: u16, is_begun: bool, now: u64) {
        exchange::end(i);
        let Some(conn) = self.conns.get_mut(i) else {
            return;
        };
        match is_begun {
            // Whoever reads it must see that it is not complete.
            true => conn.close(),
            false => refuse(conn, status, now),
        }
    }

    /// A request has taken too long, among others of the same guest.
    fn expire(&mut self, i: usize, now: u64) {
        self.under_way = self.under_way.saturating_sub(1);
        // What the guest still does for it is not waited for: it takes no other requests.
        self.is_retired = true;
        let mut is_begun = false;
        if let Some(exchange) = exchange::at(i) {
            is_begun = exchange.is_begun();
            exchange.abandon();
        }
        sys::write_all(sys::STDERR, TOO_LONG);
        self.log(i, 504, now);
        self.fail(i, 504, is_begun, now);
    }

    /// Goes on with sending an answer.
    fn send(&mut self, i: usize, now: u64) {
        let (Some(exchange), Some(conn)) = (exchange::at(i), self.conns.get_mut(i)) else {
            return;
        };
        if !exchange.push() {
            return;
        }
        let goes_on = exchange.goes_on() && !self.is_ending;
        exchange::end(i);
        if !goes_on {
            return finish(conn, now);
        }
        conn.state = State::Idle;
        conn.deadline = now + IDLE;
        look(conn, now);
    }

    /// Sends what guests have written.
    pub fn push(&mut self) {
        for (i, conn) in self.conns.iter().enumerate().take(self.used) {
            if conn.state == State::Busy
                && let Some(exchange) = exchange::at(i)
            {
                exchange.push();
            }
        }
    }

    /// A line about a request, if there is to be one: what was asked for, the status, microseconds.
    fn log(&self, i: usize, status: u16, now: u64) {
        let Some(exchange) = exchange::at(i) else {
            return;
        };
        if let Some((method, path)) = &exchange.label {
            let mut buffer = [0; 1024];
            let mut out = Text::to_fd(sys::STDERR, &mut buffer);
            out.name(method).str(" ").name(path).str(" ");
            out.dec(status.into()).str(" ");
            out.dec(now.saturating_sub(exchange.begun) / 1000)
                .str(" us\n")
                .flush();
        }
    }

    /// Makes everything as it was before the request.
    fn refresh(&mut self) {
        let server = self.server();
        self.under_way = 0;
        exchange::leave();
        object::reset();
        wait::reset();
        clocks::forget_seed();
        fds::close_from(server.descriptors);
        http::reset();
        // SAFETY: no compiled code runs, and what used the region was reset.
        let restored = unsafe {
            region::reset();
            forget_objects(server.program);
            server.snapshot.restore()
        };
        if restored.is_err() {
            sys::fatal("wative: cannot make instances fresh\n");
        }
    }
}

/// Gives all objects and exceptions back, and stacks of continuations: nothing that is left refers to any.
///
/// # Safety
/// No compiled code runs, and instances are about to be restored.
unsafe fn forget_objects(program: &ProgramDesc) {
    let Some(start) = program.gc_start else {
        return;
    };
    if let Some(hooks) = conts::hooks() {
        (hooks.reset)();
    }
    exception::reset();
    start(program.gc);
}

const TOO_LONG: &[u8] = b"error: the request took too long\n";

/// Tells of a trap. What the server itself has ended is none.
fn tell(trace: &crate::fault::unwind::Trace) {
    let worker = this();
    if worker.has_dropped {
        return;
    }
    if worker.is_late {
        return sys::write_all(sys::STDERR, TOO_LONG);
    }
    match TrapCode::from_number(trace.code as u8) {
        Some(TrapCode::Exit) => {
            sys::write_all(sys::STDERR, b"error: the handler has ended the program\n")
        }
        _ => trap::report(trace),
    }
}
