"""The same with the standard logging: one line more than a program that logs anyway."""

import logging
import signal
from contextlib import suppress

import logrtc

log = logging.getLogger("logging_app.main")

logrtc.install(client_id="logging_app", system_name="Logging Application", version="1.0.0")
log.info("Python应用程序启动", extra={"user_id": "12345", "request_id": "req_abc123"})
try:
    {}["missing"]
except KeyError:
    log.exception("an error, with its traceback")

with suppress(KeyboardInterrupt):
    signal.pause()  # The program's own work; its log is in the browser as long as it runs.
