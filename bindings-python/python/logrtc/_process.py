"""What happens to the process: its end, and its children."""

from __future__ import annotations

import atexit
import logging
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from . import _diagnostics, _logrtc, _root
from ._handler import Handler

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["watch"]


def watch() -> None:
    """Closes every producer at the end of the program, and tells the core of forks."""
    # What is registered first is called last.
    atexit.register(_logrtc.end)
    atexit.register(_diagnostics.finish)
    atexit.register(_logrtc.shutdown)
    atexit.register(_empty_memory_handlers)
    atexit.register(_begin_end)
    # Not where there is no fork.
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_after_fork_in_child)
    # A child that multiprocessing has begun in another way than by a fork loads this anew, before or after it begins.
    if "multiprocessing.util" in sys.modules:
        _watch_child()


def _begin_end() -> None:
    _root.begin_end()
    _logrtc.begin_exit()


def _empty_memory_handlers() -> None:
    # `logging` would do it, but later: what they hold has to be logged before the producers close.
    handlers = sys.modules.get("logging.handlers")
    if handlers is None:
        return
    # As `logging` itself does at the end: the newest first.
    for reference in reversed(logging._handlerList[:]):  # type: ignore[attr-defined]
        chain: list[Any] = []
        link = reference()
        while isinstance(link, handlers.MemoryHandler) and link not in chain:
            chain.append(link)
            link = link.target
        if isinstance(link, Handler):
            for each in chain:
                # A handler that fails must not keep the others from it.
                with suppress(Exception):
                    each.flush()


def _after_fork_in_child() -> None:
    _logrtc.after_fork_in_child()
    _root.renew_lock()
    _watch_child()
    _watch_worker_of_celery()


def _watch_child() -> None:
    # A child of multiprocessing leaves without atexit, by finalizers of its own. It forgets them when it begins; what
    # is registered as `after_fork` is called then.
    util = sys.modules.get("multiprocessing.util")
    if util is None and "billiard.process" in sys.modules:
        # billiard has the same finalizers, and loads them in the child.
        import multiprocessing.util as util
    if util is not None:
        util.register_after_fork(_logrtc.shutdown, _close_at_end_of_child)
        if sys.modules["multiprocessing.process"].parent_process() is not None:
            _close_at_end_of_child(_logrtc.shutdown)


def _watch_worker_of_celery() -> None:
    # Its pool ends a worker by `os._exit`. This signal is the last thing that it sends.
    signals = sys.modules.get("celery.signals")
    if signals is not None:
        signals.worker_process_shutdown.connect(_end_worker_of_celery, weak=False)


def _end_worker_of_celery(**_: object) -> None:
    _logrtc.shutdown()
    _diagnostics.finish()


def _close_at_end_of_child(shutdown: Callable[[], None]) -> None:
    # After the program's own finalizers, which may log.
    finalize = sys.modules["multiprocessing.util"].Finalize
    finalize(None, shutdown, exitpriority=-100)
    finalize(None, _diagnostics.finish, exitpriority=-101)
