"""Lets go of its producer, and comes to its end before that is closed."""

from scenario import attached, log_and_say

producer = attached()
log_and_say(producer, "main", 1000)
del producer
