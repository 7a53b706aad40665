"""The viewer in this process, and the program."""

from __future__ import annotations

import logging
import os
import queue
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import logrtc
from consumer import DEADLINE, eventually


def test_it_serves_the_page_until_it_is_stopped() -> None:
    with logrtc.serve(port=0) as server:
        with urllib.request.urlopen(server.url) as answer:
            assert b"<title>" in answer.read()
        assert server.signaling_url == server.url.replace("http", "ws") + "signaling"
        port = int(server.url.split(":")[2].rstrip("/"))
    server.close()
    with logrtc.serve("127.0.0.1", port) as again:
        assert again.url == server.url


def test_a_server_that_others_can_reach_has_a_token_for_its_own_producer() -> None:
    with logrtc.serve("127.0.0.1", 0) as alone:
        assert alone.token is None
    with logrtc.serve("0.0.0.0", 0) as server:
        assert server.token is not None
        assert server.url.endswith(f"#token={server.token}")
        assert server.token not in repr(server)
        url = server.signaling_url.replace("0.0.0.0", "127.0.0.1")
        with logrtc.connect(url, client_id="app", token=server.token, ice_servers=[], environment=False) as producer:
            eventually("it registers", lambda: producer.state == "registered")


def test_it_lives_without_its_object() -> None:
    code = """
import gc, urllib.request, logrtc
url = logrtc.serve(port=0).url
gc.collect()
kept = logrtc.serve("LocalHost", 0)
print(urllib.request.urlopen(url).status, urllib.request.urlopen(kept.url).status)
url = kept.url
del kept
gc.collect()
print(urllib.request.urlopen(url).status)
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr, done.returncode) == ("200 200\n200\n", "", 0)


def test_localhost_is_an_address() -> None:
    with logrtc.serve("localhost", 0) as server:
        assert server.url.startswith("http://127.0.0.1:")


class Told(logging.Handler):
    """What the logger `logrtc` is told."""

    def __init__(self) -> None:
        super().__init__()
        self.records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()

    def emit(self, record: logging.LogRecord) -> None:
        self.records.put(record)


@pytest.fixture
def told() -> Iterator[Told]:
    handler = Told()
    logging.getLogger("logrtc").addHandler(handler)
    yield handler
    logging.getLogger("logrtc").removeHandler(handler)


def test_it_opens_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" >{opened}.new\nmv {opened}.new {opened}\n')
    browser.chmod(0o755)
    # It is read once in the life of a program.
    code = """
import logrtc, sys
with logrtc.serve(port=0, open=True) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""
    environment = {**os.environ, "BROWSER": str(browser)}
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        eventually("the page is opened", opened.exists)
        url, _ = program.communicate(timeout=DEADLINE)
    assert opened.read_text() == url
    assert program.returncode == 0


@pytest.mark.parametrize(
    ("browser", "problem"),
    [
        ("", "BROWSER is blank"),
        (" ", "BROWSER is blank"),
        ("false", "no browser could be started"),
        ("/nonexistent/browser", "no browser could be started"),
        (None, "there is no display, and BROWSER names no browser"),
    ],
)
def test_a_browser_that_fails_is_a_warning(
    told: Told, monkeypatch: pytest.MonkeyPatch, browser: str | None, problem: str
) -> None:
    monkeypatch.setattr("webbrowser._tryorder", None)
    monkeypatch.setattr("webbrowser._browsers", {})
    # So that no other browser is found.
    monkeypatch.setenv("PATH", "/nonexistent" if browser != "false" else str(Path("/bin")))
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TERM"):
        monkeypatch.delenv(name, raising=False)
    if browser is None:
        monkeypatch.delenv("BROWSER", raising=False)
    else:
        monkeypatch.setenv("BROWSER", browser)
    with logrtc.serve(port=0, open=True) as server:
        record = told.records.get(timeout=DEADLINE)
        assert (record.levelname, record.getMessage()) == (
            "WARNING",
            f"logrtc cannot open {server.url} in a browser: {problem}",
        )


def test_a_port_that_is_taken_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="cannot listen on 127"):
        logrtc.serve(port=taken.getsockname()[1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"host": "example"}, 'host: "example" is neither an IP address'),
        ({"port": 70_000}, "port: 70000 is not from 0 to 65535"),
        ({"allow_origins": ["nonsense"]}, "allow_origins: "),
    ],
)
def test_wrong_use_is_named(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(logrtc.InvalidArgumentError) as caught:
        logrtc.serve(**arguments)  # type: ignore[arg-type]
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["serve", "--nonsense"], ["serve", "--listen", "x"]])
def test_the_program_answers_as_a_program_does(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "logrtc", *arguments], capture_output=True, text=True, timeout=60)
    wrong = "serve" in arguments
    assert done.returncode == (2 if wrong else 0)
    assert (done.stderr if wrong else done.stdout).strip()
    if arguments == ["--version"]:
        assert done.stdout.strip() == f"logrtc {logrtc.__version__}"
