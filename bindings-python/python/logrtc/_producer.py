"""The handle that a program logs with."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, ParamSpec

from . import _logrtc
from ._errors import LogrtcError
from ._types import Options, Unpack

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from typing_extensions import Self

__all__ = ["Producer", "connect"]

P = ParamSpec("P")


async def _in_thread(call: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    # Whoever awaits has loaded it; for all others it would be most of what this package takes to load.
    import asyncio

    await asyncio.to_thread(call, *args, **kwargs)


class Producer(_logrtc.Producer):
    """Streams a program's log to every consumer that comes.

    It begins when it is made, connects and reconnects by itself, and holds what is logged for consumers that come
    later. Every method can be called from any thread. A log call never waits on the network; only ``flush`` and
    ``close`` wait, and let other threads run meanwhile.

    It ends with ``close``, with a ``with`` block, with the program, or when nobody holds it any more.
    """

    __slots__ = ()

    async def aflush(self, timeout: float | None = None) -> None:
        """Does what ``flush`` does, and lets the event loop run meanwhile. Cancelled, its thread ends soon."""
        cancellation = _logrtc.Cancellation()
        try:
            await _in_thread(self._flush_until, timeout, cancellation)
        finally:
            cancellation.set()

    async def aclose(self, timeout: float | None = None) -> None:
        """Does what ``close`` does, and lets the event loop run meanwhile. It closes even where it is cancelled."""
        await _in_thread(self.close, timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Closes. What did not arrive in time is no reason for the program to fail."""
        with suppress(LogrtcError):
            self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Closes, and lets the event loop run meanwhile."""
        await _in_thread(self.__exit__, kind, error, traceback)

    def __repr__(self) -> str:
        return f"<logrtc.Producer {self.client_id!r} {self.state}>"


def connect(url: str = _logrtc.DEFAULT_URL, *, client_id: str | None = None, **options: Unpack[Options]) -> Producer:
    """Starts a producer, and returns at once.

    It registers as ``client_id``, by default the name of the program, with the signaling server at ``url``. A wrong
    option raises ``InvalidArgumentError``, whose message names it and states what is right. ``logrtc.Options`` lists
    every option.
    """
    return Producer(url, client_id=client_id, **options)
