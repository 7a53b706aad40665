/** A consumer in Chromium that does nothing but count, so that what is measured is the stack and not a page. */

import { Browser } from "../lib/browser.mjs";

/** In the page: answers offers, and counts messages. */
const IN_PAGE = `
globalThis.bench = {
  start(url) {
    const socket = new WebSocket(url);
    const state = (this.state = { open: 0, count: 0, target: Infinity, reached: 0 });
    socket.onopen = () => socket.send(JSON.stringify({ type: "register", role: "consumer" }));
    socket.onmessage = async ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === "webrtc_offer") {
        const peer = (this.peer = new RTCPeerConnection());
        peer.onicecandidate = ({ candidate }) => {
          if (candidate) socket.send(JSON.stringify({ type: "ice_candidate", ...candidate.toJSON() }));
        };
        peer.ondatachannel = ({ channel }) => {
          this.channel = channel;
          channel.onmessage = () => {
            if (++state.count === state.target) state.reached = Date.now();
          };
          state.open = Date.now();
        };
        await peer.setRemoteDescription({ type: "offer", sdp: message.sdp });
        await peer.setLocalDescription();
        socket.send(JSON.stringify({ type: "webrtc_answer", sdp: peer.localDescription.sdp }));
      } else if (message.type === "ice_candidate" && this.peer?.remoteDescription) {
        await this.peer.addIceCandidate({ candidate: message.candidate, sdpMid: "0", sdpMLineIndex: 0 });
      }
    };
    this.stop = () => { this.peer?.close(); socket.close(); };
  },
};
`;

export class PageConsumer {
  /** @param {Browser} browser @param {import("playwright-core").Page} page */
  constructor(browser, page) {
    this.browser = browser;
    this.page = page;
  }

  static async start() {
    const browser = await Browser.start();
    const page = await browser.blank();
    await page.evaluate(IN_PAGE);
    return new PageConsumer(browser, page);
  }

  /** Registers at the signaling server. @param {string} url */
  async join(url) {
    await this.page.evaluate(`bench.start(${JSON.stringify(url)})`);
  }

  /** @returns {Promise<{open: number, count: number, target: number, reached: number}>} */
  async state() {
    return await this.page.evaluate("bench.state");
  }

  async leave() {
    await this.page.evaluate("bench.stop()");
  }

  async close() {
    await this.browser.close();
  }
}
