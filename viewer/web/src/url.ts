/** What the address of the page says: where the server is, what is shown, and which entry. No DOM. */

import type { View } from "../store/protocol";

/** Names an entry in anybody's page: the session of its producer, and its number there. */
export interface EntryLink {
  readonly session: string;
  readonly seq: number;
}

/**
 * The signaling server of a page: `?signaling=wss://…`, or the one beside the page, whether its address ends in a slash, in a
 * file or in neither. `http:` addresses are read as `ws:` ones. Undefined if `?signaling=` is no such address.
 */
export function signalingUrl(page: string): string | undefined {
  const given = new URL(page).searchParams.get("signaling");
  const isGiven = given !== null && given !== "";
  let address: URL;
  try {
    address = isGiven ? new URL(given, page) : new URL("signaling", folderOf(page));
  } catch {
    return undefined;
  }
  if (address.protocol === "http:" || address.protocol === "https:") {
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  }
  if (!isGiven) {
    address.search = "";
  }
  address.hash = "";
  return address.protocol === "ws:" || address.protocol === "wss:" ? address.href : undefined;
}

/** A last part of the path without a dot is a folder, whose slash a server or a proxy has left out. */
function folderOf(page: string): URL {
  const folder = new URL(page);
  const last = folder.pathname.slice(folder.pathname.lastIndexOf("/") + 1);
  if (last !== "" && !last.includes(".")) {
    folder.pathname += "/";
  }
  return folder;
}

/** `?producer=api` asks for that one only. */
export function wantedProducer(page: string): string | undefined {
  const producer = new URL(page).searchParams.get("producer");
  return producer === null || producer === "" ? undefined : producer;
}

export function readView(page: string): View {
  const parameters = new URL(page).searchParams;
  return {
    query: parameters.get("query") ?? "",
    muted: parameters.getAll("mute").filter((id) => id !== ""),
    range: readRange(parameters.get("from"), parameters.get("to")),
    columns: parameters.getAll("column").filter((name) => name !== ""),
  };
}

/** The address of the page with this view in it; everything else stays. */
export function writeView(page: string, { query, muted, range, columns }: View): string {
  const url = new URL(page);
  const parameters = url.searchParams;
  for (const name of ["query", "mute", "from", "to", "column"]) {
    parameters.delete(name);
  }
  if (query !== "") {
    parameters.set("query", query);
  }
  if (range !== undefined) {
    parameters.set("from", new Date(range.fromMs).toISOString());
    parameters.set("to", new Date(range.toMs).toISOString());
  }
  for (const id of muted) {
    parameters.append("mute", id);
  }
  for (const name of columns) {
    parameters.append("column", name);
  }
  return url.href;
}

/** `#entry=<session>/<seq>`. */
export function readEntryLink(page: string): EntryLink | undefined {
  const match = /^#entry=([^/]{1,256})\/(\d{1,16})$/.exec(new URL(page).hash);
  const [, session, digits] = match ?? [];
  const seq = Number(digits);
  if (session === undefined || !Number.isSafeInteger(seq)) {
    return undefined;
  }
  try {
    return { session: decodeURIComponent(session), seq };
  } catch {
    return undefined;
  }
}

/** The address that leads anybody to this entry, with this view. */
export function writeEntryLink(page: string, view: View, link: EntryLink | undefined): string {
  const url = new URL(writeView(page, view));
  url.hash = link === undefined ? "" : `entry=${encodeURIComponent(link.session)}/${link.seq}`;
  return url.href;
}

function readRange(from: string | null, to: string | null): View["range"] {
  const [fromMs, toMs] = [Date.parse(from ?? ""), Date.parse(to ?? "")];
  return fromMs < toMs ? { fromMs, toMs } : undefined;
}
