"""The standard logging, and what stands on it."""

from __future__ import annotations

import json
import logging
import logging.config
import logging.handlers
import sys
import threading
import time
import traceback
from typing import Any

import loguru
import opentelemetry.sdk.trace
import pytest
import structlog

import logrtc
from conftest import Start
from consumer import Consumer, eventually


class Shout(str):
    """A message that says something else."""

    __slots__ = ()

    def __str__(self) -> str:
        return str.__str__(self) + "!"

    def __mod__(self, _: object) -> str:
        return "not this"


def test_a_record_becomes_an_entry(log: logging.Logger, consumer: Consumer) -> None:
    before = time.time()
    log.info("loaded %d of %s", 3, "four", extra={"rows": 10, "user": {"id": 7}})
    entry = consumer.entry()
    fields = entry["fields"]
    assert (entry["level"], entry["target"], entry["message"]) == ("INFO", "app.db", "loaded 3 of four")
    assert list(fields) == ["rows", "user", "code.file.path", "code.function.name", "code.line.number"]
    assert (fields["rows"], fields["user"], fields["code.file.path"]) == (10, {"id": 7}, __file__)
    assert fields["code.function.name"] == "test_a_record_becomes_an_entry"
    assert fields["code.line.number"] == sys._getframe().f_lineno - 7
    stamp = time.strptime(entry["timestamp"][:19], "%Y-%m-%dT%H:%M:%S")
    assert abs(time.mktime(stamp) - time.timezone - before) < 5


@pytest.mark.parametrize(
    ("number", "level", "name"),
    [
        (5, "DEBUG", "Level 5"),
        (logging.DEBUG, "DEBUG", None),
        (logging.INFO, "INFO", None),
        (25, "INFO", "Level 25"),
        (logging.WARNING, "WARN", None),
        (logging.ERROR, "ERROR", None),
        (logging.CRITICAL, "ERROR", "CRITICAL"),
    ],
)
def test_levels(log: logging.Logger, consumer: Consumer, number: int, level: str, name: str | None) -> None:
    log.setLevel(1)
    log.log(number, "m")
    entry = consumer.entry()
    assert (entry["level"], entry["fields"].get("level_name")) == (level, name)


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


@pytest.mark.parametrize(
    ("message", "arguments", "expected"),
    [
        ("100 %", (), "100 %"),
        ("%(a)s", ({"a": 1},), "1"),
        (ValueError("an object"), (), "an object"),
        (5, (), "5"),
        ("%s", (None,), "None"),
        ("half \ud800", (), "half �"),
        ("", (), ""),
        (Shout("%s"), (1,), "1!"),
        (Shout("loud"), (), "loud!"),
    ],
)
def test_messages(
    log: logging.Logger, consumer: Consumer, message: object, arguments: tuple[Any, ...], expected: str
) -> None:
    log.info(message, *arguments)
    assert consumer.entry()["message"] == expected


def test_a_record_class_of_its_own(log: logging.Logger, consumer: Consumer) -> None:
    class Braces(logging.LogRecord):
        def getMessage(self) -> str:  # noqa: N802
            return str(self.msg).format(*(self.args or ()))

    log.handle(Braces("brace", logging.INFO, "p", 1, "{} and {}", ("a", "b"), None))
    assert consumer.entry()["message"] == "a and b"


def test_a_record_of_a_dict(log: logging.Logger, consumer: Consumer) -> None:
    made = {"name": "".join(["o", "ther"]), "msg": "m", "levelno": 30, "levelname": "WARNING"}
    log.handle(logging.makeLogRecord({**made, "".join(["ex", "tra"]): 1, "".join(["line", "no"]): 7, 5: "five"}))
    entry = consumer.entry()
    assert (entry["level"], entry["target"], entry["message"]) == ("WARN", "other", "m")
    assert (entry["fields"]["extra"], entry["fields"]["5"], entry["fields"]["code.line.number"]) == (1, "five", 7)


def test_a_formatter_makes_the_message(log: logging.Logger, consumer: Consumer) -> None:
    log.handlers[0].setFormatter(logging.Formatter("%(levelname)s at %(asctime)s: %(message)s", "noon"))
    log.info("m", extra={"a": 1})
    entry = consumer.entry()
    assert entry["message"] == "INFO at noon: m"
    assert "asctime" not in entry["fields"]
    assert "message" not in entry["fields"]


def test_filters(log: logging.Logger, consumer: Consumer) -> None:
    log.handlers[0].addFilter(lambda record: record.levelno > logging.INFO)
    log.info("no")
    log.warning("yes")
    assert consumer.entry()["message"] == "yes"
    log.handlers[0].setLevel("ERROR")
    log.warning("no")
    log.error("yes, too")
    assert consumer.entry()["message"] == "yes, too"


def test_emit_never_raises(
    log: logging.Logger, consumer: Consumer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(log.handlers[0], "handleError")
    log.info("%d", "not a number")
    log.info("too %s %s", "few")
    log.info("fine")
    assert consumer.entry()["message"] == "fine"
    assert capsys.readouterr().err.count("--- Logging error ---") == 2


def test_emit_does_not_begin_within_itself(log: logging.Logger, consumer: Consumer) -> None:
    class Chatty:
        def __str__(self) -> str:
            log.info("asked for my name", extra={"me": self})
            return "chatty"

    log.info("%s", Chatty(), extra={"who": Chatty()})
    entry = consumer.entry()
    assert (entry["message"], entry["fields"]["who"]) == ("chatty", "chatty")
    log.info("after it")
    assert consumer.entry()["message"] == "after it"
    [handler] = log.handlers
    assert isinstance(handler, logrtc.Handler)
    assert handler.suppressed == 2


def test_many_threads(log: logging.Logger, consumer: Consumer) -> None:
    def work(name: str) -> None:
        for number in range(200):
            log.info("%s %d", name, number)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen = [consumer.entry()["message"] for _ in range(800)]
    for name in "abcd":
        assert [message for message in seen if message.startswith(name)] == [f"{name} {n}" for n in range(200)]


def test_dict_config(start: Start) -> None:
    with logrtc.serve(port=0) as server:
        logging.config.dictConfig(
            {
                "version": 1,
                "disable_existing_loggers": False,
                "handlers": {
                    "live": {
                        "class": "logrtc.Handler",
                        "url": server.signaling_url,
                        "client_id": "api",
                        "level": "INFO",
                        "filter": "debug",
                        "ice_servers": [],
                    }
                },
                "loggers": {"configured": {"handlers": ["live"], "level": "DEBUG", "propagate": False}},
            }
        )
        logger = logging.getLogger("configured")
        [handler] = logger.handlers
        assert isinstance(handler, logrtc.Handler)
        with Consumer(server.signaling_url) as consumer:
            logger.debug("no")
            logger.info("yes")
            assert consumer.entry()["message"] == "yes"
            logger.removeHandler(handler)
            handler.close()
            assert handler.producer.state == "closed"


def test_a_handler_that_was_closed_opens_again() -> None:
    logger = logging.getLogger("closed")
    with logrtc.serve(port=0) as server:
        handler = logrtc.Handler(server.signaling_url, client_id="app", ice_servers=[])
        logger.addHandler(handler)
        logger.propagate = False
        first = handler.producer
        logger.error("before")
        # It closes every handler there is, whatever it configures.
        logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})
        assert (handler.producer, first.state) == (first, "closed")
        threads = [threading.Thread(target=logger.error, args=("after %d", number)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert handler.producer is not first
        with Consumer(server.signaling_url) as consumer:
            assert {consumer.entry()["message"] for _ in range(8)} == {f"after {number}" for number in range(8)}
        logger.removeHandler(handler)
        handler.close()
        assert first.stats().after_close == 0


def test_behind_a_queue_handler(producer: logrtc.Producer, consumer: Consumer) -> None:
    import queue

    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    listener = logging.handlers.QueueListener(records, logrtc.Handler(producer=producer))
    logger = logging.getLogger("queued")
    handler = logging.handlers.QueueHandler(records)  # type: ignore[arg-type]
    logger.addHandler(handler)
    logger.propagate = False
    listener.start()
    logger.error("through %s", "a queue", extra={"a": 1})
    listener.stop()
    logger.removeHandler(handler)
    entry = consumer.entry()
    assert (entry["message"], entry["fields"]["a"]) == ("through a queue", 1)


def test_a_handler_is_given_a_producer_or_makes_one(producer: logrtc.Producer, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(logrtc.InvalidArgumentError, match="client_id: must not be empty"):
        logrtc.Handler(client_id="")
    with pytest.raises(TypeError, match="either a producer"):
        logrtc.Handler(producer=producer, client_id="x")
    handler = logrtc.Handler(producer=producer)
    handler.flush()
    handler.close()
    assert producer.state == "registered"
    monkeypatch.setenv("LOGRTC_CLIENT_ID", "by-the-environment")
    handler = logrtc.Handler("ws://127.0.0.1:9/", ice_servers=[])
    assert handler.producer.client_id == "by-the-environment"
    handler.close()


def test_the_current_span_of_opentelemetry(log: logging.Logger, consumer: Consumer) -> None:
    tracer = opentelemetry.sdk.trace.TracerProvider().get_tracer("test")
    log.info("outside")
    with tracer.start_as_current_span("outer") as outer, tracer.start_as_current_span("inner") as inner:
        log.info("inside")
    assert "span" not in consumer.entry()
    context = inner.get_span_context()
    assert consumer.entry()["span"] == {
        "id": f"{context.span_id:016x}",
        "trace_id": f"{context.trace_id:032x}",
        "parent_id": f"{outer.get_span_context().span_id:016x}",
    }


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


class UnpicklableError(Exception):
    """Holds what cannot be pickled, as many exceptions of libraries do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.callback = lambda: None


def test_loguru_behind_its_queue(producer: logrtc.Producer, consumer: Consumer) -> None:
    logger = loguru.logger
    logger.remove()
    sink = logger.add(logrtc.loguru_sink(producer), enqueue=True, catch=False)
    for failure in (ZeroDivisionError("by zero"), UnpicklableError("holds a lambda")):
        password = "hunter2"
        try:
            str(password)
            raise failure
        except Exception:
            logger.bind(user=7).exception("failed")
    logger.info("after it")
    logger.remove(sink)
    for kind, message in (("ZeroDivisionError", "by zero"), (f"{__name__}.UnpicklableError", "holds a lambda")):
        text = consumer.text()
        assert "hunter2" not in text.replace('password = \\"hunter2', "")
        fields = json.loads(text)["fields"]
        assert (fields["user"], fields["exception.type"], fields["exception.message"]) == (7, kind, message)
        assert fields["exception.stacktrace"].startswith("Traceback (most recent call last):\n")
        assert "raise failure" in fields["exception.stacktrace"]
    assert "exception.type" not in consumer.entry()["fields"]


def test_loguru(producer: logrtc.Producer, consumer: Consumer) -> None:
    logger = loguru.logger
    logger.remove()
    sink = logger.add(logrtc.loguru_sink(producer), level="TRACE", catch=False)
    logger.bind(user=7).success("paid {}", 5)
    logger.trace("small")
    try:
        raise KeyError("k")
    except KeyError:
        logger.exception("failed")
    logger.remove(sink)
    entry = consumer.entry()
    assert (entry["level"], entry["target"], entry["message"]) == ("INFO", __name__, "paid 5")
    fields = entry["fields"]
    assert (fields["user"], fields["level_name"], fields["code.file.path"]) == (7, "SUCCESS", __file__)
    assert fields["code.function.name"] == "test_loguru"
    entry = consumer.entry()
    assert (entry["level"], entry["fields"]["level_name"]) == ("DEBUG", "TRACE")
    assert consumer.entry()["fields"]["exception.type"] == "KeyError"


def test_a_stalled_consumer_does_not_hold_logging_up(start: Start) -> None:
    producer, consumer = start(max_entries=100)
    consumer.pause()
    handler = logrtc.Handler(producer=producer)
    for number in range(5000):
        handler.handle(logging.makeLogRecord({"msg": "m" * 1000, "number": number}))
    consumer.resume()
    producer.flush(30)
    [of_consumer] = producer.stats().consumers
    assert of_consumer.accepted == 5000 == of_consumer.delivered + of_consumer.dropped
    eventually("the newest entry comes", lambda: consumer.entry()["fields"].get("number") == 4999)


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
