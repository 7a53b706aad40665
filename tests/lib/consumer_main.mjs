/** A consumer as a program: `consumer_main.mjs URL` writes `{"open":true}`, and then every message, line by line. */

import { DataChannelConsumer } from "./data_channel_consumer.mjs";

/** @param {unknown} line */
const say = (line) => process.stdout.write(`${line}\n`);

new DataChannelConsumer(process.argv[2], { onOpen: () => say('{"open":true}'), onMessage: say });
