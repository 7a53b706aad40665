//! `logrtc serve` and `logrtc demo`: the server, until it is interrupted.

mod access_log;
mod backplane;
mod feeds;
mod holder;
mod ice;
mod limits;
mod listen;
mod otlp;
mod reach;
mod secrets;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use logrtc::Config;
use tokio::net::TcpListener;

use super::console::{print_line, say};
use super::ice::AddressArgs;
use super::secret::SecretError;
use super::{Hangup, Interrupt, demo, secret};
use crate::bridge::Otlp;
use crate::{BasePath, Handler, LinkSecret, Options, Origin, Role, Server, TrustedProxy};
use access_log::AccessLog;
use secrets::{Files, Secrets};

const EXAMPLES: &str = "\
Examples:
  logrtc serve                                  this machine alone, at http://127.0.0.1:8080/
  logrtc serve --listen :8080                   every interface; prints the link with its token
  logrtc serve --listen :8443 --tls-cert cert.pem --tls-key key.pem --token-file tokens
                                                a team's server, over TLS
  logrtc serve --listen :8080 --turn turn:turn.example.com --turn-secret-file turn.secret
                                                paths through NAT by a coturn with use-auth-secret
  logrtc serve --no-stun                        programs and pages in one network: no STUN server is used
  logrtc serve --trusted-proxy 127.0.0.1 --allow-origin https://logs.example.com --token-file tokens
                                                behind a reverse proxy on this machine
  logrtc serve --listen :8080 --token-file tokens --backplane nats://nats.example.com
                                                one of several servers behind a load balancer
  logrtc serve --journald-unit nginx.service --journald-unit 'app-*'
                                                the journal of these units
  logrtc serve --docker-filter label=com.docker.compose.project=shop
                                                the containers of a project, as they come and go
  logrtc serve --otlp                           programs with an OpenTelemetry SDK, too, by
                                                OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:8080

The environment:
  LOGRTC_TOKEN      a token that lets producers and readers in, as --token-file does
  LOGRTC_SECRET     the secret of programs and their readers: for the printed link, and for producers of this process
  LOGRTC_BACKPLANE  the URL for --backplane; unlike the command line, other users cannot read a password in it
  LISTEN_FDS        a socket of systemd, in place of --listen

SIGHUP reads the files of tokens, the certificate and its key, and the secret of TURN servers again, and opens the
access log again. SIGTERM and SIGINT end the server; open channels between programs and pages stay, and both register
with the next one.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ServeArgs {
    /// The address to listen on: 8080 or localhost:8080 for this machine, :8080 for every interface, or an IP address with
    /// a port. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", value_parser = listen::parse)]
    listen: SocketAddr,
    /// An origin besides the page's own that may connect, and whose host this server may be reached by.
    #[arg(long = "allow-origin", value_name = "URL")]
    allowed_origins: Vec<Origin>,
    /// A file of tokens, one a line, each of which lets producers and readers in. Read again on SIGHUP.
    #[arg(long = "token-file", value_name = "FILE")]
    token_files: Vec<PathBuf>,
    /// A file of tokens that let producers in, and nobody else.
    #[arg(long = "producer-token-file", value_name = "FILE")]
    producer_token_files: Vec<PathBuf>,
    /// A file of tokens that let readers in, and nobody else.
    #[arg(long = "reader-token-file", value_name = "FILE")]
    reader_token_files: Vec<PathBuf>,
    /// Lets everybody who reaches the server log and read, on whatever address it listens.
    #[arg(long, conflicts_with_all = ["token_files", "producer_token_files", "reader_token_files"])]
    insecure_no_token: bool,
    /// A reverse proxy whose X-Forwarded-For and X-Forwarded-Host are believed: an IP address, or a prefix as 10.0.0.0/8.
    #[arg(long = "trusted-proxy", value_name = "ADDRESS")]
    trusted_proxies: Vec<TrustedProxy>,
    /// The certificate in PEM, with those of its authorities: the server speaks TLS.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The key of the certificate, in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// The path below which a reverse proxy publishes the server, if the proxy does not take it away.
    #[arg(long, value_name = "PATH", default_value = "/")]
    base_path: BasePath,
    /// Write every request to this file, or with - to standard error, as one line of JSON.
    #[arg(long, value_name = "FILE")]
    access_log: Option<PathBuf>,
    #[command(flatten)]
    feeds: feeds::FeedArgs,
    #[command(flatten)]
    otlp: otlp::OtlpArgs,
    #[command(flatten)]
    ice: ice::IceArgs,
    #[command(flatten)]
    limits: limits::LimitArgs,
    #[command(flatten)]
    backplane: backplane::BackplaneArgs,
    /// Open the page in the browser. Other users can read the token and the secret of its link in the list of processes.
    #[arg(long)]
    open: bool,
    // The last ones, because the heading is for all that follows.
    #[command(flatten, next_help_heading = "Producers of the server itself (--otlp, --journald, --docker)")]
    addresses: AddressArgs,
}

impl ServeArgs {
    /// Checks the options of the server's own producers.
    ///
    /// # Errors
    /// What is wrong with them, or that there is no such producer.
    fn check_addresses(&self, with_demo: bool) -> Result<(), String> {
        if self.addresses.is_given() && !with_demo && !self.otlp.is_wanted() && !self.feeds.wants_any() {
            let options = "--udp-ports, --interface, --announced-address and --relay-only";
            return Err(format!("{options} need --otlp, --journald or --docker"));
        }
        let config = self.addresses.apply(Config::builder("logrtc")).environment(false);
        config.build().map(drop).map_err(|error| error.to_string())
    }
}

/// Serves until it is interrupted.
pub(super) async fn run(args: ServeArgs, with_demo: bool) -> io::Result<u8> {
    if let Err(problem) = args.check_addresses(with_demo) {
        return Ok(super::wrong_usage(&problem));
    }
    let interrupted = Interrupt::new()?;
    let mut hangup = Hangup::new()?;
    let files = Files::of(&args);
    let secrets = files.read()?;
    let is_token_weak = secrets.is_token_weak;
    let secret = secret::of_environment().map_err(SecretError::Variable).map_err(io::Error::other)?;
    let access_log = args.access_log.as_deref().map(AccessLog::open).transpose()?;
    args.feeds.check().await?;
    let notices = Handler::new(|notice: &str| say(notice));
    let otlp = args.otlp.begin(notices.clone());
    let mut options = options(&args, secrets, notices, access_log.clone());
    if let Err(problem) = args.backplane.apply(&mut options) {
        return Ok(super::wrong_usage(&problem));
    }
    options.link_secret = secret.as_deref().map(LinkSecret::new);
    options.producer_routes = otlp.as_ref().map(Otlp::routes);
    let mut server = start(options).await?;
    let (mut demo, mut feeds) = (None, None);
    if with_demo || otlp.is_some() || args.feeds.wants_any() {
        let port = server.open_inner_port().await?;
        // What `LOGRTC_*` says is for programs of their own.
        let config = Config::builder("logrtc").url(port.url).token(port.token).environment(false);
        let mut config = args.addresses.apply(config);
        // Without it, readers that have it would not see these producers.
        if let Some(secret) = &secret {
            config = config.secret(secret);
        }
        demo = if with_demo { Some(demo::Demo::start(config.clone())?) } else { None };
        feeds = Some(args.feeds.start(&config)?);
        if let Some(otlp) = &otlp {
            otlp.connect(config).await;
        }
    }
    announce(&args, &server, is_token_weak);
    let mut interrupted = std::pin::pin!(interrupted.wait());
    loop {
        tokio::select! {
            () = &mut interrupted => break,
            () = hangup.wait() => reload(&files, &server, access_log.as_ref()),
        }
    }
    if let Some(demo) = demo {
        demo.stop().await;
    }
    if let Some(feeds) = feeds {
        feeds.stop().await;
    }
    if let Some(otlp) = otlp {
        otlp.stop().await;
    }
    server.stop().await;
    Ok(0)
}

fn options(args: &ServeArgs, secrets: Secrets, on_notice: Handler<str>, access_log: Option<AccessLog>) -> Options {
    let mut options = Options::new(args.listen);
    options.allowed_origins.clone_from(&args.allowed_origins);
    options.insecure_no_token = args.insecure_no_token;
    options.tokens = secrets.tokens;
    options.tls = secrets.tls;
    options.trusted_proxies.clone_from(&args.trusted_proxies);
    options.base_path = args.base_path.clone();
    options.ice_servers = secrets.ice_servers;
    args.limits.apply(&mut options.limits);
    options.on_notice = Some(on_notice);
    options.on_request = access_log.map(|log| Handler::new(move |record| log.write(record)));
    options
}

async fn start(options: Options) -> io::Result<Server> {
    // What a service manager hands over stays open while this program is replaced, and nobody is refused meanwhile.
    let listener = match listenfd::ListenFd::from_env().take_tcp_listener(0)? {
        Some(listener) => listener,
        None => bind(options.listen).await?,
    };
    Server::start_on(listener, options).await
}

async fn bind(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let bound = TcpListener::bind(address).await.and_then(TcpListener::into_std);
    bound.map_err(|error| {
        let holder = if error.kind() == io::ErrorKind::AddrInUse { holder::hint(address) } else { String::new() };
        io::Error::new(error.kind(), format!("cannot listen on {address} (--listen): {error}{holder}"))
    })
}

/// Says where the server is. The page's address comes first on standard output, for programs that start this one.
fn announce(args: &ServeArgs, server: &Server, is_token_weak: bool) {
    // Nobody may read it: the server runs all the same.
    let _ = print_line(server.url());
    say(format_args!("producers connect to {}", server.signaling_url()));
    if args.otlp.is_wanted() {
        say(format_args!("OpenTelemetry SDKs send to {}", server.otlp_url()));
    }
    if let Ok(own) = url::Url::parse(&server.url()) {
        for origin in &args.allowed_origins {
            let fragment = own.fragment().map(|fragment| format!("#{fragment}")).unwrap_or_default();
            say(format_args!("if {origin} leads to this server, its page is {origin}{}{fragment}", own.path()));
        }
    }
    for address in reach::addresses(server.local_addr()) {
        say(format_args!("other machines reach it at {}", server.url_at(address)));
    }
    if let Some(token) = server.token() {
        let who = match server.token_roles() {
            [Role::Producer] => "producers",
            [Role::Reader] => "readers",
            _ => "producers and readers",
        };
        say(format_args!("token for {who}, until this server ends: {token}"));
        say("programs take it as LOGRTC_TOKEN; --token-file keeps one of your own");
    }
    if is_token_weak && !server.local_addr().ip().is_loopback() {
        say("WARNING: a token is short enough to be guessed; `openssl rand -hex 24` makes a better one");
    }
    if args.insecure_no_token && !server.wants_token() && !server.local_addr().ip().is_loopback() {
        say("WARNING: --insecure-no-token: everybody who reaches this server reads every log");
    }
    if args.open
        && let Err(error) = webbrowser::open(&server.url())
    {
        say(format_args!("cannot open a browser: {error}"));
    }
}

/// Reads the files again. What was read before stays if that fails.
fn reload(files: &Files, server: &Server, access_log: Option<&AccessLog>) {
    if let Some(Err(error)) = access_log.map(AccessLog::reopen) {
        say(format_args!("{error}; the access log goes on in the file that it had"));
    }
    let Some(contents) = files.contents() else { return };
    match files.read() {
        Ok(secrets) => {
            server.set_tokens(secrets.tokens);
            if let Some(tls) = secrets.tls {
                server.set_tls(tls);
            }
            if let Some(ice_servers) = secrets.ice_servers {
                server.set_ice_servers(ice_servers);
            }
            say(format_args!("has read {contents} again"));
        }
        Err(error) => say(format_args!("{error}; continues with {contents} as read before")),
    }
}
