/** A container, or a host behind a router, of which one port is forwarded. */

import { test } from "node:test";
import { assertNumbered } from "../lib/expected.mjs";
import { Network } from "./network.mjs";
import { produce, serve, tail } from "./setup.mjs";

const PORT = 50_000;

test("a container with one forwarded port is reached at the address that it announces", async (t) => {
  const network = new Network(t);
  const [host, cloud, reader] = [network.behindNat(1), network.public(), network.public()];
  const { router: outside, own } = host;
  outside.run("iptables", "-t", "nat", "-A", "PREROUTING", "-i", "internet", "-p", "udp", "--dport", String(PORT), "-j", "DNAT", "--to", own);
  outside.run("iptables", "-I", "FORWARD", "-i", "internet", "-p", "udp", "--dport", String(PORT), "-j", "ACCEPT");
  // Of the container nothing gets out but to the signaling server: no path is found by asking from inside.
  outside.run("iptables", "-A", "FORWARD", "-o", "internet", "-p", "udp", "-m", "conntrack", "--ctstate", "NEW", "-j", "DROP");
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
