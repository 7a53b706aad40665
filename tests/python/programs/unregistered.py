"""Wants no flush at its end, and does it itself."""

import atexit

import logrtc
from scenario import attached, log_and_say

atexit.unregister(logrtc.shutdown)
producer = attached()
log_and_say(producer, "main", 1000)
producer.flush(20)
