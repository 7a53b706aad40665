"""Logs by the standard library, which closes its handlers at the end, too."""

import logging

import logrtc
from scenario import CLIENT_ID, OPTIONS, say, wait_for_consumer

handler = logrtc.install(client_id=CLIENT_ID, **OPTIONS)
wait_for_consumer(handler.producer)
log = logging.getLogger("main")
for number in range(1000):
    log.info("m", extra={"number": number})
say(f"logged {CLIENT_ID} main 1000")
