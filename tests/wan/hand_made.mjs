/** `hand_made.mjs URL`: the peer to measure against, at the other end of a link. Reads lines `log COUNT`. */

import { createInterface } from "node:readline";
import { HandMadeProducer } from "../bench/hand_made_producer.mjs";

const producer = new HandMadeProducer(process.argv[2]);
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => producer.log(Number(line.split(" ")[1])));
lines.on("close", () => process.exit());
