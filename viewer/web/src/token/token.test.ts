import { expect, test } from "vitest";
import { takeToken, tokenIn } from "./token";

test.each([
  ["http://a/#token=t0k", "http://a/", "t0k"],
  ["http://a/?query=x#token=t0k&entry=s/1", "http://a/?query=x#entry=s/1", "t0k"],
  ["http://a/#entry=s/1&token=t0k", "http://a/#entry=s/1", "t0k"],
  ["http://a/#token=", "http://a/", undefined],
  ["http://a/#entry=s/1", "http://a/#entry=s/1", undefined],
  ["http://a/?token=t0k", "http://a/?token=t0k", undefined],
])("%s keeps %s and has the token %s", (page, address, token) => {
  expect(takeToken(page)).toEqual({ address, token });
});

test("a person pastes a token or a link", () => {
  expect(tokenIn(" t0k\n")).toBe("t0k");
  expect(tokenIn("http://a:8080/#token=t0k")).toBe("t0k");
  expect(tokenIn("a:b")).toBe("a:b");
});
