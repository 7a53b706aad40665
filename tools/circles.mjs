// Finds circles between the modules of a crate: `node tools/circles.mjs core/src viewer/src`.
//
// Of the modules that have the same parent, none may need another one that needs it, too, whether itself or through what lies
// below it. A child may name its parent, as Rust has it. Tests are left out.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

/** The source without its comments, its strings and its tests. */
function codeOf(file) {
  const source = readFileSync(file, "utf8").replace(/\/\/.*$/gm, "").replace(/"(?:[^"\\]|\\.)*"/gs, '""');
  return source.split(/^#\[cfg\(test\)\]\nmod \w+ \{/m)[0];
}

/** The modules that the code declares, but for those of its tests. */
function childrenOf(code) {
  return [...code.matchAll(/^(#\[cfg\(test\)\]\n)?(?:pub(?:\(\w+\))? )?mod (\w+);/gm)].filter((found) => !found[1]).map((found) => found[2]);
}

/** Every path that begins with `crate` or `super`, as its words; of `crate::{a, b::c}` each one. */
function* pathsIn(code) {
  for (const { index } of code.matchAll(/\b(?:crate|super)::/g)) {
    yield* pathsAt(code, index, []).paths;
  }
}

function pathsAt(code, start, before) {
  let words = before;
  let at = start;
  for (;;) {
    const word = /^\s*(\w+|\*)/.exec(code.slice(at, at + 200));
    if (word !== null) {
      words = [...words, word[1]];
      at += word[0].length;
    } else if (code[at] === "{") {
      return groupAt(code, at + 1, words);
    }
    if (!code.startsWith("::", at)) {
      return { paths: [words], end: at };
    }
    at += 2;
  }
}

function groupAt(code, start, before) {
  const paths = [];
  let at = start;
  while (at < code.length && code[at] !== "}") {
    if (/[\s,]/.test(code[at])) {
      at += 1;
      continue;
    }
    const found = pathsAt(code, at, before);
    paths.push(...found.paths);
    at = Math.max(found.end, at + 1);
    // What follows is at most a new name: `as other`.
    at += /^[^,}]*/.exec(code.slice(at, at + 100))[0].length;
  }
  return { paths, end: at + 1 };
}

/** A crate's modules: for each path, as in `consumer::sdp`, the paths that its file names. */
function modulesOf(root) {
  const modules = new Map();
  const read = (path, file, folder) => {
    const code = codeOf(file);
    modules.set(path.join("::"), [...pathsIn(code)].map((words) => absolute(words, path)));
    for (const child of childrenOf(code)) {
      const inFolder = join(folder, `${child}.rs`);
      if (existsSync(inFolder)) {
        read([...path, child], inFolder, join(folder, child));
      }
    }
  };
  read([], join(root, "lib.rs"), root);
  return modules;
}

function absolute(words, path) {
  const ups = words.findIndex((word) => word !== "super");
  return words[0] === "crate" ? words.slice(1) : [...path.slice(0, path.length - ups), ...words.slice(ups)];
}

/** For each module, the ones beside it that it needs, with a file that does. */
function needsOf(modules) {
  const needs = new Map();
  for (const [from, paths] of modules) {
    const here = from === "" ? [] : from.split("::");
    for (const path of paths) {
      const shared = path.findIndex((word, at) => word !== here[at]);
      const [one, other] = [here, path].map((words) => words.slice(0, shared + 1).join("::"));
      // One that ends at the other's parent is no neighbour.
      if (shared >= 0 && shared < here.length && modules.has(other)) {
        needs.set(one, (needs.get(one) ?? new Map()).set(other, from));
      }
    }
  }
  return needs;
}

/** The shortest way from a module back to itself. */
function circleThrough(start, needs) {
  const ways = [[start]];
  const seen = new Set();
  for (const way of ways) {
    for (const next of needs.get(way.at(-1))?.keys() ?? []) {
      if (next === start) {
        return [...way, start];
      }
      if (!seen.has(next)) {
        seen.add(next);
        ways.push([...way, next]);
      }
    }
  }
  return undefined;
}

let failed = false;
for (const root of process.argv.slice(2)) {
  const needs = needsOf(modulesOf(root));
  const reported = new Set();
  for (const module of needs.keys()) {
    const circle = reported.has(module) ? undefined : circleThrough(module, needs);
    if (circle !== undefined) {
      failed = true;
      for (const member of circle) {
        reported.add(member);
      }
      const steps = circle.slice(1).map((next, at) => `${circle[at]} -> ${next} (in ${needs.get(circle[at]).get(next)})`);
      console.error(`${root}: ${basename(circle[0])} is in a circle:\n  ${steps.join("\n  ")}`);
    }
  }
}
process.exitCode = failed ? 1 : 0;
