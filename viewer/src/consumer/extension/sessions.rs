//! How far each session has been read, so that the next channel goes on there. No I/O.

use std::collections::VecDeque;

use serde::Serialize;

/// How many sessions are remembered.
const MAX_SESSIONS: usize = 256;

/// Where a session is to go on: behind the number `seq`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Resume {
    pub(crate) session: String,
    pub(crate) seq: u64,
}

/// The next number of each session. The session that was read last is the last one.
#[derive(Debug, Default)]
pub(crate) struct Sessions(VecDeque<(String, u64)>);

impl Sessions {
    /// The first number of `session` that is missing; none if nothing of the session was ever read.
    pub(crate) fn next(&self, session: &str) -> Option<u64> {
        self.0.iter().find(|(known, _)| known == session).map(|(_, next)| *next)
    }

    /// Everything of `session` below `next` has been read.
    pub(crate) fn read(&mut self, session: &str, next: u64) {
        self.0.retain(|(known, _)| known != session);
        self.0.push_back((session.to_owned(), next));
        if self.0.len() > MAX_SESSIONS {
            self.0.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_that_was_not_read_for_longest_is_forgotten() {
        let mut sessions = Sessions::default();
        sessions.read("kept", 1);
        for number in 0..MAX_SESSIONS as u64 - 1 {
            sessions.read(&number.to_string(), number);
        }
        sessions.read("kept", 2);
        sessions.read("new", 0);
        assert_eq!((sessions.next("kept"), sessions.next("new"), sessions.next("0")), (Some(2), Some(0), None));
        assert_eq!(sessions.0.len(), MAX_SESSIONS);
    }
}
