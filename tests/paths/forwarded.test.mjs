/** A container, or a host behind a router, of which one port is forwarded. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertNumbered } from "../lib/expected.mjs";
import { Network } from "./network.mjs";
import { produce, serve, tail } from "./setup.mjs";

const PORT = 50_000;

/** Forwards a port to the machine behind a router. @param {ReturnType<Network["behindNat"]>} host @param {"tcp" | "udp"} protocol @param {number} port */
function forward({ router, own }, protocol, port) {
  const rule = ["-i", "internet", "-p", protocol, "--dport", String(port)];
  router.run("iptables", "-t", "nat", "-A", "PREROUTING", ...rule, "-j", "DNAT", "--to", own);
  router.run("iptables", "-I", "FORWARD", ...rule, "-j", "ACCEPT");
}

/** Nothing gets out by itself: no path is found by asking from inside. @param {ReturnType<Network["behindNat"]>} host */
function shutIn({ router }) {
  router.run("iptables", "-A", "FORWARD", "-o", "internet", "-p", "udp", "-m", "conntrack", "--ctstate", "NEW", "-j", "DROP");
}

test("a container with one forwarded port is reached at the address that it announces", async (t) => {
  const network = new Network(t);
  const [host, cloud, reader] = [network.behindNat(1), network.public(), network.public()];
  forward(host, "udp", PORT);
  shutIn(host);
  await serve(t, cloud.machine, `${cloud.address}:8080`, ["--insecure-no-token", "--no-stun"]);
  const url = `ws://${cloud.address}:8080/signaling`;

  const environment = [`LOGRTC_ANNOUNCED_ADDRESS=${host.address}`, `LOGRTC_UDP_PORTS=${PORT}`];
  const producer = await produce(t, host.machine, url, { ice_servers: "server" }, environment);
  await producer.log(0, 100);
  const first = tail(t, reader.machine, url);
  await first.has(100);
  assertNumbered(first.entries, 0, 100);

  // The one port is free again for the next one.
  await first.child.kill("SIGINT");
  const second = tail(t, reader.machine, url);
  await second.has(100);
  assertNumbered(second.entries, 0, 100);
});

test("a server in a container is reached for what it takes over OTLP", async (t) => {
  const network = new Network(t);
  const [host, reader] = [network.behindNat(1), network.public()];
  forward(host, "tcp", 8080);
  forward(host, "udp", PORT);
  shutIn(host);
  const addresses = ["--announced-address", host.address, "--udp-ports", `${PORT}-${PORT}`];
  await serve(t, host.machine, ":8080", ["--insecure-no-token", "--no-stun", "--otlp", ...addresses]);
  const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: "from inside" } }] }] }] });
  const post = `const answer = await fetch("http://127.0.0.1:8080/v1/logs", {
    method: "POST", headers: { "content-type": "application/json" }, body: ${JSON.stringify(body)} });
    process.exit(answer.status === 200 ? 0 : 1);`;
  host.machine.run(process.execPath, "--input-type=module", "--eval", post);
  const page = tail(t, reader.machine, `ws://${host.address}:8080/signaling`);
  await page.has(1);
  assert.equal(page.entries[0].message, "from inside");
});
