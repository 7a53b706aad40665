"""A consumer on libdatachannel, in a process of its own: what arrives is what was sent."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any

MAIN = Path(__file__).parents[2] / "tests/lib/consumer_main.mjs"
DEADLINE = 60.0


def eventually(what: str, condition: Callable[[], object]) -> None:
    """Waits for a condition, never for a time."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, f"not within {DEADLINE} s: {what}"
        time.sleep(0.005)


class Consumer(AbstractContextManager["Consumer"]):
    """Receives from the newest producer at a signaling server, until its context ends, in whatever way.

    With ``"entries"`` it receives from every producer, and a line is ``{"producer": …, "entry": …}``.
    """

    def __init__(self, signaling_url: str, *mode: str) -> None:
        self._process = subprocess.Popen(["node", str(MAIN), signaling_url, *mode], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._opened = threading.Event()
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _read(self, lines: IO[str]) -> None:
        for line in lines:
            if line == '{"open":true}\n':
                self._opened.set()
            else:
                self._lines.put(line)

    def wait(self) -> None:
        """Returns when it listens: what is sent from then on comes in order, also where the producer ends behind it."""
        assert self._opened.wait(DEADLINE), "the consumer's channel does not open"

    def text(self) -> str:
        """The next entry, as it came."""
        return self._lines.get(timeout=DEADLINE)

    def entry(self) -> dict[str, Any]:
        """The next entry."""
        entry = json.loads(self.text())
        assert isinstance(entry, dict)
        return entry

    def pause(self) -> None:
        """Stops the process in the middle of whatever it does, and returns when it reads nothing any more."""
        self._process.send_signal(signal.SIGSTOP)
        # A signal only asks for it.
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)

    def resume(self) -> None:
        """Lets it go on."""
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Ends the process, however it is. Does nothing where it has ended."""
        self._process.kill()
        self._process.wait(DEADLINE)
        self._reader.join(DEADLINE)
        assert self._process.stdout is not None
        self._process.stdout.close()
