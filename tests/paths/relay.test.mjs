/** Two private networks, with real address translation and a real coturn between them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { assertNumbered } from "../lib/expected.mjs";
import { Network } from "./network.mjs";
import { produce, serve, tail, turn } from "./setup.mjs";

test("through two NATs, by the TURN server that the signaling server names", async (t) => {
  const network = new Network(t);
  const [office, home, cloud] = [network.behindNat(1), network.behindNat(2), network.public()];
  const coturn = await turn(t, cloud.machine, cloud.address);
  // A password holds for so long: those of the first readers have ended when the last one comes.
  const lifetimeSeconds = 4;
  const more = ["--turn", coturn.url, "--turn-secret-file", coturn.secretFile, "--turn-lifetime", String(lifetimeSeconds)];
  await serve(t, cloud.machine, `${cloud.address}:8080`, ["--insecure-no-token", ...more]);
  const url = `ws://${cloud.address}:8080/signaling`;

  await t.test("relayed on both sides, and no address of a private network is told", async (t) => {
    const producer = await produce(t, office.machine, url, { ice_servers: "server", relay_only: true });
    const since = Date.now();
    await producer.log(0, 100);
    const first = tail(t, home.machine, url, ["--relay-only"]);
    await first.has(100);
    assertNumbered(first.entries, 0, 100);
    assert.ok(coturn.log.some((line) => line.includes("ALLOCATE processed, success")), coturn.log.join("\n"));

    // A reader has the relay let in whom it has been told of.
    assert.deepEqual(coturn.log.filter((line) => line.includes("peer 10.0.")), []);

    await sleep(Math.max(0, since + (lifetimeSeconds + 1) * 1_000 - Date.now()));
    const late = tail(t, home.machine, url, ["--relay-only"]);
    await late.has(100);
    await producer.log(100, 200);
    await Promise.all([first.has(200), late.has(200)]);
    assertNumbered(first.entries, 0, 200);
  });

  await t.test("without a relay, by the addresses that STUN tells", async (t) => {
    const producer = await produce(t, office.machine, url, { ice_servers: "server" });
    await producer.log(0, 100);
    const reader = tail(t, home.machine, url);
    await reader.has(100);
    assertNumbered(reader.entries, 0, 100);
  });
});
