"""The producer: its calls, its options, and what is wrong use of them."""

from __future__ import annotations

import errno
import gc
import os
import threading
import types
import typing
from typing import Any

import pytest

import logrtc
from conftest import Start
from consumer import Consumer, eventually


def without_time(entry: dict[str, Any]) -> dict[str, Any]:
    assert entry.pop("timestamp").endswith("Z")
    return entry


def test_every_level(producer: logrtc.Producer, consumer: Consumer) -> None:
    producer.debug("app", "a")
    producer.info("app", "b", {"x": 1})
    producer.warn("app", "c", None, {"id": "s", "trace_id": "t", "parent_id": None})
    producer.error("app", "d", fields={"y": None}, span={"trace_id": "t"})
    assert [without_time(consumer.entry()) for _ in range(4)] == [
        {"level": "DEBUG", "target": "app", "message": "a"},
        {"level": "INFO", "target": "app", "message": "b", "fields": {"x": 1}},
        {"level": "WARN", "target": "app", "message": "c", "span": {"id": "s", "trace_id": "t"}},
        {"level": "ERROR", "target": "app", "message": "d", "fields": {"y": None}, "span": {"trace_id": "t"}},
    ]


@pytest.mark.parametrize(
    ("level", "expected", "name"),
    [
        ("info", "INFO", None),
        ("WARNING", "WARN", None),
        ("critical", "ERROR", "CRITICAL"),
        ("trace", "DEBUG", "TRACE"),
        (0, "DEBUG", None),
        (20, "INFO", None),
        (25, "INFO", None),
        (30, "WARN", None),
        (50, "ERROR", None),
        (10**30, "ERROR", None),
    ],
)
def test_a_level_by_name_and_by_number(
    producer: logrtc.Producer, consumer: Consumer, level: str | int, expected: str, name: str | None
) -> None:
    producer.log(level, "app", "m")
    entry = consumer.entry()
    assert (entry["level"], entry.get("fields")) == (expected, name and {"level_name": name})


def test_a_message_is_any_object(producer: logrtc.Producer, consumer: Consumer) -> None:
    producer.info("app", ValueError("as text"))
    producer.info("half \ud800", "half \udfff")
    assert consumer.entry()["message"] == "as text"
    entry = consumer.entry()
    assert (entry["target"], entry["message"]) == ("half �", "half �")


def test_a_whole_entry(producer: logrtc.Producer, consumer: Consumer) -> None:
    entry = {
        "timestamp": "2024-01-01T12:00:00.000Z",
        "level": "INFO",
        "target": "a",
        "message": "b",
        "fields": {"c": [1]},
    }
    producer.send(entry)
    producer.send(types.MappingProxyType(entry))
    assert consumer.entry() == entry == consumer.entry()


def test_a_long_message_of_a_whole_entry_is_cut(producer: logrtc.Producer, consumer: Consumer) -> None:
    many = {str(number): number for number in range(100_000)}
    entry = {"timestamp": "2024-01-01T12:00:00.000Z", "level": "INFO", "target": "a"}
    producer.send({"message": "x" * 70_000, **entry})
    producer.send({"fields": many, "message": "m", **entry})
    cut = consumer.entry()
    assert (set(cut.pop("message")), cut) == ({"x"}, {**entry, "fields": {"truncated": ["message"]}})
    cut = consumer.entry()
    fields = cut.pop("fields")
    assert cut == {**entry, "message": "m"}
    assert (fields["0"], fields["dropped_fields"] > 0) == (0, True)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p: p.send([]), "entry: must be a mapping, not list"),
        (lambda p: p.send({"level": "INFO"}), "timestamp: is missing"),
        (lambda p: p.set_filter("a=b=c"), "filter: "),
        (lambda p: p.flush(-1), "timeout: -1 is not a number of seconds"),
        (lambda p: p.flush(float("nan")), "timeout: NaN is not a number of seconds"),
        (lambda p: p.flush("soon"), "timeout: must be a number of seconds, not str"),
    ],
)
def test_wrong_use_is_named(producer: logrtc.Producer, call: Any, message: str) -> None:
    with pytest.raises(logrtc.InvalidArgumentError) as caught:
        call(producer)
    assert str(caught.value).startswith(message)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, logrtc.LogrtcError)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"client_id": ""}, "client_id: must not be empty"),
        ({"client_id": 5}, "client_id: must be a string, not int"),
        ({"client_id": "\ud800"}, "client_id: must not hold half of a surrogate pair"),
        ({"url": 5}, "url: must be a string, not int"),
        ({"version": "\ud800"}, "version: must not hold half of a surrogate pair"),
        ({"replay": "\ud800"}, "replay: must be 'all'"),
        ({"ice_servers": ["\ud800"]}, "ice_servers: must not hold half of a surrogate pair"),
        ({"url": "http://x"}, 'url: the scheme must be ws or wss, not "http"'),
        ({"max_entries": 0}, "max_entries: 0 is not from 1"),
        ({"max_entries": "many"}, "max_entries: must be a positive integer, not str"),
        ({"overflow": "explode"}, 'overflow: "explode" is neither'),
        ({"overflow": "block"}, "block_timeout: must be given"),
        ({"block_timeout": 1}, "block_timeout: is for overflow='block' alone"),
        ({"replay": "some"}, "replay: must be 'all', 'none' or a number of entries"),
        ({"close_timeout": -1}, "close_timeout: -1 is not a number of seconds"),
        ({"reconnect_interval": 1e12}, "reconnect_interval: "),
        ({"ice_servers": "stun:x"}, "ice_servers: must be a list, not a string"),
        ({"ice_servers": [5]}, "ice_servers: must be URLs or dicts, not int"),
        ({"ice_servers": [{"uri": "stun:x"}]}, 'ice_servers: "uri" is not a key here'),
        ({"ice_servers": ["http:x"]}, 'ice_servers: "http:x" must begin with stun: or turn:'),
        ({"interfaces": "lo"}, "interfaces: must be a list, not a string"),
        ({"interfaces": 5}, "interfaces: must be a list"),
        ({"interfaces": ["lo", 5]}, "interfaces: must be a string, not int"),
        ({"interfaces": ["lo", ""]}, "interfaces: must not be empty"),
        ({"udp_ports": 50000}, "udp_ports: must be a pair of ports, as (50000, 50100), not int"),
        ({"udp_ports": (2, 1)}, "udp_ports: 2-1 is not a range of ports from 1 to 65535"),
        ({"announced_address": "here"}, 'announced_address: "here" is not an IP address, as in 192.0.2.1'),
        ({"relay_only": True, "ice_servers": []}, "relay_only: needs a TURN server, and ice_servers is empty"),
        ({"max_reconnect_attempts": 0}, "max_reconnect_attempts: 0 is not from 1"),
        ({"max_reconnect_attempts": -2}, "max_reconnect_attempts: must be a number of attempts from 1, or -1, not int"),
        ({"fork": "spoon"}, 'fork: "spoon" is neither'),
        ({"on_state": 5}, "on_state: must be callable"),
        ({"on_event": 5}, "on_event: must be callable"),
        ({"ca_file": "/nowhere"}, "ca_file: "),
        ({"surprise": 1}, "surprise: is not an option"),
        ({"max_byte": 1}, "max_byte: is not an option; did you mean max_bytes?"),
        ({"token": "a s3cret\n"}, "token: must have"),
        ({"secret": "s3cret"}, "secret: must be random"),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(logrtc.InvalidArgumentError) as caught:
        logrtc.connect(**{"client_id": "app", **options})
    assert str(caught.value).startswith(message)
    assert "s3cret" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_the_cause() -> None:
    with pytest.raises(logrtc.InvalidArgumentError) as caught:
        logrtc.connect(client_id="app", ca_file="/nowhere.pem")
    cause = caught.value.__cause__
    assert isinstance(cause, FileNotFoundError)
    assert cause.errno == errno.ENOENT
    with pytest.raises(logrtc.InvalidArgumentError) as caught:
        logrtc.connect(client_id="")
    assert caught.value.__cause__ is None


def test_every_option_is_taken() -> None:
    producer = logrtc.connect(
        "ws://127.0.0.1:9/signaling",
        client_id="app",
        system_name="App",
        version="1",
        description="d",
        token="t",
        secret="0123456789abcdef0123456789abcdef",
        level="warning",
        max_entries=10,
        max_bytes=1 << 20,
        max_entry_bytes=4096,
        overflow="block",
        block_timeout=0.1,
        replay=5,
        reconnect_interval=1,
        max_reconnect_interval=2.5,
        reconnect_jitter=0.5,
        max_reconnect_attempts=-1,
        ice_servers=["stun:127.0.0.1", {"url": "turn:127.0.0.1", "username": "u", "credential": "c"}],
        interfaces=("lo", "127.0.0.1"),
        udp_ports=(50000, 50100),
        announced_address="192.0.2.1",
        relay_only=False,
        max_consumers=3,
        close_timeout=1,
        fork="disable",
        disabled=False,
        environment=False,
        filter=None,
    )
    with producer:
        assert (producer.url, producer.client_id) == ("ws://127.0.0.1:9/signaling", "app")
        assert not producer.enabled("INFO", "x")
        assert producer.enabled("WARN", "x")


def test_what_is_not_wanted_is_counted() -> None:
    with logrtc.connect("ws://127.0.0.1:9/", client_id="app", filter="warn,app.db=debug", ice_servers=[]) as producer:
        producer.info("app", "m", object())  # type: ignore[arg-type]
        producer.info("app.db", "m")
        assert [producer.enabled(level, "app") for level in ("DEBUG", 20, "WARN", 50)] == [False, False, True, True]
        producer.set_level("ERROR")
        producer.warn("app", "m")
        producer.set_filter("debug")
        producer.debug("app", "m")
        stats = producer.stats()
    assert (stats.accepted, stats.filtered) == (2, 2)


def test_disabled_does_nothing() -> None:
    # Those of the core, too, which Python does not know. None is new; those of an earlier test may be gone by now.
    threads = set(os.listdir("/proc/self/task"))
    with logrtc.connect(client_id="app", disabled=True) as producer:
        producer.error("app", "m")
        assert producer.state == "disabled"
        assert set(os.listdir("/proc/self/task")) <= threads


def test_annotations_can_be_read() -> None:
    for function in (logrtc.connect, logrtc.install, logrtc.Handler.__init__):
        assert "options" in typing.get_type_hints(function)


def test_after_close_calls_do_nothing() -> None:
    producer = logrtc.connect("ws://127.0.0.1:9/", client_id="app", ice_servers=[])
    producer.close()
    producer.close()
    producer.info("app", "m", {"a": 1})
    producer.set_level("INFO")
    assert producer.stats().after_close == 1
    assert producer.state == "closed"
    with pytest.raises(logrtc.ClosedError):
        producer.flush()


def test_a_callback_logs_flushes_and_closes(start: Start) -> None:
    states: list[str] = []
    holder: list[logrtc.Producer] = []
    closed = threading.Event()
    ready = threading.Event()

    def on_state(state: logrtc.State) -> None:
        states.append(state)
        assert ready.wait(30)
        [producer] = holder
        producer.info("callback", state)
        if state == "registered":
            producer.flush(5)
            producer.close(5)
            closed.set()

    with logrtc.serve(port=0) as server:
        producer = logrtc.connect(server.signaling_url, client_id="app", ice_servers=[], on_state=on_state)
        holder.append(producer)
        ready.set()
        assert closed.wait(30)
        producer.close()
    assert states[-1] == "registered"
    assert producer.state == "closed"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_callback_that_fails_harms_nobody() -> None:
    called = threading.Event()

    def on_state(state: logrtc.State) -> None:
        called.set()
        raise RuntimeError(state)

    with (
        logrtc.serve(port=0) as server,
        logrtc.connect(server.signaling_url, client_id="app", ice_servers=[], on_state=on_state) as producer,
    ):
        assert called.wait(30)
        eventually("it registers all the same", lambda: producer.state == "registered")
    gc.collect()


def test_threads_log_at_once(start: Start) -> None:
    producer, consumer = start()

    def work(thread: int) -> None:
        for number in range(500):
            producer.info(f"thread{thread}", "m", {"number": number, "more": [number]})

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    seen: dict[str, list[int]] = {}
    for _ in range(8 * 500):
        entry = consumer.entry()
        seen.setdefault(entry["target"], []).append(entry["fields"]["number"])
    assert seen == {f"thread{thread}": list(range(500)) for thread in range(8)}
