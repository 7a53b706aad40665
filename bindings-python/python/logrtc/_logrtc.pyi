from collections.abc import Callable, Mapping, Sequence
from logging import LogRecord
from typing import Any, Final, TypeVar, final

from typing_extensions import Self, Unpack, disjoint_base

from ._types import Level, Options, Span, State

__all__ = [
    "DEFAULT_URL",
    "Cancellation",
    "ConsumerStats",
    "Events",
    "Producer",
    "Server",
    "Stats",
    "__version__",
    "after_fork_in_child",
    "begin_exit",
    "end",
    "identify",
    "next_diagnostic",
    "run",
    "shutdown",
    "stop_diagnostics",
    "wait_for_diagnostics",
]

_T = TypeVar("_T")

DEFAULT_URL: Final[str]
__version__: Final[str]

@disjoint_base
class Producer:
    """What ``logrtc.Producer`` inherits from."""

    def __new__(cls, url: str | None = None, *, client_id: str | None = None, **options: Unpack[Options]) -> Self: ...
    def debug(
        self,
        target: object,
        message: object = ...,
        fields: Mapping[str, object] | None = None,
        span: Span | None = None,
        *,
        exc_info: object = None,
        **more: object,
    ) -> None:
        """Logs at DEBUG, as ``info`` does."""

    def info(
        self,
        target: object,
        message: object = ...,
        fields: Mapping[str, object] | None = None,
        span: Span | None = None,
        *,
        exc_info: object = None,
        **more: object,
    ) -> None:
        """Logs at INFO. Never raises, and never waits for the network.

        With one argument, that is the message, and the ``client_id`` is the target. ``fields`` and the keywords become
        fields; a keyword replaces a field of the same name. ``exc_info`` is an exception, a tuple of
        ``sys.exc_info()``, or true for the exception that is being handled; a message that is an exception counts as
        one. A value that has no place of its own becomes a field.
        """

    def warn(
        self,
        target: object,
        message: object = ...,
        fields: Mapping[str, object] | None = None,
        span: Span | None = None,
        *,
        exc_info: object = None,
        **more: object,
    ) -> None:
        """Logs at WARN, as ``info`` does."""

    def warning(
        self,
        target: object,
        message: object = ...,
        fields: Mapping[str, object] | None = None,
        span: Span | None = None,
        *,
        exc_info: object = None,
        **more: object,
    ) -> None:
        """Logs at WARN, as ``info`` does."""

    def error(
        self,
        target: object,
        message: object = ...,
        fields: Mapping[str, object] | None = None,
        span: Span | None = None,
        *,
        exc_info: object = None,
        **more: object,
    ) -> None:
        """Logs at ERROR, as ``info`` does."""

    def critical(
        self,
        target: object,
        message: object = ...,
        fields: Mapping[str, object] | None = None,
        span: Span | None = None,
        *,
        exc_info: object = None,
        **more: object,
    ) -> None:
        """Logs at ERROR, as ``info`` does, with the field ``level_name``."""

    def exception(
        self,
        target: object,
        message: object = ...,
        fields: Mapping[str, object] | None = None,
        span: Span | None = None,
        *,
        exc_info: object = None,
        **more: object,
    ) -> None:
        """Logs at ERROR, as ``info`` does, with the exception that is being handled."""

    def log(
        self,
        level: Level,
        /,
        target: object,
        message: object = ...,
        fields: Mapping[str, object] | None = None,
        span: Span | None = None,
        *,
        exc_info: object = None,
        **more: object,
    ) -> None:
        """Logs at ``level``, as ``info`` does. An unknown level is INFO, with the field ``level_name``."""

    def _log_bound(
        self,
        bound: dict[str, object],
        level: Level,
        is_handling: bool,
        args: tuple[object, ...],
        more: dict[str, object],
    ) -> None: ...
    def send(self, entry: Mapping[str, object]) -> None:
        """Logs a whole entry: ``timestamp``, ``level``, ``target``, ``message``, and optionally ``fields``, ``span``.

        Raises ``InvalidArgumentError``, which names the key that is missing, unknown, or of a wrong type.
        """

    def enabled(self, level: Level, target: object) -> bool:
        """Returns whether an entry of this level and target would be logged."""

    def set_level(self, level: Level) -> None:
        """Sets the lowest level that is logged, of every target that the filter does not name."""

    def set_filter(self, directives: str) -> None:
        """Sets what is logged, by level and target: ``info,app.db=debug``."""

    def flush(self, timeout: float | None = None) -> None:
        """Waits until every connected consumer has received all earlier entries; returns at once without a consumer.

        Raises ``FlushTimeoutError`` after ``timeout`` seconds, the ``close_timeout`` by default, and ``ClosedError``
        after ``close``. Other threads run meanwhile, and Ctrl-C ends the wait.
        """

    def _flush_until(self, timeout: float | None, cancellation: Cancellation) -> None: ...
    def close(self, timeout: float | None = None) -> None:
        """Delivers the entries and ends the producer. Afterwards it has no thread and no socket.

        It waits for consumers that are connected or announced, and for the first registration if that is in progress.
        Raises ``FlushTimeoutError`` if a consumer did not receive everything within ``timeout`` seconds, the
        ``close_timeout`` by default; the producer is closed all the same. Later log calls are counted and do nothing. A
        second ``close`` does nothing.
        """

    def wait_for_consumer(self, timeout: float | None = None) -> bool:
        """Waits until the channel to a consumer is open, and returns whether one is.

        Waits without a limit by default. Returns ``False`` after ``timeout`` seconds, and at once if no consumer can
        come: the producer is closed, disabled, or abandoned. Ctrl-C ends the wait.
        """

    def stats(self) -> Stats:
        """Returns the counters of the producer."""

    @property
    def url(self) -> str:
        """The URL of the signaling server."""

    @property
    def client_id(self) -> str:
        """The name under which it registers."""

    @property
    def state(self) -> State:
        """The state of the connection to the signaling server."""

    @property
    def last_error(self) -> str | None:
        """Why the signaling server cannot be reached, or its last error; ``None`` after a registration."""

    @property
    def _suppressed(self) -> int: ...
    def _unless_logging(self, call: Callable[[LogRecord], _T], record: LogRecord) -> _T | None: ...
    def _log_record(
        self, record: LogRecord, make_message: Callable[[LogRecord], tuple[str, str, str | None]] | None = None
    ) -> None: ...
    def _log_event(
        self,
        level: object,
        level_name: str | None,
        target: str,
        message: object,
        fields: dict[str, Any],
        *,
        exception: BaseException | None = None,
        trace: str | None = None,
        shown: str | None = None,
        stack: str | None = None,
        path: str | None = None,
        function: str | None = None,
        line: int | None = None,
        created: float | None = None,
    ) -> None: ...

@final
class Stats:
    """The counters of a producer."""

    @property
    def accepted(self) -> int:
        """Entries that entered the journal."""

    @property
    def filtered(self) -> int:
        """Entries that the level or the filter excluded."""

    @property
    def refused(self) -> int:
        """Entries that the ``overflow`` option refused."""

    @property
    def after_close(self) -> int:
        """Entries that were logged after ``close``."""

    @property
    def retained_entries(self) -> int:
        """Entries in the journal, now."""

    @property
    def retained_bytes(self) -> int:
        """Bytes that they take, now."""

    @property
    def registrations(self) -> int:
        """Registrations with a signaling server."""

    @property
    def unknown_messages(self) -> int:
        """Messages of the server of an unknown type."""

    @property
    def malformed_messages(self) -> int:
        """Messages of the server that could not be parsed."""

    @property
    def consumers_opened(self) -> int:
        """Consumers whose channel opened."""

    @property
    def consumers_failed(self) -> int:
        """Consumers whose channel did not open."""

    @property
    def consumers_refused(self) -> int:
        """Consumers beyond ``max_consumers``."""

    @property
    def answers_refused(self) -> int:
        """SDP answers that were not acceptable."""

    @property
    def proofs_refused(self) -> int:
        """SDP answers that had no right proof of the secret."""

    @property
    def candidates_refused(self) -> int:
        """ICE candidates that were not acceptable."""

    @property
    def ignored_messages(self) -> int:
        """Messages of consumers that were malformed, too long or too many."""

    @property
    def open_sockets(self) -> int:
        """UDP sockets, now."""

    @property
    def running_tasks(self) -> int:
        """Tasks of the WebRTC stack, now."""

    @property
    def consumers(self) -> list[ConsumerStats]:
        """Consumers with an open channel, now."""

    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class ConsumerStats:
    """The entries for one consumer."""

    @property
    def consumer_id(self) -> str:
        """The id that the signaling server gave it."""

    @property
    def accepted(self) -> int:
        """Entries since its first one: ``delivered + waiting + dropped + filtered``."""

    @property
    def delivered(self) -> int:
        """Entries that it acknowledged."""

    @property
    def waiting(self) -> int:
        """Entries that were not sent or not acknowledged."""

    @property
    def dropped(self) -> int:
        """Entries that it never receives: the sum of the four reasons."""

    @property
    def dropped_overflow(self) -> int:
        """Entries that left the journal before it read them."""

    @property
    def dropped_refused(self) -> int:
        """Entries that the ``overflow`` option refused."""

    @property
    def dropped_oversize(self) -> int:
        """Entries that were longer than it accepts."""

    @property
    def dropped_disconnected(self) -> int:
        """Entries that were in flight when its connection ended."""

    @property
    def filtered(self) -> int:
        """Entries that its filter excluded."""

    @property
    def sent_bytes(self) -> int:
        """Bytes passed to its channel."""

    @property
    def buffered_amount(self) -> int:
        """Bytes passed to its channel and not acknowledged, now."""

    @property
    def window_bytes(self) -> int:
        """How many bytes may be in flight, now."""

    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@disjoint_base
class Server:
    """What ``logrtc.Server`` inherits from."""

    def __new__(cls, host: str, port: int, allow_origins: Sequence[str]) -> Self: ...
    def close(self) -> None:
        """Closes every connection and frees the port. Calling it again does nothing."""

    @property
    def url(self) -> str:
        """The URL of the log page."""

    @property
    def signaling_url(self) -> str:
        """The URL for producers."""

    @property
    def token(self) -> str | None:
        """The token that producers and readers must have, or None.

        The server makes one if other machines can reach ``host``.
        """

@final
class Cancellation:
    def __new__(cls) -> Self: ...
    def set(self) -> None: ...

@final
class Events:
    def next(self) -> tuple[str, tuple[Any, ...]] | None: ...

def after_fork_in_child() -> None: ...
def begin_exit() -> None: ...
def end() -> None: ...
def identify(
    url: str | None = None, *, client_id: str | None = None, **options: Unpack[Options]
) -> tuple[str, str]: ...
def next_diagnostic() -> tuple[int, str, str] | None: ...
def run(arguments: Sequence[str]) -> int: ...
def shutdown() -> None:
    """Closes every producer of the process, all at once, each within its ``close_timeout``.

    Runs at the end of the program, unless ``atexit.unregister(logrtc.shutdown)`` is called. Ctrl-C ends the wait;
    undelivered entries are lost.
    """

def stop_diagnostics() -> None: ...
def wait_for_diagnostics(timeout: float) -> bool: ...
