//! A host with only a loopback interface and no multicast route: an entry arrives all the same.

#![allow(clippy::unwrap_used)]

use logrtc::{Config, Producer};
use logrtc_test_support::{Consumer, DEADLINE, Server, in_namespace};
use rtc::ice::mdns::MulticastDnsMode;
use webrtc::peer_connection::{PeerConnectionBuilder, PeerConnectionEventHandler, SettingEngineBuilder};

#[test]
fn an_entry_arrives_over_loopback_alone() {
    in_namespace("an_entry_arrives_over_loopback_alone", "", inside);
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
