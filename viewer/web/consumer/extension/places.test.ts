import { expect, test } from "vitest";
import { Places } from "./places";

test("a session is known by the number that comes next, also over a reload", () => {
  const places = new Places();
  expect(places.next("s1")).toBeUndefined();
  places.reach("s1", 0);
  places.reach("s1", 12);
  places.reach("s2", 3);
  expect(places.bySession()).toEqual({ s1: 12, s2: 3 });
  expect(new Places(places.bySession()).next("s1")).toBe(12);
});

test("names of JavaScript are sessions like others", () => {
  const places = new Places();
  expect(places.next("constructor")).toBeUndefined();
  places.reach("__proto__", 5);
  expect(new Places(JSON.parse(JSON.stringify(places.bySession()))).next("__proto__")).toBe(5);
});

test("a thousand sessions are remembered, the newest", () => {
  const places = new Places();
  for (let session = 0; session < 1_500; session += 1) places.reach(`s${session}`, session);
  expect([places.next("s499"), places.next("s500"), places.next("s1499")]).toEqual([undefined, 500, 1_499]);
});
