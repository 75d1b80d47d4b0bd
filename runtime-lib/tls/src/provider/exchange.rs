//! Key exchange with fresh keys: X25519 (RFC 7748) and P-256 (SEC 1).

use crate::system;
use alloc::boxed::Box;
use alloc::vec::Vec;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use rustls::crypto::{ActiveKeyExchange, GetRandomFailed, SharedSecret, SupportedKxGroup};
use rustls::{Error, NamedGroup, PeerMisbehaved};
use x25519_dalek::{X25519_BASEPOINT_BYTES, x25519};

pub const ALL: &[&dyn SupportedKxGroup] = &[&X25519, &P256];

/// Secret bytes are drawn until they are a key; that the first are none has a probability of 2^-32.
const TRIES: u32 = 8;

const BAD_SHARE: Error = Error::PeerMisbehaved(PeerMisbehaved::InvalidKeyShare);

fn random() -> Result<[u8; 32], Error> {
    let mut bytes = [0; 32];
    match system::random(&mut bytes) {
        true => Ok(bytes),
        false => Err(GetRandomFailed.into()),
    }
}

#[derive(Debug)]
struct X25519;

impl SupportedKxGroup for X25519 {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let secret = random()?;
        let public = x25519(secret, X25519_BASEPOINT_BYTES);
        Ok(Box::new(OverX25519 { secret, public }))
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519
    }
}

struct OverX25519 {
    secret: [u8; 32],
    public: [u8; 32],
}

impl ActiveKeyExchange for OverX25519 {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        let peer = peer.try_into().map_err(|_| BAD_SHARE)?;
        let shared = x25519(self.secret, peer);
        // A point of small order, which RFC 8446, 7.4.2 has us refuse.
        match shared.iter().fold(0, |any, byte| any | byte) {
            0 => Err(BAD_SHARE),
            _ => Ok(SharedSecret::from(&shared[..])),
        }
    }

    fn pub_key(&self) -> &[u8] {
        &self.public
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::X25519
    }
}

#[derive(Debug)]
struct P256;

impl SupportedKxGroup for P256 {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        for _ in 0..TRIES {
            if let Ok(secret) = SecretKey::from_slice(&random()?) {
                let public = secret.public_key().to_sec1_point(false).as_bytes().to_vec();
                return Ok(Box::new(OverP256 { secret, public }));
            }
        }
        Err(GetRandomFailed.into())
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::secp256r1
    }
}

struct OverP256 {
    secret: SecretKey,
    public: Vec<u8>,
}

impl ActiveKeyExchange for OverP256 {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        // Only points that are not compressed have this tag (RFC 8446, 4.2.8.2).
        let peer = Some(peer).filter(|peer| peer.first() == Some(&4));
        let peer = peer.and_then(|peer| PublicKey::from_sec1_bytes(peer).ok());
        let peer = peer.ok_or(BAD_SHARE)?;
        let shared = p256::ecdh::diffie_hellman(self.secret.to_nonzero_scalar(), peer.as_affine());
        Ok(SharedSecret::from(&shared.raw_secret_bytes()[..]))
    }

    fn pub_key(&self) -> &[u8] {
        &self.public
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::secp256r1
    }
}
