//! Certificates of one's own for `wss://`.

use std::path::Path;

use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::{self, PemObject};

use crate::error::{Error, Result};

/// Certificates that are trusted beside the system's own.
#[derive(Clone, Debug, Default)]
pub(crate) struct ExtraCertificates(Vec<CertificateDer<'static>>);

impl ExtraCertificates {
    /// Reads a file of certificates in PEM.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let wrong =
            |problem: &dyn std::fmt::Display| Error::invalid("ca_file", format_args!("{}: {problem}", path.display()));
        let certificates: Vec<_> =
            CertificateDer::pem_file_iter(path).and_then(Iterator::collect).map_err(|error| {
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

    pub(crate) fn iter(&self) -> impl Iterator<Item = CertificateDer<'static>> + '_ {
        self.0.iter().cloned()
    }
}
