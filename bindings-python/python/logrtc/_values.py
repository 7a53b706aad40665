"""What a value is by the protocols of the language, if it is of no type that the compiled part knows."""

from __future__ import annotations

import operator
from collections import UserString
from collections.abc import Collection, Mapping
from itertools import islice
from numbers import Integral, Rational, Real
from typing import Any

__all__ = ["plain"]

# The kinds of NumPy's types whose elements `tolist` makes booleans, numbers, strings, or what they are.
_PLAIN_KINDS = "biufUO"
_NUMBERS = (bool, int, float)


def plain(value: Any, most: int) -> object | None:
    """Returns the number, the dict or the list that ``value`` is, or ``None`` if it is none of them.

    A dict or list has the first ``most`` members. No iterator is consumed. Raises what the value's methods raise.
    """
    kind = type(value)
    if issubclass(kind, Integral):
        return operator.index(value)
    # A fraction or a decimal would lose digits.
    if issubclass(kind, Real) and not issubclass(kind, Rational):
        return float(value)
    if issubclass(kind, Mapping):
        return dict(islice(value.items(), most))
    # What `dict` accepts as a mapping: rows of databases, headers, data frames.
    if hasattr(kind, "keys") and hasattr(kind, "__getitem__"):
        return {key: value[key] for key in islice(value.keys(), most)}
    if hasattr(kind, "dtype") and hasattr(kind, "tolist"):
        return _of_array(value, most)
    if issubclass(kind, Collection) and not issubclass(kind, UserString):
        return list(islice(value, most))
    return None


def _of_array(value: Any, most: int) -> object | None:
    """An array of NumPy, or of a library that has its interface; a scalar is one, too."""
    is_plain = getattr(value.dtype, "kind", "f") in _PLAIN_KINDS
    if value.ndim == 0:
        scalar = value.tolist() if is_plain else None
        return scalar if isinstance(scalar, _NUMBERS) else None
    if value.ndim == 1 and is_plain:
        elements: list[object] = value[:most].tolist()
        return elements
    return list(islice(value, most))
