import { expect, test } from "vitest";
import { takeCredential, tokenIn } from "./fragment";

test.each([
  ["http://a/#token=t0k", "http://a/", "t0k"],
  ["http://a/?query=x#token=t0k&entry=s/1", "http://a/?query=x#entry=s/1", "t0k"],
  ["http://a/#entry=s/1&token=t0k", "http://a/#entry=s/1", "t0k"],
  ["http://a/#token=t0k&secret=s3c", "http://a/#secret=s3c", "t0k"],
  ["http://a/#token=", "http://a/", undefined],
  ["http://a/#entry=s/1", "http://a/#entry=s/1", undefined],
  ["http://a/?token=t0k", "http://a/?token=t0k", undefined],
])("%s keeps %s and has the token %s", (page, address, value) => {
  expect(takeCredential(page, "token")).toEqual({ address, value });
});

test("a secret is taken as a token is", () => {
  const taken = { address: "http://a/#token=t0k", value: "s3c" };
  expect(takeCredential("http://a/#token=t0k&secret=s3c", "secret")).toEqual(taken);
});

test("a link that is cut within its secret has an empty one, not none", () => {
  const cut = takeCredential("http://a/#token=t0k&secret=", "secret");
  expect(cut).toEqual({ address: "http://a/#token=t0k", value: "" });
});

test("a person pastes a token or a link", () => {
  expect(tokenIn(" t0k\n")).toBe("t0k");
  expect(tokenIn("http://a:8080/#token=t0k")).toBe("t0k");
  expect(tokenIn("http://a:8080/#token=t0k&secret=s3c")).toBe("t0k");
  expect(tokenIn("a:b")).toBe("a:b");
});
