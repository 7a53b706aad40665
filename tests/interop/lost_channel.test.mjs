import assert from "node:assert/strict";
import { test } from "node:test";
import { assertNumbered } from "../lib/expected.mjs";
import { Producer } from "../lib/producer.mjs";
import { Relay } from "../lib/relay.mjs";
import { Server } from "../lib/server.mjs";
import { join } from "./setup.mjs";

/** A producer whose way to the server can be cut, and two consumers. @param {import("node:test").TestContext} t */
async function start(t) {
  const server = await Server.start();
  t.after(() => server.stop());
  const relay = await Relay.start(server.signalingUrl);
  t.after(() => relay.stop());
  const producer = new Producer(relay.url, { options: { reconnect_interval_ms: 100 } });
  t.after(() => producer.stop());
  await producer.registered();
  const consumers = [0, 1].map(() => join(t, { url: server.signalingUrl }));
  await Promise.all(consumers.map((consumer) => consumer.opened()));
  await producer.consumers(2);
  return { relay, producer, consumers };
}

test("a channel that is lost while the producer is away from the server is made anew, and no other", async (t) => {
  const { relay, producer, consumers } = await start(t);
  const [staying, losing] = consumers;
  await producer.log(0, 100);
  assertNumbered(await losing.entries(100), 0, 100);
  relay.cut();
  await producer.statsWhen("the producer notices", ({ state }) => state !== "Registered");

  losing.hangUp();
  await producer.consumers(1);
  const [{ consumer_id: kept }] = (await producer.stats()).consumers;
  losing.messages = [];
  relay.mend();
  await producer.statsWhen("the producer registers again", ({ registrations }) => registrations >= 2);
  await losing.opened();
  await producer.log(100, 200);
  assertNumbered(await losing.entries(200), 0, 200);
  assertNumbered(await staying.entries(200), 0, 200);

  const came = producer.events.filter(({ event }) => event === "consumer_connected");
  assert.equal(came.filter(({ consumer_id }) => consumer_id === kept).length, 1, "its channel is the same all along");
  assert.equal(came.length, 3);
});
