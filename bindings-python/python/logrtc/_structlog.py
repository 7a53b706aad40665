"""structlog."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from ._producer import Producer

__all__ = ["StructlogProcessor"]

# The names of methods that are no names of levels.
_LEVELS = {
    "exception": "error",
    "failure": "error",
    "fatal": "critical",
    "msg": "info",
    "log": "info",
    "notset": "debug",
}

# Where structlog's own processors write what an entry has a place for.
_TAKEN = frozenset(
    {"event", "level", "level_number", "logger", "timestamp", "exc_info", "exception", "stack", "stack_info"}
    | {"pathname", "filename", "func_name", "lineno"}
)


class StructlogProcessor:
    """A processor that logs every event, and passes it on as it is, for the next one.

    ``logger`` of an event (``structlog.stdlib.add_logger_name``) is the entry's target, else the name of the logger,
    else ``target``. It belongs before the processors that make text of an event: ``format_exc_info``, ``JSONRenderer``
    and their like.
    """

    def __init__(self, producer: Producer, *, target: str = "structlog") -> None:
        self._log_event = producer._log_event
        self._target = target

    def __call__(self, logger: Any, name: str, event_dict: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        level = event_dict.get("level", name)
        if not isinstance(level, (str, int)):
            level = name
        if isinstance(level, str):
            level = _LEVELS.get(level.lower(), level)
        target = event_dict.get("logger") or getattr(logger, "name", None)
        # A diagnostic of logrtc itself, which structlog has got from `logging`.
        if target == "logrtc":
            return event_dict
        self._log_event(
            level,
            None,
            target if isinstance(target, str) else self._target,
            event_dict.get("event", ""),
            {key: value for key, value in event_dict.items() if key not in _TAKEN},
            exception=_exception(event_dict.get("exc_info", name == "exception")),
            stack=event_dict.get("stack"),
            path=event_dict.get("pathname"),
            function=event_dict.get("func_name"),
            line=event_dict.get("lineno"),
        )
        return event_dict


def _exception(info: object) -> BaseException | None:
    if isinstance(info, BaseException):
        return info
    if isinstance(info, tuple):
        return info[1] if len(info) > 1 and isinstance(info[1], BaseException) else None
    return sys.exc_info()[1] if info else None
