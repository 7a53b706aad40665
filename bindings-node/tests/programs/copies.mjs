/** Two copies of the package in one process, as two versions of it may be installed, each with a producer. */

import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const options = { clientId: "copy", url: "ws://127.0.0.1:9/", iceServers: [], environment: false };

function load() {
  const { connect } = require("logrtc");
  for (const file of Object.keys(require.cache)) {
    if (!file.endsWith("native.js") && !file.endsWith(".node")) {
      delete require.cache[file];
    }
  }
  return connect;
}

const [first, second] = [load(), load()];
if (first === second) {
  throw new Error("they are one copy");
}
const producers = [first(options), second(options)];
process.on("exit", () => {
  for (const producer of producers) {
    producer.info("copies", "exit");
  }
  console.log(producers.map((producer) => producer.stats().accepted).join());
});
