"""What an entry says of an exception and of the stack."""

from __future__ import annotations

import json
import logging
import logging.config
import logging.handlers
import traceback
from typing import Any

import pytest

import logrtc
from consumer import Consumer


def test_an_exception_becomes_fields(log: logging.Logger, consumer: Consumer) -> None:
    try:
        int("x")
    except ValueError:
        log.exception("failed")
    try:
        raise logrtc.ClosedError("of a module")
    except logrtc.ClosedError as error:
        log.warning("failed", exc_info=error)
    log.error("none", exc_info=True)
    fields = consumer.entry()["fields"]
    assert fields["exception.type"] == "ValueError"
    assert fields["exception.message"] == "invalid literal for int() with base 10: 'x'"
    assert fields["exception.stacktrace"].startswith("Traceback (most recent call last):\n  File ")
    assert fields["exception.stacktrace"].endswith("ValueError: invalid literal for int() with base 10: 'x'\n")
    assert consumer.entry()["fields"]["exception.type"] == "logrtc.ClosedError"
    assert not any(key.startswith("exception") for key in consumer.entry()["fields"])


def test_the_stack(log: logging.Logger, consumer: Consumer) -> None:
    log.info("m", stack_info=True)
    assert consumer.entry()["fields"]["code.stacktrace"].startswith("Stack (most recent call last):")


class Masks(logging.Formatter):
    """Masks the text of exceptions alone."""

    def formatException(self, ei: Any) -> str:  # noqa: N802
        return super().formatException(ei).replace("s3cret", "***")


class MasksAll(logging.Formatter):
    """Masks whatever it shows."""

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).replace("s3cret", "***")


@pytest.mark.parametrize("formatter", [Masks(), MasksAll()])
@pytest.mark.parametrize("cached", [False, True])
def test_a_formatter_masks_exceptions(
    log: logging.Logger, consumer: Consumer, formatter: logging.Formatter, cached: bool
) -> None:
    log.handlers[0].setFormatter(formatter)
    if cached:
        # Another handler has made the text of the exception before, and `logging` keeps that.
        log.handlers[0].addFilter(lambda record: bool(logging.Formatter().format(record)))
    try:
        raise ValueError("s3cret")
    except ValueError:
        log.exception("failed")
    text = consumer.text()
    assert "s3cret" not in text.replace('raise ValueError(\\"s3cret', "")
    assert "***" in text
    entry = json.loads(text)
    assert entry["message"].startswith("failed")
    assert entry["fields"]["exception.type"] == "ValueError"


def test_a_formatter_that_masks_nothing_repeats_nothing(log: logging.Logger, consumer: Consumer) -> None:
    log.handlers[0].setFormatter(logging.Formatter("at noon: %(message)s"))
    try:
        int("x")
    except ValueError:
        log.exception("failed")
    entry = consumer.entry()
    assert entry["message"] == "at noon: failed"
    assert entry["fields"]["exception.message"] == "invalid literal for int() with base 10: 'x'"
    assert entry["fields"]["exception.stacktrace"].startswith("Traceback (most recent call last):\n")


def test_the_text_of_an_exception(log: logging.Logger, consumer: Consumer) -> None:
    log.handle(logging.makeLogRecord({"msg": "m", "levelno": 40, "exc_text": "of another process"}))
    log.error("m", exc_info=ValueError("half \ud800"))
    assert consumer.entry()["fields"]["exception.stacktrace"] == "of another process"
    assert consumer.entry()["fields"]["exception.stacktrace"] == "ValueError: half �\n"


def test_the_program_has_the_last_word(log: logging.Logger, consumer: Consumer) -> None:
    own = dict.fromkeys(
        ["exception.type", "exception.message", "code.file.path", "code.line.number", "level_name"], "own"
    )
    log.critical("m", exc_info=ValueError(), extra=own)
    pairs: list[tuple[str, Any]] = []
    json.loads(consumer.text(), object_pairs_hook=lambda found: pairs.extend(found) or dict(found))
    keys = [key for key, _ in pairs]
    assert {key: value for key, value in pairs if key in own} == own
    assert len(keys) == len(set(keys))
    assert "exception.stacktrace" in keys


def test_long_stacks_are_cut(log: logging.Logger, consumer: Consumer) -> None:
    def fall(depth: int, other: int = 0) -> None:
        # By two ways in turn, for Python itself shortens what repeats itself.
        if depth == 0:
            raise ValueError("the ground")
        if depth % 2:
            fall(depth - 1)
        else:
            fall(depth - 1, 1)

    for depth in (25, 80, 400):
        try:
            fall(depth)
        except ValueError as error:
            log.error("m", exc_info=error)
            expected = traceback.format_exception(error)
        try:
            try:
                fall(depth)
            except ValueError as error:
                raise KeyError("k") from error
        except KeyError as error:
            log.error("m", exc_info=error)
        whole, chained = (consumer.entry()["fields"]["exception.stacktrace"] for _ in range(2))
        if depth == 25:
            assert whole == "".join(expected)
        elif depth == 80:
            lines = [line for line in "".join(expected).splitlines() if line.strip(" ~^")]
            assert [line for line in whole.splitlines() if line.strip(" ~^")] == lines
        else:
            assert whole.count(", in fall") == 99
            assert "\n  [302 frames left out]\n" in whole
        assert whole.startswith("Traceback (most recent call last):\n")
        assert whole.endswith("ValueError: the ground\n")
        assert "The above exception was the direct cause" in chained
        assert chained.count("frames left out") == (depth > 25)
