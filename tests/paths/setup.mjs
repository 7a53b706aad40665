/** The programs of a test of paths: a server, a producer, a reader, a TURN server, each on a machine. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Child, builtProgram } from "../lib/child.mjs";
import { eventually, within } from "../lib/deadline.mjs";
import { Producer } from "../lib/producer.mjs";

/**
 * @typedef {import("node:test").TestContext} TestContext
 * @typedef {import("./network.mjs").Machine} Machine
 */

export const SECRET = "a secret of two servers";

/** The page that says how to do it. */
const DOCS = fileURLToPath(new URL("../../docs/server.md", import.meta.url));

/** @param {TestContext} t @param {Machine} machine @param {string} command @param {string[]} args @param {(line: string) => void} onLine */
function start(t, machine, command, args, onLine = () => {}) {
  const [first, ...rest] = [...machine.inside, command, ...args];
  const child = new Child(first, rest, onLine);
  t.after(() => child.kill());
  return child;
}

const logrtc = () => builtProgram({ name: "logrtc", package: "logrtc-viewer", override: "LOGRTC_SERVER" });

/** A folder that goes with the test. @param {TestContext} t */
export function folder(t) {
  const path = mkdtempSync(join(tmpdir(), "logrtc-paths-"));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

/**
 * `logrtc serve` on a machine: what it prints first, the link of its page.
 *
 * @param {TestContext} t
 * @param {Machine} machine
 * @param {string} listen
 * @param {string[]} [more] arguments
 */
export async function serve(t, machine, listen, more = []) {
  /** @type {string[]} */
  const lines = [];
  const child = start(t, machine, logrtc(), ["serve", "--listen", listen, ...more], (line) => lines.push(line));
  const link = await within("logrtc serve prints its link", Promise.race([eventually("a line", () => lines[0]), child.endedEarly()]));
  return { link, child };
}

/**
 * A producer on a machine, which has registered.
 *
 * @param {TestContext} t
 * @param {Machine} machine
 * @param {string} url
 * @param {Record<string, any>} options
 * @param {string[]} [environment] variables, as `NAME=value`
 */
export async function produce(t, machine, url, options, environment = []) {
  const through = [...machine.inside, "env", ...environment];
  const producer = new Producer(url, { through, options });
  t.after(() => producer.stop());
  await producer.registered();
  return producer;
}

/**
 * `logrtc tail` on a machine.
 *
 * @param {TestContext} t
 * @param {Machine} machine
 * @param {string} url
 * @param {string[]} [more] arguments
 */
export function tail(t, machine, url, more = []) {
  /** @type {any[]} */
  const entries = [];
  const child = start(t, machine, logrtc(), ["tail", "--json", url, ...more], (line) => entries.push(JSON.parse(line)));
  return {
    child,
    entries,
    /** Waits for this many. @param {number} count */
    async has(count) {
      await eventually(`${count} entries arrive`, () => entries.length >= count).catch((error) => {
        throw new Error(`${error.message}; ${entries.length} have: ${child.complaints.join("; ")}`);
      });
    },
  };
}

/**
 * A coturn on a machine, as docs/server.md configures it.
 *
 * @param {TestContext} t
 * @param {Machine} machine
 * @param {string} address
 */
export async function turn(t, machine, address) {
  const block = readFileSync(DOCS, "utf8").match(/```turnserver\.conf\n([^`]*)```/)?.[1];
  if (block === undefined) {
    throw new Error("docs/server.md has no block of turnserver.conf");
  }
  const place = folder(t);
  const configured = block.replace(/^static-auth-secret=.*$/m, `static-auth-secret=${SECRET}`);
  const file = join(place, "turnserver.conf");
  writeFileSync(file, configured);
  writeFileSync(join(place, "secret"), `${SECRET}\n`);
  // What a machine has by itself: where it is, and a place to write to.
  const here = ["-L", address, "--no-cli", "--pidfile", join(place, "pid"), "--userdb", join(place, "db"), "--log-file", "stdout"];
  /** @type {string[]} */
  const log = [];
  start(t, machine, "turnserver", ["-c", file, ...here, "-v"], (line) => log.push(line));
  const listens = () => machine.run("ss", "-Hlun", "sport = :3478").includes(`${address}:3478`);
  await eventually("the TURN server listens", listens);
  return { log, secretFile: join(place, "secret"), url: `turn:${address}` };
}
