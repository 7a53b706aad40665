//! The STUN and TURN servers that clients are told of (docs/protocol.md §4.6).

use std::time::Duration;

use logrtc_viewer::{IceServer, IceServers, Options, Server, TurnServers};
use serde_json::{Value, json};

use crate::support::{Client, options};

async fn server(ice_servers: IceServers) -> Server {
    let mut options: Options = options();
    options.ice_servers = Some(ice_servers);
    Server::start(options).await.unwrap()
}

fn turn(secret: &str, lifetime: Duration) -> IceServers {
    let mut servers = IceServers::default();
    servers.fixed = vec![IceServer::stun("stun:h")];
    servers.turn = Some(TurnServers::new(vec!["turn:h".to_owned()], secret).lifetime(lifetime));
    servers
}

async fn register(server: &Server, role: &str) -> (Client, Value) {
    let mut client = Client::connect(server).await;
    client.say(json!({"type": "register", "role": role, "client_id": "c"})).await;
    let registered = client.hear().await;
    assert_eq!(registered["type"], "registered");
    (client, registered["ice_servers"].clone())
}

/// The last time at which the credentials are valid, in seconds since 1970.
fn end(servers: &Value) -> u64 {
    servers[1]["username"].as_str().unwrap().split(':').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn both_sides_are_told_at_registration_and_before_the_credentials_end() {
    let server = server(turn("s", Duration::from_secs(2))).await;
    for role in ["producer", "consumer"] {
        let (mut client, named) = register(&server, role).await;
        assert_eq!(named[0], json!({"urls": ["stun:h"]}));
        assert_eq!(named[1]["urls"], json!(["turn:h"]));
        assert!(!named[1]["credential"].as_str().unwrap().is_empty());
        let again = client.hear().await;
        assert_eq!(again["type"], "ice_servers");
        assert!(end(&again["ice_servers"]) > end(&named), "{again} after {named}");
        client.close().await;
    }
    server.stop().await;
}

#[tokio::test]
async fn who_is_connected_is_told_at_once_of_another_secret() {
    let server = server(turn("one", Duration::from_secs(86_400))).await;
    let (mut client, named) = register(&server, "producer").await;
    server.set_ice_servers(turn("two", Duration::from_secs(86_400)));
    let again = client.hear().await;
    assert_ne!(again["ice_servers"][1]["credential"], named[1]["credential"]);
    server.stop().await;
}

#[tokio::test]
async fn that_there_are_none_is_told_too_and_nothing_without_options() {
    let quiet = server(IceServers::default()).await;
    assert_eq!(register(&quiet, "producer").await.1, json!([]));
    quiet.stop().await;
    let server = crate::support::server().await;
    assert_eq!(register(&server, "producer").await.1, Value::Null);
    server.set_ice_servers(IceServers::default());
    assert_eq!(register(&server, "consumer").await.1, Value::Null);
    server.stop().await;
}
