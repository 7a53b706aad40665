"""The viewer in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import _logrtc

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from typing_extensions import Self

__all__ = ["Server", "serve"]


class Server(_logrtc.Server):
    """A signaling server with its log page, until ``stop``, the end of a ``with`` block, or the end of the program."""

    __slots__ = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<logrtc.Server {self.url}>"


def serve(host: str = "127.0.0.1", port: int = 8080, *, allow_origins: Iterable[str] = ()) -> Server:
    """Serves the log page at the answer's ``url``, and the signaling for producers at its ``signaling_url``.

    ``host`` is an IP address; port 0 takes a free one. It answers its own pages alone, and those of ``allow_origins``.
    Raises ``OSError`` where the port is taken. It runs on a thread of its own, which keeps no program alive.
    """
    return Server(host, port, list(allow_origins))
