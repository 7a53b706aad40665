/** The targets of a log as a tree: `shop.db`, `shop::db` and `shop/db` each stand below `shop`. */

import type { FacetValue } from "../../store/protocol";

export interface TargetNode {
  /** What it adds to its parent's path. */
  readonly label: string;
  /** The whole target, or what all targets below begin with. */
  readonly path: string;
  /** Entries of this target and of those below it. */
  readonly count: number;
  readonly children: readonly TargetNode[];
}

interface Draft {
  label: string;
  path: string;
  own: number;
  children: Map<string, Draft>;
}

const MAX_DEPTH = 32;
const SEPARATOR = /(?<=\w)(?=\.|::|\/)/;

/** By name, so that counts can grow without anything moving. A parent with one child and no entries is joined with it. */
export function targetTree(targets: readonly FacetValue[]): readonly TargetNode[] {
  const root: Draft = { label: "", path: "", own: 0, children: new Map() };
  for (const { value, count } of targets) {
    let node = root;
    for (const part of partsOf(value)) {
      let child = node.children.get(part);
      if (child === undefined) {
        child = { label: part, path: node.path + part, own: 0, children: new Map() };
        node.children.set(part, child);
      }
      node = child;
    }
    node.own += count;
  }
  return finish(root).children;
}

/** What is nested deeper stays one part: a target is any text. */
function partsOf(target: string): readonly string[] {
  const parts = target.split(SEPARATOR);
  return parts.length <= MAX_DEPTH
    ? parts
    : [...parts.slice(0, MAX_DEPTH - 1), parts.slice(MAX_DEPTH - 1).join("")];
}

function finish(draft: Draft): TargetNode {
  const children = [...draft.children.values()].map(finish).toSorted((a, b) => compare(a.label, b.label));
  const [only] = children;
  if (only !== undefined && children.length === 1 && draft.own === 0 && draft.path !== "") {
    return { ...only, label: draft.label + only.label };
  }
  const count = children.reduce((sum, child) => sum + child.count, draft.own);
  return { label: draft.label, path: draft.path, count, children };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The pattern that a query's `target:` takes for a node. */
export function targetPattern(node: TargetNode): string {
  return node.children.length === 0 ? node.path : `${node.path}*`;
}

/** The rows of a tree whose `closed` paths are folded, with their depth. */
export function visibleNodes(
  nodes: readonly TargetNode[],
  closed: ReadonlySet<string>,
  depth = 0,
): readonly { readonly node: TargetNode; readonly depth: number }[] {
  return nodes.flatMap((node) => [
    { node, depth },
    ...(closed.has(node.path) ? [] : visibleNodes(node.children, closed, depth + 1)),
  ]);
}
