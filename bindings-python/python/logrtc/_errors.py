"""What a call is refused with."""

__all__ = ["ClosedError", "FlushTimeoutError", "InternalError", "InvalidArgumentError", "LogrtcError"]


class LogrtcError(Exception):
    """What every error of logrtc is."""


class InvalidArgumentError(LogrtcError, ValueError):
    """A value that was passed is wrong; the message names it, and says what is right."""


class ClosedError(LogrtcError):
    """The producer is closed."""


class FlushTimeoutError(LogrtcError, TimeoutError):
    """The time was over before every consumer had everything."""

    pending: int
    """How many entries the slowest consumer still waits for."""

    def __init__(self, message: str = "", pending: int = 0) -> None:
        super().__init__(message)
        self.pending = pending


class InternalError(LogrtcError):
    """The system refused something that logrtc needs, or logrtc is at fault."""


for _error in (LogrtcError, InvalidArgumentError, ClosedError, FlushTimeoutError, InternalError):
    # Under the name by which it is imported.
    _error.__module__ = "logrtc"
del _error
