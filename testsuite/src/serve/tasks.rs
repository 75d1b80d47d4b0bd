//! Handlers of WASI 0.3, of which an instance answers many requests at a time. The guest is `guests/http/tasks.wat`, whose path says what it does;
//! another one, `guests/http/constant.c`, answers all of them alike.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use wative_compiler::ir::MemoryMode;
use wative_compiler::options::{OptLevel, Serve};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use super::client::{self, Answer, exchange, get, send};
use super::{Outcome, Server, expect, want};
use crate::corpus;
use crate::program::{build, options};
use crate::report::Report;
use crate::target::Target;

/// A test of an executable whose instances answer so many requests, and so many at a time.
type Test = (&'static str, u32, u32, fn(&Target, &Server) -> Outcome);

const TESTS: &[Test] = &[
    ("one instance", 8, 4, one_instance),
    ("an instance for each", 1, 1, an_instance_for_each),
    ("at a time", 100, 16, at_a_time),
    ("more than an instance takes", 100, 4, more_than_it_takes),
    ("back-pressure", 100, 16, back_pressure),
    ("traps", 100, 16, traps),
    ("time-outs", 100, 16, time_outs),
    ("endless loops", 100, 16, endless_loops),
    ("slow clients", 100, 32, slow_clients),
    ("aborted connections", 100, 16, aborted),
    ("clients that are gone", 100, 2, gone),
    (IDLE, 100, 16, idle),
    ("bodies in parts", 100, 16, parts),
    ("graceful end", 100, 16, graceful_end),
    ("leaks", 128, 16, leaks),
    ("a long life", 10_000_000, 16, long_life),
];

/// Milliseconds that a request may take.
const TIMEOUT: u64 = 800;

/// The test with a time-out of instances that a test waits for, and that in milliseconds.
const IDLE: &str = "idle instances";
const IDLE_TIMEOUT: u64 = 150;

/// Runs every test.
pub fn run_all(target: &Target, filter: &str, report: &mut Report) {
    for (name, body, status) in [
        ("a start that traps", "unreachable", 500),
        ("a start without end", "loop $l br $l end", 504),
    ] {
        let title = format!("tasks: {name}");
        if title.contains(filter) {
            report.outcome(&title, no_start(target, body, status));
        }
    }
    if "tasks: a constant".contains(filter) {
        report.outcome("tasks: a constant", constant(target));
    }
    if "tasks: cancelled".contains(filter) {
        report.outcome("tasks: cancelled", cancelled(target));
    }
    let component = match component("tasks.wat", "") {
        Ok(component) => component,
        Err(why) => return report.fail(format!("tasks: {why}")),
    };
    for (name, requests, concurrency, test) in TESTS {
        let title = format!("tasks: {name}");
        if !title.contains(filter) {
            continue;
        }
        let mut options = options(target, MemoryMode::Fixed, OptLevel::O2);
        options.config.serve = Serve {
            workers: 1,
            request_timeout: TIMEOUT * u64::from(target.slowness()),
            instance_requests: *requests,
            instance_concurrency: *concurrency,
            instance_idle_timeout: match *name {
                IDLE => IDLE_TIMEOUT * u64::from(target.slowness()),
                _ => 3_600_000,
            },
            ..Serve::default()
        };
        let run = || {
            let server = Server::start(target, &build(&component, target, &options)?)?;
            test(target, &server)?;
            if *name == "graceful end" {
                return want("status", server.stop()?, 0);
            }
            expect(server.port, "/s", 200, "00")?;
            want("status", server.stop()?, 0)
        };
        report.outcome(&title, run());
    }
}

/// A guest that cannot begin: every request is answered so, and the server ends as others do.
fn no_start(target: &Target, body: &str, status: u16) -> Outcome {
    let mut options = options(target, MemoryMode::Fixed, OptLevel::O2);
    options.config.serve = Serve {
        workers: 1,
        request_timeout: TIMEOUT * u64::from(target.slowness()),
        ..Serve::default()
    };
    let start = format!("(func $never {body}) (start $never)");
    let executable = build(&component("tasks.wat", &start)?, target, &options)?;
    let server = Server::start(target, &executable)?;
    for _ in 0..3 {
        expect(server.port, "/c", status, "")?;
    }
    want("status", server.stop()?, 0)
}

/// A guest that answers every request with a line, by a callback: one after the other, at once, and over several connections, beyond what an instance answers.
fn constant(target: &Target) -> Outcome {
    let path = corpus::root().join("testsuite/guests/http/constant.wasm");
    let guest = fs::read(path).map_err(|e| e.to_string())?;
    let mut options = options(target, MemoryMode::Fixed, OptLevel::O2);
    options.config.serve = Serve {
        workers: 2,
        ..Serve::default()
    };
    let server = Server::start(target, &build(&guest, target, &options)?)?;
    let answer = get(server.port, "/")?;
    want("type", answer.field("content-type"), Some("text/plain"))?;
    want("text", &*answer.text(), "Hello, world!")?;
    let one = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody";
    let last = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    for _ in 0..3 {
        let text = exchange(server.port, format!("{}{last}", one.repeat(150)).as_bytes())?;
        let lines = text.matches("content-length: 13\r\n");
        want("answers", lines.count(), 151)?;
        want("bodies", text.matches("\r\n\r\nHello, world!").count(), 151)?;
        all(begin(server.port, "/", 40)?, 200, "Hello, world!")?;
    }
    want("status", server.stop()?, 0)
}

/// Who is gone is not answered: the task is asked to end, also one that waits to enter, and who has taken too long. The guest is `guests/http/cancelled.wat`.
fn cancelled(target: &Target) -> Outcome {
    let mut options = options(target, MemoryMode::Fixed, OptLevel::O2);
    options.config.serve = Serve {
        workers: 1,
        request_timeout: TIMEOUT * u64::from(target.slowness()),
        instance_idle_timeout: 3_600_000,
        ..Serve::default()
    };
    let guest = component("cancelled.wat", "")?;
    let server = Server::start(target, &build(&guest, target, &options)?)?;
    expect(server.port, "/c", 200, "0")?;
    for (path, count) in [("/w", "2"), ("/k", "4")] {
        let waiting = begin(server.port, path, 2)?;
        until(target, &server, "/n", count)?;
        reset(waiting)?;
        until(target, &server, "/c", count)?;
    }
    // One that has back-pressure on, and another one that waits to enter.
    let holding = begin(server.port, "/b", 1)?;
    a_while(target, 150);
    let entering = begin(server.port, "/w", 1)?;
    a_while(target, 50);
    reset(entering)?;
    a_while(target, 50);
    let waiting = begin(server.port, "/c", 1)?;
    reset(holding)?;
    all(waiting, 200, "5")?;
    // Who only sends nothing more is not gone: it hears that its time is over, of which the task is told, too. Nothing else enters that instance.
    let halves = begin(server.port, "/w", 2)?;
    for half in &halves {
        half.shutdown(Shutdown::Write).map_err(|e| e.to_string())?;
    }
    all(halves, 504, "")?;
    expect(server.port, "/c", 200, "0")?;
    want("status", server.stop()?, 0)
}

/// Asks until this is the answer.
fn until(target: &Target, server: &Server, path: &str, text: &str) -> Outcome {
    for _ in 0..100 {
        if get(server.port, path)?.text() == text {
            break;
        }
        a_while(target, 10);
    }
    expect(server.port, path, 200, text)
}

/// Ends connections so that the server sees it (RST).
fn reset(requests: Vec<TcpStream>) -> Outcome {
    for request in requests {
        rustix::net::sockopt::set_socket_linger(&request, Some(Duration::ZERO))
            .map_err(|e| e.to_string())?;
    }
    Ok(())
}

/// A guest as a component, with more in its module.
fn component(text: &str, more: &str) -> Result<Vec<u8>, String> {
    let folder = corpus::root().join("testsuite/guests/http");
    let read = |name: &str| fs::read_to_string(folder.join(name)).map_err(|e| e.to_string());
    let (wit, text) = (read("tasks.wit")?, read(text)?);
    let end = text.trim_end().strip_suffix(')').unwrap_or(&text);
    let text = format!("{end}{more})");
    let mut module = wat::parse_str(&text).map_err(|e| e.to_string())?;
    let mut resolve = Resolve::default();
    let mut encode = || {
        let package = resolve.push_str("tasks.wit", &wit)?;
        let world = resolve.select_world(&[package], Some("tasks"))?;
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false)?;
        ComponentEncoder::default()
            .validate(false)
            .module(&module)?
            .encode()
    };
    encode().map_err(|why| format!("{why:#}"))
}

/// Begins requests, each over a connection of its own.
fn begin(port: u16, path: &str, count: usize) -> Result<Vec<TcpStream>, String> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    (0..count).map(|_| send(port, request.as_bytes())).collect()
}

/// Their answers.
fn end(requests: Vec<TcpStream>) -> Result<Vec<Answer>, String> {
    let answers = requests.into_iter();
    answers
        .map(|request| Answer::parse(&client::read_bytes(request)?))
        .collect()
}

/// What all answers must be.
fn all(requests: Vec<TcpStream>, status: u16, text: &str) -> Outcome {
    for answer in end(requests)? {
        want("answer", (answer.status, &*answer.text()), (status, text))?;
    }
    Ok(())
}

/// A path whose handler sleeps, as long as the target needs for what is tried meanwhile.
fn sleep(target: &Target, letter: char) -> String {
    format!("/{letter}{}", target.slowness().min(5))
}

/// A while, in which the server begins with what it was asked.
fn a_while(target: &Target, milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(
        milliseconds * u64::from(target.slowness()),
    ));
}

/// Requests one after the other find what those before have left, until the instance is replaced.
fn one_instance(_: &Target, server: &Server) -> Outcome {
    for _ in 0..3 {
        for count in 1..=8 {
            expect(server.port, "/c", 200, &format!("{count:02}"))?;
        }
    }
    // Over one connection as well.
    let one = "GET /c HTTP/1.1\r\nHost: x\r\n\r\n".repeat(9);
    let last = "GET /m HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let text = exchange(server.port, format!("{one}{last}").as_bytes())?;
    let bodies: Vec<&str> = text
        .split("\r\n\r\n")
        .skip(1)
        .map(|body| &body[..2])
        .collect();
    let wanted = ["01", "02", "03", "04", "05", "06", "07", "08", "01", "01"];
    want("pipelined", bodies, wanted.to_vec())
}

/// Every request finds a fresh instance, also after those that waited for something.
fn an_instance_for_each(_: &Target, server: &Server) -> Outcome {
    for _ in 0..6 {
        expect(server.port, "/c", 200, "01")?;
        expect(server.port, "/s", 200, "00")?;
        expect(server.port, "/e", 500, "")?;
        expect(server.port, "/t", 500, "")?;
    }
    all(begin(server.port, "/s", 6)?, 200, "00")?;
    all(begin(server.port, "/c", 6)?, 200, "01")
}

/// Handlers that wait do so at the same time, in one process.
fn at_a_time(target: &Target, server: &Server) -> Outcome {
    let begun = Instant::now();
    let requests = begin(server.port, &sleep(target, 's'), 12)?;
    a_while(target, 50);
    want("processes", server.workers().len(), 1)?;
    expect(server.port, "/m", 200, "13")?;
    all(requests, 200, "00")?;
    let limit = Duration::from_millis(600 * u64::from(target.slowness()));
    want("in time", begun.elapsed() < limit, true)
}

/// What an instance does not take another one answers.
fn more_than_it_takes(target: &Target, server: &Server) -> Outcome {
    let begun = Instant::now();
    let requests = begin(server.port, &sleep(target, 's'), 11)?;
    a_while(target, 50);
    expect(server.port, "/c", 200, "04")?;
    all(requests, 200, "00")?;
    let limit = Duration::from_millis(800 * u64::from(target.slowness()));
    want("in time", begun.elapsed() < limit, true)
}

/// A guest that takes no more calls gets them later.
fn back_pressure(target: &Target, server: &Server) -> Outcome {
    let first = begin(server.port, &sleep(target, 'b'), 1)?;
    a_while(target, 30);
    let begun = Instant::now();
    let others = begin(server.port, "/m", 5)?;
    for answer in end(others)? {
        want("status", answer.status, 200)?;
    }
    want("waited", begun.elapsed() > Duration::from_millis(60), true)?;
    all(first, 200, "00")
}

/// A trap ends all requests of the instance, and no other one.
fn traps(target: &Target, server: &Server) -> Outcome {
    for _ in 0..3 {
        let requests = begin(server.port, "/n", 10)?;
        a_while(target, 100);
        expect(server.port, "/t", 500, "")?;
        all(requests, 500, "")?;
        expect(server.port, "/c", 200, "01")?;
    }
    // What an answer has begun with is cut off.
    let parts = begin(server.port, &sleep(target, 'p'), 1)?;
    a_while(target, 60);
    expect(server.port, "/t", 500, "")?;
    let text = parts
        .into_iter()
        .map(client::read_all)
        .next()
        .unwrap_or(Ok(String::new()))?;
    let is_cut = text.starts_with("HTTP/1.1 200") && !text.ends_with("\r\n0\r\n\r\n");
    if !is_cut {
        return Err(format!("not cut off: {text:?}"));
    }
    // An error is one request's.
    let others = begin(server.port, "/s", 3)?;
    expect(server.port, "/e", 500, "")?;
    all(others, 200, "00")
}

/// Who takes too long costs others nothing, whether it waits or gives its turn away for ever.
fn time_outs(target: &Target, server: &Server) -> Outcome {
    for path in ["/n", "/y"] {
        let late = begin(server.port, path, 2)?;
        a_while(target, TIMEOUT - 100);
        let others = begin(server.port, "/s", 5)?;
        all(late, 504, "")?;
        all(others, 200, "00")?;
        // Its instance was replaced, before or behind the others.
        let count = get(server.port, "/c")?.text();
        want("replaced", ["01", "06"].contains(&&*count), true)?;
    }
    // What a handler does behind its answer is none of the request.
    for _ in 0..5 {
        expect(server.port, "/a", 200, "00")?;
    }
    let count = get(server.port, "/c")?.text();
    want("goes on", ["07", "12"].contains(&&*count), true)
}

/// A handler that runs for ever is interrupted. Others of its instance end with it, and whoever is late is told so.
fn endless_loops(target: &Target, server: &Server) -> Outcome {
    expect(server.port, "/l", 504, "")?;
    expect(server.port, "/c", 200, "01")?;
    let others = begin(server.port, "/n", 4)?;
    a_while(target, 20);
    let looping = begin(server.port, "/l", 1)?;
    for answer in end(others)?.iter().chain(&end(looping)?) {
        want("all", [500, 504].contains(&answer.status), true)?;
    }
    expect(server.port, "/c", 200, "01")
}

/// Who reads slowly or not at all keeps nobody from being answered, and gets everything.
fn slow_clients(target: &Target, server: &Server) -> Outcome {
    let slow = begin(server.port, "/v", 6)?;
    let halves = (0..6).map(|_| send(server.port, b"GET /c HTT"));
    let halves = halves.collect::<Result<Vec<_>, _>>()?;
    let limit = Duration::from_millis(500 * u64::from(target.slowness()));
    for _ in 0..30 {
        let begun = Instant::now();
        want("quick", get(server.port, "/c")?.status, 200)?;
        want("in time", begun.elapsed() < limit, true)?;
    }
    want("processes", server.workers().len(), 1)?;
    drop(halves);
    for answer in end(slow)? {
        want("length", (answer.status, answer.body.len()), (200, 4 << 20))?;
    }
    Ok(())
}

/// Who goes away leaves nothing.
fn aborted(target: &Target, server: &Server) -> Outcome {
    for path in ["/s", "/v", "/p"] {
        for _ in 0..4 {
            drop(begin(server.port, path, 8)?);
            a_while(target, 10);
        }
        a_while(target, 200);
        expect(server.port, "/s", 200, "00")?;
    }
    Ok(())
}

/// Whose client has gone away takes no place of others.
fn gone(target: &Target, server: &Server) -> Outcome {
    for count in [3, 6, 9] {
        reset(begin(server.port, "/n", 2)?)?;
        a_while(target, 40);
        expect(server.port, "/c", 200, &format!("{count:02}"))?;
    }
    want("processes", server.workers().len(), 1)?;
    // One who only says that there is nothing more to come has an answer, also where that takes a while.
    for (path, text) in [("/c", "10"), (&sleep(target, 's'), "00")] {
        let stream = begin(server.port, path, 1)?.remove(0);
        a_while(target, 20);
        stream
            .shutdown(Shutdown::Write)
            .map_err(|error| error.to_string())?;
        all(vec![stream], 200, text)?;
    }
    Ok(())
}

/// An instance without requests is replaced, also where tasks of it wait for something.
fn idle(target: &Target, server: &Server) -> Outcome {
    expect(server.port, "/c", 200, "01")?;
    expect(server.port, "/c", 200, "02")?;
    a_while(target, 3 * IDLE_TIMEOUT);
    expect(server.port, "/c", 200, "01")?;
    expect(server.port, "/a", 200, "00")?;
    a_while(target, 3 * IDLE_TIMEOUT);
    expect(server.port, "/c", 200, "01")?;
    // One that waits for something is not without.
    let path = "/s4";
    for answer in end(begin(server.port, path, 2)?)? {
        want("status", answer.status, 200)?;
    }
    expect(server.port, "/c", 200, "04")
}

/// What is written before a handler waits is sent before that, for each of them.
fn parts(_: &Target, server: &Server) -> Outcome {
    for answer in end(begin(server.port, "/p", 8)?)? {
        want("parts", (answer.status, &*answer.text()), (200, "00"))?;
        want(
            "chunked",
            answer.field("transfer-encoding"),
            Some("chunked"),
        )?;
    }
    Ok(())
}

/// Requests under way are answered before the server ends.
fn graceful_end(target: &Target, server: &Server) -> Outcome {
    let requests = begin(server.port, &sleep(target, 's'), 8)?;
    a_while(target, 60);
    server.signal("TERM");
    all(requests, 200, "00")
}

/// Many requests of all kinds leave no descriptors and no memory behind.
/// What the runtime keeps for an instance that answers any number of requests is bounded (`MOST_KEPT` of `entry/serve/tasks.rs`): then a fresh one takes its place.
fn long_life(target: &Target, server: &Server) -> Outcome {
    const AT_ONCE: usize = 100;
    const PAGES_OF_16_MIB: usize = 4096;
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).map_err(|e| e.to_string())?;
    let requests = "GET /c HTTP/1.1\r\nhost: localhost\r\naccept: */*\r\n\r\n".repeat(AT_ONCE);
    let mut ask = |count: usize| {
        for _ in 0..count.div_ceil(AT_ONCE) {
            let sent = stream.write_all(requests.as_bytes());
            sent.map_err(|e| e.to_string())?;
            let (mut answers, mut kept) = (0, Vec::new());
            while answers < AT_ONCE {
                let mut bytes = [0; 1 << 16];
                let read = stream.read(&mut bytes).map_err(|e| e.to_string())?;
                want("an open connection", read != 0, true)?;
                kept.extend(&bytes[..read]);
                let text = String::from_utf8_lossy(&kept);
                answers = text.matches("HTTP/1.1 200").count();
                want("other answers", text.matches("HTTP/1.1 ").count(), answers)?;
            }
        }
        Ok::<_, String>(())
    };
    ask(1000)?;
    let before = server.use_of_workers(1)?;
    ask(if target.is_native() { 100_000 } else { 2_000 })?;
    let after = server.use_of_workers(1)?;
    want("descriptors", after.0, before.0)?;
    match target.is_native() && after.1 > before.1 + PAGES_OF_16_MIB + 512 {
        true => Err(format!("{} pages of memory, then {}", before.1, after.1)),
        false => Ok(()),
    }
}

fn leaks(target: &Target, server: &Server) -> Outcome {
    let mixed = |count: usize| {
        for i in 0..count {
            match i % 64 {
                0 => drop(begin(server.port, "/s", 1)?),
                1 => want("trap", get(server.port, "/t")?.status, 500)?,
                2 => want("large", get(server.port, "/v")?.body.len(), 4 << 20)?,
                3 => want("error", get(server.port, "/e")?.status, 500)?,
                _ => want("count", get(server.port, "/c")?.status, 200)?,
            }
        }
        Ok::<_, String>(())
    };
    let count = if target.is_native() { 10_000 } else { 500 };
    mixed(count / 10)?;
    // Handlers whose client has gone away are done by then.
    a_while(target, 400);
    let before = server.use_of_workers(1)?;
    mixed(count)?;
    a_while(target, 400);
    let after = server.use_of_workers(1)?;
    want("descriptors", after.0 <= before.0 + 1, true)?;
    match target.is_native() && after.1 > before.1 + 64 {
        true => Err(format!("{} pages of memory, then {}", before.1, after.1)),
        false => Ok(()),
    }
}
