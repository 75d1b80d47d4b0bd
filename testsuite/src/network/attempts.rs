//! What the rules let through, and what not: each attempt of the guest `attempt` has to end as the rules say, and what is denied must not be noticed by
//! anybody.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::{Rules, executable, fastest, run_with};
use crate::report::Report;
use crate::target::Target;

/// Servers on the loopback interface.
struct Servers {
    /// A port on which 127.0.0.1, 127.0.0.2 and [::1] answer, and one on which 127.0.0.1 does.
    port: u16,
    other: u16,
    /// Connections that were made.
    connections: Arc<AtomicUsize>,
    /// Receivers of datagrams on the same ports of 127.0.0.1.
    receivers: [UdpSocket; 2],
}

impl Servers {
    fn start() -> Result<Servers, String> {
        let connections = Arc::new(AtomicUsize::new(0));
        for _ in 0..100 {
            let Some((port, mut listeners)) = Servers::listen() else {
                continue;
            };
            let second = TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
            let other = second.local_addr().map_err(|e| e.to_string())?.port();
            let receiver = |port| {
                let socket = UdpSocket::bind(("127.0.0.1", port))?;
                socket.set_read_timeout(Some(Duration::from_millis(1)))?;
                Ok::<_, std::io::Error>(socket)
            };
            let (Ok(first_receiver), Ok(second_receiver)) = (receiver(port), receiver(other))
            else {
                continue;
            };
            listeners.push(second);
            for listener in listeners {
                let connections = connections.clone();
                // It ends with the process.
                thread::spawn(move || serve(&listener, &connections));
            }
            return Ok(Servers {
                port,
                other,
                connections,
                receivers: [first_receiver, second_receiver],
            });
        }
        Err("no port is free on all addresses".to_string())
    }

    /// Listens on the same port of three addresses.
    fn listen() -> Option<(u16, Vec<TcpListener>)> {
        let first = TcpListener::bind("127.0.0.1:0").ok()?;
        let port = first.local_addr().ok()?.port();
        let second = TcpListener::bind(("127.0.0.2", port)).ok()?;
        let third = TcpListener::bind(("::1", port)).ok()?;
        Some((port, vec![first, second, third]))
    }

    /// How many datagrams have come to each receiver.
    fn received(&self) -> [usize; 2] {
        [0, 1].map(|which| {
            let mut buffer = [0; 16];
            let count = |_: &usize| self.receivers[which].recv(&mut buffer).is_ok();
            (0..100).take_while(count).count()
        })
    }
}

/// Answers what clients say.
fn serve(listener: &TcpListener, connections: &AtomicUsize) {
    let answer = |mut stream: TcpStream| {
        let mut buffer = [0; 16];
        let n = stream.read(&mut buffer)?;
        stream.write_all(&buffer[..n])
    };
    for stream in listener.incoming().flatten() {
        connections.fetch_add(1, Ordering::SeqCst);
        let _ = answer(stream);
    }
}

/// What is attempted, whom it concerns, and the line that must come of it.
pub type Attempt = (&'static str, &'static str, &'static str);

/// A program with rules, what it tries, and what comes of it. `PORT` and `OTHER` stand for ports of servers.
struct Case {
    name: &'static str,
    rules: Rules<'static>,
    attempts: &'static [Attempt],
    /// Connections and datagrams that arrive.
    arrives: (usize, [usize; 2]),
}

const DENIED: &str = "access-denied";

const CASES: &[Case] = &[
    Case {
        name: "nothing is granted",
        rules: &[],
        attempts: &[
            ("connect", "127.0.0.1:PORT", DENIED),
            ("connect", "six:PORT", DENIED),
            ("connect", "mapped:PORT", DENIED),
            ("bind", "127.0.0.1:0", DENIED),
            ("bind", "every:0", DENIED),
            ("bind", "six:0", DENIED),
            ("bind-udp", "127.0.0.1:0", DENIED),
            ("bind-udp", "every6:0", DENIED),
            ("send", "127.0.0.1:PORT", DENIED),
            ("send-peer", "127.0.0.1:PORT", DENIED),
            ("lookup", "localhost", DENIED),
            ("lookup", "127.0.0.1", DENIED),
            // The socket is there, but there is nothing behind it.
            ("options", "4", DENIED),
            ("options", "6", DENIED),
        ],
        arrives: (0, [0, 0]),
    },
    Case {
        name: "one address and port",
        rules: &[("connect", "127.0.0.1:PORT")],
        attempts: &[
            ("connect", "127.0.0.1:PORT", "answer ok"),
            ("connect", "127.0.0.1:OTHER", DENIED),
            ("connect", "127.0.0.2:PORT", DENIED),
            ("connect", "six:PORT", DENIED),
            ("connect", "mapped:PORT", "invalid-argument"),
            ("connect", "every:PORT", DENIED),
            ("bind", "127.0.0.1:0", DENIED),
            ("bind-udp", "127.0.0.1:0", DENIED),
            ("lookup", "localhost", DENIED),
            ("lookup", "127.0.0.1/PORT", "127.0.0.1 answer ok"),
            ("lookup", "127.0.0.2/PORT", "127.0.0.2 access-denied"),
            ("options", "4", "ok"),
            ("options", "6", "ok"),
        ],
        arrives: (2, [0, 0]),
    },
    Case {
        name: "a prefix and many ports",
        rules: &[("connect", "127.0.0.0/30")],
        attempts: &[
            ("connect", "127.0.0.1:PORT", "answer ok"),
            ("connect", "127.0.0.2:PORT", "answer ok"),
            ("connect", "127.0.0.1:OTHER", "answer ok"),
            ("connect", "127.0.0.4:PORT", DENIED),
            ("connect", "six:PORT", DENIED),
        ],
        arrives: (3, [0, 0]),
    },
    Case {
        name: "rules of IPv6 do not reach IPv4",
        rules: &[("connect", "[::]/0"), ("bind", "[::]/0"), ("udp", "[::]/0")],
        attempts: &[
            ("connect", "six:PORT", "answer ok"),
            ("connect", "127.0.0.1:PORT", DENIED),
            ("connect", "mapped:PORT", DENIED),
            ("bind", "six:0", "ok"),
            ("bind", "mapped:0", DENIED),
            ("bind", "127.0.0.1:0", DENIED),
            ("bind-udp", "every:0", DENIED),
            ("send", "mapped:PORT", DENIED),
            ("send-peer", "mapped:PORT", DENIED),
            ("send", "127.0.0.1:PORT", DENIED),
        ],
        arrives: (1, [0, 0]),
    },
    Case {
        name: "binding one address",
        rules: &[("bind", "127.0.0.1:0")],
        attempts: &[
            ("bind", "127.0.0.1:0", "ok"),
            ("bind-udp", "127.0.0.1:0", "ok"),
            ("bind", "127.0.0.1:PORT", DENIED),
            ("bind", "127.0.0.2:0", DENIED),
            ("bind", "every:0", DENIED),
            ("bind", "every6:0", DENIED),
            ("bind", "six:0", DENIED),
            ("bind", "mapped:0", "invalid-argument"),
            ("connect", "127.0.0.1:PORT", DENIED),
            ("send", "127.0.0.1:PORT", DENIED),
            ("send-peer", "127.0.0.1:PORT", DENIED),
        ],
        arrives: (0, [0, 0]),
    },
    Case {
        name: "binding every address",
        rules: &[("bind", "0.0.0.0:0-1023")],
        attempts: &[
            ("bind", "every:0", "ok"),
            ("bind", "127.0.0.1:0", DENIED),
            ("bind", "every:PORT", DENIED),
            ("bind", "every6:0", DENIED),
        ],
        arrives: (0, [0, 0]),
    },
    Case {
        name: "datagrams to one port",
        rules: &[("bind", "127.0.0.1:0"), ("udp", "127.0.0.1:PORT")],
        attempts: &[
            ("send", "127.0.0.1:PORT", "ok"),
            ("send-peer", "127.0.0.1:PORT", "ok"),
            ("send", "127.0.0.1:OTHER", DENIED),
            ("send-peer", "127.0.0.1:OTHER", DENIED),
            ("send", "127.0.0.2:PORT", DENIED),
            ("connect", "127.0.0.1:PORT", DENIED),
        ],
        arrives: (0, [2, 0]),
    },
    Case {
        name: "a name opens what looking it up gave",
        rules: &[("connect", "localhost:PORT")],
        attempts: &[
            // Nobody has looked it up yet.
            ("connect", "127.0.0.1:PORT", DENIED),
            ("lookup", "localhost:", "invalid-argument"),
            ("lookup", "x.localhost", DENIED),
            (
                "lookup",
                "LOCALHOST.",
                "0000:0000:0000:0000:0000:0000:0000:0001 127.0.0.1 ok",
            ),
            ("connect", "127.0.0.1:PORT", "answer ok"),
            ("connect", "six:PORT", "answer ok"),
            ("connect", "127.0.0.1:OTHER", DENIED),
            ("connect", "127.0.0.2:PORT", DENIED),
            ("connect", "mapped:PORT", "invalid-argument"),
            ("bind-udp", "127.0.0.1:0", DENIED),
        ],
        arrives: (2, [0, 0]),
    },
    Case {
        name: "lookups alone open nothing",
        rules: &[("dns", "any")],
        attempts: &[
            (
                "lookup",
                "localhost/PORT",
                "0000:0000:0000:0000:0000:0000:0000:0001 127.0.0.1 access-denied",
            ),
            ("connect", "127.0.0.1:PORT", DENIED),
            ("bind", "127.0.0.1:0", DENIED),
        ],
        arrives: (0, [0, 0]),
    },
    Case {
        name: "lookups of other names",
        rules: &[("dns", "a.localhost"), ("udp", "b.localhost")],
        attempts: &[
            (
                "lookup",
                "a.localhost",
                "0000:0000:0000:0000:0000:0000:0000:0001 127.0.0.1 ok",
            ),
            (
                "lookup",
                "b.localhost",
                "0000:0000:0000:0000:0000:0000:0000:0001 127.0.0.1 ok",
            ),
            ("lookup", "c.localhost", DENIED),
            ("lookup", "localhost", DENIED),
            ("lookup", "a.localhost.example", DENIED),
            ("lookup", "", "invalid-argument"),
            ("lookup", "a b", "invalid-argument"),
            ("lookup", "b\u{fc}cher.example", "invalid-argument"),
            ("lookup", "a..localhost", "invalid-argument"),
        ],
        arrives: (0, [0, 0]),
    },
];

/// Runs the cases whose names contain the filter.
pub fn run(target: &Target, filter: &str, report: &mut Report) {
    for case in CASES {
        let name = format!("attempts {}", case.name);
        if name.contains(filter) {
            report.outcome(&name, check(target, case));
        }
    }
}

/// By the sockets of each version of WASI.
fn check(target: &Target, case: &Case) -> Result<(), String> {
    for (version, guest) in [("0.2", "net/attempt"), ("0.3", "net3/attempt")] {
        check_guest(target, case, guest).map_err(|why| format!("WASI {version}: {why}"))?;
    }
    Ok(())
}

fn check_guest(target: &Target, case: &Case, guest: &str) -> Result<(), String> {
    let servers = Servers::start()?;
    let (port, other) = (servers.port.to_string(), servers.other.to_string());
    let fill = |text: &str| text.replace("PORT", &port).replace("OTHER", &other);
    let rules: Vec<(&str, String)> = case.rules.iter().map(|(o, v)| (*o, fill(v))).collect();
    let rules: Vec<(&str, &str)> = rules.iter().map(|(o, v)| (*o, v.as_str())).collect();
    let executable = executable(guest, target, fastest(target), &rules)?;
    let arguments: Vec<String> = case
        .attempts
        .iter()
        .flat_map(|(what, whom, _)| [what.to_string(), fill(whom)])
        .collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let finished = run_with(target, &executable, &arguments)?;
    if finished.code() != 0 {
        return Err(finished.describe());
    }
    judge(case.attempts, &finished.stdout)?;
    let arrived = (
        servers.connections.load(Ordering::SeqCst),
        servers.received(),
    );
    match arrived == case.arrives {
        true => Ok(()),
        false => Err(format!("{arrived:?} arrived, want {:?}", case.arrives)),
    }
}

/// Compares the lines that the guest prints with how its attempts have to end.
pub fn judge(attempts: &[Attempt], stdout: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(stdout);
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() != attempts.len() {
        return Err(format!("{} lines: {text:?}", lines.len()));
    }
    for ((what, whom, want), line) in attempts.iter().zip(lines) {
        if line != *want {
            return Err(format!("{what} {whom}: {line:?}, want {want:?}"));
        }
    }
    Ok(())
}
