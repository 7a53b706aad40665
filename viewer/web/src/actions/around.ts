/** The flight recorder: what a program still holds of the time around an entry. */

import type { EntryRow } from "../../store/protocol";
import type { Model } from "../model";

/** Whether the program can be asked: it is connected, and speaks the extension. */
export function canBringAround(model: Model, producer: string): boolean {
  return model.producers.value.some(
    ({ id, state, session }) => id === producer && state === "connected" && session !== undefined,
  );
}

/** Returns how many entries came. Rejects if the program does not answer. */
export async function bringAround(_model: Model, _row: EntryRow): Promise<number> {
  throw new Error("not yet");
}
