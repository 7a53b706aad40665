//! Another port of the server, for producers that its own process runs: on loopback, without TLS, with a token that nobody else
//! has. They depend neither on the certificate nor on the tokens of the port that others use.

use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use logrtc::{Config, ConfigBuilder};
use tokio::net::TcpListener;

use super::accept::{self, Acceptor};
use super::base_path::BasePath;
use super::gate::Gate;
use super::places::Places;
use super::tokens::{self, Role, Tokens};
use super::{Door, Server};

/// Where such a producer registers.
#[derive(Clone)]
pub(crate) struct InnerPort {
    url: String,
    token: String,
    /// That readers of this server have, if they have one.
    secret: Option<String>,
}

impl fmt::Debug for InnerPort {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.url)
    }
}

impl InnerPort {
    /// The options of a producer that registers there. What `LOGRTC_*` says is for programs of their own, but for the secret,
    /// without which the readers that have it would not see this one.
    pub(crate) fn config(&self, client_id: &str) -> ConfigBuilder {
        let config = Config::builder(client_id).url(&self.url).token(&self.token).environment(false);
        match &self.secret {
            Some(secret) => config.secret(secret),
            None => config,
        }
    }
}

impl Server {
    /// Listens on another port until the server stops, for producers with this secret.
    ///
    /// # Errors
    /// There is no port, or the system has no random numbers.
    pub(crate) async fn open_inner_port(&mut self, secret: Option<String>) -> io::Result<InnerPort> {
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
        Ok(InnerPort { url, token, secret })
    }
}
