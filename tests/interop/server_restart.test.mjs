import assert from "node:assert/strict";
import { test } from "node:test";
import { assertNumbered } from "../lib/expected.mjs";
import { StrictServer } from "../lib/strict_server.mjs";
import { join, startProducer } from "./setup.mjs";

test("the logs flow on while the server is away, and consumers come again when it is back", async (t) => {
  const { server, producer } = await startProducer(t);
  const consumer = join(t, server);
  await consumer.opened();
  await producer.log(0, 300);
  const { port } = server;
  await server.stop();
  await producer.statsWhen("the producer notices", ({ state }) => state !== "Registered");
  await producer.log(300, 600);
  assertNumbered(await consumer.entries(600), 0, 600);

  const restarted = await StrictServer.start({ port });
  t.after(() => restarted.stop());
  await producer.statsWhen("the producer registers again", ({ registrations }) => registrations === 2);
  const second = join(t, restarted);
  await producer.log(600, 1_000);
  assertNumbered(await second.entries(1_000), 0, 1_000);
  assertNumbered(await consumer.entries(1_000), 0, 1_000);
  assert.equal((await producer.stats()).consumers.length, 2);
});
