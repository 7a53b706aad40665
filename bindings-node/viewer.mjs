/** `logrtc/viewer` in Node.js: the consumer, as in a browser, and the server. */

export * from "./viewer/index.js";
export { serve } from "./viewer.js";
