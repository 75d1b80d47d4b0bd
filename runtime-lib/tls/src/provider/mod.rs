//! The cryptography that rustls asks for, from the RustCrypto crates.
//!
//! | module | concern |
//! |---|---|
//! | `cipher` | records: AES-GCM and ChaCha20-Poly1305 |
//! | `exchange` | key exchange: X25519 and P-256 |
//! | `hash` | SHA-2 and HMAC |
//! | `signature` | verifying signatures: ECDSA, RSA, Ed25519 |
//! | `suites` | the cipher suites |
//!
//! There is nothing that signs: clients have no certificates here.

mod cipher;
mod exchange;
mod hash;
mod signature;
mod suites;

use crate::system;
use alloc::sync::Arc;
use rustls::crypto::{CryptoProvider, GetRandomFailed, KeyProvider, SecureRandom};
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::SigningKey;

/// Everything that we offer to servers, what we like best first.
pub fn provider() -> CryptoProvider {
    CryptoProvider {
        cipher_suites: suites::ALL.to_vec(),
        kx_groups: exchange::ALL.to_vec(),
        signature_verification_algorithms: signature::ALGORITHMS,
        secure_random: &Random,
        key_provider: &NoKeys,
    }
}

/// The system's random numbers.
#[derive(Debug)]
struct Random;

impl SecureRandom for Random {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
        match system::random(bytes) {
            true => Ok(()),
            false => Err(GetRandomFailed),
        }
    }
}

/// Private keys are never loaded.
#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(
        &self,
        _: PrivateKeyDer<'static>,
    ) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General(Default::default()))
    }
}
