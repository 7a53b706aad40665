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

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    use super::super::channel_message::ChannelMessage;
    use super::*;

    const OFFER: &str = "v=0\r\na=x-logrtc:1 5e\r\nm=application 9\r\n";

    struct Consumer {
        sessions: SharedSessions,
        selection: watch::Sender<(u64, Selection)>,
    }

    impl Consumer {
        fn new() -> Self {
            Self { sessions: SharedSessions::default(), selection: watch::channel((0, Selection::default())).0 }
        }

        /// A peer whose answer has been sent, and what it has asked for.
        fn ask(&self, announced: Option<&str>, start: Option<Start>) -> (Asking, Value) {
            let (announced, sessions) = (announced.map(str::to_owned), Arc::clone(&self.sessions));
            let mut asking = Asking::new(OFFER, announced, sessions, self.selection.subscribe(), start);
            let answer = asking.ask("v=0\r\nm=application 9\r\n".to_owned());
            let hello = answer.lines().find_map(|line| line.strip_prefix("a=x-logrtc-hello:")).unwrap();
            let hello: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(hello).unwrap()).unwrap();
            (asking, hello)
        }

        /// The channel of `asking` has brought everything below `next`.
        fn read(asking: &Asking, session: &str, next: u64) {
            let mut receiver = asking.receiver("api".into());
            let welcome = json!({"type": "welcome", "session": session, "oldest": 0, "from": next, "next": next});
            let data = welcome.to_string().into_bytes();
            receiver.message(std::time::Instant::now(), ChannelMessage { is_text: true, data }, &mut Vec::new());
            receiver.handed_out();
            asking.remember(&receiver);
        }
    }

    #[test]
    fn the_next_channel_of_a_session_goes_on() {
        let consumer = Consumer::new();
        for announced in [None, Some("5e")] {
            let (asking, hello) = consumer.ask(announced, Some(Start::Newest));
            assert_eq!(
                hello["start"],
                if announced.is_none() { json!("newest") } else { json!({"resume": {"session": "5e", "seq": 6}}) }
            );
            Consumer::read(&asking, "5e", 7);
        }
        Consumer::read(&consumer.ask(None, None).0, "6f", 70);
        assert_eq!(consumer.ask(None, None).1["start"]["resume"]["seq"], 6, "another session has another account");
    }

    #[test]
    fn of_a_session_without_entries_so_far_every_entry_is_asked_for() {
        let consumer = Consumer::new();
        Consumer::read(&consumer.ask(None, Some(Start::Newest)).0, "5e", 0);
        assert_eq!(consumer.ask(None, Some(Start::Newest)).1["start"], "oldest");
    }

    #[test]
    fn a_session_that_the_server_does_not_confirm_is_not_gone_on_with() {
        let consumer = Consumer::new();
        Consumer::read(&consumer.ask(Some("6f"), None).0, "5e", 7);
        Consumer::read(&consumer.ask(None, None).0, "5e", 3);
        let (asking, hello) = consumer.ask(Some("6f"), None);
        assert_eq!((asking.session(), hello.get("start")), (None, None));
        assert_eq!(consumer.ask(None, None).1["start"]["resume"]["seq"], 2);
    }

    #[test]
    fn the_latest_selection_is_asked_for_and_an_offer_of_the_base_protocol_is_answered_as_ever() {
        let consumer = Consumer::new();
        consumer.selection.send_replace((1, Selection::new(Some("WARN"), None).unwrap()));
        let (mut asking, hello) = consumer.ask(None, None);
        assert_eq!(hello["level"], "WARN");
        drop(consumer);
        assert_eq!(futures_util::FutureExt::now_or_never(asking.changed()), Some(None), "nothing is new");
        let (_sender, selection) = watch::channel((0, Selection::default()));
        let mut plain = Asking::new("v=0\r\n", None, SharedSessions::default(), selection, None);
        assert_eq!((plain.is_possible(), plain.ask("v=0\r\n".into())), (false, "v=0\r\n".into()));
    }
}
