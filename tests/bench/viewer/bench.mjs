/**
 * Measures the log page: the rows that ROWS names, or all of them, each RUNS times (1). Prints them, puts them into
 * docs/benchmarks-viewer.json, and writes docs/benchmarks-viewer.md from all that is there.
 */

import { execFileSync } from "node:child_process";
import { run } from "../harness/run.mjs";
import { ROWS } from "./rows.mjs";

const firefox = execFileSync(process.env.FIREFOX || "firefox-esr", ["--version"], { encoding: "utf8" }).trim().split(" ").at(-1);

const isComplete = await run({
  rows: ROWS,
  runs: 1,
  data: new URL("../../../docs/benchmarks-viewer.json", import.meta.url),
  report: new URL("../../../docs/benchmarks-viewer.md", import.meta.url),
  versions: { Firefox: firefox ?? "" },
  head: {
    title: "Benchmarks of the log page",
    text: `\`make bench-viewer\` writes this page; \`make bench-viewer ROWS=search,worker\` measures some of it again. Each figure is
the median of the runs, with the least and the most of them in parentheses. Browsers are headless and without a GPU;
browser, producer and server share the machine. Entries have 240 bytes as JSON unless a row says otherwise.`,
  },
});
process.exit(isComplete ? 0 : 1);
