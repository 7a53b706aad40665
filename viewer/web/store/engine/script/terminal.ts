/** Codes by which text moves a terminal's colours and cursor: `viewer/wasm/src/terminal.rs` in JavaScript. */

export const ESC = 0x1b;
const OPEN_BRACKET = 0x5b;

enum State {
  Text = 0,
  Escape,
  Sequence,
  End,
}

/** Takes ESC and the control sequences that it begins out of the first `length` bytes of `text`. Returns how many are left. */
export function withoutCodes(text: Uint8Array, length: number): number {
  let kept = 0;
  let state = State.Text;
  for (let at = 0; at < length; at += 1) {
    const byte = text[at] ?? 0;
    state = next(state, byte);
    if (state === State.Text) {
      text[kept] = byte;
      kept += 1;
    }
  }
  return kept;
}

function next(state: State, byte: number): State {
  if (byte === ESC) {
    return State.Escape;
  }
  if (state === State.Escape && byte === OPEN_BRACKET) {
    return State.Sequence;
  }
  if (state === State.Sequence && byte >= 0x20 && byte < 0x7f) {
    return byte < 0x40 ? State.Sequence : State.End;
  }
  return State.Text;
}
