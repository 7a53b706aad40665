import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SourceFilter } from "./extension/filter";
import { batch, deflate, line, welcome } from "./extension/frames.testing";
import { Places } from "./extension/places";
import { Link } from "./link";
import { offerOf, proofOf, SECRET } from "./proof/proof.testing";
import { Secret } from "./proof/secret";

const FINGERPRINT = `a=fingerprint:sha-256 ${Array(32).fill("02").join(":")}\r\n`;
const ANSWER = `v=0\r\ns=-\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n${FINGERPRINT}`;
const PART_1_OFFER = { type: "webrtc_offer", sdp: ANSWER };
const OFFER = { type: "webrtc_offer", sdp: ANSWER.replace("m=", "a=x-logrtc:1 s\r\nm=") };

class FakeChannel {
  readyState = "open";
  sent: string[] = [];
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclosing: (() => void) | null = null;
  onclose: (() => void) | null = null;

  send(text: string): void {
    this.sent.push(text);
  }
}

class FakeConnection {
  connectionState = "new";
  remoteSdp: string | undefined;
  localDescription: { sdp: string } | null = null;
  ondatachannel: ((event: { channel: FakeChannel }) => void) | null = null;
  readonly channel = new FakeChannel();

  constructor() {
    connections.push(this);
  }

  async setRemoteDescription({ sdp }: { sdp: string }): Promise<void> {
    this.remoteSdp = sdp;
  }

  async setLocalDescription(description?: { sdp: string }): Promise<void> {
    this.localDescription = description ?? { sdp: ANSWER };
  }

  open(): void {
    this.ondatachannel?.({ channel: this.channel });
  }

  bring(data: unknown): void {
    this.channel.onmessage?.({ data });
  }

  end(): void {
    this.channel.onclosing?.();
    this.channel.onclose?.();
  }

  close(): void {
    this.connectionState = this.channel.readyState = "closed";
    told.push("connection closed");
  }
}

let connections: FakeConnection[];
let told: unknown[];
let opened: number;
let places: Places;
let filter: SourceFilter;

beforeEach(() => {
  connections = [];
  told = [];
  opened = 0;
  places = new Places();
  filter = {};
  vi.stubGlobal("RTCPeerConnection", FakeConnection);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** A link, and its connection with an open channel, once the answer is on its way. */
async function open(
  offer: typeof OFFER,
  former?: Link,
  secret?: Secret,
): Promise<{ link: Link; connection: FakeConnection }> {
  const options = { offer, iceServers: [], secret, places, start: undefined, filter: () => filter };
  const link = new Link(
    { ...options, formerIsRead: former?.isRead() },
    {
      send: ({ type, sdp }) => told.push([type, helloIn(String(sdp)) ?? sdp]),
      onOpen: () => {
        opened += 1;
      },
      onLook: (failure) => failure !== undefined && told.push(failure),
      onPlain: ({ entries, malformed }) => told.push(["plain", entries.length, malformed]),
      onWelcome: () => {},
      onTaken: ({ missing, entries }) =>
        told.push([
          ...missing.map(({ first, last }) => `${first}-${last}`),
          ...entries.map(({ seq }) => seq),
        ]),
      onKept: () => {},
      onStatus: () => {},
      onMalformed: () => told.push("malformed"),
      onError: (message) => told.push(message),
      deliver: () => {},
      onClose: (how) => told.push(how),
    },
  );
  const connection = connections.at(-1);
  if (connection === undefined) throw new Error("no connection was made");
  const isAnswered = () => told.some((what) => Array.isArray(what) && what[0] === "webrtc_answer");
  await vi.waitUntil(() => isAnswered() || connection.connectionState === "closed");
  connection.open();
  return { link, connection };
}

/** The start of the hello in an answer, or null if it has none. */
function helloIn(sdp: string): unknown {
  const encoded = /^a=x-logrtc-hello:(.*)\r$/m.exec(sdp)?.[1];
  return encoded === undefined
    ? undefined
    : JSON.parse(atob(encoded.replaceAll("-", "+").replaceAll("_", "/")));
}

test("an offer of the base protocol is answered as the browser does, and its entries are plain", async () => {
  const { connection, link } = await open(PART_1_OFFER);
  connection.bring(line(0));
  connection.bring(welcome(0));
  connection.end();
  expect(told).toEqual([
    ["webrtc_answer", ANSWER],
    ["plain", 1, 0],
    ["plain", 0, 1],
    "connection closed",
    "closed",
  ]);
  expect(connection.channel.sent).toEqual(['{"type":"ping","id":0}']);
  expect(link.session).toBeUndefined();
});

test("hello is in the answer that is sent, and in no description of the browser's", async () => {
  filter = { level: "WARN" };
  const { connection, link } = await open(OFFER);
  expect(told).toEqual([
    ["webrtc_answer", { version: 1, accept: ["deflate-raw"], credit: 4_194_304, level: "WARN" }],
  ]);
  expect([connection.remoteSdp, connection.localDescription?.sdp]).toEqual([OFFER.sdp, ANSWER]);
  connection.bring(welcome(0));
  expect(link.session).toBe("s");
  expect(connection.channel.sent).toEqual(['{"type":"ping","id":0}']);
  connection.bring(batch(0, 1));
  expect(connection.channel.sent.at(-1)).toBe('{"type":"ack","seq":1}');
});

test("the next link closes the channel, reads what came, and only then says where it goes on", async () => {
  const frame = await deflate(batch(2, 300));
  const { connection, link } = await open(OFFER);
  connection.bring(welcome(0));
  connection.bring(batch(0, 1));
  connection.bring(frame);
  connection.bring(batch(301, 302));
  told = [];
  link.close();
  const next = await open(OFFER, link);
  expect(told).toEqual([
    "connection closed",
    Array.from({ length: 299 }, (_, index) => 2 + index),
    [301, 302],
    ["webrtc_answer", expect.objectContaining({ start: { resume: { session: "s", seq: 302 } } })],
  ]);
  told = [];
  next.connection.bring(welcome(310, { resumed: true }));
  next.connection.bring(batch(308, 311));
  expect(told).toEqual([["303-309"], [310, 311]]);
  expect(places.next("s")).toBe(312);
});

test("another session begins anew", async () => {
  const { connection, link } = await open(OFFER);
  connection.bring(welcome(0));
  connection.bring(batch(0, 9));
  link.close();
  told = [];
  const other = { ...OFFER, sdp: OFFER.sdp.replace("x-logrtc:1 s", "x-logrtc:1 t") };
  const next = await open(other, link);
  expect(told).toEqual([["webrtc_answer", { version: 1, accept: ["deflate-raw"], credit: 4_194_304 }]]);
  told = [];
  next.connection.bring(welcome(0, { session: "t" }));
  next.connection.bring(batch(0, 1));
  expect(told).toEqual([[], [0, 1]]);
});

test("a producer that does not know the session begins anew", async () => {
  places.reach("s", 100);
  const { connection } = await open(OFFER);
  expect(told).toEqual([
    ["webrtc_answer", expect.objectContaining({ start: { resume: { session: "s", seq: 99 } } })],
  ]);
  told = [];
  connection.bring(welcome(3));
  connection.bring(batch(3, 4));
  expect(told).toEqual([[], [3, 4]]);
  expect(places.next("s")).toBe(5);
});

test("the end of a channel is told behind what it brought", async () => {
  const frame = await deflate(batch(0, 1));
  const { connection, link } = await open(OFFER);
  connection.bring(welcome(0));
  connection.bring(frame);
  connection.end();
  told = [];
  await link.isRead();
  await vi.waitUntil(() => told.includes("closed"));
  expect(told).toEqual([[0, 1], "closed"]);
});

test("a filter that has changed since hello was written is sent behind welcome", async () => {
  const { connection, link } = await open(OFFER);
  filter = { level: "ERROR" };
  const applied = link.applyFilter();
  connection.bring(welcome(0));
  await vi.waitUntil(() => connection.channel.sent.length === 2);
  expect(JSON.parse(connection.channel.sent[1] ?? "")).toEqual({ type: "filter", id: 1, level: "ERROR" });
  connection.bring('{"type":"filter","id":1,"first":0}');
  await applied;
  await link.applyFilter();
  expect(connection.channel.sent).toHaveLength(2);
});

test("of filters that change faster than the producer answers, the last is sent", async () => {
  const { connection, link } = await open(OFFER);
  connection.bring(welcome(0));
  const applied = (["ERROR", "WARN", "INFO"] as const).map((level) => {
    filter = { level };
    return link.applyFilter();
  });
  await vi.waitUntil(() => connection.channel.sent.length === 2);
  expect(connection.channel.sent[1]).toContain("INFO");
  connection.bring('{"type":"filter","id":1,"first":0}');
  await Promise.all(applied);
  expect(connection.channel.sent).toHaveLength(2);
});

test("a filter that the producer refuses is refused, and one whose channel ends is said by the next hello", async () => {
  const { connection, link } = await open(OFFER);
  connection.bring(welcome(0));
  filter = { filter: "app=info" };
  const refused = link.applyFilter();
  await vi.waitUntil(() => connection.channel.sent.length === 2);
  connection.bring('{"type":"error","id":1,"message":"no"}');
  await expect(refused).rejects.toThrow("no");
  filter = { level: "INFO" };
  const unanswered = link.applyFilter();
  await vi.waitUntil(() => connection.channel.sent.length === 3);
  link.close();
  await unanswered;
  expect(link.session).toBeUndefined();
});

test("a ping is answered, and an error that answers nothing is passed on", async () => {
  const { connection, link } = await open(OFFER);
  connection.bring(welcome(0));
  const ping = link.ping();
  connection.bring('{"type":"pong","id":0}');
  connection.bring('{"type":"pong","id":1}');
  expect(await ping).toBeGreaterThanOrEqual(0);
  told = [];
  connection.bring('{"type":"error","message":"too many messages"}');
  expect(told).toEqual(["too many messages"]);
});

const HELLO = { version: 1, accept: ["deflate-raw"], credit: 4_194_304 };
const PROOF = { proof: proofOf(SECRET, "producer") };
const SECRET_OFFER = { type: "webrtc_offer", sdp: offerOf(SECRET) };

test("nothing of a channel is read before its producer has proved that it has the secret", async () => {
  const { connection } = await open(SECRET_OFFER, undefined, new Secret(SECRET));
  expect([told, opened]).toEqual([[["webrtc_answer", HELLO]], 0]);
  connection.bring(welcome(0, { ...PROOF, hello: HELLO }));
  connection.bring(batch(0, 1));
  expect([told.slice(1), opened]).toEqual([[[], [0, 1]], 1]);
});

test.each([
  ["no proof", welcome(0)],
  ["the proof of another", welcome(0, { proof: proofOf(SECRET, "consumer") })],
  ["a wish that this side did not send", welcome(0, { ...PROOF, hello: { ...HELLO, level: "ERROR" } })],
  ["an entry of the base protocol", line(0)],
])("a channel that begins with %s is ended, and nothing of it is read", async (_, first) => {
  const { connection } = await open(SECRET_OFFER, undefined, new Secret(SECRET));
  connection.bring(first);
  connection.bring(batch(0, 1));
  expect([told.slice(1), opened]).toEqual([["certificateChanged", "connection closed", "broken"], 0]);
});

test("a message that comes before the answer is made proves nothing", async () => {
  const setLocalDescription = vi.spyOn(FakeConnection.prototype, "setLocalDescription");
  setLocalDescription.mockImplementation(async function (this: FakeConnection) {
    this.open();
    this.bring(welcome(0, PROOF));
    this.bring(line(0));
  });
  await open(SECRET_OFFER, undefined, new Secret(SECRET));
  setLocalDescription.mockRestore();
  expect([told, opened]).toEqual([["certificateChanged", "connection closed", "broken"], 0]);
});

test("an offer that proves nothing is not answered, and one that wants a secret gets an answer without a proof", async () => {
  await open(OFFER, undefined, new Secret(SECRET));
  expect(told).toEqual(["producerHasNoSecret", "connection closed", "broken"]);
  told = [];
  await open(
    { ...SECRET_OFFER, sdp: SECRET_OFFER.sdp.replace("01:01", "03:03") },
    undefined,
    new Secret(SECRET),
  );
  expect(told).toEqual(["certificateChanged", "connection closed", "broken"]);
  told = [];
  await open(SECRET_OFFER);
  expect(told.slice(0, 2)).toEqual(["secretWanted", ["webrtc_answer", HELLO]]);
});
