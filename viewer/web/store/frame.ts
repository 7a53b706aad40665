/** A message of the extension, opened as far as the store needs it: its header is read, its lines are scanned and stay bytes. */

import { isObject, parseJson } from "../consumer/entry";
import { type Control, parseControl } from "../consumer/extension/frames";
import { type BatchHeader, parseBatchHeader } from "../consumer/extension/header";
import { type Engine, MAX_FRAME_BYTES, type Scan } from "./engine/engine";
import { Steps } from "./steps";

export interface BatchFrame {
  readonly type: "batch";
  readonly header: BatchHeader;
  readonly bytes: Uint8Array;
  readonly bodyStart: number;
  readonly scan: Scan;
  /** As it came, if it was compressed. */
  readonly data: Uint8Array | undefined;
}

export interface ControlFrame {
  readonly type: "control";
  readonly control: Control;
  readonly bytes: Uint8Array;
}

const LINE_FEED = 0x0a;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Opens a message behind `welcome`; undefined if it is malformed. */
export function openFrame(data: unknown, engine: Engine): BatchFrame | ControlFrame | undefined {
  const packed = data instanceof ArrayBuffer ? new Uint8Array(data) : undefined;
  const read = () =>
    packed === undefined
      ? typeof data === "string"
        ? encoder.encode(data)
        : undefined
      : engine.inflate(packed, MAX_FRAME_BYTES);
  let bytes = read();
  if (bytes === undefined) {
    return undefined;
  }
  const end = bytes.indexOf(LINE_FEED);
  const fields = parseJson(decoder.decode(end === -1 ? bytes : bytes.subarray(0, end)));
  if (!isObject(fields)) {
    return undefined;
  }
  if (fields.type !== "batch") {
    const control = end === -1 ? parseControl(fields) : undefined;
    return control === undefined ? undefined : { type: "control", control, bytes };
  }
  const header = parseBatchHeader(fields);
  if (header === undefined) {
    return undefined;
  }
  const bodyStart = end === -1 ? bytes.length : end + 1;
  let scan = engine.scan(bytes.subarray(bodyStart));
  if (bytes.length === 0) {
    // The engine's memory has grown, which leaves views of it behind; it is large enough now.
    bytes = read() ?? bytes;
    scan = engine.scan(bytes.subarray(bodyStart));
  }
  return scan.count === header.count
    ? { type: "batch", header, bytes, bodyStart, scan, data: packed }
    : undefined;
}

/** The number of each line, less its index. */
export function seqsOf({ first, holes }: BatchHeader): Steps | number {
  if (holes.length === 0) {
    return first;
  }
  const steps = new Steps();
  let base = first;
  steps.set(0, base);
  for (const [index, skipped] of holes) {
    base += skipped;
    steps.set(index, base);
  }
  return steps;
}
