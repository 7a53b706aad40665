/** A consumer that reads at once: what a producer sends before it ends, it has. */

import { PeerConnection } from "node-datachannel";
import { WebSocket } from "ws";
import { keep } from "../lib/keep.mjs";

/** @typedef {import("../lib/expected.mjs").Entry} Entry */

export class PromptConsumer {
  /** @type {Entry[]} */
  #entries = [];
  #socket;
  /** @type {Map<string | undefined, PeerConnection>} */
  #peers = new Map();

  /**
   * Consumers of `tests/lib` listen when nothing more comes, because otherwise node-datachannel may change the order of entries
   * that wait. By then a short program has ended, and node-datachannel has forgotten what was not read. This one is for tests
   * that compare no order, and whose programs are nicer than it: it has to listen before the program has ended.
   *
   * @param {string} url of the signaling server
   */
  constructor(url) {
    this.#socket = new WebSocket(url);
    this.#socket.on("open", () => this.#send({ type: "register", role: "consumer" }));
    this.#socket.on("message", (data) => {
      const { type, from, sdp, candidate, sdpMid } = JSON.parse(String(data));
      if (type === "webrtc_offer") {
        this.#answer(from, sdp);
      } else if (type === "ice_candidate") {
        this.#peers.get(from)?.addRemoteCandidate(candidate, sdpMid ?? "0");
      }
    });
  }

  /** The entries of `target` that came, whichever producer sent them. @param {string} target */
  async of(target) {
    return this.#entries.filter((entry) => entry.target === target);
  }

  leave() {
    this.#socket.terminate();
    for (const peer of this.#peers.values()) {
      peer.close();
    }
  }

  /**
   * @param {string | undefined} from
   * @param {string} offer
   */
  #answer(from, offer) {
    const to = from === undefined ? {} : { to: from };
    const peer = new PeerConnection("consumer", { iceServers: [] });
    this.#peers.set(from, peer);
    peer.onLocalDescription((sdp) => this.#send({ type: "webrtc_answer", sdp, ...to }));
    peer.onLocalCandidate((candidate, sdpMid) =>
      this.#send({ type: "ice_candidate", candidate, sdpMid, sdpMLineIndex: 0, ...to }),
    );
    peer.onDataChannel((channel) => {
      keep(channel);
      channel.onMessage((message) => this.#entries.push(JSON.parse(String(message))));
    });
    peer.setRemoteDescription(offer, "offer");
  }

  /** @param {object} message */
  #send(message) {
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(message));
    }
  }
}
