"""What logrtc has to say about itself: by the logger ``logrtc``."""

from __future__ import annotations

import logging

__all__ = ["log"]


def log(level: int, message: str) -> None:
    """Logs by the logger ``logrtc``: by the handlers of the program, else on standard error as ``logging`` does it."""
    logger = logging.getLogger("logrtc")
    if not logger.isEnabledFor(level):
        return
    record = logger.makeRecord(logger.name, level, "(logrtc)", 0, message, (), None)
    logger.handle(record)
    last = logging.lastResort
    if last is not None and level >= last.level and _is_lost(logger):
        last.handle(record)


def _is_lost(logger: logging.Logger | None) -> bool:
    """Whether there are handlers, so that ``logging`` is content, but those of logrtc alone, which leave it out."""
    from ._handler import Handler

    handlers: list[logging.Handler] = []
    while logger is not None:
        handlers += logger.handlers
        logger = logger.parent if logger.propagate else None
    return bool(handlers) and all(isinstance(handler, Handler) for handler in handlers)
