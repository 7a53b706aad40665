//! Signals: they are the program's, and no thread of logrtc's takes one.

use std::mem::MaybeUninit;

/// Those that a thread brings upon itself, or that a profiler sends to each.
const LEFT_ALONE: [libc::c_int; 7] =
    [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL, libc::SIGTRAP, libc::SIGSYS, libc::SIGPROF];

/// Signals are blocked in the calling thread, and in the threads that it starts, until this is
/// dropped.
pub(crate) struct Blocked(libc::sigset_t);

impl Blocked {
    pub(crate) fn new() -> Self {
        let (mut all, mut before) = (MaybeUninit::uninit(), MaybeUninit::uninit());
        // SAFETY: the sets are written before they are read, and the signals exist. pthread_sigmask cannot fail here.
        unsafe {
            libc::sigfillset(all.as_mut_ptr());
            for signal in LEFT_ALONE {
                libc::sigdelset(all.as_mut_ptr(), signal);
            }
            libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
            Self(before.assume_init())
        }
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        // SAFETY: the set is the one that was in force before.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.0, std::ptr::null_mut()) };
    }
}
