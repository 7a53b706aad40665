//! The tunnel through an HTTP proxy: CONNECT (RFC 9110 §9.3.6).

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::http::StatusCode;

use crate::config::proxy::{Proxy, target};

/// The longest head of a proxy's response, in bytes.
const MAX_HEAD_BYTES: usize = 16 * 1024;
const MAX_HEADERS: usize = 64;

/// Has the proxy connect `stream` to the host and the port of `url`.
pub(super) async fn tunnel(proxy: &Proxy, mut stream: TcpStream, url: &url::Url) -> io::Result<TcpStream> {
    let target = target(url);
    let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n").into_bytes();
    if let Some(credentials) = proxy.authorization() {
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(credentials.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    stream.write_all(&request).await.map_err(|error| proxy.error(error))?;
    let status = read_status(proxy, &mut stream).await?;
    if status.is_success() {
        return Ok(stream);
    }
    let hint = match (status, proxy.authorization()) {
        (StatusCode::PROXY_AUTHENTICATION_REQUIRED, Some(_)) => ": it does not accept the user and the password",
        (StatusCode::PROXY_AUTHENTICATION_REQUIRED, None) => ": it wants a user and a password, in its URL",
        _ => "",
    };
    Err(proxy.error(format_args!("responds {status}{hint}")))
}

async fn read_status(proxy: &Proxy, stream: &mut TcpStream) -> io::Result<StatusCode> {
    let mut head = Vec::new();
    loop {
        let read = stream.read_buf(&mut head).await.map_err(|error| proxy.error(error))?;
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        let parsed = response.parse(&head).map_err(|_| proxy.error("does not respond in HTTP"))?;
        match parsed {
            httparse::Status::Complete(length) => {
                let status = response.code.and_then(|code| StatusCode::from_u16(code).ok());
                let status = status.ok_or_else(|| proxy.error("does not respond in HTTP"))?;
                // Through the tunnel the server speaks second, so anything behind the head is not its own.
                if status.is_success() && length < head.len() {
                    return Err(proxy.error("sends data before the server can have"));
                }
                return Ok(status);
            }
            httparse::Status::Partial if read == 0 => return Err(proxy.error("closes the connection")),
            httparse::Status::Partial if head.len() > MAX_HEAD_BYTES => {
                return Err(proxy.error("responds with too long a head"));
            }
            httparse::Status::Partial => {}
        }
    }
}
