//! Sessions with a server of rustls and ring in the same process, over a connection that damages what it carries.

use crate::abi::{Failure, MAX_GIVEN};
use crate::session::{Session, config};
use crate::{TABLE, roots};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ClientConfig, ServerConfig, ServerConnection, SupportedProtocolVersion};
use std::io::{Read, Write};
use std::sync::Arc;

const VERSIONS: [&SupportedProtocolVersion; 2] = [&rustls::version::TLS13, &rustls::version::TLS12];

/// Both sides' configuration, for a server of the name `localhost`.
struct Bench {
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
}

fn bench(version: &'static SupportedProtocolVersion) -> Bench {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = params.self_signed(&key).unwrap();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &issuer).unwrap();
    let server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        );
    Bench {
        client: config(roots::from_bundle(root.pem().as_bytes())).unwrap(),
        server: Arc::new(server.unwrap()),
    }
}

/// The two sides of a connection.
struct Connection {
    session: Session,
    server: ServerConnection,
}

impl Connection {
    fn new(bench: &Bench) -> Connection {
        Connection {
            session: Session::new(bench.client.clone(), "localhost").unwrap(),
            server: ServerConnection::new(bench.server.clone()).unwrap(),
        }
    }

    /// Carries what the client has to say: whether there was anything.
    fn hand_to_server(&mut self) -> bool {
        let mut bytes = self.session.outgoing();
        let len = bytes.len();
        while !bytes.is_empty() {
            self.server.read_tls(&mut bytes).unwrap();
            let _ = self.server.process_new_packets();
        }
        self.session.sent(len);
        len != 0
    }

    fn take_from_server(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while self.server.wants_write() {
            self.server.write_tls(&mut bytes).unwrap();
        }
        bytes
    }

    /// Gives the client bytes, so many at a time.
    fn hand_to_client(&mut self, bytes: &[u8], piece: usize) {
        for piece in bytes.chunks(piece) {
            self.session.room()[..piece.len()].copy_from_slice(piece);
            self.session.receive(piece.len());
        }
    }

    /// Carries everything in both directions until nothing comes any more.
    fn run(&mut self, piece: usize) {
        loop {
            let said = self.hand_to_server();
            let bytes = self.take_from_server();
            self.hand_to_client(&bytes, piece);
            if !said && bytes.is_empty() {
                return;
            }
        }
    }

    fn read(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        let mut part = [0; 1000];
        loop {
            match self.session.read(&mut part) {
                0 => return all,
                len => all.extend_from_slice(&part[..len]),
            }
        }
    }
}

#[test]
fn contents_go_both_ways_however_they_are_cut() {
    for version in VERSIONS {
        let bench = bench(version);
        for piece in [1, 7, MAX_GIVEN] {
            let mut connection = Connection::new(&bench);
            assert!(!connection.session.progress().is_open);
            connection.run(piece);
            let progress = connection.session.progress();
            assert_eq!(
                (progress.is_open, progress.failure),
                (true, Failure::default())
            );
            let contents: Vec<u8> = (0..MAX_GIVEN).map(|i| i as u8).collect();
            connection.session.write(&contents);
            connection.server.writer().write_all(&contents).unwrap();
            connection.run(piece);
            assert_eq!(connection.session.progress().contents, MAX_GIVEN);
            assert!(connection.read() == contents);
            let mut came = vec![0; MAX_GIVEN];
            connection.server.reader().read_exact(&mut came).unwrap();
            assert!(came == contents);
            connection.session.close();
            connection.server.send_close_notify();
            connection.run(piece);
            assert!(connection.session.progress().is_closed);
            assert_eq!(connection.server.reader().read(&mut came).unwrap(), 0);
            assert_eq!(connection.session.progress().failure, Failure::default());
        }
    }
}

/// Whatever of the server's first words is changed: nothing panics, and what is protected does not open.
#[test]
fn damaged_handshakes_open_nothing() {
    for version in VERSIONS {
        let bench = bench(version);
        let mut opened = Vec::new();
        for at in 0.. {
            let mut connection = Connection::new(&bench);
            connection.hand_to_server();
            let mut bytes = connection.take_from_server();
            // Signatures differ in length.
            let Some(byte) = bytes.get_mut(at) else {
                break;
            };
            *byte ^= 1 << (at % 8);
            connection.hand_to_client(&bytes, MAX_GIVEN);
            connection.run(MAX_GIVEN);
            let progress = connection.session.progress();
            if progress.is_open && !connection.server.is_handshaking() {
                opened.push(at);
            }
        }
        // The versions of records have no meaning (RFC 8446, 5.1), and the first of each is outside of what is protected.
        assert!(opened.len() <= 10, "{version:?}: {opened:?}");
    }
}

#[test]
fn damaged_contents_are_not_given() {
    for version in VERSIONS {
        let bench = bench(version);
        let mut len = usize::MAX;
        let mut at = 5;
        while at < len {
            let mut connection = Connection::new(&bench);
            connection.run(MAX_GIVEN);
            connection.server.writer().write_all(b"contents").unwrap();
            let mut bytes = connection.take_from_server();
            len = bytes.len();
            bytes[at] ^= 0x10;
            connection.hand_to_client(&bytes, MAX_GIVEN);
            let progress = connection.session.progress();
            assert_eq!(
                (progress.contents, progress.failure.kind),
                (0, Failure::PROTOCOL)
            );
            // The server hears of it.
            assert!(progress.outgoing != 0);
            // Whatever comes now has no meaning.
            connection.hand_to_client(&[23, 3, 3, 0, 1, 0].repeat(100), MAX_GIVEN);
            assert_eq!(connection.session.progress().contents, 0);
            at += 1;
        }
    }
}

#[test]
fn who_is_not_trusted_is_told_apart() {
    for version in VERSIONS {
        let [good, other] = [(); 2].map(|()| bench(version));
        for (client, host, kind) in [
            (&other.client, "localhost", Failure::CERTIFICATE),
            (&good.client, "example.org", Failure::CERTIFICATE),
            (&good.client, "127.0.0.1", Failure::CERTIFICATE),
            (&good.client, "localhost", Failure::NONE),
            (&good.client, "LOCALHOST", Failure::NONE),
        ] {
            let mut connection = Connection {
                session: Session::new(client.clone(), host).unwrap(),
                server: ServerConnection::new(good.server.clone()).unwrap(),
            };
            connection.run(MAX_GIVEN);
            assert_eq!(connection.session.progress().failure.kind, kind, "{host}");
        }
    }
}

#[test]
fn bundles_may_hold_anything() {
    assert!(roots::built_in().len() > 50);
    let broken = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
    for text in ["", "text", broken, "-----BEGIN CERTIFICATE-----\nAAAA"] {
        assert!(roots::from_bundle(text.as_bytes()).is_empty());
    }
}

#[test]
fn only_names_of_hosts_have_sessions() {
    // SAFETY: bytes that are there, and one thread uses the table.
    unsafe {
        assert!(!(TABLE.is_prepared)());
        (TABLE.prepare)(core::ptr::null(), 0);
        assert!((TABLE.is_prepared)());
        for (host, is_one) in [
            ("example.org", true),
            ("127.0.0.1", true),
            ("::1", true),
            ("", false),
            ("a b", false),
            ("a..b", false),
            ("é.example", false),
        ] {
            let session = (TABLE.new)(host.as_ptr(), host.len());
            assert_eq!(!session.is_null(), is_one, "{host}");
            if is_one {
                (TABLE.free)(session);
            }
        }
    }
}
