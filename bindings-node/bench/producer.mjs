/** `producer.mjs URL`: the package's producer in a process of its own, which logs as many entries as it is told. */

import { connect } from "logrtc";
import { expectedEntry } from "../../tests/lib/expected.mjs";

const producer = connect({
  url: process.argv[2],
  clientId: "bench",
  iceServers: [],
  environment: false,
  // Room for all of them: what is measured is delivery, not what a full journal does.
  maxEntries: 1_000_000,
  maxBytes: 400_000_000,
});
const tell = (/** @type {object} */ message) => process.send?.(message);
if (producer.state === "registered") {
  tell({ open: true });
}
producer.on("state", (state) => state === "registered" && tell({ open: true }));
process.on("message", (/** @type {{log: number}} */ { log }) => {
  for (let number = 0; number < log; number += 1) {
    const { level, target, message, fields, span } = expectedEntry(number);
    producer.log(/** @type {import('logrtc').Level} */ (level), target, message, fields, span);
  }
});
