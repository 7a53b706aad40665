import { expect, test } from "vitest";
import { Back, type HistoryLike } from "./back";

/** A history as browsers have it, and a page with layers. */
function page() {
  const entries: { state: unknown; page: string; address: string }[] = [
    { state: null, page: "elsewhere", address: "" },
    { state: null, page: "log", address: "a" },
  ];
  const addresses: string[] = [];
  let shown = "a";
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
    pushState: (state, _, address = entries[at]?.address ?? "") => {
      entries.splice(at + 1);
      entries.push({ state, page: "log", address });
      at += 1;
    },
    replaceState: (state, _, address = entries[at]?.address ?? "") => {
      entries[at] = { state, page: "log", address };
    },
    back: () => go(-1),
  };
  const back = new Back(history, {
    depth: () => open,
    closeInnermost: () => {
      open -= 1;
    },
    onAddress: () => {
      shown = entries[at]?.address ?? "";
      addresses.push("read");
    },
    onStay: () => {
      history.replaceState(history.state, "", shown);
      addresses.push("kept");
    },
  });
  const step = (address: string) => {
    shown = address;
    back.step(address);
  };
  const set = (depth: number) => {
    open = depth;
    back.update();
  };
  return {
    set,
    step,
    go,
    /** What one press of Back after the other shows: the address, and how many layers are open. */
    presses: () => {
      const seen: string[] = [];
      while (entries[at]?.page === "log" && seen.length < 20) {
        go(-1);
        seen.push(entries[at]?.page === "log" ? `${shown} ${open}` : "elsewhere");
      }
      return seen;
    },
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

test("Back undoes one step after the other, and then leaves", () => {
  const { step, presses } = page();
  step("b");
  step("c");
  expect(presses()).toEqual(["b 0", "a 0", "elsewhere"]);
});

test("Back closes what is open before it undoes a step, whichever came first", () => {
  const first = page();
  first.step("b");
  first.set(2);
  expect(first.presses()).toEqual(["b 1", "b 0", "a 0", "elsewhere"]);

  const later = page();
  later.set(2);
  later.step("b");
  later.step("c");
  expect(later.presses()).toEqual(["c 1", "c 0", "b 0", "a 0", "elsewhere"]);
});

test("what was closed by other means takes no press of Back between steps", () => {
  const { set, step, presses } = page();
  set(2);
  step("b");
  set(0);
  step("c");
  set(1);
  set(0);
  expect(presses()).toEqual(["b 0", "a 0", "elsewhere"]);
});

test("Forward takes a step again", () => {
  const { step, go, presses } = page();
  step("b");
  step("c");
  go(-1);
  go(-1);
  go(1);
  expect(presses()).toEqual(["a 0", "elsewhere"]);
});
