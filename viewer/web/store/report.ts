/** What the worker reports of a channel. */

import type { Missing } from "../consumer/extension/account";
import type { Answer, Status, Welcome } from "../consumer/extension/frames";

/** What of its messages the page is to know, in their order. */
export type Report =
  | { readonly type: "welcome"; readonly welcome: Welcome }
  | {
      readonly type: "taken";
      readonly missing: readonly Missing[];
      readonly received: number;
      readonly malformed: number;
      readonly filtered: number;
      readonly next: number;
    }
  | { readonly type: "plain"; readonly received: number; readonly malformed: number }
  | { readonly type: "fetched"; readonly id: number; readonly added: number }
  | { readonly type: "answer"; readonly answer: Answer }
  | { readonly type: "status"; readonly status: Status }
  | { readonly type: "malformed" }
  | { readonly type: "send"; readonly text: string };
