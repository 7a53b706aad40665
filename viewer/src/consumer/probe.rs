//! Asks a STUN or a TURN server once, over UDP, by the client of the WebRTC stack.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rtc::sansio::Protocol;
use rtc::shared::error::Error as StackError;
use rtc::shared::{TransportContext, TransportMessage, TransportProtocol};
use rtc::turn::client::{Client, ClientConfig, Event};
use thiserror::Error;
use tokio::net::UdpSocket;
use tokio::time::{sleep_until, timeout};

/// How long a server may take. A request that is lost is sent again meanwhile.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The longest sleep of the client while it has no timer.
const BEAT: Duration = Duration::from_millis(100);

/// Why a server gave no address.
#[derive(Debug, Error)]
pub(crate) enum ProbeError {
    #[error(transparent)]
    Io(#[from] io::Error),
    /// An error response of the server, as for a wrong password, or an error of the client.
    #[error(transparent)]
    Stack(#[from] StackError),
    #[error(transparent)]
    Crypto(#[from] rtc::crypto::CryptoError),
    /// The client has sent its request as often as it does.
    #[error("no answer")]
    NoAnswer,
    #[error("no answer within {0:?}")]
    Timeout(Duration),
}

/// The address by which a STUN server sees `socket`.
///
/// # Errors
/// The server's error, or that it does not answer.
pub(crate) async fn reflexive_address(socket: &UdpSocket, server: SocketAddr) -> Result<SocketAddr, ProbeError> {
    let mut client = client(socket, server, "", "")?;
    client.send_binding_request(Instant::now())?;
    run(client, socket).await
}

/// The address of a relay that a TURN server gives. It is given back at once.
///
/// # Errors
/// The server's error, as for a wrong password, or that it does not answer.
pub(crate) async fn relayed_address(
    socket: &UdpSocket,
    server: SocketAddr,
    username: &str,
    password: &str,
) -> Result<SocketAddr, ProbeError> {
    let mut client = client(socket, server, username, password)?;
    client.allocate(Instant::now())?;
    run(client, socket).await
}

fn client(socket: &UdpSocket, server: SocketAddr, username: &str, password: &str) -> Result<Client, ProbeError> {
    let config = ClientConfig {
        stun_serv_addr: server.to_string(),
        turn_serv_addr: server.to_string(),
        local_addr: socket.local_addr()?,
        transport_protocol: TransportProtocol::UDP,
        username: username.to_owned(),
        password: password.to_owned(),
        ..ClientConfig::default()
    };
    Ok(Client::new(config, rtc::crypto::default_provider()?)?)
}

async fn run(mut client: Client, socket: &UdpSocket) -> Result<SocketAddr, ProbeError> {
    let answered = timeout(TIMEOUT, answer(&mut client, socket)).await;
    let address = answered.unwrap_or_else(|_| Err(ProbeError::Timeout(TIMEOUT)))?;
    if let Ok(mut relay) = client.relay(address) {
        // A server that does not hear of it ends the relay by itself.
        let _ = relay.close(Instant::now());
        send(&mut client, socket).await?;
    }
    Ok(address)
}

async fn answer(client: &mut Client, socket: &UdpSocket) -> Result<SocketAddr, ProbeError> {
    let local_addr = socket.local_addr()?;
    let mut buffer = [0; 2048];
    loop {
        send(client, socket).await?;
        while let Some(event) = client.poll_event() {
            match event {
                Event::BindingResponse(_, address) | Event::AllocateResponse(_, address) => return Ok(address),
                Event::BindingError(_, error) | Event::AllocateError(_, error) => return Err(error.into()),
                Event::TransactionTimeout(_) => return Err(ProbeError::NoAnswer),
                _ => {}
            }
        }
        let wake = client.poll_timeout().unwrap_or_else(|| Instant::now() + BEAT).min(Instant::now() + BEAT);
        tokio::select! {
            received = socket.recv_from(&mut buffer) => {
                let (length, peer_addr) = received?;
                let transport_protocol = TransportProtocol::UDP;
                let transport = TransportContext { local_addr, peer_addr, transport_protocol, ecn: None };
                let message = TransportMessage { now: Instant::now(), transport, message: buffer[..length].into() };
                // What cannot be read is of somebody else.
                let _ = client.handle_read(message);
            }
            () = sleep_until(wake.into()) => client.handle_timeout(Instant::now())?,
        }
    }
}

async fn send(client: &mut Client, socket: &UdpSocket) -> Result<(), ProbeError> {
    while let Some(datagram) = client.poll_write() {
        socket.send_to(&datagram.message, datagram.transport.peer_addr).await?;
    }
    Ok(())
}
