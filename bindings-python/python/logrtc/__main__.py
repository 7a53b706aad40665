"""The program ``logrtc``: ``logrtc serve``, ``logrtc demo``."""

import signal
import sys

from . import _logrtc

__all__ = ["main"]


def main() -> None:
    """Runs the program, and ends the process with its exit status."""
    # It takes care of Ctrl-C itself; Python's handler would only add a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(_logrtc.run(["logrtc", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
