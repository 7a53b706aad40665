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
	return /^a=x-logrtc:1 ([\x21-\x7e]{1,160})\r?$/m.exec(sessionLevel(offerSdp))?.[1];
}
function withHello(answerSdp, hello) {
	const session = sessionLevel(answerSdp);
	return session + `a=x-logrtc-hello:${base64url(JSON.stringify(hello))}\r\n` + answerSdp.slice(session.length);
}
function sessionLevel(sdp) {
	const media = /^m=/m.exec(sdp);
	return media === null ? sdp : sdp.slice(0, media.index);
}
function startAt(session, next) {
	return next === 0 ? "oldest" : { resume: {
		session,
		seq: next - 1
	} };
}
function base64url(text) {
	const bytes = new TextEncoder().encode(text);
	return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
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
	async #answer(offer) {
		try {
			const offerSdp = readSdp(offer);
			this.#path.addTheirs(offerSdp);
			const hello = await this.#handlers.greet(offerSdp);
			await this.#connection.setRemoteDescription({
				type: "offer",
				sdp: offerSdp
			});
			await this.#connection.setLocalDescription();
			const answer = this.#connection.localDescription;
			if (answer !== null && !this.#isClosed) {
				const sdp = hello === void 0 ? answer.sdp : withHello(answer.sdp, hello);
				this.#handlers.send({
					type: "webrtc_answer",
					sdp
				});
			}
		} catch {
			this.#fail("broken");
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
		channel.onclose = () => this.#fail(isClosing ? "closed" : "broken");
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
		if (state === "failed") this.#fail("pathLost");
		else if (state === "closed") this.#failAfter(ENDING_TIMEOUT_MS, "broken");
		else if (state === "disconnected") this.#failAfter(this.#disconnectedTimeoutMs, "pathLost");
		else if (state === "connected" && this.#isOpen) clearTimeout(this.#timer);
	}
	#failAfter(timeoutMs, how) {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#fail(how), timeoutMs);
	}
	#fail(how) {
		if (!this.#isClosed) {
			this.close();
			this.#handlers.onClose(how, this.#isOpen ? void 0 : this.#path.failure());
		}
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
// consumer/link.ts
var Link = class {
	#options;
	#handlers;
	#reader;
	#requests;
	#fetches;
	#peer;
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
			onOpen: () => handlers.onOpen(),
			onMessage: (data) => this.#reader.take(data),
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
		this.#requests.end();
		this.#reader.end?.();
	}
};
// consumer/roster.ts
var OFFER_TIMEOUT_MS = 1e4;
var LASTING_MS = 1e4;
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
			pathFailure: producer.pathFailure
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
			producer.askAtMs = nowMs + Math.min(producer.failures * 1e3, 5e3);
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
			pathFailure: void 0
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
	#namedIceServers;
	#filter;
	#filters = /* @__PURE__ */ new Map();
	constructor(options) {
		this.#options = options;
		this.#token = options.token;
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
