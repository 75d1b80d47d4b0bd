//! A server whose handlers send requests: `guests/proxy/proxy.c` hands on to another server what it is asked.

use std::fs;
use std::net::TcpListener;

use wative_compiler::ir::MemoryMode;
use wative_compiler::options::{NetHosts, NetRight, NetRule, OptLevel, Serve};

use super::{
    Outcome, Server, exchange, expect, get, sleeps_at_the_same_time, stays_small, timeout, want,
};
use crate::corpus;
use crate::program::{build, options};
use crate::target::Target;

/// The guest as a server that may connect to high ports of the loopback interface.
fn executable(target: &Target) -> Result<Vec<u8>, String> {
    let path = corpus::root().join("testsuite/guests/proxy/proxy.component.wasm");
    let module = fs::read(path).map_err(|e| e.to_string())?;
    let mut options = options(target, MemoryMode::Fixed, OptLevel::O2);
    options.config.serve = Serve {
        workers: 2,
        request_timeout: timeout(target),
        ..Serve::default()
    };
    options.config.network = vec![NetRule {
        right: NetRight::Connect,
        hosts: NetHosts::Prefix([127, 0, 0, 1].into(), 32),
        ports: 1024..=u16::MAX,
    }];
    build(&module, target, &options)
}

/// What a server answers comes through the proxy, or what is wrong; `behind` is the executable of the guest `server`.
pub fn hands_on(target: &Target, behind: &[u8]) -> Outcome {
    let behind = Server::start(target, behind)?;
    let proxy = Server::start(target, &executable(target)?)?;
    let (port, other) = (proxy.port, behind.port);
    let through = |path: &str| format!("/{other}{path}");
    expect(port, &through("/hello"), 200, "hello\n")?;
    expect(port, &through("/nothing"), 404, "nothing here\n")?;
    expect(port, &through("/trap"), 500, "")?;
    let answer = get(port, &through("/stream"))?;
    want("parts", &*answer.text(), "part\npart\npart\n")?;
    want("trailers", &*answer.trailers, "x-end: yes\r\n")?;
    let large = get(port, &through("/large"))?.body;
    want("large", large == get(other, "/large")?.body, true)?;

    let post = |fields: &str, body: &[u8]| {
        let path = through("/body");
        let head =
            format!("POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{fields}\r\n\r\n");
        exchange(port, &[head.as_bytes(), body].concat())
    };
    let long = vec![b'x'; 3 << 20];
    let answer = post(&format!("Content-Length: {}", long.len()), &long)?;
    want("body", answer.contains("length 3145728\n"), true)?;
    let chunks = b"3\r\nabc\r\n0\r\nX-End: yes\r\n\r\n";
    let answer = post("Transfer-Encoding: chunked", chunks)?;
    want("chunks", answer.contains("length 3\n"), true)?;
    want("their trailers", answer.contains("trailers 1\n"), true)?;

    // What breaks off behind it breaks off before it.
    let path = through("/late-trap");
    let cut = exchange(
        port,
        format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes(),
    )?;
    let is_cut = cut.starts_with("HTTP/1.1 200") && !cut.contains("\r\n0\r\n");
    want("late trap", is_cut, true)?;
    expect(port, &through("/loop"), 504, "")?;
    // Nothing listens, or nothing may be asked.
    let free = TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
    let nobody = free.local_addr().map_err(|e| e.to_string())?.port();
    drop(free);
    expect(port, &format!("/{nobody}/hello"), 502, "")?;
    expect(port, "/80/hello", 403, "")?;

    sleeps_at_the_same_time(target, port, &through("/sleep"))?;
    let many = || {
        for i in 0..if target.is_native() { 3000 } else { 300 } {
            let paths = ["/hello", "/trap", "/state", "/before", "/late-trap"];
            get(port, &through(paths[i % paths.len()])).ok();
        }
        expect(port, &through("/hello"), 200, "hello\n")
    };
    // In the emulator whoever takes over from a worker is not seen: it has another parent.
    match target.is_native() {
        true => stays_small(target, &proxy, many)?,
        false => many()?,
    }
    want("status", proxy.stop()?, 0)
}
