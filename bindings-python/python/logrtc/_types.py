"""The types of options and arguments."""

from collections.abc import Callable, Iterable
from os import PathLike
from typing import TYPE_CHECKING, Literal, TypedDict

from ._events import Event

if TYPE_CHECKING:
    from typing_extensions import Unpack
else:
    # Annotations can be read when the program runs, too.
    try:
        from typing import Unpack
    except ImportError:
        # Before Python 3.11: of one type, that type itself.
        from typing import Union as Unpack

__all__ = ["HandlerOptions", "IceServer", "Level", "Options", "Span", "State", "Unpack"]

State = Literal["connecting", "registered", "reconnecting", "abandoned", "closed", "disabled"]
"""The state of the connection to the signaling server. Connected consumers do not depend on it."""

Level = str | int
"""A level: by its name, in any case, or by its number in ``logging``.

The wire has DEBUG, INFO, WARN and ERROR. Other names, such as ``TRACE`` and ``CRITICAL``, become one of them, and are
kept in the field ``level_name``.
"""


class Span(TypedDict, total=False):
    """The ids of a span in a distributed trace."""

    id: str | None
    trace_id: str | None
    parent_id: str | None


class IceServer(TypedDict, total=False):
    """A STUN or TURN server. ``urls`` is accepted as another name for ``url``, as in the W3C's ``RTCIceServer``."""

    url: str
    username: str
    credential: str


class HandlerOptions(TypedDict, total=False):
    """The options of a ``Handler``, in addition to ``url`` and ``client_id``. ``None`` is the default of each.

    The environment variables ``LOGRTC_URL``, ``LOGRTC_CLIENT_ID``, ``LOGRTC_LEVEL``, ``LOGRTC_TOKEN``,
    ``LOGRTC_SECRET``, ``LOGRTC_DISABLED``, ``LOGRTC_ICE_SERVERS``, ``LOGRTC_INTERFACES``, ``LOGRTC_UDP_PORTS``,
    ``LOGRTC_ANNOUNCED_ADDRESS`` and ``LOGRTC_RELAY_ONLY`` override the options. Durations are in seconds.
    """

    system_name: str | None
    """The name of the system, for people; the ``client_id`` by default."""
    version: str | None
    """The version of the system; ``0.0.0`` by default."""
    description: str | None
    """A description of the system, for people."""
    token: str | None
    """A bearer token for the signaling server."""
    secret: str | None
    """A secret that the program shares with its readers and not with the signaling server.

    The two prove to each other that no server stands between them. A consumer that does not prove it gets no entry.
    The secret must be random: 32 to 256 hexadecimal digits, as ``secrets.token_hex(16)`` makes them, or 22 to 256
    characters of base64url.
    """
    ca_file: str | PathLike[str] | None
    """A file of certificates (PEM) that are trusted for ``wss://``, beside the system's own."""
    filter: str | None
    """What is logged, by level and target: ``info,app.db=debug``. DEBUG of every target by default."""
    max_entries: int | None
    """The maximum number of retained entries; 65 536 by default."""
    max_bytes: int | None
    """The maximum size of the retained entries in bytes, with 128 for each; 16 MiB by default."""
    max_entry_bytes: int | None
    """The maximum size of an encoded entry in bytes; 64 KiB by default, which is also the maximum.

    The longest values of a longer entry are cut, and the field ``truncated`` names them.
    """
    overflow: Literal["drop_oldest", "drop_newest", "block"] | None
    """What happens to a new entry if the journal is full; ``drop_oldest`` by default."""
    block_timeout: float | None
    """How long a log call may wait for a slow consumer. Only with ``overflow="block"``, and required there."""
    replay: Literal["all", "none"] | int | None
    """Which retained entries a new consumer receives: all of them (the default), none, or the newest of this number."""
    reconnect_interval: float | None
    """How long to wait between attempts to reach the signaling server; 5 by default."""
    max_reconnect_interval: float | None
    """The maximum interval. The interval doubles with each failure until then; by default it does not grow."""
    reconnect_jitter: float | None
    """Jitter, 0 to 1: each delay is shortened by a random fraction of at most this; 0 by default."""
    max_reconnect_attempts: int | None
    """After how many failed attempts in a row the producer gives up; at least 1. -1, the default, is never.

    An attempt also fails if its connection ends within 30 s.
    """
    ice_servers: Iterable[str | IceServer] | None
    """STUN and TURN servers, used beside those of the signaling server.

    By default those of the signaling server, or ``stun:stun.l.google.com:19302`` if it names none. An empty list means
    none at all, which is right within one network.
    """
    interfaces: Iterable[str] | None
    """The network interfaces over which consumers connect, by name (``eth0``) or by address (``192.0.2.1``).

    By default every one but loopback, and loopback if the signaling server is on this host or there is no other. One
    that this host does not have is skipped, and the logger ``logrtc`` warns of it once. If the host has none of them,
    only consumers on this host connect.
    """
    udp_ports: tuple[int, int] | None
    """The UDP ports over which consumers connect, the first and the last; any free port by default.

    Each consumer takes one port of each local address. The logger ``logrtc`` warns once if none is free.
    """
    announced_address: str | None
    """The IP address by which consumers reach this host behind a port forwarding, which keeps the ``udp_ports``."""
    relay_only: bool | None
    """Whether consumers connect through a TURN server alone, so that they do not learn this host's addresses."""
    max_consumers: int | None
    """The maximum number of connected consumers; 64 by default."""
    close_timeout: float | None
    """The timeout of ``flush``, of ``close`` and of the end of the program; 2 by default."""
    fork: Literal["restart", "disable"] | None
    """What the child of a fork does.

    ``restart``, the default: its first entry starts a producer of its own, as ``client_id#pid``. ``disable``: it logs
    nothing.
    """
    disabled: bool | None
    """Makes the producer do nothing: no thread, no socket, no entry."""
    environment: bool | None
    """Whether environment variables override the options; true by default."""
    on_state: Callable[[State], object] | None
    """Called with each new state, on a thread of its own. It may log, flush and close. Not called in a forked child."""
    on_event: Callable[[Event], object] | None
    """Called with each event, as ``on_state`` is with each state and on the same thread.

    If 256 events are queued, further ones are dropped; the latest state is still delivered.
    """


class Options(HandlerOptions, total=False):
    """The options of a producer, in addition to ``url`` and ``client_id``."""

    level: Level | None
    """The lowest level that is logged, of every target; DEBUG by default. Not together with ``filter``."""
