import { useState } from "preact/hooks";
import { pick } from "../language";
import { safeText } from "../text_safe";
import { readAnsi } from "./ansi";
import "./ansi.css";
import "../actions/button.css";

const text = pick({
  en: { more: (characters: string) => `Show all ${characters} characters` },
  zh: { more: (characters: string) => `显示全部 ${characters} 个字符` },
});

/** What is longer is cut until it is asked for. */
const MAX_SHOWN = 4_096;

/** Text of a log over several lines, with its colours, and symbols for what does not show. */
export function LogText({ content }: { content: string }) {
  const [isWhole, setIsWhole] = useState(false);
  const isCut = !isWhole && content.length > MAX_SHOWN;
  return (
    <>
      <Colours content={isCut ? content.slice(0, MAX_SHOWN) : content} />
      {isCut && (
        <>
          …{" "}
          <button type="button" class="button" onClick={() => setIsWhole(true)}>
            {text.more(content.length.toLocaleString("en").replaceAll(",", "\u2009"))}
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
