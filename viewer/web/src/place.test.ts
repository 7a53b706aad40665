import { expect, test } from "vitest";
import { Place, readPlaces } from "./place";

test("what the page before had not seen, and is not held any more, is a gap, once", () => {
  const place = new Place(readPlaces('{"s1":100}'));
  expect(place.begin("api", "s1", 112)).toEqual({ producer: "api", first: 100, last: 111, reason: "away" });
  expect(place.begin("api", "s1", 200)).toBeUndefined();
});

test.each([0, 50, 100])("a session of which %d is still held has no gap", (from) => {
  expect(new Place(readPlaces('{"s1":100}')).begin("api", "s1", from)).toBeUndefined();
});

test("another session has no gap, and those that have not come again are kept", () => {
  const place = new Place(readPlaces('{"s1":100,"s2":7}'));
  expect(place.begin("api", "s3", 112)).toBeUndefined();
  place.begin("api", "s1", 0);
  expect(JSON.parse(place.toText({ s1: 300, s3: 400 }))).toEqual({ s1: 300, s2: 7, s3: 400 });
});

test.each([null, "", "{", "7", "null", '{"s1":"100"}', '{"s1":null}'])("%j is no place", (text) => {
  expect(readPlaces(text).size).toBe(0);
});
