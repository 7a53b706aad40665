import { useEffect, useState } from "preact/hooks";
import { pick } from "../language";
import { copyText } from "./copy";
import { Icon } from "./icon";
import "./button.css";

const text = pick({
  en: { copied: "Copied", failed: "The browser did not allow it" },
  zh: { copied: "已复制", failed: "浏览器不允许" },
});

const SAID_FOR_MS = 1_500;

export interface CopyButtonProps {
  readonly label: string;
  /** Made when it is asked for: it can be long. */
  readonly content: () => string;
  /** A picture alone. */
  readonly isSmall?: boolean;
}

/** Copies, and says so in its place. */
export function CopyButton({ label, content, isSmall = false }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<"copied" | "failed">();
  useEffect(() => {
    const timer = outcome === undefined ? undefined : setTimeout(() => setOutcome(undefined), SAID_FOR_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => setOutcome((await copyText(content())) ? "copied" : "failed");
  const words = outcome === undefined ? label : text[outcome];
  const icon = outcome === undefined ? "copy" : outcome === "copied" ? "done" : "close";
  return (
    <button
      type="button"
      class={isSmall ? "button bare" : "button"}
      title={words}
      aria-label={words}
      onClick={copy}
    >
      <Icon name={icon} />
      {!isSmall && words}
    </button>
  );
}
