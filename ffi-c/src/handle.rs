//! The handle of a producer: it stays valid for ever, so that every call is safe after close.

use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use std::time::{Duration, Instant};

use logrtc_core::Producer;

use crate::callbacks::CallbackThread;
use crate::status::{Refusal, guard, logrtc_status};

/// How long a callback may take to end at the end of the process, if the close has used up its
/// timeout.
const CALLBACK_TIME: Duration = Duration::from_millis(100);

/// A producer: logrtc_connect() makes it, and logrtc_close() ends it.
///
/// About two thousand bytes of a closed producer are never freed, so that every call with its
/// handle stays safe.
pub struct logrtc_producer {
    pub(crate) producer: Producer,
    /// The target of an entry that names none.
    pub(crate) client_id: String,
    callbacks: Option<CallbackThread>,
    /// What exit() may take to close it; `None` if exit() leaves it alone.
    exit_timeout: Option<Duration>,
    /// The process that connected it.
    pid: u32,
    closed: AtomicBool,
    /// Whether a close has come to its end.
    ended: AtomicBool,
    /// The one made before it.
    next: AtomicPtr<logrtc_producer>,
}

/// The newest handle, and by it every one: for the end of the process, and so that a leak checker
/// sees that none is lost. No lock, because a fork would leave it held.
static HANDLES: AtomicPtr<logrtc_producer> = AtomicPtr::new(std::ptr::null_mut());

impl logrtc_producer {
    pub(crate) fn new(
        producer: Producer,
        client_id: String,
        callbacks: Option<CallbackThread>,
        exit_timeout: Option<Duration>,
    ) -> Self {
        Self {
            producer,
            client_id,
            callbacks,
            exit_timeout,
            pid: std::process::id(),
            closed: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            next: AtomicPtr::default(),
        }
    }

    /// Keeps the handle for ever.
    pub(crate) fn keep(self) -> *mut Self {
        let handle = Box::leak(Box::new(self));
        let _ = HANDLES.fetch_update(Ordering::AcqRel, Ordering::Acquire, |newest| {
            handle.next.store(newest, Ordering::Relaxed);
            Some(handle)
        });
        handle
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    pub(crate) fn close(&self, timeout: Duration) -> Result<(), Refusal> {
        let was_closed = self.closed.swap(true, Ordering::AcqRel);
        // A concurrent second close waits in here for the first one.
        let ended = self.producer.close(timeout);
        if let Some(callbacks) = &self.callbacks {
            callbacks.stop();
        }
        self.ended.store(true, Ordering::Release);
        if was_closed { Err(Refusal::closed()) } else { Ok(ended?) }
    }

    /// The time in which exit() closes it; `None` if it is closed already, or is to stay as it is.
    pub(crate) fn time_to_exit(&self) -> Option<Duration> {
        if self.ended.load(Ordering::Acquire) { None } else { self.exit_timeout }
    }

    /// Whether this is the child of a fork in which nothing was logged, so that everything belongs
    /// to the parent.
    pub(crate) fn is_untouched_by_child(&self) -> bool {
        self.pid != std::process::id() && self.producer.position() == 0
    }

    /// Closes it as exit() does, which may have been called by a callback, or while one runs for
    /// ever: so the wait for the callback has a limit.
    pub(crate) fn close_at_exit(&self, timeout: Duration, called_by: libc::pthread_t) {
        let began = Instant::now();
        self.closed.store(true, Ordering::Release);
        // Nobody is left who could be told that an entry was not delivered.
        let _ = self.producer.close(timeout);
        if let Some(callbacks) = &self.callbacks {
            callbacks.stop_within(timeout.saturating_sub(began.elapsed()).max(CALLBACK_TIME), called_by);
        }
    }
}

/// Every handle of this process, the newest first.
pub(crate) fn all() -> impl Iterator<Item = &'static logrtc_producer> {
    // SAFETY: what the list holds is NULL or a handle, and handles are never freed.
    let follow = |link: &AtomicPtr<logrtc_producer>| unsafe { link.load(Ordering::Acquire).as_ref() };
    std::iter::successors(follow(&HANDLES), move |handle| follow(&handle.next))
}

/// Calls `act` with the producer of a handle.
///
/// # Safety
/// `producer` is NULL, or came from `logrtc_connect`.
pub(crate) unsafe fn with(
    producer: *const logrtc_producer,
    act: impl FnOnce(&Producer) -> Result<(), Refusal>,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { with_handle(producer, |handle| act(&handle.producer)) }
}

/// Calls `act` with the handle.
///
/// # Safety
/// As for [`with`].
pub(crate) unsafe fn with_handle(
    producer: *const logrtc_producer,
    act: impl FnOnce(&logrtc_producer) -> Result<(), Refusal>,
) -> logrtc_status {
    // SAFETY: the caller's promise is passed on.
    unsafe { with_open(producer, |_| (), act) }
}

/// Calls `act` with the handle, for what logs: an entry that comes after the close is counted.
///
/// # Safety
/// As for [`with`].
pub(crate) unsafe fn with_entry(
    producer: *const logrtc_producer,
    act: impl FnOnce(&logrtc_producer) -> Result<(), Refusal>,
) -> logrtc_status {
    let count = |producer: &Producer| {
        producer.count_filtered();
    };
    // SAFETY: the caller's promise is passed on.
    unsafe { with_open(producer, count, act) }
}

/// # Safety
/// As for [`with`].
#[inline]
unsafe fn with_open(
    producer: *const logrtc_producer,
    if_closed: impl FnOnce(&Producer),
    act: impl FnOnce(&logrtc_producer) -> Result<(), Refusal>,
) -> logrtc_status {
    guard(|| {
        // SAFETY: the caller's promise is passed on.
        let handle = unsafe { handle(producer) }?;
        if handle.is_closed() {
            if_closed(&handle.producer);
            return Err(Refusal::closed());
        }
        act(handle)
    })
}

/// # Safety
/// As for [`with`].
pub(crate) unsafe fn handle<'a>(producer: *const logrtc_producer) -> Result<&'a logrtc_producer, Refusal> {
    // SAFETY: a handle is never freed, and the caller promises that it is one.
    unsafe { producer.as_ref() }.ok_or_else(|| Refusal::null("producer"))
}
