/** Which STUN and TURN servers are used: the caller's, those that the signaling server names, or the default. No I/O. */

import { isObject } from "./entry";
import type { IceServer } from "./types";

const DEFAULT_ICE_SERVERS: readonly IceServer[] = [{ urls: "stun:stun.l.google.com:19302" }];
/** More of them than that, a server does not mean. */
const MAX_NAMED = 16;

/** The `ice_servers` of a message; undefined if it names none. What a browser would throw at is left out. */
export function readIceServers(value: unknown): IceServer[] | undefined {
  if (!Array.isArray(value)) {
    return undefined;
  }
  return value.slice(0, MAX_NAMED).flatMap((server) => readIceServer(server) ?? []);
}

function readIceServer(value: unknown): IceServer | undefined {
  if (!isObject(value)) {
    return undefined;
  }
  const { username, credential } = value;
  const hasUser = typeof username === "string" && typeof credential === "string";
  const urls = [value.urls].flat().filter((url) => typeof url === "string");
  const usable = urls.filter((url) => (hasUser ? /^(stun|turn)s?:[^\s]+$/i : /^stuns?:[^\s]+$/i).test(url));
  if (usable.length === 0) {
    return undefined;
  }
  return hasUser ? { urls: usable, username, credential } : { urls: usable };
}

/** `own` beside `named`. An empty `own` wants none, and without one the default is used if the server names none. */
export function chooseIceServers(
  own: readonly IceServer[] | undefined,
  named: readonly IceServer[] | undefined,
): IceServer[] {
  if (own === undefined) {
    return [...(named ?? DEFAULT_ICE_SERVERS)];
  }
  return own.length === 0 ? [] : [...own, ...(named ?? [])];
}
