//! Requests with TLS that a guest sends, to servers of rustls with ring that are good and bad.
//!
//! The guest is `guests/http/client.c`, which tells what becomes of a request.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use rustls::crypto::ring;
use rustls::{CipherSuite, ServerConfig, ServerConnection, StreamOwned};
use wative_compiler::options::NetHosts;

use super::certificates::{Authority, Flaw, Identity, Kind};
use super::requests::{SET, executable, is_complete};
use super::{Outcome, want};
use crate::corpus;
use crate::process::Scratch;
use crate::program;
use crate::report::Report;
use crate::target::Target;

/// What a server does when the request is there.
#[derive(Clone)]
enum Answer {
    /// It sends this, and then says that it closes, or not.
    Send { bytes: Vec<u8>, says_end: bool },
    /// Before anything of TLS: it sends this and closes, or waits.
    Raw { bytes: Vec<u8>, holds: bool },
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-A: b\r\n\r\nabc";
/// What the guest tells of it.
const OK_LINES: &str = "status 200\nfields 2\nlength 3\nsum 294\ntaken 1\n";

fn send(text: &str) -> Answer {
    Answer::Send {
        bytes: text.as_bytes().to_vec(),
        says_end: true,
    }
}

/// A server.
struct Server {
    identity: Identity,
    version: &'static rustls::SupportedProtocolVersion,
    /// All, if none is named.
    suite: Option<CipherSuite>,
    protocol: &'static [u8],
    answer: Answer,
}

impl Server {
    fn new(identity: Identity) -> Server {
        Server {
            identity,
            version: &rustls::version::TLS13,
            suite: None,
            protocol: b"http/1.1",
            answer: send(OK),
        }
    }

    fn config(&self) -> Result<Arc<ServerConfig>, String> {
        let mut provider = ring::default_provider();
        if let Some(suite) = self.suite {
            provider.cipher_suites.retain(|one| one.suite() == suite);
        }
        let key = self.identity.key.clone_key();
        let config = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[self.version])
            .and_then(|config| {
                let config = config.with_no_client_auth();
                config.with_single_cert(self.identity.chain.clone(), key)
            });
        let mut config = config.map_err(|e| e.to_string())?;
        config.alpn_protocols = vec![self.protocol.to_vec()];
        Ok(Arc::new(config))
    }

    /// Answers one connection: its port, and what came over it.
    fn start(self) -> Result<(u16, mpsc::Receiver<Vec<u8>>), String> {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
        let port = listener.local_addr().map_err(|e| e.to_string())?.port();
        let config = self.config()?;
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            if let Ok((stream, _)) = listener.accept() {
                let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
                let _ = sender.send(answer(stream, config, &self.answer));
            }
        });
        Ok((port, receiver))
    }
}

/// Answers a connection: what came, as far as it could be read.
fn answer(mut stream: TcpStream, config: Arc<ServerConfig>, answer: &Answer) -> Vec<u8> {
    let mut came = Vec::new();
    let (bytes, says_end) = match answer {
        Answer::Send { bytes, says_end } => (bytes, *says_end),
        Answer::Raw { bytes, holds } => {
            let _ = stream.write_all(bytes);
            if *holds {
                let _ = stream.read_to_end(&mut came);
            } else {
                // What the client has said is read, so that it can read what was sent.
                let _ = stream.read(&mut [0; 4096]);
            }
            return came;
        }
    };
    let Ok(connection) = ServerConnection::new(config) else {
        return came;
    };
    let mut stream = StreamOwned::new(connection, stream);
    let mut part = [0; 65536];
    while !is_complete(&came) {
        match stream.read(&mut part) {
            Ok(len @ 1..) => came.extend_from_slice(&part[..len]),
            _ => return came,
        }
    }
    let _ = stream.write_all(bytes);
    if says_end {
        stream.conn.send_close_notify();
    }
    let _ = stream.flush();
    let _ = stream.sock.shutdown(std::net::Shutdown::Write);
    let end = stream.read_to_end(&mut came);
    // A client that has said everything says so.
    if end.is_err() {
        came.extend_from_slice(b"(cut)");
    }
    came
}

/// The authority that executables trust, and one that they do not.
static AUTHORITY: LazyLock<Authority> = LazyLock::new(|| Authority::new("trusted", Kind::P256));
static OTHER: LazyLock<Authority> = LazyLock::new(|| Authority::new("other", Kind::P256));
static OF_RSA: LazyLock<Authority> = LazyLock::new(|| Authority::new("RSA", Kind::Rsa));
static OF_P384: LazyLock<Authority> = LazyLock::new(|| Authority::new("P-384", Kind::P384));

/// What all tests use.
struct Bench<'a> {
    target: &'a Target,
    executable: Vec<u8>,
    _scratch: Scratch,
    /// The bundle with the trusted authorities.
    bundle: String,
}

impl Bench<'_> {
    fn new<'a>(target: &'a Target, module: &[u8]) -> Result<Bench<'a>, String> {
        let hosts = [
            NetHosts::Prefix([127, 0, 0, 0].into(), 8),
            NetHosts::Name("localhost".to_string()),
        ];
        let scratch = Scratch::new().map_err(|e| e.to_string())?;
        let path = scratch.path().join("bundle.pem");
        // What is no certificate is left out.
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let authorities = [&*AUTHORITY, &*OF_RSA, &*OF_P384];
        let bundle: String = authorities.map(|one| one.bundle.as_str()).concat();
        fs::write(&path, format!("text\n{broken}{bundle}")).map_err(|e| e.to_string())?;
        Ok(Bench {
            target,
            executable: executable(module, target, &hosts)?,
            bundle: path.display().to_string(),
            _scratch: scratch,
        })
    }

    /// What the guest tells of a request, the process having these variables.
    fn tells(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Result<String, String> {
        let finished = program::run_with(&self.executable, self.target, arguments, b"", variables)?;
        match finished.code() {
            0 => Ok(String::from_utf8_lossy(&finished.stdout).into_owned()),
            _ => Err(finished.describe()),
        }
    }

    /// A request to a server: what the guest tells behind the usual lines, and what the server got.
    fn ask(
        &self,
        server: Server,
        (method, host, bytes, time): (&str, &str, &str, u64),
    ) -> Result<(String, String), String> {
        let (port, came) = server.start()?;
        let authority = format!("{host}:{port}");
        let time = (time * u64::from(self.target.slowness())).to_string();
        let arguments = ["https", method, &authority, "/a?b=c", bytes, &time, "1"];
        let told = self.tells(&arguments, &[("SSL_CERT_FILE", &self.bundle)])?;
        let came = came
            .recv_timeout(program::LIMIT)
            .map_err(|e| format!("the server heard nothing: {e}"))?;
        let came = String::from_utf8_lossy(&came).replace(&authority, "AUTHORITY");
        let told = told.strip_prefix(SET).unwrap_or(&told);
        Ok((told.to_owned(), came))
    }

    /// That a request without a body is told of like this.
    fn expect(&self, name: &str, server: Server, host: &str, lines: &str) -> Outcome {
        let (told, _) = self.ask(server, ("GET", host, "0", 0))?;
        want(name, &*told, lines)
    }
}

/// Cipher suites, and the keys that servers have with them.
const SUITES: [(CipherSuite, Kind); 9] = [
    (CipherSuite::TLS13_AES_128_GCM_SHA256, Kind::P256),
    (CipherSuite::TLS13_AES_256_GCM_SHA384, Kind::P256),
    (CipherSuite::TLS13_CHACHA20_POLY1305_SHA256, Kind::P256),
    (
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        Kind::P256,
    ),
    (
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        Kind::P256,
    ),
    (
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        Kind::P256,
    ),
    (
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        Kind::Rsa,
    ),
    (
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        Kind::Rsa,
    ),
    (
        CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        Kind::Rsa,
    ),
];

/// Good servers: every suite, every kind of key and of authority, by name and by address.
fn good(bench: &Bench<'_>) -> Outcome {
    let head = "GET /a?b=c HTTP/1.1\r\nhost: AUTHORITY\r\nconnection: close\r\n\r\n";
    for (i, (suite, kind)) in SUITES.into_iter().enumerate() {
        let name = format!("{suite:?}");
        let mut server = Server::new(AUTHORITY.identity(kind, Flaw::None));
        server.suite = Some(suite);
        if !name.starts_with("TLS13") {
            server.version = &rustls::version::TLS12;
        }
        let host = ["localhost", "127.0.0.1"][i % 2];
        let (told, came) = bench.ask(server, ("GET", host, "0", 0))?;
        want(&name, &*told, OK_LINES)?;
        want(&name, &*came, head)?;
    }
    for (authority, kind) in [
        (&*OF_RSA, Kind::Rsa),
        (&*OF_P384, Kind::P384),
        (&*OF_P384, Kind::Rsa),
        (&*AUTHORITY, Kind::Ed25519),
    ] {
        for version in [&rustls::version::TLS13, &rustls::version::TLS12] {
            let mut server = Server::new(authority.identity(kind, Flaw::None));
            server.version = version;
            let name = format!("{kind:?} {version:?}");
            bench.expect(&name, server, "localhost", OK_LINES)?;
        }
    }
    Ok(())
}

/// Certificates that prove nothing.
fn certificates(bench: &Bench<'_>) -> Outcome {
    for flaw in [
        Flaw::Expired,
        Flaw::NotYet,
        Flaw::OtherName,
        Flaw::NoIntermediate,
        Flaw::NoAuthority,
        Flaw::SelfSigned,
    ] {
        for (host, version) in [
            ("localhost", &rustls::version::TLS13),
            ("127.0.0.1", &rustls::version::TLS12),
        ] {
            let mut server = Server::new(AUTHORITY.identity(Kind::P256, flaw));
            server.version = version;
            let (told, came) = bench.ask(server, ("GET", host, "0", 0))?;
            want(&format!("{flaw:?}"), &*told, "no response 13\n")?;
            // Nothing of the request was sent.
            want(&format!("{flaw:?}"), &*came, "")?;
        }
    }
    let other = Server::new(OTHER.identity(Kind::P256, Flaw::None));
    bench.expect("other authority", other, "localhost", "no response 13\n")
}

/// Who is trusted is what the process's environment says, not what the guest's does.
fn authorities(bench: &Bench<'_>, module: &[u8]) -> Outcome {
    let asks = |bench: &Bench<'_>, variables: &[(&str, &str)]| {
        let server = Server::new(AUTHORITY.identity(Kind::P256, Flaw::None));
        let (port, _) = server.start()?;
        let authority = format!("127.0.0.1:{port}");
        let arguments = ["https", "GET", &authority, "/", "0", "0", "1"];
        let told = bench.tells(&arguments, variables)?;
        Ok::<_, String>(told.contains("status 200\n"))
    };
    let scratch = Scratch::new().map_err(|e| e.to_string())?;
    let write = |name: &str, text: &str| {
        let path = scratch.path().join(name);
        let path_text = path.display().to_string();
        fs::write(path, text)
            .map(|()| path_text)
            .map_err(|e| e.to_string())
    };
    let (empty, other) = (write("empty", "")?, write("other", &OTHER.bundle)?);
    let folder = scratch.path().display().to_string();
    want(
        "named",
        asks(bench, &[("SSL_CERT_FILE", &bench.bundle)])?,
        true,
    )?;
    for file in [&empty, &other, &folder, "/nowhere"] {
        want(file, asks(bench, &[("SSL_CERT_FILE", file)])?, false)?;
    }
    // Without a name it is the system's, which does not know our authority.
    want("system", asks(bench, &[("SSL_CERT_FILE", "")])?, false)?;
    let variable = format!("SSL_CERT_FILE={}", bench.bundle);
    let mut options = super::requests::options_for(bench.target, &[loopback()]);
    options.config.env = vec![variable];
    let guest = Bench {
        executable: program::build(module, bench.target, &options)?,
        target: bench.target,
        bundle: bench.bundle.clone(),
        _scratch: scratch,
    };
    want(
        "the guest's",
        asks(&guest, &[("SSL_CERT_FILE", "/nowhere")])?,
        false,
    )
}

fn loopback() -> NetHosts {
    NetHosts::Prefix([127, 0, 0, 0].into(), 8)
}

/// Bodies of a mebibyte, both ways.
fn bodies(bench: &Bench<'_>) -> Outcome {
    const LEN: usize = 1 << 20;
    for version in [&rustls::version::TLS13, &rustls::version::TLS12] {
        let mut server = Server::new(AUTHORITY.identity(Kind::P256, Flaw::None));
        server.version = version;
        let mut text = format!("HTTP/1.1 200 OK\r\nContent-Length: {LEN}\r\n\r\n");
        text.push_str(&"a".repeat(LEN));
        server.answer = send(&text);
        let (told, came) = bench.ask(server, ("POST", "localhost", "1048576", 0))?;
        let sum = LEN * usize::from(b'a');
        let lines = format!(
            "finished 1\nsent {LEN}\nstatus 200\nfields 1\nlength {LEN}\nsum {sum}\ntaken 1\n"
        );
        want("bodies", told, lines)?;
        let (_, body) = came.split_once("\r\n\r\n").unwrap_or_default();
        let count = body.bytes().filter(|&byte| byte == b'x').count();
        // One of them is of the trailer's name.
        want("sent", count, LEN + 1)?;
        want("end", body.ends_with("\r\n0\r\nx-end: yes\r\n\r\n"), true)?;
    }
    Ok(())
}

/// Bodies that are cut off: what ends with the connection is complete only where the server has said so.
fn cut(bench: &Bench<'_>) -> Outcome {
    let counted = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
    let short = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc";
    let open = "HTTP/1.1 200 OK\r\n\r\nabc";
    let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
    for (name, text, says_end, lines) in [
        (
            "said",
            open,
            true,
            "status 200\nfields 0\nlength 3\nsum 294\ntaken 1\n",
        ),
        (
            "not said",
            open,
            false,
            "status 200\nfields 0\nlength 3\nsum 294\nerror 25\nfailed 25\ntaken 1\n",
        ),
        (
            "whole",
            counted,
            false,
            "status 200\nfields 1\nlength 3\nsum 294\ntaken 1\n",
        ),
        (
            "short",
            short,
            true,
            "status 200\nfields 1\nlength 3\nsum 294\nerror 25\nfailed 25\ntaken 1\n",
        ),
        (
            "chunks",
            chunks,
            false,
            "status 200\nfields 0\nlength 3\nsum 294\nerror 25\nfailed 25\ntaken 1\n",
        ),
        (
            "half a head",
            "HTTP/1.1 200 OK\r\nContent",
            false,
            "no response 7\n",
        ),
        ("nothing", "", true, "no response 7\n"),
    ] {
        for version in [&rustls::version::TLS13, &rustls::version::TLS12] {
            let mut server = Server::new(AUTHORITY.identity(Kind::P256, Flaw::None));
            server.version = version;
            server.answer = Answer::Send {
                bytes: text.as_bytes().to_vec(),
                says_end,
            };
            bench.expect(name, server, "localhost", lines)?;
        }
    }
    Ok(())
}

/// Servers that do not speak TLS, or break off.
fn broken(bench: &Bench<'_>) -> Outcome {
    let records: [(&str, &[u8], &str); 6] = [
        ("nothing", b"", "no response 7\n"),
        (
            "HTTP",
            b"HTTP/1.1 400 Bad Request\r\n\r\n",
            "no response 12\n",
        ),
        (
            "alert",
            &[21, 3, 3, 0, 2, 2, 40],
            "no response 14\nalert 40\n",
        ),
        (
            "unknown alert",
            &[21, 3, 3, 0, 2, 2, 200],
            "no response 14\nalert 200\n",
        ),
        ("half a record", &[22, 3, 3, 1, 0, 2, 0], "no response 7\n"),
        ("contents", &[23, 3, 3, 0, 1, 0], "no response 12\n"),
    ];
    for (name, bytes, lines) in records {
        let mut server = Server::new(AUTHORITY.identity(Kind::P256, Flaw::None));
        server.answer = Answer::Raw {
            bytes: bytes.to_vec(),
            holds: false,
        };
        bench.expect(name, server, "localhost", lines)?;
    }
    let mut server = Server::new(AUTHORITY.identity(Kind::P256, Flaw::None));
    server.protocol = b"h2";
    bench.expect("h2", server, "localhost", "no response 14\nalert 120\n")?;
    for bytes in [&[][..], &[22, 3, 3, 1]] {
        let mut server = Server::new(AUTHORITY.identity(Kind::P256, Flaw::None));
        server.answer = Answer::Raw {
            bytes: bytes.to_vec(),
            holds: true,
        };
        let (told, _) = bench.ask(server, ("GET", "localhost", "0", 300))?;
        want("silence", &*told, "no response 8\n")?;
    }
    Ok(())
}

/// What is not granted is not asked with TLS either.
fn grants(bench: &Bench<'_>, module: &[u8]) -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
    listener.set_nonblocking(true).map_err(|e| e.to_string())?;
    let port = listener.local_addr().map_err(|e| e.to_string())?.port();
    let name = NetHosts::Name("localhost".to_string());
    for (hosts, authority, code) in [
        (&[][..], format!("127.0.0.1:{port}"), 15),
        (&[loopback()], format!("localhost:{port}"), 15),
        (&[loopback()], format!("192.0.2.1:{port}"), 15),
        (&[name], format!("127.0.0.2:{port}"), 15),
        // The port that is meant is that of TLS.
        (&[loopback()], "127.0.0.1".to_string(), 15),
    ] {
        let bench = Bench {
            executable: executable(module, bench.target, hosts)?,
            target: bench.target,
            bundle: bench.bundle.clone(),
            _scratch: Scratch::new().map_err(|e| e.to_string())?,
        };
        let arguments = ["https", "GET", &authority, "/", "0", "0", "1"];
        let told = bench.tells(&arguments, &[("SSL_CERT_FILE", &bench.bundle)])?;
        want(&authority, told, format!("{SET}refused {code}\n"))?;
    }
    want("connections", listener.accept().is_err(), true)
}

pub fn run_all(target: &Target, filter: &str, report: &mut Report) {
    const NAME: &str = "requests: TLS";
    if !NAME.contains(filter) && !filter.starts_with(NAME) {
        return;
    }
    let path = corpus::root().join("testsuite/guests/http/client.wasm");
    let module = fs::read(path).unwrap_or_default();
    let bench = match Bench::new(target, &module) {
        Ok(bench) => bench,
        Err(why) => return report.fail(format!("{NAME}: {why}")),
    };
    type Test = fn(&Bench<'_>, &[u8]) -> Outcome;
    let tests: [(&str, Test); 7] = [
        ("good", |bench, _| good(bench)),
        ("certificates", |bench, _| certificates(bench)),
        ("authorities", authorities),
        ("bodies", |bench, _| bodies(bench)),
        ("cut", |bench, _| cut(bench)),
        ("broken", |bench, _| broken(bench)),
        ("grants", grants),
    ];
    for (name, test) in tests {
        let name = format!("{NAME} {name}");
        if name.contains(filter) {
            report.outcome(&name, test(&bench, &module));
        }
    }
}
