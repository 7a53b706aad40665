import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Server } from "./lib/server.mjs";
import { ConsumerOfAll } from "./lib/consumer_of_all.mjs";
const bin = process.argv[2], runs = Number(process.argv[3]);
const server = await Server.start();
const seen = new Map();
const c = new ConsumerOfAll(server.signalingUrl, (p) => seen.get(p)?.());
let next = 0, lost = 0, bad = 0, closeMs = [];
const until = Date.now() + 170_000;
async function one() {
  for (let i = next++; i < runs && Date.now() < until; i = next++) {
    const id = `p${i}`;
    const s = new Promise((r) => seen.set(id, r));
    const p = spawn("nice", ["-n", "-15", bin, server.signalingUrl, id], { stdio: ["pipe", "pipe", "inherit"] });
    let took = 0;
    createInterface({ input: p.stdout }).on("line", (l) => { const m = JSON.parse(l); if ("took_ms" in m) took = m.took_ms; });
    p.stdin.write("log 0 1\n");
    await s;
    p.stdin.write("log 1 1000\nclose 15000\n"); p.stdin.end();
    await new Promise((r) => p.on("close", r));
    closeMs.push(took);
    let n = 0;
    for (let k = 0; k < 60 && (n = c.entries.get(id).length) < 1000; k++) await new Promise((r) => setTimeout(r, 50));
    if (n < 1000) { bad++; lost += 1000 - n; console.log(id, n, "close took", took); }
  }
}
await Promise.all([one(), one(), one()]);
closeMs.sort((a, b) => a - b);
console.log({ runs: closeMs.length, bad, lost, closeMedian: closeMs[closeMs.length >> 1], max: closeMs.at(-1) });
process.kill(server.child.child?.pid ?? 0, "SIGTERM");
process.exit(0);
