"""What waits: flush, close, and the wait for a consumer; with and without an event loop."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
import types
from collections.abc import Callable
from typing import Any

import pytest

import logrtc
from conftest import Start
from consumer import DEADLINE, Consumer


def test_for_ever_is_a_timeout(producer: logrtc.Producer) -> None:
    producer.flush(float("inf"))


def test_flush_says_what_is_missing(start: Start) -> None:
    producer, consumer = start()
    consumer.pause()
    for number in range(100):
        producer.info("app", "m", {"number": number})
    with pytest.raises(logrtc.FlushTimeoutError) as caught:
        producer.flush(0.2)
    assert isinstance(caught.value, TimeoutError)
    assert caught.value.pending == 100
    consumer.resume()
    producer.flush(30)
    stats = producer.stats()
    [of_consumer] = stats.consumers
    assert (of_consumer.accepted, of_consumer.delivered, of_consumer.waiting, of_consumer.dropped) == (100, 100, 0, 0)
    assert stats == producer.stats()
    assert "delivered: 100" in repr(stats)


def test_the_event_loop_runs_while_a_flush_waits(start: Start) -> None:
    producer, consumer = start()
    consumer.pause()
    producer.info("app", "m")

    async def main() -> float:
        longest = 0.0

        async def beat() -> None:
            nonlocal longest
            before = time.monotonic()
            while True:
                await asyncio.sleep(0.001)
                now = time.monotonic()
                longest, before = max(longest, now - before), now

        task = asyncio.create_task(beat())
        with pytest.raises(logrtc.FlushTimeoutError):
            await producer.aflush(2)
        consumer.resume()
        await producer.aflush(30)
        await producer.aclose()
        task.cancel()
        return longest

    # Far less than it waits, and more than a busy machine takes.
    assert asyncio.run(main()) < 1
    assert producer.state == "closed"


def test_a_flush_that_is_cancelled_ends(start: Start) -> None:
    producer, consumer = start()
    consumer.pause()
    producer.info("app", "m")

    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(producer.aflush(60), 0.2)

    began = time.monotonic()
    asyncio.run(main())
    assert time.monotonic() - began < 10
    consumer.resume()


def test_no_call_holds_an_event_loop_up(start: Start) -> None:
    producer, _consumer = start(max_entries=1000)
    handler = logrtc.Handler(producer=producer)

    def fall(depth: int) -> None:
        if depth:
            (fall if depth % 2 else (lambda less: fall(less)))(depth - 1)
        else:
            raise ValueError("the ground")

    failure: ValueError | None = None
    try:
        fall(550)
    except ValueError as error:
        failure = error
    record = logging.makeLogRecord({"msg": "m", "levelno": 40, "exc_info": (ValueError, failure, None)})
    many = {str(number): number for number in range(1_000_000)}
    values: dict[str, Callable[[], object]] = {
        "keys": lambda: producer.info("app", "m", {"nested": many}),
        "a mapping": lambda: producer.info("app", "m", types.MappingProxyType(many)),
        "keys of its own": lambda: producer.info(
            "app", "m", {"object": ..., **dict.fromkeys(range(100))} | {"m": many}
        ),
        "bytes": lambda: producer.info("app", "m", {"bytes": large}),
        "a message": lambda: producer.info("app", long),
        "a field": lambda: producer.info("app", "m", {"text": long}),
        "a stack": lambda: handler.handle(record),
    }
    large, long = b"\xff" * 100_000_000, "é" * 10_000_000
    # Five milliseconds are meant. This is a build without optimization, on whatever machine, so that the limit is what
    # json needs for a tenth of what the calls are given.
    part = {key: many[key] for key in list(many)[:100_000]}

    async def main() -> dict[str, tuple[float, float]]:
        longest: dict[str, tuple[float, float]] = {}
        beat = time.monotonic()
        gap = 0.0

        async def measure() -> None:
            nonlocal beat, gap
            while True:
                await asyncio.sleep(0)
                now = time.monotonic()
                gap, beat = max(gap, now - beat), now

        task = asyncio.create_task(measure())
        for name, call in values.items():
            # The shortest of some, of both in turn, for the machine is busy with other things, too.
            gaps, limits = [], []
            for _ in range(10):
                await asyncio.sleep(0.005)
                gap = 0.0
                call()
                await asyncio.sleep(0.005)
                gaps.append(gap)
                began = time.monotonic()
                json.dumps(part)
                limits.append(time.monotonic() - began)
            longest[name] = min(gaps), min(limits)
        task.cancel()
        return longest

    longest = asyncio.run(main())
    print(longest)
    assert {name: (gap, limit) for name, (gap, limit) in longest.items() if gap > limit} == {}


def test_a_close_has_one_limit(start: Start) -> None:
    ended = threading.Event()
    producer, consumer = start(on_state=lambda _: ended.wait(60))
    consumer.pause()
    producer.info("app", "m")
    began = time.monotonic()
    with pytest.raises(logrtc.FlushTimeoutError):
        producer.close(2)
    assert 2 <= time.monotonic() - began < 3.5
    ended.set()
    consumer.resume()


def test_async_with_closes() -> None:
    async def main() -> logrtc.Producer:
        async with logrtc.connect("ws://127.0.0.1:9/", client_id="app", ice_servers=[]) as producer:
            producer.info("app", "m")
        return producer

    assert asyncio.run(main()).state == "closed"


def test_ctrl_c_ends_a_flush(start: Start) -> None:
    import signal

    producer, consumer = start(close_timeout=0.1)
    consumer.pause()
    producer.info("app", "m")
    timer = threading.Timer(0.3, signal.raise_signal, [signal.SIGINT])
    began = time.monotonic()
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        producer.flush(50)
    assert time.monotonic() - began < 40
    timer.join()
    consumer.resume()


def test_a_wait_for_a_consumer() -> None:
    with logrtc.serve(port=0) as server:
        handler = logrtc.Handler(server.signaling_url, client_id="app", ice_servers=[])
        producer = handler.producer
        assert not producer.wait_for_consumer(0)
        assert not producer.wait_for_consumer(timeout=0.2)
        waited: list[bool] = []
        # Without a limit; and this thread goes on meanwhile.
        waiting = threading.Thread(target=lambda: waited.append(producer.wait_for_consumer()))
        waiting.start()
        with Consumer(server.signaling_url):
            waiting.join(DEADLINE)
            assert waited == [True]
            assert handler.wait_for_consumer(0)
        handler.close()
        with pytest.raises(logrtc.InvalidArgumentError, match="timeout"):
            producer.wait_for_consumer(-1)


@pytest.mark.parametrize(
    ("options", "state"),
    [
        ({"disabled": True}, "disabled"),
        ({"max_reconnect_attempts": 1, "reconnect_interval": 0.05}, "abandoned"),
        ({}, "closed"),
    ],
)
def test_a_wait_for_a_consumer_that_cannot_come_ends(options: dict[str, Any], state: str) -> None:
    with logrtc.connect("ws://127.0.0.1:9/", client_id="app", **options) as producer:
        if state == "closed":
            timer = threading.Timer(0.2, producer.close)
            timer.start()
        assert not producer.wait_for_consumer()
        assert producer.state == state
