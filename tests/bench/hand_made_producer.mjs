/** The peer to measure against: a producer made by hand on libdatachannel, as one would without logrtc. */

import { PeerConnection } from "node-datachannel";
import { WebSocket } from "ws";
import { expectedEntry } from "../lib/expected.mjs";
import { eventually } from "../lib/deadline.mjs";
import { keep } from "../lib/keep.mjs";

/** @typedef {(number: number) => object} EntryOf the entry of this number, without its timestamp */

/** What may be in its buffer; with more, its memory grows without bound. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

export class HandMadeProducer {
  /** @type {import("node-datachannel").DataChannel | undefined} */
  #channel;
  /** @type {PeerConnection | undefined} */
  #peer;
  /** Without it, a candidate is of a consumer that has left. */
  #hasAnswer = false;

  /** @param {string} url */
  constructor(url) {
    const socket = new WebSocket(url);
    /** @param {object} message */
    const say = (message) => socket.send(JSON.stringify(message));
    const metadata = { system_name: "By hand", version: "1.0.0" };
    socket.on("open", () => say({ type: "register", role: "producer", client_id: "by-hand", metadata }));
    socket.on("message", (data) => {
      const message = JSON.parse(String(data));
      if (message.type === "consumer_connected") {
        const peer = new PeerConnection("producer", { iceServers: [] });
        this.#peer?.close();
        this.#peer = peer;
        // The server forwards no candidate of a producer, so all of them have to be in the offer.
        peer.onGatheringStateChange((state) => {
          if (state === "complete") {
            say({ type: "webrtc_offer", to: message.consumer_id, sdp: peer.localDescription()?.sdp });
          }
        });
        this.#hasAnswer = false;
        this.#channel = peer.createDataChannel("logs");
        keep(this.#channel);
      } else if (message.type === "webrtc_answer") {
        this.#peer?.setRemoteDescription(message.sdp, "answer");
        this.#hasAnswer = true;
      } else if (message.type === "ice_candidate" && message.candidate && this.#hasAnswer) {
        try {
          this.#peer?.addRemoteCandidate(message.candidate, message.sdpMid ?? "0");
        } catch {
          // It is of a consumer that has left, or came before its transport: the offer has candidates of its own.
        }
      }
    });
    this.socket = socket;
  }

  /** Sends this many entries, as fast as the buffer lets. @param {number} count @param {EntryOf} [entryOf] */
  async log(count, entryOf = expectedEntry) {
    const channel = await this.#opened();
    for (let number = 0; number < count; number += 1) {
      channel.sendMessage(encode(entryOf(number)));
      if (number % 64 === 0) {
        while (channel.bufferedAmount() > MAX_BUFFERED_BYTES) {
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
    }
  }

  /** Sends this many entries, so many a second. @param {number} count @param {number} perSecond @param {EntryOf} entryOf */
  async pace(count, perSecond, entryOf) {
    const channel = await this.#opened();
    const since = performance.now();
    for (let number = 0; number < count; number += 1) {
      const dueMs = since + (1e3 * number) / perSecond;
      while (performance.now() < dueMs) {
        await new Promise((resolve) => setTimeout(resolve, dueMs - performance.now()));
      }
      channel.sendMessage(encode(entryOf(number)));
    }
  }

  /** Sends a message as it is. @param {string} text */
  async send(text) {
    (await this.#opened()).sendMessage(text);
  }

  async #opened() {
    return await eventually("its channel opens", () => (this.#channel?.isOpen() ? this.#channel : null));
  }

  stop() {
    this.socket.terminate();
    this.#peer?.close();
  }
}

/** @param {object} entry */
function encode(entry) {
  return JSON.stringify({ timestamp: new Date().toISOString(), ...entry });
}
