import { expect, test } from "vitest";
import { snippets } from "./snippets";

test("programs name the server unless it is the default one", () => {
  for (const { name, code } of snippets("ws://localhost:8080/signaling")) {
    expect(code, name).not.toContain("ws://");
  }
  for (const { name, code } of snippets("wss://logs.example/signaling?token=a")) {
    expect(code, name).toContain("wss://logs.example/signaling?token=a");
  }
});

test("an address does not end the text that holds it", () => {
  const byName = new Map(snippets("ws://a/'\"b").map(({ name, code }) => [name, code]));
  expect(byName.get("Shell")).toContain("'ws://a/'\\''\"b'");
  expect(byName.get("Python")).toContain('"ws://a/\'\\"b"');
});
