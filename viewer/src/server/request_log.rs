//! What an access log has of a request.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use axum::http::{Request, header};

/// A request and its response.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RequestRecord {
    /// When it came.
    pub time: SystemTime,
    /// Who sent it, as a trusted proxy says or else the TCP connection.
    pub client: IpAddr,
    /// `GET`, as a rule.
    pub method: String,
    /// Without the query, which may have what a person searched for.
    pub path: String,
    /// Of the response: 101 for a WebSocket.
    pub status: u16,
    /// From the head of the request to the head of the response.
    pub duration: Duration,
    /// As the client says.
    pub user_agent: Option<String>,
}

pub(crate) fn begin<B>(request: &Request<B>, client: IpAddr) -> RequestRecord {
    let user_agent = request.headers().get(header::USER_AGENT);
    RequestRecord {
        time: SystemTime::now(),
        client,
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        status: 0,
        duration: Duration::ZERO,
        user_agent: user_agent.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
    }
}
