"""The types of what is passed around."""

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
"""Where a producer stands with its signaling server. Consumers that are there stay, whatever it is."""

Level = str | int
"""A level: by its name, in any case, or by its number in ``logging``.

Names of richer systems, such as ``TRACE`` and ``CRITICAL``, become one of DEBUG, INFO, WARN and ERROR, and stay as the
field ``level_name``.
"""


class Span(TypedDict, total=False):
    """Where an entry stands in a distributed trace."""

    id: str | None
    trace_id: str | None
    parent_id: str | None


class IceServer(TypedDict, total=False):
    """A STUN or TURN server. ``urls`` is accepted as another name for ``url``, as in the W3C's ``RTCIceServer``."""

    url: str
    username: str
    credential: str


class HandlerOptions(TypedDict, total=False):
    """What a ``Handler``'s producer can be told beside its ``url`` and ``client_id``. ``None`` stands for the default.

    The variables ``LOGRTC_URL``, ``LOGRTC_CLIENT_ID``, ``LOGRTC_LEVEL``, ``LOGRTC_TOKEN`` and ``LOGRTC_DISABLED`` of
    the environment win over what is set here, for the person who runs the program knows better. Durations are in
    seconds.
    """

    system_name: str | None
    """The name of the system, for people; the ``client_id`` by default."""
    version: str | None
    """The version of the system; ``0.0.0`` by default."""
    description: str | None
    """What the system is, for people."""
    token: str | None
    """A bearer token for the signaling server."""
    ca_file: str | PathLike[str] | None
    """A file of certificates (PEM) that are trusted for ``wss://``, beside the system's own."""
    filter: str | None
    """What is logged, by level and target: ``info,app.db=debug``. DEBUG of every target by default."""
    max_entries: int | None
    """How many entries are held; 65 536 by default."""
    max_bytes: int | None
    """How many bytes are held, 128 for each entry's place among them; 16 MiB by default."""
    max_entry_bytes: int | None
    """How long an entry may be when encoded, in bytes; 64 KiB by default, which is also the most.

    A longer message is cut, and marked by the field ``truncated``.
    """
    overflow: Literal["drop_oldest", "drop_newest", "block"] | None
    """What happens when as much is held as may be; ``drop_oldest`` by default."""
    block_timeout: float | None
    """How long a log call may wait for a consumer that is behind, where ``overflow`` is ``block``."""
    replay: Literal["all", "none"] | int | None
    """Where a new consumer begins: with all that is held (the default), with what comes next, or so many back."""
    reconnect_interval: float | None
    """How long to wait between attempts to reach the signaling server; 5 by default."""
    max_reconnect_interval: float | None
    """What the interval grows to, doubling with each failure; no growth by default."""
    reconnect_jitter: float | None
    """The part of an interval, from 0 to 1, that chance takes away; 0 by default."""
    max_reconnect_attempts: int | None
    """How many failed attempts in a row, the first one included, end the search for the signaling server: at least 1.

    An attempt fails, too, if its connection ends within 30 s. -1, the default, is no end.
    """
    ice_servers: Iterable[str | IceServer] | None
    """The STUN and TURN servers; none at all is right within one network."""
    interfaces: Iterable[str] | None
    """The network interfaces over which consumers connect, by name (``eth0``) or by address (``192.0.2.1``).

    By default every one but loopback, and loopback if the signaling server is on this host or there is no other. One
    that this host does not have is skipped, and the logger ``logrtc`` warns of it once. If the host has none of them,
    only consumers on this host connect.
    """
    max_consumers: int | None
    """How many consumers there may be at once; 64 by default."""
    close_timeout: float | None
    """How long ``flush`` and ``close`` wait where they are not told, and the end of the program; 2 by default."""
    fork: Literal["restart", "disable"] | None
    """What becomes of the producer in the child of a fork.

    ``restart``, the default: with its first entry the child begins a producer of its own, as ``client_id#pid``.
    """
    disabled: bool | None
    """No thread, no socket, and every entry is filtered."""
    environment: bool | None
    """Whether the environment wins; it does by default."""
    on_state: Callable[[State], object] | None
    """Called with each new state, on a thread of its own. It may log, flush and close. Not called in a forked child."""
    on_event: Callable[[Event], object] | None
    """Called with each event, as ``on_state`` is with each state and on the same thread.

    If 256 events are queued, further ones are dropped; the latest state is still delivered.
    """


class Options(HandlerOptions, total=False):
    """What a producer can be told beside its ``url`` and ``client_id``."""

    level: Level | None
    """The lowest level that is logged, of every target; DEBUG by default. Not together with ``filter``."""
