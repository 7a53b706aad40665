//! `logrtc serve` and `logrtc demo`: the server, until it is interrupted.

mod listen;
mod reach;
mod secrets;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::{Hangup, Interrupt, demo};
use crate::{Options, Origin, Role, Server, TrustedProxy};

#[derive(Debug, Args)]
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
    /// Open the page in the browser.
    #[arg(long)]
    open: bool,
}

/// Serves until it is interrupted.
pub(super) async fn run(args: ServeArgs, with_demo: bool) -> io::Result<u8> {
    let interrupted = Interrupt::new()?;
    let mut hangup = Hangup::new()?;
    let secrets = secrets::Files::of(&args);
    let (tokens, demo_token) = secrets.read()?;
    let server = start(&args, tokens).await?;
    announce(&args, &server);
    let demo_token = demo_token.or_else(|| server.token().map(str::to_owned));
    let demo = if with_demo { Some(demo::Demo::start(&server.signaling_url(), demo_token)?) } else { None };
    let mut interrupted = std::pin::pin!(interrupted.wait());
    loop {
        tokio::select! {
            () = &mut interrupted => break,
            () = hangup.wait() => reload(&secrets, &server),
        }
    }
    if let Some(demo) = demo {
        demo.stop().await;
    }
    server.stop().await;
    Ok(0)
}

async fn start(args: &ServeArgs, tokens: crate::Tokens) -> io::Result<Server> {
    let mut options = Options::new(args.listen);
    options.allowed_origins.clone_from(&args.allowed_origins);
    options.insecure_no_token = args.insecure_no_token && tokens.is_empty();
    options.tokens = tokens;
    options.trusted_proxies.clone_from(&args.trusted_proxies);
    let address = args.listen;
    Server::start(options)
        .await
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {address}: {error}")))
}

/// Says where the server is. The page's address comes first on standard output, for programs that start this one.
fn announce(args: &ServeArgs, server: &Server) {
    println!("{}", server.url());
    eprintln!("logrtc: producers connect to {}", server.signaling_url());
    for address in reach::addresses(server.local_addr()) {
        eprintln!("logrtc: other machines reach it at {}", server.url_at(address));
    }
    if let Some(token) = server.token() {
        let who = match server.token_roles() {
            [Role::Producer] => "producers",
            [Role::Reader] => "readers",
            _ => "producers and readers",
        };
        eprintln!("logrtc: token for {who}, until this server ends: {token}");
        eprintln!("logrtc: programs take it as LOGRTC_TOKEN; --token-file keeps one of your own");
    }
    if args.insecure_no_token && !server.wants_token() && !server.local_addr().ip().is_loopback() {
        eprintln!("logrtc: WARNING: --insecure-no-token: everybody who reaches this server reads every log");
    }
    if args.open
        && let Err(error) = webbrowser::open(&server.url())
    {
        eprintln!("logrtc: cannot open a browser: {error}");
    }
}

/// Reads the files again. What was read before stays if that fails.
fn reload(secrets: &secrets::Files, server: &Server) {
    if secrets.is_none() {
        return;
    }
    match secrets.read() {
        Ok((tokens, _)) => {
            server.set_tokens(tokens);
            eprintln!("logrtc: has read the tokens again");
        }
        Err(error) => eprintln!("logrtc: {error}; the tokens stay as they were"),
    }
}
