//! The diagnostics of logrtc: to a handler of the program, to `tracing` or `log`, or to standard error.
//!
//! The WebRTC, WebSocket and TLS crates log a lot, and not for the users of logrtc. So a task of ours is polled with a
//! `tracing` dispatcher that discards everything, and our own diagnostics wait until that poll has returned.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::io::Write;
use std::sync::{Arc, OnceLock};

use tracing::dispatcher::{self, Dispatch};
use tracing::subscriber::NoSubscriber;

use crate::level::Level;
use crate::switch::parse_switch;

/// The target of every diagnostic.
const TARGET: &str = "logrtc";

/// One diagnostic of logrtc. It never enters a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// `Warn` at the begin and at the end of an outage of the signaling server, and once for each ICE server and interface
    /// that cannot be used.
    pub level: Level,
    /// The producer that it is about.
    pub client_id: String,
    /// One line of text.
    pub message: String,
}

/// Receives the diagnostics of a producer, on a thread of logrtc. Must not block.
pub(crate) type Handler = Arc<dyn Fn(&Diagnostic) + Send + Sync>;

/// Where a diagnostic goes.
enum Destination {
    /// To `tracing` or `log`.
    Logging,
    /// The same; to standard error if nobody listens there.
    LoggingOrStderr,
    Handler(Handler),
}

struct Held {
    diagnostic: Diagnostic,
    destination: Destination,
}

thread_local! {
    /// The diagnostics of the present poll of a quiet task.
    static HELD: RefCell<Option<Vec<Held>>> = const { RefCell::new(None) };
}

/// Tells the person who runs the program about a producer: by `handler`, or else by `tracing` or `log`, or else on
/// standard error.
pub(crate) fn warn_user(client_id: &str, message: String, handler: Option<&Handler>) {
    let diagnostic = Diagnostic { level: Level::Warn, client_id: client_id.to_owned(), message };
    let destination = handler.map_or(Destination::LoggingOrStderr, |handler| Destination::Handler(Arc::clone(handler)));
    say(Held { diagnostic, destination });
}

/// A diagnostic for whoever looks for a fault of logrtc.
pub(crate) fn note(level: Level, message: std::fmt::Arguments<'_>) {
    if stderr_is_wanted() || is_heard(level) || is_holding() {
        let diagnostic = Diagnostic { level, client_id: String::new(), message: message.to_string() };
        say(Held { diagnostic, destination: Destination::Logging });
    }
}

macro_rules! debug {
    ($($text:tt)+) => { $crate::diagnostics::note($crate::level::Level::Debug, format_args!($($text)+)) };
}

macro_rules! info {
    ($($text:tt)+) => { $crate::diagnostics::note($crate::level::Level::Info, format_args!($($text)+)) };
}

macro_rules! error {
    ($($text:tt)+) => { $crate::diagnostics::note($crate::level::Level::Error, format_args!($($text)+)) };
}

pub(crate) use {debug, error, info};

/// Polls `future` with everything that is logged meanwhile discarded, but for our own diagnostics.
///
/// A logger of the `log` crate that is not `tracing`'s still receives what the crates below say: nothing stands between
/// them and it.
pub(crate) fn quiet<T>(future: impl Future<Output = T> + Send) -> impl Future<Output = T> + Send {
    let mut future = Box::pin(future);
    poll_fn(move |context| {
        let scope = Scope::enter();
        let polled = future.as_mut().poll(context);
        drop(scope);
        polled
    })
}

/// One poll of a quiet task.
struct Scope {
    discarding: Option<dispatcher::DefaultGuard>,
}

impl Scope {
    fn enter() -> Self {
        HELD.with_borrow_mut(|held| *held = Some(Vec::new()));
        // Only if there is a subscriber: a dispatcher of any kind, once set, ends `tracing`'s fallback to `log`.
        let discarding = dispatcher::has_been_set().then(|| dispatcher::set_default(&Dispatch::none()));
        Self { discarding }
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        self.discarding = None;
        let held = HELD.take().unwrap_or_default();
        held.into_iter().for_each(deliver);
    }
}

fn say(held: Held) {
    let mut held = Some(held);
    // A thread that ends has no place to hold it.
    let _ = HELD.try_with(|holding| {
        if let Some(waiting) = holding.borrow_mut().as_mut() {
            waiting.extend(held.take());
        }
    });
    if let Some(held) = held {
        deliver(held);
    }
}

/// Whether a quiet task is being polled.
fn is_holding() -> bool {
    HELD.try_with(|holding| holding.borrow().is_some()).unwrap_or_default()
}

fn deliver(Held { diagnostic, destination }: Held) {
    let on_stderr = stderr_is_wanted();
    if on_stderr {
        print(&diagnostic);
    }
    match destination {
        Destination::Handler(handler) => handler(&diagnostic),
        Destination::LoggingOrStderr if !on_stderr && !is_heard(diagnostic.level) => print(&diagnostic),
        Destination::Logging | Destination::LoggingOrStderr => log(&diagnostic),
    }
}

/// Whether `LOGRTC_DIAGNOSTICS` asks for everything on standard error.
fn stderr_is_wanted() -> bool {
    static WANTED: OnceLock<bool> = OnceLock::new();
    *WANTED.get_or_init(|| std::env::var("LOGRTC_DIAGNOSTICS").is_ok_and(|value| parse_switch(&value) == Some(true)))
}

fn print(diagnostic: &Diagnostic) {
    // If standard error is closed, nobody can be told.
    let _ = writeln!(std::io::stderr().lock(), "logrtc: {}: {diagnostic}", diagnostic.level.as_str());
}

/// Whether this thread has a `tracing` subscriber; the crate itself does not report it.
fn has_subscriber() -> bool {
    dispatcher::get_default(|dispatch| !dispatch.is::<NoSubscriber>())
}

fn is_heard(level: Level) -> bool {
    if !has_subscriber() {
        return log::log_enabled!(target: TARGET, log_level(level));
    }
    match level {
        Level::Error => tracing::enabled!(target: TARGET, tracing::Level::ERROR),
        Level::Warn => tracing::enabled!(target: TARGET, tracing::Level::WARN),
        Level::Info => tracing::enabled!(target: TARGET, tracing::Level::INFO),
        Level::Debug => tracing::enabled!(target: TARGET, tracing::Level::DEBUG),
    }
}

fn log(diagnostic: &Diagnostic) {
    if !has_subscriber() {
        log::log!(target: TARGET, log_level(diagnostic.level), "{diagnostic}");
        return;
    }
    match diagnostic.level {
        Level::Error => tracing::error!(target: TARGET, "{diagnostic}"),
        Level::Warn => tracing::warn!(target: TARGET, "{diagnostic}"),
        Level::Info => tracing::info!(target: TARGET, "{diagnostic}"),
        Level::Debug => tracing::debug!(target: TARGET, "{diagnostic}"),
    }
}

fn log_level(level: Level) -> log::Level {
    match level {
        Level::Error => log::Level::Error,
        Level::Warn => log::Level::Warn,
        Level::Info => log::Level::Info,
        Level::Debug => log::Level::Debug,
    }
}

impl std::fmt::Display for Diagnostic {
    /// `client_id: message`; the message alone if it is about no producer.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.client_id.is_empty() {
            write!(formatter, "{}: ", self.client_id)?;
        }
        formatter.write_str(&self.message)
    }
}
