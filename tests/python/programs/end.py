"""Comes to its end."""

from scenario import attached, log_and_say

producer = attached()
log_and_say(producer, "main", 1000)
