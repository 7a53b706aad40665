"""The place of installed handlers: beyond the root logger, so that the configuration of ``logging`` stays as it is.

A handler among those of the root logger would change what a program prints. ``logging`` then no longer prints warnings
by itself, ``basicConfig`` does nothing, and frameworks that look for a handler leave out their own.
"""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["add", "begin_end", "installed", "is_ending", "lock", "remove", "renew_lock"]

lock = threading.RLock()
"""Held by whoever changes what is installed."""

# A class between `Logger._log` and `Logger.filter` adds one frame, a patch of another library one more.
_MAX_FRAMES = 5
_LOG = logging.Logger._log.__code__

_wanted: dict[logging.Handler, int | None] = {}
# A copy for `_filter`, which iterates while another thread may install.
_handlers: tuple[logging.Handler, ...] = ()
_filter_of_logger = logging.Logger.filter
_is_hooked = False
_is_ending = False


class _Lowered(int):
    """A level of the root logger that ``install`` has set; the program's own one is ``_own_level``."""

    __slots__ = ()


_own_level = logging.WARNING


def renew_lock() -> None:
    """Makes the lock anew in the child of a fork, in which the thread that held it does not exist."""
    global lock
    lock = threading.RLock()


def begin_end() -> None:
    """Notes that the program ends: a handler that is closed from now on is closed for good."""
    global _is_ending
    _is_ending = True


def is_ending() -> bool:
    """Whether the program ends."""
    return _is_ending


def installed() -> tuple[logging.Handler, ...]:
    """The handlers that are installed."""
    return _handlers


def add(handler: logging.Handler, level: int | None) -> None:
    """Passes every record that reaches the root logger to ``handler``. ``level`` is the one that it wants, if any."""
    global _handlers, _own_level
    with lock:
        _hook()
        _wanted[handler] = level
        _handlers = tuple(_wanted)
        root = logging.root
        if isinstance(root.level, _Lowered):
            _adapt()
        elif level is not None and root.level > level:
            _own_level = root.level
            _adapt()


def remove(handler: logging.Handler) -> None:
    """Passes nothing to ``handler`` any more. Does nothing if it is not installed."""
    global _handlers
    with lock:
        if handler in _wanted:
            del _wanted[handler]
            _handlers = tuple(_wanted)
            if isinstance(logging.root.level, _Lowered):
                _adapt()


def _hook() -> None:
    global _filter_of_logger, _is_hooked
    if not _is_hooked:
        # Another library may have replaced it by now.
        _filter_of_logger = logging.Logger.filter
        # `Logger.handle` calls it before the handlers. So no frame of logrtc lies below theirs: some look for who logs.
        logging.Logger.filter = _filter  # type: ignore[assignment,method-assign]
        _is_hooked = True


def _adapt() -> None:
    lowest = min((level for level in _wanted.values() if level is not None), default=_own_level)
    logging.root.setLevel(_Lowered(lowest) if lowest < _own_level else _own_level)


def _filter(logger: logging.Logger, record: logging.LogRecord) -> bool | logging.LogRecord:
    wanted: bool | logging.LogRecord = _filter_of_logger(logger, record)
    handlers = _handlers
    if not wanted or not handlers:
        return wanted
    if isinstance(wanted, logging.LogRecord):
        record = wanted
    root = logging.root
    is_extra = isinstance(root.level, _Lowered) and record.levelno < _own_level and _is_made_by_lowering(logger, root)
    if _reaches(logger, root):
        for handler in handlers:
            # The program may have added it to the root logger, too.
            if record.levelno >= handler.level and (is_extra or handler not in root.handlers):
                handler.handle(record)
    return False if is_extra else wanted


def _reaches(logger: logging.Logger, root: logging.Logger) -> bool:
    while logger.parent is not None:
        if not logger.propagate:
            return False
        logger = logger.parent
    return logger is root


def _is_made_by_lowering(logger: logging.Logger, root: logging.Logger) -> bool:
    """Whether there would be no record if the root logger had the program's own level."""
    while not logger.level and logger.parent is not None:
        logger = logger.parent
    if logger is not root:
        return False
    # `Logger.handle` applies no level to a record that was not made by a log call, such as one of another process.
    frame: FrameType | None = sys._getframe(2)
    for _ in range(_MAX_FRAMES):
        if frame is None:
            return False
        if frame.f_code is _LOG:
            return True
        frame = frame.f_back
    return False
