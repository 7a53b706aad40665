"""The standard ``logging``."""

from __future__ import annotations

import logging
import time
from contextlib import suppress

from . import _root
from ._errors import FlushTimeoutError, LogrtcError
from ._logrtc import DEFAULT_URL
from ._producer import Producer
from ._types import HandlerOptions, Unpack

__all__ = ["Handler", "number_of"]


# The logger of logrtc's own diagnostics.
_OWN = "logrtc"

# Within so long, a close belongs to the flush before it.
_AT_ONCE_SECONDS = 0.5


class _NoLock:
    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        return True

    def release(self) -> None:
        pass

    def __enter__(self) -> bool:
        return True

    def __exit__(self, *_: object) -> None:
        pass


class Handler(logging.Handler):
    """Logs the records of ``logging``. It never waits, so that it needs no ``QueueHandler`` before it.

    A record's logger is the entry's target. ``extra`` becomes its fields; ``exc_info`` the fields ``exception.type``,
    ``exception.message`` and ``exception.stacktrace``; where the call stands, ``code.file.path``,
    ``code.function.name`` and ``code.line.number``. Where the program uses OpenTelemetry, the entry belongs to its
    current span. The message is what ``getMessage`` answers, or what a formatter makes where one is set.

    ``client_id`` and the options are those of ``logrtc.connect``. ``producer`` is one to use instead, which stays open.
    The records of the logger ``logrtc`` are about logrtc itself, and are left out.

    In ``dictConfig``::

        {"handlers": {"live": {"class": "logrtc.Handler", "client_id": "api", "level": "INFO"}}}
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        client_id: str | None = None,
        producer: Producer | None = None,
        level: int | str = logging.NOTSET,
        **options: Unpack[HandlerOptions],
    ) -> None:
        # What can fail comes before `logging` knows of this, for that closes all that it knows of.
        level = number_of(level)
        if producer is None:
            self._owned = True
            producer = Producer(url, client_id=client_id, **options)
        elif client_id is not None or options or url != DEFAULT_URL:
            raise TypeError("Handler() takes either a producer, or what one is made of")
        else:
            self._owned = False
        self._use(producer)
        super().__init__(level)

    def _use(self, producer: Producer) -> None:
        self.producer = producer
        self._log_record = producer._log_record
        self._late_since: float | None = None

    def __repr__(self) -> str:
        return f"<logrtc.Handler {self.producer.client_id!r} {self.producer.state}>"

    @property
    def suppressed(self) -> int:
        """How many records were left out, for they came about while another one was being logged on the same thread."""
        return self.producer._suppressed

    def createLock(self) -> None:  # noqa: N802
        """Makes a lock that nobody ever waits for: a producer is safe on every thread, and a fork leaves none held."""
        self.lock = _NoLock()  # type: ignore[assignment]

    def handle(self, record: logging.LogRecord) -> bool | logging.LogRecord:  # type: ignore[override,unused-ignore]
        if record.name == _OWN:
            return False
        if self.filters:
            # A filter that logs by this handler would have no end.
            wanted = self.producer._unless_logging(self.filter, record)
            if not wanted:
                return False
            if isinstance(wanted, logging.LogRecord):
                record = wanted
        self.emit(record)
        return record

    def emit(self, record: logging.LogRecord) -> None:
        """Logs a record. It never raises, never waits, and never begins again within itself."""
        try:
            self._log_record(record, None if self.formatter is None else self.format)
        except Exception:
            self.handleError(record)

    def wait_for_consumer(self, timeout: float | None = None) -> bool:
        """Waits until the channel to a consumer is open: ``wait_for_consumer`` of the ``producer``."""
        return self.producer.wait_for_consumer(timeout)

    def flush(self) -> None:
        """Waits until every consumer has everything, at most for the ``close_timeout``."""
        # What did not arrive is counted, and a producer that is closed has nothing to flush.
        try:
            self.producer.flush()
            self._late_since = None
        except FlushTimeoutError:
            self._late_since = time.monotonic()
        except LogrtcError:
            pass

    def close(self) -> None:
        """Closes the producer, unless it was given; right after a flush that came to its limit without another wait.

        A handler that ``install`` has returned is installed no more.
        """
        _root.remove(self)
        if self._owned:
            # `logging.shutdown` flushes and then closes: together they have the time of one.
            is_late = self._late_since is not None and time.monotonic() - self._late_since < _AT_ONCE_SECONDS
            with suppress(LogrtcError):
                self.producer.close(0 if is_late else None)
        super().close()


def number_of(level: int | str) -> int:
    """Returns the number of a level; raises what ``setLevel`` raises."""
    logger = logging.Logger("logrtc")
    logger.setLevel(level)
    return logger.level
