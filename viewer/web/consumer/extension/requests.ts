/** What is asked of a producer over its channel, and which answer belongs to it. No I/O. */

import type { Answer } from "./frames";

/** The answer of that type: what the request of the same or the matching type is answered with. */
export type AnswerOf<Type extends Answer["type"]> = Extract<Answer, { readonly type: Type }>;

interface Waiting {
  readonly expects: Answer["type"];
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

export class Requests {
  readonly #send: (text: string) => void;
  readonly #waiting = new Map<number, Waiting>();
  /** The ping that says that the program listens has the number 0. */
  #lastId = 0;
  #ended: Error | undefined;

  constructor(send: (text: string) => void) {
    this.#send = send;
  }

  /**
   * Sends a request, and resolves with its answer of the type `expects`. Rejects with the producer's word where it says that the
   * request cannot be done, and with another one when the channel ends.
   */
  ask<Type extends "filter" | "fetched" | "pong">(
    expects: Type,
    makeRequest: (id: number) => Readonly<Record<string, unknown>>,
  ): Promise<AnswerOf<Type>> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended);
        return;
      }
      this.#lastId += 1;
      const id = this.#lastId;
      this.#waiting.set(id, { expects, resolve: resolve as Waiting["resolve"], reject });
      this.#send(JSON.stringify({ ...makeRequest(id), id }));
    });
  }

  /** Takes an answer; false if nobody waits for it. */
  answer(answer: Answer): boolean {
    const waiting = answer.id === undefined ? undefined : this.#waiting.get(answer.id);
    if (waiting === undefined || answer.id === undefined) {
      return false;
    }
    this.#waiting.delete(answer.id);
    if (answer.type === waiting.expects) {
      waiting.resolve(answer);
    } else {
      waiting.reject(new Error(answer.type === "error" ? answer.message : `answered by ${answer.type}`));
    }
    return true;
  }

  /** The channel has ended: nothing is answered any more. */
  end(): void {
    this.#ended = new Error("the channel has ended");
    for (const { reject } of this.#waiting.values()) {
      reject(this.#ended);
    }
    this.#waiting.clear();
  }
}
