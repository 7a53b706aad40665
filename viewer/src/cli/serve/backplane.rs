//! The other servers that this one works with.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::environment::variable;
use crate::{Backplane, InvalidBackplane, Options};

#[derive(Debug, Args)]
pub(super) struct BackplaneArgs {
    /// Works as one with every server that has the same NATS servers: nats://HOST:4222, or tls://; several are separated by
    /// commas. NATS must have JetStream.
    #[arg(long, value_name = "URL")]
    backplane: Option<Backplane>,
    /// A file of NATS credentials, for --backplane.
    #[arg(long, value_name = "FILE")]
    backplane_credentials_file: Option<PathBuf>,
    /// The authorities in PEM that sign the certificate of NATS, instead of those of the system.
    #[arg(long, value_name = "FILE")]
    backplane_ca_file: Option<PathBuf>,
    /// The key-value bucket that the servers share [default: logrtc].
    #[arg(long, value_name = "NAME")]
    backplane_bucket: Option<String>,
}

impl BackplaneArgs {
    /// Sets what was given here, or else in the environment.
    ///
    /// # Errors
    /// A URL or a name that is wrong, or options without a URL, as `InvalidInput`; or a file that cannot be read.
    pub(super) fn apply(&self, options: &mut Options) -> io::Result<()> {
        let invalid = |error: InvalidBackplane| io::Error::new(io::ErrorKind::InvalidInput, error);
        let backplane = match (&self.backplane, variable("LOGRTC_BACKPLANE")) {
            (Some(backplane), _) => backplane.clone(),
            (None, Some(url)) => url.parse().map_err(|error: InvalidBackplane| named("LOGRTC_BACKPLANE", &error))?,
            (None, None) if self.has_details() => {
                return Err(named("--backplane-…", &"these options need --backplane or LOGRTC_BACKPLANE"));
            }
            (None, None) => return Ok(()),
        };
        let bucket = self.backplane_bucket.as_deref().unwrap_or(Backplane::DEFAULT_BUCKET);
        let mut backplane = backplane.bucket(bucket).map_err(invalid)?;
        if let Some(path) = &self.backplane_credentials_file {
            readable(path)?;
            backplane = backplane.credentials_file(path);
        }
        if let Some(path) = &self.backplane_ca_file {
            readable(path)?;
            backplane = backplane.ca_file(path);
        }
        options.backplane = Some(backplane);
        Ok(())
    }

    fn has_details(&self) -> bool {
        self.backplane_bucket.is_some() || self.backplane_credentials_file.is_some() || self.backplane_ca_file.is_some()
    }
}

fn named(name: &str, problem: &dyn std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("{name}: {problem}"))
}

fn readable(path: &Path) -> io::Result<()> {
    let opened = std::fs::File::open(path);
    opened.map(drop).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}
