//! The URL of the signaling server. No error shows what may be secret in it.

use url::Url;

use super::DEFAULT_URL;
use crate::error::{Error, Result};

/// `token` or `secret`, if the fragment of `url` has it, as the link of a log page does. In the query, a server of another kind may
/// want them.
fn credential_in_fragment(url: &Url) -> Option<&'static str> {
    let has = |name: &str| {
        let mut parts = url.fragment().unwrap_or_default().split('&');
        parts.any(|part| part.split_once('=').is_some_and(|(key, _)| key == name))
    };
    ["token", "secret"].into_iter().find(|credential| has(credential))
}

pub(super) fn parse_url(text: &str) -> Result<Url> {
    let wrong = |problem: String| Error::invalid("url", format_args!("{problem}, as in {DEFAULT_URL}"));
    // Before these, there may be a password; behind them, a token.
    let shown = if text.contains(['@', '?', '#']) { "the text".to_owned() } else { format!("{text:?}") };
    let url = Url::parse(text)
        .map_err(|error| wrong(format!("{shown} is not an address ({error}); use ws:// or wss://")).caused_by(error))?;
    if !matches!(url.scheme(), "ws" | "wss") {
        return Err(wrong(format!("the scheme must be ws or wss, not {:?}", url.scheme())));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(wrong(format!("{shown} names no host")));
    }
    if let Some(name) = credential_in_fragment(&url) {
        let variable = name.to_uppercase();
        let text = format_args!("must not contain a {name}; set the option {name}, or LOGRTC_{variable}");
        return Err(Error::invalid("url", text));
    }
    Ok(url)
}
