//! What the variables of the environment do to the options of the code.

use super::*;
use crate::Level;

fn with(variables: &'static [(&str, &str)]) -> Result<Config> {
    over(Config::builder("code").url("ws://code/"), variables)
}

fn over(builder: ConfigBuilder, variables: &'static [(&str, &str)]) -> Result<Config> {
    builder.build_with(|name| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
}

#[test]
fn the_environment_wins() {
    let config = with(&[
        ("LOGRTC_URL", "wss://env/"),
        ("LOGRTC_CLIENT_ID", "env"),
        ("LOGRTC_LEVEL", "warn,app=debug"),
        ("LOGRTC_TOKEN", "t"),
        ("LOGRTC_SECRET", "0123456789abcdef0123456789abcdef"),
        ("LOGRTC_DISABLED", "1"),
    ])
    .unwrap();
    assert_eq!((config.url(), config.client_id()), ("wss://env/", "env"));
    assert!(config.filter.enabled(Level::Debug, "app") && !config.filter.enabled(Level::Info, "x"));
    assert!(matches!(&config.credentials, Credentials::Token(token) if token == "t"));
    assert!(config.secret.is_some());
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
    assert_eq!(error.to_string(), "LOGRTC_TOKEN: the url has a user, too; set one of the two");
}

#[test]
fn the_environment_names_the_paths() {
    let code = || Config::builder("code").ice_servers([]).interfaces(["code"]).udp_ports(1..=2);
    let paths = over(
        code(),
        &[
            ("LOGRTC_ICE_SERVERS", "stun:a, turn:u:p@b"),
            ("LOGRTC_INTERFACES", "eth0, 192.0.2.1"),
            ("LOGRTC_UDP_PORTS", "50000-50001"),
            ("LOGRTC_ANNOUNCED_ADDRESS", "192.0.2.7"),
            ("LOGRTC_RELAY_ONLY", "1"),
        ],
    )
    .unwrap()
    .paths;
    let servers: Vec<_> = paths.ice_servers.unwrap().iter().map(|server| server.url.to_string()).collect();
    assert_eq!(servers, ["stun:a:3478", "turn:b:3478"]);
    assert_eq!((paths.interfaces.len(), paths.udp_ports, paths.relay_only), (2, Some(50000..=50001), true));
    assert_eq!(paths.announced_address, "192.0.2.7".parse().ok());
    let paths = over(code(), &[]).unwrap().paths;
    assert_eq!((paths.ice_servers.map(|servers| servers.len()), paths.udp_ports), (Some(0), Some(1..=2)));
    let paths = over(Config::builder("code"), &[("LOGRTC_ICE_SERVERS", "none")]).unwrap().paths;
    assert!(paths.ice_servers.is_some_and(|servers| servers.is_empty()));
}

#[test]
fn an_empty_variable_is_no_variable() {
    assert_eq!(with(&[("LOGRTC_CLIENT_ID", ""), ("LOGRTC_DISABLED", "off")]).unwrap().client_id(), "code");
}

#[test]
fn a_wrong_variable_is_named() {
    let error = with(&[("LOGRTC_DISABLED", "maybe")]).unwrap_err();
    assert_eq!(error.to_string(), "LOGRTC_DISABLED: \"maybe\" is neither 1 nor 0");
    for (variable, value, message) in [
        ("LOGRTC_URL", "http://x", "LOGRTC_URL: the scheme must be ws or wss"),
        ("LOGRTC_LEVEL", "loud", "LOGRTC_LEVEL: \"loud\" is not a level"),
        ("LOGRTC_LEVEL", "app=inof", "LOGRTC_LEVEL: \"inof\" is not a level"),
        ("LOGRTC_CLIENT_ID", "a\n", "LOGRTC_CLIENT_ID: must not hold control characters"),
        ("LOGRTC_TOKEN", "two words", "LOGRTC_TOKEN: must have"),
        ("LOGRTC_SECRET", "short", "LOGRTC_SECRET: must be random"),
        ("LOGRTC_ICE_SERVERS", "turn:h", "LOGRTC_ICE_SERVERS: \"turn:h\" needs a user and a password"),
        ("LOGRTC_ICE_SERVERS", "turns:u:p@h", "LOGRTC_ICE_SERVERS: \"turns:h\" needs TLS, which is not supported"),
        ("LOGRTC_UDP_PORTS", "many", "LOGRTC_UDP_PORTS: \"many\" is not a range of ports, as in"),
        ("LOGRTC_UDP_PORTS", "5-4", "LOGRTC_UDP_PORTS: 5-4 is not a range"),
        ("LOGRTC_ANNOUNCED_ADDRESS", "here", "LOGRTC_ANNOUNCED_ADDRESS: \"here\" is not an IP address"),
        ("LOGRTC_RELAY_ONLY", "maybe", "LOGRTC_RELAY_ONLY: \"maybe\" is neither 1 nor 0"),
    ] {
        let lookup = |name: &str| (name == variable).then(|| value.to_owned());
        let error = Config::builder("code").build_with(lookup).unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
    }
    let error = Config::builder("").build_with(|_| None).unwrap_err();
    assert_eq!(error.argument(), Some("client_id"));
}
