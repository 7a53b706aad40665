"""Sends the same entries by hand, with websockets and aiortc, as the protocol's own example does."""

import asyncio
import datetime
import json
import sys
import time
from functools import partial
from typing import Any

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp
from websockets.asyncio.client import connect

# What is on the way at once, so that the queue of the connection does not grow without bounds.
MOST_BUFFERED = 1 << 20


def entry(number: int) -> str:
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps(
        {
            "timestamp": now,
            "level": "INFO",
            "target": "bench.entries",
            "message": "an entry of about two hundred bytes, as programs write them",
            "fields": {"number": number},
        }
    )


async def send(channel: Any, count: int) -> None:
    below = asyncio.Event()
    channel.bufferedAmountLowThreshold = MOST_BUFFERED // 2
    channel.on("bufferedamountlow", below.set)
    print(time.time() * 1000, flush=True)
    for number in range(count):
        channel.send(entry(number))
        if channel.bufferedAmount > MOST_BUFFERED:
            below.clear()
            await below.wait()


async def main(url: str, count: int) -> None:
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    sending: list[asyncio.Task[None]] = []

    def begin(channel: Any) -> None:
        sending.append(asyncio.create_task(send(channel, count)))

    async with connect(url) as socket:
        metadata = {"system_name": "Bench", "version": "1.0.0"}
        await socket.send(
            json.dumps({"type": "register", "role": "producer", "client_id": "bench", "metadata": metadata})
        )
        async for text in socket:
            message = json.loads(text)
            if message["type"] == "consumer_connected":
                channel = peer.createDataChannel("logs", ordered=True)
                channel.on("open", partial(begin, channel))
                await peer.setLocalDescription(await peer.createOffer())
                offer = {"type": "webrtc_offer", "to": message["consumer_id"], "sdp": peer.localDescription.sdp}
                await socket.send(json.dumps(offer))
            elif message["type"] == "webrtc_answer":
                await peer.setRemoteDescription(RTCSessionDescription(message["sdp"], "answer"))
            elif message["type"] == "ice_candidate" and message["candidate"]:
                candidate = candidate_from_sdp(message["candidate"].removeprefix("candidate:"))
                candidate.sdpMLineIndex = message["sdpMLineIndex"]
                await peer.addIceCandidate(candidate)


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
