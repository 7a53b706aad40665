/** A consumer of every producer at a server, however many come and go. */

import { PeerConnection } from "node-datachannel";
import { WebSocket } from "ws";
import { listen } from "./listen.mjs";

/** @typedef {import("./expected.mjs").Entry} Entry */

export class ConsumerOfAll {
  /** What each producer sent, by its name. @type {Map<string, Entry[]>} */
  entries = new Map();
  #socket;
  /** @type {Map<string, PeerConnection>} */
  #peers = new Map();
  #hasLeft = false;
  #onFirst;
  #onEntry;

  /**
   * @param {string} url of the signaling server
   * @param {(producer: string) => void} [onFirst] called with the first entry of each producer
   * @param {(producer: string, entry: Entry) => void} [onEntry] called with every entry
   * @param {() => void} [onRegistered] called when the server knows it
   */
  constructor(url, onFirst = () => {}, onEntry = () => {}, onRegistered = () => {}) {
    this.#onFirst = onFirst;
    this.#onEntry = onEntry;
    this.#socket = new WebSocket(url);
    this.#socket.on("open", () => this.#say({ type: "register", role: "consumer" }));
    this.#socket.on("message", (data) => {
      const { type, from, sdp, candidate, sdpMid } = JSON.parse(String(data));
      if (type === "registered") {
        onRegistered();
      } else if (type === "webrtc_offer") {
        this.#answer(from, sdp);
      } else if (type === "ice_candidate") {
        this.#peers.get(from)?.addRemoteCandidate(candidate, sdpMid ?? "0");
      }
    });
  }

  /** Leaves every producer. */
  leave() {
    this.#hasLeft = true;
    this.#socket.terminate();
    for (const peer of this.#peers.values()) {
      peer.close();
    }
  }

  /**
   * @param {string} from
   * @param {string} offer
   */
  #answer(from, offer) {
    const peer = new PeerConnection("consumer", { iceServers: [] });
    this.#peers.get(from)?.close();
    this.#peers.set(from, peer);
    peer.onLocalDescription((sdp) => this.#say({ type: "webrtc_answer", to: from, sdp }));
    peer.onLocalCandidate((candidate, sdpMid) =>
      this.#say({ type: "ice_candidate", to: from, candidate, sdpMid, sdpMLineIndex: 0 }),
    );
    peer.onDataChannel((channel) => {
      const entries = this.entries.get(from) ?? [];
      this.entries.set(from, entries);
      /** @param {string | Uint8Array} message */
      const onMessage = (message) => {
        const entry = JSON.parse(String(message));
        if (entries.push(entry) === 1) {
          this.#onFirst(from);
        }
        this.#onEntry(from, entry);
      };
      listen(peer, channel, onMessage, () => this.#hasLeft);
    });
    peer.setRemoteDescription(offer, "offer");
  }

  /** @param {object} message */
  #say(message) {
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(message));
    }
  }
}
