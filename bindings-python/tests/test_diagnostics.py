"""What logrtc reports about itself, in programs of their own: once, by ``logging``, and never in a circle."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from textwrap import dedent

import pytest

import logrtc
from consumer import DEADLINE, eventually

WARNING = re.compile(
    r"logrtc producer (\S+): no connection to the signaling server ws://127\.0\.0\.1:9/signaling: Connection refused .*"
)


def run(program: str, *options: str, url: str = "ws://127.0.0.1:9/signaling", status: int = 0) -> str:
    """Returns what a program writes on standard error."""
    environment = {**os.environ, "LOGRTC_URL": url, "LOGRTC_CLIENT_ID": "app"}
    command = [
        sys.executable,
        "-W",
        "error",
        *options,
        "-c",
        "import logging, logrtc, os, sys, time\n" + dedent(program),
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == status, done.stderr
    return done.stderr


def warnings_of(errors: str) -> list[str]:
    lines = errors.splitlines()
    for line in lines:
        assert WARNING.fullmatch(line.removeprefix("WARNING:logrtc:")), errors
    return lines


@pytest.mark.parametrize(
    "program",
    [
        # The only statement that logs is the last one.
        "logrtc.install(); logging.getLogger('a').info('m')",
        "logrtc.connect().info('a', 'm')",
        "handler = logrtc.install(); logging.getLogger('logrtc').addHandler(handler); logging.getLogger('a').info('m')",
        "logging.getLogger().addHandler(logrtc.Handler()); logging.getLogger('a').warning('m')",
        "logging.basicConfig(); logrtc.install(); logging.info('m')",
        "logging.basicConfig(level='DEBUG'); logrtc.connect().info('a', 'm')",
        # Nobody logs, and the program lives on.
        "p = logrtc.connect(reconnect_interval=0.1); time.sleep(0.8); assert p.stats().accepted == 0",
        "with logrtc.connect(): pass\nlogrtc.connect().info('a', 'm')",
    ],
)
def test_a_server_that_is_absent_is_reported_once(program: str) -> None:
    assert len(warnings_of(run(program))) == 1


def test_what_is_reported_is_no_entry() -> None:
    errors = run(
        """
        handler = logrtc.install(reconnect_interval=0.1)
        root = logging.getLogger()
        root.addHandler(handler)
        logging.getLogger("logrtc").addHandler(handler)
        other = logrtc.Handler(client_id="other", reconnect_interval=0.1)
        logging.getLogger("logrtc").addHandler(other)
        time.sleep(0.8)
        print(handler.producer.stats().accepted, other.producer.stats().accepted, file=sys.stderr)
        """
    )
    *lines, counts = errors.splitlines()
    assert counts == "0 0"
    # The environment names both.
    assert len(warnings_of("\n".join(lines))) == 2


def test_the_end_of_an_outage_is_reported_once() -> None:
    with logrtc.serve(port=0) as server:
        url = server.signaling_url
        port = int(server.url.split(":")[2].rstrip("/"))
    program = """
        import logging, logrtc, sys
        logging.basicConfig(format="%(levelname)s %(name)s %(threadName)s %(message)s")
        producer = logrtc.install(client_id="app", reconnect_interval=0.1).producer
        sys.stdin.readline()
        assert producer.state == "registered", producer
        assert producer.last_error is None, producer.last_error
    """
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", dedent(program)],
        env={**os.environ, "LOGRTC_URL": url},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        assert first.startswith(
            f"WARNING logrtc logrtc-diagnostics logrtc producer app: no connection to the signaling server {url}"
        )
        # Attempts fail meanwhile, and nobody hears of them.
        time.sleep(0.5)
        with logrtc.serve(port=port):
            second = process.stderr.readline()
            assert second.endswith(f"producer app: the signaling server {url} is connected again\n")
            _, rest = process.communicate("\n", timeout=DEADLINE)
        assert rest == ""
        assert process.returncode == 0


def test_who_has_nothing_to_report_has_no_thread() -> None:
    program = """
        import threading
        names = []
        class Thread(threading.Thread):
            def start(self):
                names.append(self.name)
                super().start()
        threading.Thread = Thread
        producer = logrtc.install(ice_servers=[], reconnect_interval=0.1).producer
        while producer.state in ("connecting", {wait}):
            time.sleep(0.01)
        time.sleep(0.2)
        print(names, [thread.name for thread in threading.enumerate()], file=sys.stderr)
    """
    with logrtc.serve(port=0) as server:
        assert run(program.format(wait="''"), url=server.signaling_url) == "[] ['MainThread']\n"
    last = run(program.format(wait="''")).splitlines()[-1]
    assert last == "['logrtc-diagnostics'] ['MainThread']"


def test_a_handler_that_never_returns_holds_nothing_up() -> None:
    errors = run(
        """
        import threading
        class Stuck(logging.Handler):
            def createLock(self):
                # The end of `logging` itself would wait for it.
                self.lock = None
            def emit(self, record):
                print("stuck", file=sys.stderr, flush=True)
                threading.Event().wait()
        logging.getLogger("logrtc").addHandler(Stuck())
        for _ in range(300):
            with logrtc.connect() as producer:
                producer.info("a", "m")
        """
    )
    assert errors == "stuck\n"


def test_the_end_waits_for_a_handler_that_is_slow() -> None:
    errors = run(
        """
        class Slow(logging.Handler):
            def createLock(self):
                # The end of `logging` itself would wait for it.
                self.lock = None
            def emit(self, record):
                time.sleep(0.4)
                print(record.levelname, file=sys.stderr, flush=True)
        logging.getLogger("logrtc").addHandler(Slow())
        logrtc.connect().info("a", "m")
        """
    )
    assert errors == "WARNING\n"


def test_a_handler_may_use_the_producer_and_wait_for_the_program() -> None:
    errors = run(
        """
        import contextlib, threading
        lock = threading.Lock()
        class Uses(logging.Handler):
            def emit(self, record):
                with lock, contextlib.suppress(logrtc.ClosedError):
                    producer.close()
                    producer.flush()
                with lock:
                    other = logrtc.connect(disabled=True)
                    other.info("a", "m")
                    other.close()
                    logging.getLogger("a").warning("done")
        logging.getLogger("logrtc").addHandler(Uses())
        producer = logrtc.connect()
        with lock:
            while producer.last_error is None:
                time.sleep(0.01)
            producer.info("a", "m")
            producer.close()
        """
    )
    assert errors == "done\n"


def test_a_handler_that_raises_is_reported_and_so_is_the_next() -> None:
    errors = run(
        """
        class Raises(logging.Handler):
            def emit(self, record):
                raise ValueError("of the handler")
        logging.getLogger("logrtc").addHandler(Raises())
        for number in range(2):
            with logrtc.connect() as producer:
                producer.info("a", "m")
        """
    )
    assert errors.count("ValueError: of the handler") == 2
    assert errors.count("Exception in thread logrtc-diagnostics") == 2


def test_a_handler_that_ends_its_thread_ends_no_other() -> None:
    errors = run(
        """
        class Exits(logging.Handler):
            def emit(self, record):
                print("exits", file=sys.stderr, flush=True)
                sys.exit()
        logging.getLogger("logrtc").addHandler(Exits())
        for number in range(3):
            with logrtc.connect() as producer:
                producer.info("a", "m")
            time.sleep(0.3)
        """
    )
    assert errors == "exits\n" * 3


def test_the_child_of_a_fork_reports_by_itself() -> None:
    errors = run(
        """
        logrtc.install()
        logging.getLogger("a").warning("m")
        time.sleep(0.3)
        pid = os.fork()
        logging.getLogger("a").error("m")
        if pid:
            assert os.waitpid(pid, 0)[1] == 0
        """
    )
    lines = [line for line in errors.splitlines() if line != "m"]
    names = [match[1] for line in lines if (match := WARNING.fullmatch(line))]
    assert len(names) == len(lines) == 2
    assert names[0] == "app"
    assert re.fullmatch(r"app#\d+", names[1])


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_child_of_multiprocessing_reports_before_it_ends(method: str, tmp_path: object) -> None:
    script = f"{tmp_path}/script.py"
    with open(script, "w") as file:
        file.write(
            dedent(
                f"""
                import logging, logrtc, multiprocessing
                def work():
                    producer = logrtc.connect("ws://127.0.0.1:9/signaling", client_id="child", environment=False)
                    producer.info("a", "m")
                if __name__ == "__main__":
                    process = multiprocessing.get_context("{method}").Process(target=work)
                    process.start()
                    process.join()
                    assert process.exitcode == 0
                """
            )
        )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=DEADLINE)
    assert done.returncode == 0, done.stderr
    assert len(warnings_of(done.stderr)) == 1


def test_the_end_comes_at_any_moment() -> None:
    for run_number in range(20):
        errors = run(
            f"""
            import threading
            logging.basicConfig()
            def work():
                while True:
                    logging.getLogger("a").info("m")
            for _ in range(2):
                threading.Thread(target=work, daemon=True).start()
            logrtc.install()
            time.sleep({run_number} / 2000)
            """
        )
        assert len(warnings_of(errors)) <= 1


def test_other_libraries_do_not_bring_it_back() -> None:
    errors = run(
        """
        import loguru, structlog
        class Intercept(logging.Handler):
            def emit(self, record):
                frame, depth = sys._getframe(), 0
                while frame and (depth == 0 or frame.f_code.co_filename == logging.__file__):
                    frame, depth = frame.f_back, depth + 1
                loguru.logger.opt(depth=depth, exception=record.exc_info).log(record.levelname, record.getMessage())
        producer = logrtc.connect(reconnect_interval=0.1)
        loguru.logger.remove()
        loguru.logger.add(logrtc.loguru_sink(producer))
        stream = logging.StreamHandler()
        stream.setFormatter(structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.KeyValueRenderer(key_order=["event"]),
            ],
            foreign_pre_chain=[
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                logrtc.StructlogProcessor(producer),
            ],
        ))
        logging.basicConfig(handlers=[Intercept(), stream])
        time.sleep(0.5)
        print(producer.stats().accepted, file=sys.stderr)
        logging.getLogger("a").warning("m")
        print(producer.stats().accepted, file=sys.stderr)
        """
    )
    assert errors.count("no connection to the signaling server") == 1
    assert [line for line in errors.splitlines() if line.isdigit()] == ["0", "2"]


def test_why_there_is_no_server() -> None:
    with logrtc.connect("ws://127.0.0.1:9/", client_id="app", reconnect_interval=0.1) as producer:
        eventually("an attempt fails", lambda: producer.last_error)
        assert "Connection refused" in str(producer.last_error)
    with logrtc.serve(port=0) as server, logrtc.connect(server.signaling_url, client_id="app") as producer:
        eventually("it is registered", lambda: producer.state == "registered")
        assert producer.last_error is None


def test_ctrl_c_ends_a_wait_for_a_consumer() -> None:
    program = """
        import logrtc
        producer = logrtc.connect("ws://127.0.0.1:9/", client_id="app", disabled=False)
        print("waits", flush=True)
        producer.wait_for_consumer()
    """
    with subprocess.Popen(
        [sys.executable, "-c", dedent(program)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waits\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=DEADLINE)
        assert process.returncode == -signal.SIGINT
        assert errors.splitlines()[-1] == "KeyboardInterrupt"


def test_ctrl_c_ends_a_program_that_waits_at_its_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        program = f"""
            import logrtc
            producer = logrtc.connect("ws://127.0.0.1:{silent.getsockname()[1]}/", client_id="app", close_timeout=20)
            producer.info("app", "hi")
        """
        with subprocess.Popen([sys.executable, "-c", dedent(program)], stderr=subprocess.PIPE, text=True) as process:
            connection, _ = silent.accept()
            with connection:
                # The first of them may find it on its way to the end.
                began = time.monotonic()
                while process.poll() is None and time.monotonic() - began < 10:
                    process.send_signal(signal.SIGINT)
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(0.1)
                process.kill()
                assert time.monotonic() - began < 10
