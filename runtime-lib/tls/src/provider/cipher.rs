//! Encrypting and decrypting records, in TLS 1.3 (RFC 8446, 5.2) and TLS 1.2 (RFC 5288, RFC 7905).

use aes_gcm::aead::consts::{U12, U16};
use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use alloc::boxed::Box;
use chacha20poly1305::ChaCha20Poly1305;
use rustls::crypto::cipher::{
    AeadKey, InboundOpaqueMessage, InboundPlainMessage, Iv, KeyBlockShape, MessageDecrypter,
    MessageEncrypter, Nonce, OutboundOpaqueMessage, OutboundPlainMessage, PrefixedPayload,
    Tls12AeadAlgorithm, Tls13AeadAlgorithm, UnsupportedOperationError, make_tls12_aad,
    make_tls13_aad,
};
use rustls::{ConnectionTrafficSecrets, ContentType, Error, ProtocolVersion};

/// Bytes of a tag; of a nonce, and those of it that come with each record of TLS 1.2 with AES-GCM.
const TAG: usize = 16;
const NONCE: usize = 12;
const EXPLICIT: usize = 8;

/// Bytes of plaintext that a record may have (RFC 8446, 5.1).
const MAX_PLAIN: usize = 1 << 14;

#[derive(Clone, Copy)]
pub enum Algorithm {
    Aes128Gcm,
    Aes256Gcm,
    ChaCha20Poly1305,
}

impl Algorithm {
    fn key_len(self) -> usize {
        match self {
            Algorithm::Aes128Gcm => 16,
            Algorithm::Aes256Gcm | Algorithm::ChaCha20Poly1305 => 32,
        }
    }

    /// Bytes of the nonce that come with each record of TLS 1.2.
    fn explicit(self) -> usize {
        match self {
            Algorithm::Aes128Gcm | Algorithm::Aes256Gcm => EXPLICIT,
            Algorithm::ChaCha20Poly1305 => 0,
        }
    }

    /// A cipher with a key, which rustls cuts to the length that it was told.
    fn cipher(self, key: &AeadKey) -> Box<dyn Cipher> {
        fn boxed<C: Cipher + KeyInit + 'static>(key: &[u8]) -> Box<dyn Cipher> {
            Box::new(C::new_from_slice(key).expect("a key has the length of its algorithm"))
        }
        match self {
            Algorithm::Aes128Gcm => boxed::<Aes128Gcm>(key.as_ref()),
            Algorithm::Aes256Gcm => boxed::<Aes256Gcm>(key.as_ref()),
            Algorithm::ChaCha20Poly1305 => boxed::<ChaCha20Poly1305>(key.as_ref()),
        }
    }
}

/// Authenticated encryption with additional data.
trait Cipher: Send + Sync {
    /// Encrypts in place: the tag.
    fn seal(&self, nonce: [u8; NONCE], aad: &[u8], text: &mut [u8]) -> Result<[u8; TAG], Error>;

    /// Decrypts in place what has its tag behind it: the length of the plaintext.
    fn open(&self, nonce: [u8; NONCE], aad: &[u8], text: &mut [u8]) -> Result<usize, Error>;
}

impl<C: AeadInOut<NonceSize = U12, TagSize = U16> + Send + Sync> Cipher for C {
    fn seal(&self, nonce: [u8; NONCE], aad: &[u8], text: &mut [u8]) -> Result<[u8; TAG], Error> {
        let tag = self.encrypt_inout_detached(&nonce.into(), aad, text.into());
        tag.map(Into::into).map_err(|_| Error::EncryptError)
    }

    fn open(&self, nonce: [u8; NONCE], aad: &[u8], text: &mut [u8]) -> Result<usize, Error> {
        let (text, tag) = text
            .split_last_chunk_mut::<TAG>()
            .ok_or(Error::DecryptError)?;
        let opened =
            self.decrypt_inout_detached(&nonce.into(), aad, (&mut *text).into(), &(*tag).into());
        opened.map(|()| text.len()).map_err(|_| Error::DecryptError)
    }
}

pub struct Tls13(pub Algorithm);

impl Tls13AeadAlgorithm for Tls13 {
    fn encrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageEncrypter> {
        Box::new(Records13 {
            cipher: self.0.cipher(&key),
            iv,
        })
    }

    fn decrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageDecrypter> {
        Box::new(Records13 {
            cipher: self.0.cipher(&key),
            iv,
        })
    }

    fn key_len(&self) -> usize {
        self.0.key_len()
    }

    fn extract_keys(
        &self,
        _: AeadKey,
        _: Iv,
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Err(UnsupportedOperationError)
    }
}

struct Records13 {
    cipher: Box<dyn Cipher>,
    iv: Iv,
}

impl MessageEncrypter for Records13 {
    fn encrypt(
        &mut self,
        message: OutboundPlainMessage<'_>,
        number: u64,
    ) -> Result<OutboundOpaqueMessage, Error> {
        let len = self.encrypted_payload_len(message.payload.len());
        let mut payload = PrefixedPayload::with_capacity(len);
        payload.extend_from_chunks(&message.payload);
        payload.extend_from_slice(&[message.typ.into()]);
        let nonce = Nonce::new(&self.iv, number).0;
        let tag = self
            .cipher
            .seal(nonce, &make_tls13_aad(len), payload.as_mut())?;
        payload.extend_from_slice(&tag);
        // Records look as in TLS 1.2 (RFC 8446, 5.2).
        Ok(OutboundOpaqueMessage::new(
            ContentType::ApplicationData,
            ProtocolVersion::TLSv1_2,
            payload,
        ))
    }

    fn encrypted_payload_len(&self, len: usize) -> usize {
        len + 1 + TAG
    }
}

impl MessageDecrypter for Records13 {
    fn decrypt<'a>(
        &mut self,
        mut message: InboundOpaqueMessage<'a>,
        number: u64,
    ) -> Result<InboundPlainMessage<'a>, Error> {
        let nonce = Nonce::new(&self.iv, number).0;
        let aad = make_tls13_aad(message.payload.len());
        let len = self.cipher.open(nonce, &aad, &mut message.payload)?;
        message.payload.truncate(len);
        message.into_tls13_unpadded_message()
    }
}

pub struct Tls12(pub Algorithm);

impl Tls12 {
    fn records(&self, key: &AeadKey, iv: &[u8], explicit: &[u8]) -> Box<Records12> {
        let mut whole = [0; NONCE];
        for (place, byte) in whole.iter_mut().zip(iv.iter().chain(explicit)) {
            *place = *byte;
        }
        Box::new(Records12 {
            cipher: self.0.cipher(key),
            iv: Iv::new(whole),
            explicit: self.0.explicit(),
        })
    }
}

impl Tls12AeadAlgorithm for Tls12 {
    fn encrypter(&self, key: AeadKey, iv: &[u8], explicit: &[u8]) -> Box<dyn MessageEncrypter> {
        self.records(&key, iv, explicit)
    }

    fn decrypter(&self, key: AeadKey, iv: &[u8]) -> Box<dyn MessageDecrypter> {
        self.records(&key, iv, &[])
    }

    fn key_block_shape(&self) -> KeyBlockShape {
        KeyBlockShape {
            enc_key_len: self.0.key_len(),
            fixed_iv_len: NONCE - self.0.explicit(),
            explicit_nonce_len: self.0.explicit(),
        }
    }

    fn extract_keys(
        &self,
        _: AeadKey,
        _: &[u8],
        _: &[u8],
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Err(UnsupportedOperationError)
    }
}

struct Records12 {
    cipher: Box<dyn Cipher>,
    /// What nonces are made of; of one side's where they are partly in the records, the rest of it is zero for the other.
    iv: Iv,
    /// Bytes of the nonce in front of each record, 0 or [`EXPLICIT`].
    explicit: usize,
}

impl MessageEncrypter for Records12 {
    fn encrypt(
        &mut self,
        message: OutboundPlainMessage<'_>,
        number: u64,
    ) -> Result<OutboundOpaqueMessage, Error> {
        let plain = message.payload.len();
        let mut payload = PrefixedPayload::with_capacity(self.encrypted_payload_len(plain));
        let nonce = Nonce::new(&self.iv, number).0;
        payload.extend_from_slice(nonce.get(NONCE - self.explicit..).unwrap_or(&[]));
        payload.extend_from_chunks(&message.payload);
        let aad = make_tls12_aad(number, message.typ, message.version, plain);
        let text = payload.as_mut().get_mut(self.explicit..).unwrap_or(&mut []);
        let tag = self.cipher.seal(nonce, &aad, text)?;
        payload.extend_from_slice(&tag);
        Ok(OutboundOpaqueMessage::new(
            message.typ,
            message.version,
            payload,
        ))
    }

    fn encrypted_payload_len(&self, len: usize) -> usize {
        self.explicit + len + TAG
    }
}

impl MessageDecrypter for Records12 {
    fn decrypt<'a>(
        &mut self,
        mut message: InboundOpaqueMessage<'a>,
        number: u64,
    ) -> Result<InboundPlainMessage<'a>, Error> {
        let len = message.payload.len().checked_sub(self.explicit + TAG);
        let len = len.ok_or(Error::DecryptError)?;
        if len > MAX_PLAIN {
            return Err(Error::PeerSentOversizedRecord);
        }
        let aad = make_tls12_aad(number, message.typ, message.version, len);
        let (explicit, text) = message.payload.split_at_mut(self.explicit);
        let mut nonce = match explicit {
            [] => Nonce::new(&self.iv, number).0,
            // With the number 0 it is as it was given.
            _ => Nonce::new(&self.iv, 0).0,
        };
        if let Some(place) = nonce.get_mut(NONCE - explicit.len()..) {
            place.copy_from_slice(explicit);
        }
        self.cipher.open(nonce, &aad, text)?;
        Ok(message.into_plain_message_range(self.explicit..self.explicit + len))
    }
}
