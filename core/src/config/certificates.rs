//! Certificates of one's own for `wss://`.

use std::path::Path;

use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::{self, PemObject};
use thiserror::Error;

use crate::error::{Error, Result};

/// Why a file has no certificates.
#[derive(Debug, Error)]
pub(crate) enum PemError {
    #[error(transparent)]
    Io(std::io::Error),
    #[error(transparent)]
    Pem(pem::Error),
    #[error("holds no certificate in PEM")]
    Empty,
}

impl From<pem::Error> for PemError {
    fn from(error: pem::Error) -> Self {
        match error {
            pem::Error::Io(error) => Self::Io(error),
            error => Self::Pem(error),
        }
    }
}

/// The certificates of a file in PEM, at least one.
pub(crate) fn read_pem(path: &Path) -> std::result::Result<Vec<CertificateDer<'static>>, PemError> {
    let certificates: Vec<_> = CertificateDer::pem_file_iter(path).and_then(Iterator::collect)?;
    if certificates.is_empty() { Err(PemError::Empty) } else { Ok(certificates) }
}

/// Whether a file in PEM has a certificate that can be read, whatever else is in it.
pub(crate) fn check_pem(path: &Path) -> std::result::Result<(), PemError> {
    let mut problem = PemError::Empty;
    for certificate in CertificateDer::pem_file_iter(path)? {
        match certificate.map_err(PemError::from) {
            Ok(_) => return Ok(()),
            Err(error @ PemError::Io(_)) => return Err(error),
            Err(error) => problem = error,
        }
    }
    Err(problem)
}

/// Certificates that are trusted beside the system's own.
#[derive(Clone, Debug, Default)]
pub(crate) struct ExtraCertificates(Vec<CertificateDer<'static>>);

impl ExtraCertificates {
    /// Reads a file of certificates in PEM.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let wrong =
            |problem: &dyn std::fmt::Display| Error::invalid("ca_file", format_args!("{}: {problem}", path.display()));
        let certificates = read_pem(path).map_err(|error| {
            let problem = wrong(&error);
            match error {
                PemError::Io(error) => problem.caused_by(error),
                error => problem.caused_by(error),
            }
        })?;
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
