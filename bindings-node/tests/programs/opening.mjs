/** Serves and opens the page, and ends when it is told to. */

import { once } from "node:events";
import { serve } from "logrtc";

const server = await serve({ listen: "localhost:0", open: true });
console.log(server.url);
await once(process, "message");
await server.close();
process.disconnect();
