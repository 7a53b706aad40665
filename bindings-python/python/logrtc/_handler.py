"""The standard ``logging``."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from . import _root
from ._errors import FlushTimeoutError, LogrtcError
from ._formatted import formatted
from ._logrtc import DEFAULT_URL
from ._producer import Producer
from ._structlog import is_wrapped, log_wrapped
from ._types import HandlerOptions, Unpack

if TYPE_CHECKING:
    from collections.abc import Callable

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

    The name of the logger is the entry's target. ``extra`` becomes its fields, ``exc_info`` the fields
    ``exception.type``, ``exception.message`` and ``exception.stacktrace``, and the place of the call
    ``code.file.path``, ``code.function.name`` and ``code.line.number``. If the program uses OpenTelemetry, the entry
    belongs to the current span. Events of structlog that come through ``ProcessorFormatter.wrap_for_formatter`` keep
    their fields.

    The message is the result of ``getMessage``, or of the formatter if one is set. Of an exception, only what the
    formatter shows is sent, so that a formatter can mask secrets.

    ``client_id`` and the options are those of ``logrtc.connect``. A ``producer`` that is passed is used instead, and is
    not closed. After ``close``, which ``logging.config`` calls for every handler, the next record opens a new producer.
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
            self._make_producer = partial(Producer, url, client_id=client_id, **options)
            producer = self._make_producer()
        elif client_id is not None or options or url != DEFAULT_URL:
            raise TypeError("Handler() takes either a producer, or what one is made of")
        else:
            self._owned = False
        self._use(producer)
        super().__init__(level)

    def _use(self, producer: Producer) -> None:
        self.producer = producer
        self._is_closed = False
        self._log_record: Callable[..., None] = producer._log_record
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
            if type(record.msg) is dict and is_wrapped(record):
                if self._is_closed:
                    self._open_again()
                log_wrapped(self.producer, record, None if self.formatter is None else self.format)
            else:
                self._log_record(record, None if self.formatter is None else self._formatted)
        except Exception:
            self.handleError(record)

    def _formatted(self, record: logging.LogRecord) -> tuple[str, str, str | None]:
        return formatted(self.format, record)

    def _log_by_new_producer(
        self,
        record: logging.LogRecord,
        make_message: Callable[[logging.LogRecord], tuple[str, str, str | None]] | None,
    ) -> None:
        self._open_again()
        self.producer._log_record(record, make_message)

    def _open_again(self) -> None:
        # At the end of the program, `logging` closes for good.
        with _root.lock:
            if self._is_closed and not _root.is_ending():
                self._use(self._make_producer())

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
        """Closes the producer, unless it was passed to the handler. A later record opens a new one.

        Right after a ``flush`` that timed out, it does not wait again. A handler that ``install`` has returned is no
        longer installed.
        """
        _root.remove(self)
        if self._owned:
            # `logging.shutdown` flushes and then closes: together they have the time of one.
            is_late = self._late_since is not None and time.monotonic() - self._late_since < _AT_ONCE_SECONDS
            with suppress(LogrtcError):
                self.producer.close(0 if is_late else None)
            self._is_closed = True
            self._log_record = self._log_by_new_producer
        super().close()


def number_of(level: int | str) -> int:
    """Returns the number of a level; raises what ``setLevel`` raises."""
    logger = logging.Logger("logrtc")
    logger.setLevel(level)
    return logger.level
