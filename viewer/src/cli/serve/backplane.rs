//! The other servers that this one works with.

use std::path::PathBuf;

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
    /// A URL or a name that is wrong, or options without a URL.
    pub(super) fn apply(&self, options: &mut Options) -> Result<(), String> {
        let backplane = match (&self.backplane, variable("LOGRTC_BACKPLANE")) {
            (Some(backplane), _) => backplane.clone(),
            (None, Some(url)) => url.parse().map_err(|error: InvalidBackplane| format!("LOGRTC_BACKPLANE: {error}"))?,
            (None, None) if self.has_details() => {
                return Err("--backplane-…: these options need --backplane or LOGRTC_BACKPLANE".to_owned());
            }
            (None, None) => return Ok(()),
        };
        let bucket = self.backplane_bucket.as_deref().unwrap_or(Backplane::DEFAULT_BUCKET);
        let mut backplane = backplane.bucket(bucket).map_err(|error| format!("--backplane-{error}"))?;
        if let Some(path) = &self.backplane_credentials_file {
            backplane = backplane.credentials_file(path);
        }
        if let Some(path) = &self.backplane_ca_file {
            backplane = backplane.ca_file(path);
        }
        options.backplane = Some(backplane);
        Ok(())
    }

    fn has_details(&self) -> bool {
        self.backplane_bucket.is_some() || self.backplane_credentials_file.is_some() || self.backplane_ca_file.is_some()
    }
}
