import assert from "node:assert/strict";
import { test } from "node:test";
import { assertNumbered } from "../lib/expected.mjs";
import { assertAccounted } from "../lib/producer.mjs";
import { join, startProducer } from "./setup.mjs";

test("what was logged before a consumer came and after arrives whole, once, in order", async (t) => {
  const { server, producer } = await startProducer(t);
  await producer.log(0, 500);
  const consumer = join(t, server);
  await consumer.opened();
  await producer.log(500, 1_000);
  assertNumbered(await consumer.entries(1_000), 0, 1_000);
  assert.equal(await producer.flush(10_000), true);
  const { consumers } = await producer.stats();
  assert.equal(consumers[0].delivered, 1_000);
  consumers.forEach(assertAccounted);
});

test("eight consumers that join at the same time each get everything, though no answer says whose it is", async (t) => {
  const { server, producer } = await startProducer(t);
  await producer.log(0, 500);
  const consumers = Array.from({ length: 8 }, () => join(t, server));
  await producer.consumers(8);
  // What comes while one begins to listen is not sure to be in order.
  await Promise.all(consumers.map((consumer) => consumer.opened()));
  await producer.log(500, 1_000);
  for (const consumer of consumers) {
    assertNumbered(await consumer.entries(1_000), 0, 1_000);
  }
});

test("a consumer that comes back under a new id gets everything again", async (t) => {
  const { server, producer } = await startProducer(t);
  const before = join(t, server);
  await before.opened();
  await producer.log(0, 500);
  assertNumbered(await before.entries(500), 0, 500);
  before.leave();
  const after = join(t, server);
  await producer.log(500, 1_000);
  assertNumbered(await after.entries(1_000), 0, 1_000);
  const came = producer.events.filter(({ event }) => event === "consumer_connected");
  assert.equal(new Set(came.map(({ consumer_id }) => consumer_id)).size, 2);
  await producer.consumers(1);
});

test("the producer writes the messages of the protocol", async (t) => {
  const { server, producer } = await startProducer(t);
  await join(t, server).opened();
  await producer.consumers(1);
  const [register, ...rest] = server.heard;
  assert.equal(register.type, "register");
  assert.equal(register.role, "producer");
  assert.equal(register.client_id, "numbers");
  assert.deepEqual(register.metadata, { system_name: "Test", version: "1.0.0" });
  const [offer, ...others] = rest.filter(({ type }) => type !== "ice_candidate");
  assert.deepEqual(others, []);
  assert.deepEqual(Object.keys(offer).sort(), ["sdp", "to", "type"]);
  assert.equal(offer.type, "webrtc_offer");
  assert.match(offer.to, /^browser_client_/);
  assert.match(offer.sdp, /^v=0\r\n.*^a=candidate:/ms);
});
