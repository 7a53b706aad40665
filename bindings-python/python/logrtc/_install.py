"""The whole of the standard ``logging``, by one call."""

from __future__ import annotations

import logging
import os
import weakref
from contextlib import suppress
from functools import partial
from typing import Any

from . import _root
from ._errors import LogrtcError
from ._handler import Handler, number_of
from ._logrtc import DEFAULT_URL, identify
from ._producer import Producer
from ._types import HandlerOptions, Unpack

__all__ = ["install"]


class _Flush(logging.Handler):
    """Lets ``logging.shutdown`` flush an installed handler."""

    def __init__(self, handler: Handler) -> None:
        super().__init__()
        self._handler = handler

    def flush(self) -> None:
        self._handler.flush()


class _Installed(Handler):
    """A handler, and what its producer was made of."""

    def __init__(self, url: str, client_id: str | None, options: HandlerOptions) -> None:
        super().__init__(url, client_id=client_id, **options)
        self._settings = _settings(options)
        # `dictConfig` closes every handler that is listed there, whatever it configures.
        with suppress(ValueError):
            logging._handlerList.remove(weakref.ref(self))  # type: ignore[attr-defined]
        self._flush = _Flush(self)

    def is_of(self, url: str, client_id: str) -> bool:
        return (self.producer.url, self.producer.client_id) == (url, client_id)

    def renew(self, url: str, client_id: str | None, options: HandlerOptions) -> None:
        """Becomes what a new handler would be, but keeps a producer that is made of the same."""
        settings = _settings(options)
        if settings != self._settings or self.producer.state in ("closed", "abandoned"):
            # The old one ends first, for a server gives the second of two producers another name.
            with suppress(LogrtcError):
                self.producer.close()
            self._make_producer = partial(Producer, url, client_id=client_id, **options)
            self._use(self._make_producer())
            self._settings = settings
        self.filters.clear()
        self.setFormatter(None)


def _settings(options: HandlerOptions) -> tuple[dict[str, Any], dict[str, str]]:
    """What two producers have in common that differ in nothing."""
    environment = {name: value for name, value in os.environ.items() if name.startswith("LOGRTC_")}
    return {name: value for name, value in options.items() if value is not None}, environment


def install(
    url: str = DEFAULT_URL,
    *,
    client_id: str | None = None,
    level: int | str | None = logging.INFO,
    **options: Unpack[HandlerOptions],
) -> Handler:
    """Logs every record that reaches the root logger, and returns the handler that does it.

    The ``client_id`` is the name of the program by default. The handler is not in the root logger's list, so that what
    the program prints stays as it is, and ``logging.basicConfig`` works as before. ``close`` of the handler ends it.

    ``level`` is the level of the handler: it excludes what is below. If the root logger's level is above ``level``, it
    becomes ``level``, because ``logging`` discards what is below it. Other handlers receive the same records as before,
    until the program itself sets the root logger's level. ``None`` excludes nothing, and leaves the root logger as it
    is.

    A second call with the same ``client_id`` and ``url`` returns the same handler, with no filter and no formatter. Its
    producer keeps its consumers and entries if the options are the same; otherwise it closes, and a new one begins.
    """
    wanted = None if level is None else number_of(level)
    # It checks the options before anything ends.
    identity = identify(url, client_id=client_id, **options)
    with _root.lock:
        for handler in _root.installed():
            if isinstance(handler, _Installed) and handler.is_of(*identity):
                handler.renew(url, client_id, options)
                break
        else:
            handler = _Installed(url, client_id, options)
        handler.setLevel(logging.NOTSET if wanted is None else wanted)
        _root.add(handler, wanted)
    return handler
