//! Signals that go on to a program that this one runs.

use std::io;

use tokio::process::Child;

#[cfg(unix)]
pub(super) use unix::Signals;
#[cfg(windows)]
pub(super) use windows::Signals;

/// One that was received.
pub(super) struct Received {
    #[cfg(unix)]
    signal: rustix::process::Signal,
    /// Whether the program has received it, too: a terminal sends Ctrl-C to everything in its foreground.
    #[cfg(unix)]
    is_shared: bool,
}

impl Received {
    /// Whether it ends a program that does not handle it.
    pub(super) fn is_to_end(&self) -> bool {
        #[cfg(unix)]
        return !matches!(self.signal, rustix::process::Signal::USR1 | rustix::process::Signal::USR2);
        #[cfg(windows)]
        true
    }

    /// Sends it to the program.
    pub(super) fn pass_to(&self, child: &Child) {
        #[cfg(unix)]
        if !self.is_shared
            && let Some(id) = child.id().and_then(|id| i32::try_from(id).ok())
            && let Some(id) = rustix::process::Pid::from_raw(id)
        {
            // A program that has ended needs none.
            let _ = rustix::process::kill_process(id, self.signal);
        }
        // The console of Windows sends Ctrl-C to both.
        #[cfg(windows)]
        let _ = child;
    }
}

#[cfg(unix)]
mod unix {
    use rustix::process::Signal as Number;
    use tokio::signal::unix::{Signal, SignalKind, signal};

    use super::{Received, io};

    /// Those that end, pause or steer a program.
    pub(in super::super) struct Signals {
        interrupt: Signal,
        quit: Signal,
        terminate: Signal,
        hang_up: Signal,
        user_1: Signal,
        user_2: Signal,
    }

    /// Whether a terminal sends its signals to this program, and to all in its process group: wherever their standard input is.
    fn is_in_foreground() -> bool {
        let group = std::fs::File::open("/dev/tty").ok().and_then(|tty| rustix::termios::tcgetpgrp(tty).ok());
        group == Some(rustix::process::getpgrp())
    }

    impl Signals {
        pub(in super::super) fn new() -> io::Result<Self> {
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                quit: signal(SignalKind::quit())?,
                terminate: signal(SignalKind::terminate())?,
                hang_up: signal(SignalKind::hangup())?,
                user_1: signal(SignalKind::user_defined1())?,
                user_2: signal(SignalKind::user_defined2())?,
            })
        }

        /// Waits for the next one.
        pub(in super::super) async fn next(&mut self) -> Received {
            let (signal, by_terminal) = tokio::select! {
                _ = self.interrupt.recv() => (Number::INT, true),
                _ = self.quit.recv() => (Number::QUIT, true),
                _ = self.terminate.recv() => (Number::TERM, false),
                _ = self.hang_up.recv() => (Number::HUP, false),
                _ = self.user_1.recv() => (Number::USR1, false),
                _ = self.user_2.recv() => (Number::USR2, false),
            };
            Received { signal, is_shared: by_terminal && is_in_foreground() }
        }
    }
}

#[cfg(windows)]
mod windows {
    use super::{Received, io};

    /// Ctrl-C.
    pub(in super::super) struct Signals(tokio::signal::windows::CtrlC);

    impl Signals {
        pub(in super::super) fn new() -> io::Result<Self> {
            tokio::signal::windows::ctrl_c().map(Self)
        }

        /// Waits for the next one.
        pub(in super::super) async fn next(&mut self) -> Received {
            self.0.recv().await;
            Received {}
        }
    }
}
