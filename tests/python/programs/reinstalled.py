"""Installs its handler again and again, as a cell of a notebook does, and sometimes with another option."""

import logging
import sys

import logrtc

NAME = sys.argv[1]
for run in range(9):
    handler = logrtc.install(client_id=NAME, ice_servers=[], version=f"1.{run // 3}", close_timeout=15)
    assert handler.wait_for_consumer(30)
    logging.getLogger(NAME).info("run", extra={"number": run})
