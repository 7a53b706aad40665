//! TLS for `wss://`: rustls with ring, the system's roots, and the certificates of the configuration.

use std::fs::read_dir;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;

use crate::config::certificates::{ExtraCertificates, check_pem};

/// Why there is no TLS.
#[derive(Debug, Error)]
pub enum TlsError {
    /// What the environment names in place of the system's roots is of no use.
    #[error("{variable} {}: {problem}", .path.display())]
    Environment {
        /// `SSL_CERT_FILE` or `SSL_CERT_DIR`.
        variable: &'static str,
        /// What it names.
        path: PathBuf,
        /// What is wrong with that.
        problem: String,
    },
    /// Nobody can be trusted.
    #[error("the system has no root certificates, and no ca_file is set ({})", joined(.0))]
    NoRoots(Vec<rustls_native_certs::Error>),
    /// TLS itself cannot be set up.
    #[error(transparent)]
    Rustls(#[from] rustls::Error),
}

fn joined(errors: &[rustls_native_certs::Error]) -> String {
    let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
    texts.join("; ")
}

/// Fails if `SSL_CERT_FILE` or `SSL_CERT_DIR` names what cannot be used: `rustls_native_certs` goes on without it.
fn check_environment() -> Result<(), TlsError> {
    let wrong = |variable, path: PathBuf, problem: &dyn std::fmt::Display| TlsError::Environment {
        variable,
        path,
        problem: problem.to_string(),
    };
    if let Some(path) = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from) {
        check_pem(&path).map_err(|error| wrong("SSL_CERT_FILE", path, &error))?;
    }
    let folders = std::env::var_os("SSL_CERT_DIR").unwrap_or_default();
    let mut problem = Ok(());
    for path in std::env::split_paths(&folders).filter(|path| !path.as_os_str().is_empty()) {
        match read_dir(&path) {
            // Lists name folders that only some systems have.
            Ok(_) => return Ok(()),
            Err(error) => problem = Err(wrong("SSL_CERT_DIR", path, &error)),
        }
    }
    problem
}

/// What a connection to a `wss://` server is made with, without certificates of a configuration.
///
/// # Errors
/// Those of the environment, or that there is no root certificate.
pub fn tls_client_config() -> Result<Arc<ClientConfig>, TlsError> {
    client_config(&ExtraCertificates::default())
}

/// What a connection to a `wss://` server is made with. Reads the system's roots: takes some milliseconds.
///
/// The provider is named, because the host program may have installed none, or another.
pub(crate) fn client_config(extra: &ExtraCertificates) -> Result<Arc<ClientConfig>, TlsError> {
    check_environment()?;
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
