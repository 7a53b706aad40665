//! What a data channel carries.

/// A message of a data channel, as it arrives.
#[derive(Debug)]
pub(crate) struct ChannelMessage {
    pub(crate) is_text: bool,
    pub(crate) data: Vec<u8>,
}
