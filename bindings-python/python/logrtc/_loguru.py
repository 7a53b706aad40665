"""loguru."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._producer import Producer

__all__ = ["loguru_sink"]


def loguru_sink(producer: Producer) -> Callable[[Any], None]:
    """Returns a sink for ``loguru.logger.add``.

    A record's module is the entry's target, its ``extra`` are its fields. It needs no ``enqueue`` and no ``serialize``.
    """
    log_event = producer._log_event

    def sink(message: Any) -> None:
        record = message.record
        # A diagnostic of logrtc itself, which loguru has got from `logging`.
        if record["name"] == "logrtc._diagnostics":
            return
        level = record["level"]
        exception = record["exception"]
        log_event(
            level.no,
            level.name,
            record["name"] or "loguru",
            record["message"],
            record["extra"],
            exception=None if exception is None else exception.value,
            path=record["file"].path,
            function=record["function"],
            line=record["line"],
            created=record["time"].timestamp(),
        )

    return sink
