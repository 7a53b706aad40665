"""What a program prints is the same with ``logrtc.install`` as without it, and every record is logged all the same."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from textwrap import dedent

import pytest

import logrtc

# Each is run with `install` and without. The number is how many records are entries.
PROGRAMS = {
    "nothing is configured": (
        2,
        """
        install()
        logging.getLogger("a").warning("w")
        logging.getLogger("a").info("i")
        """,
    ),
    "by the functions of the module": (
        4,
        """
        install()
        logging.info("i")
        logging.warning("w")
        logging.getLogger("a").info("i")
        logging.getLogger("a").error("e")
        """,
    ),
    "an exception": (
        1,
        """
        install()
        try:
            1 / 0
        except ZeroDivisionError:
            logging.getLogger("a").exception("failed")
        """,
    ),
    "basicConfig before": (
        1,
        """
        logging.basicConfig(level=logging.INFO)
        install()
        logging.info("i")
        logging.debug("d")
        """,
    ),
    "basicConfig after": (
        2,
        """
        install()
        logging.getLogger("a").warning("early")
        logging.basicConfig(level=logging.INFO)
        logging.info("i")
        logging.debug("d")
        """,
    ),
    "basicConfig without a level, before": (
        2,
        """
        logging.basicConfig()
        install()
        logging.info("i")
        logging.warning("w")
        """,
    ),
    "basicConfig without a level, after": (
        2,
        """
        install()
        logging.basicConfig(format="%(message)s of %(name)s")
        logging.info("i")
        logging.warning("w")
        """,
    ),
    "basicConfig by force": (
        1,
        """
        install()
        logging.basicConfig(level=logging.DEBUG, force=True)
        logging.debug("d")
        logging.info("i")
        """,
    ),
    "basicConfig that was imported before": (
        1,
        """
        from logging import basicConfig
        install()
        basicConfig(level=logging.INFO)
        logging.getLogger("a").info("i")
        """,
    ),
    "a program that looks whether logging is configured": (
        1,
        """
        install()
        print(logging.root.handlers, logging.getLogger("a").hasHandlers())
        if not logging.getLogger().handlers:
            logging.basicConfig(level=logging.INFO)
        logging.info("i")
        """,
    ),
    "a framework that looks whether a handler takes its level": (
        1,
        """
        install()
        logger = logging.getLogger("werkzeug")
        logger.setLevel(logging.INFO)
        current = logger
        while current is not None and not any(handler.level <= logging.INFO for handler in current.handlers):
            current = current.parent
        if current is None:
            logger.addHandler(logging.StreamHandler())
        logger.info("running")
        """,
    ),
    "a handler of the root logger": (
        2,
        """
        install()
        logging.getLogger().addHandler(logging.StreamHandler())
        logging.info("i")
        logging.warning("w")
        """,
    ),
    "handlers of a logger, and of its parents": (
        3,
        """
        install()
        logging.getLogger("a").addHandler(logging.StreamHandler())
        logging.getLogger("a.b").addHandler(logging.StreamHandler())
        logging.getLogger("a.b").info("i")
        logging.getLogger("a.b").warning("w")
        logging.getLogger("a").addHandler(logging.NullHandler())
        logging.getLogger("a").propagate = False
        logging.getLogger("a.b").warning("kept")
        logging.getLogger("c").warning("w")
        """,
    ),
    "a level of a logger": (
        2,
        """
        logging.basicConfig()
        install()
        logging.getLogger("a").setLevel(logging.DEBUG)
        logging.getLogger("a.b").debug("d")
        logging.getLogger("a.b").info("i")
        logging.getLogger("b").info("i")
        """,
    ),
    "a level of the root logger, later": (
        3,
        """
        logging.basicConfig()
        install()
        logging.info("early")
        logging.getLogger().setLevel(logging.INFO)
        logging.info("i")
        logging.getLogger().setLevel(logging.ERROR)
        logging.warning("w")
        logging.error("e")
        """,
    ),
    "a record of another process": (
        2,
        """
        logging.basicConfig()
        install()
        record = logging.makeLogRecord({"name": "a", "levelno": 20, "levelname": "INFO", "msg": "from elsewhere"})
        logging.getLogger("a").handle(record)
        logging.getLogger("unknown").handle(record)
        """,
    ),
    "a class of loggers that hands records on": (
        2,
        """
        class Logger(logging.Logger):
            def handle(self, record):
                return super().handle(record)

            def callHandlers(self, record):
                return super().callHandlers(record)

        logging.setLoggerClass(Logger)
        logging.basicConfig()
        install()
        logging.getLogger("a").info("i")
        logging.getLogger("a").warning("w")
        """,
    ),
    "a handler that looks who logs": (
        1,
        """
        class Intercept(logging.Handler):
            def emit(self, record):
                frame = sys._getframe()
                while frame.f_code.co_filename in (logging.__file__, __file__) and frame.f_code.co_name != "<module>":
                    print(frame.f_code.co_name)
                    frame = frame.f_back
                print(frame.f_code.co_name)

        __file__ = Intercept.emit.__code__.co_filename
        install()
        logging.getLogger().addHandler(Intercept())
        logging.getLogger("a").warning("w")
        """,
    ),
    "dictConfig": (
        2,
        """
        import logging.config
        install()
        logging.config.dictConfig({
            "version": 1,
            "handlers": {"console": {"class": "logging.StreamHandler"}},
            "root": {"handlers": ["console"], "level": "INFO"},
        })
        logging.info("i")
        logging.getLogger("a").warning("w")
        """,
    ),
    "levels that are disabled": (
        0,
        """
        install()
        logging.disable(logging.WARNING)
        logging.warning("w")
        """,
    ),
    "warnings of Python": (
        1,
        """
        import warnings
        install()
        logging.captureWarnings(True)
        warnings.warn("old", DeprecationWarning, 1)
        """,
    ),
    "two handlers": (
        2,
        """
        install()
        install(client_id="other")
        logging.getLogger("a").warning("w")
        logging.getLogger("a").info("i")
        """,
    ),
    "a handler that is added, too": (
        2,
        """
        handler = install()
        if handler is not None:
            logging.getLogger().addHandler(handler)
            logging.getLogger().addHandler(logging.StreamHandler())
        else:
            logging.getLogger().addHandler(logging.StreamHandler())
        logging.getLogger("a").warning("w")
        logging.getLogger("a").info("i")
        """,
    ),
    "one that is closed again": (
        1,
        """
        handler = install()
        logging.getLogger("a").info("i")
        if handler is not None:
            handler.close()
        print(logging.root.level)
        logging.getLogger("a").info("i")
        logging.warning("w")
        """,
    ),
    "a look at the end of logging": (
        2,
        """
        install()
        logging.getLogger("a").warning("w")
        logging.shutdown()
        logging.getLogger("a").warning("w")
        """,
    ),
}

WITH = """
import logging, sys, logrtc
handlers = []
def install(**options):
    handler = logrtc.install(ice_servers=[], **options)
    handlers.append(handler)
    return handler
"""
COUNT = """
print(*(handler.producer.stats().accepted for handler in handlers))
"""
WITHOUT = """
import logging, sys
def install(**options):
    pass
"""


@pytest.fixture(scope="module")
def server() -> Iterator[logrtc.Server]:
    with logrtc.serve(port=0) as server:
        yield server


def run(server: logrtc.Server, code: str) -> tuple[str, str]:
    environment = {**os.environ, "LOGRTC_URL": server.signaling_url}
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", code], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_terminal_stays_as_it_is(server: logrtc.Server, name: str) -> None:
    entries, program = PROGRAMS[name]
    lines = WITH.count("\n") - WITHOUT.count("\n")
    out, err = run(server, WITH + dedent(program) + COUNT)
    *printed, counts = out.splitlines(keepends=True)
    # So that a line has the same number in both.
    without = "\n" * lines + WITHOUT + dedent(program)
    assert ("".join(printed), err) == run(server, without)
    assert set(counts.split()) == {str(entries)}
