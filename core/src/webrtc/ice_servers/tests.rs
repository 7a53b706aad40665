use super::*;

fn config(servers: Option<&[&str]>) -> Arc<Config> {
    let builder = Config::builder("app").environment(false);
    let builder = match servers {
        Some(servers) => builder.ice_servers(servers.iter().map(|url| IceServer::turn(*url, "u", "c"))),
        None => builder,
    };
    Arc::new(builder.build().unwrap())
}

fn urls(server: &str, addresses: &[&str], local: &[&str]) -> Result<Vec<String>, Unusable> {
    let parse = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<SocketAddr>>();
    let server = IceServer::turn(server, "u", "c").checked().unwrap();
    usable(&server, &parse(addresses), &parse(local)).map(|server| server.urls)
}

#[test]
fn a_server_has_one_address_of_each_family_that_this_host_has() {
    let addresses = ["[2001:db8::1]:5", "192.0.2.1:5", "192.0.2.2:5", "[2001:db8::2]:5"];
    let both = ["10.0.0.1:0", "[fd00::1]:0"];
    assert_eq!(urls("stun:h:5", &addresses, &both).unwrap(), ["stun:192.0.2.1:5", "stun:[2001:db8::1]:5"]);
    assert_eq!(urls("turn:h:5", &addresses, &both[..1]).unwrap(), ["turn:192.0.2.1:5", "stun:192.0.2.1:5"]);
    assert_eq!(urls("stun:h:5", &addresses[..1], &both).unwrap(), ["stun:[2001:db8::1]:5"]);
    assert_eq!(
        urls("stun:h:5", &addresses[..1], &both[..1]).unwrap_err().to_string(),
        "no local address is of the kind of 2001:db8::1"
    );
    assert!(urls("stun:h", &["127.0.0.1:5"], &both).is_err(), "no socket sends there");
    assert_eq!(urls("stun:h", &[], &both).unwrap_err().to_string(), "its name has no address");
}

/// The look-up never runs.
async fn known(servers: &IceServers) -> Vec<(String, String)> {
    let first = |server: RTCIceServer| (server.urls[0].clone(), server.username);
    servers.known().await.into_iter().map(first).collect()
}

#[tokio::test]
async fn a_literal_address_is_known_before_any_look_up() {
    let servers = IceServers::new(config(Some(&["turn:192.0.2.1:5", "stun:never.looked.up"])));
    assert_eq!(known(&servers).await, [("turn:192.0.2.1:5".to_owned(), "u".to_owned())]);
}

#[tokio::test]
async fn those_of_the_signaling_server_stand_beside_those_of_the_options() {
    let named = |username: &str| {
        Some(vec![IceServer::turn("turn:192.0.2.2", username, "c"), IceServer::turn("turns:192.0.2.3", "u", "c")])
    };
    let of_server = |username: &str| ("turn:192.0.2.2:3478".to_owned(), username.to_owned());
    let servers = IceServers::new(config(Some(&["stun:192.0.2.1"])));
    servers.hand_out(named("1"));
    assert_eq!(known(&servers).await, [("stun:192.0.2.1:3478".to_owned(), "u".to_owned()), of_server("1")]);

    let servers = IceServers::new(config(None));
    assert_eq!(servers.state.borrow().entries.len(), 0, "the default is not asked before it is wanted");
    servers.hand_out(named("1"));
    servers.hand_out(named("2"));
    assert_eq!(known(&servers).await, [of_server("2")], "in place of the default, and of those before");
    servers.hand_out(Some(Vec::new()));
    assert_eq!(known(&servers).await, []);
    servers.decide();
    assert_eq!(known(&servers).await, [], "the server has been heard");
    servers.begin();
    servers.decide();
    assert_eq!(servers.state.borrow().entries[0].server.url.to_string(), DEFAULT_ICE_SERVER);

    let servers = IceServers::new(config(Some(&[])));
    servers.hand_out(named("1"));
    assert_eq!(known(&servers).await, [], "none is a wish, too");
}
