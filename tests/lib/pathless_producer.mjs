/** A producer whose only address is in a network that does not exist (RFC 5737): no path to it ever opens. */

import { once } from "node:events";
import { WebSocket } from "ws";
import { within } from "./deadline.mjs";

const OFFER = `${[
  "v=0",
  "o=- 1 1 IN IP4 127.0.0.1",
  "s=-",
  "t=0 0",
  "a=group:BUNDLE 0",
  "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
  "c=IN IP4 0.0.0.0",
  "a=candidate:1 1 UDP 2122260223 192.0.2.1 5000 typ host",
  "a=ice-ufrag:none",
  "a=ice-pwd:thisisnopasswordatallreally",
  `a=fingerprint:sha-256 ${Array(32).fill("A5").join(":")}`,
  "a=setup:actpass",
  "a=mid:0",
  "a=sctp-port:5000",
].join("\r\n")}\r\n`;

export class PathlessProducer {
  /** @param {string} url @param {string} clientId */
  constructor(url, clientId) {
    this.socket = new WebSocket(url);
    const say = (/** @type {object} */ message) => this.socket.send(JSON.stringify(message));
    this.socket.on("open", () => say({ type: "register", role: "producer", client_id: clientId, metadata: { system_name: "Far away" } }));
    this.socket.on("message", (data) => {
      const message = JSON.parse(String(data));
      if (message.type === "consumer_connected") say({ type: "webrtc_offer", to: message.consumer_id, sdp: OFFER });
    });
  }

  async registered() {
    await within("the producer registers", once(this.socket, "message"));
  }

  stop() {
    this.socket.terminate();
  }
}
