/** The texts that a query looks for, to be marked where they stand. No DOM. */

import { parse } from "../../store/query/parse";
import type { Query } from "../../store/query/syntax";

/** Marking more than these costs more than it helps. */
const MAX_WORDS = 8;

/** In lower case, without those that must not be there. */
export function wordsOf(query: string): string[] {
  const words = collect(parse(query).query).filter((word) => word !== "");
  return [...new Set(words)].slice(0, MAX_WORDS);
}

function collect(query: Query): string[] {
  switch (query.kind) {
    case "and":
    case "or":
      return query.parts.flatMap(collect);
    case "text":
      return [query.text.toLowerCase()];
    case "field":
      return query.path === "message" && query.test.op === "is"
        ? query.test.pattern.toLowerCase().split("*")
        : [];
    default:
      return [];
  }
}

/** Where the words stand in a text: from and up to which offsets, ascending. */
export function marksOf(content: string, words: readonly string[]): (readonly [number, number])[] {
  const folded = words.length === 0 ? "" : content.toLowerCase();
  // Where folding changes lengths, positions are not those of the text.
  const lookup = folded.length === content.length ? folded : content;
  const marks: (readonly [number, number])[] = [];
  for (let end = 0; end < content.length; ) {
    const [start, word] = firstOf(lookup, words, end);
    if (start === -1) {
      break;
    }
    end = start + word.length;
    marks.push([start, end]);
  }
  return marks;
}

function firstOf(content: string, words: readonly string[], from: number): [number, string] {
  let found: [number, string] = [-1, ""];
  for (const word of words) {
    const start = word === "" ? -1 : content.indexOf(word, from);
    if (start !== -1 && (found[0] === -1 || start < found[0])) {
      found = [start, word];
    }
  }
  return found;
}
