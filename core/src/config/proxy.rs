//! The HTTP proxy to the signaling server, if the environment names one.

use std::io;

use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use tokio_tungstenite::tungstenite::http::Uri;
use tokio_tungstenite::tungstenite::http::header::HeaderValue;
use tokio_tungstenite::tungstenite::http::uri::Authority;

use super::is_local;

/// A proxy, with the credentials for it.
#[derive(Clone)]
pub(crate) struct Proxy(Intercept);

impl Proxy {
    /// The proxy for `url` by `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, by the rules of curl.
    pub(crate) fn from_environment(url: &url::Url) -> Option<Self> {
        Self::for_server(&Matcher::from_env(), url)
    }

    fn for_server(rules: &Matcher, url: &url::Url) -> Option<Self> {
        if is_local(url) {
            return None;
        }
        let scheme = if url.scheme() == "wss" { "https" } else { "http" };
        let uri: Uri = format!("{scheme}://{}/", target(url)).parse().ok()?;
        rules.intercept(&uri).map(Self)
    }

    /// Its host and port, or why it cannot be used.
    pub(crate) fn address(&self) -> io::Result<(&str, u16)> {
        let uri = self.0.uri();
        if uri.scheme_str() != Some("http") {
            return Err(self.error("is not supported; use an http:// proxy"));
        }
        let host = uri.host().unwrap_or_default();
        Ok((host.trim_start_matches('[').trim_end_matches(']'), uri.port_u16().unwrap_or(80)))
    }

    /// What it wants as `Proxy-Authorization`, if its URL has a user.
    pub(crate) fn authorization(&self) -> Option<&HeaderValue> {
        self.0.basic_auth()
    }

    pub(crate) fn error(&self, problem: impl std::fmt::Display) -> io::Error {
        io::Error::other(format!("{self} {problem}"))
    }
}

impl std::fmt::Display for Proxy {
    /// Without its user and password.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let uri = self.0.uri();
        let authority = uri.authority().map_or("", Authority::as_str);
        write!(formatter, "the proxy {}://{authority}", uri.scheme_str().unwrap_or("http"))
    }
}

/// `host:port`.
pub(crate) fn target(url: &url::Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(80))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(rules: &Matcher, url: &str) -> Option<String> {
        Proxy::for_server(rules, &url.parse().unwrap()).map(|proxy| proxy.to_string())
    }

    #[test]
    fn the_scheme_of_the_server_chooses_the_proxy() {
        let rules =
            Matcher::builder().http("http://u:secret@plain:1").https("secure:2").no("internal.example, 10.0.0.0/8");
        let rules = rules.build();
        assert_eq!(proxy(&rules, "ws://example.org/").as_deref(), Some("the proxy http://plain:1"));
        assert_eq!(proxy(&rules, "wss://example.org/").as_deref(), Some("the proxy http://secure:2"));
        assert_eq!(proxy(&rules, "wss://[2001:db8::1]:8443/").as_deref(), Some("the proxy http://secure:2"));
        for direct in ["wss://internal.example/", "ws://a.internal.example:8080/", "ws://10.1.2.3/"] {
            assert_eq!(proxy(&rules, direct), None, "{direct}");
        }
    }

    #[test]
    fn this_host_is_never_reached_through_a_proxy() {
        let rules = Matcher::builder().all("http://proxy:1").build();
        assert!(proxy(&rules, "ws://example.org/").is_some());
        for local in ["ws://localhost:8080/", "ws://app.localhost./", "ws://127.1.2.3/", "wss://[::1]/"] {
            assert_eq!(proxy(&rules, local), None, "{local}");
        }
    }

    #[test]
    fn a_proxy_of_another_kind_is_named_without_its_secret() {
        for (variable, shown) in [("socks5://u:secret@p:1", "socks5://p:1"), ("https://u:secret@p:2", "https://p:2")] {
            let rules = Matcher::builder().all(variable).build();
            let proxy = Proxy::for_server(&rules, &"ws://example.org/".parse().unwrap()).unwrap();
            let error = proxy.address().unwrap_err().to_string();
            assert_eq!(error, format!("the proxy {shown} is not supported; use an http:// proxy"));
        }
    }
}
