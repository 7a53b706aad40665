from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

import logrtc
from consumer import Consumer, eventually

# A shell that is not interactive has what it starts in the background ignore SIGINT, and so do its children.
signal.signal(signal.SIGINT, signal.default_int_handler)

Start = Callable[..., tuple[logrtc.Producer, Consumer]]


@pytest.fixture(scope="module")
def connected() -> Iterator[tuple[logrtc.Producer, Consumer]]:
    """A producer with a consumer: whatever a test logs, it reads."""
    with ExitStack() as stack:
        yield begin(stack, {})


@pytest.fixture
def producer(connected: tuple[logrtc.Producer, Consumer]) -> logrtc.Producer:
    return connected[0]


@pytest.fixture
def consumer(connected: tuple[logrtc.Producer, Consumer]) -> Consumer:
    return connected[1]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a producer with options of its own, and a consumer for it."""
    with ExitStack() as stack:
        yield lambda **options: begin(stack, options)


@pytest.fixture
def log(producer: logrtc.Producer) -> Iterator[logging.Logger]:
    """A logger of the standard library with a handler, and what goes wrong with that is raised."""
    logger = logging.getLogger("app.db")
    handler = logrtc.Handler(producer=producer)

    def fail(record: logging.LogRecord) -> None:
        raise AssertionError(f"the handler failed: {record!r}")

    handler.handleError = fail  # type: ignore[method-assign]
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    yield logger
    logger.removeHandler(handler)
    handler.close()


def begin(stack: ExitStack, options: dict[str, Any]) -> tuple[logrtc.Producer, Consumer]:
    server = stack.enter_context(logrtc.serve(port=0))
    producer = stack.enter_context(logrtc.connect(server.signaling_url, client_id="pytest", ice_servers=[], **options))
    consumer = stack.enter_context(Consumer(server.signaling_url))
    consumer.wait()
    eventually("the producer knows it", lambda: producer.stats().consumers)
    return producer, consumer
