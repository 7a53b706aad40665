/** What page and worker post to each other: the questions of `protocol.ts`, channels, and what is known of producers. */

import type { Asked } from "../consumer/extension/account";
import type { Notices, Requests } from "./protocol";
import type { Report } from "./report";
import type { FromPageOfSearcher, ToPageOfSearcher } from "./search/relay";

/** From the page. */
export type ToWorker =
  | { readonly kind: "ask"; readonly id: number; readonly name: keyof Requests; readonly value: unknown }
  /** A producer has a new channel. */
  | { readonly kind: "channel"; readonly channel: number; readonly producer: string }
  | {
      readonly kind: "expect";
      readonly channel: number;
      readonly asked: Asked;
      readonly formerNext: number | undefined;
    }
  /** One message, or texts that came together. */
  | { readonly kind: "take"; readonly channel: number; readonly data: ArrayBuffer | readonly string[] }
  | { readonly kind: "end"; readonly channel: number }
  | { readonly kind: "names"; readonly names: readonly (readonly [id: string, names: readonly string[]])[] }
  | FromPageOfSearcher;

/** From the worker. */
export type ToPage =
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | { readonly kind: "failure"; readonly id: number; readonly message: string }
  | {
      readonly kind: "notice";
      readonly name: keyof Notices;
      readonly value: Notices[keyof Notices];
    }
  /** So many messages of a channel have been read, and brought this. */
  | {
      readonly kind: "reports";
      readonly channel: number;
      readonly read: number;
      readonly reports: readonly Report[];
    }
  | ToPageOfSearcher;
