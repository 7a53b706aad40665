/** A small service that logs with pino, and shows its log in every browser that comes. */

import pino from "pino";
import { stream } from "logrtc/pino";

const log = pino(
  { name: "pino_app" },
  stream({ clientId: "pino_app", systemName: "pino Application", version: "1.0.0" }),
);
log.info("应用程序启动");

const orders = log.child({ module: "pino_app.orders" });
orders.warn({ order: 1001, duration_ms: 812 }, "slow query");
try {
  JSON.parse("not JSON");
} catch (error) {
  orders.error(error);
}

// The program's own work; its log is in the browser as long as it runs.
const work = setInterval(() => {}, 60_000);
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => clearInterval(work));
}
