/** The environment that `tests/python/run venv` makes, with the package installed. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Everything of these tests that is built and installed. */
export const BUILT = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "python");
/** Another interpreter, with the package installed, may be named. */
export const PYTHON = process.env.LOGRTC_PYTHON ?? join(BUILT, "venv/bin/python");
export const EXAMPLES = join(ROOT, "examples/python");
