"""Leaves a consumer that has stopped."""

import logrtc
from scenario import CLIENT_ID, leave_stopped

leave_stopped(logrtc.connect(client_id=CLIENT_ID, ice_servers=[], close_timeout=1))
