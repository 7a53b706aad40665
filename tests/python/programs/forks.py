"""Forks while its threads log; the children leave as programs do, and at once."""

import os
import sys
import threading
import time

from scenario import CLIENT_ID, attached, log, say, wait_for_consumer

producer = attached()
going = True
counts = [0] * 4


def work(thread: int) -> None:
    while going:
        log(producer, f"thread{thread}", counts[thread] + 1, counts[thread])
        counts[thread] += 1
        # So that one consumer can keep up with all that run at once.
        time.sleep(0.001)


threads = [threading.Thread(target=work, args=(thread,)) for thread in range(len(counts))]
for thread in threads:
    thread.start()

leaves = os.fork()
if leaves == 0:
    client_id = f"{CLIENT_ID}#{os.getpid()}"
    log(producer, "child", 100)
    wait_for_consumer(producer, client_id)
    say(f"logged {client_id} child 100")
    # In the child, the threads are not there to be waited for.
    sys.exit(3)
ends = os.fork()
if ends == 0:
    log(producer, "child", 100)
    os._exit(4)
assert os.waitstatus_to_exitcode(os.waitpid(leaves, 0)[1]) == 3
assert os.waitstatus_to_exitcode(os.waitpid(ends, 0)[1]) == 4
going = False
for thread in threads:
    thread.join()
for thread, count in enumerate(counts):
    say(f"logged {CLIENT_ID} thread{thread} {count}")
