"""Streams a program's structured log, live, to web pages, directly over WebRTC.

    import logrtc

    producer = logrtc.connect("ws://localhost:8080/signaling", client_id="checkout")
    producer.info("checkout.http", "listening", {"port": 8000})

or, with the standard ``logging``, ``logrtc.install()`` and nothing else.

A log call never waits for the network, never raises, and never uses more memory than configured. Entries are kept for
browsers that connect later. At its end, the program delivers its entries and closes, within two seconds, and at once if
no browser is connected. If the server cannot be reached, the logger ``logrtc`` warns once.
"""

from ._bound import BoundLogger
from ._errors import ClosedError, FlushTimeoutError, InternalError, InvalidArgumentError, LogrtcError
from ._events import (
    ConsumerConnected,
    ConsumerDisconnected,
    ConsumerRefused,
    Counts,
    EndReason,
    Event,
    ServerError,
    StateChanged,
)
from ._handler import Handler
from ._install import install
from ._logrtc import DEFAULT_URL, ConsumerStats, Stats, __version__, shutdown
from ._loguru import loguru_sink
from ._process import watch
from ._producer import Producer, connect
from ._server import Server, serve
from ._structlog import StructlogProcessor
from ._types import IceServer, Level, Options, Span, State

__all__ = [
    "DEFAULT_URL",
    "BoundLogger",
    "ClosedError",
    "ConsumerConnected",
    "ConsumerDisconnected",
    "ConsumerRefused",
    "ConsumerStats",
    "Counts",
    "EndReason",
    "Event",
    "FlushTimeoutError",
    "Handler",
    "IceServer",
    "InternalError",
    "InvalidArgumentError",
    "Level",
    "LogrtcError",
    "Options",
    "Producer",
    "Server",
    "ServerError",
    "Span",
    "State",
    "StateChanged",
    "Stats",
    "StructlogProcessor",
    "__version__",
    "connect",
    "install",
    "loguru_sink",
    "serve",
    "shutdown",
]

watch()
del watch
