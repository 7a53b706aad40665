//! The address to listen on, from what a person writes. No I/O.

use std::net::{Ipv4Addr, SocketAddr};

use thiserror::Error;

/// A text is no address to listen on.
#[derive(Debug, Error)]
#[error("use a port, as in 8080; or an IP address or localhost with one, as in 127.0.0.1:8080")]
pub(super) struct InvalidListen;

/// Reads `8080` and `localhost:8080`, which are this machine alone; `:8080`, which is every interface; and an IP address with
/// a port.
///
/// # Errors
/// Any other text.
pub(super) fn parse(text: &str) -> Result<SocketAddr, InvalidListen> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let (host, port) = text.rsplit_once(':').unwrap_or(("localhost", text));
    let port: u16 = port.parse().map_err(|_| InvalidListen)?;
    match host {
        "" | "*" => Ok((Ipv4Addr::UNSPECIFIED, port).into()),
        host if host.eq_ignore_ascii_case("localhost") => Ok((Ipv4Addr::LOCALHOST, port).into()),
        _ => Err(InvalidListen),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_is_this_machine_and_with_a_colon_every_interface() {
        for (text, address) in [
            ("8080", "127.0.0.1:8080"),
            ("0", "127.0.0.1:0"),
            (":8080", "0.0.0.0:8080"),
            ("*:8080", "0.0.0.0:8080"),
            ("localhost:8080", "127.0.0.1:8080"),
            ("LOCALHOST:1", "127.0.0.1:1"),
            ("192.0.2.1:80", "192.0.2.1:80"),
            ("[::]:80", "[::]:80"),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), address, "{text}");
        }
        for text in ["", "localhost", "host:80", "65536", ":", "::1", "1.2.3.4"] {
            assert!(parse(text).unwrap_err().to_string().contains("127.0.0.1:8080"), "{text}");
        }
    }
}
