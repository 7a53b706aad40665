//! The command line of the program `logrtc`: the signaling server with its log page, alone or with a producer to look
//! at, and the log in a terminal. A library, so that the packages of other languages carry the same program.

mod address;
mod console;
mod demo;
mod doctor;
mod environment;
mod ice;
mod pipe;
mod run;
mod secret;
mod serve;
mod signals;
mod source;
mod tail;
mod token_file;
mod usage;

use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, Write};

use clap::{CommandFactory, Parser, Subcommand};

use crate::consumer::InvalidSecret;

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
    Serve(serve::ServeArgs),
    /// The same, with a made-up web shop that logs.
    Demo(serve::ServeArgs),
    /// Show the log in the terminal, or write it to a file.
    Tail(tail::TailArgs),
    /// Run a program, and show its output.
    Run(run::RunArgs),
    /// Show the lines of standard input.
    Pipe(pipe::PipeArgs),
    /// Check the server, the token and the paths between this machine and it: what was found, and what to do.
    Doctor(doctor::DoctorArgs),
    /// Print what completes the command line in a shell: `logrtc completions bash > /etc/bash_completion.d/logrtc`.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page: `logrtc man > /usr/local/share/man/man1/logrtc.1`.
    Man,
}

/// Runs the program until it is interrupted, and returns its exit status: 0, 1 where it failed, 2 where the command line
/// is wrong. `arguments` begin with the name of the program. What it has to say goes to the standard streams; it takes
/// SIGINT and SIGTERM for itself. Blocks the calling thread, which must not belong to a tokio runtime.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(mut error) => {
            hide_password(&mut error);
            // A stream that is closed has nobody to read it.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(2);
        }
    };
    let ended = match cli.command {
        Command::Serve(args) => block_on("logrtc-serve", serve::run(args, false)),
        Command::Demo(args) => block_on("logrtc-serve", serve::run(args, true)),
        Command::Run(args) => block_on("logrtc-run", args.run()),
        Command::Pipe(args) => block_on("logrtc-pipe", run_pipe(args)),
        Command::Doctor(args) => block_on("logrtc-doctor", args.run()),
        Command::Completions { shell } => print(|out| {
            clap_complete::generate(shell, &mut Cli::command(), "logrtc", out);
            Ok(())
        }),
        Command::Man => print(manual),
        Command::Tail(args) => match args.check() {
            Ok(tail) => block_on("logrtc-tail", run_tail(tail)),
            Err(problem) => return wrong_usage(&problem),
        },
    };
    ended.unwrap_or_else(|error| {
        console::say(error);
        1
    })
}

/// A URL that is wrong may hold a password, which a terminal or a log would keep.
fn hide_password(error: &mut clap::Error) {
    use clap::error::{ContextKind, ContextValue};
    let is_url = matches!(
        error.get(ContextKind::InvalidArg),
        Some(ContextValue::String(name)) if ["--ice-server", "--backplane", "--turn ", "URL"].iter().any(|part| name.contains(part))
    );
    if is_url && error.get(ContextKind::InvalidValue).is_some() {
        error.insert(ContextKind::InvalidValue, ContextValue::String("…".to_owned()));
    }
}

/// The text of the secret in `LOGRTC_SECRET`, if it is set: for [`LinkSecret`](crate::LinkSecret).
///
/// # Errors
/// The variable has a text that is no secret.
pub fn secret_of_environment() -> Result<Option<String>, InvalidSecret> {
    secret::of_environment()
}

/// Writes a text as a whole. A reader that takes no more of it is no error.
fn print(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> io::Result<u8> {
    let mut text = Vec::new();
    write(&mut text)?;
    match io::stdout().write_all(&text) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(0),
    }
}

/// One page for the program and all its commands.
fn manual(out: &mut Vec<u8>) -> io::Result<()> {
    let mut cli = Cli::command();
    cli.build();
    clap_mangen::Man::new(cli.clone()).render(out)?;
    for command in cli.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help") {
        let name = format!("logrtc {}", command.get_name());
        let page = clap_mangen::Man::new(command.clone().display_name(name));
        for section in [clap_mangen::Man::render_name_section, clap_mangen::Man::render_options_section] {
            section(&page, out)?;
        }
        page.render_extra_section(out)?;
    }
    Ok(())
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
fn wrong_usage(problem: &dyn Display) -> u8 {
    tail::eprint_line(&problem.to_string());
    2
}

async fn run_tail(tail: tail::Tail) -> std::io::Result<u8> {
    let interrupted = Interrupt::new()?;
    tail.run(interrupted.wait()).await
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

/// What a service manager sends for files to be read anew.
#[cfg(unix)]
struct Hangup(tokio::signal::unix::Signal);

#[cfg(unix)]
impl Hangup {
    fn new() -> std::io::Result<Self> {
        Ok(Self(tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())?))
    }

    async fn wait(&mut self) {
        self.0.recv().await;
    }
}

/// There is none.
#[cfg(windows)]
struct Hangup;

#[cfg(windows)]
impl Hangup {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn wait(&mut self) {
        std::future::pending().await
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
