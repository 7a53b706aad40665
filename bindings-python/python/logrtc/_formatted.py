"""What a formatter makes of a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable

__all__ = ["formatted"]


def formatted(make_text: Callable[[logging.LogRecord], str], record: logging.LogRecord) -> tuple[str, str, str | None]:
    """Returns the message, the whole text, and the traceback in it; the message has everything but the traceback.

    ``logging`` keeps the text of an exception in the record, so that all formatters show what the first one has made.
    Here each record is formatted as if by the first one, and left as it was.
    """
    before = record.exc_text
    if record.exc_info:
        record.exc_text = None
    try:
        text = make_text(record)
        trace = record.exc_text
    finally:
        record.exc_text = before
    if trace and trace in text:
        begin = text.rindex(trace)
        message = text[:begin].removesuffix("\n") + text[begin + len(trace) :]
        return message, text, trace
    return text, text, None
