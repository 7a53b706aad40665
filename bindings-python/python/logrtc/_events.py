"""What happens to a producer, as ``on_event`` receives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from ._types import State

__all__ = [
    "ConsumerConnected",
    "ConsumerDisconnected",
    "ConsumerRefused",
    "Counts",
    "EndReason",
    "Event",
    "ServerError",
    "StateChanged",
]

EndReason: TypeAlias = Literal[
    "closed_by_consumer",
    "left",
    "replaced",
    "open_timeout",
    "stalled",
    "path_lost",
    "flooded",
    "proof_refused",
    "failed",
    "producer_closed",
]
"""Why the connection to a consumer ended."""


class Counts(NamedTuple):
    """The entries for one consumer: ``accepted = delivered + waiting + dropped + filtered``."""

    accepted: int
    """Entries since the consumer's first one."""
    delivered: int
    """Entries that the consumer acknowledged."""
    waiting: int
    """Entries that were not sent or not acknowledged."""
    dropped: int
    """Entries that the consumer never receives: the sum of the four reasons below."""
    dropped_overflow: int
    """Entries that left the journal before the consumer read them."""
    dropped_refused: int
    """Entries that the ``overflow`` option refused."""
    dropped_oversize: int
    """Entries that were longer than the consumer accepts."""
    dropped_disconnected: int
    """Entries that were in flight when the connection ended."""
    filtered: int
    """Entries that the consumer's filter excluded."""


class StateChanged(NamedTuple):
    """The producer's state changed."""

    state: State
    """The new state."""


class ConsumerConnected(NamedTuple):
    """The channel to a consumer opened."""

    consumer_id: str
    """The id that the signaling server gave the consumer."""


class ConsumerDisconnected(NamedTuple):
    """The connection to a consumer ended or failed to open."""

    consumer_id: str
    """The id that the signaling server gave the consumer."""
    reason: EndReason
    """Why it ended."""
    counts: Counts
    """The consumer's entries, until the end."""


class ConsumerRefused(NamedTuple):
    """A consumer was refused because ``max_consumers`` are connected."""

    consumer_id: str
    """The id that the signaling server gave the consumer."""


class ServerError(NamedTuple):
    """The signaling server reported an error or cannot be reached."""

    message: str
    """The error text."""


Event: TypeAlias = StateChanged | ConsumerConnected | ConsumerDisconnected | ConsumerRefused | ServerError
"""An event of a producer."""

for _class in (Counts, StateChanged, ConsumerConnected, ConsumerDisconnected, ConsumerRefused, ServerError):
    # The name by which it is imported.
    _class.__module__ = "logrtc"
del _class
