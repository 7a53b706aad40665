//! Who the producer is to the signaling server: a token, or the user of the URL.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use tokio_tungstenite::tungstenite::http::header::{HeaderValue, InvalidHeaderValue};

use crate::error::{Error, Result};

/// At most one kind.
#[derive(Clone)]
pub(crate) enum Credentials {
    None,
    Token(String),
    /// What stands behind `Basic` (RFC 7617 §2).
    User(String),
}

impl Credentials {
    /// Those of a configuration; takes the user and the password out of `url`.
    pub(crate) fn take(token: Option<String>, url: &mut url::Url) -> Result<Self> {
        let user: Vec<u8> = percent_decode_str(url.username()).collect();
        let password: Option<Vec<u8>> = url.password().map(|password| percent_decode_str(password).collect());
        let has_user = !user.is_empty() || password.is_some();
        if let Some(token) = token {
            if has_user {
                return Err(Error::invalid("token", "the url has a user, too; set one of the two"));
            }
            return Ok(Self::Token(token));
        }
        if !has_user {
            return Ok(Self::None);
        }
        if user.contains(&b':') {
            return Err(Error::invalid("url", "the user must not contain a colon"));
        }
        let password = password.unwrap_or_default();
        if user.iter().chain(&password).any(u8::is_ascii_control) {
            return Err(Error::invalid("url", "the user and the password must not contain control characters"));
        }
        // A `ws` or `wss` URL with a host can have a user.
        let _ = (url.set_username(""), url.set_password(None));
        Ok(Self::User(BASE64_STANDARD.encode([user, b":".to_vec(), password].concat())))
    }

    /// The value of the `Authorization` header.
    pub(crate) fn header(&self) -> std::result::Result<Option<HeaderValue>, InvalidHeaderValue> {
        let text = match self {
            Self::None => return Ok(None),
            Self::Token(token) => format!("Bearer {token}"),
            Self::User(encoded) => format!("Basic {encoded}"),
        };
        let mut value = HeaderValue::from_str(&text)?;
        value.set_sensitive(true);
        Ok(Some(value))
    }

    /// What they are called in a message, if there are any.
    pub(crate) fn name(&self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Token(_) => Some("the token"),
            Self::User(_) => Some("the user and the password of the URL"),
        }
    }
}
