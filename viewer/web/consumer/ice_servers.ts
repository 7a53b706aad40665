/** Which STUN and TURN servers are used: the caller's, those that the signaling server names, or the default. No I/O. */

import { isObject } from "./entry";
import type { IceServer } from "./types";

const DEFAULT_ICE_SERVERS: readonly IceServer[] = [{ urls: "stun:stun.l.google.com:19302" }];
/** More URLs than that, and longer ones, a server does not mean. Each costs requests of every socket of a connection. */
const MAX_URLS = 16;
const MAX_TEXT_LENGTH = 1_024;

/** The `ice_servers` of a message; undefined if it names none. What a browser would throw at is left out. */
export function readIceServers(value: unknown): IceServer[] | undefined {
  if (!Array.isArray(value)) {
    return undefined;
  }
  const servers: IceServer[] = [];
  let places = MAX_URLS;
  for (const each of value) {
    const server = places > 0 ? readIceServer(each, places) : undefined;
    if (server !== undefined) {
      servers.push(server);
      places -= server.urls.length;
    }
  }
  return servers;
}

/** Its first usable URLs, up to `places`. */
function readIceServer(value: unknown, places: number): (IceServer & { urls: string[] }) | undefined {
  if (!isObject(value)) {
    return undefined;
  }
  const { username, credential } = value;
  const hasUser = isShort(username) && isShort(credential);
  const scheme = hasUser ? /^(stun|turn)s?:[^\s]+$/i : /^stuns?:[^\s]+$/i;
  const usable = [value.urls].flat().filter((url): url is string => isShort(url) && scheme.test(url));
  const urls = usable.slice(0, places);
  if (urls.length === 0) {
    return undefined;
  }
  return hasUser ? { urls, username, credential } : { urls };
}

function isShort(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_TEXT_LENGTH;
}

/**
 * `own` beside those URLs of `named` that it does not have. An empty `own` wants none, and without one the default is used if
 * the server names none.
 */
export function chooseIceServers(
  own: readonly IceServer[] | undefined,
  named: readonly IceServer[] | undefined,
): IceServer[] {
  if (own === undefined) {
    return [...(named ?? DEFAULT_ICE_SERVERS)];
  }
  const ownUrls = new Set(own.flatMap(({ urls }) => urls));
  const others = (named ?? []).flatMap((server) => {
    const urls = [server.urls].flat().filter((url) => !ownUrls.has(url));
    return urls.length === 0 ? [] : { ...server, urls };
  });
  return own.length === 0 ? [] : [...own, ...others];
}
