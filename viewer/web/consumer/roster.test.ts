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
  roster.closed("api", 0);
  expect(state()).toBe("lost");
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
  roster.closed("api", 100);
  expect(roster.takeDue(100)).toEqual(["api"]);
  expect(roster.takeDue(10_099)).toEqual([]);
  roster.offered("api");
  roster.closed("api", 200);
  expect(roster.takeDue(1_199)).toEqual([]);
  expect(roster.takeDue(1_200)).toEqual(["api"]);
});

test("a channel that lasted makes the next loss a first one", () => {
  announce("s1", 0);
  roster.closed("api", 0);
  roster.closed("api", 0);
  roster.opened("api", 0);
  roster.closed("api", 5_000);
  expect(roster.takeDue(6_999)).toEqual([]);
  roster.opened("api", 10_000);
  roster.closed("api", 30_000);
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
  roster.closed("api", 0);
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
    announce("s", 0, `worker#${number}`);
    roster.withdraw(`worker#${number}`);
  }
  expect(roster.producers()).toHaveLength(201);
  expect(state("stays")).toBe("connecting");
});
