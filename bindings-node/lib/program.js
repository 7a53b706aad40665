"use strict";

const { readFileSync, statSync } = require("node:fs");
const { basename, dirname, join, resolve } = require("node:path");
const { isMainThread } = require("node:worker_threads");
const native = require("./native");

/** Files whose own name says nothing of the program: the package or the folder does. */
const COMMON_NAMES = new Set(["index", "main", "server", "app"]);

/** Folders that say as little. */
const COMMON_FOLDERS = new Set(["src", "lib", "dist", "build", "out", "bin"]);

let known;

/** The name of the program, by which a producer registers if nothing else names it. */
function programName() {
  known ??= nameOf(mainFile()) || "node";
  return known;
}

/** The path of the file that the process runs; undefined in the REPL, and for a script without a file. */
function mainFile() {
  if (process.execArgv.some((argument) => /^(-[ep]|-pe|--eval|--print)(=|$)/.test(argument))) {
    return undefined;
  }
  // In a worker, process.argv[1] is the file of the worker: with pino, one of its own.
  const file = isMainThread ? process.argv[1] : native.processArguments()[1 + process.execArgv.length];
  // `node - ARGUMENT` reads the standard input.
  return file === undefined || file.startsWith("-") ? undefined : resolve(file);
}

function nameOf(file) {
  if (file === undefined) {
    return undefined;
  }
  const name = basename(file).replace(/\.[cm]?[jt]sx?$/, "");
  // `node FOLDER` runs the main file of a folder.
  if (isFolder(file)) {
    return packageName(file) || folderName(file);
  }
  if (!COMMON_NAMES.has(name) && !COMMON_FOLDERS.has(name)) {
    return name;
  }
  return packageName(dirname(file)) || folderName(dirname(file)) || name;
}

function isFolder(path) {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The name in the closest `package.json` of `folder` or above it, without its scope. */
function packageName(folder) {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (typeof name === "string") {
      return name.replace(/^@[^/]*\//, "");
    }
  } catch {
    // There is none, or none that can be read.
  }
  return dirname(folder) === folder ? undefined : packageName(dirname(folder));
}

function folderName(folder) {
  return COMMON_FOLDERS.has(basename(folder)) ? folderName(dirname(folder)) : basename(folder);
}

module.exports = { programName };
