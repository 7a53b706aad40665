"""Fails."""

from scenario import attached, log_and_say

producer = attached()
log_and_say(producer, "main", 1000)
raise RuntimeError("as the test wants")
