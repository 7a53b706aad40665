/** A consumer that reads at once: what a producer sends before it ends, it has. */

import { PeerConnection } from "node-datachannel";
import { WebSocket } from "ws";
import { eventually } from "./deadline.mjs";
import { keep } from "./keep.mjs";

/** @typedef {import("./expected.mjs").Entry} Entry */

export class PromptConsumer {
  /** In the order in which they came, from whichever producer. @type {Entry[]} */
  entries = [];
  /** The names of the producers that offered a connection, if the server passes them on. @type {Set<string>} */
  producers = new Set();
  #isRegistered = false;
  #socket;
  /** @type {Map<string | undefined, PeerConnection>} */
  #peers = new Map();

  /**
   * Consumers of `tests/lib` listen when nothing more comes, because otherwise node-datachannel may change the order of entries
   * that wait. By then a short program has ended, and node-datachannel has forgotten what was not read. This one is for tests
   * that compare no order.
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
      } else if (type === "registered") {
        this.#isRegistered = true;
      } else if (type === "ice_candidate") {
        this.#peers.get(from)?.addRemoteCandidate(candidate, sdpMid ?? "0");
      }
    });
  }

  /** @param {string} target */
  of(target) {
    return this.entries.filter((entry) => entry.target === target);
  }

  /** Returns once `count` entries of `target` are there. @param {string} target @param {number} count */
  async has(target, count, timeoutMs = 20_000) {
    await eventually(`${count} entries of ${target} come`, () => this.of(target).length >= count, timeoutMs).catch((error) => {
      throw new Error(`${error.message}; ${this.of(target).length} came`);
    });
  }

  /** Returns once `logrtc serve` has registered it. */
  async registered() {
    await eventually("the consumer registers", () => this.#isRegistered);
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
    if (from !== undefined) {
      this.producers.add(from);
    }
    const to = from === undefined ? {} : { to: from };
    const peer = new PeerConnection("consumer", { iceServers: [] });
    this.#peers.set(from, peer);
    peer.onLocalDescription((sdp) => this.#send({ type: "webrtc_answer", sdp, ...to }));
    peer.onLocalCandidate((candidate, sdpMid) =>
      this.#send({ type: "ice_candidate", candidate, sdpMid, sdpMLineIndex: 0, ...to }),
    );
    peer.onDataChannel((channel) => {
      keep(channel);
      let hasReported = false;
      channel.onMessage((message) => {
        this.entries.push(JSON.parse(String(message)));
        // A producer that ends need not wait any longer to see whether somebody listens.
        if (!hasReported && channel.isOpen()) {
          hasReported = true;
          channel.sendMessage('{"type":"ping","id":0}');
        }
      });
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
