"""What a call costs the thread that logs, against what Python programmers use for the like."""

from __future__ import annotations

import json
import logging
import logging.handlers
import queue
import time
from collections.abc import Callable

import logrtc

Call = Callable[[], object]

ROUNDS = 15
CALLS = 20_000


def nanoseconds(call: Call) -> float:
    began = time.perf_counter_ns()
    for _ in range(CALLS):
        call()
    return (time.perf_counter_ns() - began) / CALLS


def compare(call: Call, peer: Call) -> tuple[float, float]:
    """Nanoseconds a call, of both: the best of rounds that take turns, so that a busy machine is fair to both."""
    best, best_of_peer = float("inf"), float("inf")
    for _ in range(ROUNDS):
        best = min(best, nanoseconds(call))
        best_of_peer = min(best_of_peer, nanoseconds(peer))
    return best, best_of_peer


def info_against_json(producer: logrtc.Producer) -> tuple[float, float]:
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

    return compare(info, dumps)


def handler_against_queue_handler(producer: logrtc.Producer) -> tuple[float, float]:
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    ours = logger_with("bench.logrtc", logrtc.Handler(producer=producer))
    theirs = logger_with("bench.queue", logging.handlers.QueueHandler(records))  # type: ignore[arg-type]

    def drained() -> None:
        theirs.info("request %s served", "/cart", extra={"duration_ms": 12})
        records.get_nowait()

    return compare(lambda: ours.info("request %s served", "/cart", extra={"duration_ms": 12}), drained)


def filtered_out() -> tuple[float, float]:
    """Against a call of `logging` that its level leaves out."""
    logger = logger_with("bench.off", logging.NullHandler())
    logger.setLevel(logging.WARNING)
    fields = {"path": "/cart", "duration_ms": 12}
    with logrtc.connect("ws://127.0.0.1:9/", client_id="bench", level="WARN", ice_servers=[]) as producer:
        return compare(
            lambda: producer.info("checkout.http", "request served", fields),
            lambda: logger.info("request served", extra=fields),
        )


def logger_with(name: str, handler: logging.Handler) -> logging.Logger:
    logger = logging.getLogger(name)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    return logger
