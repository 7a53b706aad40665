"""The handle that a program logs with."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, ParamSpec

from . import _logrtc
from ._bound import BoundLogger
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
    """Streams the log of a program to every consumer that connects.

    It connects and reconnects by itself, and keeps entries for consumers that connect later. Every method can be called
    from any thread. A log call never waits for the network and never raises, whatever it is given. Only ``flush``,
    ``close`` and ``wait_for_consumer`` wait; other threads run meanwhile.

    ``close``, the end of a ``with`` block, the end of the program, and the loss of the last reference end it.
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

    def bind(self, **fields: object) -> BoundLogger:
        """Returns a logger that adds ``fields`` to each of its entries."""
        return BoundLogger(self, fields)

    def __repr__(self) -> str:
        return f"<logrtc.Producer {self.client_id!r} at {self.url}, {self.state}>"


def connect(url: str = _logrtc.DEFAULT_URL, *, client_id: str | None = None, **options: Unpack[Options]) -> Producer:
    """Starts a producer, and returns at once.

    It registers as ``client_id``, by default the name of the program, with the signaling server at ``url``. A wrong
    option raises ``InvalidArgumentError``, whose message names it and states what is right. ``logrtc.Options`` lists
    every option.
    """
    return Producer(url, client_id=client_id, **options)
