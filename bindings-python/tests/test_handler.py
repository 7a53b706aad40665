"""The handler of the standard logging: how it begins and ends, and what it calls meanwhile."""

from __future__ import annotations

import logging
import logging.handlers
import os
import time
import weakref

import pytest

import logrtc
from consumer import Consumer, eventually
from logrtc import _process


def test_what_fails_is_not_known_to_logging(producer: logrtc.Producer) -> None:
    before = len(logging._handlerList)
    with pytest.raises(logrtc.InvalidArgumentError):
        logrtc.Handler("http://wrong", client_id="app")
    with pytest.raises(TypeError):
        logrtc.Handler(producer=producer, client_id="x")
    with pytest.raises(ValueError, match="FOO"):
        logrtc.Handler(producer=producer, level="FOO")
    assert len(logging._handlerList) == before  # type: ignore[attr-defined]


def test_a_level_is_refused_before_anything_begins() -> None:
    threads = set(os.listdir("/proc/self/task"))
    with pytest.raises(ValueError, match="FOO"):
        logrtc.install("ws://127.0.0.1:9/", client_id="app", level="FOO")
    # None is new; those of an earlier test may be gone by now. Nothing is waited for: what began might have ended, too.
    assert set(os.listdir("/proc/self/task")) <= threads


def test_a_lock_that_nobody_waits_for(log: logging.Logger, consumer: Consumer) -> None:
    [handler] = log.handlers
    handler.acquire()
    assert handler.lock is not None
    with handler.lock:
        log.info("m")
    handler.release()
    assert consumer.entry()["message"] == "m"


def test_a_formatter_and_a_filter_that_log_have_an_end(log: logging.Logger, consumer: Consumer) -> None:
    class Chatty:
        def __str__(self) -> str:
            log.info("asked for my name: %s", self)
            return "chatty"

    def wants(record: logging.LogRecord) -> bool:
        log.info("asked whether it is wanted")
        return True

    [handler] = log.handlers
    assert isinstance(handler, logrtc.Handler)
    before = handler.suppressed
    handler.setFormatter(logging.Formatter("formatted: %(message)s"))
    log.info("%s", Chatty())
    assert consumer.entry()["message"] == "formatted: chatty"
    assert handler.suppressed == before + 1
    handler.addFilter(wants)
    log.info("filtered")
    assert consumer.entry()["message"] == "formatted: filtered"
    assert handler.suppressed == before + 2


def test_memory_handlers_are_emptied_at_the_end(producer: logrtc.Producer, consumer: Consumer) -> None:
    inner = logging.handlers.MemoryHandler(100, target=logrtc.Handler(producer=producer))
    outer = logging.handlers.MemoryHandler(100, target=inner)
    other = logging.handlers.MemoryHandler(100, target=logging.NullHandler())
    for handler in (outer, other):
        handler.handle(logging.makeLogRecord({"msg": "held", "levelno": logging.INFO}))
    _process._empty_memory_handlers()
    assert consumer.entry()["message"] == "held"
    assert len(other.buffer) == 1


def test_a_shutdown_of_logging_waits_once() -> None:
    with logrtc.serve(port=0) as server:
        handler = logrtc.Handler(server.signaling_url, client_id="app", ice_servers=[], close_timeout=2)
        with Consumer(server.signaling_url) as consumer:
            consumer.wait()
            eventually("the producer knows it", lambda: handler.producer.stats().consumers)
            consumer.pause()
            handler.handle(logging.makeLogRecord({"msg": "m"}))
            began = time.monotonic()
            logging.shutdown([weakref.ref(handler)])  # type: ignore[list-item]
            assert 2 <= time.monotonic() - began < 3.5
            assert handler.producer.state == "closed"
