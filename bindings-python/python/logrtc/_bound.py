"""A logger with fields of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._producer import Producer
    from ._types import Level

__all__ = ["BoundLogger"]


class BoundLogger:
    """Logs to a producer, with the same fields in every entry. ``Producer.bind`` makes one.

    Every method takes what the producer's method of that name takes. Fields of the call replace bound ones of the same
    name.
    """

    __slots__ = ("_fields", "_producer")

    def __init__(self, producer: Producer, fields: dict[str, object]) -> None:
        self._producer = producer
        self._fields = fields

    def __repr__(self) -> str:
        return f"<logrtc.BoundLogger {self._fields!r} of {self._producer!r}>"

    @property
    def producer(self) -> Producer:
        """The producer to which it logs."""
        return self._producer

    def bind(self, **fields: object) -> BoundLogger:
        """Returns a logger that has these fields, too."""
        return BoundLogger(self._producer, {**self._fields, **fields})

    def debug(self, *args: Any, **more: Any) -> None:
        """Logs at DEBUG."""
        self._producer._log_bound(self._fields, "debug", False, args, more)

    def info(self, *args: Any, **more: Any) -> None:
        """Logs at INFO."""
        self._producer._log_bound(self._fields, "info", False, args, more)

    def warn(self, *args: Any, **more: Any) -> None:
        """Logs at WARN."""
        self._producer._log_bound(self._fields, "warn", False, args, more)

    warning = warn

    def error(self, *args: Any, **more: Any) -> None:
        """Logs at ERROR."""
        self._producer._log_bound(self._fields, "error", False, args, more)

    def critical(self, *args: Any, **more: Any) -> None:
        """Logs at ERROR, with the field ``level_name``."""
        self._producer._log_bound(self._fields, "critical", False, args, more)

    def exception(self, *args: Any, **more: Any) -> None:
        """Logs at ERROR, with the exception that is being handled."""
        self._producer._log_bound(self._fields, "error", True, args, more)

    def log(self, level: Level, /, *args: Any, **more: Any) -> None:
        """Logs at ``level``."""
        self._producer._log_bound(self._fields, level, False, args, more)
