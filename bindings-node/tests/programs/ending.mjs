/**
 * `ending.mjs HOW URL ENTRIES`: logs so many entries to its consumer, and ends in one of many ways. `NOBODY` as the URL is
 * for no server, and no consumer.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'logrtc';

const [how, url, entries] = process.argv.slice(2);
const isAlone = url === 'NOBODY';
const producer = connect({
  url: isAlone ? 'ws://127.0.0.1:9/' : url,
  clientId: 'ending',
  iceServers: [],
  environment: false,
  closeTimeoutMs: how === 'stalled' ? 500 : 10_000,
});
const say = (/** @type {unknown} */ line) => console.log(String(line));

while (!isAlone && producer.stats().consumers.length === 0) {
  await sleep(5);
}
if (how === 'stalled') {
  say('connected');
  const work = setInterval(() => {}, 60_000);
  await new Promise((resolve) => process.once('SIGUSR2', resolve));
  clearInterval(work);
}
for (let number = 0; number < Number(entries); number += 1) {
  producer.info('ending', 'numbered', { number, padding: 'x'.repeat(200) });
}

/** @type {Record<string, () => unknown>} */
const endings = {
  /** Nothing is left to do. */
  loop: () => say(Date.now()),
  exit: () => process.exit(3),
  stalled: () => {
    say(Date.now());
    process.exit(3);
  },
  throw: () => {
    setImmediate(() => {
      throw new Error('nobody catches it');
    });
  },
  reject: () => void Promise.reject(new Error('nobody catches it')),
  /** A pending promise is something to do. */
  flush: () => producer.flush().then(() => say(`flushed ${producer.stats().consumers[0]?.counts.waiting}`)),
  close: () => producer.close().then(() => say(`closed ${producer.state}`)),
  closeThenExit: () => {
    producer.close();
    process.exit(3);
  },
  /** What the last listeners log is part of it, whenever they began to listen. */
  listeners: () => {
    let isFirst = true;
    process.on('beforeExit', () => {
      if (isFirst) {
        isFirst = false;
        producer.info('ending', 'beforeExit');
      }
    });
    process.on('exit', () => producer.info('ending', 'exit'));
  },
  exitListener: () => {
    process.on('exit', () => producer.info('ending', 'exit'));
    setImmediate(() => process.exit(3));
  },
  /** A signal with its default action. */
  signal: async () => {
    await producer.flush();
    say('flushed');
    setInterval(() => {}, 60_000);
  },
};
await endings[how]();
