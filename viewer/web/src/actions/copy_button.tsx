import { useEffect, useState } from "preact/hooks";
import { pick } from "../language";
import { copyText } from "./copy";
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
  /** What stands on it; the label, by default. */
  readonly sign?: string;
}

/** Copies, and says so in its place. */
export function CopyButton({ label, content, sign }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<"copied" | "failed">();
  useEffect(() => {
    if (outcome === undefined) {
      return undefined;
    }
    const timer = setTimeout(() => setOutcome(undefined), SAID_FOR_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => setOutcome((await copyText(content())) ? "copied" : "failed");
  const marks = { copied: "✓", failed: "✗" };
  const shown = sign ?? label;
  return (
    <button
      type="button"
      class={sign === undefined ? "button" : "button sign"}
      title={outcome === undefined ? label : text[outcome]}
      aria-label={outcome === undefined ? label : text[outcome]}
      onClick={copy}
    >
      {outcome === undefined
        ? shown
        : sign === undefined
          ? `${marks[outcome]} ${text[outcome]}`
          : marks[outcome]}
    </button>
  );
}
