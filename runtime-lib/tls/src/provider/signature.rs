//! Verifying signatures, of certificates and of servers: ECDSA with P-256 and P-384, RSA with 2048 to 8192 bits, Ed25519.

use crate::der;
use core::marker::PhantomData;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::{BoxedUint, Pss, PublicKey};
use rustls::SignatureScheme;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};
use sha2::{Digest, Sha256, Sha384, Sha512};

type Algorithm = dyn SignatureVerificationAlgorithm;

/// Which algorithms rustls may use, and for which schemes. ECDSA of TLS 1.2 and of certificates does not bind the curve to the hash function.
pub const ALGORITHMS: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[
        P256_SHA256,
        P256_SHA384,
        P384_SHA256,
        P384_SHA384,
        ED25519,
        PSS_SHA256,
        PSS_SHA384,
        PSS_SHA512,
        PKCS1_SHA256,
        PKCS1_SHA384,
        PKCS1_SHA512,
    ],
    mapping: &[
        (
            SignatureScheme::ECDSA_NISTP384_SHA384,
            &[P384_SHA384, P256_SHA384],
        ),
        (
            SignatureScheme::ECDSA_NISTP256_SHA256,
            &[P256_SHA256, P384_SHA256],
        ),
        (SignatureScheme::ED25519, &[ED25519]),
        (SignatureScheme::RSA_PSS_SHA512, &[PSS_SHA512]),
        (SignatureScheme::RSA_PSS_SHA384, &[PSS_SHA384]),
        (SignatureScheme::RSA_PSS_SHA256, &[PSS_SHA256]),
        (SignatureScheme::RSA_PKCS1_SHA512, &[PKCS1_SHA512]),
        (SignatureScheme::RSA_PKCS1_SHA384, &[PKCS1_SHA384]),
        (SignatureScheme::RSA_PKCS1_SHA256, &[PKCS1_SHA256]),
    ],
};

/// A way to verify: the algorithms of the key and of the signature, and how.
#[derive(Debug)]
struct Way<V> {
    key: AlgorithmIdentifier,
    signature: AlgorithmIdentifier,
    how: PhantomData<fn() -> V>,
}

trait Verify: 'static {
    /// Whether this is a signature of the message under the key.
    fn verify(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()>;
}

impl<V: Verify> SignatureVerificationAlgorithm for Way<V>
where
    Way<V>: core::fmt::Debug,
{
    fn verify_signature(
        &self,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        V::verify(key, message, signature).ok_or(InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.key
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}

/// Expands to a constant for each way to verify.
macro_rules! ways {
    ($($name:ident $key:ident $signature:ident $how:ty;)*) => {$(
        const $name: &Algorithm = &Way::<$how> {
            key: alg_id::$key,
            signature: alg_id::$signature,
            how: PhantomData,
        };
    )*};
}

ways! {
    P256_SHA256 ECDSA_P256 ECDSA_SHA256 P256<Sha256>;
    P256_SHA384 ECDSA_P256 ECDSA_SHA384 P256<Sha384>;
    P384_SHA256 ECDSA_P384 ECDSA_SHA256 P384<Sha256>;
    P384_SHA384 ECDSA_P384 ECDSA_SHA384 P384<Sha384>;
    ED25519 ED25519 ED25519 Ed25519;
    PSS_SHA256 RSA_ENCRYPTION RSA_PSS_SHA256 RsaPss<Sha256>;
    PSS_SHA384 RSA_ENCRYPTION RSA_PSS_SHA384 RsaPss<Sha384>;
    PSS_SHA512 RSA_ENCRYPTION RSA_PSS_SHA512 RsaPss<Sha512>;
    PKCS1_SHA256 RSA_ENCRYPTION RSA_PKCS1_SHA256 RsaPkcs1<Sha256>;
    PKCS1_SHA384 RSA_ENCRYPTION RSA_PKCS1_SHA384 RsaPkcs1<Sha384>;
    PKCS1_SHA512 RSA_ENCRYPTION RSA_PKCS1_SHA512 RsaPkcs1<Sha512>;
}

#[derive(Debug)]
struct P256<D>(D);
#[derive(Debug)]
struct P384<D>(D);
#[derive(Debug)]
struct RsaPss<D>(D);
#[derive(Debug)]
struct RsaPkcs1<D>(D);
#[derive(Debug)]
struct Ed25519;

/// The numbers of an ECDSA signature (RFC 3279, 2.2.3), each as long as the curve's.
fn scalars<const N: usize>(signature: &[u8]) -> Option<([u8; N], [u8; N])> {
    let (r, s) = der::two_integers(signature)?;
    let padded = |number: &[u8]| {
        let mut bytes = [0; N];
        let start = N.checked_sub(number.len())?;
        bytes.get_mut(start..)?.copy_from_slice(number);
        Some(bytes)
    };
    Some((padded(r)?, padded(s)?))
}

impl<D: Digest + 'static> Verify for P256<D> {
    fn verify(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
        let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(key).ok()?;
        let (r, s) = scalars::<32>(signature)?;
        let signature = p256::ecdsa::Signature::from_scalars(r, s).ok()?;
        key.verify_prehash(&D::digest(message), &signature).ok()
    }
}

impl<D: Digest + 'static> Verify for P384<D> {
    fn verify(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
        let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(key).ok()?;
        let (r, s) = scalars::<48>(signature)?;
        let signature = p384::ecdsa::Signature::from_scalars(r, s).ok()?;
        key.verify_prehash(&D::digest(message), &signature).ok()
    }
}

impl Verify for Ed25519 {
    fn verify(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
        let signature = ed25519_dalek::Signature::from_bytes(signature.try_into().ok()?);
        key.verify_strict(message, &signature).ok()
    }
}

/// An `RSAPublicKey` (RFC 8017, A.1.1) of a size that is in use.
fn rsa_key(key: &[u8]) -> Option<PublicKey> {
    let (modulus, exponent) = der::two_integers(key)?;
    let [modulus, exponent] = [modulus, exponent].map(BoxedUint::from_be_slice_vartime);
    PublicKey::new_with_size_limits(modulus, exponent, 2048..=8192).ok()
}

impl<D> Verify for RsaPss<D>
where
    D: Digest + sha2::digest::FixedOutputReset + 'static,
{
    fn verify(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
        // The salt is as long as the hash (RFC 8446, 4.2.3).
        let key = rsa_key(key)?;
        key.verify(Pss::<D>::new(), &D::digest(message), signature)
            .ok()
    }
}

impl<D> Verify for RsaPkcs1<D>
where
    D: Digest + sha2::digest::const_oid::AssociatedOid + 'static,
{
    fn verify(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
        let key = rsa_key(key)?;
        key.pkcs1v15_verify::<D>(message, signature).ok()
    }
}
