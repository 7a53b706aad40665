"""loguru."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._producer import Producer

__all__ = ["loguru_sink"]

# What loguru draws below a line of a traceback: the values of its variables (`diagnose=True`), which may be secrets.
_DRAWN = ("│", "└")


def loguru_sink(producer: Producer) -> Callable[[Any], None]:
    """Returns a sink for ``loguru.logger.add``.

    The module of the call is the entry's target, ``extra`` are its fields. The sink needs neither ``enqueue`` nor
    ``serialize``. With ``enqueue=True``, ``exception.stacktrace`` is the text that loguru has formatted, without the
    values of variables.
    """
    log_event = producer._log_event

    def sink(message: Any) -> None:
        record = message.record
        # A diagnostic of logrtc itself, which loguru has got from `logging`.
        if record["name"] == "logrtc._diagnostics":
            return
        level = record["level"]
        exception = record["exception"]
        fields = record["extra"]
        value = trace = None
        if exception is not None:
            value = exception.value
            # A record that was pickled has lost its traceback, and perhaps its exception.
            if exception.traceback is None:
                trace = _trace_in(str(message), record["message"])
            if value is None and exception.type is not None:
                fields = {**_described(exception.type, trace), **fields}
        log_event(
            level.no,
            level.name,
            record["name"] or "loguru",
            record["message"],
            fields,
            exception=value,
            trace=trace,
            path=record["file"].path,
            function=record["function"],
            line=record["line"],
            created=record["time"].timestamp(),
        )

    return sink


def _trace_in(text: str, message: str) -> str | None:
    """The traceback in a formatted message, if there is one."""
    begin = text.find("Traceback (most recent call last)", text.find(message) + len(message))
    if begin < 0:
        return None
    lines = text[begin:].splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith(_DRAWN)) + "\n"


def _described(kind: type[BaseException], trace: str | None) -> dict[str, object]:
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    last = (trace or "").rstrip().rpartition("\n")[2]
    _, is_there, message = last.partition(": ")
    return {"exception.type": name, **({"exception.message": message} if is_there else {})}
