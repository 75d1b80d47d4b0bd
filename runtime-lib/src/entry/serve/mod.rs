//! The main function of a server: a component that exports `wasi:http/incoming-handler` of WASI 0.2, or `wasi:http/handler` of 0.3.
//!
//! The process that is started is the *master*. It opens the sockets and what was granted, makes the instances, and starts *workers*, which are copies of it, and which it replaces
//! when they end; it never runs the guest. A guest of WASI 0.2 answers a request with fresh instances, one of 0.3 as many as it takes, at the same time. Where a guest waits while there is
//! other work which it cannot take, the worker splits: one process finishes what it answers and ends, the other drops it and goes on as the worker. So everything runs in processes with
//! one thread, and a guest that waits keeps nobody from being answered.
//!
//! | module | concern |
//! |---|---|
//! | `worker` | requests and the instances that answer them |
//! | `tasks` | what an instance of WASI 0.3 that answers many requests at a time needs of the worker |
//! | `conns` | what comes over connections until a request can be answered |
//! | `waiting` | splitting where a guest waits; ending what takes too long |
//!
//! Confinement is the workers'. `SIGTERM` and `SIGINT` end the server when the requests under way are answered, or after [`GRACE`].

mod conns;
pub mod tasks;
mod waiting;
mod worker;

use crate::abi::{Config, ProgramDesc, Serve};
use crate::entry::command;
use crate::state::instance;
use crate::state::snapshot::Snapshot;
use crate::sys::{self, Fd, TimeSpec};
use crate::text::Text;
use crate::wasi::fds::{self, rights};
use crate::wasi::{args, grant};
use core::net::SocketAddr;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use worker::{Server, worker};

/// Sockets that a server listens on.
const MAX_SOCKETS: usize = 16;

/// Processes of a server, whatever is asked for.
const MAX_PROCESSES: usize = 4096;

/// Processes that finish requests, unless it is said: so many times the workers, and so many more.
const DEFAULT_CONCURRENCY: u32 = 128;

/// Seconds that requests under way have to end.
const GRACE: u64 = 10;

const SIGNALS: [i32; 3] = [sys::SIGTERM, sys::SIGINT, sys::SIGCHLD];

/// What all processes of a server share.
pub struct Shared {
    /// Requests that were taken.
    requests: AtomicU64,
    /// Processes besides the master.
    processes: AtomicU32,
    /// Numbers of the processes, and what they are.
    slots: [Slot; MAX_PROCESSES],
}

struct Slot {
    pid: AtomicU32,
    role: AtomicU32,
}

/// It takes requests.
const WORKER: u32 = 0;
/// It finishes one.
const FINISHING: u32 = 1;

impl Shared {
    /// Takes note of the calling process.
    fn enter(&self) {
        let pid = sys::getpid();
        for slot in &self.slots {
            let free = slot
                .pid
                .compare_exchange(0, pid, Ordering::Relaxed, Ordering::Relaxed);
            if free.is_ok() {
                return slot.role.store(WORKER, Ordering::Relaxed);
            }
        }
    }

    fn slot(&self, pid: u32) -> Option<&Slot> {
        let mut slots = self.slots.iter();
        slots.find(|slot| slot.pid.load(Ordering::Relaxed) == pid)
    }

    /// The calling process only finishes a request from now on.
    fn finishes(&self) {
        if let Some(slot) = self.slot(sys::getpid()) {
            slot.role.store(FINISHING, Ordering::Relaxed);
        }
    }

    /// A process has ended: whether it took requests.
    fn leave(&self, pid: u32) -> bool {
        self.processes.fetch_sub(1, Ordering::Relaxed);
        match self.slot(pid) {
            Some(slot) => {
                let role = slot.role.swap(WORKER, Ordering::Relaxed);
                slot.pid.store(0, Ordering::Relaxed);
                role == WORKER
            }
            None => true,
        }
    }

    /// Ends all of them at once.
    fn kill_all(&self) {
        for slot in &self.slots {
            let pid = slot.pid.load(Ordering::Relaxed);
            if pid != 0 {
                let _ = sys::kill(pid, sys::SIGKILL);
            }
        }
    }
}

fn fail(message: &str) -> ! {
    sys::fatal(message)
}

/// Takes the listening sockets out of what was granted, so that the guest does not have them.
fn granted_sockets(sockets: &mut [Fd; MAX_SOCKETS]) -> usize {
    let mut count = 0;
    for fd in 3..fds::count() as u32 {
        let is_socket = fds::get(fd).is_ok_and(|entry| entry.rights == rights::SOCKET);
        if is_socket
            && let Ok(entry) = fds::remove(fd)
            && let Some(place) = sockets.get_mut(count)
        {
            *place = entry.host;
            count += 1;
        }
    }
    count
}

/// An address as the kernel takes it, and its length.
fn kernel_address(address: SocketAddr) -> ([u8; 28], usize) {
    let mut bytes = [0; 28];
    let mut put = |at: usize, part: &[u8]| {
        if let Some(place) = bytes.get_mut(at..at + part.len()) {
            place.copy_from_slice(part);
        }
    };
    put(2, &address.port().to_be_bytes());
    match address {
        SocketAddr::V4(address) => {
            put(0, &2u16.to_ne_bytes());
            put(4, &address.ip().octets());
            (bytes, 16)
        }
        SocketAddr::V6(address) => {
            put(0, &10u16.to_ne_bytes());
            put(8, &address.ip().octets());
            (bytes, 28)
        }
    }
}

/// Listens at the addresses that the command line gives: `--listen ADDR`, as often as wanted.
fn listen_at_arguments(sockets: &mut [Fd; MAX_SOCKETS]) -> usize {
    let (mut count, mut number, mut is_address, mut is_wrong) = (0, 0, false, false);
    args::each_argument(&mut |argument: &[u8]| {
        number += 1;
        if number == 1 {
            return;
        }
        if !is_address {
            is_address = argument == b"--listen";
            is_wrong |= !is_address;
            return;
        }
        is_address = false;
        let text = core::str::from_utf8(argument).unwrap_or("");
        let Ok(address) = text.parse::<SocketAddr>() else {
            is_wrong = true;
            return;
        };
        let (bytes, len) = kernel_address(address);
        let listened = sys::listen_at(bytes.get(..len).unwrap_or(&[]));
        match (listened, sockets.get_mut(count)) {
            (Ok(fd), Some(place)) => {
                *place = fd;
                count += 1;
            }
            (Ok(_), None) => is_wrong = true,
            (Err(errno), _) => grant::fail("address", argument, grant::reason(errno)),
        }
    });
    if is_wrong || is_address || count == 0 {
        fail(
            "error: this server was built without an address; start it with --listen ADDRESS:PORT\n",
        );
    }
    count
}

/// # Safety
/// See [`crate::abi::MainFn`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wative_rt_main_serve(
    program: *const ProgramDesc,
    initial: *const usize,
) -> ! {
    let program = &*program;
    let config: &'static Config = &*program.config;
    let serve: &'static Serve = &*config.serve;
    command::prepare_process(program, initial);
    // From the first connection on: one that waits for workers is answered too when the server is to end.
    let _ = sys::block_signals(&SIGNALS);
    let mut sockets = [-1; MAX_SOCKETS];
    let mut count = granted_sockets(&mut sockets);
    if count == 0 {
        count = listen_at_arguments(&mut sockets);
    }
    for socket in sockets.iter().take(count) {
        if sys::serve_from(*socket).is_err() {
            fail("error: cannot set up a listening socket\n");
        }
    }
    for i in 0..program.module_count as usize {
        let module = &**program.modules.add(i);
        if instance::create(module, module.instance).is_err() {
            command::no_room();
        }
    }
    let Ok(snapshot) = Snapshot::take(program) else {
        command::no_room()
    };
    let (Ok(shared), Ok([stop, stopper])) = (sys::mmap_shared(size_of::<Shared>()), sys::pipe())
    else {
        fail("error: cannot set up what the processes of a server share\n")
    };
    let _ = sys::adopt_orphans();
    let workers = match serve.workers {
        0 => sys::processors(),
        workers => workers,
    };
    let workers = workers.min(MAX_PROCESSES as u32 / 2);
    let concurrency = match serve.max_concurrency {
        0 => workers.saturating_add(DEFAULT_CONCURRENCY),
        most => most.max(workers),
    };
    let server = Server {
        program,
        config,
        serve,
        snapshot,
        sockets,
        socket_count: count,
        stop,
        shared: &*(shared as *const Shared),
        concurrency: concurrency.min(MAX_PROCESSES as u32),
        descriptors: fds::count(),
    };
    master(server, workers, stopper)
}

/// Starts workers and replaces them, until the server is to end.
///
/// # Safety
/// The process has one thread, and `stopper` is the other end of the server's pipe.
unsafe fn master(server: Server, workers: u32, stopper: Fd) -> ! {
    let shared = server.shared;
    for _ in 0..workers {
        start(&server, stopper);
    }
    let (mut deadline, mut status) = (None, 0);
    loop {
        let left = deadline.map(|deadline: u64| {
            TimeSpec::from_nanoseconds(deadline.saturating_sub(crate::wasi2::monotonic()))
        });
        let signal = sys::next_signal(&SIGNALS, left.as_ref());
        let mut stops = matches!(signal, Ok(sys::SIGTERM | sys::SIGINT));
        while let Ok((pid @ 1.., how)) = sys::reap() {
            let was_worker = shared.leave(pid);
            let most = server.serve.max_requests;
            let is_over = most != 0 && shared.requests.load(Ordering::Relaxed) >= most;
            // It could not begin, and has said why; so would the next.
            let is_hopeless = how == CANNOT_BEGIN << 8;
            if is_hopeless {
                status = 1;
            }
            stops |= is_over || is_hopeless;
            if was_worker && deadline.is_none() && !stops {
                start(&server, stopper);
            }
        }
        if stops && deadline.is_none() {
            let _ = sys::close(stopper);
            for socket in server.sockets.iter().take(server.socket_count) {
                let _ = sys::close(*socket);
            }
            deadline = Some(crate::wasi2::monotonic() + GRACE * 1_000_000_000);
        }
        if let Some(deadline) = deadline {
            let is_late = crate::wasi2::monotonic() >= deadline;
            if is_late {
                shared.kill_all();
            }
            if is_late || shared.processes.load(Ordering::Relaxed) == 0 {
                sys::exit(status);
            }
        }
    }
}

/// The exit status of a worker that cannot begin.
pub const CANNOT_BEGIN: i32 = 3;

/// Starts a worker.
///
/// # Safety
/// As for [`master`].
unsafe fn start(server: &Server, stopper: Fd) {
    server.shared.processes.fetch_add(1, Ordering::Relaxed);
    match sys::fork() {
        Ok(0) => {
            let _ = sys::close(stopper);
            worker(server)
        }
        Ok(_) => {}
        Err(_) => {
            server.shared.processes.fetch_sub(1, Ordering::Relaxed);
            let mut buffer = [0; 128];
            Text::to_fd(sys::STDERR, &mut buffer)
                .str("error: cannot start a worker\n")
                .flush();
        }
    }
}
