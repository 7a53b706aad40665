/**
 * Measures the rows that ROWS names, or all of them: `ROWS=plain,batch node bench.mjs`, each RUNS times (5). Prints them,
 * puts them into docs/benchmarks.json, and writes docs/benchmarks.md from all that is there.
 */

import { run } from "./harness/run.mjs";
import { ROWS } from "./rows.mjs";

const isComplete = await run({
  rows: ROWS,
  runs: 5,
  data: new URL("../../docs/benchmarks.json", import.meta.url),
  report: new URL("../../docs/benchmarks.md", import.meta.url),
  head: {
    title: "Benchmarks",
    text: `\`make bench\` writes this page; \`make bench ROWS=plain,batch\` measures some of it again. Each figure is the median of
several runs, with the least and the most of them in parentheses. A peer is measured in the same run, in turn with
logrtc, on the same machine; the ratio is logrtc to the peer, run by run. *By hand* is a producer on node-datachannel
(libdatachannel), as one would write it without logrtc. Entries have 240 bytes as JSON unless a row says otherwise.`,
  },
});
process.exit(isComplete ? 0 : 1);
