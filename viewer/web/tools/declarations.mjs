/**
 * `node tools/declarations.mjs FILE`: writes what the consumer library declares into one file. It holds what can be reached from
 * `consumer/index.ts`, and exports what that exports.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const WEB = fileURLToPath(new URL("..", import.meta.url));
const TSC = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));

/** The top-level statements of a declaration file, each behind the comment that belongs to it. */
function statements(text) {
  const found = [];
  let comment = "";
  let lines = [];
  let depth = 0;
  for (const line of text.split("\n")) {
    if (/^ *(\/\*\*| \*)/.test(line)) {
      if (lines.length === 0) {
        // The comment of the file stands before the one of its first statement.
        comment = line.startsWith("/**") ? line : `${comment}\n${line}`;
      } else {
        lines.push(line);
      }
      continue;
    }
    lines.push(line);
    depth += (line.match(/[{([]/g)?.length ?? 0) - (line.match(/[})\]]/g)?.length ?? 0);
    // What may go on behind a brace ends with a semicolon.
    const end = /^export (declare )?(class|interface) /.test(lines[0]) ? "}" : ";";
    if (depth === 0 && line.endsWith(end)) {
      found.push({ comment, code: lines.join("\n") });
      comment = "";
      lines = [];
    }
  }
  if (lines.join("").trim() !== "" || depth !== 0) {
    throw new Error(`not a whole statement: ${lines.join("\n")}`);
  }
  return found;
}

/** A declaration file: what it declares, where its other names come from, and what it exports of others. */
function read(folder, path) {
  const declared = new Map();
  const imported = new Map();
  const passedOn = [];
  for (const { comment, code } of statements(readFileSync(join(folder, path), "utf8"))) {
    const [, keyword, names, from] = /^(import|export)(?: type)? \{(.*)\} from "(.*)";$/.exec(code) ?? [];
    const name = /^export (?:declare )?(?:class|const|function|interface|type) (\w+)/.exec(code)?.[1];
    if (names !== undefined) {
      const isTypes = /^\w+ type /.test(code);
      for (const each of names.split(",").map((one) => one.trim())) {
        const [, type, named] = /^(type )?(\w+)$/.exec(each) ?? [];
        if (named === undefined) {
          throw new Error(`${path}: cannot follow ${code}`);
        }
        imported.set(named, join(dirname(path), `${from}.d.ts`));
        if (keyword === "export") {
          passedOn.push({ name: named, isType: isTypes || type !== undefined });
        }
      }
    } else if (name !== undefined) {
      const text = code.replace(/^export /, "");
      declared.set(name, {
        text: comment === "" ? text : `${comment}\n${text}`,
        code,
        isType: /^(interface|type)/.test(text),
      });
    } else {
      throw new Error(`${path}: cannot read ${code}`);
    }
  }
  return { declared, imported, passedOn };
}

function rollUp(folder) {
  const files = new Map();
  const written = new Map();
  const texts = [];
  const add = (path, name) => {
    if (!files.has(path)) {
      files.set(path, read(folder, path));
    }
    const { declared, imported } = files.get(path);
    const declaration = declared.get(name);
    if (declaration === undefined) {
      if (imported.has(name)) add(imported.get(name), name);
      return;
    }
    if (written.has(name)) {
      if (written.get(name) !== path)
        throw new Error(`${name}: both ${path} and ${written.get(name)} declare it`);
      return;
    }
    written.set(name, path);
    texts.push(declaration.text);
    const code = declaration.code.replace(/\/\*\*.*?\*\//gs, "");
    for (const [word] of code.matchAll(/\b[A-Za-z]\w*/g)) {
      add(path, word);
    }
  };
  const { declared, passedOn } = read(folder, "index.d.ts");
  const exported = [...[...declared].map(([name, { isType }]) => ({ name, isType })), ...passedOn];
  for (const { name } of exported) {
    add("index.d.ts", name);
  }
  const header = /^\/\*\*.*?\*\/\n/s.exec(readFileSync(join(folder, "index.d.ts"), "utf8"))?.[0] ?? "";
  const list = (isType) =>
    exported
      .filter((each) => each.isType === isType)
      .map(({ name }) => name)
      .sort()
      .join(", ");
  return `${header}\n${texts.join("\n\n")}\n\nexport { ${list(false)} };\nexport type { ${list(true)} };\n`;
}

const [out] = process.argv.slice(2);
if (out === undefined) {
  throw new Error("usage: node tools/declarations.mjs FILE");
}
const folder = mkdtempSync(join(tmpdir(), "logrtc-declarations-"));
try {
  execFileSync(process.execPath, [TSC, "--project", join(WEB, "tsconfig.library.json"), "--outDir", folder], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  writeFileSync(out, rollUp(folder));
} finally {
  rmSync(folder, { recursive: true });
}
