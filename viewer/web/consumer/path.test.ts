import { expect, test } from "vitest";
import { PathWatch } from "./path";

const candidate = (kind: string) => `candidate:1 1 udp 1 192.0.2.1 9 typ ${kind} generation 0`;

test("kinds of addresses are known from candidates and descriptions", () => {
  const watch = new PathWatch();
  watch.addOwn(candidate("srflx"));
  watch.addOwn(candidate("host"));
  watch.addOwn(candidate("host"));
  watch.addTheirs(`v=0\r\na=${candidate("host")}\r\na=${candidate("relay")}\r\na=mid:0`);
  watch.addMessage({ type: "ice_candidate", candidate: candidate("prflx") });
  watch.addMessage({ type: "ice_candidate", candidate: { candidate: candidate("srflx") } });
  watch.addMessage({ type: "ice_candidate", candidate: "nothing typ strange" });
  watch.addMessage({ type: "ice_candidate", candidate: 7 });
  expect(watch.failure()).toEqual({
    own: ["host", "srflx"],
    theirs: ["host", "prflx", "relay", "srflx"],
    serverErrors: [],
  });
});

test("what servers refused is told once each", () => {
  const watch = new PathWatch();
  const error = { url: "turn:a.example:3478", code: 401, text: "Unauthorized" };
  watch.addServerError(error);
  watch.addServerError(error);
  for (let code = 700; code < 720; code += 1) watch.addServerError({ ...error, code });
  expect(watch.failure().serverErrors).toHaveLength(8);
  expect(watch.failure().serverErrors[0]).toEqual(error);
});
