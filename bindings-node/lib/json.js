"use strict";

/**
 * Values as JSON, as well as can be: what JSON.stringify takes comes out as it has it, and what it would throw at, lose
 * or never end with gets a text in its place. Never throws.
 *
 * The plain case, an object of a few strings and numbers, is what log calls are made of: it has a way of its own.
 */

const { types } = require("node:util");

const { hasOwnProperty } = Object.prototype;

/** Deeper than this the core takes nothing (128, with the object of the fields). */
const MAX_DEPTH = 120;

/** An entry has at most 64 KiB, so no value needs more characters: the core cuts what is longer. */
const MAX_LENGTH = 64 * 1024;

/**
 * What is written of all fields together. It is more than an entry has, so that the core, which cuts the longest values, sees
 * how long they are.
 */
const MAX_TOTAL_LENGTH = 5 * MAX_LENGTH;

/** What a text may have behind a member that used up the room of its object. */
const LATE_LENGTH = 4 * 1024;

/** So many members that are undefined, and take no room, are passed over at the most. */
const MAX_LOST_MEMBERS = 4 * MAX_LENGTH;

/** Up to this length a loop over the characters is faster than a regular expression. */
const SHORT_STRING = 42;

const NEEDS_CARE = /[\u0000-\u001f"\\\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/**
 * A string as JSON; half of a surrogate pair becomes U+FFFD, as everywhere in UTF-8. Of one that is longer than an entry, so
 * much is left that the core sees it.
 */
function quote(text) {
  const { length } = text;
  if (length < SHORT_STRING) {
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code < 0x20 || code === 0x22 || code === 0x5c || (code >= 0xd800 && code <= 0xdfff)) {
        return JSON.stringify(text.replace(LONE_SURROGATE, "\ufffd"));
      }
    }
    return `"${text}"`;
  }
  if (length > MAX_LENGTH + 1) {
    return quote(text.slice(0, MAX_LENGTH + 1));
  }
  return NEEDS_CARE.test(text) ? JSON.stringify(text.replace(LONE_SURROGATE, "\ufffd")) : `"${text}"`;
}

/** A finite number as the core writes it, in the fewest digits; one without a fraction is an integer. */
function number(value) {
  const size = Math.abs(value);
  if (size >= 1e-5 && size < 1e21) {
    return `${value}`;
  }
  if (value === 0) {
    return Object.is(value, -0) ? "-0.0" : "0";
  }
  return value.toExponential();
}

/** Deeper than this, or with more than MAX_LENGTH, nothing is plain: there may be a cycle. */
const MAX_PLAIN_DEPTH = 8;

/** A plain value as JSON; undefined where it is not plain, or has no place in an object. */
function plainValue(value, depth) {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "number":
      return value - value === 0 ? number(value) : undefined;
    case "boolean":
      return value ? "true" : "false";
    case "object":
      if (value === null) {
        return "null";
      }
      return depth < MAX_PLAIN_DEPTH ? plainObject(value, depth + 1) : undefined;
    default:
      return undefined;
  }
}

function plainObject(object, depth) {
  if (Object.getPrototypeOf(object) !== Object.prototype) {
    return undefined;
  }
  let json = "";
  for (const key in object) {
    if (!hasOwnProperty.call(object, key)) {
      continue;
    }
    const value = plainValue(object[key], depth);
    if (value === undefined || json.length > MAX_LENGTH) {
      return undefined;
    }
    json += json.length === 0 ? `{${quote(key)}:${value}` : `,${quote(key)}:${value}`;
  }
  return json.length === 0 ? "{}" : `${json}}`;
}

function plain(value) {
  try {
    return plainObject(value, 0);
  } catch {
    // A getter throws: the other way can bear it.
    return undefined;
  }
}

/**
 * The fields of an entry as a JSON object, or '' where there are none. An error is the field `err`, and what else is no
 * object the field `value`.
 */
function encodeFields(fields) {
  if (fields === undefined || fields === null) {
    return "";
  }
  const encoded = plain(fields);
  if (encoded !== undefined) {
    return encoded;
  }
  try {
    return new Encoder().fields(fields);
  } catch {
    // No stack is left to go on.
    return '{"fields_error":"cannot be read"}';
  }
}

/** Any value as JSON. */
function encodeValue(value) {
  const encoded = plain(value);
  if (encoded !== undefined) {
    return encoded;
  }
  try {
    return new Encoder().value("", value) ?? "null";
  } catch {
    return "null";
  }
}

/** A whole entry as JSON: what is too long in one member leaves the others their room. */
function encodeEntry(entry) {
  const encoded = plain(entry);
  if (encoded !== undefined || typeof entry !== "object" || entry === null) {
    return encoded ?? encodeValue(entry);
  }
  try {
    const parts = [];
    for (const [key, value] of members(entry)) {
      const part = new Encoder().value(key, value);
      if (part !== undefined) {
        parts.push(`${quote(key)}:${part}`);
      }
    }
    return `{${parts.join()}}`;
  } catch {
    return "null";
  }
}

/** The way for what is nested, or strange. */
class Encoder {
  #ancestors = [];
  /** Never more than what is written takes, so that nothing is left out of what fits. */
  #length = 0;
  /** Where the room of the present member ends: lists end there, and texts are short from there on. */
  #end = MAX_TOTAL_LENGTH - MAX_LENGTH;
  #lostMembers = 0;

  fields(fields) {
    if (isError(fields)) {
      return this.#object([["err", fields]]);
    }
    const encoded = this.value("", fields);
    if (encoded === undefined) {
      return "";
    }
    return encoded.startsWith("{") ? encoded : `{"value":${encoded}}`;
  }

  /** `value` as JSON, or undefined where it has no place in an object, or nothing has any place left. */
  value(key, value) {
    if (this.#length > MAX_TOTAL_LENGTH) {
      return undefined;
    }
    if (isObject(value)) {
      this.#length += 2;
      return this.#guarded(key, value);
    }
    const isLate = typeof value === "string" && this.#length > this.#end;
    const encoded = primitive(isLate ? shortened(key, value) : value);
    this.#length += encoded?.length ?? 0;
    return encoded;
  }

  /** One member of an object: a long one leaves those after it their room. */
  #member(key, value) {
    const end = this.#end;
    this.#end = Math.min(end, this.#length + MAX_LENGTH);
    try {
      return this.value(key, value);
    } finally {
      this.#end = end;
    }
  }

  #guarded(key, value) {
    if (this.#ancestors.includes(value)) {
      return '"[Circular]"';
    }
    if (this.#ancestors.length >= MAX_DEPTH) {
      return Array.isArray(value) ? '"[Array]"' : '"[Object]"';
    }
    this.#ancestors.push(value);
    const length = this.#length;
    try {
      return this.#nested(key, value);
    } catch (error) {
      const encoded = thrown(error);
      this.#length = length + encoded.length - 2;
      return encoded;
    } finally {
      this.#ancestors.pop();
    }
  }

  #nested(key, value) {
    this.#endLost();
    if (Buffer.isBuffer(value) && value.toJSON === Buffer.prototype.toJSON) {
      // As its toJSON has it, which makes a list of all of it.
      const data = new Uint8Array(value.buffer, value.byteOffset, value.length);
      return this.#object(Object.entries({ type: "Buffer", data }));
    }
    if (typeof value.toJSON === "function") {
      const replaced = value.toJSON(key);
      return replaced === value ? this.#object(members(value)) : this.value(key, replaced);
    }
    if (types.isBoxedPrimitive(value)) {
      return this.value(key, value.valueOf());
    }
    if (isError(value)) {
      return this.#object(errorMembers(value));
    }
    if (types.isMap(value)) {
      return this.#object(this.#mapMembers(value));
    }
    if (types.isSet(value)) {
      return this.#array(Set.prototype.values.call(value));
    }
    return isList(value) ? this.#array(elements(value)) : this.#object(members(value));
  }

  #array(values) {
    const encoded = [];
    for (const value of values) {
      if (this.#length > this.#end) {
        break;
      }
      this.#length += encoded.length === 0 ? 0 : 1;
      const element = this.value(String(encoded.length), value);
      this.#length += element === undefined ? 4 : 0;
      encoded.push(element ?? "null");
    }
    return `[${encoded.join(",")}]`;
  }

  #object(entries) {
    let json = "{";
    for (const [key, value] of entries) {
      if (this.#length > MAX_TOTAL_LENGTH) {
        break;
      }
      const encoded = this.#member(key, value);
      if (encoded === undefined) {
        this.#lostMembers += 1;
        this.#endLost();
      } else {
        const isFirst = json.length === 1;
        json += `${isFirst ? "" : ","}${quote(key)}:${encoded}`;
        this.#length += Math.min(key.length, MAX_LENGTH) + (isFirst ? 3 : 4);
      }
    }
    return `${json}}`;
  }

  /** What is there, by the text of its key; of keys with the same text the last counts, as in JSON. */
  #mapMembers(map) {
    const byText = new Map();
    let length = this.#length;
    for (const [key, value] of Map.prototype.entries.call(map)) {
      if (length > MAX_TOTAL_LENGTH) {
        break;
      }
      if (value === undefined) {
        this.#lostMembers += 1;
        this.#endLost();
      } else {
        const name = text(key);
        length += byText.has(name) ? 0 : name.length + 4;
        byText.set(name, value);
      }
    }
    return byText;
  }

  /** Ends what would take long and yield little: an object of nothing but undefined, again and again. */
  #endLost() {
    if (this.#lostMembers > MAX_LOST_MEMBERS) {
      throw new RangeError("too many members are undefined");
    }
  }
}

/** The beginning of a text; of a stack its end, too, because the frames stand behind the message. */
function shortened(key, text) {
  if (text.length <= LATE_LENGTH) {
    return text;
  }
  if (!key.endsWith("stack")) {
    return text.slice(0, LATE_LENGTH);
  }
  return `${text.slice(0, LATE_LENGTH / 2)}…${text.slice(-LATE_LENGTH / 2)}`;
}

function primitive(value) {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "number":
      return Number.isFinite(value) ? number(value) : `"${value}"`;
    case "bigint":
      return bigint(value);
    case "function":
      return quote(`[Function: ${nameOf(value)}]`);
    case "symbol":
      return quote(String(value));
    case "undefined":
      return undefined;
    default:
      return String(value);
  }
}

/** The own members of an object; what a getter throws is the value. */
function* members(object) {
  for (const key of Object.keys(object)) {
    let value;
    try {
      value = object[key];
    } catch (error) {
      value = new Thrown(error);
    }
    yield [key, value];
  }
}

/** `type`, `message` and `stack`, as pino has it, then what else it holds. */
function* errorMembers(error) {
  const own = new Map(members(error));
  yield ["type", nameOf(error.constructor) || error.name];
  yield ["message", error.message];
  yield ["stack", error.stack];
  if (error.cause !== undefined) {
    yield ["cause", error.cause];
  }
  for (const [key, value] of own) {
    if (!["type", "message", "stack", "cause"].includes(key)) {
      yield [key, value];
    }
  }
  if (Array.isArray(error.errors) && !own.has("errors")) {
    yield ["errors", error.errors];
  }
}

/** Stands where reading threw. */
class Thrown {
  #error;

  constructor(error) {
    this.#error = error;
  }

  toJSON() {
    throw this.#error;
  }
}

function thrown(error) {
  let reason;
  try {
    reason = isError(error) ? error.message : error;
  } catch {
    reason = "an error that cannot be read";
  }
  return quote(`[Throws: ${text(reason)}]`);
}

function isError(value) {
  try {
    // The second is for what inherits from Error without being made by it, the first for the errors of other realms.
    return types.isNativeError(value) || value instanceof Error;
  } catch {
    // A proxy that refuses to be asked.
    return false;
  }
}

/** The elements of a list, holes among them, whatever its own iterator does. */
function* elements(list) {
  for (let index = 0; index < list.length; index += 1) {
    yield list[index];
  }
}

/** Digits, where a reader can hold them. */
function bigint(value) {
  const digits = String(value);
  return digits.length <= 300 ? digits : quote(digits);
}

function isList(value) {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView) && !Buffer.isBuffer(value));
}

function nameOf(value) {
  return typeof value?.name === "string" ? value.name : "";
}

/** Any value as text, whatever it does when it is asked for one. */
function text(value) {
  try {
    return String(value);
  } catch {
    return typeof value;
  }
}

function isObject(value) {
  return typeof value === "object" && value !== null;
}

module.exports = { encodeEntry, encodeFields, encodeValue, isError, isObject };
