//! The TCP connection to the signaling server: every address of its name side by side (RFC 8305), or through a proxy.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};

use super::tunnel::tunnel;
use crate::config::Config;
use crate::names;
use crate::stats::Counters;

/// How long one address has before the next one is tried beside it (RFC 8305 §5).
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// A stream on which the signaling server, or TLS before it, can be spoken to. Dropped, it leaves no attempt behind.
pub(crate) async fn dial(config: &Config, counters: &Arc<Counters>) -> io::Result<TcpStream> {
    if let Some(proxy) = &config.proxy {
        let (host, port) = proxy.address()?;
        let stream =
            connect(host, port, counters).await.map_err(|error| proxy.error(format_args!("fails: {error}")))?;
        return tunnel(proxy, stream, &config.url).await;
    }
    let host = config.url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    connect(host, config.url.port_or_known_default().unwrap_or(80), counters).await
}

async fn connect(host: &str, port: u16, counters: &Arc<Counters>) -> io::Result<TcpStream> {
    let addresses = interleave(names::resolve(host, port, counters).await?);
    if addresses.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, format!("{host:?} has no address")));
    }
    let stream = race(addresses).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// One family and the other by turns, the one that the system prefers first (RFC 8305 §4).
fn interleave(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v4 = addresses.first().is_some_and(SocketAddr::is_ipv4);
    let (first, second): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|address| address.is_ipv4() == first_is_v4);
    let mut queues = [first.into_iter(), second.into_iter()];
    let mut interleaved = Vec::new();
    while queues.iter().any(|queue| queue.len() > 0) {
        interleaved.extend(queues.iter_mut().filter_map(Iterator::next));
    }
    interleaved
}

/// The first connection that comes about; the other attempts are dropped.
async fn race(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut waiting = addresses.into_iter();
    let mut attempts = FuturesUnordered::new();
    let mut failures: Vec<(SocketAddr, io::Error)> = Vec::new();
    let mut next = Instant::now();
    loop {
        tokio::select! {
            Some((address, attempt)) = attempts.next(), if !attempts.is_empty() => match attempt {
                Ok(stream) => return Ok(stream),
                Err(error) => {
                    failures.push((address, error));
                    next = Instant::now();
                }
            },
            () = sleep_until(next), if waiting.len() > 0 => {
                attempts.extend(waiting.next().map(|address| async move {
                    (address, TcpStream::connect(address).await)
                }));
                next = Instant::now() + ATTEMPT_DELAY;
            }
            else => break,
        }
    }
    Err(all_failed(failures))
}

fn all_failed(mut failures: Vec<(SocketAddr, io::Error)>) -> io::Error {
    if failures.len() == 1 {
        return failures.remove(0).1;
    }
    let texts: Vec<_> = failures.iter().map(|(address, error)| format!("{address}: {error}")).collect();
    io::Error::other(texts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_families_take_turns() {
        let parse = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<SocketAddr>>();
        let interleaved = interleave(parse(&["[::1]:1", "[::2]:1", "[::3]:1", "1.0.0.1:1", "1.0.0.2:1"]));
        assert_eq!(interleaved, parse(&["[::1]:1", "1.0.0.1:1", "[::2]:1", "1.0.0.2:1", "[::3]:1"]));
        assert_eq!(interleave(parse(&["1.0.0.1:1", "[::1]:1"])), parse(&["1.0.0.1:1", "[::1]:1"]));
        assert!(interleave(Vec::new()).is_empty());
    }
}
