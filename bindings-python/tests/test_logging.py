"""The standard logging."""

from __future__ import annotations

import logging
import logging.config
import logging.handlers
import sys
import threading
import time
from typing import Any

import opentelemetry.sdk.trace
import pytest

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
