/** What the data channels of a page bring, and their end at the wish of a test. */

/**
 * In the page, before its own scripts: `channels` are those that were opened, in this order, and `messages` what they brought,
 * `text:` and the beginning of the text, or `binary`.
 */
export const WATCH_CHANNELS = `
globalThis.channels = [];
globalThis.messages = [];
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...options) {
    super(...options);
    this.addEventListener("datachannel", ({ channel }) => {
      channels.push(channel);
      channel.addEventListener("message", ({ data }) => {
        messages.push(typeof data === "string" ? "text:" + data.slice(0, 24) : "binary");
      });
    });
  }
};
`;

/** In the page: ends the newest channel, as a path that breaks would. */
export const BREAK_CHANNEL = "channels.at(-1).close()";
