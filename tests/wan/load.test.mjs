import assert from "node:assert/strict";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { assertNumbered } from "../lib/expected.mjs";
import { join, linkStats, startProducer, startServer } from "./setup.mjs";

const RATE_KBIT = 1_000;
const BYTES_PER_SECOND = (RATE_KBIT * 1_000) / 8;
/** Entries a second: with what carries them, seven tenths of the link. */
const ENTRIES_PER_SECOND = 380;
const SECONDS = Number(process.env.WAN_LOAD_SECONDS ?? 120);
const MAX_AGE_MS = 1_000;

test(`at seven tenths of ${RATE_KBIT} kbit/s, no entry is older than ${MAX_AGE_MS} ms when it arrives`, async (t) => {
  const { url } = await startServer(t);
  const producer = await startProducer(t, url, { delay_ms: 50, rate_kbit: RATE_KBIT });
  let oldestMs = 0;
  /** @type {import("../lib/expected.mjs").Entry[]} */
  const entries = [];
  await join(t, url, {
    onMessage: (message) => {
      const entry = JSON.parse(String(message));
      oldestMs = Math.max(oldestMs, Date.now() - Date.parse(entry.timestamp));
      entries.push(entry);
    },
  });
  await linkStats(producer);

  const loop = monitorEventLoopDelay({ resolution: 10 });
  loop.enable();
  const since = performance.now();
  let logged = 0;
  for (let elapsedMs = 0; elapsedMs < SECONDS * 1_000; elapsedMs = performance.now() - since) {
    const due = Math.floor((elapsedMs / 1_000) * ENTRIES_PER_SECOND);
    if (due > logged) {
      await producer.log(logged, due);
      logged = due;
    }
    await sleep(20);
  }
  const { outward } = await linkStats(producer);
  assert.equal(await producer.flush(30_000), true);
  loop.disable();
  assertNumbered(entries, 0, logged);

  const load = outward.carried_bytes / ((outward.over_ms / 1_000) * BYTES_PER_SECOND);
  // What a busy machine holds up at this end and in the link is none of the producer's.
  const heldUpMs = outward.late_ms + loop.max / 1e6;
  const figures = `load ${load.toFixed(2)}, oldest ${oldestMs} ms, of that ${Math.round(heldUpMs)} ms by the machine, queue ${Math.round(outward.queued_ms)} ms`;
  t.diagnostic(figures);
  assert.ok(load > 0.6 && load < 0.8, figures);
  assert.ok(oldestMs - heldUpMs <= MAX_AGE_MS, figures);
});
