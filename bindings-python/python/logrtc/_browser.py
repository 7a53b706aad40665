"""The browser that shows the page."""

from __future__ import annotations

import logging
import os
import sys

from . import _diagnostics, _threads

__all__ = ["show"]


def show(url: str) -> None:
    """Opens ``url`` in a browser, on a thread of its own: the command may last as long as the browser is open."""
    _threads.start("logrtc-browser", _show, url)


def _show(url: str) -> None:
    problem = _problem(url)
    if problem is not None:
        _diagnostics.log(logging.WARNING, "logrtc cannot open %s in a browser: %s", url.partition("#")[0], problem)


def _problem(url: str) -> str | None:
    chosen = os.environ.get("BROWSER")
    if chosen is not None and not chosen.strip():
        return "BROWSER is blank"
    if chosen is None and not _has_display():
        # `webbrowser` would start one that takes the terminal, and that has no WebRTC.
        return "there is no display, and BROWSER names no browser"
    # For those who use it alone: it takes as long to load as the whole package.
    import webbrowser

    try:
        return None if webbrowser.open(url) else "no browser could be started"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _has_display() -> bool:
    if sys.platform in ("darwin", "win32", "cygwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
