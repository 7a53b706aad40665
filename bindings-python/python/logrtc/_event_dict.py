"""The event dict of structlog: what its processors write there, and the fields of the program."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["EventDict"]

# The names of methods that are no names of levels.
_METHODS = {
    "exception": "error",
    "failure": "error",
    "fatal": "critical",
    "msg": "info",
    "log": "info",
    "notset": "debug",
}
_NUMBERS = {"debug": 10, "info": 20, "warning": 30, "warn": 30, "error": 40, "critical": 50}
_LEVELS = frozenset((*_METHODS, *_NUMBERS, "trace", "verbose", "notice", "success", "alert", "emergency", "panic"))

# What structlog adds for itself.
_META = ("_record", "_from_structlog")


class EventDict:
    """An event dict, taken apart.

    A key that structlog's processors write is a part of the entry only if its value is what they write there. Any other
    value is the program's own, and stays a field.
    """

    def __init__(self, event_dict: Mapping[str, Any], method: str) -> None:
        self.fields = dict(event_dict)
        for key in _META:
            self.fields.pop(key, None)
        self.message = self.fields.pop("event", "")
        self.level = self._level(method)
        self.target: str | None = self._take("logger", lambda value: isinstance(value, str) and value != "")
        self.created = self._created()
        self.exception, self.trace = self._exception(method)
        self.stack: str | None = self._take("stack", lambda value: _begins(value, "Stack (most recent call last)"))
        self._take("stack_info", lambda value: value is None or isinstance(value, bool))
        self.path: str | None = self._take("pathname", lambda value: isinstance(value, str))
        self.function: str | None = self._take("func_name", lambda value: isinstance(value, str))
        self.line: int | None = self._take("lineno", lambda value: type(value) is int)
        self._take("filename", lambda value: self.path is not None and value == os.path.basename(self.path))

    def _take(self, key: str, is_of_structlog: Any) -> Any:
        """Takes a value out of the fields if structlog wrote it."""
        if key in self.fields and is_of_structlog(self.fields[key]):
            return self.fields.pop(key)
        return None

    def _level(self, method: str) -> str | int:
        level = self.fields.get("level")
        if level is None or type(level) is int or (isinstance(level, str) and level.lower() in {*_LEVELS, method}):
            self.fields.pop("level", None)
        else:
            level = None
        found: str | int = method if level is None else level
        if isinstance(found, str):
            name = found.lower()
            self._take("level_number", lambda value: value == _NUMBERS.get(_METHODS.get(name, name)))
            return _METHODS.get(name, found)
        return found

    def _created(self) -> float | None:
        """The time of the event, if it has one that says for which zone it is."""
        stamp = self.fields.get("timestamp")
        created = stamp if type(stamp) is float else None
        if isinstance(stamp, str):
            try:
                # Before Python 3.11 `Z` is not known.
                time = datetime.fromisoformat(f"{stamp[:-1]}+00:00" if stamp.endswith("Z") else stamp)
            except ValueError:
                return None
            created = None if time.tzinfo is None else time.timestamp()
        if created is not None:
            del self.fields["timestamp"]
        return created

    def _exception(self, method: str) -> tuple[BaseException | None, str | None]:
        """The exception, and the text of it if a processor has made that."""
        is_info = "exc_info" in self.fields and isinstance(
            self.fields["exc_info"], (bool, type(None), BaseException, tuple)
        )
        info = self.fields.pop("exc_info") if is_info else method == "exception"
        exception = _exception_of(info)
        trace = self._take(
            "exception", lambda value: isinstance(value, str) and "Traceback (most recent call last)" in value
        )
        if trace is not None and not is_info:
            # What was made text of is usually still being handled.
            handled = sys.exc_info()[1]
            exception = handled if handled is not None and type(handled).__name__ in trace else None
        return exception, trace


def _begins(value: object, text: str) -> bool:
    return isinstance(value, str) and value.startswith(text)


def _exception_of(info: object) -> BaseException | None:
    if isinstance(info, BaseException):
        return info
    if isinstance(info, tuple):
        return info[1] if len(info) > 1 and isinstance(info[1], BaseException) else None
    return sys.exc_info()[1] if info else None
