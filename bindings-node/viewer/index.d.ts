/**
 * The consumer: finds the producers of a signaling server and receives their log entries.
 *
 * ```ts
 * const consumer = connect({ url: "ws://localhost:8080/signaling" });
 * consumer.on("entries", (batch) => batch.forEach(({ producer, entry }) => console.log(producer, entry.message)));
 * ```
 *
 * It needs a browser, and no page: nothing here touches the DOM.
 *
 * With a producer that speaks the extension of the protocol (docs/protocol.md), entries have numbers and come in compressed
 * batches. A channel that is lost goes on where it was: no entry is delivered twice, and those that are missing are a `gap`
 * event. `setFilter` has the producer leave out what is not wanted, and `fetch` brings it back. Other producers are received
 * as before, without any of that.
 */

/** Connects to a signaling server, and goes on until `close`. */
declare function connect(options: ConnectOptions): Consumer;

interface ConnectOptions {
    /** Of the signaling server, as `ws://localhost:8080/signaling`. */
    readonly url: string;
    /** The only producer that is wanted, by its id or its `client_id`. All of them, by default. */
    readonly producer?: string;
    /** For a server that wants one. `setToken` changes it. */
    readonly token?: string;
    /**
     * A secret that producers share with this consumer and not with the signaling server: both sides prove to each other that no
     * server stands between them, and nothing is read from a producer that does not. `Producer.proofFailure` says why. It is what
     * the producer's own option `secret` takes; `connect` throws a `RangeError` if it is too short.
     */
    readonly secret?: string;
    /**
     * STUN and TURN servers for paths through a NAT, used beside those of the signaling server. By default those of the signaling
     * server, or the protocol's default if it names none. An empty array means none at all.
     */
    readonly iceServers?: IceServer[];
    /** Where to begin with a producer; its own setting, `replay`, decides by default and is the limit. */
    readonly start?: Start;
    /** What producers are to send; everything by default. `setFilter` changes it. */
    readonly filter?: SourceFilter;
    /** What `places` of an earlier consumer returned, whose entries are kept: this one goes on behind them. */
    readonly places?: PlacesBySession;
}

/** A STUN or TURN server, as browsers take it. */
interface IceServer {
    /** `stun:`, `turn:` or `turns:`. */
    readonly urls: string | string[];
    readonly username?: string;
    readonly credential?: string;
}

/** Where a consumer begins: at the oldest entry that is held, behind the newest, or with so many of the newest. */
type Start = "oldest" | "newest" | {
    readonly last: number;
};

/** Both must pass an entry; one that is left out passes everything. */
interface SourceFilter {
    /** The lowest level that is wanted. */
    readonly level?: Level;
    /** Level and target directives, as `info,app::db=debug,hyper=off`: at most 64 of them, and 1 KiB. */
    readonly filter?: string;
}

/** The four levels of the protocol. */
type Level = "ERROR" | "WARN" | "INFO" | "DEBUG";

/** Each session with the number that comes next in it. */
type PlacesBySession = Readonly<Record<string, number>>;

declare class Consumer {
    #private;
    /** The id that this consumer registers with; it stays the same for as long as this object lives. */
    readonly clientId: string;
    constructor(options: ConnectOptions);
    /** Calls `listener` at every `event` until the returned function is called. */
    on<Name extends keyof ConsumerEvents>(event: Name, listener: (value: ConsumerEvents[Name]) => void): () => void;
    /** Every producer that is there, and those that were, in the order in which they came. */
    producers(): readonly Producer[];
    get signalingState(): SignalingState;
    /** Connects to the server again, with this token. Channels that are open stay. */
    setToken(token: string): void;
    /** Whether producers have to prove that they have a secret. */
    get hasSecret(): boolean;
    /**
     * Has producers send only what passes `filter`: one of them, or all of them, those to come too. What they leave out costs
     * no network, and `fetch` can bring it back. Resolves when it is in force wherever there is a channel; a producer that does
     * not speak the extension goes on sending everything. Rejects with a `RangeError` if the filter is wrong.
     */
    setFilter(filter: SourceFilter, producer?: string): Promise<void>;
    /**
     * Brings back entries that a producer still holds, whether they came before or not, in parts of at most 1 MiB. The next part
     * is asked for when the caller wants it. They are not part of the `entries` event. Rejects if the producer does not speak the
     * extension, has no channel, loses it, or refuses, and with a `RangeError` if the range or its filter is wrong.
     */
    fetch(producer: string, range: FetchRange): AsyncGenerator<Fetched, void>;
    /**
     * How long a message takes to the program of a producer and back, in milliseconds. Rejects as `fetch` does. A producer ignores
     * what exceeds 64 messages a second; a ping that is ignored rejects when the channel ends.
     */
    ping(producer: string): Promise<number>;
    /** How far each session has been delivered: what the option `places` takes. */
    places(): PlacesBySession;
    /** Ends every connection; entries that have arrived are still delivered. */
    close(): void;
}

interface ConsumerEvents {
    /** Entries of one or several producers, in arrival order; those of one producer in the order it sent them. */
    entries: readonly Received[];
    /** Entries are missing: behind those that were delivered before, and in front of those that come next. */
    gap: Gap;
    /** A channel speaks the extension: `from` is the number of its first entry. */
    welcome: Welcome & {
        readonly producer: string;
    };
    /** Something has changed about a producer but its counts. */
    producers: readonly Producer[];
    signaling: SignalingState;
    /** What the server had to object to, in its words. */
    error: string;
}

/** An entry with where and when it came from. */
interface Received {
    /** The id of its producer. */
    readonly producer: string;
    /** When it arrived here, in milliseconds since 1970. */
    readonly arrivalMs: number;
    /** Its number in its producer's session, from 0 on; undefined for a producer that does not speak the extension. */
    readonly seq: number | undefined;
    /** As it was sent. */
    readonly entry: Entry;
}

/** A log entry as it was sent, with keys that the protocol does not know left in place. */
interface Entry {
    /** ISO 8601. Only known to be text. */
    readonly timestamp: string;
    /** As written; `levelOf` reads it. */
    readonly level: string;
    readonly target: string;
    readonly message: string;
    readonly fields?: Readonly<Record<string, unknown>> | null;
    readonly span?: Span | null;
}

/** Where an entry stands in a distributed trace. */
interface Span {
    readonly id?: unknown;
    readonly trace_id?: unknown;
    readonly parent_id?: unknown;
}

/** Entries of a producer that did not come, and will not: those with the numbers from `first` to `last`, both included. */
interface Gap {
    /** The id of the producer. */
    readonly producer: string;
    readonly first: number;
    readonly last: number;
    readonly reason: GapReason;
}

/**
 * Why entries are missing. By the producer's word: `overflow`, they left its journal before they could be sent; `refused`, its
 * journal was full and it took none; `oversize`, longer than this consumer's messages may be; `unknown`, another reason.
 * By the numbers: `away`, they left the journal while there was no channel; `unreadable`, a frame that held them could not
 * be read.
 */
type GapReason = ProducerReason | "away" | "unreadable";

/** Why a producer sends nothing for some numbers. */
type ProducerReason = "overflow" | "refused" | "oversize" | "unknown";

/** The first message of a channel that speaks the extension. */
interface Welcome {
    readonly session: string;
    /** The oldest number that the producer holds. */
    readonly oldest: number;
    /** The first number that this consumer gets. */
    readonly from: number;
    /** The first number that does not exist yet. */
    readonly next: number;
    /** Whether the session is the one that was to be resumed. */
    readonly resumed: boolean;
}

/** A producer, as of now. */
interface Producer {
    /** Unique: `client_id`, or `client_id#2` for a second process. */
    readonly id: string;
    readonly clientId: string;
    /** The name it gives itself, else its id. */
    readonly systemName: string;
    readonly metadata: Readonly<Record<string, unknown>>;
    readonly state: ProducerState;
    /**
     * The mark of its process, in which its entries are numbered. Undefined as long as it has not said that it speaks the
     * extension of the protocol, without which there are no numbers, gaps, filters or fetches.
     */
    readonly session: string | undefined;
    /** Entries received, in all. */
    readonly received: number;
    /** Messages and lines that were no entry. */
    readonly malformed: number;
    /** Entries that did not come and will not, of which `gap` has told. */
    readonly lost: number;
    /** Entries that the filter left out at the source. */
    readonly filtered: number;
    /** Its own counts, as it last told them. */
    readonly status: Status | undefined;
    /** Why the last connection to it did not open; undefined if it did. */
    readonly pathFailure: PathFailure | undefined;
    /** Why nothing is read from it: it and this consumer have not proved to each other that they have the same secret. */
    readonly proofFailure: ProofFailure | undefined;
}

/** What a user may see of a producer. `ended`: it closed. `lost`: it is gone without a word, or out of reach. */
type ProducerState = "connecting" | "connected" | "ended" | "lost";

/** The counts of a producer, over all of its consumers. */
interface Status {
    /** Entries that it took from its program. */
    readonly accepted: number;
    /** Entries that it refused, because its journal was full. */
    readonly refused: number;
    /** Entries that its own filter left out. */
    readonly filtered: number;
    /** The oldest number that it holds. */
    readonly oldest: number;
    /** The first number that does not exist yet. */
    readonly next: number;
    readonly consumers: number;
}

/** Why a connection to a producer has not opened, as far as the browser tells. */
interface PathFailure {
    /**
     * The kinds of addresses that this browser offered, each once: `host` is its own, `srflx` the one that a STUN server sees,
     * `relay` one of a TURN server.
     */
    readonly own: readonly string[];
    /** The kinds of addresses that the producer offered. */
    readonly theirs: readonly string[];
    readonly serverErrors: readonly IceServerError[];
}

/** An answer of a STUN or TURN server that was no address, as the browser reports it. */
interface IceServerError {
    /** Of the server, as `stun:stun.example:3478`. */
    readonly url: string;
    /** Of the protocol, as 401 for wrong credentials; 701 if the server cannot be reached. */
    readonly code: number;
    readonly text: string;
}

/** Why nothing is read from a producer. */
type ProofFailure = 
/** This consumer has a secret, and the producer has none. */
"producerHasNoSecret"
/** The producer has a secret, and this consumer has none. */
 | "secretWanted"
/** The producer has another secret. */
 | "wrongSecret"
/** The certificates are not those of the two sides: somebody stands between them, such as the signaling server. */
 | "certificateChanged";

/** `connected` means registered: the server has answered. `unauthorized`: it does not accept the token, or wants one. */
type SignalingState = "connecting" | "connected" | "lost" | "unauthorized";

/** What is to be brought back: the numbers from `first` to `last`, both included, as far as a filter passes them. */
interface FetchRange extends SourceFilter {
    readonly first: number;
    readonly last: number;
}

/** A part of what was fetched. */
interface Fetched {
    readonly entries: readonly Received[];
    /** How many numbers of this part the producer no longer holds. */
    readonly missing: number;
}

/** The level of the four that a producer's level means: richer systems have more, and other names. */
declare function levelOf(entry: Entry): Level;

export { connect, levelOf };
export type { ConnectOptions, Consumer, ConsumerEvents, Entry, FetchRange, Fetched, Gap, GapReason, IceServer, IceServerError, Level, PathFailure, PlacesBySession, Producer, ProducerState, ProofFailure, Received, SignalingState, SourceFilter, Span, Start, Status, Welcome };
