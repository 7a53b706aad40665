/** What a log call costs the thread that makes it. */

import { Program } from "../harness/program.mjs";
import { inTurn } from "../harness/delivery.mjs";
import { SignalingServer } from "../harness/server.mjs";
import { builtProgram } from "../../lib/child.mjs";

const CALLS = 2_000_000;

/** @typedef {{wall_ns: number, cpu_ns: number}} Call */

/** @param {string} kind @param {number} threads @param {string} url @returns {Promise<Call>} */
async function call(kind, threads, url) {
  const path = builtProgram({
    name: "logrtc-bench",
    package: "logrtc-bench --features logrtc-bench/program",
    override: "LOGRTC_BENCH",
    profile: "release",
  });
  const program = new Program(path, ["calls", kind, String(threads), String(CALLS), url], () => true);
  const told = await program.told(`${kind} is measured`, (line) => "wall_ns" in line);
  await program.stop();
  return /** @type {any} */ (told);
}

/** @type {import("../harness/measurement.mjs").Row} */
export const calls = {
  name: "calls",
  title: "A log call in Rust",
  method:
    "2 000 000 calls with two fields, into a journal that is full, while nobody is connected. By the clock, times the " +
    "threads that run at once on this machine, so that it is the same where threads do not hinder each other; and " +
    "processor time of all threads of the process. By `perf record -e cpu-clock`, of a call beside another thread a quarter is " +
    "waiting for the journal's lock, and two fifths are the first touch of three cache lines that the other processor wrote " +
    "last: the lock, the head of the ring, the last slot. Two processes at once take no longer than one. The peer is " +
    "`tracing_appender::non_blocking` behind the JSON layer of `tracing-subscriber`, which writes to nowhere.",
  async measure({ runs }) {
    const server = await SignalingServer.start();
    const measured = await inTurn(runs, {
      one: () => call("logrtc", 1, server.url),
      eight: () => call("logrtc", 8, server.url),
      layer: () => call("logrtc-tracing", 1, server.url),
      layerEight: () => call("logrtc-tracing", 8, server.url),
      peer: () => call("tracing-appender", 1, server.url),
      peerEight: () => call("tracing-appender", 8, server.url),
    });
    await server.stop();
    const wall = (/** @type {Call[]} */ all) => all.map(({ wall_ns }) => wall_ns);
    const cpu = (/** @type {Call[]} */ all) => all.map(({ cpu_ns }) => cpu_ns);
    const appender = (/** @type {number[]} */ values) => ({ name: "tracing-appender", values });
    return [
      {
        what: "one thread",
        unit: "ns",
        values: wall(measured.one),
        peer: appender(wall(measured.peer)),
        goal: { of: "ratio", atMost: 0.5 },
      },
      {
        what: "one thread, through tracing",
        unit: "ns",
        values: wall(measured.layer),
        peer: appender(wall(measured.peer)),
      },
      {
        what: "eight threads",
        unit: "ns",
        values: wall(measured.eight),
        peer: appender(wall(measured.peerEight)),
        goal: { of: "ratio", atMost: 0.5 },
      },
      {
        what: "eight threads, through tracing",
        unit: "ns",
        values: wall(measured.layerEight),
        peer: appender(wall(measured.peerEight)),
      },
      {
        what: "eight threads against one, by the clock",
        unit: "ns",
        values: wall(measured.eight),
        peer: { name: "one thread", values: wall(measured.one) },
        goal: { of: "ratio", atMost: 2 },
      },
      {
        what: "eight threads against one, processor time",
        unit: "ns",
        values: cpu(measured.eight),
        peer: { name: "one thread", values: cpu(measured.one) },
        goal: { of: "ratio", atMost: 2 },
      },
      {
        what: "processor time, one thread",
        unit: "ns",
        values: cpu(measured.one),
        peer: appender(cpu(measured.peer)),
      },
    ];
  },
};
