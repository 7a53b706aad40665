/**
 * Evaluates a query on a block. What columns decide goes first, then what the engine finds in bytes, and entries are parsed
 * last: only those that everything before has left.
 */

import { MALFORMED } from "../protocol";
import { fieldOf, quickFieldOf } from "../reading";
import { messageOf } from "../summary/patterns";
import { fnv1a, hashTemplate, templateOf } from "../summary/template";
import { compileTest, isExactLine } from "./field-test";
import { fold } from "./fold";
import { Lines } from "./lines";
import { literalOf } from "./literal";
import { both, countOf, fullMask, indexesOf, type Mask, without } from "./mask";
import type { Matcher } from "./matcher";
import { compileLineTest, compileRegex } from "./regex";
import { commonness, searchAll } from "./search_all";
import { ofShown } from "./shown";
import type { FieldTest, Query } from "./syntax";
import { someScalar, someValue } from "./values";
import { compilePattern } from "./wildcard";

export function compile(query: Query): Matcher {
  const node = compileNode(query);
  return {
    isByColumns: node.cost === Cost.Columns,
    match: (block, engine) => indexesOf(node.match(new Lines(block, engine), fullMask(block.count))),
  };
}

/** Of texts whose result is kept. */
const MAX_REMEMBERED = 10_000;

/** Less than one in so many lines are few. */
const FEW_SHARE = 16;

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
      return compileLevel(level, orMore ? MALFORMED - 1 : level);
    }
    case "target":
      return compileTarget(query.pattern);
    case "producer":
      return compileProducer(query.pattern);
    case "trace":
      return compileTrace(query.id);
    case "text":
      return compileText(query.text);
    case "regex":
      return compileExpression(query.source, query.flags);
    case "pattern":
      return compileTemplate(query.hash);
    case "field":
      return compileField(query.path, query.test);
  }
}

function compileLevel(from: number, to: number): Node {
  return {
    cost: Cost.Columns,
    match: ({ block: { levels } }, among) => {
      const mask = among.slice();
      for (let index = 0; index < mask.length; index += 1) {
        const level = levels[index] ?? MALFORMED;
        if (level < from || level > to) {
          mask[index] = 0;
        }
      }
      return mask;
    },
  };
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
  // Few targets are those of very many entries.
  const matches = remember(compilePattern(pattern));
  return byIndex(
    Cost.Columns,
    (lines, index) => !lines.isMalformed(index) && matches(lines.block.target(index)),
  );
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

function compileTemplate(hash: string): Node {
  // Few templates are those of very many messages.
  const matches = remember((template) => hashTemplate(template) === hash);
  return byIndex(Cost.Regex, (lines, index) => matches(templateOf(messageOf(lines.text(index)))));
}

/** Remembers what a test has said of some texts. */
function remember(test: (text: string) => boolean): (text: string) => boolean {
  const known = new Map<string, boolean>();
  return (text) => {
    let passes = known.get(text);
    if (passes === undefined) {
      passes = test(text);
      if (known.size < MAX_REMEMBERED) {
        known.set(text, passes);
      }
    }
    return passes;
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
  const matches = ofShown(text, (value) => fold(value).includes(folded));
  return {
    cost: Cost.Text,
    match: (lines, among) =>
      // A hit in a line without escapes is a true one.
      filter(
        lines,
        holding(lines, among, text),
        (_, index) => lines.isPlain(index) || holds(lines, index, matches),
      ),
  };
}

function compileExpression(source: string, flags: string): Node {
  const matches = ofShown(source, compileRegex(source, flags));
  const test = compileLineTest(source, flags);
  const literal = literalOf(source, flags);
  const isCommon = commonness();
  return {
    cost: literal === undefined ? Cost.Regex : Cost.Text,
    match: (lines, among) => {
      const likely = isCommon.value ? among : holding(lines, among, literal);
      isCommon.add(likely);
      const passes = (index: number) => holds(lines, index, matches);
      // Of few lines each by itself takes less than all of them together.
      if (test?.next === undefined || countOf(likely) * FEW_SHARE < likely.length) {
        return filter(
          lines,
          likely,
          (_, index) => (test?.mayMatch(lines.text(index)) ?? true) && passes(index),
        );
      }
      return searchAll(lines, likely, test.next, passes);
    },
  };
}

function compileField(path: string, test: FieldTest): Node {
  const { passes, passesQuickly, literal } = compileTest(test);
  const isOfMessage = path === "message";
  // The end of the last key, as it is written unless it has escapes.
  const key = JSON.stringify(path.slice(path.lastIndexOf(".") + 1)).slice(1);
  const isIndex = /^\d+"$/.test(key);
  // A field that is not there passes nothing, and so does one whose values all fail, wherever in the line they are.
  const mayPass = (line: string) =>
    someScalar(line, key, (value) => passesQuickly(value, () => false) !== false);
  const passesLine = (lines: Lines, index: number): boolean => {
    if (lines.isMalformed(index)) {
      return isOfMessage && passes(lines.text(index));
    }
    if (!isIndex && !lines.isOdd(index) && !mayPass(lines.text(index))) {
      return false;
    }
    const quickly = passesQuickly(quickFieldOf(lines.quick(index), path), () =>
      isExactLine(lines.text(index)),
    );
    if (quickly !== undefined) {
      return quickly;
    }
    const entry = lines.entry(index);
    return passes(entry === undefined ? undefined : fieldOf(entry, path));
  };
  return {
    cost: literal === undefined ? Cost.Field : Cost.Text,
    match: (lines, among) => filter(lines, holding(lines, among, literal), passesLine),
  };
}

/** Whether a value of the entry passes; the line itself, if it is none. */
function holds(lines: Lines, index: number, passes: (text: string) => boolean): boolean {
  const line = lines.text(index);
  return lines.isMalformed(index) ? passes(line) : someValue(line, passes);
}

/** Those of `among` that hold a literal, if there is one. */
function holding(lines: Lines, among: Mask, literal: string | undefined): Mask {
  return literal === undefined ? among : both(lines.candidates(literal), among);
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
