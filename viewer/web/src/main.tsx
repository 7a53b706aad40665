/** The log page: receives, holds, shows. */

import "./style/tokens.css";
import { render } from "preact";
import { connect } from "../consumer";
import { App } from "./app";
import { type ConsoleApi, makeConsoleApi } from "./console";
import { carryOut } from "./effects";
import { pick } from "./language";
import { makeModel } from "./model";
import { keepPlace, loadPlace } from "./place";
import { loadSettings } from "./storage";
import { startStore } from "./store/client";
import { followToken, loadToken } from "./token/keep";
import { readView, signalingUrl, wantedProducer } from "./url";

declare global {
  var logrtc: ConsoleApi;
}

const text = pick({
  en: {
    noAddress: "?signaling= has no address that a browser can connect to, as wss://logs.example/signaling.",
  },
  zh: { noAddress: "?signaling= 不是浏览器可连接的地址，例如 wss://logs.example/signaling。" },
});

const page = location.href;
const place = loadPlace();
const store = startStore();
const producer = wantedProducer(page);
const named = signalingUrl(page);
const url = named ?? signalingUrl(new URL(".", page).href) ?? "";
const token = loadToken(url);
const consumer = connect({
  url,
  readers: store.readers((session) => place.take(session)),
  ...(producer === undefined ? {} : { producer }),
  ...(token === undefined ? {} : { token }),
});
followToken(url, consumer);
const model = makeModel({
  store,
  consumer,
  signalingUrl: url,
  view: readView(page),
  settings: loadSettings(),
});
model.trouble.value = named === undefined ? text.noAddress : undefined;
carryOut(model);
store.nameProducers(consumer.producers());
consumer.on("producers", (producers) => store.nameProducers(producers));
// Firefox loses what is kept at `pagehide` if the next page is in another process.
for (const event of ["beforeunload", "pagehide"]) {
  addEventListener(event, () => keepPlace(place, consumer.places()));
}
addEventListener("pagehide", ({ persisted }) => {
  // Producers learn at once that the page is gone; a page that is only put aside keeps its connections.
  if (!persisted) consumer.close();
});
globalThis.logrtc = makeConsoleApi(store, consumer);

const root = document.getElementById("app");
if (root !== null) {
  // What is said while there is no script.
  root.replaceChildren();
  render(<App model={model} />, root);
}
