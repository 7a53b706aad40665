//! The options of `logrtc serve` about OTLP.

use std::sync::Arc;

use clap::Args;

use crate::Handler;
use crate::bridge::{Otlp, OtlpOptions};

#[derive(Debug, Args)]
pub(super) struct OtlpArgs {
    /// Receive the logs and traces of OpenTelemetry SDKs: OTLP over HTTP, at /v1/logs and /v1/traces. Each service is a producer.
    #[arg(long)]
    otlp: bool,
    /// How many services may send over OTLP at once.
    #[arg(long, value_name = "COUNT", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..), requires = "otlp")]
    otlp_services: u16,
    /// Memory in MiB for the entries of each of these services.
    #[arg(long, value_name = "MIB", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1024), requires = "otlp")]
    otlp_buffer_mib: u16,
}

impl OtlpArgs {
    pub(super) fn is_wanted(&self) -> bool {
        self.otlp
    }

    /// The receiver, if it is wanted.
    pub(super) fn begin(&self, on_notice: Handler<str>) -> Option<Arc<Otlp>> {
        self.otlp.then(|| {
            Otlp::new(OtlpOptions {
                max_services: self.otlp_services.into(),
                buffer_bytes: usize::from(self.otlp_buffer_mib) << 20,
                on_notice,
            })
        })
    }
}
