import { expect, test } from "vitest";
import { Back, type HistoryLike } from "./back";

/** A history as browsers have it, and a page with layers. */
function page() {
  const entries: { state: unknown; page: string }[] = [
    { state: null, page: "elsewhere" },
    { state: null, page: "log" },
  ];
  const addresses: string[] = [];
  let at = 1;
  let open = 0;
  const go = (by: number) => {
    at += by;
    if (entries[at]?.page === "log") back.popped();
  };
  const history: HistoryLike = {
    get state() {
      return entries[at]?.state;
    },
    pushState: (state) => {
      entries.splice(at + 1);
      entries.push({ state, page: "log" });
      at += 1;
    },
    replaceState: (state) => {
      entries[at] = { state, page: "log" };
    },
    back: () => go(-1),
  };
  const back = new Back(history, {
    depth: () => open,
    closeInnermost: () => {
      open -= 1;
    },
    onAddress: () => addresses.push("read"),
    onStay: () => addresses.push("kept"),
  });
  const set = (depth: number) => {
    open = depth;
    back.update();
  };
  return {
    set,
    go,
    history,
    addresses,
    where: () => entries[at]?.page,
    open: () => open,
    length: () => entries.length,
  };
}

test("Back closes one layer after the other, and then leaves", () => {
  const { set, go, where, open, addresses } = page();
  set(1);
  set(2);
  go(-1);
  expect([open(), where()]).toEqual([1, "log"]);
  go(-1);
  expect([open(), where()]).toEqual([0, "log"]);
  expect(addresses).toEqual(["kept", "kept"]);
  go(-1);
  expect(where()).toBe("elsewhere");
});

test("what was closed by other means takes no press of Back", () => {
  const { set, go, where, length } = page();
  for (let round = 0; round < 5; round += 1) {
    set(1);
    set(0);
  }
  expect(length()).toBe(3);
  go(-1);
  expect(where()).toBe("elsewhere");
});

test("a layer in place of a closed one closes by Back, too", () => {
  const { set, go, where, open } = page();
  set(2);
  set(0);
  set(1);
  go(-1);
  expect([open(), where()]).toEqual([0, "log"]);
  go(-1);
  expect(where()).toBe("elsewhere");
});

test("Forward opens nothing, and Back leaves from there", () => {
  const { set, go, where, open } = page();
  set(1);
  go(-1);
  go(1);
  expect([open(), where()]).toEqual([0, "log"]);
  go(-1);
  expect(where()).toBe("elsewhere");
});

test("a link within the page is an address that is read", () => {
  const { set, go, history, addresses, open } = page();
  set(1);
  history.pushState(null, "");
  go(0);
  expect([open(), addresses]).toEqual([1, ["read"]]);
  go(-1);
  expect([open(), addresses]).toEqual([1, ["read", "read"]]);
  go(-1);
  expect(open()).toBe(0);
});
