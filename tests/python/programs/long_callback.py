"""Comes to its end while a callback runs that takes for ever."""

import time

import logrtc
from scenario import CLIENT_ID, attached, log_and_say


def on_state(state: str) -> None:
    while True:
        time.sleep(0.0001)


watched = logrtc.connect(client_id=f"{CLIENT_ID}-watched", ice_servers=[], on_state=on_state, close_timeout=0.1)
producer = attached()
log_and_say(producer, "main", 100)
