//! SHA-256, SHA-384 and HMAC with them.

use alloc::boxed::Box;
use core::marker::PhantomData;
use hmac::{KeyInit, Mac};
use rustls::crypto::hash::{Context, Hash, HashAlgorithm, Output};
use rustls::crypto::hmac::{Hmac, Key, Tag};
use sha2::{Digest, Sha256, Sha384};

/// A hash function, or HMAC with one, as rustls sees it.
pub struct With<T>(PhantomData<fn() -> T>);

pub static SHA256: With<Sha256> = With(PhantomData);
pub static SHA384: With<Sha384> = With(PhantomData);
pub static HMAC_SHA256: With<hmac::Hmac<Sha256>> = With(PhantomData);
pub static HMAC_SHA384: With<hmac::Hmac<Sha384>> = With(PhantomData);

impl<D: Digest + Clone + Send + Sync + 'static> Hash for With<D> {
    fn start(&self) -> Box<dyn Context> {
        Box::new(State(D::new()))
    }

    fn hash(&self, data: &[u8]) -> Output {
        Output::new(&D::digest(data))
    }

    fn output_len(&self) -> usize {
        <D as Digest>::output_size()
    }

    fn algorithm(&self) -> HashAlgorithm {
        match <D as Digest>::output_size() {
            48 => HashAlgorithm::SHA384,
            _ => HashAlgorithm::SHA256,
        }
    }
}

struct State<T>(T);

impl<D: Digest + Clone + Send + Sync + 'static> Context for State<D> {
    fn fork_finish(&self) -> Output {
        Output::new(&self.0.clone().finalize())
    }

    fn fork(&self) -> Box<dyn Context> {
        Box::new(State(self.0.clone()))
    }

    fn finish(self: Box<Self>) -> Output {
        Output::new(&self.0.finalize())
    }

    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }
}

impl<M: Mac + KeyInit + Clone + Send + Sync + 'static> Hmac for With<M> {
    fn with_key(&self, key: &[u8]) -> Box<dyn Key> {
        let key = <M as KeyInit>::new_from_slice(key);
        Box::new(State(key.expect("HMAC takes keys of any length")))
    }

    fn hash_output_len(&self) -> usize {
        M::output_size()
    }
}

impl<M: Mac + Clone + Send + Sync + 'static> Key for State<M> {
    fn sign_concat(&self, first: &[u8], middle: &[&[u8]], last: &[u8]) -> Tag {
        let mut mac = self.0.clone();
        mac.update(first);
        middle.iter().for_each(|part| mac.update(part));
        mac.update(last);
        Tag::new(&mac.finalize().into_bytes())
    }

    fn tag_len(&self) -> usize {
        M::output_size()
    }
}
