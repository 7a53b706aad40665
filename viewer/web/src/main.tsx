/** The log page: receives, holds, shows. */

import "./style/tokens.css";
import { render } from "preact";
import { connect } from "../consumer";
import { encodeBase64url } from "../consumer/base64url";
import { isSecret } from "../consumer/proof/secret";
import { App } from "./app";
import { type ConsoleApi, makeConsoleApi } from "./console";
import { carryOut } from "./effects";
import { language, pick } from "./language";
import { makeModel } from "./model";
import { keepPlace, loadPlace } from "./place";
import { loadSettings } from "./storage";
import { startStore } from "./store/client";
import { followCredential, loadCredential } from "./token/keep";
import { readView, signalingUrl, wantedProducer } from "./url";

declare global {
  var logrtc: ConsoleApi;
}

const text = pick({
  en: {
    noAddress: "?signaling= has no address that a browser can connect to, as wss://logs.example/signaling.",
    cutSecret: "The secret of the link was cut off, so nothing is shown. Open the whole link.",
  },
  zh: {
    noAddress: "?signaling= 不是浏览器可连接的地址，例如 wss://logs.example/signaling。",
    cutSecret: "链接中的密钥不完整，因此不显示任何内容。请打开完整的链接。",
  },
});

document.documentElement.lang = language;
const page = location.href;
const place = loadPlace();
const store = startStore();
const producer = wantedProducer(page);
const named = signalingUrl(page);
const url = named ?? signalingUrl(new URL(".", page).href) ?? "";
const token = loadCredential(url, "token");
const secret = loadCredential(url, "secret");
const isCut = secret !== undefined && !isSecret(secret);
const consumer = connect({
  url,
  readers: store.readers((session) => place.take(session)),
  ...(producer === undefined ? {} : { producer }),
  ...(token === undefined ? {} : { token }),
  ...(secret === undefined ? {} : { secret: isCut ? nobodysSecret() : secret }),
});
followCredential(url, "token", (token) => consumer.setToken(token));
// What was shown without the secret may not be the program's.
followCredential(url, "secret", () => location.reload());
const model = makeModel({
  store,
  consumer,
  signalingUrl: url,
  view: readView(page),
  settings: loadSettings(),
});
model.trouble.value = isCut ? text.cutSecret : named === undefined ? text.noAddress : undefined;
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

/** By which nothing can be proved, so that nothing is shown. */
function nobodysSecret(): string {
  return encodeBase64url(crypto.getRandomValues(new Uint8Array(16)));
}

const root = document.getElementById("app");
if (root !== null) {
  // What is said while there is no script.
  root.replaceChildren();
  render(<App model={model} />, root);
}
