"""Leaves a consumer that has stopped."""

import sys

from scenario import attached, log, say

producer = attached(close_timeout=1)
say("ready")
sys.stdin.readline()
log(producer, "main", 1000)
say("leaving")
