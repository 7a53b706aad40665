/**
 * `node tools/pack.mjs COMPILED FOLDER`: packs the compiled file as the package of this platform, and the package `logrtc`
 * that wants it and those of other platforms that are in the folder already. Installed together, they are complete.
 */

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const LICENSE = join(PACKAGE, "../LICENSE");

/** Every platform that there can be a package for. Each is packed on a machine of its own. */
const PLATFORMS = [
  { os: "linux", cpu: "x64", libc: "glibc", suffix: "gnu" },
  { os: "linux", cpu: "x64", libc: "musl", suffix: "musl" },
  { os: "linux", cpu: "arm64", libc: "glibc", suffix: "gnu" },
  { os: "linux", cpu: "arm64", libc: "musl", suffix: "musl" },
  { os: "darwin", cpu: "x64" },
  { os: "darwin", cpu: "arm64" },
  { os: "win32", cpu: "x64", suffix: "msvc" },
  { os: "win32", cpu: "arm64", suffix: "msvc" },
];

/** The name of the platform's package. */
const nameOf = ({ os, cpu, suffix }) => `@logrtc/${[os, cpu, suffix].filter(Boolean).join("-")}`;

/** What npm calls the packed file. */
const fileOf = (name, version) => `${name.slice(1).replace("/", "-")}-${version}.tgz`;

function thisPlatform() {
  const isGlibc = process.report.getReport().header.glibcVersionRuntime !== undefined;
  const libc = process.platform === "linux" ? (isGlibc ? "glibc" : "musl") : undefined;
  const platform = PLATFORMS.find(
    ({ os, cpu, libc: its }) => os === process.platform && cpu === process.arch && its === libc,
  );
  if (platform === undefined) {
    throw new Error(`there is no package for ${process.platform} ${process.arch} ${libc ?? ""}`);
  }
  return platform;
}

function pack(folder, manifest, out) {
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  cpSync(LICENSE, join(folder, "LICENSE"));
  const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", out], {
    cwd: folder,
    encoding: "utf8",
  });
  console.log(join(out, packed.trim()));
}

const [compiled, out] = process.argv.slice(2).map((path) => resolve(path));
if (out === undefined) {
  throw new Error("usage: node tools/pack.mjs COMPILED FOLDER");
}
mkdirSync(out, { recursive: true });
const staging = mkdtempSync(join(tmpdir(), "logrtc-pack-"));
try {
  const { devDependencies, scripts, ...manifest } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8"));
  const { version, keywords, author, license, engines, publishConfig } = manifest;

  const { os, cpu, libc, suffix } = thisPlatform();
  const native = join(staging, "native");
  mkdirSync(native);
  cpSync(compiled, join(native, "logrtc.node"));
  const name = nameOf({ os, cpu, suffix });
  writeFileSync(
    join(native, "README.md"),
    `# ${name}\n\nThe compiled half of [logrtc](https://www.npmjs.com/package/logrtc). Install that.\n`,
  );
  const description = `The compiled half of logrtc, for ${[os, cpu, libc].filter(Boolean).join(" ")}`;
  const only = { os: [os], cpu: [cpu], ...(libc && { libc: [libc] }) };
  pack(
    native,
    {
      ...{ name, version, description, keywords, author, license, engines },
      ...{ main: "logrtc.node", files: ["logrtc.node"], ...only, publishConfig },
    },
    out,
  );

  const main = join(staging, "main");
  mkdirSync(main);
  for (const file of [...manifest.files, "README.md"]) {
    cpSync(join(PACKAGE, file), join(main, file), { recursive: true });
  }
  // What was not packed does not exist, and must not be asked for.
  const names = PLATFORMS.map(nameOf).filter((each) => existsSync(join(out, fileOf(each, version))));
  const optionalDependencies = Object.fromEntries(names.map((each) => [each, version]));
  pack(main, { ...manifest, optionalDependencies }, out);
} finally {
  rmSync(staging, { recursive: true });
}
