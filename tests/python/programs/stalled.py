"""Leaves a consumer that has stopped."""

import sys
import time

import logrtc
from scenario import CLIENT_ID, log, say

producer = logrtc.connect(client_id=CLIENT_ID, ice_servers=[], close_timeout=1)
while not producer.stats().consumers:
    time.sleep(0.002)
say("ready")
sys.stdin.readline()
log(producer, "main", 1000)
say("leaving")
