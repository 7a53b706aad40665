"""The viewer in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import _browser, _logrtc

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from typing_extensions import Self

__all__ = ["Server", "serve"]


class Server(_logrtc.Server):
    """A signaling server with its log page.

    It runs until ``close``, the end of a ``with`` block, or the end of the program, whether or not the object is kept.
    """

    __slots__ = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<logrtc.Server {self.url.partition('#')[0]}>"


def serve(
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    allow_origins: Iterable[str] = (),
    open: bool = False,  # noqa: A002
) -> Server:
    """Serves the log page at ``url`` of the result, and the signaling for producers at its ``signaling_url``.

    ``host`` is an IP address or ``"localhost"``; port 0 takes a free one. Pages of other origins are refused, except
    those of ``allow_origins``. If other machines can reach ``host``, the server wants the ``token`` of the result:
    ``url`` has it for readers, and a producer connects with ``token=server.token``. If ``LOGRTC_SECRET`` is set,
    ``url`` contains that secret. ``open`` opens the page in a browser; if that fails, the logger ``logrtc`` warns
    of it. Raises ``OSError`` if the port is taken. It runs on a thread of its own, which keeps no program alive.
    """
    server = Server(host, port, list(allow_origins))
    if open:
        _browser.show(server.url)
    return server
