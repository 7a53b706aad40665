//! The logrtc signaling server, and the log page that it serves.
//!
//! One port does both: `/` is the page, `/signaling` the WebSocket at which producers (programs that log) and
//! consumers (pages that show logs) find each other. The log entries do not pass through here: they flow from the
//! producer to the browser, over a WebRTC data channel that this server merely introduces.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use logrtc_viewer::{Options, Server};
//!
//! let server = Server::start(Options::new("127.0.0.1:0".parse()?)).await?;
//! println!("logs at {}, producers connect to {}", server.url(), server.signaling_url());
//! server.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! The messages are written down in `docs/protocol.md`, for people who write producers and consumers of their own.

#![forbid(unsafe_code)]
#![warn(missing_docs)]
// What decides for several servers is part of the hub; without the shell nothing calls it.
#![cfg_attr(not(feature = "backplane"), allow(dead_code, unused_imports))]

#[cfg(feature = "backplane")]
mod backplane;
#[cfg(feature = "cli")]
mod bridge;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "consumer")]
pub mod consumer;
mod handler;
mod hosted;
mod hub;
mod ice_servers;
mod limits;
mod mesh;
mod message;
mod metrics;
mod origin;
mod page;
mod queue;
mod rate;
mod registry;
mod server;
#[cfg(feature = "backplane")]
mod setting_file;
mod stopping;
mod tokens;

#[cfg(feature = "backplane")]
pub use backplane::{Backplane, InvalidBackplane};
pub use handler::Handler;
pub use hosted::HostedServer;
pub use ice_servers::{IceServer, IceServers, TurnServers};
pub use limits::Limits;
pub use origin::{InvalidOrigin, Origin};
pub use server::{
    BasePath, InvalidBasePath, InvalidCertificate, InvalidTrustedProxy, LinkSecret, Options, RequestRecord, Server,
    Tls, TrustedProxy,
};
pub use tokens::{InvalidToken, Role, Tokens};
