"""Has children by multiprocessing: children.py CLIENT_ID fork | spawn | forkserver."""

import multiprocessing
import os
import sys

from scenario import CLIENT_ID, attached, log, log_and_say, say, wait_for_consumer

CHILDREN = 2


def child(own: bool, name: str) -> None:
    if own:
        producer, client_id = attached(name), name
        log_and_say(producer, "child", 100, client_id)
        # So that nothing but the end of the process closes it.
        globals()["kept"] = producer
        return
    # The parent's, of which the child has its own from the first entry on.
    producer, client_id = parents, f"{CLIENT_ID}#{os.getpid()}"
    log(producer, "child", 50)
    wait_for_consumer(producer, client_id)
    log(producer, "child", 100, 50)
    say(f"logged {client_id} child 100")


if __name__ == "__main__":
    method = sys.argv[2]
    parents = attached()
    log(parents, "main", 50)
    context = multiprocessing.get_context(method)
    children = [
        context.Process(target=child, args=(method != "fork", f"{CLIENT_ID}-child{n}")) for n in range(CHILDREN)
    ]
    for each in children:
        each.start()
    log(parents, "main", 150, 50)
    for each in children:
        each.join()
        assert each.exitcode == 0, each
    log(parents, "main", 200, 150)
    say(f"logged {CLIENT_ID} main 200")
