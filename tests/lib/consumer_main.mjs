/**
 * A consumer as a program. `consumer_main.mjs URL` writes `{"open":true}`, and then every message, line by line.
 * `consumer_main.mjs URL all` writes `{"first":PRODUCER}` when the first entry of a producer comes.
 * `consumer_main.mjs URL entries` writes `{"open":true}` when it is registered, and then `{"producer":PRODUCER,"entry":ENTRY}` for every entry of every producer.
 */

import { ConsumerOfAll } from "./consumer_of_all.mjs";
import { DataChannelConsumer } from "./data_channel_consumer.mjs";

/** @param {unknown} line */
const say = (line) => process.stdout.write(`${line}\n`);

const [url, which] = process.argv.slice(2);
if (which === "all") {
  new ConsumerOfAll(url, (first) => say(JSON.stringify({ first })));
} else if (which === "entries") {
  new ConsumerOfAll(
    url,
    () => {},
    (producer, entry) => say(JSON.stringify({ producer, entry })),
    () => say('{"open":true}'),
  );
} else {
  new DataChannelConsumer(url, { onOpen: () => say('{"open":true}'), onMessage: say });
}
