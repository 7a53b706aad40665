"""The programs that README.md shows, each with the real framework."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import logrtc
from consumer import DEADLINE, Consumer, eventually

README = (Path(__file__).parents[1] / "README.md").read_text()


def recipe(title: str) -> str:
    """The first program below a heading."""
    section = README.split(f"# {title}\n", 1)[1]
    match = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert match is not None
    return match[1]


class Page:
    """What a page of all programs would show."""

    def __init__(self, server: logrtc.Server, folder: Path) -> None:
        self._consumer = Consumer(server.signaling_url, "entries")
        self._consumer.wait()
        self._folder = folder
        self._environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("LOGRTC_")},
            "LOGRTC_URL": server.signaling_url,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.entries: list[tuple[str, dict[str, Any]]] = []

    def wait(self, wanted: Callable[[dict[str, Any]], object], count: int = 1) -> list[tuple[str, dict[str, Any]]]:
        """Waits until so many such entries have come, and returns them with the names of their programs."""
        while len(found := [each for each in self.entries if wanted(each[1])]) < count:
            line = json.loads(self._consumer.text())
            self.entries.append((line["producer"], line["entry"]))
        return found

    def run(self, *command: str, **variables: str) -> None:
        """Runs a module of Python to its end, which must be a good one."""
        done = subprocess.run(
            [sys.executable, *command],
            cwd=self._folder,
            env={**self._environment, **variables},
            capture_output=True,
            text=True,
            timeout=DEADLINE,
        )
        assert done.returncode == 0, done.stderr

    @contextmanager
    def running(self, *command: str) -> Iterator[subprocess.Popen[bytes]]:
        """Runs a module of Python until it is told to end."""
        with subprocess.Popen([sys.executable, *command], cwd=self._folder, env=self._environment) as process:
            try:
                yield process
            finally:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(DEADLINE)
                finally:
                    process.kill()

    def leave(self) -> None:
        self._consumer.stop()


@pytest.fixture(scope="module")
def server() -> Iterator[logrtc.Server]:
    with logrtc.serve(port=0) as server:
        yield server


@pytest.fixture
def page(server: logrtc.Server, tmp_path: Path) -> Iterator[Page]:
    page = Page(server, tmp_path)
    yield page
    page.leave()


def of(target: str) -> Callable[[dict[str, Any]], bool]:
    return lambda entry: bool(entry["target"] == target)


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert isinstance(port, int)
    return port


def status_of(url: str) -> int:
    """The status of an answer, 0 if there is none."""
    try:
        with urllib.request.urlopen(url, timeout=DEADLINE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except urllib.error.URLError:
        return 0


@pytest.mark.parametrize(
    ("title", "producer", "target", "expected"),
    [
        ("logrtc for Python", "program", "checkout.http", {"port": 8000}),
        ("structlog", "shop", "structlog", {"order": 7}),
        ("loguru", "shop", "__main__", {"order": 7}),
    ],
)
def test_a_program(
    page: Page, tmp_path: Path, title: str, producer: str, target: str, expected: dict[str, object]
) -> None:
    (tmp_path / "program.py").write_text(recipe(title))
    page.run("program.py")
    [(name, entry)] = page.wait(of(target))
    assert (name, entry["level"]) == (producer, "INFO")
    assert {**entry["fields"], **expected} == entry["fields"]


def test_a_program_without_logging(page: Page, tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (tmp_path / "program.py").write_text(blocks[1])
    page.run("program.py")
    (_, first), (_, second) = page.wait(of("checkout.http"), 2)
    assert first["fields"] == {"port": 8000}
    assert (second["fields"]["request"], second["fields"]["exception.type"]) == ("r1", "ValueError")


def test_events(page: Page, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(recipe("Events") + "assert producer.wait_for_consumer(30)\n")
    page.run("program.py")


def test_uvicorn(page: Page, tmp_path: Path) -> None:
    answer = """
async def app(scope, receive, send):
    assert scope["type"] == "http"
    logging.getLogger("shop").info("handling")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"fine"})
"""
    (tmp_path / "app.py").write_text(recipe("uvicorn") + answer)
    port = a_free_port()
    with page.running("-m", "uvicorn", "app:app", "--port", str(port), "--lifespan", "off"):
        eventually("it answers", lambda: status_of(f"http://127.0.0.1:{port}/cart") == 200)
        page.wait(of("shop"))
        page.wait(lambda entry: entry["target"] == "uvicorn.error" and "running on" in entry["message"])
        [(name, entry)] = page.wait(of("uvicorn.access"))
        assert (name, '"GET /cart HTTP/1.1" 200' in entry["message"]) == ("shop", True)


@pytest.mark.parametrize("configures", [False, True])
def test_uvicorn_run(page: Page, tmp_path: Path, configures: bool) -> None:
    """Its own configuration of `logging`, the default, closes the handler that is installed already."""
    port = a_free_port()
    program = recipe("uvicorn.run").replace("port=8000", f"port={port}")
    (tmp_path / "program.py").write_text(program.replace(", log_config=None", "") if configures else program)
    with page.running("program.py"):
        eventually("it answers", lambda: status_of(f"http://127.0.0.1:{port}/cart") == 200)
        [(name, entry)] = page.wait(of("shop.cart"))
        assert (name, entry["level"], entry["fields"]["path"]) == ("shop", "INFO", "/cart")
        if not configures:
            page.wait(lambda entry: entry["target"] == "uvicorn.error" and "running on" in entry["message"])
            page.wait(
                lambda entry: entry["target"] == "uvicorn.access" and '"GET /cart HTTP/1.1" 200' in entry["message"]
            )


def test_celery(page: Page, tmp_path: Path) -> None:
    (tmp_path / "queue").mkdir()
    folders = dict.fromkeys(("data_folder_in", "data_folder_out", "control_folder"), str(tmp_path / "queue"))
    # In the place of a broker that is a program of its own.
    broker = f"\napp.conf.update(broker_url='filesystem://', broker_transport_options={folders!r})\n"
    (tmp_path / "tasks.py").write_text(recipe("Celery") + broker)
    page.run("-c", "import tasks\nfor n in range(3): tasks.add.delay(n, n)", LOGRTC_DISABLED="1")
    options = ("-P", "prefork", "-c", "2", "--max-tasks-per-child=1", "--loglevel=INFO", "--without-mingle")
    with page.running("-m", "celery", "-A", "tasks", "worker", *options):
        lines = page.wait(of("tasks"), 3)
        assert sorted(entry["fields"]["x"] for _, entry in lines) == [0, 1, 2]
        # Each has a process of its own.
        names = {name for name, _ in lines}
        assert len(names) == 3
        assert all(re.fullmatch(r"worker#\d+", name) for name in names)
        # And what the worker itself says.
        page.wait(lambda entry: entry["target"].startswith("celery.worker"))


def test_django(page: Page, tmp_path: Path) -> None:
    settings = "\nSECRET_KEY = 'x'\nROOT_URLCONF = 'urls'\nALLOWED_HOSTS = ['*']\nUSE_TZ = True\n"
    (tmp_path / "settings.py").write_text(recipe("Django") + settings)
    (tmp_path / "urls.py").write_text("urlpatterns = []\n")
    port = a_free_port()
    command = ("-m", "django", "runserver", "--noreload", "--settings", "settings", "--pythonpath", ".", str(port))
    with page.running(*command):
        eventually("it answers", lambda: status_of(f"http://127.0.0.1:{port}/cart") == 404)
        [(name, entry)] = page.wait(of("django.request"))
        assert (name, entry["level"], entry["message"]) == ("shop", "WARN", "Not Found: /cart")


def test_streamlit(page: Page, tmp_path: Path) -> None:
    (tmp_path / "dashboard.py").write_text(recipe("Streamlit"))
    (tmp_path / "clicks.py").write_text(
        "import logrtc\n"
        "from streamlit.testing.v1 import AppTest\n"
        "test = AppTest.from_file('dashboard.py', default_timeout=60).run()\n"
        "producer = logrtc.install(client_id='dashboard').producer\n"
        "for _ in range(5):\n"
        "    test.button[0].click().run()\n"
        "    assert not test.exception, test.exception\n"
        "assert logrtc.install(client_id='dashboard').producer is producer\n"
        "producer.info('test', 'all')\n"
    )
    page.run("clicks.py")
    page.wait(of("test"))
    assert [name for name, entry in page.entries if entry["message"] == "bought"] == ["dashboard"] * 5


def test_jupyter(page: Page, tmp_path: Path) -> None:
    (tmp_path / "cell.py").write_text(recipe("Jupyter"))
    (tmp_path / "notebook.py").write_text(
        "import nbformat\n"
        "from nbclient import NotebookClient\n"
        "cell = open('cell.py').read()\n"
        "notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for _ in range(3)])\n"
        "NotebookClient(notebook, kernel_name='python3').execute()\n"
    )
    page.run("notebook.py")
    lines = page.wait(of("analysis"), 3)
    assert [(name, entry["fields"]["rows"]) for name, entry in lines] == [("notebook", 1000)] * 3
