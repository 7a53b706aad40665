import { expect, test } from "vitest";
import { readCandidate } from "./peer";

const CANDIDATE = "candidate:1 1 udp 1 192.0.2.1 9 typ host";

test.each([
  [{ candidate: CANDIDATE, sdpMid: "0", sdpMLineIndex: 0 }],
  [{ candidate: CANDIDATE, sdp_mid: "0", sdp_m_line_index: 0 }],
  [{ candidate: { candidate: CANDIDATE, sdpMid: "0", sdpMLineIndex: 0 } }],
])("a candidate is read however a server writes it: %j", (message) => {
  expect(readCandidate(message)).toEqual({ candidate: CANDIDATE, sdpMid: "0", sdpMLineIndex: 0 });
});

test("a candidate without its m-line belongs to the only one", () => {
  expect(readCandidate({ candidate: CANDIDATE })).toEqual({
    candidate: CANDIDATE,
    sdpMid: null,
    sdpMLineIndex: 0,
  });
});

test.each([[{}], [{ candidate: null }], [{ candidate: "" }], [{ candidate: 7 }]])(
  "the end of candidates is no candidate: %j",
  (message) => {
    expect(readCandidate(message)).toBeUndefined();
  },
);
