"""What is left open, and the end of everything: no other producer may be open meanwhile."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
import weakref
from functools import partial

import logrtc
from consumer import DEADLINE, Consumer, eventually


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


EARLY = """
import atexit
@atexit.register
def early():
    logging.getLogger("hooks").warning("early")
    producer.info("hooks", "early, too")
    closed.info("hooks", "lost")

import logging
import logrtc
logrtc.install(client_id="installed")
producer = logrtc.connect(client_id="connected")
closed = logrtc.connect(client_id="closed")
closed.close()
logging.getLogger("hooks").warning("main")
atexit.register(logging.getLogger("hooks").warning, "late")
"""


def test_every_function_of_atexit_may_log() -> None:
    with logrtc.serve(port=0) as server, Consumer(server.signaling_url, "entries") as consumer:
        consumer.wait()
        program = [sys.executable, "-W", "error", "-c", EARLY]
        environment = {**os.environ, "LOGRTC_URL": server.signaling_url}
        done = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=DEADLINE)
        assert done.returncode == 0, done.stderr
        lines = [json.loads(consumer.text()) for _ in range(4)]
        seen = sorted((line["producer"], line["entry"]["message"]) for line in lines)
        assert seen == [
            ("connected", "early, too"),
            ("installed", "early"),
            ("installed", "late"),
            ("installed", "main"),
        ]
