import { useEffect, useRef, useState } from "preact/hooks";

export interface Polled<Value> {
  readonly value: Value | undefined;
  /** For the element whose content must not move under the pointer or the keyboard. */
  readonly hold: {
    readonly ref: (element: Element | null) => void;
    readonly onPointerEnter: () => void;
    readonly onPointerLeave: () => void;
  };
}

/**
 * What `ask` returns, asked again every `everyMs` while the page is visible, and at once when `key` changes. While the
 * pointer is over it, nothing changes but by a new key, or by the first answer.
 */
export function usePolled<Value>(ask: () => Promise<Value>, everyMs: number, key: unknown): Polled<Value> {
  const [value, setValue] = useState<Value>();
  const isHeld = useRef(false);
  const hold = useRef({
    // An element that goes away under the pointer hears of no leave.
    ref: (element: Element | null) => {
      if (element === null) {
        isHeld.current = false;
      }
    },
    onPointerEnter: () => {
      isHeld.current = true;
    },
    onPointerLeave: () => {
      isHeld.current = false;
    },
  });
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    let isWanted = true;
    let isAsking = false;
    let isAnswered = false;
    const look = async () => {
      if (isAsking || (isAnswered && (isHeld.current || document.hidden))) {
        return;
      }
      isAsking = true;
      try {
        const answer = await latest.current();
        if (isWanted && !(isAnswered && isHeld.current)) {
          isAnswered = true;
          setValue(() => answer);
        }
      } catch {
        // The worker's failure is said elsewhere.
      } finally {
        isAsking = false;
      }
    };
    void look();
    const timer = setInterval(() => void look(), everyMs);
    return () => {
      isWanted = false;
      clearInterval(timer);
    };
  }, [everyMs, key]);
  return { value, hold: hold.current };
}
