"""The thread that calls ``on_state`` and ``on_event``."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

from . import _events, _threads

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._events import Event
    from ._logrtc import Events
    from ._types import State

__all__ = ["start"]


def start(
    events: Events, on_state: Callable[[State], object] | None, on_event: Callable[[Event], object] | None
) -> None:
    """Starts the calls, on a thread that does not keep the program alive."""
    _threads.start("logrtc-callback", _call_back, events, on_state, on_event)


def _call_back(
    events: Events, on_state: Callable[[State], object] | None, on_event: Callable[[Event], object] | None
) -> None:
    while (described := events.next()) is not None:
        event = _event(*described)
        if on_state is not None and isinstance(event, _events.StateChanged):
            _call(on_state, event.state)
        if on_event is not None:
            _call(on_event, event)


def _event(name: str, values: tuple[Any, ...]) -> Event:
    if name == "ConsumerDisconnected":
        consumer_id, reason, counts = values
        values = consumer_id, reason, _events.Counts(*counts)
    event: Event = getattr(_events, name)(*values)
    return event


def _call(callback: Callable[[Any], object], value: object) -> None:
    try:
        callback(value)
    except Exception:
        # As of any other thread. The next event is reported all the same.
        threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))
