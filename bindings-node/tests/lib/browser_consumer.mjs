/**
 * A consumer of the base protocol in a page of a browser. It listens to a channel from its first message on, so that it has
 * the entries of a program that ends as soon as they are acknowledged.
 */

/** @param {string} url */
function consume(url) {
  /** @type {string[]} */
  const messages = [];
  /** @type {any} */ (window).messages = messages;
  const socket = new WebSocket(url);
  const say = (/** @type {object} */ message) => socket.send(JSON.stringify(message));
  /** @type {RTCPeerConnection} */
  let peer;
  socket.onmessage = async ({ data }) => {
    const { type, sdp, candidate, sdpMid, sdpMLineIndex } = JSON.parse(data);
    if (type === "webrtc_offer") {
      peer = new RTCPeerConnection();
      peer.ondatachannel = ({ channel }) => {
        channel.onmessage = (event) => {
          messages.push(event.data);
          // A producer that ends need not wait any longer to see whether somebody listens.
          if (channel.readyState === "open") channel.send('{"type":"ping","id":0}');
          channel.onmessage = (/** @type {MessageEvent} */ later) => messages.push(later.data);
        };
      };
      peer.onicecandidate = (event) => {
        if (event.candidate?.candidate) {
          say({ type: "ice_candidate", candidate: event.candidate.candidate, sdpMLineIndex: 0 });
        }
      };
      await peer.setRemoteDescription({ type: "offer", sdp });
      await peer.setLocalDescription();
      say({ type: "webrtc_answer", sdp: peer.localDescription?.sdp });
    } else if (type === "ice_candidate") {
      await peer.addIceCandidate({ candidate, sdpMid, sdpMLineIndex });
    }
  };
  return new Promise((resolve) => {
    socket.onopen = () => {
      say({ type: "register", role: "consumer" });
      resolve(undefined);
    };
  });
}

export class BrowserConsumer {
  #page;

  /** @param {import("../../../tests/lib/browser.mjs").Page} page */
  constructor(page) {
    this.#page = page;
  }

  /** Joins the server at `url`. @param {import("../../../tests/lib/browser.mjs").Browser} browser @param {string} url */
  static async join(browser, url) {
    const page = await browser.blank();
    await page.evaluate(consume, url);
    return new BrowserConsumer(page);
  }

  /** How many messages came. @returns {Promise<number>} */
  async count() {
    return await this.#page.evaluate("messages.length");
  }

  async close() {
    await this.#page.close();
  }
}
