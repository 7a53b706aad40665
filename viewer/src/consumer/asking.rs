//! What one peer asks of its producer, and what is remembered of it for the next peer of the same session.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::extension::{Resume, Selection, Sessions, Start, hello};
use super::receiver::Receiver;

/// The sessions that the peers of a consumer read, one peer a session at a time.
pub(crate) type SharedSessions = Arc<Mutex<Sessions>>;

/// What a peer asks for.
pub(crate) struct Asking {
    /// The session of the producer, if its offer says that it speaks the extension.
    offered: Option<Arc<str>>,
    /// The session that the server announced. It has seen the secret behind it, which an offer does not show.
    announced: Option<Arc<str>>,
    sessions: SharedSessions,
    selection: watch::Receiver<(u64, Selection)>,
    start: Option<Start>,
    /// The first number that is missing, if the session was read before.
    next: Option<u64>,
}

impl Asking {
    pub(crate) fn new(
        offer: &str,
        announced: Option<String>,
        sessions: SharedSessions,
        selection: watch::Receiver<(u64, Selection)>,
        start: Option<Start>,
    ) -> Self {
        let offered = hello::session(offer).map(Arc::from);
        Self { offered, announced: announced.map(Arc::from), sessions, selection, start, next: None }
    }

    /// Whether the producer can be asked for anything.
    pub(crate) fn is_possible(&self) -> bool {
        self.offered.is_some()
    }

    /// The session that is offered, unless the server has announced another one.
    pub(crate) fn session(&self) -> Option<&Arc<str>> {
        self.offered.as_ref().filter(|offered| self.announced.as_ref().is_none_or(|announced| announced == *offered))
    }

    /// Adds to the text of the answer what is asked for. The peer before has ended.
    pub(crate) fn ask(&mut self, answer: String) -> String {
        if !self.is_possible() {
            return answer;
        }
        self.next = self.session().and_then(|session| self.lock().next(session));
        let resume = self.session().zip(self.next.and_then(|next| next.checked_sub(1)));
        let resume = resume.map(|(session, seq)| Resume { session: session.to_string(), seq });
        // Of a session of which nothing has been there so far, everything is new.
        let start = if self.next == Some(0) { Some(Start::Oldest) } else { self.start };
        let (_, selection) = &*self.selection.borrow_and_update();
        hello::insert(&answer, selection, start, resume.as_ref())
    }

    /// The receiver of the channel that is open now.
    pub(crate) fn receiver(&self, producer: Arc<str>) -> Receiver {
        let session = self.announced.as_ref().or(self.offered.as_ref()).cloned();
        Receiver::new(producer, session, self.is_possible(), self.next)
    }

    /// The channel has ended: the next one goes on where it is.
    pub(crate) fn remember(&self, receiver: &Receiver) {
        if let Some((session, next)) = receiver.position()
            && self.session().is_some_and(|own| **own == *session)
        {
            self.lock().read(session, next);
        }
    }

    /// Waits until another selection is wanted. None if there will not be another one.
    pub(crate) async fn changed(&mut self) -> Option<(u64, Selection)> {
        self.selection.changed().await.ok()?;
        Some(self.selection.borrow_and_update().clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
