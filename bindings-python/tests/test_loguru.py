"""loguru, with and without its queue."""

from __future__ import annotations

import json

import loguru

import logrtc
from consumer import Consumer


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
