/** The programs that `tests/c/run` builds. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Where everything of these tests is built and installed. */
export const BUILT = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "c");
export const EXAMPLES = join(ROOT, "examples");
export const GO_PACKAGE = join(ROOT, "bindings-go");

/** @param {string} name */
export function program(name) {
  const path = join(BUILT, name);
  if (!existsSync(path)) {
    throw new Error(`${path} is not there: \`make test-c\` builds it`);
  }
  return path;
}
