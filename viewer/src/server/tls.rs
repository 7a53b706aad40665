//! The certificate that the server shows.

use std::fmt;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A certificate with its key, as TLS takes them.
#[derive(Clone)]
pub struct Tls(pub(super) Arc<ServerConfig>);

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls(…)")
    }
}

/// The texts are no certificate with its key.
#[derive(Debug)]
pub struct InvalidCertificate(String);

impl fmt::Display for InvalidCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidCertificate {}

impl Tls {
    /// Reads PEM: the chain, the server's own certificate first, and the key of that (PKCS #8, PKCS #1 or SEC 1).
    ///
    /// # Errors
    /// One of them is missing or cannot be read, or they do not belong together.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self, InvalidCertificate> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(certificates)
            .collect::<Result<_, _>>()
            .map_err(|error| InvalidCertificate(format!("the certificate: {error}")))?;
        if chain.is_empty() {
            return Err(InvalidCertificate("the certificate: has none in PEM".to_owned()));
        }
        let key =
            PrivateKeyDer::from_pem_slice(key).map_err(|error| InvalidCertificate(format!("the key: {error}")))?;
        // The provider is named, because the program may have installed none, or another.
        let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
            .map_err(|error| InvalidCertificate(error.to_string()))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(Arc::new(config)))
    }
}
