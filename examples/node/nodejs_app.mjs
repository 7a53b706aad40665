/** The Node.js example of the protocol: a program that logs to every browser that comes. */

import { connect } from "logrtc";

const producer = connect({ clientId: "nodejs_app", systemName: "Node.js Application", version: "1.0.0" });
producer.info("nodejs_app.main", "Node.js应用程序启动");

// The program's own work; its log is in the browser as long as it runs.
const work = setInterval(() => {}, 60_000);
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => clearInterval(work));
}
