/**
 * `cluster.mjs URL`: a primary and two workers of `node:cluster`, each with a producer of its own, which logs on when it is
 * told that a consumer has its first entry.
 */

import cluster from "node:cluster";
import { once } from "node:events";
import { connect } from "logrtc";

const [url] = process.argv.slice(2);
const clientId = cluster.isPrimary ? "primary" : `worker${cluster.worker?.id}`;
const producer = connect({ url, clientId, iceServers: [], environment: false, closeTimeoutMs: 10_000 });
producer.info("cluster", "hello");

function logOn() {
  for (let number = 0; number < 100; number += 1) {
    producer.info("cluster", "numbered", { number });
  }
}

if (cluster.isPrimary) {
  let isSeen = () => {};
  const seen = new Promise((resolve) => {
    isSeen = () => resolve(undefined);
  });
  process.on("message", (name) => {
    if (name === clientId) {
      logOn();
      isSeen();
    }
    for (const worker of Object.values(cluster.workers ?? {})) {
      if (name === `worker${worker?.id}`) {
        worker?.send("seen");
      }
    }
  });
  const workers = [cluster.fork(), cluster.fork()];
  const codes = await Promise.all(workers.map(async (worker) => (await once(worker, "exit"))[0]));
  // The workers may be seen before the primary is.
  await seen;
  console.log(`ended ${codes}`);
  process.disconnect();
} else {
  await once(process, "message");
  logOn();
  cluster.worker?.disconnect();
}
