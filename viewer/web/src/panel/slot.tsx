/** The room of the panel beside the list, whose edge the reader can move. */

import { useEffect, useRef } from "preact/hooks";
import { keepDragsWithin } from "../drag_bounds";
import { pick } from "../language";
import type { Model } from "../model";
import { Panel } from "./panel";
import { boundShare, MAX_SHARE, MIN_SHARE, shareByKey } from "./width";

const text = pick({
  en: { edge: "Width of the panel" },
  zh: { edge: "面板宽度" },
});

const SHARE = "--panel-share";
/** About what the style gives it. */
const USUAL_SHARE = 0.44;

export function PanelSlot({ model }: { model: Model }) {
  const slot = useRef<HTMLDivElement>(null);
  const { panelShare } = model.settings.value;
  useEffect(() => () => giveFocusBack(), []);
  useEffect(() => {
    const abort = new AbortController();
    if (slot.current !== null) keepDragsWithin(slot.current, slot.current, abort.signal);
    return () => abort.abort();
  }, []);
  const keep = (share: number) => {
    model.settings.value = { ...model.settings.value, panelShare: share };
  };
  /** As it is by the style, before the reader has moved it. */
  const shareNow = () => {
    const [own, all] = [slot.current, slot.current?.parentElement];
    return own === null || all === null || all === undefined ? MIN_SHARE : own.offsetWidth / all.offsetWidth;
  };
  const shareAt = (clientX: number) => {
    const all = slot.current?.parentElement?.getBoundingClientRect();
    return all === undefined ? MIN_SHARE : boundShare((all.right - clientX) / all.width);
  };
  const onPointerDown = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    if (event.button === 0) {
      event.currentTarget.setPointerCapture(event.pointerId);
      event.preventDefault();
    }
  };
  const onPointerMove = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) {
      slot.current?.style.setProperty(SHARE, String(shareAt(event.clientX)));
    }
  };
  const onPointerUp = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) {
      keep(shareAt(event.clientX));
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const share = shareByKey(panelShare ?? shareNow(), event.key);
    if (share !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      keep(share);
    }
  };
  const percent = (share: number) => Math.round(share * 100);
  return (
    <div
      ref={slot}
      class={panelShare === undefined ? "panel-slot" : "panel-slot is-set"}
      style={panelShare === undefined ? {} : { [SHARE]: String(panelShare) }}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved */}
      <div
        class="panel-edge"
        role="separator"
        tabIndex={0}
        aria-orientation="vertical"
        aria-label={text.edge}
        aria-valuemin={percent(MIN_SHARE)}
        aria-valuemax={percent(MAX_SHARE)}
        aria-valuenow={percent(panelShare ?? USUAL_SHARE)}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onKeyDown={onKeyDown}
      />
      <Panel model={model} />
    </div>
  );
}

/** The focus of a panel that has closed goes to the list: it would be lost, and the keyboard would begin anew. */
function giveFocusBack(): void {
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) {
      document.querySelector<HTMLElement>("[role=grid]")?.focus({ preventScroll: true });
    }
  });
}
