//! Which local addresses a consumer is offered.

#![allow(clippy::unwrap_used)]

use std::sync::{Arc, Mutex};

use logrtc::{Config, ConfigBuilder, Producer};
use logrtc_test_support::{Server, eventually, in_namespace};
use serde_json::json;

/// A link with link-local addresses only.
const LINK: &str = "ip link add v0 type veth peer name v1; ip addr add 169.254.1.1/16 dev v0; \
                    ip addr add fe80::1/64 dev v0 nodad; ip link set v0 addrgenmode none; ip link set v0 up; \
                    ip link set v1 up";

fn builder(server: &Server) -> ConfigBuilder {
    Config::builder("app").url(server.url()).ice_servers([]).environment(false)
}

/// The addresses of the host candidates of an offer.
async fn offered(server: &Server, config: ConfigBuilder) -> Vec<String> {
    let producer = Producer::connect(config.build().unwrap()).unwrap();
    server.registered().await;
    server.say(&json!({"type": "consumer_connected", "consumer_id": "b"}));
    let offer = server.hear("an offer", |message| message["type"] == "webrtc_offer").await;
    let candidates = offer["sdp"].as_str().unwrap().lines().filter(|line| line.starts_with("a=candidate:"));
    let mut addresses: Vec<_> = candidates.map(|line| line.split(' ').nth(4).unwrap().to_owned()).collect();
    // One for each component.
    addresses.sort();
    addresses.dedup();
    let _ = producer.close(std::time::Duration::ZERO);
    eventually("it is closed", || producer.stats().open_sockets == 0).await;
    addresses
}

#[test]
fn link_local_addresses_are_offered_by_a_host_that_has_nothing_else() {
    let test = "link_local_addresses_are_offered_by_a_host_that_has_nothing_else";
    in_namespace(test, LINK, link_local_alone);
}

#[tokio::main]
async fn link_local_alone() {
    let server = Server::start().await;
    assert_eq!(offered(&server, builder(&server)).await, ["127.0.0.1", "169.254.1.1"]);
}

#[test]
fn interfaces_that_are_named_are_the_only_ones() {
    in_namespace(
        "interfaces_that_are_named_are_the_only_ones",
        &format!("{LINK}; ip addr add 192.0.2.1/24 dev v1"),
        named,
    );
}

#[tokio::main]
async fn named() {
    let server = Server::start().await;
    assert_eq!(offered(&server, builder(&server)).await, ["127.0.0.1", "192.0.2.1"]);
    assert_eq!(offered(&server, builder(&server).interfaces(["v1"])).await, ["192.0.2.1"]);
    assert_eq!(
        offered(&server, builder(&server).interfaces(["169.254.1.1", "lo"])).await,
        ["127.0.0.1", "169.254.1.1", "::1"]
    );

    let said = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&said);
    let config = builder(&server)
        .interfaces(["v1", "wlan7"])
        .on_diagnostic(move |diagnostic| keep.lock().unwrap().push(diagnostic.to_string()));
    assert_eq!(offered(&server, config).await, ["192.0.2.1"]);
    assert_eq!(
        *said.lock().unwrap(),
        ["app: interfaces: \"wlan7\" is not used: this host has no such interface or address to offer"]
    );
}
