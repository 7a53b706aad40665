/** `server.mjs HOW`: serves until SIGUSR2, and then closes the server or lets go of it. */

import { serve } from "logrtc";

const [how] = process.argv.slice(2);
const server = await serve({ listen: "127.0.0.1:0" });
process.once("SIGUSR2", async () => {
  console.log("told");
  await (how === "close" ? server.close() : server.unref());
});
console.log("served");
