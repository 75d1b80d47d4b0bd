//! A connection to a server.

use crate::abi::{Failure, MAX_GIVEN, Progress};
use crate::{provider, system};
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;
use rustls::client::{Resumption, UnbufferedClientConnection};
use rustls::pki_types::{ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::unbuffered::{ConnectionState, EncodeError, UnbufferedStatus};
use rustls::{ClientConfig, Error, RootCertStore};

/// Bytes that encrypting adds to those of a record at most, header and tag included, and a message about new keys before it.
const OVERHEAD: usize = 128;

/// The time by the system's clock.
#[derive(Debug)]
struct Clock;

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(
            system::now(),
        )))
    }
}

/// What sessions have in common: HTTP/1.1 with servers that these authorities vouch for.
///
/// # Errors
/// None that is known: the provider has what rustls asks for.
pub fn config(roots: RootCertStore) -> Result<Arc<ClientConfig>, Error> {
    let provider = Arc::new(provider::provider());
    let mut config = ClientConfig::builder_with_details(provider, Arc::new(Clock))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}

/// A session.
pub struct Session {
    connection: UnbufferedClientConnection,
    /// Records that have come and were not understood yet, in its first `filled` bytes.
    incoming: Vec<u8>,
    filled: usize,
    /// Records to be sent.
    outgoing: Vec<u8>,
    /// Contents that have come, from `taken` on.
    contents: Vec<u8>,
    taken: usize,
    progress: Progress,
}

/// What is to be done when contents can be sent.
#[derive(Clone, Copy)]
enum Task<'a> {
    Nothing,
    Write(&'a [u8]),
    Close,
}

impl Session {
    /// A session with the server of this name, or address. Its first record is ready to be sent.
    ///
    /// # Errors
    /// This can be no server's name.
    pub fn new(config: Arc<ClientConfig>, host: &str) -> Result<Session, Error> {
        let name = ServerName::try_from(host.to_string())
            .map_err(|_| Error::General(Default::default()))?;
        let mut session = Session {
            connection: UnbufferedClientConnection::new(config, name)?,
            incoming: Vec::new(),
            filled: 0,
            outgoing: Vec::new(),
            contents: Vec::new(),
            taken: 0,
            progress: Progress::default(),
        };
        session.advance(Task::Nothing);
        Ok(session)
    }

    pub fn progress(&self) -> Progress {
        Progress {
            outgoing: self.outgoing.len(),
            contents: self.contents.len() - self.taken,
            ..self.progress
        }
    }

    /// Where bytes that come from the server may be written, [`MAX_GIVEN`] of them.
    pub fn room(&mut self) -> &mut [u8] {
        let end = self.filled + MAX_GIVEN;
        if self.incoming.len() < end {
            self.incoming.resize(end, 0);
        }
        self.incoming.get_mut(self.filled..end).unwrap_or(&mut [])
    }

    /// So many bytes have come. After a failure, or when the server has closed, nothing that comes has a meaning.
    pub fn receive(&mut self, len: usize) {
        if self.progress.failure.kind == Failure::NONE && !self.progress.is_closed {
            self.filled = (self.filled + len).min(self.incoming.len());
            self.advance(Task::Nothing);
        }
    }

    /// Takes contents to be sent; only where the session is open.
    pub fn write(&mut self, bytes: &[u8]) {
        if self.progress.is_open {
            self.advance(Task::Write(bytes));
        }
    }

    /// Says that no contents come any more.
    pub fn close(&mut self) {
        if self.progress.is_open {
            self.advance(Task::Close);
        }
    }

    /// Bytes to be sent.
    pub fn outgoing(&self) -> &[u8] {
        &self.outgoing
    }

    /// The first of them were sent.
    pub fn sent(&mut self, len: usize) {
        self.outgoing.drain(..len.min(self.outgoing.len()));
    }

    /// Takes contents that have come: how many bytes.
    pub fn read(&mut self, into: &mut [u8]) -> usize {
        let there = self.contents.get(self.taken..).unwrap_or(&[]);
        let len = there.len().min(into.len());
        if let (Some(place), Some(bytes)) = (into.get_mut(..len), there.get(..len)) {
            place.copy_from_slice(bytes);
        }
        self.taken += len;
        if self.taken == self.contents.len() {
            self.contents.clear();
            self.taken = 0;
        }
        len
    }

    /// Goes on as far as it can, and does the task where that is possible.
    fn advance(&mut self, mut task: Task<'_>) {
        loop {
            // After a failure nothing that has come may be looked at again; but an alert may be ready to be sent.
            if self.progress.failure.kind != Failure::NONE && !self.connection.wants_write() {
                self.filled = 0;
                return;
            }
            let incoming = self.incoming.get_mut(..self.filled).unwrap_or(&mut []);
            let status = self.connection.process_tls_records(incoming);
            let UnbufferedStatus {
                mut discard, state, ..
            } = status;
            let mut failure = None;
            let mut goes_on = true;
            match state {
                Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                    while let Some(Ok(record)) = traffic.next_record() {
                        discard += record.discard;
                        self.contents.extend_from_slice(record.payload);
                    }
                }
                Ok(ConnectionState::EncodeTlsData(mut data)) => {
                    let room = match data.encode(&mut []) {
                        Err(EncodeError::InsufficientSize(room)) => room.required_size,
                        _ => 0,
                    };
                    append(&mut self.outgoing, room, |room| data.encode(room).ok());
                }
                Ok(ConnectionState::TransmitTlsData(data)) => data.done(),
                Ok(ConnectionState::PeerClosed) => self.progress.is_closed = true,
                Ok(ConnectionState::WriteTraffic(mut traffic)) => {
                    self.progress.is_open = true;
                    let out = &mut self.outgoing;
                    let is_done = match core::mem::replace(&mut task, Task::Nothing) {
                        Task::Nothing => {
                            goes_on = false;
                            true
                        }
                        Task::Write(bytes) => append(out, bytes.len() + OVERHEAD, |room| {
                            traffic.encrypt(bytes, room).ok()
                        }),
                        Task::Close => {
                            append(out, OVERHEAD, |room| traffic.queue_close_notify(room).ok())
                        }
                    };
                    failure = (!is_done).then_some(Error::EncryptError);
                }
                Ok(_) => goes_on = false,
                Err(error) => failure = Some(error),
            }
            let discard = discard.min(self.filled);
            self.incoming.copy_within(discard..self.filled, 0);
            self.filled -= discard;
            if let Some(error) = failure {
                self.fail(&error);
            }
            if !goes_on {
                return;
            }
        }
    }

    /// Notes why it cannot go on; the first reason counts.
    fn fail(&mut self, error: &Error) {
        if self.progress.failure.kind != Failure::NONE {
            return;
        }
        let (kind, alert) = match error {
            Error::AlertReceived(alert) => (Failure::ALERT, u8::from(*alert)),
            Error::InvalidCertificate(_)
            | Error::NoCertificatesPresented
            | Error::UnsupportedNameType => (Failure::CERTIFICATE, 0),
            _ => (Failure::PROTOCOL, 0),
        };
        self.progress.failure = Failure { kind, alert };
    }
}

/// Appends what `write` writes into so much room, which says how much that was: whether it could.
fn append(out: &mut Vec<u8>, room: usize, write: impl FnOnce(&mut [u8]) -> Option<usize>) -> bool {
    let start = out.len();
    out.resize(start + room, 0);
    let written = write(out.get_mut(start..).unwrap_or(&mut []));
    out.truncate(start + written.unwrap_or(0));
    written.is_some()
}

const _: () = assert!(
    MAX_GIVEN <= 1 << 14,
    "what is written at a time fits into one record"
);
