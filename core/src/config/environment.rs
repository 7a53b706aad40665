//! `LOGRTC_*`: what the person who runs the program says wins over the code.

use crate::error::{Error, Result};

/// What the variables hold. An empty variable counts as unset.
#[derive(Default)]
pub(super) struct Variables {
    pub(super) url: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) level: Option<String>,
    pub(super) token: Option<String>,
    pub(super) secret: Option<String>,
    pub(super) disabled: Option<bool>,
}

impl Variables {
    pub(super) fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        Ok(Self {
            url: set("LOGRTC_URL"),
            client_id: set("LOGRTC_CLIENT_ID"),
            level: set("LOGRTC_LEVEL"),
            token: set("LOGRTC_TOKEN"),
            secret: set("LOGRTC_SECRET"),
            disabled: set("LOGRTC_DISABLED").map(|text| parse_bool("LOGRTC_DISABLED", &text)).transpose()?,
        })
    }

    /// `error` about an option, under the name of the variable that set it.
    pub(super) fn rename(&self, error: Error) -> Error {
        let variable = match error.argument() {
            Some("url") if self.url.is_some() => "LOGRTC_URL",
            Some("client_id") if self.client_id.is_some() => "LOGRTC_CLIENT_ID",
            Some("filter") if self.level.is_some() => "LOGRTC_LEVEL",
            Some("token") if self.token.is_some() => "LOGRTC_TOKEN",
            Some("secret") if self.secret.is_some() => "LOGRTC_SECRET",
            _ => return error,
        };
        error.about(variable)
    }
}

/// `url` without its user and password; `None` if it has neither.
pub(super) fn without_user(url: &str) -> Option<String> {
    let mut url = url::Url::parse(url).ok().filter(url::Url::has_authority)?;
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    url.set_username("").and_then(|()| url.set_password(None)).ok()?;
    Some(url.into())
}

fn parse_bool(name: &str, text: &str) -> Result<bool> {
    parse_switch(text).ok_or_else(|| Error::invalid(name, format_args!("{text:?} is neither 1 nor 0")))
}

/// `1`, `true`, `yes`, `on` and their opposites.
pub(crate) fn parse_switch(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Some(true),
        "0" | "false" | "no" | "off" => Some(false),
        _ => None,
    }
}
