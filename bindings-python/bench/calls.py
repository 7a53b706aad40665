"""What a call costs the thread that logs, against what Python programmers use for the like."""

from __future__ import annotations

import asyncio
import json
import logging
import logging.handlers
import queue
import time
from collections.abc import Callable

import logrtc

Call = Callable[[], object]

ROUNDS = 25
CALLS = 10_000
NOBODY = "ws://127.0.0.1:9/signaling"


def nothing() -> None:
    pass


def nanoseconds(call: Call, after: Call = nothing) -> float:
    began = time.perf_counter_ns()
    for _ in range(CALLS):
        call()
    took = time.perf_counter_ns() - began
    after()
    return took / CALLS


def compare(
    name: str, call: Call, peer_name: str, peer: Call, at_most: float | None = None, after: Call = nothing
) -> None:
    """Prints nanoseconds a call of both: the best of rounds that take turns, so that a busy machine is fair to both."""
    best, best_of_peer = float("inf"), float("inf")
    for _ in range(ROUNDS):
        best = min(best, nanoseconds(call))
        best_of_peer = min(best_of_peer, nanoseconds(peer, after))
    limit = "" if at_most is None else f", to be at most {at_most}"
    print(f"{name:32} {best:6.0f} ns   {peer_name:32} {best_of_peer:6.0f} ns   ratio {best / best_of_peer:.2f}{limit}")


def info_against_json(producer: logrtc.Producer) -> None:
    def info() -> None:
        producer.info("checkout.http", "request served", {"path": "/cart", "duration_ms": 12})

    def dumps() -> None:
        json.dumps(
            {
                "timestamp": "2024-01-01T12:00:00.000Z",
                "level": "INFO",
                "target": "checkout.http",
                "message": "request served",
                "fields": {"path": "/cart", "duration_ms": 12},
            }
        )

    compare("producer.info with two fields", info, "json.dumps of the same entry", dumps, 0.5)


def handler_against_queue_handler(producer: logrtc.Producer) -> None:
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    ours = logger_with("bench.logrtc", logrtc.Handler(producer=producer))
    theirs = logger_with("bench.queue", logging.handlers.QueueHandler(records))  # type: ignore[arg-type]

    def drain() -> None:
        while not records.empty():
            records.get_nowait()

    def log() -> None:
        ours.info("request %s served", "/cart", extra={"duration_ms": 12})

    def log_to_queue() -> None:
        theirs.info("request %s served", "/cart", extra={"duration_ms": 12})

    record = ours.makeRecord(
        "bench", logging.INFO, __file__, 1, "request %s served", ("/cart",), None, "f", {"duration_ms": 12}
    )
    [handler], [queue_handler] = ours.handlers, theirs.handlers

    def handle() -> None:
        handler.handle(record)

    def handle_to_queue() -> None:
        queue_handler.handle(record)

    compare("Handler.handle of a record", handle, "QueueHandler.handle of it", handle_to_queue, 0.6, drain)
    # Most of a whole call is what logging itself does, whoever handles the record: the second line is that alone.
    compare("logger.info with a Handler", log, "logger.info with a QueueHandler", log_to_queue, after=drain)
    nobodys = logger_with("bench.nobody", logging.NullHandler())

    def log_to_nobody() -> None:
        nobodys.info("request %s served", "/cart", extra={"duration_ms": 12})

    compare("logger.info with a NullHandler", log_to_nobody, "logger.info with a Handler", log)


def filtered_out() -> None:
    logger = logger_with("bench.off", logging.NullHandler())
    logger.setLevel(logging.WARNING)
    with logrtc.connect(NOBODY, client_id="bench", level="WARN", ice_servers=[]) as producer:

        def info() -> None:
            producer.info("checkout.http", "request served", {"path": "/cart", "duration_ms": 12})

        def log() -> None:
            logger.info("request served", extra={"path": "/cart", "duration_ms": 12})

        compare("producer.info, filtered out", info, "logger.info, filtered out", log, 1.0)


def logger_with(name: str, handler: logging.Handler) -> logging.Logger:
    logger = logging.getLogger(name)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    return logger


async def longest_hold(producer: logrtc.Producer) -> None:
    """How long one of many log calls holds the event loop: by the clock, and of the processor's time."""
    held: list[tuple[int, int]] = []
    fields = {"path": "/cart", "nested": [{"a": number} for number in range(20)]}
    for _ in range(200):
        for _ in range(200):
            began, began_of_thread = time.perf_counter_ns(), time.thread_time_ns()
            producer.info("checkout.http", "request served", fields)
            held.append((time.perf_counter_ns() - began, time.thread_time_ns() - began_of_thread))
        await producer.aflush(1)
    by_clock, by_processor = (max(each) / 1e6 for each in zip(*held, strict=True))
    print(f"the longest of {len(held)} calls in an event loop: {by_clock:.3f} ms", end=", ")
    print(f"{by_processor:.3f} ms of them its own work; to be at most 5 ms")


def main() -> None:
    with logrtc.connect(NOBODY, client_id="bench", ice_servers=[]) as producer:
        info_against_json(producer)
        handler_against_queue_handler(producer)
        filtered_out()
        asyncio.run(longest_hold(producer))


if __name__ == "__main__":
    main()
