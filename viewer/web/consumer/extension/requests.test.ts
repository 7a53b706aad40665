import { beforeEach, expect, test } from "vitest";
import { Requests } from "./requests";

let sent: Record<string, unknown>[];
let requests: Requests;

beforeEach(() => {
  sent = [];
  requests = new Requests((text) => sent.push(JSON.parse(text)));
});

test("a request has a number of its own, and its answer names it", async () => {
  const first = requests.ask("filter", () => ({ type: "filter", level: "INFO" }));
  const second = requests.ask("pong", () => ({ type: "ping" }));
  expect(sent).toEqual([
    { type: "filter", level: "INFO", id: 1 },
    { type: "ping", id: 2 },
  ]);
  expect(requests.answer({ type: "pong", id: 2 })).toBe(true);
  expect(requests.answer({ type: "filter", id: 1, first: 77 })).toBe(true);
  expect(await second).toEqual({ type: "pong", id: 2 });
  expect((await first).first).toBe(77);
});

test("what cannot be done rejects with the producer's word", async () => {
  const asked = requests.ask("filter", () => ({ type: "filter", filter: "x" }));
  requests.answer({ type: "error", id: 1, message: 'filter: "x" is not a level' });
  await expect(asked).rejects.toThrow('filter: "x" is not a level');
});

test("an answer of another type rejects", async () => {
  const asked = requests.ask("fetched", () => ({ type: "fetch" }));
  requests.answer({ type: "pong", id: 1 });
  await expect(asked).rejects.toThrow("answered by pong");
});

test("an answer that nobody waits for is nobody's", () => {
  expect(requests.answer({ type: "pong", id: 0 })).toBe(false);
  expect(requests.answer({ type: "error", id: undefined, message: "no" })).toBe(false);
});

test("nothing waits any longer than the channel", async () => {
  const asked = requests.ask("pong", () => ({ type: "ping" }));
  requests.end();
  await expect(asked).rejects.toThrow("the channel has ended");
  await expect(requests.ask("pong", () => ({ type: "ping" }))).rejects.toThrow("the channel has ended");
  expect(sent).toHaveLength(1);
});
