"""The Python example of the protocol: a program that logs to every browser that comes."""

import signal
from contextlib import suppress

import logrtc

producer = logrtc.connect(client_id="python_app", system_name="Python Application", version="1.0.0")
producer.info("python_app.main", "Python应用程序启动")

with suppress(KeyboardInterrupt):
    signal.pause()  # The program's own work; its log is in the browser as long as it runs.
