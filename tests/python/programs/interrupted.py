"""Is interrupted by Ctrl-C."""

from scenario import CLIENT_ID, attached, log, say

producer = attached()
number = 0
try:
    # Not before: Ctrl-C may come with the answer.
    say("ready")
    while True:
        log(producer, "main", number + 1, number)
        number += 1
finally:
    # The last one may be there or not.
    say(f"logged {CLIENT_ID} main {number}")
