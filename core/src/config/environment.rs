//! `LOGRTC_*`: what the person who runs the program says wins over the code.

use super::builder::{ConfigBuilder, FilterOption};
use crate::error::{Error, Result};

/// Overlays what `variable` holds. An empty variable counts as unset.
pub(super) fn apply(builder: &mut ConfigBuilder, variable: impl Fn(&str) -> Option<String>) -> Result<()> {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    let (url, token) = (set("LOGRTC_URL"), set("LOGRTC_TOKEN"));
    // Credentials from here replace those of the code, of whichever kind.
    match (&url, &token) {
        (Some(url), None) if without_user(url).is_some() => builder.token = None,
        (None, Some(_)) => builder.url = without_user(&builder.url).unwrap_or_else(|| builder.url.clone()),
        _ => {}
    }
    if let Some(url) = url {
        builder.url = url;
    }
    if let Some(client_id) = set("LOGRTC_CLIENT_ID") {
        builder.client_id = Some(client_id);
    }
    if let Some(directives) = set("LOGRTC_LEVEL") {
        builder.filter = FilterOption::Directives(directives);
    }
    if let Some(token) = token {
        builder.token = Some(token);
    }
    if let Some(disabled) = set("LOGRTC_DISABLED") {
        builder.disabled = parse_bool("LOGRTC_DISABLED", &disabled)?;
    }
    Ok(())
}

/// `url` without its user and password; `None` if it has neither.
fn without_user(url: &str) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;
    use crate::Level;
    use crate::signaling::credentials::Credentials;

    fn with(variables: &'static [(&str, &str)]) -> Result<Config> {
        over(Config::builder("code").url("ws://code/"), variables)
    }

    fn over(builder: ConfigBuilder, variables: &'static [(&str, &str)]) -> Result<Config> {
        let mut builder = builder.environment(false);
        apply(&mut builder, |name| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))?;
        builder.build()
    }

    #[test]
    fn the_environment_wins() {
        let config = with(&[
            ("LOGRTC_URL", "wss://env/"),
            ("LOGRTC_CLIENT_ID", "env"),
            ("LOGRTC_LEVEL", "warn,app=debug"),
            ("LOGRTC_TOKEN", "t"),
            ("LOGRTC_DISABLED", "1"),
        ])
        .unwrap();
        assert_eq!((config.url(), config.client_id()), ("wss://env/", "env"));
        assert!(config.filter.enabled(Level::Debug, "app") && !config.filter.enabled(Level::Info, "x"));
        assert!(matches!(&config.credentials, Credentials::Token(token) if token == "t"));
        assert!(config.is_disabled());
    }

    #[test]
    fn the_credentials_of_the_environment_replace_those_of_the_code() {
        let with_token = Config::builder("code").url("ws://code/").token("code");
        let config = over(with_token.clone(), &[("LOGRTC_URL", "ws://u:p@env/")]).unwrap();
        assert!(matches!(&config.credentials, Credentials::User(encoded) if encoded == "dTpw"));
        let config = over(with_token, &[("LOGRTC_URL", "ws://env/")]).unwrap();
        assert!(matches!(&config.credentials, Credentials::Token(token) if token == "code"));
        let config = over(Config::builder("code").url("ws://u:p@code/x?y"), &[("LOGRTC_TOKEN", "env")]).unwrap();
        assert!(matches!(&config.credentials, Credentials::Token(token) if token == "env"));
        assert_eq!(config.url(), "ws://code/x?y");
        let error = with(&[("LOGRTC_URL", "ws://u@env/"), ("LOGRTC_TOKEN", "t")]).map(|_| ()).unwrap_err();
        assert_eq!(error.to_string(), "token: the url has a user, too; set one of the two");
    }

    #[test]
    fn an_empty_variable_is_no_variable() {
        assert_eq!(with(&[("LOGRTC_CLIENT_ID", ""), ("LOGRTC_DISABLED", "off")]).unwrap().client_id(), "code");
    }

    #[test]
    fn a_wrong_variable_is_named() {
        let error = with(&[("LOGRTC_DISABLED", "maybe")]).unwrap_err();
        assert_eq!(error.to_string(), "LOGRTC_DISABLED: \"maybe\" is neither 1 nor 0");
    }
}
