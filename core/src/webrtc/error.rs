//! What the stack refuses.

use std::fmt;

use ::webrtc::error::Error as StackError;

pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Why the stack did not do something, as far as it makes a difference.
#[derive(Debug)]
pub(crate) enum Error {
    /// The channel is not open, or no longer.
    ChannelClosed,
    /// The message is longer than the consumer accepts.
    MessageTooLong,
    /// The stack has no description of its own although it was set.
    NoDescription,
    /// A secret cannot be proved for this offer: it names no certificate of its own, or the system gives no random numbers.
    NoChallenge,
    /// The ports that may be used are all taken.
    NoFreePort,
    /// Anything else.
    Refused(StackError),
}

impl From<StackError> for Error {
    fn from(error: StackError) -> Self {
        match error {
            StackError::ErrDataChannelClosed | StackError::ErrDataChannelNotOpen => Self::ChannelClosed,
            StackError::ErrOutboundPacketTooLarge => Self::MessageTooLong,
            other => Self::Refused(other),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ChannelClosed => formatter.write_str("the channel is closed"),
            Self::MessageTooLong => formatter.write_str("the message is longer than the consumer accepts"),
            Self::NoDescription => formatter.write_str("there is no local description"),
            Self::NoChallenge => formatter.write_str("the secret cannot be proved for this offer"),
            Self::NoFreePort => formatter.write_str("every port that may be used is taken"),
            Self::Refused(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Refused(error) => Some(error),
            Self::ChannelClosed | Self::MessageTooLong | Self::NoDescription | Self::NoChallenge | Self::NoFreePort => {
                None
            }
        }
    }
}
