//! The thread that carries packets in one direction.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::direction::Direction;
use crate::tun::{MAX_PACKET_BYTES, Tun};

/// How many packets are on the way at most; one more is lost.
const MAX_ON_THE_WAY: usize = 65_536;

/// It lives as long as the process.
pub(crate) fn start(name: &str, from: Tun, to: Tun, direction: Arc<Mutex<Direction>>) -> io::Result<()> {
    let carry = move || {
        if let Err(error) = carry(&from, &to, &direction) {
            eprintln!("test-wan: {error}");
            std::process::exit(1);
        }
    };
    Builder::new().name(name.into()).spawn(carry)?;
    Ok(())
}

fn carry(from: &Tun, to: &Tun, direction: &Mutex<Direction>) -> io::Result<()> {
    let lock = || direction.lock().unwrap_or_else(PoisonError::into_inner);
    let mut on_the_way: VecDeque<(Instant, Vec<u8>)> = VecDeque::new();
    let mut buffer = vec![0; MAX_PACKET_BYTES];
    loop {
        let due = on_the_way.front().map(|(due, _)| *due);
        wait(from, due.map(|due| due.saturating_duration_since(Instant::now())))?;
        while let Some(length) = from.receive(&mut buffer)? {
            let due = lock().accept(Instant::now(), length, fastrand::f64());
            if let Some(due) = due
                && on_the_way.len() < MAX_ON_THE_WAY
            {
                on_the_way.push_back((due, buffer[..length].to_vec()));
            }
            // What is due meanwhile must not wait for a flood to end.
            if on_the_way.front().is_some_and(|(due, _)| *due <= Instant::now()) {
                break;
            }
        }
        while on_the_way.front().is_some_and(|(due, _)| *due <= Instant::now()) {
            let Some((due, packet)) = on_the_way.pop_front() else { break };
            to.send(&packet)?;
            lock().hand_over(Instant::now(), due);
        }
    }
}

/// Waits for a packet, at most for `limit`.
fn wait(tun: &Tun, limit: Option<Duration>) -> io::Result<()> {
    let limit = limit.map(|limit| Timespec {
        tv_sec: i64::try_from(limit.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: limit.subsec_nanos().into(),
    });
    match poll(&mut [PollFd::new(tun, PollFlags::IN)], limit.as_ref()) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
