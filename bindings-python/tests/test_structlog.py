"""structlog, alone and through the standard logging."""

from __future__ import annotations

import logging
import logging.config
import logging.handlers
import time
from typing import Any

import pytest
import structlog

import logrtc
from consumer import Consumer


def test_structlog(producer: logrtc.Producer, consumer: Consumer) -> None:
    rendered: list[dict[str, Any]] = []

    def render(logger: object, name: str, event: dict[str, Any]) -> str:
        rendered.append(event)
        raise structlog.DropEvent

    logger = structlog.wrap_logger(
        structlog.PrintLogger(),
        processors=[structlog.processors.add_log_level, logrtc.StructlogProcessor(producer), render],
        wrapper_class=structlog.BoundLogger,
    ).bind(logger="shop.cart", user=7)
    logger.warning("added", items=[1, 2])
    entry = consumer.entry()
    assert (entry["level"], entry["target"], entry["message"]) == ("WARN", "shop.cart", "added")
    assert entry["fields"] == {"user": 7, "items": [1, 2]}
    assert rendered == [{"user": 7, "logger": "shop.cart", "items": [1, 2], "event": "added", "level": "warning"}]
    try:
        raise KeyError("k")
    except KeyError:
        logger.exception("failed")
    logger.critical("worse")
    fields = consumer.entry()["fields"]
    assert (fields["exception.type"], fields["exception.message"]) == ("KeyError", "'k'")
    entry = consumer.entry()
    assert (entry["level"], entry["fields"]["level_name"]) == ("ERROR", "CRITICAL")


def test_structlog_alone(producer: logrtc.Producer, consumer: Consumer, capsys: pytest.CaptureFixture[str]) -> None:
    logger = structlog.wrap_logger(structlog.PrintLogger(), processors=[logrtc.StructlogProcessor(producer)])
    logger.info("m", a=1)
    assert consumer.entry()["fields"] == {"a": 1}
    assert capsys.readouterr().out == ""
    # With a renderer after it, that prints.
    renderer = structlog.processors.KeyValueRenderer()
    processors = [logrtc.StructlogProcessor(producer), renderer]
    structlog.wrap_logger(structlog.PrintLogger(), processors=processors).info("m", a=1)
    assert consumer.entry()["fields"] == {"a": 1}
    assert capsys.readouterr().out == "a=1 event='m'\n"


OWN: dict[str, Any] = {
    "filename": "a.pdf",
    "lineno": "12b",
    "timestamp": "2020-01-01T00:00:00",
    "exception": "text",
    "level_number": 3,
    "stack_info": "text",
    "stack": [1],
    "exc_info": "text",
    "pathname": 5,
    "func_name": None,
    "logger": 7,
    "level": "gold",
}


def test_keys_of_the_program_stay(producer: logrtc.Producer, consumer: Consumer) -> None:
    before = time.time()
    event = {"event": "uploaded", **OWN}
    kept = dict(event)
    logrtc.StructlogProcessor(producer)(None, "warning", event)
    assert event == kept
    entry = consumer.entry()
    assert (entry["level"], entry["message"], entry["fields"]) == ("WARN", "uploaded", OWN)
    stamp = time.strptime(entry["timestamp"][:19], "%Y-%m-%dT%H:%M:%S")
    assert abs(time.mktime(stamp) - time.timezone - before) < 5


def test_what_the_processors_of_structlog_write(producer: logrtc.Producer, consumer: Consumer) -> None:
    logger = structlog.wrap_logger(
        structlog.PrintLogger(),
        processors=[
            structlog.processors.add_log_level,
            structlog.stdlib.add_log_level_number,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.CallsiteParameterAdder(),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            logrtc.StructlogProcessor(producer),
        ],
    )
    try:
        raise KeyError("k")
    except KeyError:
        logger.exception("failed", order=7, stack_info=True)
        logger.error("failed", exc_info=True)
    logger.error("failed", exc_info=KeyError("k"))
    first, second, third = (consumer.entry()["fields"] for _ in range(3))
    # It has more parameters than an entry has places for.
    ours = {
        "order",
        "module",
        "process",
        "process_name",
        "thread",
        "thread_name",
        "task_name",
        "qual_name",
        "qual_module",
    }
    assert {key for key in first if "." not in key} <= ours
    assert first["order"] == 7
    assert (first["code.file.path"], first["code.function.name"]) == (
        __file__,
        "test_what_the_processors_of_structlog_write",
    )
    assert first["code.stacktrace"].startswith("Stack (most recent call last)")
    for fields in (first, second):
        assert (fields["exception.type"], fields["exception.message"]) == ("KeyError", "'k'")
        assert fields["exception.stacktrace"].startswith("Traceback (most recent call last)")
        assert "exception" not in fields
    # Without a traceback it may be the program's own.
    assert third["exception"] == "KeyError: 'k'"


@pytest.mark.parametrize(
    ("level", "expected", "name"),
    [
        ("ERROR", "ERROR", None),
        ("trace", "DEBUG", "TRACE"),
        ("exception", "ERROR", None),
        ("notset", "DEBUG", None),
        (40, "ERROR", None),
        (None, "WARN", None),
        ("audit", "WARN", None),
    ],
)
def test_levels_of_structlog(
    producer: logrtc.Producer, consumer: Consumer, level: object, expected: str, name: str | None
) -> None:
    logrtc.StructlogProcessor(producer)(None, "warning", {"event": "m", "level": level})
    entry = consumer.entry()
    assert (entry["level"], entry.get("fields", {}).get("level_name")) == (expected, name)


@pytest.mark.parametrize("renders", [False, True])
def test_structlog_through_logging(
    log: logging.Logger, consumer: Consumer, monkeypatch: pytest.MonkeyPatch, renders: bool
) -> None:
    handler = log.handlers[0]
    handler.addFilter(lambda record: bool(record.__dict__.setdefault("request", "r1")))
    if renders:
        handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=structlog.processors.KeyValueRenderer()))
    logger = structlog.wrap_logger(
        log,
        processors=[structlog.stdlib.add_log_level, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    logger.info("paid", order=7, filename="a.pdf", name="Ann")
    try:
        raise KeyError("k")
    except KeyError:
        logger.exception("boom", order=7)
        logger.error("boom", order=7, exc_info=True)
    first, *others = (consumer.entry() for _ in range(3))
    fields = first["fields"]
    own = {"order": 7, "filename": "a.pdf", "name": "Ann", "request": "r1"}
    assert {key: fields[key] for key in fields if not key.startswith("code.")} == own
    assert (first["level"], first["target"]) == ("INFO", "app.db")
    if not renders:
        assert first["message"] == "paid"
    else:
        assert "order=7" in first["message"]
    for entry in others:
        assert (entry["level"], entry["fields"]["order"]) == ("ERROR", 7)
        assert entry["fields"]["exception.type"] == "KeyError"
        assert "_logger" not in entry["fields"]
        if not renders:
            assert entry["message"] == "boom"
            assert entry["fields"]["exception.message"] == "'k'"
            assert entry["fields"]["exception.stacktrace"].startswith("Traceback (most recent call last)")
