/** How a consumer on libdatachannel listens to its channel, and gets what waits for it in order. */

import { setTimeout as sleep } from "node:timers/promises";
import { keep } from "./keep.mjs";

/** Longer than a producer takes from the opening of its channel to its first entry, on a busy machine too. */
const QUIET_MS = 75;
/** Who never stops to send is listened to all the same. A program that logs without end waits until its first entry is seen. */
const LOOKS = 130;

/**
 * Has `onMessage` called with every message of `channel`, from when nothing more comes on. Returns whether it is.
 *
 * What waits when the listener is set, node-datachannel (0.33.4) hands out on two threads where more comes at that moment: on
 * this one, and on the one that receives. About one channel in 200 got some of its entries in another order. Can go when
 * `onMessage` no longer empties the queue on the caller's thread. What waits is 1 MiB at the most, for the channel then holds
 * back the sender, which looks quiet: no test has a replay that long.
 *
 * There is no listener to the channel's end: with one, a channel that ends forgets the messages that wait for this thread.
 *
 * @param {import("node-datachannel").PeerConnection} peer
 * @param {import("node-datachannel").DataChannel} channel
 * @param {(message: string | Uint8Array) => void} onMessage
 * @param {() => boolean} hasLeft whether the consumer is gone: what it held may be destroyed, and is not touched again
 */
export async function listen(peer, channel, onMessage, hasLeft) {
  keep(channel);
  let before = -1;
  for (let look = 0; look < LOOKS && !hasLeft() && peer.bytesReceived() !== before; look += 1) {
    before = peer.bytesReceived();
    await sleep(QUIET_MS);
  }
  if (hasLeft()) {
    return false;
  }
  channel.onMessage((message) => onMessage(/** @type {string | Uint8Array} */ (message)));
  return true;
}
