"""An application that gunicorn loads before it forks its workers."""

import os
from collections.abc import Callable, Iterable

from scenario import attached, log, wait_for_consumer

CLIENT_ID = os.environ["LOGRTC_CLIENT_ID"]
producer = attached(CLIENT_ID)
log(producer, "main", 100)
count = 0


def application(environment: object, respond: Callable[[str, list[tuple[str, str]]], object]) -> Iterable[bytes]:
    global count
    wait_for_consumer(producer, f"{CLIENT_ID}#{os.getpid()}")
    log(producer, "worker", count + 10, count)
    count += 10
    respond("200 OK", [("Content-Type", "text/plain")])
    return [f"logged {CLIENT_ID}#{os.getpid()} worker {count}\n".encode()]
