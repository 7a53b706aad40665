/** A button with a menu below it, which closes by Escape and by a press elsewhere. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import "./menu.css";

export interface MenuProps {
  readonly label: string;
  readonly className?: string;
  readonly button: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Menu({ label, className = "", button, children }: MenuProps) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (!isOpen) {
      return;
    }
    const abort = new AbortController();
    const { signal } = abort;
    document.addEventListener(
      "pointerdown",
      ({ target }) => {
        if (target instanceof Node && root.current?.contains(target) === false) setOpen(false);
      },
      { signal },
    );
    root.current?.addEventListener(
      "keydown",
      (event) => {
        if (event.key === "Escape") {
          event.stopPropagation();
          setOpen(false);
          root.current?.querySelector("button")?.focus();
        }
      },
      { signal },
    );
    return () => abort.abort();
  }, [isOpen]);
  return (
    <span class={`drop-menu ${className}`} ref={root}>
      <button
        class="switch"
        type="button"
        aria-expanded={isOpen}
        aria-label={label}
        title={label}
        onClick={() => setOpen(!isOpen)}
      >
        {button}
      </button>
      {isOpen && (
        <section class="drop-menu-body" aria-label={label}>
          {children}
        </section>
      )}
    </span>
  );
}
