import { expect, test } from "vitest";
import type { Producer } from "../../consumer";
import { byName, labelOf, stateOf } from "./producer_state";

function producer(id: string, clientId: string, systemName: string): Producer {
  return {
    id,
    clientId,
    systemName,
    metadata: {},
    state: "connected",
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

test.each([
  [producer("api", "api", "api"), [], { name: "api", remark: "" }],
  [producer("api", "api", "Shop"), [], { name: "Shop", remark: "" }],
  [producer("api#2", "api", "Shop"), [producer("api", "api", "Shop")], { name: "Shop", remark: "#2" }],
  [producer("web", "web", "Shop"), [producer("api", "api", "Shop")], { name: "Shop", remark: "web" }],
])("%o is told from others", (one, others, expected) => {
  expect(labelOf(one, [one, ...others])).toEqual(expected);
});

test("producers are listed by name, then by id", () => {
  const all = [
    producer("p10", "p10", "worker 10"),
    producer("b", "b", "api"),
    producer("p9", "p9", "worker 9"),
    producer("a", "a", "api"),
  ];
  expect(byName(all).map(({ id }) => id)).toEqual(["a", "b", "p9", "p10"]);
});

test("a connected producer of which nothing comes is quiet", () => {
  const one = producer("api", "api", "api");
  const pace = { entriesPerSecond: 0, delayMs: undefined, roundTripMs: undefined };
  expect(stateOf(one, undefined)).toBe("connected");
  expect(stateOf(one, pace)).toBe("quiet");
  expect(stateOf(one, { ...pace, entriesPerSecond: 1 })).toBe("connected");
  expect(stateOf({ ...one, state: "lost" }, pace)).toBe("lost");
});
