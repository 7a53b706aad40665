"""The thread that calls back."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._logrtc import States
    from ._types import State

__all__ = ["start"]


def start(states: States, callback: Callable[[State], object]) -> None:
    """Starts to call ``callback`` with each of ``states``, on a thread that keeps no program alive."""
    threading.Thread(target=_tell, args=(states, callback), name="logrtc-callback", daemon=True).start()


def _tell(states: States, callback: Callable[[State], object]) -> None:
    while (state := states.next()) is not None:
        try:
            callback(state)
        except Exception:
            # As of any other thread; but the next state is told, too.
            threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))
