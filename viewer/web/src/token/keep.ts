/**
 * Takes the token and the secret out of the address, and keeps them for the next page of this server. The token is for every
 * tab. The secret is for this one, so that another one can show programs that have none.
 */

import { type Credential, takeCredential } from "./fragment";

const STORAGE = { token: () => localStorage, secret: () => sessionStorage };

/** That for the server at `url`: of the address, which loses it, or else the one that was kept. */
export function loadCredential(url: string, name: Credential): string | undefined {
  return fromAddress(url, name) ?? kept(name)[url];
}

/** Calls `use` with that of a link that is opened in this page. */
export function followCredential(url: string, name: Credential, use: (value: string) => void): void {
  addEventListener("hashchange", () => {
    const value = fromAddress(url, name);
    if (value !== undefined) {
      use(value);
    }
  });
}

export function keepCredential(url: string, name: Credential, value: string): void {
  try {
    STORAGE[name]().setItem(`logrtc.${name}`, JSON.stringify({ ...kept(name), [url]: value }));
  } catch {
    // The next page asks for it.
  }
}

/** An address is copied, shown and kept in the history: no credential stays in it. */
function fromAddress(url: string, name: Credential): string | undefined {
  const { address, value } = takeCredential(location.href, name);
  if (address !== location.href) {
    history.replaceState(history.state, "", address);
  }
  if (value !== undefined) {
    keepCredential(url, name, value);
  }
  return value;
}

/** Signaling URL to credential. */
function kept(name: Credential): Record<string, string> {
  try {
    const value: unknown = JSON.parse(STORAGE[name]().getItem(`logrtc.${name}`) ?? "{}");
    const pairs = typeof value === "object" && value !== null ? Object.entries(value) : [];
    return Object.fromEntries(pairs.filter((pair): pair is [string, string] => typeof pair[1] === "string"));
  } catch {
    return {};
  }
}
