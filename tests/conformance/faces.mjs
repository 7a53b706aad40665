/**
 * The faces, each with its driver: a program that connects to the server at `LOGRTC_URL` with entries of at most
 * MAX_ENTRY_BYTES, logs the cases that come on standard input by the natural API of its language, writes `logged N`, and
 * closes when standard input ends.
 *
 * A face is one line here, and a driver.
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { program } from "../c/programs.mjs";
import { builtProgram } from "../lib/child.mjs";
import { PYTHON } from "../python/environment.mjs";
import { asFrames, asLines, asTypedFrames } from "./cases.mjs";

/** So few, so that a case of a message that is too long is short. */
export const MAX_ENTRY_BYTES = 2048;

/** @typedef {{name: string, command: () => string[], input: (cases: readonly import("./cases.mjs").Case[]) => string}} Face */

/** @param {string} name */
export const driver = (name) => join(fileURLToPath(new URL("drivers", import.meta.url)), name);

/** @type {Face[]} */
export const faces = [
  {
    name: "rust",
    command: () => [
      builtProgram({ name: "conformance-rust", package: "logrtc-conformance", override: "LOGRTC_CONFORMANCE_RUST" }),
    ],
    input: asLines,
  },
  { name: "node", command: () => [process.execPath, driver("node.mjs")], input: asLines },
  { name: "c", command: () => [program("conformance")], input: asFrames },
  { name: "c-fields", command: () => [program("conformance"), "typed"], input: asTypedFrames },
  { name: "cpp", command: () => [program("conformance_cpp")], input: asTypedFrames },
  { name: "go", command: () => [program("conformance_go")], input: asLines },
  { name: "python", command: () => [PYTHON, driver("python_driver.py")], input: asLines },
];
