"""Interpreters that are not the usual one."""

from __future__ import annotations

import subprocess
import sys

# The modules of each version that begin another interpreter in the same process.
PROGRAM = """
import sys
code = "import logrtc"
try:
    if sys.version_info >= (3, 14):
        from concurrent import interpreters
        interpreters.create().exec(code)
    elif sys.version_info >= (3, 13):
        import _interpreters
        failed = _interpreters.run_string(_interpreters.create(), code)
        if failed:
            raise RuntimeError(failed.formatted)
    else:
        import _xxsubinterpreters
        _xxsubinterpreters.run_string(_xxsubinterpreters.create(), code)
except Exception as error:
    sys.exit(str(error))
"""


def test_a_subinterpreter_is_refused_cleanly() -> None:
    done = subprocess.run([sys.executable, "-c", "import logrtc" + PROGRAM], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1, done
    assert "ImportError" in done.stderr
    assert "subinterpreters" in done.stderr
