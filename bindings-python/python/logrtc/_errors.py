"""The exceptions of logrtc."""

__all__ = ["ClosedError", "FlushTimeoutError", "InternalError", "InvalidArgumentError", "LogrtcError"]


class LogrtcError(Exception):
    """The base class of all exceptions of logrtc."""


class InvalidArgumentError(LogrtcError, ValueError):
    """An argument or an option is wrong. The message names it and states what is right."""


class ClosedError(LogrtcError):
    """The producer is closed."""


class FlushTimeoutError(LogrtcError, TimeoutError):
    """The timeout was reached before every consumer had received everything."""

    pending: int
    """How many entries the slowest consumer has not acknowledged."""

    def __init__(self, message: str = "", pending: int = 0) -> None:
        super().__init__(message)
        self.pending = pending


class InternalError(LogrtcError):
    """The system refused a resource (a thread, a socket), or logrtc has a bug."""


for _error in (LogrtcError, InvalidArgumentError, ClosedError, FlushTimeoutError, InternalError):
    # Under the name by which it is imported.
    _error.__module__ = "logrtc"
del _error
