/** Who says nothing to anybody outside of the machine. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../lib/deadline.mjs";
import { Network } from "./network.mjs";
import { produce, serve, tail } from "./setup.mjs";

/** What leaves the machine, and every question to a name server, wherever that is. */
const RULES = [
  ["-o", "internet"],
  ["-p", "udp", "--dport", "53"],
];

/** @param {import("./network.mjs").Machine} machine */
function count(machine) {
  for (const rule of RULES) {
    machine.run("iptables", "-A", "OUTPUT", ...rule);
  }
  return () => {
    const lines = machine.run("iptables", "-nvxL", "OUTPUT").trim().split("\n").slice(-RULES.length);
    return lines.reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[0]), 0);
  };
}

test("with --no-stun, a program without a wish of its own and tail say nothing to anybody outside", async (t) => {
  const { machine } = new Network(t).public();
  const packets = count(machine);
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
