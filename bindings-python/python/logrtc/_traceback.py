"""The text of an exception."""

from __future__ import annotations

import traceback
from typing import Any

__all__ = ["text_of"]

# Of each end of a stack that is longer than both together: each frame takes time, and a log call has little of it.
_FRAMES = 50


class _Stack:
    """Both ends of a long stack."""

    def __init__(self, begin: traceback.StackSummary, end: traceback.StackSummary, left_out: int) -> None:
        self._begin = begin
        self._end = end
        self._left_out = left_out

    def format(self, **options: Any) -> list[str]:
        left_out = f"  [{self._left_out} frames left out]\n"
        return [*self._begin.format(**options), left_out, *self._end.format(**options)]


def text_of(exception: BaseException) -> str:
    """What ``traceback.format_exception`` makes of it, but for the middle of long stacks."""
    lengths = _lengths(exception)
    if max(lengths.values()) <= 2 * _FRAMES:
        return "".join(traceback.format_exception(exception))
    begin, end = (
        traceback.TracebackException(type(exception), exception, exception.__traceback__, limit=limit)
        for limit in (_FRAMES, -_FRAMES)
    )
    _join(begin, end, exception, lengths)
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


def _join(begin: Any, end: Any, exception: BaseException, lengths: dict[int, int]) -> None:
    left = [(begin, end, exception)]
    while left:
        begin, end, exception = left.pop()
        if begin is None or end is None or isinstance(begin.stack, _Stack):
            continue
        if (left_out := lengths[id(exception)] - 2 * _FRAMES) > 0:
            begin.stack = _Stack(begin.stack, end.stack, left_out)
        left.extend(zip(_parts(begin), _parts(end), _parts(exception), strict=False))
