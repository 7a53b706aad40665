import { expect, test } from "vitest";
import { Acknowledgement } from "./acknowledgement";

const MIB = 1024 * 1024;

test("everything is acknowledged when no more messages wait", () => {
  const acknowledgement = new Acknowledgement();
  expect(acknowledgement.take(100, 5, true)).toBe(4);
  expect(acknowledgement.take(100, 6, false)).toBeUndefined();
  expect(acknowledgement.take(100, 8, true)).toBe(7);
});

test("after 1 MiB it is acknowledged although more wait", () => {
  const acknowledgement = new Acknowledgement();
  expect(acknowledgement.take(MIB - 1, 5, false)).toBeUndefined();
  expect(acknowledgement.take(1, 6, false)).toBe(5);
  expect(acknowledgement.take(MIB - 1, 7, false)).toBeUndefined();
  expect(acknowledgement.take(MIB, 8, false)).toBe(7);
});

test("nothing is acknowledged twice, nor before there is anything", () => {
  const acknowledgement = new Acknowledgement();
  expect(acknowledgement.take(100, 0, true)).toBeUndefined();
  expect(acknowledgement.take(100, 1, true)).toBe(0);
  expect(acknowledgement.take(2 * MIB, 1, true)).toBeUndefined();
  expect(acknowledgement.take(100, 2, false)).toBe(1);
});
