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
    """The start of a thread that gevent has replaced; ``None`` if it has not."""
    gevent = sys.modules.get("gevent.monkey")
    if gevent is None or not gevent.is_module_patched("_thread"):
        return None
    original: Callable[..., Any] = gevent.get_original("_thread", "start_new_thread")
    return original
