/** Takes the token out of the address, and keeps it in the browser for the next page of this server. */

import type { Consumer } from "../../consumer";
import { takeToken } from "./token";

const KEY = "logrtc.token";

/** The token for the server at `url`: of the address, which loses it, or else the one that was kept. */
export function loadToken(url: string): string | undefined {
  const token = fromAddress();
  if (token !== undefined) {
    keepToken(url, token);
  }
  return token ?? kept()[url];
}

/** Connects with the token of a link that is opened in this page. */
export function followToken(url: string, consumer: Consumer): void {
  addEventListener("hashchange", () => {
    const token = fromAddress();
    if (token !== undefined) {
      keepToken(url, token);
      consumer.setToken(token);
    }
  });
}

export function keepToken(url: string, token: string): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...kept(), [url]: token }));
  } catch {
    // The next page asks for it.
  }
}

/** An address is copied, shown and kept in the history: the token does not stay in it. */
function fromAddress(): string | undefined {
  const { address, token } = takeToken(location.href);
  if (address !== location.href) {
    history.replaceState(history.state, "", address);
  }
  return token;
}

/** Signaling URL to token. */
function kept(): Record<string, string> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    const pairs = typeof value === "object" && value !== null ? Object.entries(value) : [];
    return Object.fromEntries(pairs.filter((pair): pair is [string, string] => typeof pair[1] === "string"));
  } catch {
    return {};
  }
}
