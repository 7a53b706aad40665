"""Logs where no server is."""

import logrtc
from scenario import CLIENT_ID, log, say

producer = logrtc.connect("ws://127.0.0.1:9/signaling", client_id=CLIENT_ID, environment=False, close_timeout=60)
log(producer, "main", 1000)
say("leaving")
