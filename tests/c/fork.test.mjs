import assert from "node:assert/strict";
import { after, test } from "node:test";
import { PeerConnection, cleanup } from "node-datachannel";
import { WebSocket } from "ws";
import { Child } from "../lib/child.mjs";
import { within } from "../lib/deadline.mjs";
import { Server } from "../lib/server.mjs";
import { program } from "./programs.mjs";

const FORKS = 100;
const THREADS = 8;
const DEADLINE_MS = 240_000;

// Its threads keep a process alive.
after(() => cleanup());

/** A consumer of every producer that there is, and what each of them sent. */
class ConsumerOfAll {
  /** By the name of the producer. @type {Map<string, any[]>} */
  entries = new Map();
  #socket;
  #onFirst;
  #kept = new Set();

  /**
   * @param {string} url
   * @param {(producer: string) => void} onFirst called with the first entry of each producer
   */
  constructor(url, onFirst) {
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

test("a child logs as a producer of its own, and the parent loses nothing", async (t) => {
  const server = await Server.start();
  t.after(() => server.kill());
  /** @type {string[]} */
  const lines = [];
  const parent = new Child(program("fork"), [server.signalingUrl, String(FORKS)], (line) => lines.push(line));
  t.after(() => parent.kill());
  const consumer = new ConsumerOfAll(server.signalingUrl, (producer) => {
    if (producer !== "fork") {
      parent.say("seen");
    }
  });
  t.after(() => consumer.leave());
  const code = await within("the parent ends", parent.exited, DEADLINE_MS);
  assert.equal(code, 0, parent.complaints.join("\n"));

  const numbers = (/** @type {string} */ what) =>
    lines.filter((line) => line.startsWith(what)).map((line) => Number(line.split(" ")[1]));
  const children = numbers("child");
  assert.equal(children.length, FORKS);
  for (const pid of children) {
    const entries = consumer.entries.get(`fork#${pid}`) ?? [];
    assert.deepEqual(
      entries.map(({ timestamp, ...rest }) => rest),
      [{ level: "WARN", target: "fork.child", message: "born", fields: { pid } }],
      `the child ${pid}`,
    );
  }
  const own = consumer.entries.get("fork") ?? [];
  const counts = numbers("entries");
  assert.equal(counts.length, THREADS);
  for (const [thread, count] of counts.entries()) {
    const got = own.filter(({ target }) => target === `fork.thread${thread}`).map(({ fields }) => fields.number);
    assert.deepEqual(got, Array.from({ length: count }, (_, number) => number), `thread ${thread}`);
  }
  assert.equal(
    own.length,
    counts.reduce((sum, count) => sum + count, 0),
  );
});
