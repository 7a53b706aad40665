//! A second port, for producers of the process that the server runs in.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::accept::{self, Acceptor};
use super::base_path::BasePath;
use super::gate::Gate;
use super::tokens::{self, Role, Tokens};
use super::{Door, Places};

/// How a producer of this process registers.
#[derive(Clone)]
pub(crate) struct OwnEntry {
    pub(crate) signaling_url: String,
    pub(crate) token: String,
}

/// Listens on loopback without TLS, and lets in who has the token, as a producer. The server's own port may have a
/// certificate for another name, and tokens that are replaced.
pub(crate) async fn open(acceptor: &Acceptor) -> io::Result<(OwnEntry, JoinHandle<()>)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let signaling_url = format!("ws://{}/signaling", listener.local_addr()?);
    let token = tokens::make()?;
    let mut accepted = Tokens::new();
    accepted.add(&token, &[Role::Producer]).expect("hexadecimal digits are a token");
    let limits = &acceptor.limits;
    let acceptor = Acceptor {
        places: Places::new(limits.max_http_connections, limits.max_http_connections_per_address),
        tls: None,
        base_path: BasePath::default(),
        on_request: None,
        door: Door { gate: Arc::new(Gate::new(Some(accepted))), ..acceptor.door.clone() },
        limits: limits.clone(),
    };
    Ok((OwnEntry { signaling_url, token }, tokio::spawn(accept::run(listener, acceptor))))
}
