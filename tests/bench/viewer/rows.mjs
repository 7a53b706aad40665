/** Every family of rows, in the order of the report. */

import { answers } from "./rows/answers.mjs";
import { blank } from "./rows/blank.mjs";
import { hold, large } from "./rows/hold.mjs";
import { rate } from "./rows/rate.mjs";
import { search } from "./rows/search.mjs";
import { size } from "./rows/size.mjs";
import { worker } from "./rows/worker.mjs";

export const ROWS = [rate, answers, blank, worker, hold, large, search, size];
