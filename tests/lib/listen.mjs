/** How a consumer on libdatachannel listens to its channel, and gets what waits for it in order. */

import { setTimeout as sleep } from "node:timers/promises";

/** Longer than a producer takes from the opening of its channel to its first entry. */
const QUIET_MS = 25;
/** Who never stops to send is listened to all the same. */
const LOOKS = 4;

/**
 * Has `onMessage` called with every message of `channel`, from when nothing more comes on.
 *
 * What waits when the listener is set, node-datachannel (0.33.4) hands out on two threads where more comes at that moment: on
 * this one, and on the one that receives. About one channel in 200 got some of its entries in another order. Can go when
 * `onMessage` no longer empties the queue on the caller's thread.
 *
 * There is no listener to the channel's end: with one, a channel that ends forgets the messages that wait for this thread.
 *
 * @param {import("node-datachannel").PeerConnection} peer
 * @param {import("node-datachannel").DataChannel} channel
 * @param {(message: string | Uint8Array) => void} onMessage
 */
export async function listen(peer, channel, onMessage) {
  let before = -1;
  for (let look = 0; look < LOOKS && peer.bytesReceived() !== before; look += 1) {
    before = peer.bytesReceived();
    await sleep(QUIET_MS);
  }
  channel.onMessage((message) => onMessage(/** @type {string | Uint8Array} */ (message)));
}
