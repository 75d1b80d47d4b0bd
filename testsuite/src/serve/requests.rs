//! Requests that a guest sends, to servers that answer well and badly.
//!
//! The guest is `guests/http/client.c`, which tells what becomes of a request.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

use wative_compiler::ir::MemoryMode;
use wative_compiler::options::{NetHosts, NetRight, NetRule, OptLevel, Options};

use crate::corpus;
use crate::program::{self, build, options};
use crate::report::Report;
use crate::target::Target;

/// Runs every test.
pub fn run_all(target: &Target, filter: &str, report: &mut Report) {
    let path = corpus::root().join("testsuite/guests/http/client.wasm");
    let module = fs::read(path).unwrap_or_default();
    let loopback = NetHosts::Prefix([127, 0, 0, 0].into(), 8);
    let executable = match executable(&module, target, &[loopback]) {
        Ok(executable) => executable,
        Err(why) => return report.fail(format!("client: {why}")),
    };
    let tests: [super::Test; 3] = [
        ("requests: responses", responses),
        ("requests: bodies", bodies),
        ("requests: many", many),
    ];
    for (name, test) in tests {
        if name.contains(filter) {
            report.outcome(name, test(target, &executable));
        }
    }
    let name = "requests: grants";
    if name.contains(filter) {
        report.outcome(name, grants(target, &module));
    }
}

/// What a server sends, in pieces; it waits a while between them, and as long as the other side does behind the last where that is so.
struct Script {
    pieces: &'static [&'static str],
    holds: bool,
}

const OK: Script = answer(&["HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-A: b\r\n\r\nabc"]);

const fn answer(pieces: &'static [&'static str]) -> Script {
    Script {
        pieces,
        holds: false,
    }
}

/// Answers one connection: what came over it.
fn serve(listener: TcpListener, script: &'static Script) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let Ok((mut stream, _)) = listener.accept() else {
            return;
        };
        let mut came = Vec::new();
        let limit = Some(Duration::from_secs(20));
        let _ = stream.set_read_timeout(limit);
        while !is_complete(&came) && read_more(&mut stream, &mut came) {}
        for (i, piece) in script.pieces.iter().enumerate() {
            if i != 0 {
                std::thread::sleep(Duration::from_millis(30));
            }
            let _ = stream.write_all(piece.as_bytes());
        }
        if !script.holds {
            let _ = stream.shutdown(Shutdown::Write);
        }
        while read_more(&mut stream, &mut came) {}
        let _ = sender.send(came);
    });
    receiver
}

fn read_more(stream: &mut TcpStream, came: &mut Vec<u8>) -> bool {
    let mut bytes = [0; 65536];
    match stream.read(&mut bytes) {
        Ok(len) if len != 0 => {
            came.extend_from_slice(&bytes[..len]);
            true
        }
        _ => false,
    }
}

/// Whether a request has come to its end.
pub fn is_complete(came: &[u8]) -> bool {
    let text = String::from_utf8_lossy(came);
    match text.split_once("\r\n\r\n") {
        Some((head, body)) if head.contains("transfer-encoding: chunked") => {
            body.contains("\r\n0\r\n") && body.ends_with("\r\n\r\n")
        }
        Some(_) => true,
        None => false,
    }
}

/// An executable of the guest that may connect to these hosts.
pub fn executable(module: &[u8], target: &Target, hosts: &[NetHosts]) -> Result<Vec<u8>, String> {
    build(module, target, &options_for(target, hosts))
}

/// Options for an executable that may connect to these hosts.
pub fn options_for(target: &Target, hosts: &[NetHosts]) -> Options {
    let mut options = options(target, MemoryMode::Fixed, OptLevel::O2);
    let rules = hosts.iter().map(|hosts| NetRule {
        right: NetRight::Connect,
        hosts: hosts.clone(),
        ports: 1024..=u16::MAX,
    });
    options.config.network = rules.collect();
    options
}

/// What the guest tells of a request.
fn tells(target: &Target, executable: &[u8], arguments: &[&str]) -> Result<String, String> {
    let finished = program::run(executable, target, arguments, b"")?;
    match finished.code() {
        0 => Ok(String::from_utf8_lossy(&finished.stdout).into_owned()),
        _ => Err(finished.describe()),
    }
}

/// A request to a server with a script: what the guest tells, and what the server got.
fn ask(
    target: &Target,
    executable: &[u8],
    script: &'static Script,
    (method, host, bytes, time): (&str, &str, &str, &str),
) -> Result<(String, String), String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
    let port = listener.local_addr().map_err(|e| e.to_string())?.port();
    let came = serve(listener, script);
    let authority = format!("{host}:{port}");
    let arguments = ["http", method, &authority, "/a?b=c", bytes, time, "1"];
    let told = tells(target, executable, &arguments)?;
    let came = came
        .recv_timeout(program::LIMIT)
        .map_err(|e| format!("the server heard nothing: {e}"))?;
    let came = String::from_utf8_lossy(&came).replace(&authority, "AUTHORITY");
    Ok((told, came))
}

/// The lines that come before those of a response.
pub const SET: &str = "authority 1\npath 1\n";

/// Responses, and what a guest must tell of them: scripts, method, milliseconds, lines.
const RESPONSES: &[(&str, Script, &str, &str, &str)] = &[
    (
        "length",
        OK,
        "GET",
        "0",
        "status 200\nfields 2\nlength 3\nsum 294\ntaken 1\n",
    ),
    (
        "pieces",
        answer(&[
            "HT",
            "TP/1.1 404 \r\nContent-",
            "Length: 2\r\n\r",
            "\na",
            "b",
        ]),
        "GET",
        "0",
        "status 404\nfields 1\nlength 2\nsum 195\ntaken 1\n",
    ),
    (
        "chunks",
        answer(&[
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1",
            ";x=y\r\nc\r\n0\r\nA: b\r\nC: d\r\n\r\n",
        ]),
        "GET",
        "0",
        "status 200\nfields 0\nlength 3\nsum 294\ntrailers 2\ntaken 1\n",
    ),
    (
        "until the end",
        answer(&["HTTP/1.0 200 OK\r\n\r\nabc", "abc"]),
        "GET",
        "0",
        "status 200\nfields 0\nlength 6\nsum 588\ntaken 1\n",
    ),
    (
        "before the response",
        answer(&[
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        ]),
        "GET",
        "0",
        "status 200\nfields 1\nlength 0\nsum 0\ntaken 1\n",
    ),
    (
        "head",
        answer(&["HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n"]),
        "HEAD",
        "0",
        "status 200\nfields 1\nlength 0\nsum 0\ntaken 1\n",
    ),
    (
        "no contents",
        answer(&["HTTP/1.1 204 No Content\r\n\r\n"]),
        "GET",
        "0",
        "status 204\nfields 0\nlength 0\nsum 0\ntaken 1\n",
    ),
    ("nothing", answer(&[]), "GET", "0", "no response 7\n"),
    (
        "half a head",
        answer(&["HTTP/1.1 200 OK\r\nContent"]),
        "GET",
        "0",
        "no response 7\n",
    ),
    (
        "no HTTP",
        answer(&["SSH-2.0-x\r\n\r\n"]),
        "GET",
        "0",
        "no response 35\n",
    ),
    (
        "two lengths",
        answer(&["HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"]),
        "GET",
        "0",
        "no response 35\n",
    ),
    (
        "length and chunks",
        answer(&[
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ]),
        "GET",
        "0",
        "no response 35\n",
    ),
    (
        "another coding",
        answer(&["HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"]),
        "GET",
        "0",
        "no response 31\n",
    ),
    (
        "short",
        answer(&["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"]),
        "GET",
        "0",
        "status 200\nfields 1\nlength 3\nsum 294\nerror 25\nfailed 25\ntaken 1\n",
    ),
    (
        "damaged chunks",
        answer(&["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n"]),
        "GET",
        "0",
        "status 200\nfields 0\nlength 2\nsum 195\nerror 35\nfailed 35\ntaken 1\n",
    ),
    (
        "silence",
        Script {
            pieces: &[],
            holds: true,
        },
        "GET",
        "200",
        "no response 9\n",
    ),
    (
        "silence in the body",
        Script {
            pieces: &["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"],
            holds: true,
        },
        "GET",
        "300",
        "status 200\nfields 1\nlength 2\nsum 195\nerror 9\nfailed 9\ntaken 1\n",
    ),
];

/// What becomes of requests to servers of all kinds.
fn responses(target: &Target, executable: &[u8]) -> Result<(), String> {
    for (name, script, method, time, lines) in RESPONSES {
        let slow = time.parse::<u64>().unwrap_or(0) * u64::from(target.slowness());
        let (told, came) = ask(
            target,
            executable,
            script,
            (method, "127.0.0.1", "0", &slow.to_string()),
        )?;
        super::want(name, &*told, &*format!("{SET}{lines}"))?;
        let head =
            format!("{method} /a?b=c HTTP/1.1\r\nhost: AUTHORITY\r\nconnection: close\r\n\r\n");
        super::want(name, came, head)?;
    }
    Ok(())
}

/// Bodies of requests, and trailers behind them.
fn bodies(target: &Target, executable: &[u8]) -> Result<(), String> {
    for bytes in ["1", "5000", "300000"] {
        let (told, came) = ask(target, executable, &OK, ("POST", "127.0.0.1", bytes, "0"))?;
        let lines = format!(
            "{SET}finished 1\nsent {bytes}\nstatus 200\nfields 2\nlength 3\nsum 294\ntaken 1\n"
        );
        super::want(bytes, told, lines)?;
        let (head, body) = came.split_once("\r\n\r\n").unwrap_or((&came, ""));
        super::want("chunked", head.contains("transfer-encoding: chunked"), true)?;
        let count = body.bytes().filter(|&byte| byte == b'x').count();
        // One of them is of the trailer's name.
        super::want("bytes", Ok(count - 1), bytes.parse())?;
        super::want(
            "trailers",
            body.ends_with("\r\n0\r\nx-end: yes\r\n\r\n"),
            true,
        )?;
    }
    Ok(())
}

/// What is not granted is not asked, by address or by name; what is granted is.
fn grants(target: &Target, module: &[u8]) -> Result<(), String> {
    let [address, name, nothing] = [
        &[NetHosts::Prefix([127, 0, 0, 1].into(), 32)][..],
        &[NetHosts::Name("localhost".to_string())],
        &[],
    ]
    .map(|hosts| executable(module, target, hosts));
    let [address, name, nothing] = [address?, name?, nothing?];
    let refused = |code: u32| format!("{SET}refused {code}\n");
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
    listener.set_nonblocking(true).map_err(|e| e.to_string())?;
    let port = listener.local_addr().map_err(|e| e.to_string())?.port();
    for (executable, scheme, authority, lines) in [
        (&nothing, "http", format!("127.0.0.1:{port}"), refused(15)),
        (&nothing, "http", format!("localhost:{port}"), refused(15)),
        (&address, "http", format!("localhost:{port}"), refused(15)),
        (&address, "http", format!("127.0.0.2:{port}"), refused(15)),
        (
            &address,
            "http",
            format!("[::ffff:127.0.0.2]:{port}"),
            refused(15),
        ),
        (&address, "http", "127.0.0.1".to_string(), refused(15)),
        (&name, "http", format!("other.example:{port}"), refused(15)),
    ] {
        let arguments = [scheme, "GET", &authority, "/", "0", "0", "1"];
        super::want(&authority, tells(target, executable, &arguments)?, lines)?;
    }
    super::want("connections", listener.accept().is_err(), true)?;
    let (told, _) = ask(target, &name, &OK, ("GET", "localhost", "0", "0"))?;
    super::want("name", told.contains("status 200\n"), true)?;
    // Nobody listens there.
    drop(listener);
    let authority = format!("127.0.0.1:{port}");
    let arguments = ["http", "GET", &authority, "/", "0", "0", "1"];
    let told = tells(target, &address, &arguments)?;
    super::want("nobody", told, format!("{SET}no response 6\n"))
}

/// Many requests, one after the other, need no more memory or descriptors than one.
fn many(target: &Target, executable: &[u8]) -> Result<(), String> {
    const COUNT: usize = 3000;
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
    let port = listener.local_addr().map_err(|e| e.to_string())?.port();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(COUNT).flatten() {
            let (mut stream, mut came) = (stream, Vec::new());
            while !is_complete(&came) && read_more(&mut stream, &mut came) {}
            let _ = stream.write_all(OK.pieces[0].as_bytes());
        }
    });
    let authority = format!("127.0.0.1:{port}");
    let count = COUNT.to_string();
    let arguments = ["http", "POST", &authority, "/", "100", "0", &count];
    let told = tells(target, executable, &arguments)?;
    super::want("the last", told.contains("status 200\n"), true)
}
