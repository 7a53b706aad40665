"""A consumer on libdatachannel, in a process of its own: what arrives is what was sent."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import time
from collections.abc import Callable
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


class Consumer:
    """Receives from the newest producer at a signaling server."""

    def __init__(self, signaling_url: str) -> None:
        self._process = subprocess.Popen(["node", str(MAIN), signaling_url], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    def _read(self, lines: IO[str]) -> None:
        for line in lines:
            if line != '{"open":true}\n':
                self._lines.put(line)

    def text(self) -> str:
        """The next entry, as it came."""
        return self._lines.get(timeout=DEADLINE)

    def entry(self) -> dict[str, Any]:
        """The next entry."""
        entry = json.loads(self.text())
        assert isinstance(entry, dict)
        return entry

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(DEADLINE)
        self._reader.join(DEADLINE)
        assert self._process.stdout is not None
        self._process.stdout.close()
