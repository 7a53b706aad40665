"""The text of an exception."""

from __future__ import annotations

import traceback
from typing import Any

__all__ = ["text_of"]

# Each frame takes time, and a log call has little of it. With no more frames in all, a text is whole.
_WHOLE = 60
# With more, the marks below a line are left out, and of each stack what is between its ends. So many frames has an end
# where there is one exception; several share them.
_END = 50
_LEAST_END = 5


class _Stack:
    """Both ends of a long stack."""

    def __init__(self, begin: traceback.StackSummary, end: traceback.StackSummary, left_out: int) -> None:
        self._begin = begin
        self._end = end
        self._left_out = left_out

    def format(self, **options: Any) -> list[str]:
        left_out = [f"  [{self._left_out} frames left out]\n"] if self._left_out > 0 else []
        return [*self._begin.format(**options), *left_out, *self._end.format(**options)]


def text_of(exception: BaseException) -> str:
    """What ``traceback.format_exception`` makes of it, but for parts of long stacks."""
    lengths = _lengths(exception)
    if sum(lengths.values()) <= _WHOLE:
        return "".join(traceback.format_exception(exception))
    frames = max(_END // len(lengths), _LEAST_END)
    begin, end = (
        traceback.TracebackException(type(exception), exception, exception.__traceback__, limit=limit)
        for limit in (frames, -frames)
    )
    _join(begin, end, exception, lengths, frames)
    return "".join(begin.format())


def _parts(exception: Any) -> list[Any]:
    group = getattr(exception, "exceptions", None)
    return [exception.__cause__, exception.__context__, *(group if isinstance(group, (list, tuple)) else ())]


def _lengths(exception: BaseException) -> dict[int, int]:
    lengths: dict[int, int] = {}
    left: list[BaseException | None] = [exception]
    while left:
        each = left.pop()
        if not isinstance(each, BaseException) or id(each) in lengths:
            continue
        length, frame = 0, each.__traceback__
        while frame is not None:
            length, frame = length + 1, frame.tb_next
        lengths[id(each)] = length
        left.extend(_parts(each))
    return lengths


def _without_marks(stack: Any, begin: int = 0) -> Any:
    frames = list(stack)[begin:]
    for frame in frames:
        # Not before Python 3.11.
        if hasattr(frame, "colno"):
            frame.colno = frame.end_colno = None
    return traceback.StackSummary.from_list(frames)


def _join(begin: Any, end: Any, exception: BaseException, lengths: dict[int, int], frames: int) -> None:
    left = [(begin, end, exception)]
    while left:
        begin, end, exception = left.pop()
        if begin is None or end is None or isinstance(begin.stack, _Stack):
            continue
        left_out = lengths[id(exception)] - 2 * frames
        # Where nothing is left out, both ends have the same frames in the middle.
        begin.stack = _Stack(_without_marks(begin.stack), _without_marks(end.stack, max(0, -left_out)), left_out)
        left.extend(zip(_parts(begin), _parts(end), _parts(exception), strict=False))
