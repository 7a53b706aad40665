// consumer/batch.ts
var MAX_BATCH = 4096;
var BATCH_DELAY_MS = 10;
var Batch = class {
	#deliver;
	#items = [];
	#timer;
	constructor(deliver) {
		this.#deliver = deliver;
	}
	push(item) {
		this.#items.push(item);
		if (this.#items.length >= MAX_BATCH) this.flush();
		else this.#timer ??= setTimeout(() => this.flush(), BATCH_DELAY_MS);
	}
	flush() {
		clearTimeout(this.#timer);
		this.#timer = void 0;
		const items = this.#items;
		this.#items = [];
		if (items.length > 0) this.#deliver(items);
	}
};
// consumer/events.ts
var Events = class {
	#listeners = new globalThis.Map();
	on(event, listener) {
		const listeners = this.#listeners.get(event) ?? /* @__PURE__ */ new Set();
		this.#listeners.set(event, listeners);
		listeners.add(listener);
		return () => listeners.delete(listener);
	}
	emit(event, value) {
		for (const listener of this.#listeners.get(event) ?? []) try {
			listener(value);
		} catch (error) {
			reportError(error);
		}
	}
};
// consumer/extension/fetch.ts
function checkRange({ first, last }) {
	for (const [name, seq] of Object.entries({
		first,
		last
	})) if (!Number.isSafeInteger(seq) || seq < 0) throw new RangeError(`${name}: ${seq} is not an integer from 0 to 2^53 - 1`);
}
var INTERVAL_MS = 260;
var Fetches = class {
	#requests;
	#parts = /* @__PURE__ */ new Map();
	#turn = Promise.resolve();
	constructor(requests) {
		this.#requests = requests;
	}
	take(id, entries) {
		this.#parts.get(id)?.push(...entries);
	}
	async *fetch({ last, ...range }) {
		for (let first = range.first; first <= last;) {
			const { next, ...part } = await this.#inTurn({
				...range,
				first,
				last
			});
			if (next <= first) return;
			yield part;
			first = next;
		}
	}
	#inTurn(range) {
		const answer = this.#turn.then(() => this.#ask(range));
		const interval = this.#turn.then(() => new Promise((resolve) => setTimeout(resolve, INTERVAL_MS)));
		this.#turn = Promise.all([answer.catch(() => {}), interval]);
		return answer;
	}
	async #ask(range) {
		const entries = [];
		let asked = 0;
		try {
			const { next, missing } = await this.#requests.ask("fetched", (id) => {
				asked = id;
				this.#parts.set(id, entries);
				return {
					type: "fetch",
					...range
				};
			});
			return {
				entries,
				missing,
				next
			};
		} finally {
			this.#parts.delete(asked);
		}
	}
};
// consumer/extension/filter.ts
var MAX_BYTES = 1024;
var MAX_DIRECTIVES = 64;
var LEVELS = [
	"TRACE",
	"DEBUG",
	"INFO",
	"WARN",
	"ERROR",
	"OFF"
];
function checkFilter({ level, filter }) {
	if (level !== void 0 && ![
		"DEBUG",
		"INFO",
		"WARN",
		"ERROR"
	].includes(level)) throw new RangeError(`level: ${level} is not a level; use DEBUG, INFO, WARN or ERROR`);
	if (filter === void 0) return;
	if (new TextEncoder().encode(filter).length > MAX_BYTES) throw new RangeError(`filter: must have at most ${MAX_BYTES} bytes`);
	const directives = filter.split(",").map((directive) => directive.trim()).filter((directive) => directive !== "");
	if (directives.length > MAX_DIRECTIVES) throw new RangeError(`filter: must have at most ${MAX_DIRECTIVES} directives`);
	directives.forEach(checkDirective);
}
function checkDirective(directive) {
	const split = directive.indexOf("=");
	if (split !== -1 && directive.slice(0, split).trim() === "") throw new RangeError(`filter: "${directive}" has no target before the =`);
	const level = directive.slice(split + 1).trim();
	if (!LEVELS.includes(level.toUpperCase())) throw new RangeError(`filter: "${level}" is not a level; use DEBUG, INFO, WARN, ERROR or OFF, as in "info,app::db=debug"`);
}
// consumer/extension/places.ts
var MAX_SESSIONS = 1e3;
var Places = class {
	#next;
	constructor(known = {}) {
		this.#next = new Map(Object.entries(known));
	}
	next(session) {
		return this.#next.get(session);
	}
	reach(session, next) {
		this.#next.set(session, next);
		for (const oldest of this.#next.keys()) {
			if (this.#next.size <= MAX_SESSIONS) break;
			this.#next.delete(oldest);
		}
	}
	bySession() {
		return Object.fromEntries(this.#next);
	}
};
// consumer/entry.ts
var MALFORMED = {
	entries: [],
	malformed: 1
};
function decodeMessage(data) {
	if (typeof data !== "string") return MALFORMED;
	const entry = parseEntry(data);
	return entry === void 0 ? MALFORMED : {
		entries: [entry],
		malformed: 0
	};
}
function parseEntry(text) {
	const value = parseJson(text);
	return isEntry(value) ? value : void 0;
}
function levelOf(entry) {
	switch (entry.level.toUpperCase()) {
		case "ERROR":
		case "FATAL":
		case "CRITICAL":
		case "ALERT":
		case "EMERGENCY": return "ERROR";
		case "WARN":
		case "WARNING": return "WARN";
		case "DEBUG":
		case "TRACE": return "DEBUG";
		default: return "INFO";
	}
}
function parseJson(text) {
	try {
		return JSON.parse(text);
	} catch {
		return;
	}
}
function isObject(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
function isEntry(value) {
	return isObject(value) && typeof value.timestamp === "string" && typeof value.level === "string" && typeof value.target === "string" && typeof value.message === "string" && isAbsentOrObject(value.fields) && isAbsentOrObject(value.span);
}
function isAbsentOrObject(value) {
	return value === void 0 || value === null || isObject(value);
}
// consumer/ice_servers.ts
var DEFAULT_ICE_SERVERS = [{ urls: "stun:stun.l.google.com:19302" }];
var MAX_NAMED = 16;
function readIceServers(value) {
	if (!Array.isArray(value)) return;
	return value.slice(0, MAX_NAMED).flatMap((server) => readIceServer(server) ?? []);
}
function readIceServer(value) {
	if (!isObject(value)) return;
	const { username, credential } = value;
	const hasUser = typeof username === "string" && typeof credential === "string";
	const usable = [value.urls].flat().filter((url) => typeof url === "string").filter((url) => (hasUser ? /^(stun|turn)s?:[^\s]+$/i : /^stuns?:[^\s]+$/i).test(url));
	if (usable.length === 0) return;
	return hasUser ? {
		urls: usable,
		username,
		credential
	} : { urls: usable };
}
function chooseIceServers(own, named) {
	if (own === void 0) return [...named ?? DEFAULT_ICE_SERVERS];
	return own.length === 0 ? [] : [...own, ...named ?? []];
}
// consumer/base64url.ts
function encodeBase64url(bytes) {
	return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
function decodeBase64url(text) {
	if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return;
	const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
	return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
// consumer/sdp.ts
function sessionAttribute(sdp, name) {
	return sessionLevel(sdp).split(/\r?\n/).find((text) => text.startsWith(`a=${name}:`))?.slice(`a=${name}:`.length).trimEnd();
}
function withAttribute(sdp, name, value) {
	const session = sessionLevel(sdp);
	return `${session}a=${name}:${value}\r\n${sdp.slice(session.length)}`;
}
function sessionLevel(sdp) {
	const media = /^m=/m.exec(sdp);
	return media === null ? sdp : sdp.slice(0, media.index);
}
// consumer/extension/hello.ts
var CREDIT_BYTES = 4194304;
function makeHello({ session, next, start, filter, canInflate }) {
	const begin = next === void 0 ? start : startAt(session, next);
	return {
		version: 1,
		accept: canInflate ? ["deflate-raw"] : [],
		credit: CREDIT_BYTES,
		...filter,
		...begin === void 0 ? {} : { start: begin }
	};
}
function sessionOf(offerSdp) {
	return /^1 ([\x21-\x7e]{1,160})$/.exec(sessionAttribute(offerSdp, "x-logrtc") ?? "")?.[1];
}
function withHello(answerSdp, hello) {
	return withAttribute(answerSdp, "x-logrtc-hello", encodeBase64url(new TextEncoder().encode(JSON.stringify(hello))));
}
function startAt(session, next) {
	return next === 0 ? "oldest" : { resume: {
		session,
		seq: next - 1
	} };
}
// consumer/extension/inflate.ts
var MAX_INFLATED_BYTES = 262144;
var SLICE_BYTES = 16384;
var canInflate = typeof DecompressionStream === "function";
var decoder = new TextDecoder("utf-8", { fatal: true });
async function inflate(data) {
	const stream = new DecompressionStream("deflate-raw");
	const writer = stream.writable.getWriter();
	const reader = stream.readable.getReader();
	const written = write(writer, data).catch(() => {});
	try {
		const bytes = await readAll(reader);
		return {
			text: decoder.decode(bytes),
			bytes: bytes.length
		};
	} catch {
		await reader.cancel().catch(() => {});
		return;
	} finally {
		await written;
	}
}
async function write(writer, data) {
	for (let start = 0; start < data.byteLength; start += SLICE_BYTES) await writer.write(new Uint8Array(data, start, Math.min(SLICE_BYTES, data.byteLength - start)));
	await writer.close();
}
async function readAll(reader) {
	const chunks = [];
	let length = 0;
	for (;;) {
		const { done, value } = await reader.read();
		if (done) return chunks.length === 1 && chunks[0] !== void 0 ? chunks[0] : join(chunks, length);
		chunks.push(value);
		length += value.length;
		if (length > 262144) throw new RangeError(`more than ${MAX_INFLATED_BYTES} bytes`);
	}
}
function join(chunks, length) {
	const joined = new Uint8Array(length);
	let offset = 0;
	for (const chunk of chunks) {
		joined.set(chunk, offset);
		offset += chunk.length;
	}
	return joined;
}
// consumer/extension/account.ts
var NOTHING = {
	missing: [],
	entries: [],
	malformed: 0,
	filtered: 0
};
var Account = class Account {
	#next;
	constructor(next) {
		this.#next = next;
	}
	static open(welcome, { session, next }) {
		const goesOn = welcome.session === session && (welcome.resumed || next === 0);
		if (next === void 0 || !goesOn) return {
			account: new Account(welcome.from),
			taken: NOTHING
		};
		const account = new Account(next);
		return {
			account,
			taken: {
				...NOTHING,
				missing: account.#skipTo(welcome.from, "away")
			}
		};
	}
	get next() {
		return this.#next;
	}
	takeBatch({ first, last, lines }) {
		const { missing, fresh, numbers } = this.takeRange({
			first,
			last
		});
		const news = lines.filter(({ seq }) => seq >= fresh);
		const entries = news.filter((line) => line.entry !== void 0);
		return {
			missing,
			entries,
			malformed: news.length - entries.length,
			filtered: numbers - news.length
		};
	}
	takeRange({ first, last }) {
		const missing = this.#skipTo(first, "unreadable");
		const fresh = this.#next;
		this.#next = Math.max(fresh, last + 1);
		return {
			missing,
			fresh,
			numbers: this.#next - fresh
		};
	}
	takeGap({ first, last, reason }) {
		const missing = [...this.#skipTo(first, "unreadable"), ...this.#skipTo(last + 1, reason)];
		return {
			...NOTHING,
			missing
		};
	}
	#skipTo(seq, reason) {
		const first = this.#next;
		this.#next = Math.max(first, seq);
		return seq > first ? [{
			first,
			last: seq - 1,
			reason
		}] : [];
	}
};
// consumer/extension/acknowledgement.ts
var MAX_UNACKNOWLEDGED_BYTES = 1048576;
var Acknowledgement = class {
	#bytes = 0;
	#acknowledged = -1;
	take(bytes, next, isLast) {
		this.#bytes += bytes;
		const seq = next - 1;
		if (seq <= this.#acknowledged || !(isLast || this.#bytes >= MAX_UNACKNOWLEDGED_BYTES)) return;
		this.#bytes = 0;
		this.#acknowledged = seq;
		return seq;
	}
};
// consumer/extension/header.ts
function parseBatchHeader(header) {
	const holes = parseHoles(header.holes);
	const { count } = header;
	if (!isRange(header) || !isSeq(count) || holes === void 0) return;
	const { first, last } = header;
	let end = first + count;
	let hole = 0;
	let index = 0;
	for (; hole < holes.length; hole += 1) {
		const [before, skipped] = holes[hole] ?? [0, 0];
		if (before < index || before >= count) break;
		index = before;
		end += skipped;
	}
	return end <= last + 1 && holes.slice(hole).every(([before]) => before === count) ? {
		first,
		last,
		count,
		holes: holes.slice(0, hole)
	} : void 0;
}
function parseHoles(value) {
	if (value === void 0) return [];
	const isHole = (hole) => Array.isArray(hole) && hole.length === 2 && isSeq(hole[0]) && isSeq(hole[1]);
	return Array.isArray(value) && value.every(isHole) ? value : void 0;
}
function* numbersOf({ first, count, holes }) {
	let seq = first;
	let hole = 0;
	for (let index = 0; index < count; index += 1) {
		for (let next = holes[hole]; next?.[0] === index; next = holes[hole]) {
			seq += next[1];
			hole += 1;
		}
		yield seq;
		seq += 1;
	}
}
function isRange(value) {
	return isSeq(value.first) && isSeq(value.last) && value.first <= value.last;
}
function isSeq(value) {
	return Number.isSafeInteger(value) && value >= 0;
}
// consumer/extension/frames.ts
function parseWelcome(text) {
	const value = parseJson(text);
	if (!isObject(value) || value.type !== "welcome" || value.version !== 1) return;
	const { session, oldest, from, next, resumed } = value;
	return typeof session === "string" && isSeq(oldest) && isSeq(from) && isSeq(next) ? {
		session,
		oldest,
		from,
		next,
		resumed: resumed === true
	} : void 0;
}
function parseFrame(text) {
	const end = text.indexOf("\n");
	const header = parseJson(end === -1 ? text : text.slice(0, end));
	if (!isObject(header)) return;
	if (header.type === "batch") return parseBatch(header, end === -1 ? "" : text.slice(end + 1));
	return end === -1 ? parseControl(header) : void 0;
}
function parseControl(header) {
	const { type, id, first, next, missing, message } = header;
	switch (type) {
		case "gap": return isRange(header) ? {
			type,
			first: header.first,
			last: header.last,
			reason: reasonOf(header.reason)
		} : void 0;
		case "filter": return isSeq(id) && isSeq(first) ? {
			type,
			id,
			first
		} : void 0;
		case "fetch":
		case "pong": return isSeq(id) ? {
			type,
			id
		} : void 0;
		case "fetched": return isSeq(id) && isSeq(next) && isSeq(missing) ? {
			type,
			id,
			next,
			missing
		} : void 0;
		case "error": return {
			type,
			id: isSeq(id) ? id : void 0,
			message: String(message)
		};
		case "status": return parseStatus(header);
		default: return typeof type === "string" ? { type: "other" } : void 0;
	}
}
function parseBatch(fields, body) {
	const texts = body === "" ? [] : body.replace(/\n$/, "").split("\n");
	const header = parseBatchHeader(fields);
	if (header?.count !== texts.length) return;
	const numbers = numbersOf(header);
	const lines = texts.map((text) => ({
		seq: numbers.next().value ?? header.last,
		entry: parseEntry(text)
	}));
	return {
		type: "batch",
		first: header.first,
		last: header.last,
		lines
	};
}
function reasonOf(reason) {
	return reason === "overflow" || reason === "refused" || reason === "oversize" ? reason : "unknown";
}
function parseStatus({ accepted, refused, filtered, oldest, next, consumers }) {
	return isSeq(accepted) && isSeq(refused) && isSeq(filtered) && isSeq(oldest) && isSeq(next) && isSeq(consumers) ? {
		type: "status",
		status: {
			accepted,
			refused,
			filtered,
			oldest,
			next,
			consumers
		}
	} : void 0;
}
// consumer/extension/receiver.ts
var MAX_WAITING_BYTES = 2 * CREDIT_BYTES;
var Receiver = class {
	#handlers;
	#asked;
	#isFirst = true;
	#account;
	#acknowledgement = new Acknowledgement();
	#fetchId;
	#waiting = [];
	#waitingBytes = 0;
	#drained;
	constructor(handlers) {
		this.#handlers = handlers;
	}
	expectWelcome(asked) {
		this.#asked = asked;
	}
	take(data) {
		const bytes = sizeOf(data);
		if (this.#waitingBytes + bytes > MAX_WAITING_BYTES) this.#handlers.onMalformed();
		else if (this.#drained !== void 0) {
			this.#waiting.push(data);
			this.#waitingBytes += bytes;
		} else if (this.#account !== void 0 && data instanceof ArrayBuffer) this.#drained = this.#drain(data);
		else this.#read(data);
	}
	drained() {
		return this.#drained;
	}
	async #drain(frame) {
		let data = frame;
		do {
			if (data instanceof ArrayBuffer) this.#readInflated(await inflate(data));
			else this.#read(data);
			data = this.#waiting.shift();
			this.#waitingBytes -= sizeOf(data);
		} while (data !== void 0);
		this.#drained = void 0;
	}
	#read(data) {
		const isFirst = this.#isFirst;
		this.#isFirst = false;
		if (this.#account !== void 0) {
			const text = typeof data === "string" ? data : "";
			this.#readFrame(text, text.length * 3);
		} else if (!(isFirst && this.#isWelcomed(data))) this.#handlers.onPlain(decodeMessage(data));
	}
	#isWelcomed(data) {
		const asked = this.#asked;
		const welcome = asked !== void 0 && typeof data === "string" ? parseWelcome(data) : void 0;
		if (asked === void 0 || welcome === void 0) return false;
		const { account, taken } = Account.open(welcome, asked);
		this.#account = account;
		this.#handlers.onWelcome(welcome);
		this.#handlers.onTaken(taken, account.next);
		return true;
	}
	#readInflated(inflated) {
		this.#readFrame(inflated?.text ?? "", inflated?.bytes ?? 0);
	}
	#readFrame(text, bytes) {
		const account = this.#account;
		if (account === void 0) return;
		const frame = parseFrame(text);
		if (frame === void 0) {
			this.#fetchId = void 0;
			this.#handlers.onMalformed();
		} else this.#handle(frame, account);
		const seq = this.#acknowledgement.take(bytes, account.next, this.#waiting.length === 0);
		if (seq !== void 0) {
			this.#handlers.deliver();
			this.#handlers.send(JSON.stringify({
				type: "ack",
				seq
			}));
		}
	}
	#handle(frame, account) {
		const fetchId = this.#fetchId;
		this.#fetchId = frame.type === "fetch" ? frame.id : void 0;
		switch (frame.type) {
			case "batch":
				if (fetchId === void 0) this.#handlers.onTaken(account.takeBatch(frame), account.next);
				else {
					const entries = frame.lines.filter((line) => line.entry !== void 0);
					this.#handlers.onFetched(fetchId, entries);
				}
				break;
			case "gap":
				this.#handlers.onTaken(account.takeGap(frame), account.next);
				break;
			case "filter":
			case "fetched":
			case "error":
			case "pong":
				this.#handlers.onAnswer(frame);
				break;
			case "status": this.#handlers.onStatus(frame.status);
		}
	}
};
function sizeOf(data) {
	if (typeof data === "string") return data.length;
	return data instanceof ArrayBuffer ? data.byteLength : 0;
}
// consumer/extension/requests.ts
var Requests = class {
	#send;
	#waiting = /* @__PURE__ */ new Map();
	#lastId = 0;
	#ended;
	constructor(send) {
		this.#send = send;
	}
	ask(expects, makeRequest) {
		return new Promise((resolve, reject) => {
			if (this.#ended !== void 0) {
				reject(this.#ended);
				return;
			}
			this.#lastId += 1;
			const id = this.#lastId;
			this.#waiting.set(id, {
				expects,
				resolve,
				reject
			});
			this.#send(JSON.stringify({
				...makeRequest(id),
				id
			}));
		});
	}
	answer(answer) {
		const waiting = answer.id === void 0 ? void 0 : this.#waiting.get(answer.id);
		if (waiting === void 0 || answer.id === void 0) return false;
		this.#waiting.delete(answer.id);
		if (answer.type === waiting.expects) waiting.resolve(answer);
		else waiting.reject(new Error(answer.type === "error" ? answer.message : `answered by ${answer.type}`));
		return true;
	}
	end() {
		this.#ended = /* @__PURE__ */ new Error("the channel has ended");
		for (const { reject } of this.#waiting.values()) reject(this.#ended);
		this.#waiting.clear();
	}
};
// consumer/path.ts
var MAX_SERVER_ERRORS = 8;
var PathWatch = class {
	#own = /* @__PURE__ */ new Set();
	#theirs = /* @__PURE__ */ new Set();
	#serverErrors = /* @__PURE__ */ new Map();
	addOwn(text) {
		addKinds(this.#own, text);
	}
	addTheirs(text) {
		addKinds(this.#theirs, text);
	}
	addMessage({ candidate }) {
		const text = isObject(candidate) ? candidate.candidate : candidate;
		if (typeof text === "string") this.addTheirs(text);
	}
	addServerError({ url, code, text }) {
		if (this.#serverErrors.size < MAX_SERVER_ERRORS) this.#serverErrors.set(`${url} ${code}`, {
			url,
			code,
			text
		});
	}
	failure() {
		return {
			own: [...this.#own].sort(),
			theirs: [...this.#theirs].sort(),
			serverErrors: [...this.#serverErrors.values()]
		};
	}
};
function addKinds(kinds, text) {
	for (const [, kind] of text.matchAll(/candidate:[^\r\n]* typ (host|srflx|prflx|relay)\b/g)) if (kind !== void 0) kinds.add(kind);
}
// consumer/peer.ts
var OPEN_TIMEOUT_MS = 15e3;
var ENDING_TIMEOUT_MS = 1e3;
var LISTENING = "{\"type\":\"ping\",\"id\":0}";
var DISCONNECTED_TIMEOUT_MS = 15e3;
var Peer = class {
	#connection;
	#handlers;
	#answered;
	#path = new PathWatch();
	#channel;
	#timer;
	#disconnectedTimeoutMs = DISCONNECTED_TIMEOUT_MS;
	#isOpen = false;
	#isClosed = false;
	constructor(offer, iceServers, handlers) {
		this.#handlers = handlers;
		const connection = new RTCPeerConnection({ iceServers });
		this.#connection = connection;
		connection.ondatachannel = ({ channel }) => this.#adopt(channel);
		connection.onicecandidate = ({ candidate }) => this.#offerCandidate(candidate);
		connection.onicecandidateerror = ({ url, errorCode, errorText }) => this.#path.addServerError({
			url,
			code: errorCode,
			text: errorText
		});
		connection.onconnectionstatechange = () => this.#follow(connection.connectionState);
		this.#failAfter(OPEN_TIMEOUT_MS, "broken");
		this.#answered = this.#answer(offer);
	}
	async addCandidate(message) {
		this.#path.addMessage(message);
		await this.#answered;
		const candidate = readCandidate(message);
		if (candidate !== void 0 && !this.#isClosed) await this.#connection.addIceCandidate(candidate).catch(() => {});
	}
	expectReturn(isExpected) {
		this.#disconnectedTimeoutMs = isExpected ? DISCONNECTED_TIMEOUT_MS : ENDING_TIMEOUT_MS;
		if (!this.#isClosed) this.#follow(this.#connection.connectionState);
	}
	send(text) {
		if (this.#channel?.readyState === "open") this.#channel.send(text);
	}
	close() {
		this.#isClosed = true;
		clearTimeout(this.#timer);
		this.#connection.close();
	}
	fail(how) {
		if (!this.#isClosed) {
			this.close();
			this.#handlers.onClose(how, this.#isOpen ? void 0 : this.#path.failure());
		}
	}
	async #answer(offer) {
		try {
			const offerSdp = readSdp(offer);
			this.#path.addTheirs(offerSdp);
			const dress = await this.#handlers.greet(offerSdp);
			if (dress === void 0) {
				this.fail("broken");
				return;
			}
			await this.#connection.setRemoteDescription({
				type: "offer",
				sdp: offerSdp
			});
			await this.#connection.setLocalDescription();
			const answer = this.#connection.localDescription;
			if (answer !== null && !this.#isClosed) this.#handlers.send({
				type: "webrtc_answer",
				sdp: dress(answer.sdp)
			});
		} catch {
			this.fail("broken");
		}
	}
	#offerCandidate(candidate) {
		if (candidate === null || candidate.candidate === "" || this.#isClosed) return;
		this.#path.addOwn(candidate.candidate);
		const { sdpMid, sdpMLineIndex } = candidate;
		this.#handlers.send({
			type: "ice_candidate",
			candidate: candidate.candidate,
			sdpMid,
			sdpMLineIndex
		});
	}
	#adopt(channel) {
		channel.binaryType = "arraybuffer";
		this.#channel = channel;
		let hasReported = false;
		channel.onmessage = ({ data }) => {
			if (!this.#isClosed) this.#handlers.onMessage(data);
			if (!hasReported && channel.readyState === "open") {
				hasReported = true;
				channel.send(LISTENING);
			}
		};
		let isClosing = false;
		channel.onclosing = () => {
			isClosing = true;
		};
		channel.onerror = () => {
			isClosing = false;
			channel.onclosing = null;
		};
		channel.onclose = () => this.fail(isClosing ? "closed" : "broken");
		channel.onopen = () => this.#open();
		if (channel.readyState === "open") this.#open();
	}
	#open() {
		if (!this.#isClosed && !this.#isOpen) {
			this.#isOpen = true;
			clearTimeout(this.#timer);
			this.#handlers.onOpen();
		}
	}
	#follow(state) {
		if (state === "failed") this.fail("pathLost");
		else if (state === "closed") this.#failAfter(ENDING_TIMEOUT_MS, "broken");
		else if (state === "disconnected") this.#failAfter(this.#disconnectedTimeoutMs, "pathLost");
		else if (state === "connected" && this.#isOpen) clearTimeout(this.#timer);
	}
	#failAfter(timeoutMs, how) {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.fail(how), timeoutMs);
	}
};
function readSdp(offer) {
	const sdp = isObject(offer.sdp) ? offer.sdp.sdp : offer.sdp;
	return typeof sdp === "string" ? sdp : "";
}
function readCandidate(message) {
	const source = isObject(message.candidate) ? message.candidate : message;
	const { candidate } = source;
	if (typeof candidate !== "string" || candidate === "") return;
	const sdpMid = source.sdpMid ?? source.sdp_mid;
	const sdpMLineIndex = source.sdpMLineIndex ?? source.sdp_m_line_index;
	return {
		candidate,
		sdpMid: typeof sdpMid === "string" ? sdpMid : null,
		sdpMLineIndex: typeof sdpMLineIndex === "number" ? sdpMLineIndex : 0
	};
}
// consumer/proof/proof.ts
var NONCE_BYTES = 16;
function lookAt(offerSdp, secret) {
	const nonce = sessionAttribute(offerSdp, "x-logrtc-nonce");
	if (secret === void 0) return {
		proof: void 0,
		failure: nonce === void 0 ? void 0 : "secretWanted",
		isAnswered: true
	};
	if (nonce === void 0) return {
		proof: void 0,
		failure: "producerHasNoSecret",
		isAnswered: false
	};
	const context = contextOf(offerSdp, nonce);
	const proof = context === void 0 ? void 0 : new Proof(secret, context);
	if (proof?.claims(sessionAttribute(offerSdp, "x-logrtc-key"), "key") === false) return {
		proof,
		failure: "wrongSecret",
		isAnswered: true
	};
	if (proof?.claims(sessionAttribute(offerSdp, "x-logrtc-proof"), "offer") !== true) return {
		proof: void 0,
		failure: "certificateChanged",
		isAnswered: false
	};
	return {
		proof,
		failure: void 0,
		isAnswered: true
	};
}
function contextOf(offerSdp, nonceText) {
	const [nonce, session, offer] = [
		decodeBase64url(nonceText),
		sessionOf(offerSdp),
		onlyFingerprint(offerSdp)
	];
	return nonce?.length === NONCE_BYTES && session !== void 0 && offer !== void 0 ? {
		nonce,
		session,
		offer
	} : void 0;
}
var Proof = class {
	#secret;
	#context;
	constructor(secret, context) {
		this.#secret = secret;
		this.#context = context;
	}
	claims(mac, label) {
		const claim = {
			label,
			fingerprints: label === "key" ? [] : [this.#context.offer]
		};
		return mac === void 0 || this.#secret.verifies(decodeBase64url(mac), this.#context, claim);
	}
	ofAnswer(answerSdp) {
		return encodeBase64url(this.#secret.mac(this.#context, this.#claim("consumer", answerSdp)));
	}
	isIn(data, answerSdp) {
		const message = typeof data === "string" ? parseJson(data) : void 0;
		const mac = isObject(message) && typeof message.proof === "string" ? message.proof : void 0;
		return mac !== void 0 && this.#secret.verifies(decodeBase64url(mac), this.#context, this.#claim("producer", answerSdp));
	}
	#claim(label, answerSdp) {
		const answer = onlyFingerprint(answerSdp);
		if (answer === void 0) throw new Error("the browser does not name its certificate once");
		return {
			label,
			fingerprints: [this.#context.offer, answer]
		};
	}
};
function onlyFingerprint(sdp) {
	const octets = /^a=fingerprint:sha-256 ((?:[0-9a-f]{2}:){31}[0-9a-f]{2})[ \t\r]*$/im.exec(sdp)?.[1];
	return octets === void 0 || sdp.match(/fingerprint/gi)?.length !== 1 ? void 0 : Uint8Array.from(octets.split(":"), (octet) => Number.parseInt(octet, 16));
}
// consumer/link.ts
var PROOF_TIMEOUT_MS = 5e3;
var Link = class {
	#options;
	#handlers;
	#reader;
	#requests;
	#fetches;
	#peer;
	#expected;
	#proofTimer;
	#session;
	#filterInForce = "";
	#filterTurn = Promise.resolve();
	#isEnded = false;
	#isClosed = false;
	constructor(options, handlers) {
		this.#options = options;
		this.#handlers = handlers;
		const send = (text) => this.#peer.send(text);
		this.#requests = new Requests(send);
		this.#fetches = new Fetches(this.#requests);
		const { makeReader = (reports) => new Receiver(reports) } = options;
		this.#reader = makeReader({
			onPlain: (decoded) => handlers.onPlain(decoded),
			onWelcome: (welcome) => this.#welcome(welcome),
			onTaken: (taken, next) => this.#take(taken, next),
			onKept: (count) => handlers.onKept(count),
			onFetched: (id, entries) => this.#fetches.take(id, entries),
			onAnswer: (answer) => this.#answer(answer),
			onStatus: (status) => handlers.onStatus(status),
			onMalformed: () => handlers.onMalformed(),
			deliver: () => handlers.deliver(),
			send
		});
		this.#peer = new Peer(options.offer, options.iceServers, {
			send: (message) => handlers.send(message),
			greet: (offerSdp) => this.#greet(offerSdp),
			onOpen: () => this.#open(),
			onMessage: (data) => this.#receive(data),
			onClose: (how, failure) => this.#end(how, failure)
		});
	}
	get session() {
		return this.#isEnded ? void 0 : this.#session;
	}
	addCandidate(message) {
		this.#peer.addCandidate(message);
	}
	expectReturn(isExpected) {
		this.#peer.expectReturn(isExpected);
	}
	close() {
		this.#isClosed = true;
		this.#peer.close();
		this.#finish();
	}
	async isRead() {
		await this.#options.formerIsRead;
		await this.#reader.drained();
	}
	applyFilter() {
		const turn = this.#filterTurn.then(() => this.#sendFilter());
		this.#filterTurn = turn.catch(() => {});
		return turn;
	}
	fetch(range) {
		return this.#fetches.fetch(range);
	}
	async ping() {
		const since = performance.now();
		await this.#requests.ask("pong", () => ({ type: "ping" }));
		return performance.now() - since;
	}
	async #greet(offerSdp) {
		const { proof, failure, isAnswered } = lookAt(offerSdp, this.#options.secret);
		this.#handlers.onLook(failure);
		if (!isAnswered) return;
		const hello = await this.#makeHello(offerSdp);
		return (answerSdp) => {
			const greeting = hello === void 0 ? answerSdp : withHello(answerSdp, hello);
			if (proof === void 0) return greeting;
			this.#expected = {
				proof,
				answerSdp
			};
			return withAttribute(greeting, "x-logrtc-proof", proof.ofAnswer(answerSdp));
		};
	}
	#open() {
		if (this.#expected === void 0) this.#handlers.onOpen();
		else this.#proofTimer = setTimeout(() => this.#refuse(), PROOF_TIMEOUT_MS);
	}
	#receive(data) {
		const expected = this.#expected;
		if (expected !== void 0) {
			if (!expected.proof.isIn(data, expected.answerSdp)) {
				this.#refuse();
				return;
			}
			this.#expected = void 0;
			clearTimeout(this.#proofTimer);
			this.#handlers.onOpen();
		}
		this.#reader.take(data);
	}
	#refuse() {
		this.#handlers.onLook("certificateChanged");
		this.#peer.fail("broken");
	}
	async #makeHello(offerSdp) {
		const session = sessionOf(offerSdp);
		if (session === void 0) return;
		await this.#options.formerIsRead;
		const { places, start } = this.#options;
		const filter = this.#options.filter();
		const next = places.next(session);
		this.#filterInForce = JSON.stringify(filter);
		this.#reader.expectWelcome({
			session,
			next
		});
		return makeHello({
			session,
			next,
			start,
			filter,
			canInflate
		});
	}
	#welcome(welcome) {
		this.#session = welcome.session;
		this.#handlers.onWelcome(welcome);
		if (this.#hasFilterChanged()) this.applyFilter().catch((error) => this.#handlers.onError(error.message));
	}
	#take(taken, next) {
		if (this.#session !== void 0) this.#options.places.reach(this.#session, next);
		this.#handlers.onTaken(taken);
	}
	#answer(answer) {
		if (!this.#requests.answer(answer) && answer.type === "error") this.#handlers.onError(answer.message);
	}
	#hasFilterChanged() {
		return JSON.stringify(this.#options.filter()) !== this.#filterInForce;
	}
	async #sendFilter() {
		if (this.session !== void 0 && this.#hasFilterChanged()) {
			const filter = this.#options.filter();
			await this.#requests.ask("filter", () => ({
				type: "filter",
				...filter
			})).catch((error) => {
				if (!this.#isEnded) throw error;
			});
			this.#filterInForce = JSON.stringify(filter);
		}
	}
	#end(how, failure) {
		this.#finish();
		const drained = this.#reader.drained();
		if (drained === void 0) {
			this.#handlers.onClose(how, failure);
			return;
		}
		drained.then(() => {
			if (!this.#isClosed) this.#handlers.onClose(how, failure);
		});
	}
	#finish() {
		this.#isEnded = true;
		clearTimeout(this.#proofTimer);
		this.#requests.end();
		this.#reader.end?.();
	}
};
// ../../../main/viewer/web/node_modules/@noble/hashes/utils.js
function isBytes(a) {
	return a instanceof Uint8Array || ArrayBuffer.isView(a) && a.constructor.name === "Uint8Array" && "BYTES_PER_ELEMENT" in a && a.BYTES_PER_ELEMENT === 1;
}
var atitle = (title) => title ? `"${title}" ` : "";
function anumber(n, title = "") {
	if (typeof n !== "number") throw new TypeError(atitle(title) + "expected number, got " + typeof n);
	if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(atitle(title) + "expected integer >= 0, got " + n);
	return n;
}
function abytes(value, length, title = "") {
	if (isBytes(value) && (length === void 0 || value.length === length)) return value;
	if (length !== void 0) anumber(length, "length");
	const bytes = isBytes(value);
	const ofLen = length !== void 0 ? ` of length ${length}` : "";
	const got = bytes ? `length=${value.length}` : `type=${typeof value}`;
	const message = atitle(title) + "expected Uint8Array" + ofLen + ", got " + got;
	if (!bytes) throw new TypeError(message);
	throw new RangeError(message);
}
function ahash(h) {
	if (typeof h !== "function" || typeof h.create !== "function") throw new TypeError("expected hash wrapped by utils.createHasher");
	anumber(h.outputLen);
	anumber(h.blockLen);
	if (h.outputLen < 1 || h.blockLen < 1) throw new Error("hash blockLen / outputLen must be >= 1");
}
var aobject = (value, label) => {
	if (value === null || typeof value !== "object" || Array.isArray(value)) throw new TypeError((label === "object" ? "" : `"${label}" `) + "expected object, got type=" + typeof value);
};
var aopts = (value, label) => {
	aobject(value, label);
	const proto = Object.getPrototypeOf(value);
	if (proto !== Object.prototype && proto !== null) throw new TypeError(`"${label}" expected plain object`);
	if (Object.hasOwn(value, "__proto__")) throw new TypeError(`"${label}.__proto__" is not allowed`);
};
function aexists(instance, checkFinished = true) {
	if (instance.destroyed) throw new Error("hash was destroyed");
	if (checkFinished && instance.finished) throw new Error("digest() was already called");
}
function aoutput(out, instance) {
	abytes(out, void 0, "output");
	const min = instance.outputLen;
	if (!(out.length >= min)) throw new RangeError("\"output\" expected length >= " + min);
}
function clean(...arrays) {
	for (let i = 0; i < arrays.length; i++) arrays[i].fill(0);
}
function createView(arr) {
	return new DataView(arr.buffer, arr.byteOffset, arr.byteLength);
}
function rotr(word, shift) {
	return word << 32 - shift | word >>> shift;
}
function checkOpts(defaults, opts, title = "opts") {
	aopts(defaults, "defaults");
	if (opts !== void 0) aopts(opts, title);
	return Object.assign(Object.create(null), defaults, opts);
}
function createHasher(hashCons, info = {}) {
	if (typeof hashCons !== "function") throw new TypeError("\"hashCons\" expected function, got type=" + typeof hashCons);
	info = checkOpts({}, info, "info");
	const hashC = (msg, opts) => hashCons(opts).update(msg).digest();
	const tmp = hashCons(void 0);
	hashC.outputLen = tmp.outputLen;
	hashC.blockLen = tmp.blockLen;
	hashC.canXOF = tmp.canXOF;
	hashC.create = (opts) => hashCons(opts);
	Object.assign(hashC, info);
	return Object.freeze(hashC);
}
var oidNist = (suffix) => ({ oid: Uint8Array.from([
	6,
	9,
	96,
	134,
	72,
	1,
	101,
	3,
	4,
	2,
	suffix
]) });
// ../../../main/viewer/web/node_modules/@noble/hashes/hmac.js
var _HMAC = class {
	oHash;
	iHash;
	blockLen;
	outputLen;
	canXOF = false;
	finished = false;
	destroyed = false;
	constructor(hash, key) {
		ahash(hash);
		abytes(key, void 0, "key");
		this.iHash = hash.create();
		if (typeof this.iHash.update !== "function") throw new Error("expected Hash instance");
		this.blockLen = this.iHash.blockLen;
		this.outputLen = this.iHash.outputLen;
		const blockLen = this.blockLen;
		const pad = new Uint8Array(blockLen);
		pad.set(key.length > blockLen ? hash.create().update(key).digest() : key);
		for (let i = 0; i < pad.length; i++) pad[i] ^= 54;
		this.iHash.update(pad);
		this.oHash = hash.create();
		for (let i = 0; i < pad.length; i++) pad[i] ^= 106;
		this.oHash.update(pad);
		clean(pad);
	}
	update(buf) {
		aexists(this);
		this.iHash.update(buf);
		return this;
	}
	digestInto(out) {
		aexists(this);
		aoutput(out, this);
		this.finished = true;
		const buf = out.subarray(0, this.outputLen);
		this.iHash.digestInto(buf);
		this.oHash.update(buf);
		this.oHash.digestInto(buf);
		this.destroy();
	}
	digest() {
		const out = new Uint8Array(this.oHash.outputLen);
		this.digestInto(out);
		return out;
	}
	_cloneInto(to) {
		to ||= Object.create(Object.getPrototypeOf(this), {});
		const { oHash, iHash, finished, destroyed, blockLen, outputLen, canXOF } = this;
		to = to;
		to.finished = finished;
		to.destroyed = destroyed;
		to.blockLen = blockLen;
		to.outputLen = outputLen;
		to.canXOF = canXOF;
		to.oHash = oHash._cloneInto(to.oHash);
		to.iHash = iHash._cloneInto(to.iHash);
		return to;
	}
	clone() {
		return this._cloneInto();
	}
	destroy() {
		this.destroyed = true;
		this.oHash.destroy();
		this.iHash.destroy();
	}
};
var hmac = /* @__PURE__ */ (() => {
	const hmac_ = ((hash, key, message) => new _HMAC(hash, key).update(message).digest());
	hmac_.create = (hash, key) => new _HMAC(hash, key);
	return hmac_;
})();
// ../../../main/viewer/web/node_modules/@noble/hashes/_u64.js
var fromNumH = (n) => n / 2 ** 32 | 0;
var fromNumL = (n) => n >>> 0;
function setU64FromNum(view, byteOffset, n, isLE) {
	const h = fromNumH(n);
	const l = fromNumL(n);
	view.setUint32(byteOffset, isLE ? l : h, isLE);
	view.setUint32(byteOffset + 4, isLE ? h : l, isLE);
}
// ../../../main/viewer/web/node_modules/@noble/hashes/_md.js
function Chi(a, b, c) {
	return a & b ^ ~a & c;
}
function Maj(a, b, c) {
	return a & b ^ a & c ^ b & c;
}
var HashMD = class {
	blockLen;
	outputLen;
	canXOF = false;
	padOffset;
	isLE;
	buffer;
	view;
	finished = false;
	length = 0;
	pos = 0;
	destroyed = false;
	constructor(blockLen, outputLen, padOffset, isLE) {
		this.blockLen = blockLen;
		this.outputLen = outputLen;
		this.padOffset = padOffset;
		this.isLE = isLE;
		this.buffer = new Uint8Array(blockLen);
		this.view = createView(this.buffer);
	}
	update(data) {
		aexists(this);
		abytes(data);
		const { view, buffer, blockLen } = this;
		const len = data.length;
		let processed = false;
		for (let pos = 0; pos < len;) {
			const take = Math.min(blockLen - this.pos, len - pos);
			if (take === blockLen) {
				const dataView = createView(data);
				for (; blockLen <= len - pos; pos += blockLen) this.process(dataView, pos);
				processed = true;
				continue;
			}
			buffer.set(pos === 0 && take === len ? data : data.subarray(pos, pos + take), this.pos);
			this.pos += take;
			pos += take;
			if (this.pos === blockLen) {
				this.process(view, 0);
				this.pos = 0;
				processed = true;
			}
		}
		this.length += data.length;
		if (processed) this.roundClean();
		return this;
	}
	digestInto(out) {
		aexists(this);
		aoutput(out, this);
		this.finished = true;
		const { buffer, view, blockLen, isLE } = this;
		let { pos } = this;
		buffer[pos++] = 128;
		buffer.fill(0, pos);
		if (this.padOffset > blockLen - pos) {
			this.process(view, 0);
			buffer.fill(0);
		}
		setU64FromNum(view, blockLen - 8, this.length * 8, isLE);
		this.process(view, 0);
		this.roundClean();
		const oview = out === buffer ? view : createView(out);
		const len = this.outputLen;
		const outLen = len / 4;
		const state = this.get();
		if (len % 4 || outLen > state.length) throw new Error("invalid outputLen");
		for (let i = 0; i < outLen; i++) oview.setUint32(4 * i, state[i], isLE);
	}
	digest() {
		const { buffer, outputLen } = this;
		this.digestInto(buffer);
		const res = buffer.slice(0, outputLen);
		this.destroy();
		return res;
	}
	_cloneIntoMeta(to) {
		const { buffer, length, finished, destroyed, pos } = this;
		to.destroyed = destroyed;
		to.finished = finished;
		to.length = length;
		to.pos = pos;
		if (pos) to.buffer.set(buffer);
		return to;
	}
	clone() {
		return this._cloneInto();
	}
};
var SHA256_IV = /* @__PURE__ */ Uint32Array.from([
	1779033703,
	3144134277,
	1013904242,
	2773480762,
	1359893119,
	2600822924,
	528734635,
	1541459225
]);
// ../../../main/viewer/web/node_modules/@noble/hashes/sha2.js
var SHA256_K = /* @__PURE__ */ Uint32Array.from([
	1116352408,
	1899447441,
	3049323471,
	3921009573,
	961987163,
	1508970993,
	2453635748,
	2870763221,
	3624381080,
	310598401,
	607225278,
	1426881987,
	1925078388,
	2162078206,
	2614888103,
	3248222580,
	3835390401,
	4022224774,
	264347078,
	604807628,
	770255983,
	1249150122,
	1555081692,
	1996064986,
	2554220882,
	2821834349,
	2952996808,
	3210313671,
	3336571891,
	3584528711,
	113926993,
	338241895,
	666307205,
	773529912,
	1294757372,
	1396182291,
	1695183700,
	1986661051,
	2177026350,
	2456956037,
	2730485921,
	2820302411,
	3259730800,
	3345764771,
	3516065817,
	3600352804,
	4094571909,
	275423344,
	430227734,
	506948616,
	659060556,
	883997877,
	958139571,
	1322822218,
	1537002063,
	1747873779,
	1955562222,
	2024104815,
	2227730452,
	2361852424,
	2428436474,
	2756734187,
	3204031479,
	3329325298
]);
var SHA256_W = /* @__PURE__ */ new Uint32Array(64);
var SHA2_32B = class extends HashMD {
	A = 0;
	B = 0;
	C = 0;
	D = 0;
	E = 0;
	F = 0;
	G = 0;
	H = 0;
	constructor(outputLen, IV) {
		super(64, outputLen, 8, false);
		this.A = IV[0] | 0;
		this.B = IV[1] | 0;
		this.C = IV[2] | 0;
		this.D = IV[3] | 0;
		this.E = IV[4] | 0;
		this.F = IV[5] | 0;
		this.G = IV[6] | 0;
		this.H = IV[7] | 0;
	}
	get() {
		const { A, B, C, D, E, F, G, H } = this;
		return [
			A,
			B,
			C,
			D,
			E,
			F,
			G,
			H
		];
	}
	set(A, B, C, D, E, F, G, H) {
		this.A = A | 0;
		this.B = B | 0;
		this.C = C | 0;
		this.D = D | 0;
		this.E = E | 0;
		this.F = F | 0;
		this.G = G | 0;
		this.H = H | 0;
	}
	_cloneInto(to) {
		(to ||= new this.constructor()).set(...this.get());
		return this._cloneIntoMeta(to);
	}
	process(view, offset) {
		for (let i = 0; i < 16; i++, offset += 4) SHA256_W[i] = view.getUint32(offset, false);
		for (let i = 16; i < 64; i++) {
			const W15 = SHA256_W[i - 15];
			const W2 = SHA256_W[i - 2];
			const s0 = rotr(W15, 7) ^ rotr(W15, 18) ^ W15 >>> 3;
			const s1 = rotr(W2, 17) ^ rotr(W2, 19) ^ W2 >>> 10;
			SHA256_W[i] = s1 + SHA256_W[i - 7] + s0 + SHA256_W[i - 16] | 0;
		}
		let { A, B, C, D, E, F, G, H } = this;
		for (let i = 0; i < 64; i++) {
			const sigma1 = rotr(E, 6) ^ rotr(E, 11) ^ rotr(E, 25);
			const T1 = H + sigma1 + Chi(E, F, G) + SHA256_K[i] + SHA256_W[i] | 0;
			const T2 = (rotr(A, 2) ^ rotr(A, 13) ^ rotr(A, 22)) + Maj(A, B, C) | 0;
			H = G;
			G = F;
			F = E;
			E = D + T1 | 0;
			D = C;
			C = B;
			B = A;
			A = T1 + T2 | 0;
		}
		A = A + this.A | 0;
		B = B + this.B | 0;
		C = C + this.C | 0;
		D = D + this.D | 0;
		E = E + this.E | 0;
		F = F + this.F | 0;
		G = G + this.G | 0;
		H = H + this.H | 0;
		this.set(A, B, C, D, E, F, G, H);
	}
	roundClean() {
		clean(SHA256_W);
	}
	destroy() {
		this.destroyed = true;
		this.set(0, 0, 0, 0, 0, 0, 0, 0);
		clean(this.buffer);
	}
};
var _SHA256 = class extends SHA2_32B {
	constructor() {
		super(32, SHA256_IV);
	}
};
var sha256 = /* @__PURE__ */ createHasher(() => new _SHA256(), /* @__PURE__ */ oidNist(1));
// consumer/proof/secret.ts
var SECRET = /^(?=[\w-]*[^0-9A-Fa-f])[\w-]{22,256}$|^[0-9A-Fa-f]{32,256}$/;
function isSecret(text) {
	return SECRET.test(text);
}
var encoder = new TextEncoder();
var Secret = class {
	#key;
	constructor(text) {
		if (!isSecret(text)) throw new RangeError("secret: must be random: 32 to 256 hexadecimal digits, or 22 to 256 characters of base64url");
		const extracted = hmac(sha256, /* @__PURE__ */ new Uint8Array(32), encoder.encode(text));
		this.#key = hmac(sha256, extracted, encoder.encode("logrtc proof 1"));
	}
	mac({ nonce, session }, { label, fingerprints }) {
		const mac = hmac.create(sha256, this.#key).update(encoder.encode(label)).update(nonce);
		mac.update(sha256(encoder.encode(session)));
		for (const fingerprint of fingerprints) mac.update(fingerprint);
		return mac.digest();
	}
	verifies(mac, context, claim) {
		const right = this.mac(context, claim);
		if (mac === void 0 || mac.length !== right.length) return false;
		return right.reduce((difference, byte, index) => difference | byte ^ (mac[index] ?? 0), 0) === 0;
	}
};
// consumer/roster.ts
var OFFER_TIMEOUT_MS = 1e4;
var LASTING_MS = 1e4;
var UNPROVED_DELAY_MS = 6e4;
var MAX_GONE = 200;
var Roster = class {
	#producers = /* @__PURE__ */ new Map();
	producers() {
		return [...this.#producers.values()].map((producer) => ({
			id: producer.id,
			clientId: producer.clientId,
			systemName: systemName(producer),
			metadata: producer.metadata,
			state: stateOf(producer),
			session: producer.welcomedSession,
			...producer.counts,
			status: producer.status,
			pathFailure: producer.pathFailure,
			proofFailure: producer.proofFailure
		}));
	}
	connected() {
		const open = [...this.#producers.values()].filter(({ channel }) => channel === "open");
		return Object.fromEntries(open.flatMap(({ id, session }) => session === void 0 ? [] : [[id, session]]));
	}
	announce(message, nowMs) {
		const { producer_id: id, client_id: clientId, metadata, session } = message;
		if (typeof id !== "string") return false;
		const newClientId = typeof clientId === "string" ? clientId : id;
		this.#takePlace(id, newClientId);
		const producer = this.#get(id);
		const newSession = typeof session === "string" ? session : void 0;
		const isOther = producer.channel !== "none" && producer.session !== newSession;
		producer.clientId = newClientId;
		producer.metadata = isObject(metadata) ? metadata : {};
		producer.session = newSession;
		producer.isAnnounced = true;
		producer.hasEnded = false;
		producer.askAtMs = nowMs + OFFER_TIMEOUT_MS;
		if (isOther) producer.channel = "none";
		return isOther;
	}
	withdraw(id, reason) {
		const producer = this.#producers.get(id);
		if (producer !== void 0) {
			producer.isAnnounced = false;
			producer.hasEnded ||= reason === "closed";
			producer.proofFailure = void 0;
			this.#forgetOldest();
		}
	}
	withdrawAll() {
		for (const producer of this.#producers.values()) producer.isAnnounced = false;
		this.#forgetOldest();
	}
	offered(id) {
		const producer = this.#get(id);
		producer.channel = "connecting";
		producer.hasEnded = false;
		producer.welcomedSession = void 0;
	}
	welcomed(id, session) {
		this.#get(id).welcomedSession = session;
	}
	looked(id, failure) {
		this.#get(id).proofFailure = failure;
	}
	opened(id, nowMs) {
		const producer = this.#get(id);
		producer.channel = "open";
		producer.pathFailure = void 0;
		producer.openedAtMs = nowMs;
	}
	closed(id, nowMs, how, failure) {
		const producer = this.#get(id);
		producer.pathFailure = failure;
		const wasOpen = producer.channel === "open";
		if (wasOpen && nowMs - producer.openedAtMs > LASTING_MS) producer.failures = 0;
		producer.channel = "none";
		if (how === "closed") {
			producer.hasEnded = true;
			producer.askAtMs = nowMs + OFFER_TIMEOUT_MS;
		} else {
			producer.hasEnded &&= !(wasOpen && how === "pathLost");
			const delayMs = Math.min(producer.failures * 1e3, 5e3);
			producer.askAtMs = nowMs + (producer.proofFailure === void 0 ? delayMs : UNPROVED_DELAY_MS);
			producer.failures += 1;
		}
		this.#forgetOldest();
	}
	count(id, { received = 0, malformed = 0, lost = 0, filtered = 0 }) {
		const producer = this.#get(id);
		producer.counts = {
			received: producer.counts.received + received,
			malformed: producer.counts.malformed + malformed,
			lost: producer.counts.lost + lost,
			filtered: producer.counts.filtered + filtered
		};
	}
	told(id, status) {
		this.#get(id).status = status;
	}
	takeDue(nowMs) {
		const due = [...this.#producers.values()].filter((producer) => producer.isAnnounced && producer.channel === "none" && producer.askAtMs <= nowMs);
		for (const producer of due) {
			producer.hasEnded = false;
			producer.askAtMs = nowMs + OFFER_TIMEOUT_MS;
		}
		return due.map(({ id }) => id);
	}
	#get(id) {
		const known = this.#producers.get(id);
		if (known !== void 0) return known;
		const producer = {
			id,
			clientId: id,
			metadata: {},
			session: void 0,
			welcomedSession: void 0,
			isAnnounced: false,
			hasEnded: false,
			channel: "none",
			askAtMs: Number.POSITIVE_INFINITY,
			openedAtMs: 0,
			failures: 0,
			counts: {
				received: 0,
				malformed: 0,
				lost: 0,
				filtered: 0
			},
			status: void 0,
			pathFailure: void 0,
			proofFailure: void 0
		};
		this.#producers.set(id, producer);
		return producer;
	}
	#takePlace(id, clientId) {
		if (this.#producers.has(id)) return;
		const known = [...this.#producers.values()];
		const former = known.find((producer) => producer.clientId === clientId && isGone(producer));
		if (former !== void 0) {
			this.#producers.clear();
			for (const producer of known) if (producer === former) this.#get(id);
			else this.#producers.set(producer.id, producer);
		}
	}
	#forgetOldest() {
		const gone = [...this.#producers.values()].filter(isGone);
		for (const { id } of gone.slice(0, Math.max(0, gone.length - MAX_GONE))) this.#producers.delete(id);
	}
};
function stateOf(producer) {
	if (producer.channel === "open") return "connected";
	if (producer.hasEnded) return "ended";
	return producer.isAnnounced || producer.channel === "connecting" ? "connecting" : "lost";
}
function isGone(producer) {
	return !producer.isAnnounced && producer.channel === "none";
}
function systemName(producer) {
	const name = producer.metadata.system_name;
	return typeof name === "string" && name.trim() !== "" ? name : producer.id;
}
// consumer/signaling.ts
var PING_INTERVAL_MS = 15e3;
var UNAUTHORIZED = 4401;
var SILENCE_TIMEOUT_MS = 4e4;
function reconnectDelayMs(attempt) {
	return Math.min(1e3 * 1.5 ** attempt, 5e3);
}
var Signaling = class {
	#url;
	#handlers;
	#socket;
	#attempt = 0;
	#lastHeardMs = 0;
	#reconnectTimer;
	#pingTimer;
	constructor(url, handlers) {
		this.#url = url;
		this.#handlers = handlers;
	}
	open() {
		this.#handlers.onState("connecting");
		const socket = new WebSocket(this.#url);
		this.#socket = socket;
		this.#lastHeardMs = Date.now();
		socket.onopen = () => this.send(this.#handlers.register());
		socket.onmessage = ({ data }) => this.#receive(data);
		socket.onclose = ({ code }) => code === UNAUTHORIZED ? this.#refuse() : this.#lose();
		this.#pingTimer = setInterval(() => this.#ping(), PING_INTERVAL_MS);
	}
	send(message) {
		if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
	}
	reopen() {
		clearTimeout(this.#reconnectTimer);
		this.#drop();
		this.open();
	}
	close() {
		clearTimeout(this.#reconnectTimer);
		this.#drop();
	}
	#receive(data) {
		this.#lastHeardMs = Date.now();
		const message = typeof data === "string" ? parseJson(data) : void 0;
		if (!isObject(message)) return;
		if (message.type === "ping") {
			this.send({ type: "pong" });
			return;
		}
		if (message.type === "registered") {
			this.#attempt = 0;
			this.#handlers.onState("connected");
		}
		this.#handlers.onMessage(message);
	}
	#ping() {
		if (Date.now() - this.#lastHeardMs > SILENCE_TIMEOUT_MS) this.#lose();
		else this.send({ type: "ping" });
	}
	#lose() {
		this.#drop();
		this.#reconnectTimer = setTimeout(() => this.open(), reconnectDelayMs(this.#attempt));
		this.#attempt += 1;
		this.#handlers.onState("lost");
	}
	#refuse() {
		this.#drop();
		this.#handlers.onState("unauthorized");
	}
	#drop() {
		clearInterval(this.#pingTimer);
		const socket = this.#socket;
		this.#socket = void 0;
		if (socket !== void 0) {
			socket.onopen = socket.onmessage = socket.onclose = null;
			socket.close();
		}
	}
};
// consumer/consumer.ts
var ASK_INTERVAL_MS = 500;
var Consumer = class {
	clientId = randomId();
	#options;
	#events = new Events();
	#roster = new Roster();
	#links = /* @__PURE__ */ new Map();
	#places;
	#batch;
	#signaling;
	#askTimer;
	#signalingState = "connecting";
	#token;
	#secret;
	#namedIceServers;
	#filter;
	#filters = /* @__PURE__ */ new Map();
	constructor(options) {
		this.#options = options;
		this.#token = options.token;
		this.#secret = options.secret === void 0 ? void 0 : new Secret(options.secret);
		this.#filter = options.filter ?? {};
		checkFilter(this.#filter);
		this.#places = new Places(options.places);
		this.#batch = new Batch((batch) => this.#events.emit("entries", batch));
		this.#signaling = new Signaling(options.url, {
			register: () => this.#register(),
			onMessage: (message) => this.#receive(message),
			onState: (state) => this.#follow(state)
		});
		this.#signaling.open();
		this.#askTimer = setInterval(() => this.#ask(), ASK_INTERVAL_MS);
	}
	on(event, listener) {
		return this.#events.on(event, listener);
	}
	producers() {
		return this.#roster.producers();
	}
	get signalingState() {
		return this.#signalingState;
	}
	setToken(token) {
		this.#token = token;
		this.#signaling.reopen();
	}
	get hasSecret() {
		return this.#secret !== void 0;
	}
	async setFilter(filter, producer) {
		checkFilter(filter);
		if (producer === void 0) {
			this.#filter = filter;
			this.#filters.clear();
		} else this.#filters.set(producer, filter);
		const links = producer === void 0 ? [...this.#links.values()] : [this.#links.get(producer)];
		await Promise.all(links.map((link) => link?.applyFilter()));
	}
	async *fetch(producer, range) {
		checkFilter(range);
		checkRange(range);
		for await (const { entries, missing } of this.#speaking(producer).fetch(range)) yield {
			entries: receive(producer, entries),
			missing
		};
	}
	async ping(producer) {
		return await this.#speaking(producer).ping();
	}
	places() {
		this.#batch.flush();
		return this.#places.bySession();
	}
	close() {
		clearInterval(this.#askTimer);
		this.#signaling.close();
		for (const link of this.#links.values()) link.close();
		this.#links.clear();
		this.#batch.flush();
	}
	#register() {
		const { producer } = this.#options;
		return {
			type: "register",
			role: "consumer",
			client_id: this.clientId,
			...producer === void 0 ? {} : { producer },
			...this.#token === void 0 ? {} : { token: this.#token },
			connected: this.#roster.connected()
		};
	}
	#follow(state) {
		this.#signalingState = state;
		if (state === "lost" || state === "unauthorized") {
			this.#roster.withdrawAll();
			this.#producersChanged();
		}
		this.#events.emit("signaling", state);
	}
	#receive(message) {
		switch (message.type) {
			case "registered":
			case "ice_servers":
				this.#namedIceServers = readIceServers(message.ice_servers);
				break;
			case "producer_connected":
				if (this.#roster.announce(message, Date.now())) this.#drop(String(message.producer_id));
				this.#links.get(String(message.producer_id))?.expectReturn(true);
				this.#producersChanged();
				break;
			case "producer_disconnected":
				this.#roster.withdraw(String(message.producer_id), message.reason);
				this.#links.get(String(message.producer_id))?.expectReturn(false);
				this.#producersChanged();
				break;
			case "webrtc_offer":
				this.#accept(senderOf(message), message);
				break;
			case "ice_candidate":
				this.#links.get(senderOf(message))?.addCandidate(message);
				break;
			case "error": this.#events.emit("error", String(message.message));
		}
	}
	#accept(id, offer) {
		this.#drop(id);
		this.#roster.offered(id);
		const { start, readers } = this.#options;
		const link = new Link({
			offer,
			secret: this.#secret,
			iceServers: chooseIceServers(this.#options.iceServers, this.#namedIceServers),
			places: this.#places,
			start,
			filter: () => this.#filters.get(id) ?? this.#filter,
			formerIsRead: this.#links.get(id)?.isRead(),
			makeReader: readers === void 0 ? void 0 : (handlers) => readers(handlers, id)
		}, {
			send: (message) => this.#signaling.send({
				...message,
				to: id
			}),
			onOpen: () => {
				this.#roster.opened(id, Date.now());
				this.#producersChanged();
			},
			onLook: (failure) => {
				this.#roster.looked(id, failure);
				this.#producersChanged();
			},
			onPlain: ({ entries, malformed }) => this.#take(id, entries.map(unnumbered), malformed),
			onWelcome: (welcome) => {
				this.#roster.welcomed(id, welcome.session);
				this.#batch.flush();
				this.#events.emit("welcome", {
					...welcome,
					producer: id
				});
				this.#producersChanged();
			},
			onTaken: (taken) => this.#takeNumbered(id, taken),
			onKept: (received) => this.#roster.count(id, { received }),
			onStatus: (status) => this.#roster.told(id, status),
			onMalformed: () => this.#roster.count(id, { malformed: 1 }),
			onError: (message) => this.#events.emit("error", message),
			deliver: () => this.#batch.flush(),
			onClose: (how, failure) => {
				this.#links.delete(id);
				this.#roster.closed(id, Date.now(), how, failure);
				this.#ask();
				this.#producersChanged();
			}
		});
		this.#links.set(id, link);
		this.#producersChanged();
	}
	#drop(id) {
		this.#links.get(id)?.close();
	}
	#speaking(producer) {
		const link = this.#links.get(producer);
		if (link?.session === void 0) throw new Error(`producer: "${producer}" has no channel that speaks the extension`);
		return link;
	}
	#ask() {
		if (this.#signalingState === "connected") for (const producer of this.#roster.takeDue(Date.now())) this.#signaling.send({
			type: "connect",
			producer
		});
	}
	#takeNumbered(id, { missing, entries, malformed, filtered }) {
		for (const gap of missing) {
			this.#roster.count(id, { lost: gap.last - gap.first + 1 });
			this.#batch.flush();
			this.#events.emit("gap", {
				...gap,
				producer: id
			});
		}
		this.#roster.count(id, { filtered });
		this.#take(id, entries, malformed);
	}
	#take(id, entries, malformed) {
		this.#roster.count(id, {
			received: entries.length,
			malformed
		});
		for (const received of receive(id, entries)) this.#batch.push(received);
	}
	#producersChanged() {
		this.#events.emit("producers", this.#roster.producers());
	}
};
function unnumbered(entry) {
	return {
		seq: void 0,
		entry
	};
}
function receive(producer, entries) {
	const arrivalMs = Date.now();
	return entries.map(({ seq, entry }) => ({
		producer,
		arrivalMs,
		seq,
		entry
	}));
}
function senderOf(message) {
	const sender = message.from ?? message.producer_id ?? message.client_id;
	return typeof sender === "string" ? sender : "producer";
}
function randomId() {
	return `browser_${[...crypto.getRandomValues(/* @__PURE__ */ new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
// consumer/index.ts
function connect(options) {
	return new Consumer(options);
}
export { connect, levelOf };
