import { expect, test } from "vitest";
import { chooseIceServers, readIceServers } from "./ice_servers";

const TURN = { urls: ["turn:h"], username: "u", credential: "c" };
const STUN = { urls: "stun:own" };

test("a message names servers as browsers have them, and what a browser would refuse is left out", () => {
  expect(readIceServers(undefined)).toBeUndefined();
  expect(readIceServers("stun:h")).toBeUndefined();
  expect(readIceServers([])).toEqual([]);
  expect(readIceServers([TURN, { urls: "stun:h" }])).toEqual([TURN, { urls: ["stun:h"] }]);
  for (const wrong of [
    null,
    5,
    {},
    { urls: 5 },
    { urls: ["http:h", ""] },
    { urls: "turn:h" },
    { urls: "stun: h" },
  ]) {
    expect(readIceServers([wrong])).toEqual([]);
  }
  expect(readIceServers(Array(100).fill(TURN))).toHaveLength(16);
  const many = { ...TURN, urls: Array(10).fill("turn:h") };
  expect(readIceServers([many, many, many])?.map(({ urls }) => urls.length)).toEqual([10, 6]);
  const long = "x".repeat(1_025);
  expect(readIceServers([{ ...TURN, credential: long }, { urls: `stun:${long}` }])).toEqual([]);
});

test("those of the server stand beside the caller's, and in place of the default", () => {
  expect(chooseIceServers(undefined, undefined)).toEqual([{ urls: "stun:stun.l.google.com:19302" }]);
  expect(chooseIceServers(undefined, [])).toEqual([]);
  expect(chooseIceServers(undefined, [TURN])).toEqual([TURN]);
  expect(chooseIceServers([STUN], undefined)).toEqual([STUN]);
  expect(chooseIceServers([STUN], [TURN])).toEqual([STUN, TURN]);
  expect(chooseIceServers([], [TURN])).toEqual([]);
  const twoUrls = { ...TURN, urls: ["turn:own", "turn:h"] };
  const own = { ...TURN, urls: "turn:own", username: "me" };
  expect(chooseIceServers([own], [twoUrls, { urls: ["turn:own"] }])).toEqual([own, TURN]);
});
