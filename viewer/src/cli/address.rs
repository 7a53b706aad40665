//! The URL of the signaling server, and what else is in a link, from what a person writes.

use std::fmt;

use thiserror::Error;
use url::{ParseError, Url};

use super::environment::variable;

/// A server, the token for it, and the secret of its programs.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) url: Url,
    pub(super) token: Option<String>,
    pub(super) secret: Option<String>,
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&shown(&self.url))
    }
}

impl Address {
    /// The server of this machine.
    pub(super) fn local() -> Self {
        parse("ws://localhost:8080/signaling").expect("it is a URL")
    }
}

/// Why a text is no address of a server.
#[derive(Debug, Error)]
pub(super) enum AddressError {
    #[error("{0}, as in localhost:8080")]
    Url(#[from] ParseError),
    #[error("{0:?} is not a scheme of a server; use ws, wss, http or https")]
    Scheme(String),
    /// The query of a page goes to the server, and into the logs on the way. That of a signaling URL is what its server wants.
    #[error("a {0} belongs behind #, as in http://localhost:8080/#{0}=…, and not behind ?")]
    Misplaced(&'static str),
    /// The address of a page that has no signaling URL.
    #[error("{0}")]
    Page(ParseError),
}

/// What is wrong with `LOGRTC_URL`.
#[derive(Debug, Error)]
#[error("LOGRTC_URL: {0}")]
pub(super) struct UrlVariableError(AddressError);

/// The address that is given, or else that of `LOGRTC_URL`. What stands on the command line wins, as in every program.
///
/// # Errors
/// What is wrong with the environment.
pub(super) fn of_environment_or(given: Option<Address>) -> Result<Option<Address>, UrlVariableError> {
    match (given, variable("LOGRTC_URL")) {
        (None, Some(text)) => parse(&text).map(Some).map_err(UrlVariableError),
        (given, _) => Ok(given),
    }
}

/// Reads `ws://host:8080/signaling`, which is taken as it is, or the address of a log page, as `http://host:8080/` or
/// `host:8080`. The link that `logrtc serve` prints ends in `#token=…`, and one with a secret in `#token=…&secret=…`.
///
/// # Errors
/// What is wrong with it.
pub(super) fn parse(text: &str) -> Result<Address, AddressError> {
    let mut url = parse_url(text)?;
    let parts = || url.fragment().unwrap_or_default().split('&');
    let values = |key| parts().filter_map(move |part| part.strip_prefix(key));
    let token = values("token=").find(|token| !token.is_empty()).map(str::to_owned);
    // An empty one is not the same as none: the link was cut there, and its reader wants what is proved.
    let secret = values("secret=").max_by_key(|secret| !secret.is_empty()).map(str::to_owned);
    url.set_fragment(None);
    Ok(Address { url, token, secret })
}

fn parse_url(text: &str) -> Result<Url, AddressError> {
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let mut url: Url = with_scheme.parse()?;
    let scheme = match url.scheme() {
        "ws" | "wss" => return Ok(url),
        "http" => "ws",
        "https" => "wss",
        other => return Err(AddressError::Scheme(other.to_owned())),
    };
    let is_credential = |name: &&str| url.query_pairs().any(|(key, _)| key == *name);
    if let Some(name) = ["token", "secret"].into_iter().find(is_credential) {
        return Err(AddressError::Misplaced(name));
    }
    // The signaling URL itself, with the scheme of a page.
    if url.path().ends_with("/signaling") {
        let page = url.path().trim_end_matches("signaling").to_owned();
        url.set_path(&page);
    }
    // What the page does: `signaling`, relative to where it is. A last part without a dot is a folder.
    let last = url.path().rsplit('/').next().unwrap_or_default();
    if !last.is_empty() && !last.contains('.') {
        let folder = format!("{}/", url.path());
        url.set_path(&folder);
    }
    let fragment = url.fragment().map(str::to_owned);
    url = url.join("signaling").map_err(AddressError::Page)?;
    url.set_query(None);
    url.set_fragment(fragment.as_deref());
    url.set_scheme(scheme).expect("http, https, ws and wss may replace each other");
    Ok(url)
}

/// The URL without what may be secret in it: the user, the password, the query.
pub(super) fn shown(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{host}{port}{}", url.scheme(), url.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_and_a_host_become_the_signaling_url() {
        for (text, url) in [
            ("ws://localhost:8080/signaling", "ws://localhost:8080/signaling"),
            ("wss://logs.example/any?token=1", "wss://logs.example/any?token=1"),
            ("http://host:8080/", "ws://host:8080/signaling"),
            ("http://host:8080", "ws://host:8080/signaling"),
            ("https://logs.example/app/#tail", "wss://logs.example/app/signaling"),
            ("http://host:8080/signaling", "ws://host:8080/signaling"),
            ("https://logs.example/app/signaling#token=t", "wss://logs.example/app/signaling"),
            ("https://logs.example/app", "wss://logs.example/app/signaling"),
            ("https://logs.example/app/index.html", "wss://logs.example/app/signaling"),
            ("host:8080", "ws://host:8080/signaling"),
            ("host", "ws://host/signaling"),
            ("127.0.0.1:9", "ws://127.0.0.1:9/signaling"),
            ("[::1]:9", "ws://[::1]:9/signaling"),
        ] {
            assert_eq!(parse(text).unwrap().url.as_str(), url, "{text}");
        }
    }

    #[test]
    fn the_printed_link_has_the_token_and_the_secret() {
        for (text, url, token, secret) in [
            ("http://host:8080/#token=t0k", "ws://host:8080/signaling", Some("t0k"), None),
            ("host:8080/#token=t0k", "ws://host:8080/signaling", Some("t0k"), None),
            ("wss://host/signaling#token=t0k", "wss://host/signaling", Some("t0k"), None),
            ("http://host:8080/#token=", "ws://host:8080/signaling", None, None),
            ("http://host:8080/#entry=a/1", "ws://host:8080/signaling", None, None),
            ("http://host:8080/#token=t0k&secret=s3c", "ws://host:8080/signaling", Some("t0k"), Some("s3c")),
            ("host:8080/#secret=s3c&token=t0k", "ws://host:8080/signaling", Some("t0k"), Some("s3c")),
            ("host:8080/#secret=s3c", "ws://host:8080/signaling", None, Some("s3c")),
            ("host:8080/#secret=", "ws://host:8080/signaling", None, Some("")),
            ("host:8080/#token=t0k&secret=", "ws://host:8080/signaling", Some("t0k"), Some("")),
        ] {
            let (token, secret) = (token.map(str::to_owned), secret.map(str::to_owned));
            assert_eq!(parse(text).unwrap(), Address { url: url.parse().unwrap(), token, secret }, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(parse("ftp://host/").unwrap_err().to_string().contains("\"ftp\""));
        for (text, name) in [
            ("http://h/?token=s3cret", "token"),
            ("h:8080/?token=s3cret#token=t", "token"),
            ("https://h/signaling?key=1&secret=s3cret", "secret"),
        ] {
            let problem = parse(text).unwrap_err().to_string();
            assert!(
                problem.starts_with(&format!("a {name} belongs behind #")) && !problem.contains("s3cret"),
                "{problem}"
            );
        }
        for text in ["", "host:port", "ws://", "http://a b/"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        assert_eq!(shown(&parse("ws://u:p@host:1/s?key=t").unwrap().url), "ws://host:1/s");
        assert_eq!(format!("{:?}", parse("ws://host:1/s#token=t&secret=s").unwrap()), "ws://host:1/s");
    }
}
