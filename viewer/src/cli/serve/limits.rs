//! The bounds of the server that can be set.

use std::num::{NonZeroUsize, ParseIntError};

use clap::Args;

use crate::Limits;

#[derive(Debug, Args)]
pub(super) struct LimitArgs {
    /// WebSockets open at once: producers and readers together.
    #[arg(long, value_name = "COUNT", value_parser = positive, default_value_t = Limits::default().max_connections)]
    max_connections: usize,
    /// WebSockets of one address open at once.
    #[arg(long, value_name = "COUNT", value_parser = positive, default_value_t = Limits::default().max_connections_per_address)]
    max_connections_per_address: usize,
    /// Memory in MiB for what waits to be read by all clients together.
    #[arg(long, value_name = "MIB", value_parser = positive, default_value_t = Limits::default().max_total_queued_bytes >> 20)]
    max_queued_mib: usize,
}

impl LimitArgs {
    pub(super) fn apply(&self, limits: &mut Limits) {
        limits.max_connections = self.max_connections;
        limits.max_connections_per_address = self.max_connections_per_address;
        limits.max_total_queued_bytes = self.max_queued_mib.saturating_mul(1 << 20);
    }
}

fn positive(text: &str) -> Result<usize, ParseIntError> {
    text.parse().map(NonZeroUsize::get)
}
