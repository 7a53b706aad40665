/** A consumer of the base protocol on libdatachannel. */

import { DataChannel, PeerConnection, cleanup } from "node-datachannel";
import { WebSocket } from "ws";
import { eventually } from "./deadline.mjs";
import { listen } from "./listen.mjs";

export { cleanup };

export class DataChannelConsumer {
  /** What came through the channel, as it came. @type {(string | Uint8Array)[]} */
  messages = [];
  /** When the channel opened, by `performance.now`. @type {number | undefined} */
  openedAtMs;
  #socket;
  /** @type {PeerConnection | undefined} */
  #peer;
  /** @type {DataChannel | undefined} */
  channel;
  #listens = false;
  #hasLeft = false;
  #onOpen;
  #onMessage;

  /**
   * Registers with the signaling server at `url`, and answers the offers that come.
   *
   * @param {string} url
   * @param {{onOpen?: () => void, onMessage?: (message: string | Uint8Array) => void}} [handlers] without
   *   `onMessage`, messages are kept
   */
  constructor(url, { onOpen = () => {}, onMessage = (message) => this.messages.push(message) } = {}) {
    this.#onOpen = onOpen;
    this.#onMessage = onMessage;
    this.#socket = new WebSocket(url);
    // A lost server does not matter once the channel is open; where it does, what is waited for does not come.
    this.#socket.on("error", () => {});
    this.#socket.on("open", () => this.#say({ type: "register", role: "consumer" }));
    this.#socket.on("message", (data) => {
      const message = JSON.parse(String(data));
      if (message.type === "webrtc_offer") {
        this.#answer(message);
      } else if (message.type === "ice_candidate") {
        this.#peer?.addRemoteCandidate(message.candidate, message.sdpMid ?? "0");
      }
    });
  }

  /** The channel is open, and listened to. */
  get isOpen() {
    return this.#listens;
  }

  async opened() {
    await eventually("the channel opens", () => this.isOpen);
  }

  /** The entries that came, once there are this many. @param {number} count */
  async entries(count) {
    await eventually(`${count} messages come`, () => this.messages.length >= count).catch((error) => {
      throw new Error(`${error.message}; ${this.messages.length} came`);
    });
    return this.messages.map((message) => {
      if (typeof message !== "string") {
        throw new Error("an entry is a text message");
      }
      return JSON.parse(message);
    });
  }

  /** Ends its connection, and stays with the server. It is as new for the next offer. */
  hangUp() {
    this.#listens = false;
    this.#peer?.close();
  }

  /** Leaves, as a closed tab does. */
  leave() {
    this.#hasLeft = true;
    this.#socket.terminate();
    this.#peer?.close();
  }

  /** @param {{sdp: string, from?: string}} offer */
  #answer({ sdp, from }) {
    this.#peer?.close();
    const to = from === undefined ? {} : { to: from };
    const peer = new PeerConnection("consumer", { iceServers: [] });
    this.#peer = peer;
    peer.onLocalDescription((sdp) => this.#say({ type: "webrtc_answer", sdp, ...to }));
    peer.onLocalCandidate((candidate, sdpMid) =>
      this.#say({ type: "ice_candidate", candidate, sdpMid, sdpMLineIndex: 0, ...to }),
    );
    peer.onDataChannel((channel) => {
      this.channel = channel;
      this.openedAtMs = performance.now();
      listen(peer, channel, this.#onMessage, () => this.#hasLeft).then((listens) => {
        if (listens) {
          this.#listens = true;
          this.#onOpen();
        }
      });
    });
    peer.setRemoteDescription(sdp, "offer");
  }

  /** @param {object} message */
  #say(message) {
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(message));
    }
  }
}
