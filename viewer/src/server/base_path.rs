//! The path below which a reverse proxy publishes the server. No I/O.

use std::fmt;
use std::str::FromStr;

/// A path as `/logs`, with or without a slash at its end. The default is the root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BasePath(String);

/// The text is no path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidBasePath(String);

impl fmt::Display for InvalidBasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a path that begins with a slash, as in /logs", self.0)
    }
}

impl std::error::Error for InvalidBasePath {}

impl FromStr for BasePath {
    type Err = InvalidBasePath;

    fn from_str(text: &str) -> Result<Self, InvalidBasePath> {
        let path = text.trim_end_matches('/');
        let is_path = text.starts_with('/')
            && !path.contains("//")
            && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte))
            && !path.split('/').any(|part| part == "." || part == "..");
        if is_path { Ok(Self(path.to_owned())) } else { Err(InvalidBasePath(text.to_owned())) }
    }
}

impl fmt::Display for BasePath {
    /// With a slash at its end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", self.0)
    }
}

/// Where a request leads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// To this path of the server.
    Below(&'a str),
    /// To the base without its slash, where the page would look for its files in the wrong folder.
    SlashIsMissing,
    Outside,
}

impl BasePath {
    pub(crate) fn place<'a>(&self, path: &'a str) -> Place<'a> {
        match path.strip_prefix(self.0.as_str()) {
            Some("") => Place::SlashIsMissing,
            Some(rest) if rest.starts_with('/') => Place::Below(rest),
            _ => Place::Outside,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_write_it_are_one_path() {
        for text in ["/logs", "/logs/", "/logs//"] {
            let base: BasePath = text.parse().unwrap();
            assert_eq!(base.to_string(), "/logs/");
            assert_eq!(base.place("/logs/"), Place::Below("/"));
            assert_eq!(base.place("/logs/signaling"), Place::Below("/signaling"));
            assert_eq!(base.place("/logs"), Place::SlashIsMissing);
            assert_eq!(base.place("/logsx/"), Place::Outside);
            assert_eq!(base.place("/"), Place::Outside);
        }
        let root: BasePath = "/".parse().unwrap();
        assert_eq!((root.to_string().as_str(), &root), ("/", &BasePath::default()));
        assert_eq!(root.place("/app.js"), Place::Below("/app.js"));
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["", "logs", "/a//b", "/a b", "/a?b", "/../x", "/%2e"] {
            assert!(text.parse::<BasePath>().is_err(), "{text}");
        }
    }
}
