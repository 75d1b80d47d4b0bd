//! A worker: requests one after the other, over many connections.

use super::conns::{ANSWER, IDLE, came, expire, finish, linger_and_end, look, refuse};
use super::waiting::{on_alarm, wait_for_guest};
use super::{CANNOT_BEGIN, MAX_SOCKETS, Shared};
use crate::abi::{Config, GcLeft, Instance, ProgramDesc, Serve, TrapCode};
use crate::arch;
use crate::fault::trap;
use crate::gc::conts;
use crate::http::conn::{Conn, ROOM, State};
use crate::http::exchange;
use crate::http::parse::{self, BAD_REQUEST};
use crate::state::snapshot::Snapshot;
use crate::state::{exception, region, stack};
use crate::sys::{self, Fd, POLLIN, PollFd, SigAction, TimeSpec};
use crate::text::Text;
use crate::wasi::fds;
use crate::wasi2::{clocks, http, monotonic, object, wait};
use core::cell::UnsafeCell;
use core::sync::atomic::Ordering;

/// Connections of a worker; others wait in the kernel's queue.
const MAX_CONNS: usize = 256;

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
    /// The connection whose request is answered.
    pub busy: usize,
    /// A request is being answered by compiled code, under this deadline.
    pub is_running: bool,
    pub deadline: u64,
    /// The guest waits, so that it can be interrupted where it is.
    pub is_waiting: bool,
    pub is_late: bool,
    /// A signal will come.
    pub is_armed: bool,
    /// This process goes on as the worker, without the request that it was answering.
    pub has_dropped: bool,
    /// This process ends with the request.
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
    busy: 0,
    is_running: false,
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
    let (Ok(buffers), Ok(())) = (buffers, region::prepare()) else {
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

pub const NOTHING: PollFd = PollFd {
    fd: -1,
    events: 0,
    revents: 0,
};

/// Descriptors that a worker waits for: the end, sockets, connections.
pub const MAX_POLLED: usize = 1 + MAX_SOCKETS + MAX_CONNS;

impl Worker {
    pub fn server(&self) -> &'static Server {
        // SAFETY: set before anything else, and constant.
        unsafe { &*self.server }
    }

    fn has_room(&self) -> bool {
        self.used < MAX_CONNS || self.conns.iter().any(|conn| conn.state == State::Free)
    }

    /// Fills in what to wait for: how many.
    pub fn watch(&self, fds: &mut [PollFd], without: Option<usize>) -> usize {
        let server = self.server();
        let mut count = 0;
        let mut add = |fd, count: &mut usize| {
            if let Some(place) = fds.get_mut(*count) {
                *place = PollFd {
                    fd,
                    events: POLLIN,
                    revents: 0,
                };
                *count += 1;
            }
        };
        add(if self.is_ending { -1 } else { server.stop }, &mut count);
        let accepts = !self.is_ending && self.has_room();
        for &socket in server.sockets.iter().take(server.socket_count) {
            add(if accepts { socket } else { -1 }, &mut count);
        }
        for (i, conn) in self.conns.iter().take(self.used).enumerate() {
            let is_watched =
                !matches!(conn.state, State::Free | State::Ready) && without != Some(i);
            add(if is_watched { conn.fd } else { -1 }, &mut count);
        }
        count
    }

    /// Waits for something and does all that can be done.
    fn turn(&mut self) {
        let mut fds = [NOTHING; MAX_POLLED];
        let count = self.watch(&mut fds, None);
        let fds = fds.get_mut(..count).unwrap_or(&mut []);
        let timeout = self
            .next_deadline()
            .map(|deadline| TimeSpec::from_nanoseconds(deadline.saturating_sub(monotonic())));
        if sys::ppoll(fds, timeout.as_ref()).is_err() {
            return;
        }
        let now = monotonic();
        let (first, conns) = fds.split_at(1 + self.server().socket_count);
        for (i, fd) in conns.iter().enumerate() {
            let Some(conn) = self.conns.get_mut(i) else {
                break;
            };
            if fd.revents != 0 {
                came(conn, now);
            } else if !matches!(conn.state, State::Free | State::Ready) && now >= conn.deadline {
                expire(conn, now);
            }
        }
        let (stop, sockets) = first.split_at(1);
        if stop.iter().any(|fd| fd.revents != 0) {
            self.end();
        }
        for socket in sockets.iter().filter(|fd| fd.revents != 0) {
            // One at a time: other workers are there for the others.
            self.accept(socket.fd, now);
        }
        for i in 0..self.used {
            let is_ready = |worker: &Worker| {
                worker
                    .conns
                    .get(i)
                    .is_some_and(|conn| conn.state == State::Ready)
            };
            if is_ready(self) {
                self.answer(i);
            }
        }
        while self.used > 0
            && self
                .conns
                .get(self.used - 1)
                .is_some_and(|conn| conn.state == State::Free)
        {
            self.used -= 1;
        }
        if self.is_ending && self.used == 0 {
            sys::exit(0);
        }
    }

    /// When something is to be done though nothing comes; 0: at once.
    fn next_deadline(&self) -> Option<u64> {
        let conns = self.conns.iter().take(self.used);
        let deadlines = conns.filter_map(|conn| match conn.state {
            State::Free => None,
            State::Ready => Some(0),
            _ => Some(conn.deadline),
        });
        deadlines.min()
    }

    /// No more requests than those that have begun to come, those in the kernel's queue included.
    fn end(&mut self) {
        let server = self.server();
        for &socket in server.sockets.iter().take(server.socket_count) {
            while self.accept(socket, monotonic()) {}
        }
        self.is_ending = true;
        for conn in self
            .conns
            .iter_mut()
            .filter(|conn| conn.state == State::Idle)
        {
            conn.close();
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

    /// Answers the request that has come over a connection.
    fn answer(&mut self, i: usize) {
        let server = self.server();
        let Some(conn) = self.conns.get_mut(i) else {
            return;
        };
        let conn: *mut Conn = conn;
        // SAFETY: the worker's own; only the exchange and this function use it until it is answered.
        let place = unsafe { &mut *conn };
        let bytes = place.bytes();
        let head = parse::head_end(bytes, 0).and_then(|end| bytes.get(..end));
        let Some(Ok(head)) = head.map(|head| parse::request(head).map(|read| (read, head.len())))
        else {
            return refuse(place, BAD_REQUEST, monotonic());
        };
        let (head, len) = head;
        let begun = monotonic();
        exchange::begin(conn, &head);
        http::receive(&head);
        place.consume(len);
        let number = server.shared.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let most = server.serve.max_requests;
        if most != 0 && number >= most && !self.is_ending {
            self.end();
        }
        if self.is_ending
            && let Some(exchange) = exchange::now()
        {
            exchange.keeps_alive = false;
        }
        self.busy = i;
        let is_trapped = self.run(begun);
        if core::mem::take(&mut self.has_dropped) {
            return self.refresh();
        }
        let status = self.respond(place, is_trapped);
        if server.serve.access_log != 0 && status != 0 {
            log(status, monotonic() - begun);
        }
        if self.is_last {
            linger_and_end(place);
        }
        self.refresh();
        if place.state == State::Ready {
            place.state = State::Idle;
            place.deadline = monotonic() + IDLE;
            look(place, monotonic());
        }
    }

    /// Runs the handler: whether it trapped.
    fn run(&mut self, begun: u64) -> bool {
        let program = self.server().program;
        let timeout = match self.server().serve.request_timeout {
            0 => DEFAULT_TIMEOUT,
            timeout => timeout,
        };
        self.deadline = begun.saturating_add(timeout.saturating_mul(1_000_000));
        self.is_late = false;
        self.is_running = true;
        if !self.is_armed {
            self.is_armed = sys::set_alarm(timeout.saturating_mul(1000)).is_ok();
        }
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
        if let (Some(stack), Some(ours)) = (stack, ours) {
            stack.record.store(ours, Ordering::Relaxed);
        }
        code != 0
    }

    /// Sends the answer, or that there is none: the status. Afterwards the connection is `Ready` if it can go on.
    fn respond(&mut self, conn: &mut Conn, is_trapped: bool) -> u16 {
        let Some(exchange) = exchange::now() else {
            return 0;
        };
        let now = monotonic();
        let is_good = exchange.is_complete()
            && (!is_trapped || exchange.is_answered())
            && exchange.is_answered();
        if !is_good {
            let status = match (self.is_late, exchange.is_damaged) {
                (true, _) => 504,
                (_, true) => BAD_REQUEST,
                _ => 500,
            };
            match exchange.is_begun() {
                // Whoever reads it must see that it is not complete.
                true => conn.close(),
                false => {
                    exchange::end();
                    refuse(conn, status, now);
                }
            }
            exchange::end();
            return status;
        }
        let status = exchange.status();
        let goes_on = exchange.complete(now + ANSWER);
        if core::mem::take(&mut self.has_dropped) {
            return 0;
        }
        let Some(exchange) = exchange::now() else {
            return status;
        };
        if !(goes_on && exchange.is_read()) {
            finish(conn, now);
        }
        exchange::end();
        status
    }

    /// Makes everything as it was before the request.
    fn refresh(&mut self) {
        let server = self.server();
        exchange::end();
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
    stack::change_left(GcLeft { pc: 0, sp: 0 });
    start(program.gc);
}

/// Tells of a trap. What the server itself has ended is none.
fn tell(trace: &crate::fault::unwind::Trace) {
    let worker = this();
    if worker.has_dropped {
        return;
    }
    if worker.is_late {
        return sys::write_all(sys::STDERR, b"error: the request took too long\n");
    }
    match TrapCode::from_number(trace.code as u8) {
        Some(TrapCode::Exit) => {
            sys::write_all(sys::STDERR, b"error: the handler has ended the program\n")
        }
        _ => trap::report(trace),
    }
}

/// A line about a request: what was asked for, the status, microseconds.
fn log(status: u16, nanoseconds: u64) {
    let mut buffer = [0; 1024];
    let mut out = Text::to_fd(sys::STDERR, &mut buffer);
    let (method, path) = http::received();
    out.name(method)
        .str(" ")
        .name(path)
        .str(" ")
        .dec(status.into());
    out.str(" ").dec(nanoseconds / 1000).str(" us\n").flush();
}
