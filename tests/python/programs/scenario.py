"""What the programs of the tests of a process's life have in common.

Each is started as `PROGRAM CLIENT_ID` with `LOGRTC_URL` set. What it has logged it says on standard output, as
`logged CLIENT_ID TARGET COUNT`: that much must arrive.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import logrtc

CLIENT_ID = sys.argv[1] if len(sys.argv) > 1 else "none"
DEADLINE = 30.0
# Packets that a busy machine loses are sent again, which may take longer than the end usually may.
OPTIONS: dict[str, Any] = {"ice_servers": [], "close_timeout": 15}


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def wait_for_consumer(producer: logrtc.Producer, client_id: str = CLIENT_ID) -> None:
    """Returns when an entry has arrived. That a channel is open says less: who is there may not have looked."""
    producer.info("greeting", "hello", {"number": 0})
    seen = os.path.join(os.environ["SEEN"], client_id)
    deadline = time.monotonic() + DEADLINE
    while not os.path.exists(seen):
        if time.monotonic() > deadline:
            raise TimeoutError(f"no consumer: {producer!r}, {producer.stats()!r}")
        time.sleep(0.002)


def attached(client_id: str = CLIENT_ID, **options: Any) -> logrtc.Producer:
    """A producer with a consumer."""
    producer = logrtc.connect(client_id=client_id, **{**OPTIONS, **options})
    wait_for_consumer(producer, client_id)
    return producer


def leave_stopped(producer: logrtc.Producer) -> None:
    """Logs what its consumer, which the test has stopped by then, does not take, and leaves."""
    while not producer.stats().consumers:
        time.sleep(0.002)
    say("ready")
    sys.stdin.readline()
    log(producer, "main", 1000)
    say("leaving")


def log(producer: logrtc.Producer, target: str, count: int, begin: int = 0) -> None:
    for number in range(begin, count):
        producer.info(target, "m", {"number": number})


def log_and_say(producer: logrtc.Producer, target: str, count: int, client_id: str = CLIENT_ID) -> None:
    log(producer, target, count)
    say(f"logged {client_id} {target} {count}")
