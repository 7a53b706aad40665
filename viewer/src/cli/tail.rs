//! `logrtc tail`: the log in a terminal, or as lines of JSON.

mod channels;
mod earlier;
mod entry;
mod escape;
mod format;
mod gap;
mod output;
mod reader;
mod shown;
mod wanted;

use std::io::{self, IsTerminal};
use std::time::Duration;

use clap::Args;
use logrtc::binding::ice_servers_of_environment;
use logrtc::{Filter, Level};
use regex::Regex;
use tokio::time::timeout;

use super::address::{self, Address};
use super::environment::variable;
use super::ice::{IceServerArgs, named};
use super::secret::SecretArgs;
use super::usage::UsageError;
use crate::consumer::{Consumer, Options, Secret, Selection, Start};
use format::Format;
use output::Output;
use reader::Reader;
use wanted::Wanted;

/// How long connections may take to end.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(200);

const EXAMPLES: &str = "\
Examples:
  logrtc tail                                   everything that the producers of the local server log
  logrtc tail host:8080 --producer api -n 100   the last 100 entries of one producer, then what it logs
  logrtc tail --filter info,app::db=debug       INFO and above; of app::db, DEBUG too
  logrtc tail --grep 'GET /orders' --no-follow  what the history has of it
  logrtc tail --json >> app.ndjson              keep the log in a file
  logrtc tail 'http://host:8080/#token=…'       by the link that logrtc serve prints
  logrtc tail host:8080 --secret-file secret    only programs that prove that they have the secret

The environment:
  LOGRTC_URL     the server, if no URL is given
  LOGRTC_TOKEN   the token for the server, if the URL has none
  LOGRTC_SECRET  the secret of the programs, if neither --secret-file nor the URL has it
  LOGRTC_ICE_SERVERS
                 STUN and TURN servers with commas between them, or none, if neither --ice-server nor --no-stun is given
  SSL_CERT_FILE  a file of certificates in PEM: the authorities that are trusted in place of the system's
  NO_COLOR       no colours

Times are local; TZ=UTC makes them UTC. Text on a terminal shows control characters escaped. JSON is written as it was
received, one entry a line. Trouble and gaps are told on standard error.

The exit status is 0 at the end (interrupted, nobody reads the output, or the history is over without following), 1 if
the server refuses or a log cannot be read to its end, as without its secret, 2 if the command line is wrong.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct TailArgs {
    /// The signaling server, or the address of its log page [default: ws://localhost:8080/signaling].
    #[arg(value_name = "URL", value_parser = address::parse)]
    address: Option<address::Address>,
    #[command(flatten)]
    secret: SecretArgs,
    /// Only the producer with this client_id or id.
    #[arg(long, value_name = "NAME")]
    producer: Option<String>,
    /// Only entries of this level and above: DEBUG, INFO, WARN or ERROR.
    #[arg(long, value_name = "LEVEL")]
    level: Option<Level>,
    /// Only entries that these directives want, as in info,app::db=debug,hyper=off.
    #[arg(long, value_name = "DIRECTIVES")]
    filter: Option<String>,
    /// Only entries whose target, message or fields match, as text shows them: `target: message key=value`.
    #[arg(long, value_name = "REGEX")]
    grep: Option<Regex>,
    /// Only the last COUNT entries of what each producer had logged before; all, by default.
    #[arg(short = 'n', long, value_name = "COUNT")]
    lines: Option<usize>,
    /// Write JSON, one entry a line, as it was received. The default if standard output is not a terminal.
    #[arg(long, conflicts_with = "text")]
    json: bool,
    /// Write text. The default if standard output is a terminal.
    #[arg(long)]
    text: bool,
    /// End when the history of every producer is over.
    #[arg(long, overrides_with = "follow")]
    no_follow: bool,
    /// Go on with what is logged. The default.
    #[arg(long, overrides_with = "no_follow")]
    follow: bool,
    #[command(flatten)]
    ice_servers: IceServerArgs,
    /// Connect to producers through a TURN server alone.
    #[arg(long)]
    relay_only: bool,
}

/// What is read once from the command line and the environment.
pub(super) struct Tail {
    options: Options,
    wanted: Wanted,
    lines: Option<usize>,
    follow: bool,
    format: Format,
    is_terminal: bool,
}

impl TailArgs {
    /// Completes the arguments.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(super) fn check(self) -> Result<Tail, UsageError> {
        let address = address::of_environment_or(self.address)?;
        let Address { url, token, secret } = address.unwrap_or_else(Address::local);
        let mut options = Options::new(url);
        options.producer = self.producer;
        let ice_servers = match self.ice_servers.servers() {
            None => ice_servers_of_environment()?,
            given => given,
        };
        options.ice_servers = ice_servers.map(|servers| servers.iter().map(named).collect());
        options.relay_only = self.relay_only;
        options.token = token.or_else(|| variable("LOGRTC_TOKEN"));
        let secret = self.secret.read(secret.as_deref())?;
        options.secret = secret.map(|text| Secret::parse(&text).expect("what is read is checked"));
        let level = self.level.map(|level| level.as_str().to_owned());
        // A default among the directives stands behind the level, and counts.
        let directives: Vec<String> = level.into_iter().chain(self.filter).collect();
        let filter_text = directives.join(",");
        let filter: Filter = filter_text.parse()?;
        // A producer that can leaves out what is not wanted, unless the filter is longer than it takes.
        let source_filter = Some(filter_text.as_str()).filter(|text| !text.is_empty());
        options.selection = Selection::new(None, source_filter).unwrap_or_default();
        let wants_all = source_filter.is_none() && self.grep.is_none();
        options.start = self.lines.filter(|_| wants_all).map(|lines| first_wanted(lines, !self.no_follow));
        let is_terminal = io::stdout().is_terminal();
        let is_text = self.text || (is_terminal && !self.json);
        let is_coloured = is_text && anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
        Ok(Tail {
            options,
            wanted: Wanted::new(filter, self.grep),
            lines: self.lines,
            follow: !self.no_follow,
            format: if is_text { Format::Text { is_coloured } } else { Format::Json { is_for_terminal: is_terminal } },
            is_terminal,
        })
    }
}

/// Where a producer begins of whose history only the last lines are wanted. If this program goes on, it needs one entry to
/// see whether that was logged before it began.
fn first_wanted(lines: usize, follow: bool) -> Start {
    match lines {
        0 if !follow => Start::Newest,
        lines => Start::Last(lines.max(1) as u64),
    }
}

/// Why it came to its end.
enum End {
    Done,
    Failed(String),
}

impl Tail {
    /// Reads until the end, which `interrupted` brings about at once. Returns the exit status.
    ///
    /// # Errors
    /// Why nothing could be written.
    pub(super) async fn run(self, interrupted: impl Future<Output = ()>) -> io::Result<u8> {
        let is_coloured = matches!(self.format, Format::Text { is_coloured: true });
        let mut consumer = Consumer::connect(self.options.clone());
        let output = Output::start(is_coloured)?;
        let mut reader = Reader::new(self, &output);
        tokio::pin!(interrupted);
        let end = tokio::select! {
            biased;
            () = &mut interrupted => None,
            end = reader.read(&mut consumer) => Some(end),
        };
        drop(reader);
        let closing = timeout(CLOSE_TIMEOUT, consumer.close());
        let Some(end) = end else {
            let _ = tokio::join!(closing, timeout(CLOSE_TIMEOUT, output.finish()));
            return Ok(0);
        };
        let written = tokio::select! {
            biased;
            (_, written) = async { tokio::join!(closing, output.finish()) } => written,
            () = interrupted => return Ok(0),
        };
        written?;
        Ok(match end {
            End::Done => 0,
            End::Failed(reason) => {
                eprint_line(&reason);
                1
            }
        })
    }
}

/// Without standard error there is nobody to tell.
pub(super) fn eprint_line(text: &str) {
    use std::io::Write;
    let mut shown = String::new();
    escape::push(&mut shown, text);
    let _ = writeln!(io::stderr(), "logrtc: {shown}");
}
