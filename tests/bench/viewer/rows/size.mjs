/** What a browser has to load. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { PAGE } from "../harness/site.mjs";

/** @type {import("../../harness/measurement.mjs").Row} */
export const size = {
  name: "size",
  title: "Size of the page",
  method: "All files of the page, each compressed by gzip as far as it goes.",
  async measure() {
    const files = readdirSync(PAGE).map((name) => readFileSync(join(PAGE, name)));
    const kib = (/** @type {Buffer[]} */ buffers) => buffers.reduce((sum, { length }) => sum + length, 0) / 1_024;
    return [
      {
        what: "compressed",
        unit: "KiB",
        values: [kib(files.map((file) => gzipSync(file, { level: 9 })))],
        goal: { of: "value", atMost: 150 },
      },
      { what: "as it is", unit: "KiB", values: [kib(files)] },
    ];
  },
};
