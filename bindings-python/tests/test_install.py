"""What ``logrtc.install`` makes, and makes anew."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import logrtc
from consumer import DEADLINE, Consumer, eventually

NOWHERE = "ws://127.0.0.1:9/"


@pytest.fixture(autouse=True)
def root() -> Iterator[logging.Logger]:
    """The root logger, as a program has it."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.WARNING)
    yield root
    root.setLevel(level)


@pytest.fixture
def handlers() -> Iterator[list[logrtc.Handler]]:
    """Is to hold the handlers that a test installs."""
    handlers: list[logrtc.Handler] = []
    yield handlers
    for handler in handlers:
        handler.close()


def threads() -> int:
    return len(os.listdir("/proc/self/task"))


def test_it_logs_what_reaches_the_root_logger(root: logging.Logger, handlers: list[logrtc.Handler]) -> None:
    handler = logrtc.install(NOWHERE, client_id="app", ice_servers=[])
    handlers.append(handler)
    assert root.level == logging.INFO
    logging.getLogger("any").info("m")
    logging.getLogger("any").debug("m")
    assert handler.producer.stats().accepted == 1
    lonely = logging.getLogger("lonely")
    lonely.propagate = False
    lonely.error("m")
    logging.Logger("outside").error("m")
    assert handler.producer.stats().accepted == 1
    handler.setLevel(logging.ERROR)
    logging.getLogger("any").warning("m")
    assert handler.producer.stats().accepted == 1
    handler.close()
    assert root.level == logging.WARNING
    logging.getLogger("any").error("m")
    assert handler.producer.stats().after_close == 0


def test_levels_of_the_root_logger(root: logging.Logger, handlers: list[logrtc.Handler]) -> None:
    handlers.append(logrtc.install(NOWHERE, client_id="a", ice_servers=[]))
    handlers.append(logrtc.install(NOWHERE, client_id="b", level="DEBUG", ice_servers=[]))
    assert root.level == logging.DEBUG
    handlers[1].close()
    assert root.level == logging.INFO
    root.setLevel(logging.DEBUG)
    handlers.append(logrtc.install(NOWHERE, client_id="c", level="ERROR", ice_servers=[]))
    assert root.level == logging.DEBUG
    handlers[0].close()
    assert root.level == logging.DEBUG
    root.setLevel(logging.CRITICAL)
    handlers.append(logrtc.install(NOWHERE, client_id="d", level=None, ice_servers=[]))
    assert root.level == logging.CRITICAL


def test_its_level_is_that_of_a_handler(root: logging.Logger, handlers: list[logrtc.Handler]) -> None:
    root.setLevel(logging.INFO)
    verbose = logging.getLogger("verbose")
    verbose.setLevel(logging.DEBUG)
    handlers.append(logrtc.install(NOWHERE, client_id="a", level="WARNING", ice_servers=[]))
    handlers.append(logrtc.install(NOWHERE, client_id="b", ice_servers=[]))
    handlers.append(logrtc.install(NOWHERE, client_id="c", level=None, ice_servers=[]))
    verbose.debug("m")
    logging.info("m")
    logging.warning("m")
    assert [handler.producer.stats().accepted for handler in handlers] == [1, 2, 3]
    verbose.setLevel(logging.NOTSET)


def test_a_second_one_is_the_first(root: logging.Logger, handlers: list[logrtc.Handler]) -> None:
    options: dict[str, Any] = {"client_id": "nb", "ice_servers": [], "system_name": "Notebook"}
    with logrtc.serve(port=0) as server, Consumer(server.signaling_url) as consumer:
        handler = logrtc.install(server.signaling_url, **options)
        handlers.append(handler)
        producer = handler.producer
        logging.info("%d", 0)
        assert consumer.entry()["message"] == "0"
        before = threads()
        for number in range(1, 20):
            again = logrtc.install(server.signaling_url, **options)
            again.setFormatter(logging.Formatter(f"run {number}: %(message)s"))
            again.addFilter(lambda record: True)
            assert again is handler
            logging.info("%d", number)
            # One line for each call, by the same channel.
            assert consumer.entry()["message"] == f"run {number}: {number}"
        assert threads() <= before
        assert handler.producer is producer
        assert len(handler.filters) == 1
        [of_consumer] = producer.stats().consumers
        assert of_consumer.accepted == 20
        handler = logrtc.install(server.signaling_url, **options)
        assert (handler.filters, handler.formatter, handler.level) == ([], None, logging.INFO)


def test_another_option_begins_a_producer_of_the_same_name(handlers: list[logrtc.Handler]) -> None:
    with logrtc.serve(port=0) as server:
        handler = logrtc.install(server.signaling_url, client_id="nb", ice_servers=[])
        handlers.append(handler)
        eventually("it is registered", lambda: handler.producer.state == "registered")
        for number in range(20):
            old = handler.producer
            again = logrtc.install(server.signaling_url, client_id="nb", ice_servers=[], version=f"1.{number}")
            assert again is handler
            assert handler.producer is not old
            assert old.state == "closed"
            eventually("it is registered", lambda: handler.producer.state == "registered")
        logging.warning("once")
        with Consumer(server.signaling_url) as consumer:
            assert consumer.entry()["message"] == "once"
        assert handler.producer.stats().accepted == 1


def test_one_that_has_ended_begins_again(handlers: list[logrtc.Handler]) -> None:
    handler = logrtc.install(NOWHERE, client_id="nb", ice_servers=[])
    handlers.append(handler)
    handler.producer.close()
    assert logrtc.install(NOWHERE, client_id="nb", ice_servers=[]) is handler
    assert handler.producer.state != "closed"
    handler.close()
    again = logrtc.install(NOWHERE, client_id="nb", ice_servers=[])
    handlers.append(again)
    assert again is not handler
    logging.warning("m")
    assert again.producer.stats().accepted == 1


def test_what_differs_in_name_or_url_is_two(handlers: list[logrtc.Handler]) -> None:
    handlers.append(logrtc.install(NOWHERE, client_id="a", ice_servers=[]))
    handlers.append(logrtc.install(NOWHERE, client_id="b", ice_servers=[]))
    handlers.append(logrtc.install("ws://127.0.0.1:9/other", client_id="a", ice_servers=[]))
    logging.warning("m")
    assert len({id(handler) for handler in handlers}) == 3
    assert [handler.producer.stats().accepted for handler in handlers] == [1, 1, 1]


def test_wrong_use_ends_nothing(handlers: list[logrtc.Handler]) -> None:
    handlers.append(logrtc.install(NOWHERE, client_id="a", ice_servers=[]))
    with pytest.raises(logrtc.InvalidArgumentError, match="replay"):
        logrtc.install(NOWHERE, client_id="a", ice_servers=[], replay="some")  # type: ignore[arg-type]
    assert handlers[0].producer.state != "closed"


def test_it_survives_a_configuration_of_logging(handlers: list[logrtc.Handler]) -> None:
    import logging.config

    handler = logrtc.install(NOWHERE, client_id="a", ice_servers=[])
    handlers.append(handler)
    logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})
    assert handler.producer.state != "closed"
    logging.warning("m")
    assert handler.producer.stats().accepted == 1


def test_a_shutdown_of_logging_flushes_it(handlers: list[logrtc.Handler]) -> None:
    with logrtc.serve(port=0) as server, Consumer(server.signaling_url) as consumer:
        before = list(logging._handlerList)  # type: ignore[attr-defined]
        handler = logrtc.install(server.signaling_url, client_id="app", ice_servers=[], close_timeout=30)
        handlers.append(handler)
        made = [reference for reference in logging._handlerList if reference not in before]  # type: ignore[attr-defined]
        consumer.wait()
        assert handler.wait_for_consumer(DEADLINE)
        for number in range(1000):
            logging.getLogger("a").warning("%d", number)
        logging.shutdown(made)
        [of_consumer] = handler.producer.stats().consumers
        assert of_consumer.delivered == 1000
        assert handler.producer.state == "registered"


NAME = "import logrtc; print(logrtc.connect(disabled=True).client_id)"


@pytest.mark.parametrize(
    ("files", "arguments", "name"),
    [
        ({"checkout.py": NAME}, ["checkout.py"], "checkout"),
        ({"bin/tool": NAME}, ["bin/tool", "argument"], "tool"),
        ({"pkg/mod.py": NAME, "pkg/__init__.py": ""}, ["-m", "pkg.mod"], "pkg.mod"),
        ({"pkg/__main__.py": NAME, "pkg/__init__.py": ""}, ["-m", "pkg"], "pkg"),
        ({"folder/__main__.py": NAME}, ["folder"], "folder"),
        ({"folder/__main__.py": NAME}, ["folder/__main__.py"], "folder"),
        ({}, ["-c", NAME], "python"),
        ({"stdin": NAME}, ["-"], "python"),
        ({"stdin": NAME}, [], "python"),
        ({"ipykernel_launcher.py": NAME}, ["-m", "ipykernel_launcher"], "notebook"),
        ({"\udce4\n.py": NAME}, ["\udce4\n.py"], "??"),
        ({f"{'ä' * 100}.py": NAME}, [f"{'ä' * 100}.py"], "ä" * 64),
        ({}, ["-c", f"import sys; del sys.argv; {NAME}"], "python"),
    ],
)
def test_the_name_of_the_program(tmp_path: Path, files: dict[str, str], arguments: list[str], name: str) -> None:
    for file, code in files.items():
        path = tmp_path / file
        path.parent.mkdir(exist_ok=True)
        path.write_text(code)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LOGRTC_")}
    command = [sys.executable, "-X", "utf8", "-W", "error", *arguments]
    code = files.get("stdin", "")
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, input=code, capture_output=True, text=True, timeout=DEADLINE
    )
    assert (done.stdout, done.stderr) == (f"{name}\n", "")


def test_a_name_that_is_given_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    with logrtc.connect(client_id="given", disabled=True) as producer:
        assert producer.client_id == "given"
    monkeypatch.setenv("LOGRTC_CLIENT_ID", "by-the-environment")
    with logrtc.connect(disabled=True) as producer:
        assert producer.client_id == "by-the-environment"
