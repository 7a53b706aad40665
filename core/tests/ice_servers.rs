//! STUN and TURN servers: each is used as soon as it is known, by IPv6 as well, and one that cannot be used holds up none.

#![allow(clippy::unwrap_used)]

use std::net::UdpSocket;
use std::sync::{Arc, Mutex};

use logrtc::{Config, IceServer, Producer};
use logrtc_test_support::{Consumer, DEADLINE, Server, eventually, in_namespace};

/// One address of each family beside loopback, and a name that has an IPv6 address only.
const NETWORK: &str = "ip addr add 2001:db8::1/128 dev lo; ip addr add 192.0.2.1/32 dev lo; hosts=$(mktemp); \
                       printf '2001:db8::1 six.test\\n192.0.2.1 four.test\\n' >\"$hosts\"; \
                       mount --bind \"$hosts\" /etc/hosts; ";

/// What the system asks, and how long it waits for it.
const RESOLV_CONF: &str = "conf=$(mktemp); printf 'nameserver 127.0.0.1\\noptions timeout:5 attempts:1\\n' >\"$conf\"; \
                           mount --bind \"$conf\" /etc/resolv.conf; ";

/// The types of STUN messages (RFC 8489 §5, RFC 8656 §3.1).
const BINDING_REQUEST: [u8; 2] = [0, 1];
const ALLOCATE_REQUEST: [u8; 2] = [0, 3];

/// A socket that reads what is sent to a STUN or TURN server.
fn ice_server(address: &str) -> UdpSocket {
    let socket = UdpSocket::bind(address).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    socket
}

fn message_type(socket: &UdpSocket) -> [u8; 2] {
    let mut message = [0; 1500];
    assert!(socket.recv(&mut message).unwrap() >= 20);
    [message[0], message[1]]
}

#[test]
fn each_server_is_reached_by_its_own_family() {
    in_namespace("each_server_is_reached_by_its_own_family", NETWORK, by_family);
}

#[tokio::main]
async fn by_family() {
    let turn = ice_server("[2001:db8::1]:3478");
    let stun_six = ice_server("[2001:db8::1]:3479");
    let stun_four = ice_server("192.0.2.1:3480");
    let server = Server::start().await;
    let said = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&said);
    let config = Config::builder("app")
        .url(server.url())
        .environment(false)
        .ice_servers([
            IceServer::stun("stun:nowhere.test"),
            IceServer::turn("turn:[2001:db8::1]:3478", "user", "password"),
            IceServer::stun("stun:six.test:3479"),
            IceServer::stun("stun:four.test:3480"),
        ])
        .on_diagnostic(move |diagnostic| keep.lock().unwrap().push(diagnostic.to_string()))
        .build()
        .unwrap();
    let producer = Producer::connect(config).unwrap();
    server.registered().await;
    producer.info("app", "hello");
    let consumer = Consumer::join(&server, "b").await;
    assert_eq!(consumer.entries(1).await[0]["message"], "hello", "one that cannot be used spoils no connection");
    // A TURN server is asked as a STUN server, too.
    let both = [message_type(&turn), message_type(&turn)];
    assert!(both.contains(&ALLOCATE_REQUEST) && both.contains(&BINDING_REQUEST), "{both:?}");
    assert_eq!(message_type(&stun_six), BINDING_REQUEST);
    assert_eq!(message_type(&stun_four), BINDING_REQUEST);
    eventually("it is said", || !said.lock().unwrap().is_empty()).await;
    producer.close(DEADLINE).unwrap();
    let said = said.lock().unwrap();
    assert!(said[0].starts_with("app: the ICE server stun:nowhere.test:3478 is not used: "), "{said:?}");
    assert_eq!(said.len(), 1, "{said:?}");
}

#[test]
fn a_server_is_usable_while_the_name_of_another_is_looked_up() {
    let test = "a_server_is_usable_while_the_name_of_another_is_looked_up";
    in_namespace(test, &format!("{NETWORK}{RESOLV_CONF}"), beside_a_silent_name);
}

#[tokio::main]
async fn beside_a_silent_name() {
    // Bound and never read.
    let name_server = ice_server("127.0.0.1:53");
    let by_name = ice_server("192.0.2.1:3478");
    let by_address = ice_server("192.0.2.1:3479");
    let server = Server::start().await;
    let servers = ["stun:silent.test", "stun:silent2.test", "stun:four.test", "stun:192.0.2.1:3479"];
    let config = Config::builder("app").url(server.url()).environment(false).ice_servers(servers.map(IceServer::stun));
    let producer = Producer::connect(config.build().unwrap()).unwrap();
    server.registered().await;
    // This first connection has to do it: there is no other.
    let _consumer = Consumer::join(&server, "b").await;
    assert_eq!(message_type(&by_name), BINDING_REQUEST);
    assert_eq!(message_type(&by_address), BINDING_REQUEST);
    name_server.recv(&mut [0; 512]).unwrap();
    let _ = producer.close(DEADLINE);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_turn_server_relay_only_is_said_once() {
    let server = Server::start().await;
    server.greet_with([serde_json::json!({"type": "registered", "ice_servers": [{"urls": "stun:192.0.2.1"}]})]);
    let said = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&said);
    let config = Config::builder("app").url(server.url()).environment(false).relay_only(true);
    let config = config.on_diagnostic(move |diagnostic| keep.lock().unwrap().push(diagnostic.to_string()));
    let producer = Producer::connect(config.build().unwrap()).unwrap();
    eventually("it is said", || said.lock().unwrap().iter().any(|text| text.starts_with("app: relay_only: "))).await;
    let other = serde_json::json!({"type": "ice_servers", "ice_servers": [{"urls": "stun:192.0.2.2"}]});
    server.say(&other);
    server.say(&serde_json::json!({"type": "consumer_connected", "consumer_id": "b"}));
    eventually("nobody connects", || producer.stats().consumers_failed > 0).await;
    let of_relay = said.lock().unwrap().iter().filter(|text| text.contains("relay_only")).count();
    assert_eq!(of_relay, 1, "{said:?}");
    let _ = producer.close(std::time::Duration::ZERO);
}
