import { useState } from "preact/hooks";
import { readAnsi } from "../ansi/read";
import { formatCount } from "../format";
import { pick } from "../language";
import { safeText } from "../text_safe";
import { foldedEnd, type Limit } from "./fold";
import "../ansi/ansi.css";
import "../actions/button.css";

const text = pick({
  en: { more: (characters: string) => `Show all ${characters} characters`, less: "Show less" },
  zh: { more: (characters: string) => `显示全部 ${characters} 个字符`, less: "收起" },
});

export interface LogTextProps {
  readonly content: string;
  /** What is longer is folded until the reader asks for it. */
  readonly limit: Limit;
}

/** Text of a log over several lines, with its colours, and symbols for what does not show. */
export function LogText({ content, limit }: LogTextProps) {
  const [isWhole, setIsWhole] = useState(false);
  const end = foldedEnd(content, limit);
  const isLong = end < content.length;
  return (
    <>
      <Colours content={isWhole ? content : content.slice(0, end)} />
      {isLong && (
        <>
          {isWhole ? " " : "… "}
          <button type="button" class="button" aria-expanded={isWhole} onClick={() => setIsWhole(!isWhole)}>
            {isWhole ? text.less : text.more(formatCount(content.length))}
          </button>
        </>
      )}
    </>
  );
}

export function Colours({ content }: { content: string }) {
  return (
    <>
      {readAnsi(content).map((piece, index) => {
        const shown = visible(piece.text);
        return piece.className === "" ? (
          shown
        ) : (
          <span key={index} class={piece.className}>
            {shown}
          </span>
        );
      })}
    </>
  );
}

/** Text with symbols for all control characters but line ends and tabs. An escape is shown, and what it would have done. */
export function visible(content: string): string {
  return safeText(content.replaceAll("\u001b", "␛"), { keepsLines: true });
}
