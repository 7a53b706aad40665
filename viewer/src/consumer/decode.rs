//! One message of a data channel becomes entries: the only place that knows how they are framed. No I/O.

/// A message of a data channel, as it arrives.
#[derive(Debug)]
pub(crate) struct ChannelMessage {
    pub(crate) is_text: bool,
    pub(crate) data: Vec<u8>,
}

/// Appends the entries of `message` to `entries`; each is one text of JSON, unread.
///
/// Returns how many bytes they have, and none if the message is not of a kind that a producer sends.
pub(crate) fn decode(message: ChannelMessage, entries: &mut Vec<String>) -> Option<usize> {
    // One text message is one entry: a producer sends anything else only to a consumer that has asked for it.
    if !message.is_text {
        return None;
    }
    let text = String::from_utf8(message.data).ok()?;
    let bytes = text.len();
    entries.push(text);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_message_is_one_entry_as_it_is() {
        let mut entries = Vec::new();
        let text = |data: &[u8]| ChannelMessage { is_text: true, data: data.to_vec() };
        assert_eq!(decode(text(b"{\"n\":9007199254740993}"), &mut entries), Some(22));
        assert_eq!(decode(text(b"\xff"), &mut entries), None);
        assert_eq!(decode(ChannelMessage { is_text: false, data: b"{}".to_vec() }, &mut entries), None);
        assert_eq!(entries, ["{\"n\":9007199254740993}"]);
    }
}
