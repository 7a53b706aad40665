//! The sender and the content of a datagram, also if a TURN server relays it (RFC 8656 §11.6,
//! §12.4). No I/O.

use std::borrow::Cow;
use std::collections::HashMap;
use std::net::SocketAddr;

use rtc::stun::attributes::{ATTR_DATA, ATTR_XOR_PEER_ADDRESS};
use rtc::stun::message::{Getter, Message};
use rtc::stun::xoraddr::XorMappedAddress;
use rtc::turn::proto::channum::ChannelNumber;

use super::check_pace::{is_channel_bind, is_data_indication};

/// The first bytes of the numbers of channels (RFC 7983 §7).
const CHANNELS: std::ops::RangeInclusive<u8> = 0x40..=0x4f;

/// How many channels are known: the stack binds one for each address of the consumer.
const MAX_CHANNELS: usize = 256;

/// Who sent a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    Direct(SocketAddr),
    /// Relayed in a Data indication, or over a channel that this side has bound to the peer.
    Relayed {
        server: SocketAddr,
        peer: SocketAddr,
    },
    /// Relayed over the channel of this number, of an unknown peer.
    Channel {
        server: SocketAddr,
        number: [u8; 2],
    },
}

/// Returns the content and its sender. A datagram that cannot be read is returned as it is.
pub(super) fn open(datagram: &[u8], from: SocketAddr) -> (Cow<'_, [u8]>, Sender) {
    let direct = (Cow::Borrowed(datagram), Sender::Direct(from));
    match datagram {
        [first, second, high, low, data @ ..] if CHANNELS.contains(first) => {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            let sender = Sender::Channel { server: from, number: [*first, *second] };
            // Behind the data there may be padding.
            data.get(..length).map_or(direct, |data| (Cow::Borrowed(data), sender))
        }
        _ if is_data_indication(datagram) => indicated(datagram, from).unwrap_or(direct),
        _ => direct,
    }
}

fn indicated(datagram: &[u8], server: SocketAddr) -> Option<(Cow<'static, [u8]>, Sender)> {
    let message = decoded(datagram)?;
    let data = message.get(ATTR_DATA).ok()?;
    Some((Cow::Owned(data), Sender::Relayed { server, peer: peer(&message)? }))
}

fn decoded(datagram: &[u8]) -> Option<Message> {
    let mut message = Message { raw: datagram.to_vec(), ..Message::default() };
    message.decode().ok()?;
    Some(message)
}

fn peer(message: &Message) -> Option<SocketAddr> {
    let mut address = XorMappedAddress::default();
    address.get_from_as(message, ATTR_XOR_PEER_ADDRESS).ok()?;
    Some(SocketAddr::new(address.ip, address.port))
}

/// The channels that this side has bound to peers (RFC 8656 §12), of one socket: another one has
/// other channels of the same numbers.
#[derive(Debug, Default)]
pub(super) struct Channels(HashMap<(SocketAddr, [u8; 2]), SocketAddr>);

impl Channels {
    /// Takes note of what is sent: a server uses a channel as soon as it has received the request.
    pub(super) fn note_sent(&mut self, datagram: &[u8], server: SocketAddr) {
        if is_channel_bind(datagram)
            && self.0.len() < MAX_CHANNELS
            && let Some((number, peer)) = bound(datagram)
        {
            self.0.insert((server, number), peer);
        }
    }

    /// The peer behind a channel is the sender by whichever way its datagrams come.
    pub(super) fn resolve(&self, sender: Sender) -> Sender {
        match sender {
            Sender::Channel { server, number } => match self.0.get(&(server, number)) {
                Some(peer) => Sender::Relayed { server, peer: *peer },
                None => sender,
            },
            Sender::Direct(_) | Sender::Relayed { .. } => sender,
        }
    }
}

fn bound(datagram: &[u8]) -> Option<([u8; 2], SocketAddr)> {
    let message = decoded(datagram)?;
    let mut number = ChannelNumber::default();
    number.get_from(&message).ok()?;
    Some((number.0.to_be_bytes(), peer(&message)?))
}

#[cfg(test)]
pub(super) mod tests {
    use rtc::stun::attributes::RawAttribute;
    use rtc::stun::message::{
        CLASS_INDICATION, CLASS_REQUEST, METHOD_CHANNEL_BIND, METHOD_DATA, MessageType, TransactionId,
    };
    use rtc::turn::proto::chandata::ChannelData;
    use rtc::turn::proto::peeraddr::PeerAddress;

    use super::*;

    /// As a server passes it on over a channel.
    pub(in super::super) fn channel_data(number: u16, data: &[u8]) -> Vec<u8> {
        let mut message = ChannelData { data: data.to_vec(), number: ChannelNumber(number), ..ChannelData::default() };
        message.encode();
        message.raw
    }

    /// As a server passes it on before there is a channel.
    pub(in super::super) fn data_indication(peer: SocketAddr, data: &[u8]) -> Vec<u8> {
        let mut message = Message::new();
        let length = u16::try_from(data.len()).unwrap();
        message
            .build(&[
                Box::new(MessageType { method: METHOD_DATA, class: CLASS_INDICATION }),
                Box::new(TransactionId::new()),
                Box::new(PeerAddress { ip: peer.ip(), port: peer.port() }),
                Box::new(RawAttribute { typ: ATTR_DATA, length, value: data.to_vec() }),
            ])
            .unwrap();
        message.raw
    }

    /// As this side asks a server for a channel.
    pub(in super::super) fn channel_bind(number: u16, peer: SocketAddr) -> Vec<u8> {
        let mut message = Message::new();
        message
            .build(&[
                Box::new(MessageType { method: METHOD_CHANNEL_BIND, class: CLASS_REQUEST }),
                Box::new(TransactionId::new()),
                Box::new(ChannelNumber(number)),
                Box::new(PeerAddress { ip: peer.ip(), port: peer.port() }),
            ])
            .unwrap();
        message.raw
    }

    #[test]
    fn a_channel_stands_for_the_peer_it_is_bound_to() {
        let server: SocketAddr = "192.0.2.1:3478".parse().unwrap();
        let other: SocketAddr = "192.0.2.2:3478".parse().unwrap();
        let mut channels = Channels::default();
        for peer in ["198.51.100.7:9", "[2001:db8::7]:9"] {
            let peer = peer.parse().unwrap();
            channels.note_sent(&channel_bind(0x4001, peer), server);
            let channel = Sender::Channel { server, number: [0x40, 1] };
            assert_eq!(channels.resolve(channel), Sender::Relayed { server, peer });
        }
        channels.note_sent(&channel_bind(0x4002, other)[..24], server);
        for unknown in [
            Sender::Channel { server, number: [0x40, 2] },
            Sender::Channel { server: other, number: [0x40, 1] },
            Sender::Direct(server),
        ] {
            assert_eq!(channels.resolve(unknown), unknown);
        }
        (0..10_000).for_each(|number| channels.note_sent(&channel_bind(number, other), server));
        assert_eq!(channels.0.len(), MAX_CHANNELS);
    }

    #[test]
    fn what_a_server_passes_on_is_opened() {
        let server: SocketAddr = "192.0.2.1:3478".parse().unwrap();
        for data in [&b"abcde"[..], b"", &[0x40; 100]] {
            let (opened, sender) = {
                let message = channel_data(0x4001, data);
                let (opened, sender) = open(&message, server);
                (opened.into_owned(), sender)
            };
            assert_eq!((&opened[..], sender), (data, Sender::Channel { server, number: [0x40, 1] }));
            for peer in ["198.51.100.7:9", "[2001:db8::7]:9"] {
                let peer = peer.parse().unwrap();
                let message = data_indication(peer, data);
                let (opened, sender) = open(&message, server);
                assert_eq!((&opened[..], sender), (data, Sender::Relayed { server, peer }));
            }
        }
    }

    #[test]
    fn what_is_nothing_of_the_kind_stays_as_it_is() {
        let from: SocketAddr = "192.0.2.1:3478".parse().unwrap();
        let cut = data_indication(from, b"abc");
        for datagram in [&b""[..], &[0x40], &[0x40, 1, 0, 9, 1], &[22, 254, 253], &cut[..cut.len() - 4]] {
            let (opened, sender) = open(datagram, from);
            assert_eq!((&opened[..], sender), (datagram, Sender::Direct(from)));
        }
    }
}
