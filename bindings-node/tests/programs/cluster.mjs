/** `cluster.mjs URL`: a primary and two workers of `node:cluster`, each with a producer of its own. */

import cluster from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'logrtc';

const [url] = process.argv.slice(2);
const clientId = cluster.isPrimary ? 'primary' : `worker${cluster.worker?.id}`;
const producer = connect({ url, clientId, iceServers: [], environment: false, closeTimeoutMs: 10_000 });
while (producer.stats().consumers.length === 0) {
  await sleep(5);
}
for (let number = 0; number < 100; number += 1) {
  producer.info('cluster', 'numbered', { number });
}
if (cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork()];
  const codes = await Promise.all(workers.map(async (worker) => (await once(worker, 'exit'))[0]));
  console.log(`ended ${codes}`);
} else {
  cluster.worker?.disconnect();
}
