//! The command line of the program `logrtc`: the signaling server with its log page, alone or with a producer to look
//! at, and the log in a terminal. A library, so that the packages of other languages carry the same program.

mod address;
mod demo;
mod pipe;
mod run;
mod signals;
mod source;
mod tail;

use std::ffi::OsString;
use std::net::SocketAddr;

use crate::{Options, Origin, Server};
use clap::{Args, Parser, Subcommand};

/// Live logs in a web page, straight from the program that writes them.
#[derive(Debug, Parser)]
#[command(name = "logrtc", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the log page, and the signaling that producers connect to.
    Serve(ServeArgs),
    /// The same, with a made-up web shop that logs.
    Demo(ServeArgs),
    /// Show the log in the terminal, or write it to a file.
    Tail(tail::TailArgs),
    /// Run a program, and show its output.
    Run(run::RunArgs),
    /// Show the lines of standard input.
    Pipe(pipe::PipeArgs),
}

#[derive(Debug, Args)]
struct ServeArgs {
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// An origin besides the page's own that may connect, and whose host this server may be reached by.
    #[arg(long = "allow-origin", value_name = "URL")]
    allowed_origins: Vec<Origin>,
    /// Open the page in the browser.
    #[arg(long)]
    open: bool,
}

/// Runs the program until it is interrupted, and returns its exit status: 0, 1 where it failed, 2 where the command line
/// is wrong. `arguments` begin with the name of the program. What it has to say goes to the standard streams; it takes
/// SIGINT and SIGTERM for itself. Blocks the calling thread, which must not belong to a tokio runtime.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // A stream that is closed has nobody to read it.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(2);
        }
    };
    let ended = match cli.command {
        Command::Serve(args) => block_on("logrtc-serve", serve(args, false)),
        Command::Demo(args) => block_on("logrtc-serve", serve(args, true)),
        Command::Run(args) => block_on("logrtc-run", args.run()),
        Command::Pipe(args) => block_on("logrtc-pipe", run_pipe(args)),
        Command::Tail(args) => match args.check() {
            Ok(tail) => block_on("logrtc-tail", run_tail(tail)),
            Err(problem) => {
                return wrong_usage(&problem);
            }
        },
    };
    ended.unwrap_or_else(|error| {
        eprintln!("logrtc: {error}");
        1
    })
}

fn block_on(thread_name: &str, program: impl Future<Output = std::io::Result<u8>>) -> std::io::Result<u8> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(2).thread_name(thread_name).enable_all().build()?;
    let ended = runtime.block_on(program);
    // What is still waited for is the system's: a name server, or a reader that does not read.
    runtime.shutdown_background();
    ended
}

async fn run_pipe(pipe: pipe::PipeArgs) -> std::io::Result<u8> {
    let interrupted = Interrupt::new()?;
    pipe.run(interrupted.wait()).await
}

/// Says what is wrong with the options. Returns the exit status for that.
fn wrong_usage(problem: &str) -> u8 {
    tail::eprint_line(problem);
    2
}

async fn run_tail(tail: tail::Tail) -> std::io::Result<u8> {
    let interrupted = Interrupt::new()?;
    tail.run(interrupted.wait()).await
}

async fn serve(args: ServeArgs, with_demo: bool) -> std::io::Result<u8> {
    let interrupted = Interrupt::new()?;
    let server = start(&args).await?;
    println!("{}", server.url());
    eprintln!("logrtc: producers connect to {}", server.signaling_url());
    if args.open
        && let Err(error) = webbrowser::open(&server.url())
    {
        eprintln!("logrtc: cannot open a browser: {error}");
    }
    let demo = if with_demo { Some(demo::Demo::start(&server.signaling_url())?) } else { None };
    interrupted.wait().await;
    if let Some(demo) = demo {
        demo.stop().await;
    }
    server.stop().await;
    Ok(0)
}

async fn start(args: &ServeArgs) -> std::io::Result<Server> {
    let options = args.allowed_origins.iter().cloned().fold(Options::new(args.listen), Options::allow_origin);
    Server::start(options)
        .await
        .map_err(|error| std::io::Error::new(error.kind(), format!("cannot listen on {}: {error}", args.listen)))
}

/// Ctrl-C, or what a service manager sends to end a program.
#[cfg(unix)]
struct Interrupt {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Interrupt {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn wait(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Ctrl-C.
#[cfg(windows)]
struct Interrupt(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Interrupt {
    fn new() -> std::io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn wait(mut self) {
        self.0.recv().await;
    }
}
