"""Has workers that end after a few quick jobs: pool.py NAME EXECUTOR METHOD."""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

import logrtc

JOBS = 10
NAME, EXECUTOR, METHOD = sys.argv[1:4]


def install() -> None:
    logrtc.install(client_id=NAME, ice_servers=[], close_timeout=15)


def work(number: int) -> None:
    # A worker that was not forked has no handler of its parent.
    install()
    logging.getLogger(NAME).info("job", extra={"number": number, "pid": os.getpid()})


def get_context() -> Any:
    if METHOD == "billiard":
        # What Celery has its workers from. It loads multiprocessing in its children alone.
        import billiard

        return billiard
    import multiprocessing

    return multiprocessing.get_context(METHOD)


def main() -> None:
    install()
    context: Any = get_context()
    if EXECUTOR == "Process":
        processes = [context.Process(target=work, args=(number,)) for number in range(2)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        jobs = len(processes)
    elif EXECUTOR == "Pool":
        with context.Pool(2) as pool:
            pool.map(work, range(JOBS))
            # The end of the block alone kills the workers.
            pool.close()
            pool.join()
        jobs = JOBS
    else:
        from concurrent.futures import ProcessPoolExecutor

        with ProcessPoolExecutor(2, mp_context=context) as executor:
            list(executor.map(work, range(JOBS)))
        jobs = JOBS
    logging.getLogger(NAME).info("all jobs are done", extra={"number": jobs})


if __name__ == "__main__":
    main()
