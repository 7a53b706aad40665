"""What a producer tells the program while it runs."""

from __future__ import annotations

import queue
import subprocess
import sys

import pytest

import logrtc
from consumer import DEADLINE, Consumer


def test_every_event_has_a_type() -> None:
    events: queue.SimpleQueue[logrtc.Event] = queue.SimpleQueue()

    def next_of(kind: type[logrtc.Event]) -> logrtc.Event:
        while not isinstance(event := events.get(timeout=DEADLINE), kind):
            pass
        return event

    with logrtc.serve(port=0) as server:
        producer = logrtc.connect(
            server.signaling_url, client_id="app", ice_servers=[], max_consumers=1, on_event=events.put
        )
        assert next_of(logrtc.StateChanged) == logrtc.StateChanged("connecting")
        assert next_of(logrtc.StateChanged) == logrtc.StateChanged("registered")
        with Consumer(server.signaling_url) as consumer:
            connected = next_of(logrtc.ConsumerConnected)
            producer.info("app", "m")
            assert consumer.entry()["message"] == "m"
            with Consumer(server.signaling_url):
                refused = next_of(logrtc.ConsumerRefused)
            producer.close(DEADLINE)
        # The end of the connection and the last state come in either order.
        last = [events.get(timeout=DEADLINE) for _ in range(2)]
        assert logrtc.StateChanged("closed") in last
        [ended] = [event for event in last if isinstance(event, logrtc.ConsumerDisconnected)]
        assert isinstance(connected, logrtc.ConsumerConnected)
        assert isinstance(refused, logrtc.ConsumerRefused)
        assert ended.consumer_id == connected.consumer_id != refused.consumer_id
        assert ended.reason == "producer_closed"
        counts = ended.counts
        assert (counts.accepted, counts.delivered, counts.dropped, counts.filtered) == (1, 1, 0, 0)


def test_a_server_that_is_absent_is_an_event() -> None:
    events: queue.SimpleQueue[logrtc.Event] = queue.SimpleQueue()
    with logrtc.connect("ws://127.0.0.1:9/", client_id="app", ice_servers=[], on_event=events.put):
        while not isinstance(event := events.get(timeout=DEADLINE), logrtc.ServerError):
            pass
        assert "Connection refused" in event.message


GREENLETS = """
from gevent import monkey
monkey.patch_all()
import logging, sys, threading
import gevent
import logrtc

states = []
beats = 0

def beat():
    global beats
    while True:
        gevent.sleep(0.001)
        beats += 1

gevent.spawn(beat)
producer = logrtc.connect(client_id="app", ice_servers=[], on_state=states.append)
logging.getLogger("a").addHandler(logrtc.Handler(producer=producer))
while EXPECTED not in states:
    gevent.sleep(0.01)
threading.Thread(target=logging.getLogger("a").error, args=("from a greenlet",)).start()
before = beats
gevent.sleep(0.1)
assert beats > before
assert producer.stats().accepted == 1, producer.stats()
producer.close()
print("done")
"""


@pytest.mark.parametrize("has_server", [True, False])
def test_greenlets_run_while_callbacks_wait(has_server: bool) -> None:
    with logrtc.serve(port=0) as server:
        url = server.signaling_url if has_server else "ws://127.0.0.1:9/"
        expected = "registered" if has_server else "reconnecting"
        program = GREENLETS.replace("EXPECTED", repr(expected))
        environment = {"LOGRTC_URL": url}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=DEADLINE
        )
    assert (done.stdout, done.returncode) == ("done\n", 0), done.stderr
    # What is to be reported is reported, too.
    assert done.stderr.count("no connection to the signaling server") == (not has_server)
