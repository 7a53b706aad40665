//! logrtc's own tokio runtime: two named threads, apart from any runtime of the program.

use std::cell::Cell;
use std::future::Future;
use std::sync::mpsc;
use std::time::Duration;

use tokio::runtime::{Handle, Runtime};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::diagnostics::{debug, quiet};
use crate::error::{Error, Result};
use crate::names::MAX_ICE_LOOKUPS;

/// Two are the fastest for the stack, and the most predictable.
const WORKER_THREADS: usize = 2;

/// One for each look-up of an ICE server, and some for the signaling server.
const MAX_BLOCKING_THREADS: usize = MAX_ICE_LOOKUPS + 4;

/// The name of every thread of ours.
const THREAD_NAME: &str = "logrtc";

/// How long threads may take to end. They have no work left, and take this long only if they get no processor.
const THREADS_TIMEOUT: Duration = Duration::from_millis(500);

/// The same where one hangs in the system's name resolution: that one ends by itself, later.
const HUNG_THREADS_TIMEOUT: Duration = Duration::from_millis(10);

/// Tells of the end: `Some` from then on, with the time until which the consumers may end their side of their channel.
pub(crate) type Shutdown = watch::Receiver<Option<Instant>>;

thread_local! {
    static OWN: Cell<bool> = const { Cell::new(false) };
}

/// Whether the calling thread is one of logrtc's own: what is logged on it is about logrtc, and must not enter a
/// journal.
#[cfg(any(feature = "log", feature = "tracing"))]
pub(crate) fn is_own_thread() -> bool {
    OWN.get()
}

#[derive(Debug)]
pub(crate) struct OwnRuntime(Runtime);

impl OwnRuntime {
    pub(crate) fn start() -> Result<Self> {
        let lacks_thread_locals = Handle::try_current().is_err_and(|error| error.is_thread_local_destroyed());
        // tokio needs its thread-local data, which a thread that runs the handlers of `atexit` has lost.
        let built = if lacks_thread_locals { elsewhere(build).and_then(|built| built) } else { build() };
        built.map(Self).map_err(|error| Error::internal("cannot start logrtc's threads", error))
    }

    /// Spawns a task; the crates below it do not reach the program's logging.
    pub(crate) fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
        self.0.spawn(quiet(future))
    }

    /// Waits for `tasks`, at most for `timeout`, and ends the threads; `is_hung` returns whether one of them cannot end yet.
    /// Blocks the calling thread, which may belong to another runtime.
    pub(crate) fn end(self, tasks: Vec<JoinHandle<()>>, timeout: Duration, is_hung: impl Fn() -> bool) {
        let (done, ended) = mpsc::channel();
        self.0.spawn(async move {
            for task in tasks {
                // A task that panicked has ended, too.
                let _ = task.await;
            }
            let _ = done.send(());
        });
        let _ = ended.recv_timeout(timeout);
        let Self(runtime) = self;
        let timeout = if is_hung() { HUNG_THREADS_TIMEOUT } else { THREADS_TIMEOUT };
        // A runtime must not be shut down on a thread that itself drives one, as this may be. It is handed over when the
        // other thread is there: without one, the threads end by themselves.
        let (hand_over, handed) = mpsc::sync_channel::<Runtime>(1);
        let ender = std::thread::Builder::new().name(THREAD_NAME.to_owned()).spawn(move || {
            if let Ok(runtime) = handed.recv() {
                runtime.shutdown_timeout(timeout);
            }
        });
        match ender {
            Ok(ender) => {
                let _ = hand_over.send(runtime);
                let _ = ender.join();
            }
            Err(error) => {
                debug!("the threads end later: {error}");
                runtime.shutdown_background();
            }
        }
    }
}

fn build() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKER_THREADS)
        // For name resolution and for reading certificates; they go when they have nothing to do.
        .max_blocking_threads(MAX_BLOCKING_THREADS)
        .thread_keep_alive(Duration::from_secs(1))
        .thread_name(THREAD_NAME)
        .on_thread_start(|| OWN.set(true))
        .enable_all()
        .build()
}

/// Does it on a thread of its own.
fn elsewhere<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> std::io::Result<T> {
    let thread = std::thread::Builder::new().name(THREAD_NAME.to_owned()).spawn(act)?;
    thread.join().map_err(|_| std::io::Error::other("the thread panicked"))
}
