//! HTTP: components that export `wasi:http/incoming-handler`, over connections that behave well and badly, and requests that components send ([`requests`]).
//!
//! The guest is `guests/http/server.c`, whose path says what it does; `scripts/guests-http.sh` compiles it again. Another one hands requests on ([`proxy`]).
//! Only loopback addresses are used.

mod certificates;
pub mod client;
mod objects;
mod proxy;
mod requests;
mod tasks;
mod tls;

use std::fs;
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use client::{Answer, exchange, get, send};
use wative_compiler::ir::MemoryMode;
use wative_compiler::options::{OptLevel, Serve};

use crate::corpus;
use crate::parallel;
use crate::process::{self, Scratch};
use crate::program::{build, options};
use crate::report::{Output, Report};
use crate::target::Target;

/// Milliseconds that a request may take in most tests.
const TIMEOUT: u64 = 2000;

/// The same where an emulator may have to translate the guest first.
fn timeout(target: &Target) -> u64 {
    if target.is_native() {
        TIMEOUT
    } else {
        4 * TIMEOUT
    }
}

/// How long a server may take to start, and to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs every test for every target.
pub fn group(targets: &[Target], filter: &str, output: &mut Output) {
    for target in targets {
        output.report(&format!("serve {}", target.name), run_all(target, filter));
    }
}

type Outcome = Result<(), String>;

/// A test: its name, what it does with the executable.
type Test = (&'static str, fn(&Target, &[u8]) -> Outcome);

const TESTS: &[Test] = &[
    ("answers", answers),
    ("types", types),
    ("bodies", bodies),
    ("answers before the last", early),
    ("fresh", fresh),
    ("failures", failures),
    ("heads", heads),
    ("pipelining", pipelining),
    ("slow clients", slow_clients),
    ("waiting handlers", waiting_handlers),
    ("graceful end", graceful_end),
    ("killed worker", killed_worker),
    ("leaks", leaks),
    ("proxy", proxy::hands_on),
];

/// Most of the time of these tests is waiting, so some of them run side by side.
fn run_all(target: &Target, filter: &str) -> Report {
    type Part = fn(&Target, &str, &mut Report);
    const PARTS: &[Part] = &[
        handlers,
        tasks::run_all,
        requests::run_all,
        tls::run_all,
        whole,
    ];
    let reports = parallel::map(PARTS, |run| {
        let mut report = Report::default();
        run(target, filter, &mut report);
        report
    });
    let mut all = Report::default();
    for report in reports {
        all.absorb(report);
    }
    all
}

/// Handlers of WASI 0.2.
fn handlers(target: &Target, filter: &str, report: &mut Report) {
    let path = corpus::root().join("testsuite/guests/http/server.wasm");
    let module = fs::read(path).unwrap_or_default();
    for (memory, opt) in [
        (MemoryMode::Fixed, OptLevel::O2),
        (MemoryMode::Checked, OptLevel::O0),
    ] {
        let mut options = options(target, memory, opt);
        options.config.serve = Serve {
            workers: 2,
            request_timeout: timeout(target),
            ..Serve::default()
        };
        let executable = match build(&module, target, &options) {
            Ok(executable) => executable,
            Err(why) => {
                report.fail(format!("{memory:?}: {why}"));
                continue;
            }
        };
        for (name, test) in TESTS {
            let name = format!("{name} {memory:?}");
            // All of them for the first memory mode; what depends on memories for the others.
            let is_wanted = memory == MemoryMode::Fixed || name.starts_with("fresh");
            if is_wanted && name.contains(filter) {
                report.outcome(&name, test(target, &executable));
            }
        }
    }
}

/// C programs, and a component of another toolchain.
fn whole(target: &Target, filter: &str, report: &mut Report) {
    if "objects".contains(filter) {
        report.outcome("objects", objects::run(target));
    }
    if "corpus".contains(filter) {
        match corpus::find().map(|path| fs::read(path.join(OTHER))) {
            Some(Ok(module)) => report.outcome("corpus", others(target, &module)),
            _ => report.skip(1, "the corpus is not there"),
        }
    }
}

/// A server in the corpus that Rust's toolchain has made.
const OTHER: &str = "components/modules/own_serve.command.wasm";

fn others(target: &Target, module: &[u8]) -> Outcome {
    let executable = build(
        module,
        target,
        &options(target, MemoryMode::Fixed, OptLevel::O2),
    )?;
    let server = Server::start(target, &executable)?;
    for _ in 0..3 {
        expect(server.port, "/", 200, "hello from a component\n")?;
    }
    expect(server.port, "/status?418", 418, "418")?;
    let head =
        "PUT /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 200000\r\n\r\n";
    let body = [b'A'; 200_000];
    let answer = client::converse(server.port, head.as_bytes(), "", &body)?;
    let answer = client::Answer::parse(answer.as_bytes())?;
    want("echo", (answer.status, answer.body == body), (200, true))?;
    want("status", server.stop()?, 0)
}

/// A server that runs. It is killed when this is dropped.
pub struct Server {
    child: Child,
    pub port: u16,
    _scratch: Scratch,
}

impl Server {
    pub fn start(target: &Target, executable: &[u8]) -> Result<Server, String> {
        let work = || {
            let scratch = Scratch::new()?;
            let path = scratch.executable(executable)?;
            let free = std::net::TcpListener::bind(("127.0.0.1", 0))?;
            let port = free.local_addr()?.port();
            drop(free);
            let mut command = target.command(&path);
            command.args(["--listen", &format!("127.0.0.1:{port}")]);
            command.stdin(Stdio::null()).stdout(Stdio::null());
            command.stderr(fs::File::create(scratch.path().join("stderr"))?);
            let child = process::spawn(&mut command)?;
            Ok(Server {
                child,
                port,
                _scratch: scratch,
            })
        };
        let mut server = work().map_err(|e: std::io::Error| e.to_string())?;
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", server.port)).is_err() {
            if let Ok(Some(status)) = server.child.try_wait() {
                return Err(format!("the server ended with {status}"));
            }
            if begun.elapsed() > PATIENCE {
                return Err("the server does not start".to_string());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(server)
    }

    /// Ends the server as an administrator does: its exit status.
    pub fn stop(mut self) -> Result<i32, String> {
        self.signal("TERM");
        self.wait()
    }

    fn signal(&self, name: &str) {
        signal(self.child.id(), name);
    }

    fn wait(&mut self) -> Result<i32, String> {
        let begun = Instant::now();
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return status.code().ok_or(format!("{status}")),
                Ok(None) if begun.elapsed() > PATIENCE => {
                    return Err("the server does not end".into());
                }
                Ok(None) => std::thread::sleep(Duration::from_millis(5)),
                Err(error) => return Err(error.to_string()),
            }
        }
    }

    /// The processes of the server besides the first.
    fn workers(&self) -> Vec<u32> {
        let pid = self.child.id();
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
        let children = children.unwrap_or_default();
        children
            .split_whitespace()
            .filter_map(|pid| pid.parse().ok())
            .collect()
    }

    /// How many descriptors and pages the greatest of so many workers has, once those have ended that took over while handlers waited.
    fn use_of_workers(&self, workers: usize) -> Result<(usize, usize), String> {
        let begun = Instant::now();
        while self.workers().len() != workers {
            if begun.elapsed() > PATIENCE {
                return Err(format!("{} workers stay", self.workers().len()));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let mut most = (0, 0);
        for pid in self.workers() {
            let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count);
            let pages = fs::read_to_string(format!("/proc/{pid}/statm")).unwrap_or_default();
            let resident = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok());
            most.0 = descriptors.max(most.0);
            most.1 = resident.unwrap_or(0).max(most.1);
        }
        Ok(most)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for worker in self.workers() {
            signal(worker, "KILL");
        }
        // Both fail where it has ended.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Sends a signal by the command for it, if the process is still there.
fn signal(pid: u32, name: &str) {
    let mut command = std::process::Command::new("kill");
    command.args(["-s", name, &pid.to_string()]);
    let status = command.stderr(Stdio::null()).status();
    status.expect("there is a command `kill`");
}

fn want<T: PartialEq + std::fmt::Debug>(what: &str, got: T, wanted: T) -> Outcome {
    match got == wanted {
        true => Ok(()),
        false => Err(format!("{what}: {got:?}, want {wanted:?}")),
    }
}

/// What the answer to a path must be.
fn expect(port: u16, path: &str, status: u16, body: &str) -> Outcome {
    let answer = get(port, path)?;
    want(path, (answer.status, &*answer.text()), (status, body))
}

fn answers(target: &Target, executable: &[u8]) -> Outcome {
    let server = Server::start(target, executable)?;
    let port = server.port;
    expect(port, "/hello", 200, "hello\n")?;
    expect(port, "/nothing", 404, "nothing here\n")?;
    expect(port, "/no-body", 201, "")?;
    expect(port, "/before", 200, "early")?;
    expect(port, "/exact", 200, "12345")?;
    let answer = get(port, "/hello")?;
    want("length", answer.field("content-length"), Some("6"))?;
    want("date", answer.field("date").map(str::len), Some(29))?;
    let answer = get(port, "/stream")?;
    want("coding", answer.field("transfer-encoding"), Some("chunked"))?;
    want("parts", &*answer.text(), "part\npart\npart\n")?;
    want("trailers", &*answer.trailers, "x-end: yes\r\n")?;
    want("large", get(port, "/large")?.body.len(), 8 << 20)?;
    // HEAD has the head alone, and the old version no chunks.
    let head = exchange(
        port,
        b"HEAD /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    )?;
    want("HEAD", head.ends_with("\r\n\r\n"), true)?;
    let old = exchange(port, b"GET /stream HTTP/1.0\r\n\r\n")?;
    want("1.0", old.ends_with("\r\n\r\npart\npart\npart\n"), true)?;
    want("status", server.stop()?, 0)
}

/// What the guest finds of `wasi:http/types`, each line as its name says.
fn types(target: &Target, executable: &[u8]) -> Outcome {
    let server = Server::start(target, executable)?;
    let lines = |path: &str| Ok::<_, String>(get(server.port, path)?.text().replace('\n', "; "));
    want(
        "fields",
        &*lines("/fields")?,
        "append 0; invalid name 1; empty name 1; invalid value 1; forbidden 2; host 2; got 2; has 1; has not 0; set 0; \
         set forbidden 2; entries 5; delete 0; left 2; still 5; from list 0; from forbidden 2; immutable 3; hidden 0; status 200; \
         bad status 1; good status 0; status 404; immutable 3; body 0; no other body 1; stream 0; no other stream 1; ",
    )?;
    want(
        "outgoing",
        &*lines("/outgoing")?,
        "method 0; set method 0; method 9; bad method 1; path 0; set path 0; path 4; bad path 1; scheme 0; set scheme 0; scheme 2; \
         bad scheme 1; set authority 0; authority 8; bad authority 1; immutable 3; body 0; no other body 1; timeout 0; \
         set timeout 0; connect 5; first 6; between 7; ",
    )?;
    let request =
        b"PATCH http://host:1/request?x=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = exchange(server.port, request)?;
    want(
        "request",
        answer.ends_with("method 8\nscheme 1\nhost:1\n"),
        true,
    )
}

fn bodies(target: &Target, executable: &[u8]) -> Outcome {
    let server = Server::start(target, executable)?;
    let send = |fields: &str, body: &[u8]| {
        let head = format!("POST /body HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{fields}\r\n");
        exchange(server.port, &[head.as_bytes(), body].concat())
    };
    let found = |length: usize, rest: &str| {
        format!("no other body 1\nlength {length}\nknown 1\nfailed 0\n{rest}taken 1\n")
    };
    let large = vec![b'x'; 1 << 20];
    for (what, fields, body, wanted) in [
        ("none", String::new(), &b""[..], found(0, "")),
        (
            "length",
            format!("Content-Length: {}\r\n", large.len()),
            &large,
            found(large.len(), ""),
        ),
        (
            "chunks",
            "Transfer-Encoding: chunked\r\n".into(),
            b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
            found(5, ""),
        ),
        (
            "trailers",
            "Transfer-Encoding: chunked\r\n".into(),
            b"1\r\na\r\n0\r\na: b\r\nHost: hidden\r\n\r\n",
            found(1, "trailers 1\n"),
        ),
        (
            "expected",
            "Content-Length: 5\r\nExpect: 100-continue\r\n".into(),
            b"hello",
            found(5, ""),
        ),
    ] {
        let answer = send(&fields, body)?;
        if !answer.ends_with(&wanted) {
            return Err(format!("{what}: {answer:?}"));
        }
    }
    // Who waits to be asked for the body is.
    let head = b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n";
    let asked = client::converse(server.port, head, "HTTP/1.1 100 Continue\r\n\r\n", b"hello")?;
    want("asked", asked.ends_with(&found(5, "")), true)?;
    // Damaged ones: the guest hears of it, and nothing else is read from the connection.
    let damaged = "no other body 1\nlength 3\nerror 36\nknown 1\nfailed 1\ntaken 1\n";
    for body in [
        &b"3\r\nabc\r\nx\r\n"[..],
        b"3\r\nabcd\r\n0\r\n\r\n",
        b"3\r\nabc\n0\r\n\r\n",
    ] {
        let answer = send("Transfer-Encoding: chunked\r\n", body)?;
        if !answer.ends_with(damaged) {
            return Err(format!("damaged: {answer:?}"));
        }
    }
    Ok(())
}

/// Answers before the last one: what comes of each, and that the last one is as always.
fn early(target: &Target, executable: &[u8]) -> Outcome {
    let server = Server::start(target, executable)?;
    let ask = |path: &str, version: &str| {
        let head = format!("GET {path} HTTP/{version}\r\nHost: x\r\nConnection: close\r\n\r\n");
        client::exchange(server.port, head.as_bytes())
    };
    const TOLD: &str = "processing 0\nhints 0\nno status 36\nlast 36\nupgrade 39\nlength 36\n";
    const BEFORE: &str = "HTTP/1.1 102 Processing\r\n\r\n\
        HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n\
        HTTP/1.1 200 OK\r\n";
    let answer = ask("/early", "1.1")?;
    want("before", answer.starts_with(BEFORE), true)?;
    want("told", answer.ends_with(TOLD), true)?;
    // A client of HTTP/1.0 knows only one answer.
    let answer = ask("/early", "1.0")?;
    want("1.0", answer.starts_with("HTTP/1.1 200 OK\r\n"), true)?;
    want("1.0 told", answer.ends_with(TOLD), true)?;
    let answer = ask("/early-trap", "1.1")?;
    let trapped = answer.strip_prefix("HTTP/1.1 103 Early Hints\r\n\r\n");
    let is_500 = trapped.is_some_and(|rest| rest.starts_with("HTTP/1.1 500 "));
    want("trap", is_500, true)?;
    // Who waits to be asked for the body is asked once.
    let head = b"POST /early-continue HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n";
    const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";
    let asked = client::converse(server.port, head, CONTINUE, b"hello")?;
    want("asked", asked.starts_with("HTTP/1.1 200 OK\r\n"), true)?;
    want(
        "asked for",
        asked.contains("continue 0\n") && asked.contains("length 5\n"),
        true,
    )?;
    // One before the last leaves the connection as it was.
    let twice = "GET /early HTTP/1.1\r\nHost: x\r\n\r\n".to_string()
        + "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = client::exchange(server.port, twice.as_bytes())?;
    want("next", answer.ends_with("\r\n\r\nhello\n"), true)?;
    want("status", server.stop()?, 0)
}

/// No request finds what another has left behind.
fn fresh(target: &Target, executable: &[u8]) -> Outcome {
    let server = Server::start(target, executable)?;
    let first = get(server.port, "/state")?.text();
    want("first", first.starts_with("counter 1\nfunction 0\n"), true)?;
    want("grown", first.contains("grown 1\nfresh 0\n"), true)?;
    for path in ["/state", "/trap", "/loop", "/sleep", "/outgoing"] {
        get(server.port, path)?;
        for _ in 0..5 {
            want(path, get(server.port, "/state")?.text(), first.clone())?;
        }
    }
    Ok(())
}

/// What goes wrong in a handler is answered, and costs no other request anything.
fn failures(target: &Target, executable: &[u8]) -> Outcome {
    let server = Server::start(target, executable)?;
    for (path, status) in [
        ("/trap", 500),
        ("/deep", 500),
        ("/exit", 500),
        ("/silent", 500),
        ("/error", 500),
        ("/unfinished", 500),
        ("/short", 500),
        ("/long", 500),
        ("/children", 500),
        ("/loop", 504),
    ] {
        expect(server.port, path, status, "")?;
        expect(server.port, "/hello", 200, "hello\n")?;
    }
    // The head was sent: that the body ends in the middle must be seen.
    let late = exchange(server.port, b"GET /late-trap HTTP/1.1\r\nHost: x\r\n\r\n")?;
    want(
        "late trap",
        late.starts_with("HTTP/1.1 200") && !late.contains("\r\n0\r\n"),
        true,
    )?;
    expect(server.port, "/hello", 200, "hello\n")
}

/// What a head must not be, and what becomes of it.
fn heads(target: &Target, executable: &[u8]) -> Outcome {
    let server = Server::start(target, executable)?;
    let long = format!(
        "GET / HTTP/1.1\r\nHost: x\r\na: {}\r\n\r\n",
        "x".repeat(40_000)
    );
    let many = format!(
        "GET / HTTP/1.1\r\nHost: x\r\n{}\r\n",
        "a: b\r\n".repeat(500)
    );
    for (head, status) in [
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\nHost: x\n\n", 400),
        ("GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
            400,
        ),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
            501,
        ),
        ("GET / HTTP/1.1\r\nHost: x\r\na: b\r\n c\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: x\r\na : b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: x\r\na: b\rc\r\n\r\n", 400),
        (
            "GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nContent-Length: 1\r\n\r\n",
            417,
        ),
        (&long, 431),
        (&many, 431),
    ] {
        // What follows is not taken for a request.
        let answer = exchange(
            server.port,
            &[head.as_bytes(), b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"].concat(),
        )?;
        let wanted = format!("HTTP/1.1 {status} ");
        let is_alone = answer.matches("HTTP/1.1 ").count() == 1;
        if !answer.starts_with(&wanted) || !is_alone {
            return Err(format!("{:?}: {answer:?}", &head[..head.len().min(80)]));
        }
    }
    expect(server.port, "/hello", 200, "hello\n")
}

fn pipelining(target: &Target, executable: &[u8]) -> Outcome {
    let server = Server::start(target, executable)?;
    let one = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";
    let post = "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody";
    // Unread bodies are skipped.
    let unread = "POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nGET ";
    let last = "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let all = [one, post, unread, "\r\n", &one.repeat(20), last].concat();
    let answer = exchange(server.port, all.as_bytes())?;
    want("answers", answer.matches("HTTP/1.1 200 OK\r\n").count(), 24)?;
    want("texts", answer.matches("hello\n").count(), 23)?;
    want("length", answer.matches("length 4\n").count(), 1)
}

/// Clients that send or read slowly, or go away, keep nobody from being answered.
fn slow_clients(target: &Target, executable: &[u8]) -> Outcome {
    let server = Server::start(target, executable)?;
    let mut slow = Vec::new();
    for start in [
        "GET /hel",
        "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc",
        "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc",
        "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "GET /large HTTP/1.1\r\nHost: x\r\n\r\n",
        "",
    ] {
        for _ in 0..3 {
            slow.push(send(server.port, start.as_bytes())?);
        }
    }
    let limit = Duration::from_millis(500 * u64::from(target.slowness()));
    for _ in 0..50 {
        let begun = Instant::now();
        expect(server.port, "/hello", 200, "hello\n")?;
        want("in time", begun.elapsed() < limit, true)?;
    }
    // Byte by byte.
    let bytes = b"GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = client::trickle(server.port, bytes)?;
    want("trickle", answer.ends_with("hello\n"), true)?;
    // Half of them goes away.
    slow.truncate(slow.len() / 2);
    expect(server.port, "/hello", 200, "hello\n")
}

/// Handlers that wait run at the same time, whatever the number of workers.
fn waiting_handlers(target: &Target, executable: &[u8]) -> Outcome {
    let server = Server::start(target, executable)?;
    sleeps_at_the_same_time(target, server.port, "/sleep")?;
    want("status", server.stop()?, 0)
}

/// Sixteen handlers at a path that sleeps, at the same time: once of three times, as the machine may be busy.
fn sleeps_at_the_same_time(target: &Target, port: u16, path: &str) -> Outcome {
    // One after the other they take 2.4 seconds.
    let limit = Duration::from_millis(if target.is_native() { 1500 } else { 2000 });
    let mut took = Duration::MAX;
    for _ in 0..3 {
        let begun = Instant::now();
        let results: Vec<Result<Answer, String>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..16)
                .map(|_| scope.spawn(move || get(port, path)))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().expect("no panic"))
                .collect()
        });
        took = took.min(begun.elapsed());
        for answer in results {
            want("answer", answer?.text(), "slept\n".to_string())?;
        }
        if took < limit {
            break;
        }
    }
    want("at the same time", took < limit, true)
}

/// A request under way is answered before the server ends.
fn graceful_end(target: &Target, executable: &[u8]) -> Outcome {
    let mut server = Server::start(target, executable)?;
    let connection = send(server.port, b"GET /sleep HTTP/1.1\r\nHost: x\r\n\r\n")?;
    std::thread::sleep(Duration::from_millis(150));
    server.signal("TERM");
    let answer = client::read_all(connection)?;
    want("answer", answer.ends_with("slept\n"), true)?;
    want("status", server.wait()?, 0)?;
    want(
        "closed",
        TcpStream::connect(("127.0.0.1", server.port)).is_err(),
        true,
    )
}

fn killed_worker(target: &Target, executable: &[u8]) -> Outcome {
    let server = Server::start(target, executable)?;
    expect(server.port, "/hello", 200, "hello\n")?;
    let before = server.workers();
    want("workers", before.len(), 2)?;
    before.iter().for_each(|worker| signal(*worker, "KILL"));
    let begun = Instant::now();
    while server.workers().len() < 2 || server.workers().iter().any(|pid| before.contains(pid)) {
        if begun.elapsed() > PATIENCE {
            return Err("no new workers".to_string());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    expect(server.port, "/hello", 200, "hello\n")?;
    want("status", server.stop()?, 0)
}

/// Many requests leave no descriptors, processes or memory behind.
fn leaks(target: &Target, executable: &[u8]) -> Outcome {
    let server = Server::start(target, executable)?;
    let count = if target.is_native() { 10_000 } else { 500 };
    let mixed = |count: usize| {
        let paths = [
            "/hello",
            "/state",
            "/fields",
            "/trap",
            "/before",
            "/exit",
            "/unfinished",
        ];
        for i in 0..count {
            get(server.port, paths[i % paths.len()])?;
        }
        Ok::<_, String>(())
    };
    mixed(count / 10)?;
    let workers = server.workers();
    stays_small(target, &server, || mixed(count))?;
    want("the same workers", server.workers(), workers)
}

/// Something leaves no processes, descriptors and memory behind in a server.
fn stays_small(target: &Target, server: &Server, work: impl FnOnce() -> Outcome) -> Outcome {
    let before = server.use_of_workers(2)?;
    work()?;
    let after = server.use_of_workers(2)?;
    want("descriptors", after.0 <= before.0 + 1, true)?;
    if target.is_native() && after.1 > before.1 + 64 {
        return Err(format!("{} pages of memory, then {}", before.1, after.1));
    }
    Ok(())
}
