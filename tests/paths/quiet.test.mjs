/** Who says nothing to anybody outside. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../lib/deadline.mjs";
import { Network } from "./network.mjs";
import { produce, serve, tail } from "./setup.mjs";

test("with --no-stun, a program without a wish of its own, and tail, say nothing to anybody outside", async (t) => {
  const { machine } = new Network(t).public();
  const packets = machine.countOutside();
  const quiet = await serve(t, machine, "127.0.0.1:8080", ["--no-stun"]);
  const producer = await produce(t, machine, "ws://127.0.0.1:8080/signaling", { ice_servers: "server" });
  await producer.log(0, 100);
  await tail(t, machine, "ws://127.0.0.1:8080/signaling").has(100);
  assert.equal(packets(), 0);
  await quiet.child.kill("SIGINT");

  // By default both of them ask for the name of the STUN server.
  await serve(t, machine, "127.0.0.1:8081");
  const asking = await produce(t, machine, "ws://127.0.0.1:8081/signaling", { ice_servers: "server" });
  await eventually("the program asks for a name", () => packets() > 0);
  await asking.stop();

  // One that is to have none asks for none, whatever the server says.
  const before = packets();
  const silent = await produce(t, machine, "ws://127.0.0.1:8081/signaling", {});
  await silent.log(0, 100);
  await tail(t, machine, "ws://127.0.0.1:8081/signaling", ["--no-stun"]).has(100);
  assert.equal(packets(), before);
});
