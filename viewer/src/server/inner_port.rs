//! Another port of the server, for producers that its own process runs: on loopback, without TLS, with a token that nobody else
//! has. They depend neither on the certificate nor on the tokens of the port that others use.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::net::TcpListener;

use super::accept::{self, Acceptor};
use super::base_path::BasePath;
use super::gate::Gate;
use super::places::Places;
use super::{Door, Server};
use crate::tokens::{self, Role, Tokens};

/// Where such a producer registers.
#[derive(Debug, Clone)]
pub(crate) struct InnerPort {
    pub(crate) url: String,
    pub(crate) token: String,
}

impl Server {
    /// Listens on another port until the server stops.
    ///
    /// # Errors
    /// There is no port, or the system has no random numbers.
    pub(crate) async fn open_inner_port(&mut self) -> io::Result<InnerPort> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("ws://{}/signaling", listener.local_addr()?);
        let token = tokens::make()?;
        let mut accepted = Tokens::new();
        accepted.add(&token, &[Role::Producer]).expect("hexadecimal digits are a token");
        let acceptor = Acceptor {
            places: Places::new(self.acceptor.limits.max_http_connections, usize::MAX),
            limits: self.acceptor.limits.clone(),
            tls: None,
            base_path: BasePath::default(),
            on_request: None,
            door: Door {
                gate: Arc::new(Gate::new(Some(accepted))),
                trusted_proxies: [].into(),
                producer_routes: None,
                ..self.acceptor.door.clone()
            },
        };
        self.accepting.push(tokio::spawn(accept::run(listener, acceptor)));
        Ok(InnerPort { url, token })
    }
}
