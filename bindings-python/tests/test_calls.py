"""Log calls: every form of them, and whatever is passed to them."""

from __future__ import annotations

import types
from typing import Any

import pytest

import logrtc
from consumer import Consumer


class Unreadable:
    def __str__(self) -> str:
        raise RuntimeError("no text")


def broken() -> Any:
    class Broken(types.SimpleNamespace):
        def keys(self) -> Any:
            raise RuntimeError("no keys")

        def __getitem__(self, key: object) -> Any:
            raise RuntimeError("no members")

        def __str__(self) -> str:
            return "broken"

    return Broken()


def without_time(entry: dict[str, Any]) -> dict[str, Any]:
    del entry["timestamp"]
    return entry


ODD_SPAN = {"id": "s", "x": "y"}
FAILURE = ValueError("wrong")
OF_FAILURE = {
    "exception.type": "ValueError",
    "exception.message": "wrong",
    "exception.stacktrace": "ValueError: wrong\n",
}


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda p: p.info("hello"), {"target": "pytest", "message": "hello"}),
        (lambda p: p.info("hello", user=7), {"target": "pytest", "message": "hello", "fields": {"user": 7}}),
        (lambda p: p.info(None, "m"), {"target": "pytest"}),
        (lambda p: p.info(5, "m"), {"target": "5"}),
        (lambda p: p.info("a", None), {"message": "None"}),
        (lambda p: p.info(), {"target": "pytest", "message": ""}),
        (lambda p: p.info("a", Unreadable()), {"message": "<unprintable Unreadable object>"}),
        (lambda p: p.info(Unreadable(), "m"), {"target": "<unprintable Unreadable object>"}),
        (lambda p: p.info(target="a", message="m", fields={"x": 1}), {"target": "a", "fields": {"x": 1}}),
        (lambda p: p.info("a", message="m"), {"target": "a", "message": "m"}),
        (lambda p: p.info("m", target="a"), {"target": "a", "message": "m"}),
        (lambda p: p.info("a", "m", target=1, message=2), {"fields": {"target": 1, "message": 2}}),
        (lambda p: p.info("a", "m", {"x": 1, "y": 1}, y=2, z=3), {"fields": {"x": 1, "y": 2, "z": 3}}),
        (lambda p: p.info("a", "m", [1]), {"fields": {"fields": [1]}}),
        (lambda p: p.info("a", "m", 5, fields=6), {"fields": {"fields": 6}}),
        (lambda p: p.info("a", "m", broken()), {"fields": {"fields": "broken"}}),
        (lambda p: p.info("a", "m", None, None, 3, "x"), {"fields": {"args": [3, "x"]}}),
        (lambda p: p.info("a", "m", None, "s"), {"span": {"id": "s"}}),
        (lambda p: p.info("a", "m", None, {"id": 1, "trace_id": "t"}), {"span": {"id": "1", "trace_id": "t"}}),
        (lambda p: p.info("a", "m", span=ODD_SPAN), {"span": {"id": "s"}, "fields": {"span": ODD_SPAN}}),
        (lambda p: p.info("a", "m", None, [1]), {"fields": {"span": [1]}}),
        (lambda p: p.log("loud", "a", "m"), {"level": "INFO", "fields": {"level_name": "loud"}}),
        (lambda p: p.log(None, "a", "m"), {"level": "INFO", "fields": {"level_name": "None"}}),
        (lambda p: p.log("info", "a", "m", level=3), {"level": "INFO", "fields": {"level": 3}}),
        (lambda p: p.warning("a", "m"), {"level": "WARN"}),
        (lambda p: p.critical("a", "m"), {"level": "ERROR", "fields": {"level_name": "CRITICAL"}}),
        (lambda p: p.critical("a", "m", level_name="own"), {"fields": {"level_name": "own"}}),
        (lambda p: p.exception("a", "m"), {"level": "ERROR", "message": "m"}),
        (lambda p: p.error("a", FAILURE), {"level": "ERROR", "message": "wrong", "fields": OF_FAILURE}),
        (lambda p: p.error(FAILURE), {"target": "pytest", "message": "wrong", "fields": OF_FAILURE}),
        (lambda p: p.error("a", "m", FAILURE), {"fields": OF_FAILURE}),
        (lambda p: p.error("a", "m", exc_info=FAILURE, x=1), {"fields": {"x": 1, **OF_FAILURE}}),
        (lambda p: p.error("a", "m", exc_info=(ValueError, FAILURE, None)), {"fields": OF_FAILURE}),
        (lambda p: p.error("a", FAILURE, exc_info=False), {"message": "wrong"}),
        (lambda p: p.error("a", "m", exc_info=True), {"message": "m"}),
        (lambda p: p.bind(x=1, y=1).info("a", "m", y=2), {"fields": {"x": 1, "y": 2}}),
        (lambda p: p.bind(x=1).bind(y=2).warning("a", "m", {"x": 3}), {"level": "WARN", "fields": {"x": 3, "y": 2}}),
        (lambda p: p.bind().error("a", FAILURE), {"fields": OF_FAILURE}),
        (lambda p: p.bind(x=1).log(50, "m"), {"level": "ERROR", "target": "pytest", "fields": {"x": 1}}),
        (lambda p: p.bind(x=1).critical("m"), {"fields": {"x": 1, "level_name": "CRITICAL"}}),
    ],
)  # fmt: skip
def test_a_call_is_logged(
    producer: logrtc.Producer, consumer: Consumer, call: Any, expected: dict[str, object]
) -> None:
    call(producer)
    entry = without_time(consumer.entry())
    assert {**entry, **expected} == entry
    # Nothing is there that was not asked for.
    assert set(entry) - {"level", "target", "message"} == set(expected) - {"level", "target", "message"}


def test_the_exception_that_is_being_handled(producer: logrtc.Producer, consumer: Consumer) -> None:
    try:
        raise KeyError("k")
    except KeyError as error:
        producer.exception("a", "failed", order=7)
        producer.bind(order=7).exception("a", "failed")
        producer.error("a", "failed", {"order": 7}, exc_info=True)
        producer.error("a", error)
        producer.exception("a", "failed", exc_info=False)
    for _ in range(3):
        fields = consumer.entry()["fields"]
        assert (fields["order"], fields["exception.type"], fields["exception.message"]) == (7, "KeyError", "'k'")
        assert fields["exception.stacktrace"].startswith("Traceback (most recent call last):\n")
    assert consumer.entry()["fields"]["exception.type"] == "KeyError"
    assert "fields" not in consumer.entry()


def test_what_is_bound_stays_as_it_was(producer: logrtc.Producer, consumer: Consumer) -> None:
    logger = producer.bind(request="r1")
    logger.info("a", "m", request="r2", more=1)
    logger.info("a", "m")
    assert logger.producer is producer
    assert repr(logger) == f"<logrtc.BoundLogger {{'request': 'r1'}} of {producer!r}>"
    assert consumer.entry()["fields"] == {"request": "r2", "more": 1}
    assert consumer.entry()["fields"] == {"request": "r1"}


def test_a_producer_shows_what_it_is(producer: logrtc.Producer) -> None:
    assert repr(producer) == f"<logrtc.Producer 'pytest' at {producer.url}, registered>"
