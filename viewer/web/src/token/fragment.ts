/** What a link gives to the page behind its `#`, which no server gets: a token and a secret. No DOM. */

/** Each stands there as `name=…`. */
export type Credential = "token" | "secret";

/** An address without the credential, and the credential. */
export interface Taken {
  readonly address: string;
  readonly value: string | undefined;
}

/**
 * Takes `name=…` out of the fragment, and leaves what else is in it: `#entry=…`. A secret with nothing behind the `=` is empty:
 * the link was cut there, and without its secret it must not show what is not proved.
 */
export function takeCredential(page: string, name: Credential): Taken {
  const url = new URL(page);
  const parts = url.hash.slice(1).split("&");
  const taken = parts.filter((part) => part.startsWith(`${name}=`));
  if (taken.length === 0) {
    return { address: page, value: undefined };
  }
  url.hash = parts.filter((part) => !taken.includes(part)).join("&");
  const value = taken.map((part) => part.slice(name.length + 1)).find((text) => text !== "");
  return { address: url.href, value: value ?? (name === "secret" ? "" : undefined) };
}

/** What a person pastes: a token, or the whole link that the server prints. */
export function tokenIn(pasted: string): string {
  const text = pasted.trim();
  try {
    return takeCredential(text, "token").value ?? text;
  } catch {
    return text;
  }
}
