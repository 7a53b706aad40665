"""Every kind of value, as it arrives."""

from __future__ import annotations

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import json
import math
import types
import typing
import uuid
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import pytest

import logrtc
from consumer import Consumer


class Color(enum.Enum):
    RED = "red"
    BOTH = ("red", "blue")


class Number(enum.IntEnum):
    SEVEN = 7


class Text(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "not this"


class Long(int):
    def __repr__(self) -> str:
        return "not this"


@dataclasses.dataclass
class User:
    name: str
    friend: User | None = None
    kind: ClassVar[str] = "human"


class Point(typing.NamedTuple):
    x: int
    y: int


class Named:
    def __str__(self) -> str:
        return "by its name"


class Row:
    """As the rows of databases are: what `dict` takes for a mapping."""

    def __init__(self, members: dict[str, object]) -> None:
        self._members = members

    def keys(self) -> Iterator[str]:
        return iter(self._members)

    def __getitem__(self, key: str) -> object:
        return self._members[key]


@dataclasses.dataclass
class Credentials:
    user: str
    password: str = dataclasses.field(repr=False)


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError("no text")


def arrived(producer: logrtc.Producer, consumer: Consumer, value: object) -> Any:
    """What becomes of a value, as a field and deeper."""
    producer.info("app", "m", {"value": value})
    producer.info("app", "m", {"value": [{"deep": value}]})
    first, second = (json.loads(consumer.text(), parse_int=int)["fields"]["value"] for _ in range(2))
    assert second == [{"deep": first}] or math.isnan(first)
    return first


ZONE = datetime.timezone(datetime.timedelta(hours=2))

CASES: list[tuple[object, object]] = [
    ("text", "text"),
    ("", ""),
    ('日志 \U0001f600 \0 \x1f " \\', '日志 \U0001f600 \0 \x1f " \\'),
    ("half \ud800 of a pair", "half � of a pair"),
    ("\udcff\U0001f600", "�\U0001f600"),
    (0, 0),
    (-(2**63), -(2**63)),
    (2**63, 2**63),
    (2**64, 2**64),
    (-(10**300), -(10**300)),
    (10**400, "1" + "0" * 400),
    (2**20000, hex(2**20000)),
    (1.5, 1.5),
    (float("nan"), "NaN"),
    (float("inf"), "Infinity"),
    (-math.inf, "-Infinity"),
    (True, True),
    (False, False),
    (None, None),
    ({}, {}),
    ({"a": {"b": [1, None]}}, {"a": {"b": [1, None]}}),
    ({None: "b", True: "c", 2.5: "d", ("x", 1): "e"}, {"null": "b", "true": "c", "2.5": "d", "('x', 1)": "e"}),
    ({"half \udfff": 1}, {"half �": 1}),
    (collections.OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
    ([1, "a", None, [2.5]], [1, "a", None, [2.5]]),
    ((1, (2,)), [1, [2]]),
    (Point(1, 2), [1, 2]),
    ({7}, [7]),
    (frozenset(["x"]), ["x"]),
    (datetime.datetime(2024, 1, 2, 3, 4, 5, 678900), "2024-01-02T03:04:05.678900"),
    (datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=ZONE), "2024-01-02T03:04:05+02:00"),
    (datetime.date(2024, 1, 2), "2024-01-02"),
    (datetime.time(3, 4), "03:04:00"),
    (datetime.timedelta(hours=1), "1:00:00"),
    (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (decimal.Decimal("1.10"), "1.10"),
    (Color.RED, "red"),
    (Color.BOTH, ["red", "blue"]),
    (Number.SEVEN, 7),
    (Text("this"), "this"),
    (Long(2**70), 2**70),
    (b"bytes \xff", "bytes \\xff"),
    (bytearray("é".encode()), "é"),
    (memoryview(b"view"), "view"),
    (User("Ada", User("Bob")), {"name": "Ada", "friend": {"name": "Bob", "friend": None}}),
    (User, str(User)),
    (ValueError("wrong", 1), {"type": "ValueError", "message": "('wrong', 1)"}),
    (
        json.JSONDecodeError("m", "d", 0),
        {"type": "json.decoder.JSONDecodeError", "message": "m: line 1 column 1 (char 0)"},
    ),
    (KeyboardInterrupt(), {"type": "KeyboardInterrupt", "message": ""}),
    (Named(), "by its name"),
    (Unprintable(), "<unprintable Unprintable object>"),
    (types.MappingProxyType({"a": {"b": 1}}), {"a": {"b": 1}}),
    (Row({"id": 7, "tags": ("a",)}), {"id": 7, "tags": ["a"]}),
    (range(3), [0, 1, 2]),
    (collections.deque([1, "a"]), [1, "a"]),
    ({"a": 1}.keys(), ["a"]),
    ({"a": 1}.values(), [1]),
    (array.array("d", [1.5]), [1.5]),
    (collections.UserList([1]), [1]),
    (collections.UserDict(a=1), {"a": 1}),
    (collections.UserString("text"), "text"),
    (Credentials("ann", "s3cret"), {"user": "ann"}),
    (fractions.Fraction(1, 3), "1/3"),
    (np.int64(7), 7),
    (np.uint8(3), 3),
    (np.float32(1.5), 1.5),
    (np.float64(2.5), 2.5),
    (np.longdouble(0.5), 0.5),
    (np.bool_(True), True),
    (np.float64("nan"), "NaN"),
    (np.str_("text"), "text"),
    (np.timedelta64(5, "s"), "5 seconds"),
    (np.datetime64("2024-01-02T03:04:05", "ns"), "2024-01-02T03:04:05.000000000"),
    (np.array(3), 3),
    (np.array([1, 2]), [1, 2]),
    (np.array([[1.5], [2.5]]), [[1.5], [2.5]]),
    (np.array(["2024-01-02"], "datetime64[D]"), ["2024-01-02"]),
    (..., "Ellipsis"),
]


@pytest.mark.parametrize(("value", "expected"), CASES, ids=lambda value: type(value).__name__)
def test_a_value_arrives(producer: logrtc.Producer, consumer: Consumer, value: object, expected: object) -> None:
    got = arrived(producer, consumer, value)
    assert got == expected
    assert type(got) is type(expected)


def test_an_iterator_is_not_consumed(producer: logrtc.Producer, consumer: Consumer) -> None:
    numbers = iter([1, 2, 3])
    assert str(arrived(producer, consumer, numbers)).startswith("<list_iterator")
    assert list(numbers) == [1, 2, 3]


def test_what_has_no_end_is_cut(producer: logrtc.Producer, consumer: Consumer) -> None:
    for value in (range(10**12), np.zeros(10**6)):
        producer.info("app", "m", {"first": value, "second": "kept"})
        assert consumer.entry()["message"] == "m"


def test_what_holds_itself_ends(producer: logrtc.Producer, consumer: Consumer) -> None:
    members: dict[str, Any] = {"a": 1}
    members["self"] = members
    elements: list[Any] = [members]
    elements.append(elements)
    assert arrived(producer, consumer, members) == {"a": 1, "self": "..."}
    assert arrived(producer, consumer, elements) == [{"a": 1, "self": "..."}, "..."]
    # The same twice is no circle.
    twice: list[Any] = []
    assert arrived(producer, consumer, [twice, twice]) == [[], []]


def test_depth_is_bounded(producer: logrtc.Producer, consumer: Consumer) -> None:
    deep: Any = "the bottom"
    for _ in range(100_000):
        deep = [deep]
    producer.info("app", "m", {"deep": deep})
    value, depth = consumer.entry()["fields"]["deep"], 0
    while isinstance(value, list):
        value, depth = value[0], depth + 1
    assert (value, depth) == ("...", 32)
    while isinstance(deep, list):
        deep = deep[0]


def test_size_is_bounded(producer: logrtc.Producer, consumer: Consumer) -> None:
    wide: Any = ["x" * 1000]
    for _ in range(12):
        wide = [wide] * 100
    producer.info("app", "a tree of 10^24 leaves", {"wide": wide, "more": 1})
    producer.info("app", "a long text", {"text": "é" * 10_000_000})
    producer.info("app", "many", {str(number): number for number in range(1_000_000)})
    for message in ["a tree of 10^24 leaves", "a long text", "many"]:
        text = consumer.text()
        entry = json.loads(text)
        assert entry["message"] == message
        assert len(text.encode()) <= 64 * 1024
        fields = entry["fields"]
        if message == "many":
            assert (fields["0"], fields["dropped_fields"] > 0) == (0, True)
        else:
            assert "truncated" in fields
        assert message != "a tree of 10^24 leaves" or fields["more"] == 1


def test_a_long_value_leaves_the_others(producer: logrtc.Producer, consumer: Consumer) -> None:
    producer.info("app", "m", {"body": "x" * 70_000, "id": "r1"})
    producer.info("app", "m", {**{f"body{number}": "é" * 10_000_000 for number in range(10)}, "id": "r1"})
    producer.info("app", "m", {"id": "r1"}, exc_info=ValueError("y" * 81_000))
    first, second, third = (consumer.entry()["fields"] for _ in range(3))
    assert (first["id"], first["truncated"]) == ("r1", ["body"])
    assert len(first["body"]) > 60_000
    assert second["id"] == "r1"
    assert set(second) == {"id", "truncated", *(f"body{number}" for number in range(10))}
    assert (third["id"], third["exception.type"]) == ("r1", "ValueError")
    assert set(third["exception.message"]) == {"y"}


def test_what_changes_meanwhile(producer: logrtc.Producer, consumer: Consumer) -> None:
    fields: dict[str, object] = {}

    class Grows:
        def __str__(self) -> str:
            fields.update({f"new{number}": number for number in range(100)})
            return "grown"

    fields.update(first=1, second=Grows(), third=3)
    producer.info("app", "m", fields)
    assert consumer.entry()["fields"] == {"first": 1, "second": "grown", "third": 3}


def test_any_mapping_makes_fields(producer: logrtc.Producer, consumer: Consumer) -> None:
    producer.info("app", "m", types.MappingProxyType({"a": 1}))
    producer.info("app", "m", collections.ChainMap({"a": 1}, {"b": 2}))
    assert consumer.entry()["fields"] == {"a": 1}
    assert consumer.entry()["fields"] == {"b": 2, "a": 1}


def test_what_is_not_to_be_stopped_is_not(producer: logrtc.Producer) -> None:
    class Interrupts:
        def __str__(self) -> str:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        producer.info("app", "m", {"a": [Interrupts()]})
