/**
 * Evaluates a query on a block. What columns decide goes first, then what the engine finds in bytes, and entries are parsed
 * last: only those that everything before has left.
 */

import { textOf } from "../json";
import { MALFORMED } from "../protocol";
import { fieldOf } from "../reading";
import { fnv1a, hashTemplate, templateOf } from "../summary/template";
import { compileTest } from "./field-test";
import { fold } from "./fold";
import { Lines, type Mask } from "./lines";
import type { Matcher } from "./matcher";
import { compileRegex } from "./regex";
import type { FieldTest, Query } from "./syntax";
import { someValue } from "./values";
import { compilePattern } from "./wildcard";

export function compile(query: Query): Matcher {
  const node = compileNode(query);
  return {
    isByColumns: node.cost === Cost.Columns,
    match: (block, engine) => indexesOf(node.match(new Lines(block, engine), fullMask(block.count))),
  };
}

enum Cost {
  Columns = 0,
  Trace,
  Text,
  Field,
  Regex,
}

interface Node {
  readonly cost: Cost;
  /** Of the indexes in `among`, those that pass. The mask is a new one. */
  match(lines: Lines, among: Mask): Mask;
}

function compileNode(query: Query): Node {
  switch (query.kind) {
    case "all":
      return { cost: Cost.Columns, match: (_, among) => among.slice() };
    case "and":
      return compileAnd(query.parts);
    case "or":
      return compileOr(query.parts);
    case "not": {
      const { cost, match } = compileNode(query.part);
      return { cost, match: (lines, among) => without(among, match(lines, among)) };
    }
    case "level": {
      const { level, orMore } = query;
      return byIndex(Cost.Columns, ({ block }, index) => {
        const own = block.levels[index] ?? MALFORMED;
        return orMore ? own >= level && own !== MALFORMED : own === level;
      });
    }
    case "target":
      return compileTarget(query.pattern);
    case "producer":
      return compileProducer(query.pattern);
    case "trace":
      return compileTrace(query.id);
    case "text":
      return compileText(query.text);
    case "regex": {
      const matches = compileRegex(query.source, query.flags);
      return byIndex(Cost.Regex, (lines, index) => holds(lines, index, matches));
    }
    case "pattern":
      return byIndex(Cost.Field, (lines, index) => {
        const message = messageOf(lines, index);
        return message !== undefined && hashTemplate(templateOf(message)) === query.hash;
      });
    case "field":
      return compileField(query.path, query.test);
  }
}

function compileAnd(parts: readonly Query[]): Node {
  const nodes = parts.map(compileNode).sort((one, other) => one.cost - other.cost);
  return {
    cost: nodes.at(-1)?.cost ?? Cost.Columns,
    match: (lines, among) =>
      nodes.reduce((left, node) => (left.includes(1) ? node.match(lines, left) : left), among.slice()),
  };
}

function compileOr(parts: readonly Query[]): Node {
  const nodes = parts.map(compileNode).sort((one, other) => one.cost - other.cost);
  return {
    cost: nodes.at(-1)?.cost ?? Cost.Columns,
    match: (lines, among) => {
      let open = among;
      for (const node of nodes) {
        open = without(open, node.match(lines, open));
      }
      return without(among, open);
    },
  };
}

function compileTarget(pattern: string): Node {
  const matches = compilePattern(pattern);
  // Few targets are logged by very many entries.
  const known = new Map<string, boolean>();
  return byIndex(Cost.Columns, (lines, index) => {
    if (lines.isMalformed(index)) {
      return false;
    }
    const target = lines.block.target(index);
    let passes = known.get(target);
    if (passes === undefined) {
      passes = matches(target);
      known.set(target, passes);
    }
    return passes;
  });
}

function compileProducer(pattern: string): Node {
  const matches = compilePattern(pattern);
  return {
    cost: Cost.Columns,
    match: ({ block }, among) =>
      matches(block.producer) || block.producerNames.some(matches)
        ? among.slice()
        : new Uint8Array(among.length),
  };
}

/** The hash is of the id as it was sent, which no writer escapes; in either case, because it may be hexadecimal. */
function compileTrace(id: string): Node {
  const ids = new Set([id, id.toLowerCase(), id.toUpperCase()]);
  const hashes = new Set([...ids].map(fnv1a));
  return byIndex(Cost.Trace, (lines, index) => {
    if (!hashes.has(lines.block.traces[index] ?? 0)) {
      return false;
    }
    const entry = lines.entry(index);
    const value = entry === undefined ? undefined : fieldOf(entry, "span.trace_id");
    return typeof value === "string" && ids.has(value);
  });
}

function compileText(text: string): Node {
  const folded = fold(text);
  const matches = (value: string) => fold(value).includes(folded);
  return {
    cost: Cost.Text,
    match: (lines, among) =>
      // A hit in a line without escapes is a true one.
      filter(
        lines,
        both(lines.candidates(text), among),
        (_, index) => lines.isPlain(index) || holds(lines, index, matches),
      ),
  };
}

function compileField(path: string, test: FieldTest): Node {
  const { passes, literal } = compileTest(test);
  const isOfMessage = path === "message";
  // The end of the last key, as it is written unless it has escapes.
  const key = JSON.stringify(path.slice(path.lastIndexOf(".") + 1)).slice(1);
  const passesLine = (lines: Lines, index: number): boolean => {
    if (lines.isMalformed(index)) {
      return isOfMessage && passes(lines.text(index));
    }
    if (!lines.isOdd(index) && !/^\d+"$/.test(key) && !lines.text(index).includes(key)) {
      return passes(undefined);
    }
    const entry = lines.entry(index);
    return passes(entry === undefined ? undefined : fieldOf(entry, path));
  };
  return {
    cost: literal === undefined ? Cost.Field : Cost.Text,
    match: (lines, among) =>
      filter(lines, literal === undefined ? among : both(lines.candidates(literal), among), passesLine),
  };
}

/** Whether a value of the entry passes; the line itself, if it is none. */
function holds(lines: Lines, index: number, passes: (text: string) => boolean): boolean {
  const line = lines.text(index);
  return lines.isMalformed(index) ? passes(line) : someValue(line, passes);
}

function messageOf(lines: Lines, index: number): string | undefined {
  if (lines.isMalformed(index)) {
    return lines.text(index);
  }
  const message = lines.entry(index)?.get("message");
  return message === undefined ? undefined : textOf(message);
}

function byIndex(cost: Cost, passes: (lines: Lines, index: number) => boolean): Node {
  return { cost, match: (lines, among) => filter(lines, among, passes) };
}

function filter(lines: Lines, among: Mask, passes: (lines: Lines, index: number) => boolean): Mask {
  const mask = new Uint8Array(among.length);
  for (let index = 0; index < among.length; index += 1) {
    if (among[index] === 1 && passes(lines, index)) {
      mask[index] = 1;
    }
  }
  return mask;
}

function fullMask(count: number): Mask {
  return new Uint8Array(count).fill(1);
}

function both(one: Mask, other: Mask): Mask {
  return one.map((bit, index) => bit & (other[index] ?? 0));
}

function without(mask: Mask, taken: Mask): Mask {
  return mask.map((bit, index) => (taken[index] === 1 ? 0 : bit));
}

function indexesOf(mask: Mask): Uint16Array {
  let count = 0;
  for (const bit of mask) {
    count += bit;
  }
  const indexes = new Uint16Array(count);
  let next = 0;
  for (let index = 0; index < mask.length; index += 1) {
    if (mask[index] === 1) {
      indexes[next] = index;
      next += 1;
    }
  }
  return indexes;
}
