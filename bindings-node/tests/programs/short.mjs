/** `short.mjs URL LIFE_MS CLIENT_ID`: logs one line, lives for so long, and ends. */

import { connect } from "logrtc";

const [url, lifeMs, clientId] = process.argv.slice(2);
connect({ url, clientId, iceServers: [], environment: false }).info("job", "hi");
if (lifeMs !== "0") {
  await new Promise((resolve) => setTimeout(resolve, Number(lifeMs)));
}
console.log(Date.now());
