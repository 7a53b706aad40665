//! How one consumer gets from its announcement to an open channel, and what ends its connection. No I/O; told the time.

use std::time::{Duration, Instant};

use super::sdp::CheckedAnswer;
use crate::message::RemoteCandidate;
use crate::observe::EndReason;
use crate::webrtc::connection::Path;

/// How long a channel may take to open, from when its offer is there.
const OPEN_TIMEOUT: Duration = Duration::from_secs(15);

/// How long a consumer's program may take to listen on its open channel. What has arrived before is lost if the channel ends
/// meanwhile, although it was acknowledged (Chromium 156; node-datachannel 0.33).
const LISTEN_TIMEOUT: Duration = Duration::from_secs(1);

/// How long a path may be down.
const PATH_LOST_LIMIT: Duration = Duration::from_secs(15);

/// What happens to a connection.
#[derive(Debug)]
pub(crate) enum Input {
    /// Its offer has been sent.
    OfferSent,
    /// An answer of the consumer, checked.
    Answer(CheckedAnswer),
    /// A candidate of the consumer, checked.
    Candidate(RemoteCandidate),
    /// A candidate of this side.
    LocalCandidate(String),
    PathFound,
    Path(Path),
    ChannelOpen,
    ChannelClosed,
    /// The consumer has sent a message: its program listens.
    Message,
    /// The [`deadline`](Negotiation::deadline) has come.
    Deadline,
    /// Somebody ends it.
    End(EndReason),
}

/// What the shell is to do, in order.
#[derive(Debug, PartialEq)]
pub(crate) enum Action {
    /// Give the answer to the stack.
    Accept(CheckedAnswer),
    /// Give a candidate of the consumer to the stack.
    Add(RemoteCandidate),
    /// Send a candidate of this side to the consumer.
    Send(String),
    /// The channel is open: deliver.
    Deliver,
    /// The consumer's program listens, or must be taken to: the channel may end once everything is delivered.
    Listens,
    /// Close the connection.
    End(EndReason),
}

/// How far one connection is.
#[derive(Debug)]
pub(crate) struct Negotiation {
    /// Since when the offer is there.
    since: Instant,
    is_offered: bool,
    answered: bool,
    has_path: bool,
    /// When the channel opened.
    opened: Option<Instant>,
    listens: bool,
    /// Candidates that came before the answer; the registry lets no more than 32 through.
    early: Vec<RemoteCandidate>,
    /// Since when the path has been down.
    down_since: Option<Instant>,
}

impl Negotiation {
    /// One whose offer is there and not sent yet.
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            since: now,
            is_offered: false,
            answered: false,
            has_path: false,
            opened: None,
            listens: false,
            early: Vec::new(),
            down_since: None,
        }
    }

    /// Whether the offer is to be sent, as soon as the signaling connection has room for it.
    pub(crate) fn wants_to_offer(&self) -> bool {
        !self.is_offered
    }

    /// Whether candidates of this side may be sent: not before the offer, which a server would not know how to place.
    pub(crate) fn takes_local_candidates(&self) -> bool {
        self.is_offered
    }

    /// Whether the channel is about to open, which the stack has to be urged to.
    pub(crate) fn is_opening(&self) -> bool {
        self.has_path && self.opened.is_none()
    }

    /// When [`Input::Deadline`] is due.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let opens_until = self.opened.is_none().then(|| self.since + OPEN_TIMEOUT);
        let comes_back_until = self.down_since.map(|since| since + PATH_LOST_LIMIT);
        opens_until.into_iter().chain(comes_back_until).chain(self.listens_until()).min()
    }

    fn listens_until(&self) -> Option<Instant> {
        self.opened.filter(|_| !self.listens).map(|opened| opened + LISTEN_TIMEOUT)
    }

    pub(crate) fn handle(&mut self, now: Instant, input: Input) -> Vec<Action> {
        match input {
            Input::OfferSent => self.is_offered = true,
            // A second answer changes nothing: the first one holds.
            Input::Answer(_) if self.answered => {}
            Input::Answer(answer) => {
                self.answered = true;
                let early = std::mem::take(&mut self.early).into_iter().map(Action::Add);
                return std::iter::once(Action::Accept(answer)).chain(early).collect();
            }
            Input::Candidate(candidate) if self.answered => return vec![Action::Add(candidate)],
            Input::Candidate(candidate) => self.early.push(candidate),
            Input::LocalCandidate(candidate) => return vec![Action::Send(candidate)],
            Input::PathFound => self.has_path = true,
            Input::Path(Path::Up) => self.down_since = None,
            Input::Path(Path::Down) => self.down_since = self.down_since.or(Some(now)),
            Input::Path(Path::Lost) => return vec![Action::End(EndReason::PathLost)],
            Input::Path(Path::Closed) | Input::ChannelClosed => return vec![Action::End(EndReason::ClosedByConsumer)],
            Input::ChannelOpen => {
                self.opened = Some(now);
                return vec![Action::Deliver];
            }
            Input::Message if self.opened.is_some() && !self.listens => {
                self.listens = true;
                return vec![Action::Listens];
            }
            Input::Message => {}
            Input::Deadline if self.listens_until().is_some_and(|until| now >= until) => {
                self.listens = true;
                return vec![Action::Listens];
            }
            Input::Deadline if self.deadline().is_some_and(|deadline| now >= deadline) => {
                let reason = if self.opened.is_some() { EndReason::PathLost } else { EndReason::OpenTimeout };
                return vec![Action::End(reason)];
            }
            Input::Deadline => {}
            Input::End(reason) => return vec![Action::End(reason)],
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn candidate(text: &str) -> RemoteCandidate {
        RemoteCandidate { candidate: text.to_owned(), ..RemoteCandidate::default() }
    }

    fn answer(sdp: &str) -> CheckedAnswer {
        let (mid, ufrag) = (None, "ufrag".to_owned());
        CheckedAnswer { sdp: sdp.to_owned(), hello: None, proof: None, max_message_bytes: 0, mid, ufrag, candidates: 0 }
    }

    /// One whose offer was sent at `now`.
    fn offered(now: Instant) -> Negotiation {
        let mut negotiation = Negotiation::new(now);
        negotiation.handle(now, Input::OfferSent);
        negotiation
    }

    fn open(now: Instant) -> Negotiation {
        let mut negotiation = offered(now);
        negotiation.handle(now, Input::Answer(answer("v=0")));
        assert_eq!(negotiation.handle(now, Input::ChannelOpen), [Action::Deliver]);
        assert_eq!(negotiation.handle(now, Input::Message), [Action::Listens]);
        negotiation
    }

    #[test]
    fn no_candidate_goes_before_the_offer() {
        let now = Instant::now();
        let mut negotiation = Negotiation::new(now);
        assert!(negotiation.wants_to_offer() && !negotiation.takes_local_candidates());
        negotiation.handle(now, Input::OfferSent);
        assert!(!negotiation.wants_to_offer() && negotiation.takes_local_candidates());
    }

    #[test]
    fn the_time_to_open_begins_with_the_offer() {
        let now = Instant::now();
        let mut negotiation = offered(now + 60 * SECOND);
        assert_eq!(negotiation.deadline(), Some(now + 75 * SECOND));
        assert_eq!(negotiation.handle(now + 74 * SECOND, Input::Deadline), []);
        let too_late = negotiation.handle(now + 75 * SECOND, Input::Deadline);
        assert_eq!(too_late, [Action::End(EndReason::OpenTimeout)]);
        assert_eq!(open(now).deadline(), None, "it is open");
    }

    #[test]
    fn candidates_wait_for_the_answer_and_the_first_answer_holds() {
        let now = Instant::now();
        let mut negotiation = offered(now);
        assert_eq!(negotiation.handle(now, Input::Candidate(candidate("1"))), []);
        let actions = negotiation.handle(now, Input::Answer(answer("v=0")));
        assert_eq!(actions, [Action::Accept(answer("v=0")), Action::Add(candidate("1"))]);
        assert_eq!(negotiation.handle(now, Input::Candidate(candidate("2"))), [Action::Add(candidate("2"))]);
        assert_eq!(negotiation.handle(now, Input::Answer(answer("another"))), []);
    }

    #[test]
    fn a_path_may_be_down_for_a_while() {
        let now = Instant::now();
        let mut negotiation = open(now);
        negotiation.handle(now, Input::Path(Path::Down));
        negotiation.handle(now + 10 * SECOND, Input::Path(Path::Down));
        assert_eq!(negotiation.handle(now + 14 * SECOND, Input::Deadline), []);
        negotiation.handle(now + 14 * SECOND, Input::Path(Path::Up));
        assert_eq!(negotiation.deadline(), None);
        negotiation.handle(now + 60 * SECOND, Input::Path(Path::Down));
        let too_late = negotiation.handle(now + 75 * SECOND, Input::Deadline);
        assert_eq!(too_late, [Action::End(EndReason::PathLost)]);
    }

    #[test]
    fn a_program_listens_when_it_says_something_or_after_a_while() {
        let now = Instant::now();
        assert_eq!(open(now).handle(now, Input::Message), [], "it is known");
        let mut negotiation = offered(now);
        negotiation.handle(now, Input::ChannelOpen);
        assert_eq!(negotiation.deadline(), Some(now + SECOND));
        assert_eq!(negotiation.handle(now + SECOND, Input::Deadline), [Action::Listens]);
        assert_eq!(negotiation.deadline(), None);
    }

    #[test]
    fn whatever_ends_it_says_why() {
        let now = Instant::now();
        for (input, reason) in [
            (Input::Path(Path::Lost), EndReason::PathLost),
            (Input::Path(Path::Closed), EndReason::ClosedByConsumer),
            (Input::ChannelClosed, EndReason::ClosedByConsumer),
            (Input::End(EndReason::Replaced), EndReason::Replaced),
        ] {
            assert_eq!(open(now).handle(now, input), [Action::End(reason)]);
        }
    }

    #[test]
    fn the_stack_is_urged_between_the_path_and_the_channel() {
        let now = Instant::now();
        let mut negotiation = offered(now);
        assert!(!negotiation.is_opening());
        negotiation.handle(now, Input::PathFound);
        assert!(negotiation.is_opening());
        negotiation.handle(now, Input::ChannelOpen);
        assert!(!negotiation.is_opening());
    }
}
