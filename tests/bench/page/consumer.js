/**
 * A consumer in a page that keeps nothing. By the base protocol it counts messages; by the extension a worker takes
 * the channel, splits every frame, and reads the level, the target and the time of each entry.
 *
 * @typedef {{open: number, count: number, reached: number, lost: number, worker: string, latencies: number[]}} PageState
 *   times are in milliseconds since 1970, with a fraction; latencies in milliseconds
 */

import { latencyMs, nowMs } from "./clock.js";

/** How many bytes a producer may send beyond what was acknowledged, before compression. */
const CREDIT_BYTES = 4 * 1024 * 1024;

class PageConsumer {
  /** @type {PageState} */
  #state = { open: 0, count: 0, reached: 0, lost: 0, worker: "none", latencies: [] };
  #options;
  #socket;
  /** @type {RTCPeerConnection | undefined} */
  #peer;
  /** It would be collected as garbage otherwise. @type {RTCDataChannel | undefined} */
  channel;
  /** @type {Worker | undefined} */
  #worker;

  /** @param {string} url @param {{extension?: boolean, target?: number, latency?: boolean}} options */
  constructor(url, { extension = false, target = 0, latency = false }) {
    this.#options = { extension, target, latency };
    const socket = new WebSocket(url);
    socket.onopen = () => this.#say({ type: "register", role: "consumer" });
    socket.onmessage = ({ data }) => this.#onSignaling(JSON.parse(data));
    this.#socket = socket;
  }

  /** @returns {Promise<PageState>} */
  async state() {
    const worker = this.#worker;
    if (worker === undefined) {
      return this.#state;
    }
    const asked = new MessageChannel();
    /** @type {Promise<PageState>} */
    const answer = new Promise((resolve) => {
      asked.port1.onmessage = ({ data }) => resolve(data);
    });
    worker.postMessage({ state: asked.port2 }, [asked.port2]);
    return { ...(await answer), open: this.#state.open, worker: this.#state.worker };
  }

  stop() {
    this.#peer?.close();
    this.#worker?.terminate();
    this.#socket.close();
  }

  /** @param {any} message */
  async #onSignaling(message) {
    if (message.type === "webrtc_offer") {
      await this.#answer(message.sdp, message.from);
    } else if (message.type === "ice_candidate" && this.#peer?.remoteDescription) {
      await this.#peer.addIceCandidate({ candidate: message.candidate, sdpMid: "0", sdpMLineIndex: 0 });
    }
  }

  /** @param {string} sdp @param {string | undefined} to */
  async #answer(sdp, to) {
    const peer = new RTCPeerConnection();
    this.#peer = peer;
    // A producer by hand takes no candidate before the answer.
    /** @type {(value: unknown) => void} */
    let onAnswered = () => {};
    const answered = new Promise((resolve) => {
      onAnswered = resolve;
    });
    peer.onicecandidate = async ({ candidate }) => {
      if (candidate) {
        await answered;
        this.#say({ type: "ice_candidate", to, ...candidate.toJSON() });
      }
    };
    peer.ondatachannel = ({ channel }) => {
      if (this.#options.extension) {
        this.#giveToWorker(channel);
      } else {
        this.#listen(channel);
      }
      this.#state.open = nowMs();
    };
    await peer.setRemoteDescription({ type: "offer", sdp });
    await peer.setLocalDescription();
    const answer = peer.localDescription?.sdp ?? "";
    this.#say({ type: "webrtc_answer", to, sdp: this.#options.extension ? withHello(answer) : answer });
    onAnswered(undefined);
  }

  /** @param {RTCDataChannel} channel */
  #listen(channel) {
    const { target, latency } = this.#options;
    const state = this.#state;
    channel.onmessage = ({ data }) => {
      state.count += 1;
      if (latency) {
        state.latencies.push(latencyMs(data));
      }
      if (state.count === target) {
        state.reached = nowMs();
      }
    };
    this.channel = channel;
  }

  /** A channel can be transferred where the browser can, and only before anything else is done with it. @param {RTCDataChannel} channel */
  #giveToWorker(channel) {
    const worker = new Worker("worker.js", { type: "module" });
    this.#worker = worker;
    worker.postMessage({ options: this.#options });
    try {
      worker.postMessage({ channel }, /** @type {any} */ ([channel]));
      this.#state.worker = "channel transferred";
    } catch {
      this.#state.worker = "messages posted";
      channel.binaryType = "arraybuffer";
      channel.onmessage = ({ data }) => worker.postMessage({ data }, typeof data === "string" ? [] : [data]);
      worker.onmessage = ({ data }) => channel.send(data);
      this.channel = channel;
    }
  }

  /** @param {object} message */
  #say(message) {
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(message));
    }
  }
}

/** @param {string} answer */
function withHello(answer) {
  const hello = btoa(JSON.stringify({ version: 1, accept: ["deflate-raw"], credit: CREDIT_BYTES }));
  const line = hello.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return answer.replace(/^m=/m, `a=x-logrtc-hello:${line}\r\nm=`);
}

Object.assign(globalThis, {
  /** @param {string} url @param {object} options */
  startConsumer: (url, options) => Object.assign(globalThis, { consumer: new PageConsumer(url, options) }) && true,
});
