//! The STUN and TURN servers of `logrtc serve`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::cli::ice::{InvalidValue, named, server};
use crate::{IceServers, TurnServers};

#[derive(Clone, Debug, Args)]
pub(super) struct IceArgs {
    /// A STUN or TURN server for pages, tail and programs: stun:HOST, turn:USER:PASSWORD@HOST, or over TLS, for pages alone,
    /// turns:USER:PASSWORD@HOST. The password stands in the list of processes: prefer --turn.
    #[arg(long = "ice-server", value_name = "URL", value_parser = server)]
    fixed: Vec<logrtc::IceServer>,
    /// A TURN server, turn:HOST or turns:HOST, that checks passwords by a secret which it shares with this server, as coturn
    /// does with use-auth-secret.
    #[arg(long = "turn", value_name = "URL", requires = "turn_secret_file", value_parser = turn_url)]
    turn: Vec<String>,
    /// The file of that secret. Read again on SIGHUP.
    #[arg(long, value_name = "FILE", requires = "turn")]
    pub(super) turn_secret_file: Option<PathBuf>,
    /// How many seconds a password of --turn is valid. A client gets a new one after half of that time.
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400, value_parser = clap::value_parser!(u32).range(2..))]
    turn_lifetime: u32,
    /// Names no STUN server: neither the page and tail nor programs without ice_servers of their own send anything to one.
    #[arg(long)]
    no_stun: bool,
}

fn turn_url(text: &str) -> Result<String, InvalidValue> {
    Ok(logrtc::binding::parse_turn_url(text)?)
}

impl IceArgs {
    /// What is named to clients, `None` if nothing is said of it. `secret` is what the file holds.
    pub(super) fn servers(&self, secret: Option<&str>) -> Option<IceServers> {
        if self.fixed.is_empty() && self.turn.is_empty() && !self.no_stun {
            return None;
        }
        let lifetime = Duration::from_secs(self.turn_lifetime.into());
        let turn = secret.map(|secret| TurnServers::new(self.turn.clone(), secret).lifetime(lifetime));
        Some(IceServers { fixed: self.fixed.iter().map(named).collect(), turn })
    }
}
