/** Serves, lets go of the server, and asks for its page when all garbage is collected. */

import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { serve } from "logrtc";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");

const serveSomewhere = async () => (await serve({ listen: "127.0.0.1:0" })).url;
const url = await serveSomewhere();
for (let round = 0; round < 10; round += 1) {
  collectGarbage();
  // A server is let go of in a task of its own.
  await sleep(20);
}
console.log((await fetch(url)).status);
process.exit();
