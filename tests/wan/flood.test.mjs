import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { assertAccounted } from "../lib/producer.mjs";
import { join, linkStats, startProducer, startServer } from "./setup.mjs";

const SECONDS = 40;
const ENTRIES = 100_000;
/** What is in flight on 1 Mbit/s and 100 ms there and back: twice what the path holds, and no less than 250 ms of it. */
const MAX_WINDOW_BYTES = 48 * 1024;
/** Of the link, which has room for two seconds. */
const MAX_QUEUE_MS = 600;

test("a flood does not fill the queues of a slow path", async (t) => {
  const { url } = await startServer(t);
  const options = { max_entries: ENTRIES, max_bytes: 100_000_000 };
  const producer = await startProducer(t, url, { delay_ms: 50, rate_kbit: 1_000 }, { options });
  let count = 0;
  await join(t, url, { onMessage: () => (count += 1) });
  await producer.log(0, ENTRIES);
  // The window of a path that is not known yet comes down meanwhile.
  await sleep(5_000);
  await linkStats(producer);
  const counted = count;
  let largest = 0;
  for (let second = 5; second < SECONDS; second += 1) {
    await sleep(1_000);
    const { consumers } = await producer.stats();
    assert.equal(consumers.length, 1);
    largest = Math.max(largest, consumers[0].window_bytes);
    assertAccounted(consumers[0]);
    assert.ok(consumers[0].waiting > 0, "it is a flood to the end");
  }
  const { outward } = await linkStats(producer);
  const used = outward.carried_bytes / ((outward.over_ms / 1_000) * 125_000);
  const figures = `window ${largest} bytes at most, queue ${Math.round(outward.queued_ms)} ms, ${Math.round(used * 100)} % of the link, ${count - counted} entries`;
  t.diagnostic(figures);
  assert.ok(largest <= MAX_WINDOW_BYTES, figures);
  assert.ok(outward.queued_ms - outward.late_ms <= MAX_QUEUE_MS, figures);
  assert.ok(used > 0.85, figures);
  assert.equal(outward.lost_packets, 0, figures);
});
