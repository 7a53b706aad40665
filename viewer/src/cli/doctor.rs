//! `logrtc doctor`: what is between a program, a server and a page.

mod access;
mod certificate;
mod paths;
mod reach;
mod report;
mod round_trip;

use std::io;
use std::path::PathBuf;

use clap::Args;

use super::address::{self, Address};
use super::environment::variable;
use super::token_file::first_token;
use crate::{InvalidOrigin, Origin};
use paths::Relay;
use report::{Finding, Report};
use round_trip::RoundTrip;

const EXAMPLES: &str = "\
Examples:
  logrtc doctor                                      the server of this machine
  logrtc doctor 'http://logs.example.com:8080/#token=…'
                                                     the link that logrtc serve prints
  logrtc doctor wss://logs.example.com/signaling --json

The checks, each of them a line with the result and, below it, the remedy:
  dns, tcp, tls      the name, the port and the certificate of the server
  server, origin     whether it accepts a program with its token, and its own page
  reader             whether a reader can register
  candidates         the addresses that this machine offers for data channels
  stun, turn         whether these servers respond, and with what
  channel, relay     an entry from a program to a reader, through a data channel; and through the TURN server alone

Readers of the server see the program `logrtc doctor` for a moment. The exit status is 1 if a check failed, and 2 if the
command line is wrong.

The environment:
  LOGRTC_URL     the server, if none is given
  LOGRTC_TOKEN   the token for the server, if neither a file nor the URL has it
  SSL_CERT_FILE  a file of certificates in PEM: the authorities that are trusted in place of the system's";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct DoctorArgs {
    /// The signaling server, the address of its log page, or the link with its token [default: ws://localhost:8080/signaling].
    #[arg(value_name = "URL", value_parser = address::parse)]
    url: Option<Address>,
    /// The origin of a page other than the server's own that is to connect.
    #[arg(long, value_name = "URL", value_parser = origin)]
    origin: Option<String>,
    /// A file with a token for producers, if it is another one than that of readers.
    #[arg(long, value_name = "FILE")]
    producer_token_file: Option<PathBuf>,
    /// A file with a token for readers.
    #[arg(long, value_name = "FILE")]
    reader_token_file: Option<PathBuf>,
    /// Print each check as a line of JSON: check, outcome (ok, warning, failed, skipped), found, advice.
    #[arg(long)]
    json: bool,
}

impl DoctorArgs {
    /// Checks everything, and returns the exit status.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(super) async fn run(self) -> io::Result<u8> {
        let address = match address::of_environment_or(self.url.clone()) {
            Ok(address) => address.unwrap_or_else(Address::local),
            Err(problem) => return Ok(super::wrong_usage(&problem)),
        };
        let token = address.token.or_else(|| variable("LOGRTC_TOKEN"));
        let read = |option, file: &Option<PathBuf>| file.as_deref().map(|file| first_token(option, file)).transpose();
        let producer_token = read("--producer-token-file", &self.producer_token_file)?.or_else(|| token.clone());
        let reader_token = read("--reader-token-file", &self.reader_token_file)?.or(token);
        let mut report = Report::new(self.json);
        let trip = RoundTrip {
            url: &address.url,
            producer_token: producer_token.as_deref(),
            reader_token: reader_token.as_deref(),
            relay_only: false,
        };
        // What depends on a check that failed is left out.
        if let Err(finding) = self.check(&trip, &mut report).await {
            report.add(&finding);
            report.add(&Finding::skipped("channel", "what depends on the check that failed is left out"));
        }
        report.status()
    }

    async fn check(&self, trip: &RoundTrip<'_>, report: &mut Report) -> Result<(), Finding> {
        let url = trip.url;
        let (addresses, finding) = reach::dns(url).await?;
        report.add(&finding);
        let (stream, findings) = reach::tcp(&addresses).await;
        findings.iter().for_each(|finding| report.add(finding));
        let Some(stream) = stream else {
            return Err(Finding::skipped("server", "it is not reached"));
        };
        let tls = reach::tls(url, stream).await;
        if tls.outcome == report::Outcome::Failed {
            return Err(tls);
        }
        report.add(&tls);
        report.add(&access::program(url, trip.producer_token).await?);
        report.add(&access::origin(url, self.origin.as_deref()).await);
        let (named, finding) = access::reader(url, trip.reader_token).await?;
        report.add(&finding);
        report.add(&paths::candidates(url));
        let (relay, findings) = paths::ask(&paths::servers(named), url).await;
        findings.iter().for_each(|finding| report.add(finding));
        report.add(&trip.run(relay).await);
        if relay == Relay::Works {
            report.add(&RoundTrip { relay_only: true, ..*trip }.run(relay).await);
        }
        Ok(())
    }
}

/// An origin as a browser sends it.
fn origin(text: &str) -> Result<String, InvalidOrigin> {
    text.parse().map(|_: Origin| text.trim_end_matches('/').to_owned())
}
