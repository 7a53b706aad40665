//! The end of a server.

use crate::support::{Client, options, server, within};
use logrtc_viewer::{HostedServer, Server};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

#[tokio::test]
async fn stop_closes_every_socket_and_frees_the_port() {
    let server = server().await;
    let address = server.local_addr();
    let mut producer = Client::producer(&server, "api", "s1").await;
    let mut unregistered = Client::connect(&server).await;
    let mut idle = TcpStream::connect(address).await.unwrap();
    let stopped = tokio::spawn(server.stop());
    assert!(producer.next().await.is_none());
    assert!(unregistered.next().await.is_none());
    assert!(matches!(within(idle.read(&mut [0])).await, Ok(0) | Err(_)));
    within(stopped).await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
    let mut options = options();
    options.listen = address;
    Server::start(options).await.unwrap().stop().await;
}

#[tokio::test]
async fn a_client_that_does_not_answer_the_close_does_not_hold_it_up() {
    let server = server().await;
    let _silent = Client::producer(&server, "api", "s1").await;
    within(server.stop()).await;
}

#[tokio::test]
async fn a_dropped_server_stops() {
    let server = server().await;
    let address = server.local_addr();
    let mut producer = Client::producer(&server, "api", "s1").await;
    drop(server);
    assert!(producer.next().await.is_none());
    within(async { while TcpStream::connect(address).await.is_ok() {} }).await;
}

#[tokio::test]
async fn an_address_in_use_is_an_error() {
    let server = server().await;
    let mut options = options();
    options.listen = server.local_addr();
    let error = Server::start(options).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    server.stop().await;
}

#[test]
fn a_hosted_server_needs_no_runtime() {
    let server = HostedServer::start(options()).unwrap();
    assert!(server.signaling_url().starts_with("ws://127.0.0.1:"));
    let address = server.url().trim_start_matches("http://").trim_end_matches('/').to_owned();
    drop(std::net::TcpStream::connect(&address).unwrap());
    server.stop();
    assert!(std::net::TcpStream::connect(&address).is_err());
    let mut options = options();
    options.listen = address.parse().unwrap();
    drop(HostedServer::start(options).unwrap());
}
