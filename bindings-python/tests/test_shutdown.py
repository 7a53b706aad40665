"""What is left open, and the end of everything: no other producer may be open meanwhile."""

from __future__ import annotations

import gc
import time
import weakref
from functools import partial

import logrtc
from consumer import Consumer, eventually


def is_connected(producer: logrtc.Producer) -> bool:
    return bool(producer.stats().consumers)


def test_a_producer_that_nobody_holds_is_closed() -> None:
    with logrtc.serve(port=0) as server:
        producer = logrtc.connect(server.signaling_url, client_id="app", ice_servers=[], close_timeout=30)
        with Consumer(server.signaling_url) as consumer:
            consumer.wait()
            eventually("the producer knows it", partial(is_connected, producer))
            gone = weakref.ref(producer)
            # It reads nothing meanwhile, so that a close that is waited for would take its whole time.
            consumer.pause()
            producer.info("app", "the last words")
            began = time.monotonic()
            del producer
            gc.collect()
            assert gone() is None
            assert time.monotonic() - began < 10
            consumer.resume()
            assert consumer.entry()["message"] == "the last words"
            logrtc.shutdown()


def test_shutdown_closes_every_producer() -> None:
    producers = [logrtc.connect("ws://127.0.0.1:9/", client_id=f"app{n}", ice_servers=[]) for n in range(5)]
    logrtc.shutdown()
    assert {producer.state for producer in producers} == {"closed"}
    logrtc.shutdown()
