/** Measures rows, prints them, keeps what was measured, and writes the report of all that is there. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { machine, now } from "./machine.mjs";
import { busyPercent } from "./process.mjs";
import { report, table } from "./report.mjs";

/**
 * ROWS names the rows that are measured, each RUNS times. Returns whether all could be.
 *
 * @param {object} what
 * @param {readonly import("./measurement.mjs").Row[]} what.rows
 * @param {number} what.runs if RUNS does not say how many
 * @param {URL} what.data where measurements are kept, as JSON
 * @param {URL} what.report
 * @param {import("./report.mjs").Head} what.head
 * @param {Record<string, string>} [what.versions] of what is not part of every benchmark
 */
export async function run({ rows, runs: defaultRuns, data, report: path, head, versions = {} }) {
  const runs = Number(process.env.RUNS || defaultRuns);
  const names = process.env.ROWS ? process.env.ROWS.split(",") : rows.map(({ name }) => name);
  const unknown = names.find((name) => !rows.some((row) => row.name === name));
  if (unknown !== undefined) {
    throw new Error(`ROWS: ${unknown} is none of ${rows.map(({ name }) => name).join(", ")}`);
  }
  /** @type {Record<string, import("./report.mjs").Measured>} */
  const measured = existsSync(data) ? JSON.parse(readFileSync(data, "utf8")) : {};
  let isComplete = true;
  for (const row of rows.filter(({ name }) => names.includes(name))) {
    console.log(`\n## ${row.title}`);
    const busy = await busyPercent();
    try {
      const measurements = await row.measure({ runs, say: console.log });
      const own = machine();
      const described = { ...own, versions: { ...own.versions, ...versions } };
      measured[row.name] = { ...now(), machine: described, busyPercent: busy, runs, measurements };
      console.log(table(measurements));
      writeFileSync(data, `${JSON.stringify(measured, undefined, 1)}\n`);
      writeFileSync(path, report(rows, measured, head));
    } catch (error) {
      isComplete = false;
      console.error(`${row.name}:`, error);
    }
  }
  return isComplete;
}
