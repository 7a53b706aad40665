"""Comes to its end while daemon threads log, in every way that there is, and a callback runs."""

import logging
import threading
import time

import logrtc
from scenario import CLIENT_ID, attached, log_and_say

THREADS = 4


def on_state(state: str) -> None:
    producer.info("callback", state)
    time.sleep(0.01)


started = threading.Event()
producer = logrtc.connect(client_id=f"{CLIENT_ID}-watched", ice_servers=[], on_state=on_state)
quiet = attached()
handler = logrtc.Handler(producer=quiet)
logger = logging.getLogger("daemon")
logger.addHandler(handler)
logger.propagate = False


def work(thread: int) -> None:
    number = 0
    while True:
        quiet.info(f"thread{thread}", "m", {"number": number, "nested": [{"a": {number}}]})
        try:
            raise ValueError(number)
        except ValueError:
            logger.exception("%d", thread)
        number += 1
        if number == 10:
            started.set()


for thread in range(THREADS):
    threading.Thread(target=work, args=(thread,), daemon=True).start()
started.wait()
log_and_say(quiet, "main", 100)
