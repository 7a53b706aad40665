/** The token in the address of the page. No DOM. */

/** An address without its token, and the token. */
export interface Taken {
  readonly address: string;
  readonly token: string | undefined;
}

/** Takes `token=…` out of the fragment, and leaves what else is in it: `#entry=…`. */
export function takeToken(page: string): Taken {
  const url = new URL(page);
  const parts = url.hash.slice(1).split("&");
  const tokens = parts.filter((part) => part.startsWith("token="));
  if (tokens.length === 0) {
    return { address: page, token: undefined };
  }
  url.hash = parts.filter((part) => !tokens.includes(part)).join("&");
  const token = tokens.map((part) => part.slice("token=".length)).find((text) => text !== "");
  return { address: url.href, token };
}

/** What a person pastes: a token, or the whole link that the server prints. */
export function tokenIn(pasted: string): string {
  const text = pasted.trim();
  try {
    return takeToken(text).token ?? text;
  } catch {
    return text;
  }
}
