//! TLS for `wss://`: rustls with ring, the system's roots, and certificates of one's own.

use std::path::Path;
use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::{self, PemObject};
use thiserror::Error as ThisError;

use crate::error::{Error, Result};

/// Why there is no TLS.
#[derive(Debug, ThisError)]
pub(crate) enum TlsError {
    #[error("the system has no root certificates, and no ca_file is set ({})", joined(.0))]
    NoRoots(Vec<rustls_native_certs::Error>),
    #[error(transparent)]
    Rustls(#[from] rustls::Error),
}

fn joined(errors: &[rustls_native_certs::Error]) -> String {
    let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
    texts.join("; ")
}

/// Certificates that are trusted beside the system's own.
#[derive(Clone, Debug, Default)]
pub(crate) struct ExtraCertificates(Vec<CertificateDer<'static>>);

impl ExtraCertificates {
    /// Reads a file of certificates in PEM.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let wrong =
            |problem: &dyn std::fmt::Display| Error::invalid("ca_file", format_args!("{}: {problem}", path.display()));
        let certificates: Vec<_> = CertificateDer::pem_file_iter(path).and_then(Iterator::collect).map_err(|error| {
            let problem = wrong(&error);
            match error {
                pem::Error::Io(error) => problem.caused_by(error),
                error => problem.caused_by(error),
            }
        })?;
        if certificates.is_empty() {
            return Err(wrong(&"holds no certificate in PEM"));
        }
        let mut roots = RootCertStore::empty();
        for certificate in &certificates {
            roots.add(certificate.clone()).map_err(|error| wrong(&error).caused_by(error))?;
        }
        Ok(Self(certificates))
    }
}

/// What a connection to a `wss://` server is made with. Reads the system's roots: takes some milliseconds.
///
/// The provider is named, for the host program may have installed none, or another.
pub(crate) fn client_config(extra: &ExtraCertificates) -> std::result::Result<Arc<ClientConfig>, TlsError> {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(native.certs);
    roots.add_parsable_certificates(extra.0.iter().cloned());
    if roots.is_empty() {
        return Err(TlsError::NoRoots(native.errors));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
