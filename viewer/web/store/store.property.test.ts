/** Whatever comes in whatever order: the store shows what an array of all items would. */

import { expect, test } from "vitest";
import type { Channel } from "./channel";
import { makeRandom } from "./engine/engine.testing";
import { histogramOf } from "./histogram";
import { Naive, type NaiveEntry, type NaiveView } from "./naive.testing";
import { LEVELS, type Row } from "./protocol";
import { fullEntry, rowOf, stepFrom, windowOf } from "./rows";
import { TestPool } from "./search/pool.testing";
import type { Store } from "./store";
import { batchOf, lineOf, makeStore, NO_VIEW, nameOf, openChannel, packed } from "./store.testing";

const T = Date.UTC(2026, 0, 2, 3, 4, 5);
const PRODUCERS = ["a", "b", "c"];
const STEPS = 120;
const HOUR = 3_600_000;
/** By how much clocks are wrong at times. */
const WRONG_MS = [-T, -HOUR, -500, 700, HOUR, 30 * 24 * HOUR, 80 * 365 * 24 * HOUR];

/** What a program has logged: entries by their numbers. */
interface Program {
  readonly id: string;
  readonly log: NaiveEntry[];
  readonly lines: string[];
  readonly channel: Channel;
  readonly liveFrom: number;
  next: number;
  clockMs: number;
}

class World {
  readonly store: Store;
  readonly naive = new Naive();
  readonly #random: (limit: number) => number;
  readonly #programs: Program[] = [];
  #nowMs = T + 5_000;
  #received = 0;
  #fetched = 0;
  readonly #pool: TestPool | undefined;
  view: NaiveView = { passes: () => true, muted: [], range: undefined };

  /** `hasSearchers`: blocks are looked at by searchers, which answer when they will. */
  constructor(store: Store, random: (limit: number) => number, hasSearchers: boolean) {
    this.store = store;
    this.#pool = hasSearchers ? new TestPool(store) : undefined;
    this.#random = random;
  }

  step(): void {
    this.#nowMs += this.#random(200);
    const program = this.#programs[this.#random(PRODUCERS.length)];
    const what = this.#random(20);
    if (program === undefined) {
      this.#open();
    } else if (what < 12) {
      this.#send(program);
    } else if (what === 12) {
      for (let count = this.#random(3); count >= 0; count -= 1) this.#gap(program);
    } else if (what < 16) {
      this.#fetch(program);
    } else if (what < 18) {
      this.#look();
    } else if (what === 18) {
      this.#drop();
    } else {
      for (let count = this.#random(5); count > 0; count -= 1) {
        if (this.store.view.isBusy) this.store.view.step();
        this.#pool?.work(this.#random);
      }
    }
  }

  #open(): void {
    const id = PRODUCERS[this.#programs.length];
    if (id === undefined) return;
    const [from, history] = [this.#random(50), this.#random(400)];
    const liveFrom = from + history;
    const former = this.#random(2) === 0 ? from - this.#random(from + 1) : undefined;
    const { channel } = openChannel(
      this.store,
      id,
      { from, next: liveFrom },
      former === undefined ? {} : { formerNext: former },
    );
    const program = { id, log: [], lines: [], channel, liveFrom, next: from, clockMs: T };
    this.#programs.push(program);
    this.#log(program, from);
    if (former !== undefined && former < from) {
      this.naive.takeGap(id, { first: former, last: from - 1, reason: "away" }, liveFrom, 0);
    }
    this.#reach(program, from);
  }

  /** The program logs, up to a number. */
  #log(program: Program, until: number): void {
    while (program.log.length < until) {
      const seq = program.log.length;
      program.clockMs += this.#random(30) === 0 ? -this.#random(50) : this.#random(20);
      const level = this.#random(4);
      const text = `${this.#random(5) === 0 ? "needle" : "hay"} ${"x".repeat(this.#random(120))}`;
      const hasTime = this.#random(40) > 0;
      const timeMs =
        program.clockMs + (this.#random(30) === 0 ? (WRONG_MS[this.#random(WRONG_MS.length)] ?? 0) : 0);
      const line = lineOf({ timeMs, level: LEVELS[level] ?? "", message: text });
      program.lines.push(hasTime ? line : line.replace(/"timestamp":"[^"]*"/, '"timestamp":"?"'));
      program.log.push({
        kind: "entry",
        name: `${program.id} ${seq}`,
        producer: program.id,
        seq,
        timeMs: hasTime ? timeMs : Number.NaN,
        level,
        text,
        isFetched: false,
      });
    }
  }

  #send(program: Program): void {
    const again = this.#random(6) === 0 ? this.#random(10) : 0;
    const first = Math.max(0, program.next - again);
    const last = program.next + this.#random([3, 40, 300][this.#random(3)] ?? 3);
    this.#log(program, last + 1);
    const every = 1 + this.#random(3);
    const sent = program.log.slice(first, last + 1).filter(({ seq }) => (seq ?? 0) % every === 0);
    const text = batchOf(
      sent.map(({ seq = 0 }) => [seq, program.lines[seq] ?? ""]),
      first,
      last,
    );
    program.channel.take(this.#random(3) > 0 ? packed(text) : text, this.#nowMs, true);
    const fresh = sent.filter(({ seq = 0 }) => seq >= program.next);
    this.#received += fresh.length;
    this.naive.take(fresh, program.liveFrom, this.#nowMs, last + 1 >= program.liveFrom);
    this.#reach(program, last + 1);
  }

  #gap(program: Program): void {
    const last = program.next + this.#random(30);
    this.#log(program, last + 1);
    const gap = { first: program.next, last, reason: "overflow" as const };
    program.channel.take(JSON.stringify({ type: "gap", ...gap }), this.#nowMs, true);
    this.naive.takeGap(program.id, gap, program.liveFrom, this.#nowMs);
    this.#reach(program, last + 1);
  }

  #reach(program: Program, next: number): void {
    program.next = next;
    if (next >= program.liveFrom) this.naive.endHistory(program.id);
  }

  #fetch(program: Program): void {
    const first = this.#random(program.log.length + 1);
    const brought = program.log.slice(first, first + 1 + this.#random(60)).filter(() => this.#random(3) > 0);
    if (brought.length === 0) return;
    const text = batchOf(brought.map(({ seq = 0 }) => [seq, program.lines[seq] ?? ""]));
    program.channel.take('{"type":"fetch","id":1}', this.#nowMs, true);
    program.channel.take(packed(text), this.#nowMs, true);
    for (const entry of brought) {
      const fetched = { ...entry, name: `${entry.name} fetched`, isFetched: true };
      if (this.naive.takeFetched(fetched)) this.#fetched += 1;
    }
  }

  #look(): void {
    const muted = this.#random(4) === 0 ? [PRODUCERS[this.#random(3)] ?? ""] : [];
    const fromMs = T + this.#random(2_000);
    const range = this.#random(4) === 0 ? { fromMs, toMs: fromMs + this.#random(4_000) } : undefined;
    const [query, passes] = (
      [
        ["", () => true],
        ["level:warn+", ({ level }) => level >= 2],
        ["needle", ({ text }) => text.includes("needle")],
        ["-needle level:info", ({ text, level }) => !text.includes("needle") && level === 1],
        ["nothing", () => false],
      ] as const satisfies readonly (readonly [string, NaiveView["passes"]])[]
    )[this.#random(5)] ?? ["", () => true];
    this.view = { passes, muted, range };
    this.store.showing.set({ ...NO_VIEW, query, muted, range });
  }

  #drop(): void {
    const { bytes } = this.store.counts();
    const pinned = windowOf(this.store, { kind: "position", position: 0 }, 1).rows.map(({ id }) => id);
    this.store.pin(pinned);
    this.store.setMaxBytes(bytes - this.#random(Math.ceil(bytes / 3)));
    this.store.setMaxBytes(2 ** 40);
    const held = [...this.store.items("all")].map((item) => rowOf(this.store, item));
    expect(held.map(({ id }) => id)).toEqual(expect.arrayContaining(pinned));
    this.naive.keep(new Set(held.map(keyOf)));
  }

  /** Holds all of the store against the array. */
  check(): void {
    while (this.store.view.isBusy) this.store.view.step();
    this.#pool?.drain();
    const { store } = this;
    const expected = this.naive.shown(this.view);
    const rows: Row[] = [];
    for (let position = 0; position < expected.length; ) {
      const {
        rows: some,
        total,
        position: at,
      } = windowOf(store, { kind: "position", position }, 1 + this.#random(200));
      expect([total, at]).toEqual([expected.length, position]);
      rows.push(...some);
      position += some.length;
    }
    expect(rows.map((row) => sayRow(keyOf(row), row))).toEqual(
      expected.map((row) => sayRow(row.name, row.kind === "gap" ? { ...row, last: row.gap.last } : row)),
    );
    this.#checkCounts(expected.length);
    this.#checkAnchors(expected.map(({ name }) => name));
  }

  #checkCounts(total: number): void {
    const counts = this.store.counts();
    const entries = this.naive.placed.filter(({ row }) => row.kind === "entry").length;
    const shown = this.naive.shown(this.view).filter(({ kind }) => kind === "entry");
    expect(counts).toMatchObject({
      received: this.#received,
      fetched: this.#fetched,
      held: entries,
      searched: entries,
      shown: shown.length,
    });
    expect(counts.received + this.#fetched).toBe(counts.held + counts.dropped);
    const end = windowOf(this.store, { kind: "end" }, 7);
    expect([end.position, end.rows.length]).toEqual([Math.max(0, total - 7), Math.min(7, total)]);
    const histogram = histogramOf(this.store, 60, undefined);
    const counted = [...histogram.counts, ...histogram.outside.map(({ count }) => count)];
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(shown.length);
  }

  #checkAnchors(expected: readonly string[]): void {
    const { store } = this;
    const { placed } = this.naive;
    const ids = [...store.items("all")].map(({ block, index }) => block.id(index));
    expect(ids.length).toBe(placed.length);
    const shown = new Set(expected);
    for (let count = 0; count < 10 && placed.length > 0; count += 1) {
      const at = this.#random(placed.length);
      const [row, id] = [placed[at]?.row, ids[at] ?? 0];
      const before = placed.slice(0, at).filter((other) => shown.has(other.row.name)).length;
      const window = windowOf(store, { kind: "item", id, offset: 0 }, 3);
      expect(window.position).toBe(before);
      expect(window.rows.map(keyOf)).toEqual(expected.slice(before, before + 3));
      const isShown = shown.has(row?.name ?? "");
      const item = store.item(id);
      if (row?.kind === "entry" && item !== undefined) {
        expect(fullEntry(store, item)?.position).toBe(isShown ? before : undefined);
      }
      for (const [direction, places] of [
        [1, placed.slice(at + 1)],
        [-1, placed.slice(0, at).reverse()],
      ] as const) {
        const next = places.find(
          ({ row: other }) => other.kind === "entry" && other.level === 3 && shown.has(other.name),
        );
        const step = stepFrom(store, id, { to: "level", level: 3, direction });
        expect(step?.position).toBe(next === undefined ? undefined : expected.indexOf(next.row.name));
        const neighbour = places.find(({ row: other }) => shown.has(other.name));
        const near = stepFrom(store, id, { to: "row", by: direction });
        expect(near?.position).toBe(
          neighbour === undefined ? undefined : expected.indexOf(neighbour.row.name),
        );
      }
      const ms = T + this.#random(6_000);
      const rows = this.naive.shown(this.view);
      const untilMs = ms + this.#random(40 * HOUR);
      const isIn = (timeMs: number) => timeMs >= ms && timeMs < untilMs;
      const first = rows.findIndex((other) => other.kind === "entry" && isIn(other.timeMs));
      expect(windowOf(store, { kind: "time", ms, untilMs }, 1).position).toBe(
        first === -1 ? rows.length : first,
      );
    }
  }
}

/** What names a row in the array. */
function keyOf(row: Row): string {
  return row.kind === "gap" ? `${row.producer} gap ${row.first}` : nameOf(row);
}

/** A row as text, with all that a gap stands for. */
function sayRow(
  name: string,
  row: { kind: Exclude<Row["kind"], "gap"> } | { kind: "gap"; last: number; missing: number },
) {
  return row.kind === "gap" ? `${name}-${row.last}: ${row.missing}` : name;
}

test.each(Array.from({ length: 24 }, (_, seed) => seed))(
  "windows are those of an array, seed %i",
  async (seed) => {
    const random = makeRandom(seed + 1);
    const world = new World(await makeStore(), random, seed % 2 === 1);
    for (let step = 0; step < STEPS; step += 1) {
      world.step();
      if (step % 10 === 9) world.check();
    }
  },
);
