import { expect, test } from "vitest";
import type { Producer } from "../../consumer";
import { type Facts, NO_PATH_AFTER_MS, troubleOf } from "./trouble";

function producer(id: string, state: Producer["state"]): Producer {
  return {
    id,
    clientId: id,
    systemName: id,
    metadata: {},
    state,
    session: undefined,
    received: 0,
    malformed: 0,
    lost: 0,
    filtered: 0,
    status: undefined,
    pathFailure: undefined,
    proofFailure: undefined,
  };
}

const FACTS: Facts = {
  signaling: "connected",
  wasConnected: true,
  producers: [],
  hasSecret: false,
  connectingMs: () => 0,
  pageUrl: "http://localhost:8080/",
  signalingUrl: "ws://localhost:8080/signaling",
};

test("what works is no trouble", () => {
  expect(troubleOf(FACTS)).toBeUndefined();
  expect(troubleOf({ ...FACTS, signaling: "connecting", wasConnected: false })).toBeUndefined();
  expect(troubleOf({ ...FACTS, producers: [producer("a", "connecting")] })).toBeUndefined();
});

test("a server that is lost leaves the channels that are open", () => {
  const producers = [producer("a", "connected"), producer("b", "lost")];
  expect(troubleOf({ ...FACTS, signaling: "lost", producers })).toEqual({ kind: "lost", connected: 1 });
  expect(troubleOf({ ...FACTS, signaling: "connecting", producers })).toEqual({ kind: "lost", connected: 1 });
});

test("a server that was never reached may not let this page in", () => {
  const facts: Facts = { ...FACTS, signaling: "lost", wasConnected: false };
  expect(troubleOf(facts)).toEqual({ kind: "unreached", isMixed: false });
  expect(troubleOf({ ...facts, pageUrl: "https://static.example/" })).toEqual({
    kind: "unreached",
    isMixed: true,
  });
});

test("a path that does not open is said not to, after a while", () => {
  const producers = [producer("a", "connecting"), producer("b", "connecting")];
  const connectingMs = (id: string) => (id === "a" ? NO_PATH_AFTER_MS + 1 : 100);
  expect(troubleOf({ ...FACTS, producers, connectingMs })).toEqual({
    kind: "noPath",
    ids: ["a"],
    failure: undefined,
    hasSecret: false,
  });
  const failure = { own: ["host"], theirs: ["host"], serverErrors: [] };
  const failed = [producer("a", "connecting"), { ...producer("b", "connecting"), pathFailure: failure }];
  const noPath = { kind: "noPath", ids: ["b"], failure };
  expect(troubleOf({ ...FACTS, producers: failed })).toEqual({ ...noPath, hasSecret: false });
  expect(troubleOf({ ...FACTS, producers: failed, hasSecret: true })).toEqual({ ...noPath, hasSecret: true });
});

test("a secret that is not proved is said before a path that does not open, of whoever is not connected", () => {
  const proofFailure = "wrongSecret";
  const failure = { own: ["host"], theirs: ["host"], serverErrors: [] };
  const producers = [
    { ...producer("a", "connecting"), proofFailure, pathFailure: failure } as const,
    { ...producer("b", "lost"), proofFailure: "secretWanted" } as const,
    { ...producer("c", "connected"), proofFailure } as const,
  ];
  const expected = {
    kind: "unproved",
    producers: [
      { id: "a", failure: proofFailure },
      { id: "b", failure: "secretWanted" },
    ],
  };
  expect(troubleOf({ ...FACTS, producers, hasSecret: true })).toEqual(expected);
});
