"""Logs by the standard library, which holds the records until the end."""

import logging
import logging.handlers

import logrtc
from scenario import CLIENT_ID, OPTIONS, say, wait_for_consumer

handler = logrtc.Handler(client_id=CLIENT_ID, **OPTIONS)
wait_for_consumer(handler.producer)
log = logging.getLogger("main")
log.addHandler(logging.handlers.MemoryHandler(10_000, target=handler))
log.setLevel(logging.INFO)
for number in range(1000):
    log.info("m", extra={"number": number})
say(f"logged {CLIENT_ID} main 1000")
