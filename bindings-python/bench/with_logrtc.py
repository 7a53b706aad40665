"""Sends entries with logrtc: with_logrtc.py URL COUNT. Says when it begins, in milliseconds since 1970."""

import sys
import time

import logrtc

url, count = sys.argv[1], int(sys.argv[2])
# As much as a consumer that lags makes wait: what is measured is delivery, not what a full journal drops.
producer = logrtc.connect(url, client_id="bench", ice_servers=[], overflow="block", block_timeout=60)
while not producer.stats().consumers:
    time.sleep(0.002)
print(time.time() * 1000, flush=True)
for number in range(count):
    producer.info("bench.entries", "an entry of about two hundred bytes, as programs write them", {"number": number})
sys.stdin.read()
