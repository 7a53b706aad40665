//! TLS for `wss://`: rustls with ring, the system's roots, and the certificates of the configuration.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;

use crate::config::certificates::ExtraCertificates;

/// Why there is no TLS.
#[derive(Debug, Error)]
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

/// What a connection to a `wss://` server is made with. Reads the system's roots: takes some milliseconds.
///
/// The provider is named, for the host program may have installed none, or another.
pub(crate) fn client_config(extra: &ExtraCertificates) -> Result<Arc<ClientConfig>, TlsError> {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(native.certs);
    roots.add_parsable_certificates(extra.iter());
    if roots.is_empty() {
        return Err(TlsError::NoRoots(native.errors));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
