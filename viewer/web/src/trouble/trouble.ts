/** What is wrong, of what the page knows. No DOM. */

import type { PathFailure, Producer, ProofFailure, SignalingState } from "../../consumer";

export type Trouble =
  /** The server was reached before, and is not now. */
  | { readonly kind: "lost"; readonly connected: number }
  /** The server was never reached. */
  | { readonly kind: "unreached"; readonly isMixed: boolean }
  /** Producers of which nothing is read, because a secret is not proved. */
  | { readonly kind: "unproved"; readonly producers: readonly Unproved[] }
  /** A producer that the server knows, and to which no path opens. With a secret, it may have refused the page's proof. */
  | {
      readonly kind: "noPath";
      readonly ids: readonly string[];
      readonly failure: PathFailure | undefined;
      readonly hasSecret: boolean;
    };

export interface Unproved {
  readonly id: string;
  readonly failure: ProofFailure;
}

export interface Facts {
  readonly signaling: SignalingState;
  /** Whether the server has ever answered. */
  readonly wasConnected: boolean;
  readonly producers: readonly Producer[];
  readonly hasSecret: boolean;
  /** Since when each producer is connecting, in milliseconds. */
  readonly connectingMs: (id: string) => number;
  readonly pageUrl: string;
  readonly signalingUrl: string;
}

/** A path that has not opened by then is said not to open, if the browser has not said so before. */
export const NO_PATH_AFTER_MS = 15_000;

export function troubleOf(facts: Facts): Trouble | undefined {
  if (facts.signaling === "lost" || (facts.signaling === "connecting" && facts.wasConnected)) {
    const connected = facts.producers.filter(({ state }) => state === "connected").length;
    return facts.wasConnected ? { kind: "lost", connected } : unreached(facts);
  }
  const unproved = facts.producers.flatMap(({ id, state, proofFailure: failure }) =>
    state !== "connected" && failure !== undefined ? [{ id, failure }] : [],
  );
  if (unproved.length > 0) {
    return { kind: "unproved", producers: unproved };
  }
  const pathless = facts.producers.filter(
    ({ id, state, pathFailure }) =>
      state === "connecting" && (pathFailure !== undefined || facts.connectingMs(id) > NO_PATH_AFTER_MS),
  );
  return pathless.length === 0
    ? undefined
    : {
        kind: "noPath",
        ids: pathless.map(({ id }) => id),
        failure: pathless.find(({ pathFailure }) => pathFailure !== undefined)?.pathFailure,
        hasSecret: facts.hasSecret,
      };
}

function unreached({ pageUrl, signalingUrl }: Facts): Trouble {
  const [page, server] = [new URL(pageUrl), new URL(signalingUrl)];
  return {
    kind: "unreached",
    isMixed: page.protocol === "https:" && server.protocol === "ws:",
  };
}
