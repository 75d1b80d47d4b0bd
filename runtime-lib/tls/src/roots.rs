//! The authorities that are trusted: the system's, or those that browsers trust (Mozilla's, as of the building of wative).

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// The authorities of a bundle of certificates in PEM. What cannot be read is left out, so that nobody is trusted where nothing can.
pub fn from_bundle(bundle: &[u8]) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(bundle).flatten() {
        let _ = roots.add(certificate);
    }
    roots
}

/// Those that come with us.
pub fn built_in() -> RootCertStore {
    RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    }
}
