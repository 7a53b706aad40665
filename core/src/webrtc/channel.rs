//! The data channel `logs` of one consumer.

use std::sync::Arc;

use ::webrtc::data_channel::{DataChannel, DataChannelEvent};
use bytes::BytesMut;

use super::error::Result;

/// A clone is the same channel.
#[derive(Clone)]
pub(crate) struct Channel(pub(super) Arc<dyn DataChannel>);

/// What happens to a channel.
#[derive(Debug)]
pub(crate) enum ChannelEvent {
    Open,
    /// One of the two ends it, or it has ended.
    Closed,
    /// No more than the threshold waits for the consumer's acknowledgement.
    Drained,
    /// A message of the consumer; empty where it is no text.
    Message(BytesMut),
    /// Something that changes nothing.
    Other,
}

impl Channel {
    /// Sends one text message. Waits for nothing, because no limit is set on the channel: the window is the limit.
    pub(crate) async fn send_text(&self, text: &str) -> Result<()> {
        Ok(self.0.send_text(text).await?)
    }

    /// Sends one binary message, in the same way.
    pub(crate) async fn send_binary(&self, bytes: &[u8]) -> Result<()> {
        Ok(self.0.send(BytesMut::from(bytes)).await?)
    }

    /// How many bytes the consumer has not acknowledged yet.
    pub(crate) async fn outstanding_bytes(&self) -> Result<usize> {
        Ok(self.0.outstanding_bytes().await?)
    }

    /// From now on, [`ChannelEvent::Drained`] comes when no more than `bytes` are outstanding.
    pub(crate) async fn set_drained_threshold(&self, bytes: u32) -> Result<()> {
        Ok(self.0.set_buffered_amount_low_threshold(bytes).await?)
    }

    /// The next event. It has to be asked for all the time: the stack's queue is short, and stops the connection when it
    /// is full.
    pub(crate) async fn next_event(&self) -> ChannelEvent {
        match self.0.poll().await {
            Some(DataChannelEvent::OnOpen) => ChannelEvent::Open,
            Some(DataChannelEvent::OnClosing | DataChannelEvent::OnClose) | None => ChannelEvent::Closed,
            Some(DataChannelEvent::OnBufferedAmountLow) => ChannelEvent::Drained,
            Some(DataChannelEvent::OnMessage(message)) if message.is_string => ChannelEvent::Message(message.data),
            Some(DataChannelEvent::OnMessage(_)) => ChannelEvent::Message(BytesMut::new()),
            Some(_) => ChannelEvent::Other,
        }
    }
}
