import assert from "node:assert/strict";
import { test } from "node:test";
import { ConsumerProcess } from "../lib/consumer_process.mjs";
import { eventually } from "../lib/deadline.mjs";
import { assertNumbered } from "../lib/expected.mjs";
import { assertAccounted } from "../lib/producer.mjs";
import { join, startProducer } from "./setup.mjs";

const MAX_BYTES = 512 * 1024;
/** What may be on the way beyond the window: the 16 KiB that are read at once, and the entry that ends them. */
const BEYOND_WINDOW_BYTES = 17 * 1024;
/** Several times what the journal and the window hold together. */
const ENTRIES = 8_000;
const STEP = 400;

/** @typedef {import("../lib/producer.mjs").Stats} Stats */

/** What must hold at every look. */
function bounds() {
  /** The largest window of each consumer so far. @type {Map<string, number>} */
  const windows = new Map();
  return (/** @type {Stats} */ stats) => {
    assert.ok(stats.retained_bytes <= MAX_BYTES, `${stats.retained_bytes} bytes are retained`);
    for (const consumer of stats.consumers) {
      assertAccounted(consumer);
      const { consumer_id, buffered_amount, window_bytes } = consumer;
      const largest = Math.max(windows.get(consumer_id) ?? 0, window_bytes);
      windows.set(consumer_id, largest);
      // What is on the way was sent under the window of its time, which may have been a larger one, also than any that was seen.
      assert.ok(buffered_amount <= 2 * largest + BEYOND_WINDOW_BYTES, `${buffered_amount} > ${largest}`);
    }
  };
}

/** @param {import("node:test").TestContext} t */
async function startWithStoppedConsumer(t) {
  const { server, producer } = await startProducer(t, { max_bytes: MAX_BYTES });
  const other = join(t, server);
  await other.opened();
  const { open_sockets: socketsOfOne } = await producer.consumers(1);
  const stopped = new ConsumerProcess(server.url);
  t.after(() => stopped.kill());
  await stopped.opened();
  await producer.consumers(2);
  // It stands among the consumers before its event comes.
  const { consumer_id: id } = await eventually(
    "the producer tells of both",
    () => producer.events.filter(({ event }) => event === "consumer_connected")[1],
  );
  await stopped.pause();
  return { producer, other, stopped, id, socketsOfOne };
}

test("a stopped consumer holds up nobody, and goes on with what is left and the number of what is not", async (t) => {
  const { producer, other, stopped, id } = await startWithStoppedConsumer(t);
  /** @param {Stats} stats */
  const countsOfStopped = (stats) => stats.consumers.find(({ consumer_id }) => consumer_id === id);
  const assertBounded = bounds();

  for (let logged = STEP; logged <= ENTRIES; logged += STEP) {
    await producer.log(logged - STEP, logged);
    await producer.statsWhen(`the other one gets ${logged}`, (stats) => {
      assertBounded(stats);
      return other.messages.length >= logged;
    });
  }
  assertNumbered(await other.entries(ENTRIES), 0, ENTRIES);

  stopped.resume();
  const stats = await producer.statsWhen("the stopped one gets the rest", (stats) => {
    assertBounded(stats);
    return countsOfStopped(stats)?.waiting === 0;
  });
  const counts = countsOfStopped(stats);
  assert.ok(counts !== undefined && counts.dropped > 0);
  assert.equal(counts.accepted, ENTRIES);
  await producer.statsWhen("it has read everything", () => stopped.entries.at(-1)?.fields?.number === ENTRIES - 1);
  let next = 0;
  let dropped = 0;
  for (const entry of stopped.entries) {
    if (entry.target === "logrtc") {
      assert.equal(entry.level, "WARN");
      dropped += Number(entry.fields?.dropped);
      next += Number(entry.fields?.dropped);
    } else {
      assertNumbered([entry], next, next + 1);
      next += 1;
    }
  }
  assert.equal(next, ENTRIES);
  assert.equal(dropped, counts.dropped);
});

test("a consumer that stays stopped is let go of", async (t) => {
  const { producer, other, id, socketsOfOne } = await startWithStoppedConsumer(t);
  await producer.log(0, STEP);
  const ended = await producer.event(
    "the stopped one ends",
    ({ event, consumer_id }) => event === "consumer_disconnected" && consumer_id === id,
  );
  assert.match(String(ended.reason), /^(Stalled|PathLost)$/);
  await producer.statsWhen("its sockets close", ({ open_sockets }) => open_sockets === socketsOfOne);
  await producer.log(STEP, 2 * STEP);
  assertNumbered(await other.entries(2 * STEP), 0, 2 * STEP);
});
