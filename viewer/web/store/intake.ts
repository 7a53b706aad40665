/** Makes blocks of bodies: lines with their line ends, as the engine has scanned them. */

import { deflateSync } from "fflate";
import { type Block, MAX_COUNT } from "./block";
import { Columns, fits, type Shape } from "./columns";
import type { Scan } from "./engine/engine";
import { ownPiece, type Piece, type Slabs } from "./slabs";
import { Steps } from "./steps";
import type { Targets } from "./targets";

/** When what comes in small parts is compressed. */
export const SEAL_BYTES = 64 * 1024;
const OPEN_COUNT = 64;
const OPEN_BYTES = 4 * 1024;

/** A line of a body to be taken. */
export interface Line {
  readonly index: number;
  /** Undefined for a producer that does not number. */
  readonly seq: number | undefined;
}

/** The whole body, which is compressed as it came. */
export function fill(
  block: Block,
  data: Uint8Array,
  bodyStart: number,
  body: Uint8Array,
  scan: Scan,
  { targets, slabs }: { readonly targets: Targets; readonly slabs: Slabs },
): void {
  const count = scan.count;
  const shape = shapeOf(scan, count);
  const piece = slabs.allocate(Columns.bytes(shape) + data.length);
  const columns = new Columns(piece, shape);
  block.bodyStart = bodyStart;
  block.setColumns(piece, shape);
  for (let index = 0; index < count; index += 1) {
    setEntry(block, columns, index, scan, index, body, targets);
  }
  block.count = count;
  block.data().set(data);
}

/** Whether an open block has room for so much more. */
export function hasRoom(block: Block, count: number, bytes: number, scan: Scan): boolean {
  if (block.count + count > MAX_COUNT || block.textLength + bytes > 2 * SEAL_BYTES) {
    return false;
  }
  const { baseMs } = block.shape;
  for (let index = 0; index < scan.count; index += 1) {
    const time = scan.times[index] ?? Number.NaN;
    if (!fits(time, time, baseMs)) {
      return false;
    }
  }
  return true;
}

/** Makes a new block ready to take lines in. */
export function open(block: Block, scan: Scan): void {
  block.text = new Uint8Array(OPEN_BYTES);
  block.seqs = block.session === undefined ? undefined : new Steps();
  block.arrivals = new Steps();
  const { baseMs } = shapeOf(scan, scan.count);
  const shape = { capacity: OPEN_COUNT, baseMs, isWide: !hasNarrowTimes(scan, baseMs), hasTraces: true };
  block.setColumns(ownPiece(Columns.bytes(shape)), shape);
}

/** Takes a line of a body in. */
export function append(
  block: Block,
  body: Uint8Array,
  scan: Scan,
  { index, seq }: Line,
  arrivalMs: number,
  targets: Targets,
): void {
  const at = block.count;
  if (at === block.shape.capacity) {
    const shape = { ...block.shape, capacity: Math.min(2 * at, MAX_COUNT) };
    move(block, shape, ownPiece(Columns.bytes(shape)));
  }
  setEntry(block, block.columns(), at, scan, index, body, targets);
  if (seq !== undefined && typeof block.seqs === "object") {
    block.seqs.set(at, seq - at);
  }
  if (typeof block.arrivals === "object") {
    block.arrivals.set(at, arrivalMs);
  }
  const line = body.subarray(scan.starts[index], scan.ends[index]);
  const length = block.textLength + line.length + 1;
  let text = block.text ?? new Uint8Array(OPEN_BYTES);
  if (length > text.length) {
    const longer = new Uint8Array(Math.max(length, 2 * text.length));
    longer.set(text);
    text = longer;
  }
  text.set(line, block.textLength);
  text[length - 1] = 0x0a;
  block.text = text;
  block.textLength = length;
  block.count = at + 1;
}

/** Closes an open block: nothing more comes into it. */
export function seal(block: Block, slabs: Slabs): void {
  if (block.text === undefined) {
    return;
  }
  const data = deflateSync(block.text.subarray(0, block.textLength), { level: 1 });
  const columns = block.columns();
  const hasTraces = columns.traces(block.count).some((trace) => trace !== 0);
  block.text = undefined;
  block.textLength = 0;
  const shape = { ...block.shape, capacity: block.count, hasTraces };
  move(block, shape, slabs.allocate(Columns.bytes(shape) + data.length));
  block.data().set(data);
}

/** Moves the columns of a block to other memory. */
function move(block: Block, shape: Shape, piece: Piece): void {
  new Columns(piece, shape).copy(new Columns(block.piece, block.shape), block.count);
  block.setColumns(piece, shape);
}

function shapeOf({ times, traces }: Scan, count: number): Shape {
  let [minMs, maxMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let baseMs = 0;
  let hasTraces = false;
  for (let index = 0; index < count; index += 1) {
    const time = times[index] ?? Number.NaN;
    minMs = time < minMs ? time : minMs;
    maxMs = time > maxMs ? time : maxMs;
    hasTraces ||= traces[index] !== 0;
  }
  if (minMs <= maxMs) {
    baseMs = Math.floor(minMs);
  }
  return { capacity: count, baseMs, isWide: !fits(minMs, maxMs, baseMs), hasTraces };
}

function hasNarrowTimes({ times, count }: Scan, baseMs: number): boolean {
  return times.subarray(0, count).every((time) => fits(time, time, baseMs));
}

function setEntry(
  block: Block,
  columns: Columns,
  at: number,
  { times, levels, traces, targetStarts, targetEnds }: Scan,
  index: number,
  body: Uint8Array,
  targets: Targets,
): void {
  const time = Math.floor(times[index] ?? Number.NaN);
  const level = levels[index] ?? 0;
  columns.setTime(at, time);
  columns.setTrace(at, traces[index] ?? 0);
  columns.levels[at] = level;
  columns.targets[at] = targets.number(body, targetStarts[index] ?? 0, targetEnds[index] ?? 0);
  block.levels[level] = (block.levels[level] ?? 0) + 1;
  block.timeless += Number.isNaN(time) ? 1 : 0;
  block.minMs = time < block.minMs ? time : block.minMs;
  block.maxMs = time > block.maxMs ? time : block.maxMs;
}
