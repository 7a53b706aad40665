import { useMemo, useState } from "preact/hooks";
import { canAlso, targetTerm } from "../actions/filter";
import { pick } from "../language";
import type { Model } from "../model";
import { safeText } from "../text_safe";
import { FacetLine } from "./facet_line";
import { keepLeftOut } from "./left_out";
import { usePolled } from "./polled";
import { targetPattern, targetTree, visibleNodes } from "./targets";

const text = pick({
  en: { none: "No target yet.", fold: "Fold", unfold: "Unfold", more: (count: number) => `${count} more` },
  zh: { none: "还没有目标。", fold: "折叠", unfold: "展开", more: (count: number) => `还有 ${count} 个` },
});

const EVERY_MS = 1_000;
const MAX_SHOWN = 300;
const MAX_LABEL = 300;

/** Targets as a tree, by name. */
export function Targets({ model }: { model: Model }) {
  const { value: facets, hold } = usePolled(
    () => model.store.ask("facets", undefined),
    EVERY_MS,
    model.view.value,
  );
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [shown, setShown] = useState(MAX_SHOWN);
  const [withLeftOut] = useState(keepLeftOut);
  const isAsked = canAlso(model, targetTerm("x"));
  const tree = useMemo(
    () => targetTree(withLeftOut("target", facets?.targets ?? [], isAsked)),
    [facets, isAsked, withLeftOut],
  );
  const nodes = visibleNodes(tree, closed);
  const most = tree.reduce((highest, node) => Math.max(highest, node.count), 0);
  const toggle = (path: string) => {
    const next = new Set(closed);
    if (!next.delete(path)) {
      next.add(path);
    }
    setClosed(next);
  };
  if (facets !== undefined && nodes.length === 0) {
    return <p class="soft">{text.none}</p>;
  }
  return (
    <ul class="facets" {...hold}>
      {nodes.slice(0, shown).map(({ node, depth }) => {
        const term = targetTerm(targetPattern(node));
        const isClosed = closed.has(node.path);
        return (
          <li
            key={node.path}
            class="target-line"
            style={{ paddingInlineStart: `${Math.min(8, depth) * 12}px` }}
          >
            {node.children.length > 0 ? (
              <button
                type="button"
                class="fold-sign"
                aria-expanded={!isClosed}
                aria-label={`${isClosed ? text.unfold : text.fold} ${safeText(node.path.slice(0, MAX_LABEL))}`}
                onClick={() => toggle(node.path)}
              />
            ) : (
              <span class="fold-sign" />
            )}
            <FacetLine
              count={node.count}
              most={most}
              name={safeText(targetPattern(node).slice(0, MAX_LABEL))}
              model={model}
              term={term}
            >
              <bdi>{safeText(node.label.slice(0, MAX_LABEL))}</bdi>
            </FacetLine>
          </li>
        );
      })}
      {nodes.length > shown && (
        <li>
          <button type="button" class="button" onClick={() => setShown(shown + MAX_SHOWN)}>
            {text.more(nodes.length - shown)}
          </button>
        </li>
      )}
    </ul>
  );
}
