import { beforeEach, expect, test } from "vitest";
import { Roster } from "./roster";

let roster: Roster;

beforeEach(() => {
  roster = new Roster();
});

function announce(session: string | undefined, nowMs = 0, id = "api"): boolean {
  return roster.announce(
    { producer_id: id, client_id: "api", metadata: { system_name: "API" }, session },
    nowMs,
  );
}

function state(id = "api"): string | undefined {
  return roster.producers().find((producer) => producer.id === id)?.state;
}

test("a producer is connecting when announced, connected with its channel, lost without either", () => {
  announce("s1");
  expect(state()).toBe("connecting");
  roster.offered("api");
  expect(state()).toBe("connecting");
  roster.opened("api", 0);
  expect(state()).toBe("connected");
  roster.withdraw("api");
  expect(state()).toBe("connected");
  roster.closed("api", 0, "broken");
  expect(state()).toBe("lost");
});

test.each([
  ["closed", undefined, "ended"],
  ["closed", "lost", "ended"],
  ["broken", "closed", "ended"],
  ["broken", "lost", "lost"],
  ["broken", undefined, "lost"],
  ["pathLost", "closed", "lost"],
  ["pathLost", "lost", "lost"],
  ["pathLost", undefined, "lost"],
] as const)("a channel that is %s and a goodbye that is %s make a producer %s", (how, reason, expected) => {
  announce("s1");
  roster.opened("api", 0);
  roster.withdraw("api", reason);
  roster.closed("api", 0, how);
  expect(state()).toBe(expected);
});

test("why a path did not open is known until one opens", () => {
  const failure = { own: ["host"], theirs: [], serverErrors: [] };
  const known = () => roster.producers()[0]?.pathFailure;
  announce("s1");
  roster.offered("api");
  roster.closed("api", 0, "broken", failure);
  expect(known()).toEqual(failure);
  roster.offered("api");
  expect(known()).toEqual(failure);
  roster.opened("api", 0);
  expect(known()).toBeUndefined();
});

test("the goodbye may come behind the end of the channel", () => {
  for (const how of ["closed", "broken"] as const) {
    announce("s1");
    roster.opened("api", 0);
    roster.closed("api", 0, how);
    roster.withdraw("api", "closed");
    expect(state()).toBe("ended");
  }
});

test("a producer that closed its channel has ended, and is asked only if it stays", () => {
  announce("s1", 0);
  roster.opened("api", 0);
  roster.closed("api", 100, "closed");
  expect(state()).toBe("ended");
  expect(roster.takeDue(10_099)).toEqual([]);
  expect(roster.takeDue(10_100)).toEqual(["api"]);
  expect(state()).toBe("connecting");
});

test("a producer that says goodbye before its channel opens has ended, unless it opens after all", () => {
  announce("s1");
  roster.offered("api");
  roster.withdraw("api", "closed");
  expect(state()).toBe("ended");
  roster.opened("api", 0);
  expect(state()).toBe("connected");
  roster.closed("api", 0, "closed");
  expect(state()).toBe("ended");
  announce("s2");
  roster.offered("api");
  roster.withdraw("api", "closed");
  roster.closed("api", 15_000, "pathLost");
  expect(state()).toBe("ended");
});

test("the end of the server is the end of no producer", () => {
  announce("s1");
  roster.opened("api", 0);
  announce("s2", 0, "db");
  roster.offered("db");
  announce("s3", 0, "late");
  roster.withdrawAll();
  expect(["api", "db", "late"].map(state)).toEqual(["connected", "connecting", "lost"]);
  roster.closed("api", 0, "closed");
  expect(state()).toBe("ended");
});

test("a program that starts again takes the place of its former run", () => {
  announce("s1");
  announce("s2", 0, "db");
  roster.opened("api", 0);
  roster.closed("api", 0, "closed");
  roster.withdraw("api", "closed");
  expect(announce("s3")).toBe(false);
  expect(roster.producers().map(({ id, state }) => [id, state])).toEqual([
    ["api", "connecting"],
    ["db", "connecting"],
  ]);
});

test("it takes that place under another id, too, but not the place of one that is there", () => {
  announce("s1", 0, "api-1");
  announce("s2", 0, "api-2");
  roster.withdraw("api-1", "closed");
  announce("s3", 0, "api-3");
  announce("s4", 0, "api-4");
  expect(roster.producers().map(({ id }) => id)).toEqual(["api-3", "api-2", "api-4"]);
});

test("a channel survives the loss of the server, and is told to it by its session", () => {
  announce("s1");
  roster.opened("api", 0);
  announce("s2", 0, "api#2");
  announce(undefined, 0, "foreign");
  roster.opened("foreign", 0);
  roster.withdrawAll();
  expect(roster.connected()).toEqual({ api: "s1" });
  expect([state("api"), state("api#2")]).toEqual(["connected", "lost"]);
  expect(announce("s1")).toBe(false);
  expect(roster.takeDue(60_000)).toEqual([]);
});

test("another process under the same id ends the peer that is held", () => {
  announce("s1");
  roster.opened("api", 0);
  expect(announce("s2")).toBe(true);
  expect(state()).toBe("connecting");
});

test("a producer whose channel is lost is asked for at once, then ever more slowly", () => {
  announce("s1", 0);
  roster.opened("api", 0);
  roster.closed("api", 100, "broken");
  expect(roster.takeDue(100)).toEqual(["api"]);
  expect(roster.takeDue(10_099)).toEqual([]);
  roster.offered("api");
  roster.closed("api", 200, "broken");
  expect(roster.takeDue(1_199)).toEqual([]);
  expect(roster.takeDue(1_200)).toEqual(["api"]);
});

test("a channel that lasted makes the next loss a first one", () => {
  announce("s1", 0);
  roster.closed("api", 0, "broken");
  roster.closed("api", 0, "broken");
  roster.opened("api", 0);
  roster.closed("api", 5_000, "broken");
  expect(roster.takeDue(6_999)).toEqual([]);
  roster.opened("api", 10_000);
  roster.closed("api", 30_000, "broken");
  expect(roster.takeDue(30_000)).toEqual(["api"]);
});

test("a producer that makes no offer is asked for", () => {
  announce("s1", 0);
  expect(roster.takeDue(9_999)).toEqual([]);
  expect(roster.takeDue(10_000)).toEqual(["api"]);
  expect(roster.takeDue(19_999)).toEqual([]);
  expect(roster.takeDue(20_000)).toEqual(["api"]);
  roster.offered("api");
  expect(roster.takeDue(60_000)).toEqual([]);
});

test("a producer that is gone is not asked for", () => {
  announce("s1", 0);
  roster.opened("api", 0);
  roster.withdraw("api");
  roster.closed("api", 0, "broken");
  expect(roster.takeDue(60_000)).toEqual([]);
});

test("a producer of a server that announces none is known by its offer", () => {
  roster.offered("somebody");
  roster.opened("somebody", 0);
  expect(roster.producers()).toMatchObject([{ id: "somebody", systemName: "somebody", state: "connected" }]);
});

test("a hostile announcement does no harm", () => {
  roster.announce({ producer_id: 7 }, 0);
  roster.announce({ producer_id: "__proto__", client_id: [], metadata: "x", session: {} }, 0);
  roster.opened("__proto__", 0);
  expect(roster.producers()).toMatchObject([{ id: "__proto__", systemName: "__proto__", metadata: {} }]);
});

test("the producers that are gone are not remembered without limit", () => {
  announce("s1", 0, "stays");
  for (let number = 0; number < 1_000; number += 1) {
    const id = `worker-${number}`;
    roster.announce({ producer_id: id, client_id: id }, 0);
    roster.withdraw(id, number % 2 === 0 ? "closed" : "lost");
  }
  expect(roster.producers()).toHaveLength(201);
  expect(state("stays")).toBe("connecting");
});

test("a producer without the secret is left alone, until it is announced anew or opens", () => {
  announce("s1", 0);
  roster.offered("api");
  roster.looked("api", "wrongSecret");
  roster.closed("api", 1_000, "broken");
  expect(roster.producers()[0]?.proofFailure).toBe("wrongSecret");
  expect(roster.takeDue(60_999)).toEqual([]);
  expect(roster.takeDue(61_000)).toEqual(["api"]);
  roster.offered("api");
  roster.looked("api", undefined);
  expect(roster.producers()[0]?.proofFailure).toBeUndefined();
  roster.looked("api", "wrongSecret");
  roster.opened("api", 62_000);
  expect(roster.producers()[0]?.proofFailure, "it has proved more than its offer").toBeUndefined();
  roster.looked("api", "certificateChanged");
  roster.closed("api", 63_000, "closed");
  expect(roster.takeDue(122_999)).toEqual([]);
  expect(roster.takeDue(123_000)).toEqual(["api"]);
  roster.withdraw("api");
  expect(roster.producers()[0]?.proofFailure, "what is gone is no trouble").toBeUndefined();
});
