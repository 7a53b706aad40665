/** A consumer of every producer that there is, and what each of them sent. */

import { PeerConnection } from "node-datachannel";
import { WebSocket } from "ws";

export class ConsumerOfAll {
  /** By the name of the producer. @type {Map<string, any[]>} */
  entries = new Map();
  #socket;
  #onFirst;
  #kept = new Set();

  /**
   * @param {string} url
   * @param {(producer: string) => void} [onFirst] called with the first entry of each producer
   */
  constructor(url, onFirst = () => {}) {
    this.#onFirst = onFirst;
    this.#socket = new WebSocket(url);
    this.#socket.on("open", () => this.#say({ type: "register", role: "consumer" }));
    /** @type {Map<string, PeerConnection>} */
    const peers = new Map();
    this.#socket.on("message", (data) => {
      const { type, from, sdp, candidate, sdpMid } = JSON.parse(String(data));
      if (type === "webrtc_offer") {
        peers.set(from, this.#answer(from, sdp));
      } else if (type === "ice_candidate") {
        peers.get(from)?.addRemoteCandidate(candidate, sdpMid ?? "0");
      }
    });
  }

  leave() {
    this.#socket.terminate();
    for (const kept of this.#kept) {
      kept.close();
    }
  }

  /**
   * @param {string} from
   * @param {string} offer
   */
  #answer(from, offer) {
    const peer = new PeerConnection("consumer", { iceServers: [] });
    this.#kept.add(peer);
    peer.onLocalDescription((sdp) => this.#say({ type: "webrtc_answer", to: from, sdp }));
    peer.onLocalCandidate((candidate, sdpMid) =>
      this.#say({ type: "ice_candidate", to: from, candidate, sdpMid, sdpMLineIndex: 0 }),
    );
    peer.onDataChannel((channel) => {
      this.#kept.add(channel);
      const entries = this.entries.get(from) ?? [];
      this.entries.set(from, entries);
      channel.onMessage((message) => {
        entries.push(JSON.parse(String(message)));
        if (entries.length === 1) {
          this.#onFirst(from);
        }
      });
    });
    peer.setRemoteDescription(offer, "offer");
    return peer;
  }

  /** @param {object} message */
  #say(message) {
    this.#socket.send(JSON.stringify(message));
  }
}
