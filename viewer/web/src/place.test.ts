import { expect, test } from "vitest";
import { Place, readPlaces } from "./place";

test("where the page before was is known once", () => {
  const place = new Place(readPlaces('{"s1":100}'));
  expect(place.take("s1")).toBe(100);
  expect(place.take("s1")).toBeUndefined();
  expect(place.take("s2")).toBeUndefined();
});

test("the next page knows of this one, and of sessions that have not come again", () => {
  const place = new Place(readPlaces('{"s1":100,"s2":7,"s3":9}'));
  place.take("s1");
  place.take("s3");
  // Of s3 nothing has come yet.
  expect(JSON.parse(place.toText({ s1: 300, s4: 400 }))).toEqual({ s1: 300, s2: 7, s3: 9, s4: 400 });
});

test.each([null, "", "{", "7", "null", '{"s1":"100"}', '{"s1":null}'])("%j is no place", (text) => {
  expect(readPlaces(text).size).toBe(0);
});
