use super::*;

fn builder() -> ConfigBuilder {
    ConfigBuilder::new(Some("app".to_owned())).environment(false)
}

#[test]
fn the_defaults_are_the_decided_ones() {
    let config = builder().build().unwrap();
    assert_eq!(config.url(), DEFAULT_URL);
    assert_eq!(config.metadata.system_name, "app");
    assert_eq!(config.limits, Limits { entries: 65_536, bytes: 16 << 20 });
    assert_eq!((config.overflow, config.replay), (Overflow::DropOldest, Replay::All));
    assert_eq!(config.reconnect.interval, Duration::from_millis(5000));
    assert_eq!(config.reconnect.max_attempts, None);
    assert_eq!(config.max_consumers, 64);
    assert_eq!(config.close_timeout, Duration::from_secs(2));
}

#[test]
fn every_wrong_option_is_named() {
    let day = Duration::from_secs(86_401);
    for (builder, message) in [
        (ConfigBuilder::new(Some(String::new())).environment(false), "client_id: must not be empty"),
        (ConfigBuilder::new(Some("a\n".into())).environment(false), "client_id: must not hold control characters"),
        (builder().url("http://x"), "url: the scheme must be ws or wss, not \"http\""),
        (builder().url("nonsense"), "url: \"nonsense\" is not an address"),
        (
            builder().url("wss://h/signaling?a=b#token=s3cret"),
            "url: must not contain a token; set the option token, or LOGRTC_TOKEN",
        ),
        (builder().url("ws://h/signaling#secret=s3cret"), "url: must not contain a secret; set the option secret"),
        (builder().url("u:s3cret@h/"), "url: the scheme must be ws or wss, not \"u\""),
        (builder().url("//u:s3cret@h/"), "url: the text is not an address"),
        (builder().version(""), "version: must not be empty"),
        (builder().token("two words"), "token: must have"),
        (builder().url("ws://u:p@h/").token("t"), "token: the url has a user, too; set one of the two"),
        (builder().url("ws://u%3A:p@h/"), "url: the user must not contain a colon"),
        (builder().secret("short"), "secret: must be random: 32 to 256 hexadecimal digits"),
        (builder().filter("loud"), "filter: \"loud\" is not a level"),
        (builder().max_entries(0), "max_entries: 0 is not from 1"),
        (builder().max_bytes(1), "max_bytes: 1 is not from"),
        (builder().max_entry_bytes(1 << 20), "max_entry_bytes: 1048576 is not from"),
        (builder().max_consumers(0), "max_consumers: 0 is not from 1 to 1000"),
        (builder().reconnect_jitter(f64::NAN), "reconnect_jitter: NaN is not from 0 to 1"),
        (builder().reconnect_interval(Duration::ZERO), "reconnect_interval: 0ns is not from"),
        (builder().max_reconnect_attempts(Some(0)), "max_reconnect_attempts: 0 is not from 1; for no end"),
        (builder().close_timeout(day), "close_timeout: 86401s is not from"),
        (builder().ice_servers([IceServer::turn("turn:x", "", "")]), "ice_servers: \"turn:x\" needs a username"),
        (builder().interfaces(["eth0", ""]), "interfaces: must not be empty"),
        (builder().udp_ports(0..=5), "udp_ports: 0-5 is not a range of ports from 1"),
        (builder().udp_ports(RangeInclusive::new(6, 5)), "udp_ports: 6-5 is not a range of ports"),
        (builder().announced_address("logs.example.com"), "announced_address: \"logs.example.com\" is not an IP"),
        (builder().announced_address("::"), "announced_address: \"::\" is not an IP address"),
        (builder().relay_only(true).ice_servers([]), "relay_only: needs a TURN server, and ice_servers is empty"),
        (builder().ca_file("/nowhere.pem"), "ca_file: /nowhere.pem"),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::InvalidArgument);
        assert!(error.to_string().starts_with(message), "{error}");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
}

#[test]
fn every_wrong_ice_url_is_named() {
    for (url, problem) in [
        ("http://x", "must begin with stun: or turn:"),
        ("turn:h?transport=TCP", "needs TCP, which is not supported; use ?transport=udp or none"),
        ("turn:h?transport=sctp", "has an unknown transport; use ?transport=udp or none"),
        ("turn:h?ttl=1", "has an unknown query; use ?transport=udp or none"),
        ("stun:h?transport=udp", "has a query, which only turn: has; leave it out"),
        ("stun://h", "must not have // behind its scheme, as in stun:host"),
        ("stun:h:99999", "has a port that is not from 1 to 65535"),
        ("stun:h:", "has a port that is not from 1 to 65535"),
        ("stun:", "names no host, as in stun:host"),
        ("turn::3478", "names no host, as in stun:host"),
        ("stun:[::1", "does not close the bracket of its address, as in stun:[2001:db8::1]:3478"),
        ("stun:[::1]x", "has something behind its address that is not a port"),
        ("stun:2001:db8::1", "must have its IPv6 address in brackets, as in stun:[2001:db8::1]:3478"),
        ("turns:h", "needs TLS, which is not supported; use stun: or turn:, over UDP"),
        ("stuns:h:5349", "needs TLS, which is not supported; use stun: or turn:, over UDP"),
        ("stun:h h", "has no valid host: \"h h\""),
        ("stun:h/x", "has no valid host: \"h/x\""),
    ] {
        let error = builder().ice_servers([IceServer::turn(url, "u", "c")]).build().unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::InvalidArgument);
        assert_eq!(error.to_string(), format!("ice_servers: {url:?} {problem}"));
    }
    let error = builder().ice_servers([IceServer::turn("turn:u:secret@h", "u", "c")]).build().unwrap_err();
    let said = "ice_servers: \"turn:\u{2026}@h\" must not hold a user; set username and credential";
    assert_eq!(error.to_string(), said);
}

#[test]
fn secrets_are_not_shown() {
    let secret = "a-secret-of-28-characters-00";
    for builder in
        [builder().url("wss://u:secret@host/x?k=secret"), builder().token("secret"), builder().secret(secret)]
    {
        let config = builder.build().unwrap();
        assert!(!format!("{config:?}").contains("secret"), "{config:?}");
        assert!(!config.url().contains("u:secret"), "{}", config.url());
    }
    let short = builder().secret("secret").build().unwrap_err().to_string();
    assert!(!short.replace("secret: ", "").contains("secret"), "{short}");
    let server = IceServer::turn("turn:secret:secret@x", "secret", "secret");
    assert!(!format!("{server:?}").contains("secret"));
}

#[test]
fn what_a_library_or_the_system_reports_is_the_source() {
    use std::error::Error as _;
    let error = builder().ca_file("/nowhere.pem").build().unwrap_err();
    let source = error.source().and_then(|source| source.downcast_ref::<std::io::Error>()).unwrap();
    assert_eq!(source.kind(), std::io::ErrorKind::NotFound);
    let error = builder().url("nonsense").build().unwrap_err();
    assert!(error.source().unwrap().is::<url::ParseError>());
    let error = builder().ice_servers([IceServer::stun("stun:h h")]).build().unwrap_err();
    assert!(error.source().unwrap().is::<url::ParseError>());
    assert!(builder().version("").build().unwrap_err().source().is_none());
}
