"""Leaves a consumer that has stopped, and wants no flush at its end."""

import atexit

import logrtc
from scenario import CLIENT_ID, leave_stopped

atexit.unregister(logrtc.shutdown)
leave_stopped(logrtc.connect(client_id=CLIENT_ID, ice_servers=[], close_timeout=60))
