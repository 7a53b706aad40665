/** Logs the cases of `tests/conformance`, one JSON object a line, with the API of Node.js. */

import { createInterface } from "node:readline";
import { connect } from "../../../bindings-node/index.js";

/** The value as a JavaScript program has it. @param {any} value @returns {unknown} */
function fieldValue(value) {
  if (value?.$integer !== undefined) {
    return BigInt(value.$integer);
  }
  if (value?.$float !== undefined) {
    return Number(value.$float);
  }
  return value;
}

const producer = connect({
  clientId: "conformance",
  maxEntryBytes: Number(process.env.MAX_ENTRY_BYTES),
  iceServers: [],
});
let logged = 0;
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "end") {
    console.log(`logged ${logged}`);
    continue;
  }
  const { send, level, target, message, fields, span } = JSON.parse(line);
  if (send !== undefined) {
    producer.send(send);
  } else {
    const values = fields && Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, fieldValue(value)]));
    producer.log(level, target, message, values, span);
  }
  logged += 1;
}
await producer.close({ timeoutMs: 5_000 });
