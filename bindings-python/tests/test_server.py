"""The viewer in this process, and the program."""

from __future__ import annotations

import socket
import subprocess
import sys
import urllib.request

import pytest

import logrtc


def test_it_serves_the_page_until_it_is_stopped() -> None:
    with logrtc.serve(port=0) as server:
        with urllib.request.urlopen(server.url) as answer:
            assert b"<title>" in answer.read()
        assert server.signaling_url == server.url.replace("http", "ws") + "signaling"
        port = int(server.url.split(":")[2].rstrip("/"))
    server.stop()
    with logrtc.serve("127.0.0.1", port) as again:
        assert again.url == server.url


def test_a_port_that_is_taken_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="cannot listen on 127"):
        logrtc.serve(port=taken.getsockname()[1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"host": "localhost"}, 'host: "localhost" is not an IP address'),
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
