/**
 * Measures the rows that ROWS names, or all of them: `ROWS=plain,batch node bench.mjs`, each RUNS times (5). Prints them,
 * puts them into docs/benchmarks.json, and writes docs/benchmarks.md from all that is there.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { machine, now } from "./harness/machine.mjs";
import { busyPercent } from "./harness/process.mjs";
import { report, table } from "./harness/report.mjs";
import { ROWS } from "./rows.mjs";

const DATA = new URL("../../docs/benchmarks.json", import.meta.url);
const REPORT = new URL("../../docs/benchmarks.md", import.meta.url);

const runs = Number(process.env.RUNS || 5);
const names = process.env.ROWS ? process.env.ROWS.split(",") : ROWS.map(({ name }) => name);
const unknown = names.find((name) => !ROWS.some((row) => row.name === name));
if (unknown !== undefined) {
  throw new Error(`ROWS: ${unknown} is none of ${ROWS.map(({ name }) => name).join(", ")}`);
}

/** @type {Record<string, import("./harness/report.mjs").Measured>} */
const measured = JSON.parse(readFileSync(DATA, "utf8"));
let hasFailed = false;

for (const row of ROWS.filter(({ name }) => names.includes(name))) {
  console.log(`\n## ${row.title}`);
  const busy = await busyPercent();
  try {
    const measurements = await row.measure({ runs, say: console.log });
    measured[row.name] = { ...now(), machine: machine(), busyPercent: busy, runs, measurements };
    console.log(table(measurements));
    writeFileSync(DATA, `${JSON.stringify(measured, undefined, 1)}\n`);
    writeFileSync(REPORT, report(ROWS, measured));
  } catch (error) {
    hasFailed = true;
    console.error(`${row.name}:`, error);
  }
}
process.exit(hasFailed ? 1 : 0);
