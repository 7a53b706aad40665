//! A host with only a loopback interface and no multicast route: an entry arrives all the same.
//!
//! The test runs itself again in a network namespace of its own, which has nothing else.

#![allow(clippy::unwrap_used)]

use std::process::Command;

use logrtc::{Config, Producer};
use logrtc_test_support::{Consumer, DEADLINE, Server};
use rtc::ice::mdns::MulticastDnsMode;
use webrtc::peer_connection::{PeerConnectionBuilder, PeerConnectionEventHandler, SettingEngineBuilder};

const INSIDE: &str = "LOGRTC_TEST_INSIDE_NAMESPACE";

#[test]
fn an_entry_arrives_over_loopback_alone() {
    if std::env::var_os(INSIDE).is_some() {
        return inside();
    }
    let this_test = std::env::current_exe().unwrap();
    let script = "ip link set lo up && exec \"$0\" --exact an_entry_arrives_over_loopback_alone --nocapture";
    let outcome = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "sh", "-c", script])
        .arg(this_test)
        .env(INSIDE, "1")
        .output()
        .expect("unshare and ip are on the machine (util-linux, iproute2)");
    let said = String::from_utf8_lossy(&outcome.stdout) + String::from_utf8_lossy(&outcome.stderr);
    assert!(outcome.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::main]
async fn inside() {
    // The fault that `consumer::connection` works around: with mDNS the stack does not build here. When this fails,
    // the workaround can go.
    let settings = SettingEngineBuilder::new().with_multicast_dns_mode(MulticastDnsMode::QueryOnly).build();
    let built = PeerConnectionBuilder::new()
        .with_setting_engine(settings)
        .with_handler(std::sync::Arc::new(Silent))
        .with_udp_addrs(vec!["127.0.0.1:0"])
        .build()
        .await;
    assert!(built.is_err(), "the stack builds without a multicast route now");

    let server = Server::start().await;
    let config = Config::builder("app").url(server.url()).ice_servers([]).environment(false).build().unwrap();
    let producer = Producer::connect(config).unwrap();
    producer.info("app", "over loopback");
    server.registered().await;
    let consumer = Consumer::join(&server, "b").await;
    assert_eq!(consumer.entries(1).await[0]["message"], "over loopback");
    producer.close(DEADLINE).unwrap();
}

struct Silent;

impl PeerConnectionEventHandler for Silent {}
