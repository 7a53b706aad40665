"""Threads of the system, also in a program whose threads are greenlets.

After ``gevent.monkey.patch_all()``, a ``threading.Thread`` is a greenlet. One that waits in
compiled code would stop all others.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["start"]


def start(name: str, run: Callable[..., None], *arguments: object) -> None:
    """Starts a thread that does not keep the program alive."""
    start_new_thread = _unpatched()
    if start_new_thread is None:
        threading.Thread(target=run, args=arguments, name=name, daemon=True).start()
    else:
        start_new_thread(run, arguments)


def _unpatched() -> Callable[..., Any] | None:
    """The start of a thread that gevent or eventlet has replaced; ``None`` if neither has."""
    gevent = sys.modules.get("gevent.monkey")
    if gevent is not None and gevent.is_module_patched("_thread"):
        original: Callable[..., Any] = gevent.get_original("_thread", "start_new_thread")
        return original
    eventlet = sys.modules.get("eventlet.patcher")
    if eventlet is not None and eventlet.is_monkey_patched("thread"):
        original = eventlet.original("_thread").start_new_thread
        return original
    return None
