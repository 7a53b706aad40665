/**
 * What the parts of the page share: signals that they read and set. A part sets the signals that stand for the reader's
 * wishes; `effects.ts` carries them out.
 */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Consumer, Producer, SignalingState, SourceFilter } from "../consumer";
import type { Anchor, Counts, ItemId, StoreClient, View } from "../store/protocol";
import type { QueryError } from "../store/query/syntax";

export type Zone = "local" | "utc" | "relative";

/** What lies beside the list on the left, or over it on a narrow screen. */
export type Side = "targets" | "fields" | "patterns";

export interface Settings {
  readonly zone: Zone;
  readonly maxBytes: number;
  /** How much of the room beside the list the panel has, from 0 to 1; undefined before the reader has moved its edge. */
  readonly panelShare: number | undefined;
}

/** What entries come from, as the store and the reader call it: a producer, or a file that was opened. */
export interface Origin {
  readonly id: string;
  /** Others may have the same. */
  readonly name: string;
}

/** What the list can be told. */
export interface ListControl {
  /** Goes to a place and stands still there. `isSelected`: opens the item in the panel too. */
  goTo(anchor: Anchor, isSelected?: boolean): void;
  /** Goes to the newest row and stays with it. */
  follow(): void;
  /** Stands still, where it is. */
  pause(): void;
}

/** Rate and delay of a producer, measured by the page. */
export interface Pace {
  readonly entriesPerSecond: number;
  /** The median from a timestamp to its arrival; undefined while unknown. Clocks of two machines differ. */
  readonly delayMs: number | undefined;
  /** By `ping`; undefined where the producer does not speak the extension. */
  readonly roundTripMs: number | undefined;
}

export interface Model {
  readonly store: StoreClient;
  readonly consumer: Consumer;
  readonly signalingUrl: string;
  /** What the list is to show. In the address bar, too. */
  readonly view: Signal<View>;
  /** How many changes of the view were clicks, each of which is a step that the browser's Back undoes. */
  readonly viewSteps: Signal<number>;
  /** What the query field has while `view` waits for the end of its last word. The address has it at once. */
  readonly typedQuery: Signal<string | undefined>;
  /** Of the query in `view`; the list then goes on with the last one that was right. */
  readonly queryError: Signal<QueryError | undefined>;
  readonly counts: Signal<Counts>;
  readonly producers: Signal<readonly Producer[]>;
  /** Those that were opened and not removed: each is a producer of its own in the store. */
  readonly files: Signal<readonly Origin[]>;
  /** Producers and files. */
  readonly origins: ReadonlySignal<readonly Origin[]>;
  readonly paces: Signal<ReadonlyMap<string, Pace>>;
  readonly signaling: Signal<SignalingState>;
  /** What the server, a producer or the page had to object to last. */
  readonly trouble: Signal<string | undefined>;
  /** The entry in the panel. */
  readonly selected: Signal<ItemId | undefined>;
  /** The trace in the panel, in place of the entry's fields. */
  readonly trace: Signal<string | undefined>;
  readonly isFollowing: Signal<boolean>;
  /** Rows that came since the list stands still. */
  readonly unseen: Signal<number>;
  readonly side: Signal<Side | undefined>;
  /** On a phone, what narrows the log is a sheet. */
  readonly isFilterOpen: Signal<boolean>;
  readonly settings: Signal<Settings>;
  /** The view that "In context" has left, until another query is written. */
  readonly formerView: Signal<View | undefined>;
  /** What producers are asked to send. */
  readonly sourceFilter: Signal<SourceFilter>;
  /** Fixed by the list when it is mounted. */
  readonly list: Signal<ListControl | undefined>;
  /** Colour class of a producer: `colour-0` to `colour-7`, in the order in which they came. */
  colourOf(producer: string): string;
  /** How a producer is called: by its name, or by its id where names are not unique. */
  nameOf(producer: string): string;
}

export const NO_COUNTS: Counts = {
  received: 0,
  fetched: 0,
  held: 0,
  bytes: 0,
  maxBytes: 0,
  shown: 0,
  searched: 0,
  dropped: 0,
  lost: 0,
  filtered: 0,
  malformed: 0,
  errors: 0,
  oldestMs: undefined,
  newestMs: undefined,
};

export const NO_VIEW: View = { query: "", muted: [], range: undefined, columns: [] };

/** Whether a view leaves entries out. */
export function isNarrowed({ query, muted, range }: View): boolean {
  return query !== "" || muted.length > 0 || range !== undefined;
}

/** Changes the view by a click, which the browser's Back undoes. What is typed sets `view` alone. */
export function stepTo({ view, viewSteps }: Pick<Model, "view" | "viewSteps">, change: Partial<View>): void {
  batch(() => {
    view.value = { ...view.value, ...change };
    viewSteps.value += 1;
  });
}

export function makeModel(
  parts: Pick<Model, "store" | "consumer" | "signalingUrl"> & { view: View; settings: Settings },
): Model {
  const { store, consumer, signalingUrl, view, settings } = parts;
  const producers = signal<readonly Producer[]>([]);
  const files = signal<readonly Origin[]>([]);
  const origins = computed(() => [
    ...producers.value.map(({ id, systemName }) => ({ id, name: systemName })),
    ...files.value,
  ]);
  const colours = new Map<string, number>();
  return {
    store,
    consumer,
    signalingUrl,
    view: signal(view),
    viewSteps: signal(0),
    typedQuery: signal(undefined),
    queryError: signal(undefined),
    counts: signal(NO_COUNTS),
    producers,
    files,
    origins,
    paces: signal(new Map()),
    signaling: signal(consumer.signalingState),
    trouble: signal(undefined),
    selected: signal(undefined),
    trace: signal(undefined),
    isFollowing: signal(true),
    unseen: signal(0),
    side: signal(undefined),
    isFilterOpen: signal(false),
    settings: signal(settings),
    formerView: signal(undefined),
    sourceFilter: signal({}),
    list: signal(undefined),
    colourOf: (producer) => {
      const number = colours.get(producer) ?? colours.size;
      colours.set(producer, number);
      return `colour-${number % 8}`;
    },
    nameOf: (id) => {
      const known = origins.value.find((origin) => origin.id === id);
      const isUnique =
        known !== undefined && origins.value.filter(({ name }) => name === known.name).length === 1;
      return isUnique ? known.name : id;
    },
  };
}
