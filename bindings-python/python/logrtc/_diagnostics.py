"""What logrtc reports about itself, by the logger ``logrtc``."""

from __future__ import annotations

import logging
import sys
import threading

from . import _logrtc, _threads

__all__ = ["finish", "log", "start"]

# How long the end of the program waits for a handler.
_END_SECONDS = 1.0


def log(level: int, message: str, *arguments: str) -> None:
    """Logs by the handlers of the program, or else on standard error, as ``logging`` itself does."""
    logger = logging.getLogger("logrtc")
    if not logger.isEnabledFor(level):
        return
    record = logger.makeRecord(logger.name, level, __file__, 0, message, arguments, None)
    logger.handle(record)
    last = logging.lastResort
    if last is not None and level >= last.level and _is_unheard(logger):
        last.handle(record)


def _is_unheard(logger: logging.Logger | None) -> bool:
    """Whether there are handlers, and all are of logrtc, which leave the record out."""
    from ._handler import Handler

    handlers: list[logging.Handler] = []
    while logger is not None:
        handlers += logger.handlers
        logger = logger.parent if logger.propagate else None
    return bool(handlers) and all(isinstance(handler, Handler) for handler in handlers)


def start() -> None:
    """Logs all that the core has reported, on a thread that ends after it and keeps no program alive."""
    _threads.start("logrtc-diagnostics", _log_all)


def _log_all() -> None:
    try:
        while (diagnostic := _logrtc.next_diagnostic()) is not None:
            level, client_id, message = diagnostic
            try:
                # The text names logrtc, for without a configuration `logging` prints the text alone.
                log(level, "logrtc producer %s: %s", client_id, message)
            except Exception:
                # A handler of the program failed. The next diagnostic is logged, too.
                threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))
    except BaseException:
        _logrtc.stop_diagnostics()
        raise


def finish() -> None:
    """Waits until what the core has reported is logged, for a second at most: a handler may never return."""
    # From Python 3.12 on no thread can be started at the end of the program, and the queue has something left.
    if _logrtc.wait_for_diagnostics(_END_SECONDS):
        _log_all()
