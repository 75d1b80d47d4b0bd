//! Certificates for servers of the tests: an authority, one below it, and leaves of all kinds.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256,
    PKCS_ECDSA_P384_SHA384, PKCS_ED25519, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Kinds of keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    P256,
    P384,
    Ed25519,
    Rsa,
}

impl Kind {
    fn key(self) -> KeyPair {
        let key = match self {
            Kind::P256 => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256),
            Kind::P384 => KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384),
            Kind::Ed25519 => KeyPair::generate_for(&PKCS_ED25519),
            // Generating one takes long. It is used nowhere else.
            Kind::Rsa => KeyPair::from_pem(include_str!("rsa.pem")),
        };
        key.expect("keys can be made")
    }
}

/// What is wrong with a certificate, or nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flaw {
    None,
    Expired,
    NotYet,
    OtherName,
    /// The one between the leaf and the authority is not sent.
    NoIntermediate,
    /// The one between them may not sign.
    NoAuthority,
    SelfSigned,
}

/// What a server shows.
pub struct Identity {
    pub chain: Vec<CertificateDer<'static>>,
    pub key: PrivateKeyDer<'static>,
}

/// An authority.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its certificate in PEM.
    pub bundle: String,
    kind: Kind,
}

fn params(name: &str, is_authority: bool) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    if is_authority {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    params
}

impl Authority {
    pub fn new(name: &str, kind: Kind) -> Authority {
        let (params, key) = (params(name, true), kind.key());
        let certificate = params.self_signed(&key).expect("a root can be made");
        Authority {
            bundle: certificate.pem(),
            issuer: Issuer::new(params, key),
            kind,
        }
    }

    /// An identity for `localhost` and 127.0.0.1, with a certificate between it and the authority, whose key is of the authority's kind.
    pub fn identity(&self, kind: Kind, flaw: Flaw) -> Identity {
        let (middle, middle_key) = (params("middle", flaw != Flaw::NoAuthority), self.kind.key());
        let between = middle.signed_by(&middle_key, &self.issuer);
        let between = between.expect("an intermediate can be made").der().clone();
        let middle = Issuer::new(middle, middle_key);
        let mut leaf = params("leaf", false);
        let names = match flaw {
            Flaw::OtherName => ["example.org", "127.0.0.2"],
            _ => ["localhost", "127.0.0.1"],
        };
        let names = CertificateParams::new(names.map(str::to_owned)).expect("names are good");
        leaf.subject_alt_names = names.subject_alt_names;
        match flaw {
            Flaw::Expired => leaf.not_after = date_time_ymd(2020, 1, 1),
            Flaw::NotYet => leaf.not_before = date_time_ymd(2500, 1, 1),
            _ => {}
        }
        let key = kind.key();
        let certificate = match flaw {
            Flaw::SelfSigned => leaf.self_signed(&key),
            _ => leaf.signed_by(&key, &middle),
        };
        let mut chain = vec![certificate.expect("a leaf can be made").der().clone()];
        if !matches!(flaw, Flaw::NoIntermediate | Flaw::SelfSigned) {
            chain.push(between);
        }
        Identity {
            chain,
            key: PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        }
    }
}
