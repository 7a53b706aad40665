/** `node tools/place.mjs PROFILE FILE`: copies what cargo compiled to where Node.js loads it from. */

import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const NAMES = { darwin: "liblogrtc_node.dylib", win32: "logrtc_node.dll" };

const [profile, file] = process.argv.slice(2);
const target = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL("../../target", import.meta.url));
mkdirSync(dirname(resolve(file)), { recursive: true });
// What a running process has loaded must not change under it.
rmSync(file, { force: true });
copyFileSync(join(target, profile, NAMES[process.platform] ?? "liblogrtc_node.so"), file);
