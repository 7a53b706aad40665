"use strict";

/** Loads the compiled half: of a checkout, or from the package for this platform. There is no install script. */

/** The names that the platform's package may have. Only the one that fits is installed, where npm knows the C library. */
function packages() {
  const name = `@logrtc/${process.platform}-${process.arch}`;
  if (process.platform === "linux") {
    return [`${name}-gnu`, `${name}-musl`];
  }
  return [process.platform === "win32" ? `${name}-msvc` : name];
}

function load() {
  const problems = [];
  // LOGRTC_NATIVE is for who builds it: the path of a compiled file.
  const built = process.env.LOGRTC_NATIVE;
  for (const candidate of built ? [built] : ["../logrtc.node", ...packages()]) {
    try {
      return require(candidate);
    } catch (error) {
      if (candidate !== "../logrtc.node" || error.code !== "MODULE_NOT_FOUND") {
        problems.push(`  ${candidate}: ${String(error.message).split("\n")[0]}`);
      }
    }
  }
  throw new Error(
    `logrtc has no compiled file for ${process.platform} ${process.arch}:\n${problems.join("\n")}\n` +
      "It comes as an optional dependency: install without --omit=optional, and where a package-lock.json of another " +
      "platform is in the way, remove it and node_modules, and install again.",
  );
}

module.exports = load();
