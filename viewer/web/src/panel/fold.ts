/** How much of a long text is shown at first. No DOM. */

export interface Limit {
  readonly characters: number;
  readonly lines: number;
}

export const MESSAGE_LIMIT: Limit = { characters: 4_096, lines: 60 };
/** A value is one of many, and the others are to stay in sight. */
export const VALUE_LIMIT: Limit = { characters: 400, lines: 8 };

/** Where a text that is too long is cut: behind a whole character; the length of the text if it fits. */
export function foldedEnd(text: string, { characters, lines }: Limit): number {
  let end = text.length > characters ? characters : text.length;
  let line = -1;
  for (let count = 0; count < lines; count += 1) {
    line = text.indexOf("\n", line + 1);
    if (line === -1 || line >= end) {
      line = -1;
      break;
    }
  }
  if (line !== -1 && line < text.length - 1) {
    end = line;
  }
  const last = text.charCodeAt(end - 1);
  return end < text.length && last >= 0xd800 && last < 0xdc00 ? end - 1 : end;
}
