//! Lets clients in by their tokens, and shuts those out whose token is withdrawn.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::sync::watch;

use super::attempts::Attempts;
use super::client_address::Network;
use crate::tokens::{Rights, Role, TokenDigest, Tokens};

/// Why a client is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    Missing,
    Wrong,
    OtherRole(Role),
    TooMany,
    Withdrawn,
}

impl Refusal {
    /// In words; it begins with the key of the message.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Missing => "token: this server wants a token",
            Self::Wrong => "token: the server does not accept it",
            Self::OtherRole(Role::Producer) => "token: it is for readers; a producer needs a token of its own",
            Self::OtherRole(Role::Reader) => "token: it is for producers; a reader needs a token of its own",
            Self::TooMany => "token: the server does not accept it, and this address sends too many wrong ones",
            Self::Withdrawn => "token: the server no longer accepts it",
        }
    }
}

/// The server's door: its tokens, if it wants any.
#[derive(Debug)]
pub(crate) struct Gate {
    /// None lets everybody in.
    tokens: watch::Sender<Option<Arc<Tokens>>>,
    attempts: Mutex<Attempts>,
}

impl Gate {
    pub(crate) fn new(tokens: Option<Tokens>) -> Self {
        Self { tokens: watch::Sender::new(tokens.map(Arc::new)), attempts: Mutex::default() }
    }

    /// Replaces the tokens. A client whose token is gone gets an error, and its connection is closed.
    pub(crate) fn replace(&self, tokens: Tokens) {
        self.tokens.send_replace(Some(Arc::new(tokens)));
    }

    pub(crate) fn wants_token(&self) -> bool {
        self.tokens.borrow().is_some()
    }

    /// Checks what a client sends with its request. A page cannot send a header with its WebSocket: it is let in to say its
    /// token in its first message.
    pub(crate) fn at_handshake(
        self: &Arc<Self>,
        bearer: Option<&str>,
        network: Network,
        is_page: bool,
    ) -> Result<Ticket, Refusal> {
        let digest = match bearer {
            Some(token) => self.check(token, network)?,
            None if is_page || !self.wants_token() => None,
            None => return Err(Refusal::Missing),
        };
        Ok(Ticket { gate: Arc::clone(self), tokens: self.tokens.subscribe(), network, digest })
    }

    /// The digest of a token that is accepted for anything; none if no token is wanted.
    pub(crate) fn check(&self, token: &str, network: Network) -> Result<Option<TokenDigest>, Refusal> {
        let Some(tokens) = self.tokens.borrow().clone() else { return Ok(None) };
        let digest = TokenDigest::of(token);
        if !tokens.rights(&digest).is_none() {
            return Ok(Some(digest));
        }
        let mut attempts = self.attempts.lock().expect("nothing panics while it counts");
        Err(if attempts.is_one_too_many(network, Instant::now()) { Refusal::TooMany } else { Refusal::Wrong })
    }
}

/// What a connection has shown to be let in.
#[derive(Debug)]
pub(crate) struct Ticket {
    gate: Arc<Gate>,
    tokens: watch::Receiver<Option<Arc<Tokens>>>,
    network: Network,
    digest: Option<TokenDigest>,
}

impl Ticket {
    /// Lets the connection in as `role`, by the token of its request, or else by the one of its first message.
    pub(crate) fn admit(&mut self, role: Role, token: Option<&str>) -> Result<(), Refusal> {
        if let (None, Some(token)) = (&self.digest, token) {
            self.digest = self.gate.check(token, self.network)?;
        }
        let (rights, is_shown) = (self.rights(), self.digest.is_some());
        match rights {
            rights if rights.include(role) => Ok(()),
            _ if !is_shown => Err(Refusal::Missing),
            rights if rights.is_none() => Err(Refusal::Withdrawn),
            _ => Err(Refusal::OtherRole(role)),
        }
    }

    /// Whether the connection needs to show no token, or has shown one.
    pub(crate) fn is_let_in(&self) -> bool {
        !self.rights().is_none()
    }

    /// Waits until the connection may no longer be what it was let in as.
    pub(crate) async fn withdrawn(&mut self, role: Role) {
        loop {
            if self.tokens.changed().await.is_err() {
                // The server is gone; `stopped` reports that.
                std::future::pending::<()>().await;
            }
            if !self.rights().include(role) {
                return;
            }
        }
    }

    fn rights(&self) -> Rights {
        match (&*self.tokens.borrow(), &self.digest) {
            (None, _) => Rights::ALL,
            (Some(_), None) => Rights::default(),
            (Some(tokens), Some(digest)) => tokens.rights(digest),
        }
    }
}
