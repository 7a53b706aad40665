import { useEffect, useRef, useState } from "preact/hooks";
import type { Histogram } from "../../store/protocol";
import type { Model } from "../model";

/** How often it is asked for at most. */
const INTERVAL_MS = 250;
/** It stands still so long after the pointer has moved over it. */
const HOLD_MS = 1_500;

export interface Live {
  readonly histogram: Histogram | undefined;
  /** Has it stand still for a moment. */
  hold(): void;
}

/** The histogram of the view, which follows what comes. */
export function useHistogram(model: Model, buckets: number): Live {
  const [histogram, setHistogram] = useState<Histogram>();
  const heldUntil = useRef(0);
  const { value: view } = model.view;
  useEffect(() => {
    if (buckets <= 0) {
      return undefined;
    }
    let isWanted = true;
    let isDue = true;
    let isAsking = false;
    let isFirst = true;
    const look = async () => {
      const isHeld = performance.now() < heldUntil.current && !isFirst;
      if (!isDue || isAsking || isHeld || document.hidden) {
        return;
      }
      isDue = false;
      isAsking = true;
      isFirst = false;
      const found = await model.store.ask("histogram", { buckets, range: view.range }).catch(() => undefined);
      isAsking = false;
      if (isWanted && found !== undefined) {
        setHistogram(found);
      }
    };
    const stops = [
      model.store.on("changed", () => {
        isDue = true;
      }),
      model.store.on("counts", () => {
        isDue = true;
      }),
    ];
    const timer = setInterval(() => void look(), INTERVAL_MS);
    void look();
    return () => {
      isWanted = false;
      clearInterval(timer);
      for (const stop of stops) {
        stop();
      }
    };
  }, [model, buckets, view]);
  return {
    histogram,
    hold: () => {
      heldUntil.current = performance.now() + HOLD_MS;
    },
  };
}

/** The width of an element, in px. */
export function useWidth(): [(element: Element | null) => void, number] {
  const [element, setElement] = useState<Element | null>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (element === null) {
      return undefined;
    }
    const observer = new ResizeObserver(() => setWidth(Math.floor(element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return [setElement, width];
}
