//! The cipher suites: those that RFC 8446 and RFC 9325 recommend, all with forward secrecy.

use super::cipher::{Algorithm, Tls12, Tls13};
use super::hash;
use rustls::crypto::tls12::PrfUsingHmac;
use rustls::crypto::tls13::HkdfUsingHmac;
use rustls::crypto::{CipherSuiteCommon, KeyExchangeAlgorithm};
use rustls::{
    CipherSuite, SignatureScheme, SupportedCipherSuite, Tls12CipherSuite, Tls13CipherSuite,
};

const ECDSA: &[SignatureScheme] = &[
    SignatureScheme::ECDSA_NISTP384_SHA384,
    SignatureScheme::ECDSA_NISTP256_SHA256,
    SignatureScheme::ED25519,
];

const RSA: &[SignatureScheme] = &[
    SignatureScheme::RSA_PSS_SHA512,
    SignatureScheme::RSA_PSS_SHA384,
    SignatureScheme::RSA_PSS_SHA256,
    SignatureScheme::RSA_PKCS1_SHA512,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PKCS1_SHA256,
];

/// Records that one key may encrypt (RFC 8446, 5.5).
const fn limit(algorithm: Algorithm) -> u64 {
    match algorithm {
        Algorithm::Aes128Gcm | Algorithm::Aes256Gcm => 1 << 24,
        Algorithm::ChaCha20Poly1305 => u64::MAX,
    }
}

/// Expands to the suites of TLS 1.3 and of TLS 1.2, each with its cipher, its hash function and what servers sign with.
macro_rules! suites {
    (
        $($name:ident $cipher:ident $hash:ident $hmac:ident;)*
        ---
        $($old:ident $old_cipher:ident $old_hash:ident $old_hmac:ident $sign:ident;)*
    ) => {
        pub static ALL: &[SupportedCipherSuite] = &[
            $(SupportedCipherSuite::Tls13(&Tls13CipherSuite {
                common: CipherSuiteCommon {
                    suite: CipherSuite::$name,
                    hash_provider: &hash::$hash,
                    confidentiality_limit: limit(Algorithm::$cipher),
                },
                hkdf_provider: &HkdfUsingHmac(&hash::$hmac),
                aead_alg: &Tls13(Algorithm::$cipher),
                quic: None,
            }),)*
            $(SupportedCipherSuite::Tls12(&Tls12CipherSuite {
                common: CipherSuiteCommon {
                    suite: CipherSuite::$old,
                    hash_provider: &hash::$old_hash,
                    confidentiality_limit: limit(Algorithm::$old_cipher),
                },
                kx: KeyExchangeAlgorithm::ECDHE,
                sign: $sign,
                aead_alg: &Tls12(Algorithm::$old_cipher),
                prf_provider: &PrfUsingHmac(&hash::$old_hmac),
            }),)*
        ];
    };
}

suites! {
    TLS13_AES_128_GCM_SHA256 Aes128Gcm SHA256 HMAC_SHA256;
    TLS13_AES_256_GCM_SHA384 Aes256Gcm SHA384 HMAC_SHA384;
    TLS13_CHACHA20_POLY1305_SHA256 ChaCha20Poly1305 SHA256 HMAC_SHA256;
    ---
    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 Aes128Gcm SHA256 HMAC_SHA256 ECDSA;
    TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 Aes256Gcm SHA384 HMAC_SHA384 ECDSA;
    TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 ChaCha20Poly1305 SHA256 HMAC_SHA256 ECDSA;
    TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 Aes128Gcm SHA256 HMAC_SHA256 RSA;
    TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 Aes256Gcm SHA384 HMAC_SHA384 RSA;
    TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 ChaCha20Poly1305 SHA256 HMAC_SHA256 RSA;
}
