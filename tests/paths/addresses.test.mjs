/** What addresses a machine has: IPv6 alone, many of them, and others than a moment ago. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertNumbered } from "../lib/expected.mjs";
import { Network } from "./network.mjs";
import { produce, serve, tail } from "./setup.mjs";

const ARGUMENTS = ["--insecure-no-token", "--no-stun"];
/** A path has a quarter of a minute to open, and this is well below it, on a busy machine too. */
const MAX_OPENING_MS = 8_000;

test("IPv6 alone", async (t) => {
  const network = new Network(t);
  const [program, reader] = [network.machine(), network.machine()];
  program.join(reader, "fd00::1/64", "fd00::2/64");
  for (const machine of [program, reader]) {
    machine.run("ip", "address", "del", "127.0.0.1/8", "dev", "lo");
  }
  await serve(t, program, "[fd00::1]:8080", ARGUMENTS);
  const url = "ws://[fd00::1]:8080/signaling";
  const producer = await produce(t, program, url, { ice_servers: "server" });
  await producer.log(0, 100);
  const { entries, has } = tail(t, reader, url);
  await has(100);
  assertNumbered(entries, 0, 100);
});

/** A machine on the internet whose bridges were there before its network was. @param {Network} network */
function withBridges(network) {
  const machine = network.machine();
  for (let number = 0; number < 20; number++) {
    const name = `br-${number}`;
    machine.run("ip", "link", "add", name, "type", "bridge");
    machine.run("ip", "address", "add", `172.20.${number}.1/24`, "dev", name);
    machine.run("ip", "link", "set", name, "up");
  }
  return { machine, address: network.connect(machine) };
}

test("machines with 20 bridges each reach each other as soon as any", async (t) => {
  const network = new Network(t);
  const [program, reader] = [withBridges(network), withBridges(network)];
  await serve(t, program.machine, `${program.address}:8080`, ARGUMENTS);
  const url = `ws://${program.address}:8080/signaling`;
  const producer = await produce(t, program.machine, url, { ice_servers: "server" });
  await producer.log(0, 100);
  const since = performance.now();
  const { entries, has } = tail(t, reader.machine, url);
  await has(100);
  const tookMs = Math.round(performance.now() - since);
  t.diagnostic(`the first entries are there after ${tookMs} ms`);
  assert.ok(tookMs <= MAX_OPENING_MS, `${tookMs} ms`);
  assertNumbered(entries, 0, 100);
});

test("a machine whose address changes is reached at the new one", async (t) => {
  const network = new Network(t);
  const [cloud, program] = [network.public(), network.public()];
  await serve(t, cloud.machine, `${cloud.address}:8080`, ARGUMENTS);
  const url = `ws://${cloud.address}:8080/signaling`;
  const producer = await produce(t, program.machine, url, { ice_servers: "server", reconnect_interval_ms: 500 });
  await producer.log(0, 100);
  const reader = tail(t, cloud.machine, url);
  await reader.has(100);

  network.connect(program.machine, { instead: true });
  await producer.log(100, 200);
  await reader.has(200);
  assertNumbered(reader.entries, 0, 200);
});
