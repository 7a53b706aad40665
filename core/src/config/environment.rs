//! `LOGRTC_*`: what the person who runs the program says wins over the code.

use super::builder::{ConfigBuilder, FilterOption};
use crate::error::{Error, Result};

/// Overlays what `variable` holds. An empty variable counts as unset.
pub(super) fn apply(builder: &mut ConfigBuilder, variable: impl Fn(&str) -> Option<String>) -> Result<()> {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    if let Some(url) = set("LOGRTC_URL") {
        builder.url = url;
    }
    if let Some(client_id) = set("LOGRTC_CLIENT_ID") {
        builder.client_id = Some(client_id);
    }
    if let Some(directives) = set("LOGRTC_LEVEL") {
        builder.filter = FilterOption::Directives(directives);
    }
    if let Some(token) = set("LOGRTC_TOKEN") {
        builder.token = Some(token);
    }
    if let Some(disabled) = set("LOGRTC_DISABLED") {
        builder.disabled = parse_bool("LOGRTC_DISABLED", &disabled)?;
    }
    Ok(())
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

    fn with(variables: &'static [(&str, &str)]) -> Result<Config> {
        let mut builder = Config::builder("code").url("ws://code/").environment(false);
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
        assert_eq!(config.token.as_deref(), Some("t"));
        assert!(config.is_disabled());
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
