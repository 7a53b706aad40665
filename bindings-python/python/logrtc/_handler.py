"""The standard ``logging``."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from ._errors import LogrtcError
from ._logrtc import DEFAULT_URL
from ._producer import Producer

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._types import HandlerOptions

__all__ = ["Handler", "install"]


class Handler(logging.Handler):
    """Logs the records of ``logging``. It never waits, so that it needs no ``QueueHandler`` before it.

    A record's logger is the entry's target. ``extra`` becomes its fields; ``exc_info`` the fields ``exception.type``,
    ``exception.message`` and ``exception.stacktrace``; where the call stands, ``code.file.path``,
    ``code.function.name`` and ``code.line.number``. Where the program uses OpenTelemetry, the entry belongs to its
    current span. The message is what ``getMessage`` answers, or what a formatter makes where one is set.

    ``client_id`` and the options are those of ``logrtc.connect``; or ``producer`` is one that is there, and stays open.
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
        super().__init__(level)
        if producer is None:
            self._owned = True
            # The environment may have one.
            producer = Producer(url, client_id=client_id or "", **options)
        elif client_id is not None or options or url != DEFAULT_URL:
            raise TypeError("Handler() takes either a producer, or what one is made of")
        else:
            self._owned = False
        self.producer = producer
        self._log_record = producer._log_record

    @property
    def suppressed(self) -> int:
        """How many records were left out, for they came about while another one was being logged on the same thread."""
        return self.producer._suppressed

    def createLock(self) -> None:  # noqa: N802
        """Makes no lock: a producer is safe on every thread, and a fork leaves none held."""
        self.lock = None

    def handle(self, record: logging.LogRecord) -> bool | logging.LogRecord:  # type: ignore[override,unused-ignore]
        if self.filters:
            wanted = self.filter(record)
            if not wanted:
                return wanted
            if isinstance(wanted, logging.LogRecord):
                record = wanted
        self.emit(record)
        return record

    def emit(self, record: logging.LogRecord) -> None:
        """Logs a record. It never raises, never waits, and never begins again within itself."""
        try:
            self._log_record(record, None if self.formatter is None else self.format(record))
        except Exception:
            self.handleError(record)

    def flush(self) -> None:
        """Waits until every consumer has everything, at most for the ``close_timeout``."""
        # What did not arrive is counted, and a producer that is closed has nothing to flush.
        with suppress(LogrtcError):
            self.producer.flush()

    def close(self) -> None:
        """Closes the producer, unless it was given."""
        if self._owned:
            with suppress(LogrtcError):
                self.producer.close()
        super().close()


def _number(level: int | str) -> int:
    # A logger of its own reads what setLevel takes.
    logger = logging.Logger("logrtc")
    logger.setLevel(level)
    return logger.level


def install(
    url: str = DEFAULT_URL, *, client_id: str, level: int | str | None = logging.INFO, **options: Unpack[HandlerOptions]
) -> Handler:
    """Adds a ``Handler`` to the root logger, and returns it.

    Where the root logger wants less than ``level``, it wants that from now on: without it, ``logging`` leaves out what
    is below WARNING. ``None`` leaves the root logger as it is.
    """
    handler = Handler(url, client_id=client_id, **options)
    root = logging.getLogger()
    if level is not None and root.level > (wanted := _number(level)):
        root.setLevel(wanted)
    root.addHandler(handler)
    return handler
