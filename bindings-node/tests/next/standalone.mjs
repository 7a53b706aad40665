/**
 * What Next.js builds with `output: "standalone"` runs in a folder of its own, and finds the compiled file there.
 *
 * Downloads Next.js, and is therefore run by `make test-next` alone.
 */

import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Child } from "../../../tests/lib/child.mjs";
import { DataChannelConsumer, cleanup } from "../../../tests/lib/data_channel_consumer.mjs";
import { eventually } from "../../../tests/lib/deadline.mjs";
import { StrictServer } from "../../../tests/lib/strict_server.mjs";
import { PackedProject } from "../lib/packed_project.mjs";

const FILES = {
  // As the README has it.
  "next.config.mjs": `export default { output: "standalone", serverExternalPackages: ["logrtc"] };`,
  "app/layout.js": `export default ({ children }) => <html lang="en"><body>{children}</body></html>;`,
  "app/page.js": `export default () => <p>shop</p>;`,
  "app/cart/route.js": `
import { connect } from "logrtc";

const producer = (globalThis.producer ??= connect({ clientId: "shop", iceServers: [] }));

export const dynamic = "force-dynamic";

export function GET() {
  producer.info("shop.cart", "opened", { items: 2 });
  return Response.json({ items: 2 });
}
`,
};

/** @type {PackedProject} */
let packed;

before(() => {
  packed = new PackedProject();
  const { dependencies } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
  packed.run("npm", ["install", "--no-audit", "--no-fund", ...Object.entries(dependencies).map((each) => each.join("@"))]);
  packed.install();
  for (const [name, text] of Object.entries(FILES)) {
    const file = join(packed.project, name);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, text);
  }
  packed.run("env", ["-u", "LOGRTC_NATIVE", "LOGRTC_DISABLED=1", "NEXT_TELEMETRY_DISABLED=1", "npx", "next", "build"]);
});
after(() => {
  packed?.remove();
  cleanup();
});

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const taken = createServer().listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (taken.address());
      taken.close(() => resolve(port));
    });
  });
}

test("a standalone build runs without the project", async (t) => {
  const folder = join(packed.folder, "elsewhere");
  cpSync(join(packed.project, ".next/standalone"), folder, { recursive: true, verbatimSymlinks: true });
  rmSync(packed.project, { recursive: true });
  const server = await StrictServer.start();
  t.after(() => server.stop());
  const port = await freePort();
  const env = ["-u", "LOGRTC_NATIVE", `LOGRTC_URL=${server.url}`, "HOSTNAME=127.0.0.1", `PORT=${port}`];
  const program = new Child("env", [...env, process.execPath, join(folder, "server.js")], () => {});
  t.after(() => program.kill());
  const get = () => fetch(`http://127.0.0.1:${port}/cart`).then((response) => response.ok, () => false);
  await Promise.race([eventually("it answers", get), program.endedEarly()]);
  const consumer = new DataChannelConsumer(server.url);
  t.after(() => consumer.leave());
  const [{ timestamp, ...logged }] = await Promise.race([consumer.entries(1), program.endedEarly()]);
  assert.deepEqual(logged, { level: "INFO", target: "shop.cart", message: "opened", fields: { items: 2 } });
});
