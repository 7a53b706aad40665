/** A folder that knows nothing of the repository, with the packed packages in it. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));

export class PackedProject {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "logrtc-package-")));
  /** The packed packages. */
  packed = join(this.folder, "packed");
  /** Has them in its `node_modules`, once they are installed. */
  project = join(this.folder, "project");
  /** Nothing that was ever downloaded, and nothing that is. @type {string[]} */
  npmOptions = ["--offline", "--cache", join(this.folder, "cache"), "--no-audit", "--no-fund"];

  /** Packs what was built, and begins an empty project. */
  constructor() {
    this.run(process.execPath, [join(PACKAGE, "tools/pack.mjs"), join(PACKAGE, "logrtc.node"), this.packed], PACKAGE);
    mkdirSync(this.project);
    writeFileSync(join(this.project, "package.json"), '{"private": true}');
  }

  install() {
    const files = readdirSync(this.packed).map((file) => join(this.packed, file));
    assert.equal(files.length, 2);
    this.run("npm", ["install", "--no-save", "--ignore-scripts", ...this.npmOptions, ...files]);
  }

  /** Runs a command to its end, and returns what it writes. @param {string} command @param {string[]} args @param {string} [cwd] */
  run(command, args, cwd = this.project) {
    return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  remove() {
    rmSync(this.folder, { recursive: true });
  }
}
