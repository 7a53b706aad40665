/** Every family of rows, in the order of the report. */

import { batch } from "./rows/batch.mjs";
import { calls } from "./rows/calls.mjs";
import { batchChromium, chromium } from "./rows/chromium.mjs";
import { fanOut } from "./rows/fan_out.mjs";
import { idle } from "./rows/idle.mjs";
import { latencies } from "./rows/latency.mjs";
import { many } from "./rows/many.mjs";
import { memory } from "./rows/memory.mjs";
import { open } from "./rows/open.mjs";
import { pauses } from "./rows/pauses.mjs";
import { plain } from "./rows/plain.mjs";
import { wan } from "./rows/wan.mjs";
import { wire } from "./rows/wire.mjs";

export const ROWS = [
  plain,
  chromium,
  batch,
  batchChromium,
  wire,
  fanOut,
  idle,
  latencies,
  memory,
  calls,
  pauses,
  open,
  many,
  wan,
];
