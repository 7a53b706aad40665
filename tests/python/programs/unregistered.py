"""Leaves a consumer that has stopped, and wants no flush at its end."""

import atexit
import sys
import time

import logrtc
from scenario import CLIENT_ID, log, say

atexit.unregister(logrtc.shutdown)
producer = logrtc.connect(client_id=CLIENT_ID, ice_servers=[], close_timeout=60)
while not producer.stats().consumers:
    time.sleep(0.002)
say("ready")
sys.stdin.readline()
log(producer, "main", 1000)
say("leaving")
