"use strict";

/** Loads the compiled half: of a checkout, or from the package for this platform. There is no install script. */

const { existsSync } = require("node:fs");
const { createRequire } = require("node:module");
const { join, resolve } = require("node:path");

/** The compiled file of a checkout; who builds it names another one by LOGRTC_NATIVE. A bundle may have no `__dirname`. */
const BUILT = typeof __dirname === "string" ? join(__dirname, "../logrtc.node") : "";

/**
 * The package for each platform that there is one for. Each `require` names its package as a literal, and in a `try`: tools that
 * trace or bundle a program then find the one that is installed, and know that the others need not be.
 */
function fromPackage(platform) {
  try {
    switch (platform) {
      case "linux-x64-gnu":
        return require("@logrtc/linux-x64-gnu");
      case "linux-x64-musl":
        return require("@logrtc/linux-x64-musl");
      case "linux-arm64-gnu":
        return require("@logrtc/linux-arm64-gnu");
      case "linux-arm64-musl":
        return require("@logrtc/linux-arm64-musl");
      case "darwin-x64":
        return require("@logrtc/darwin-x64");
      case "darwin-arm64":
        return require("@logrtc/darwin-arm64");
      case "win32-x64-msvc":
        return require("@logrtc/win32-x64-msvc");
      case "win32-arm64-msvc":
        return require("@logrtc/win32-arm64-msvc");
      default:
        return new Error(`there is no package for ${platform}`);
    }
  } catch (error) {
    return error;
  }
}

/** The names of this platform. Only the package that fits is installed, if npm knows the C library. */
function platforms() {
  const name = `${process.platform}-${process.arch}`;
  if (process.platform === "linux") {
    return [`${name}-gnu`, `${name}-musl`];
  }
  return [process.platform === "win32" ? `${name}-msvc` : name];
}

/**
 * The exports of a compiled file, which no bundler looks for. A sandbox of Jest gets those of the process: with a `dlopen` of its
 * own, the file would keep it in memory.
 */
function fromFile(file) {
  const path = resolve(file);
  return createRequire(path)(path);
}

function load() {
  const { LOGRTC_NATIVE: named } = process.env;
  if (named || existsSync(BUILT)) {
    return fromFile(named || BUILT);
  }
  const problems = [];
  for (const platform of platforms()) {
    const loaded = fromPackage(platform);
    if (!(loaded instanceof Error)) {
      return loaded;
    }
    problems.push(`  @logrtc/${platform}: ${String(loaded.message).split("\n")[0]}`);
  }
  throw new Error(
    `logrtc has no compiled file for ${process.platform} ${process.arch}:\n${problems.join("\n")}\n` +
      "It comes as an optional dependency: install without --omit=optional. If there is a package-lock.json of another " +
      "platform, remove it and node_modules, and install again.",
  );
}

module.exports = load();
