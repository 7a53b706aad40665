"""structlog, by a processor of its own and through ``logging``."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

from ._event_dict import EventDict

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from ._producer import Producer

__all__ = ["StructlogProcessor", "is_wrapped", "log_wrapped"]

# What every record has, and what formatters add.
_STANDARD = frozenset((*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "_logger", "_name"))


class StructlogProcessor:
    """A processor of structlog that logs every event, and passes it on unchanged.

    As the last processor it ends the event, so that structlog prints nothing. ``logger`` of an event
    (``structlog.stdlib.add_logger_name``) is the entry's target, else the name of the logger, else ``target``. All keys
    become fields, except what structlog's own processors write: level, time, exception, stack and place of the call.
    Renderers (``JSONRenderer``, ``ConsoleRenderer``) belong after it.
    """

    def __init__(self, producer: Producer, *, target: str = "structlog") -> None:
        self._log_event = producer._log_event
        self._target = target

    def __call__(self, logger: Any, name: str, event_dict: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event = EventDict(event_dict, name)
        target = event.target or getattr(logger, "name", None)
        # A diagnostic of logrtc itself, which structlog has got from `logging`.
        if target != "logrtc":
            self._log_event(
                event.level,
                None,
                target if isinstance(target, str) else self._target,
                event.message,
                event.fields,
                exception=event.exception,
                trace=event.trace,
                stack=event.stack,
                path=event.path,
                function=event.function,
                line=event.line,
                created=event.created,
            )
        if self._is_last():
            raise sys.modules["structlog"].DropEvent
        return event_dict

    def _is_last(self) -> bool:
        """Whether the logger that calls has no processor after this one."""
        frame = sys._getframe(2)
        if frame.f_code.co_name != "_process_event":
            return False
        processors: Any = getattr(frame.f_locals.get("self"), "_processors", None)
        return bool(processors) and processors[-1] is self


def is_wrapped(record: logging.LogRecord) -> bool:
    """Whether the message of a record is an event dict, from ``ProcessorFormatter.wrap_for_formatter``."""
    return "_logger" in record.__dict__ and isinstance(record.__dict__.get("_name"), str)


def log_wrapped(producer: Producer, record: Any, make_text: Callable[[logging.LogRecord], str] | None) -> None:
    """Logs a record whose message is an event dict; ``make_text`` makes the message of it, if a formatter is set."""
    event = EventDict(record.msg, record._name)
    text = None
    if make_text is not None:
        text = producer._unless_logging(make_text, record)
        if text is None:
            return
    own = {key: value for key, value in record.__dict__.items() if key not in _STANDARD}
    info = record.exc_info
    producer._log_event(
        record.levelno,
        record.levelname,
        record.name,
        event.message if text is None else text,
        {**own, **event.fields},
        exception=event.exception or (info[1] if isinstance(info, tuple) else info),
        trace=event.trace,
        shown=text,
        stack=event.stack or record.stack_info,
        path=record.pathname,
        function=record.funcName,
        line=record.lineno,
        created=record.created,
    )
