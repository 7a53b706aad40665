/**
 * Lines of other libraries as entries: of pino, bunyan, ECS, logstash, zap, slog, tracing-subscriber, structlog, logrus and
 * zerolog. The roles of keys are those of `logrtc pipe` (`viewer/src/bridge/roles.rs`).
 */

import { isJsonObject, type Json, type JsonObject, parseJson, Raw, writeJson } from "../json";

/** Keys by role; the first of them that holds such a value has the role. */
const TIME = ["timestamp", "@timestamp", "time", "ts", "datetime", "t", "asctime"];
const LEVEL = [
  "level",
  "log.level",
  "severity",
  "severity_text",
  "levelname",
  "lvl",
  "loglevel",
  "log_level",
];
const TARGET = ["target", "log.logger", "logger", "logger_name", "name", "module"];
const MESSAGE = ["message", "msg", "fields.message", "event", "body"];
const TRACE_ID = ["trace_id", "span.trace_id", "trace.id", "traceId", "traceID"];
const SPAN_ID = ["span_id", "span.id", "spanId", "spanID"];
const PARENT_ID = ["parent_id", "span.parent_id", "parent_span_id"];

/** Objects whose members have roles themselves. */
const OPENED = new Set(["fields", "log", "span", "trace"]);

/** By level, the names that say no more than it, and those that say more. */
const LEVELS = [
  ["DEBUG", /^(?:DEBUG|[DVT])$/, /^(?:TRACE|VERBOSE|SILLY|FINE(?:R|ST)?)$/],
  ["INFO", /^(?:INFO|INFORMATION|I)$/, /^(?:HTTP|NOTICE|SUCCESS)$/],
  ["WARN", /^(?:WARN|WARNING|W)$/, /^$/],
  ["ERROR", /^(?:ERROR|ERR|[EF])$/, /^(?:FATAL|CRIT(?:ICAL)?|SEVERE|ALERT|EMERG(?:ENCY)?|D?PANIC)$/],
] as const;
/** Of pino and bunyan, by tens. */
const NUMBERED = ["TRACE", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "FATAL", "FATAL", "FATAL"];

interface NamedLevel {
  readonly level: string;
  /** If the level says less than it. */
  readonly name: string | undefined;
}

/** The entry that a line is; undefined if neither a level nor a message is in it: then it is data. */
export function translate(line: string): string | undefined {
  const all = parseJson(line);
  if (!isJsonObject(all)) {
    return undefined;
  }
  const members = flatten(all);
  const take = <Value>(keys: readonly string[], read: (value: Json) => Value | undefined) => {
    for (const key of keys) {
      const value = members.get(key);
      const found = value === undefined ? undefined : read(value);
      if (found !== undefined) {
        members.delete(key);
        return found;
      }
    }
    return undefined;
  };
  const timestamp = take(TIME, timestampOf) ?? "";
  const named = take(LEVEL, levelOf);
  const message = take(MESSAGE, stringOf);
  if (named === undefined && message === undefined) {
    return undefined;
  }
  const entry = new Map<string, Json>([
    ["timestamp", timestamp],
    ["level", named?.level ?? "INFO"],
    ["target", take(TARGET, stringOf) ?? ""],
    ["message", message ?? ""],
  ]);
  const [traceId, id] = [take(TRACE_ID, stringOf), take(SPAN_ID, stringOf)];
  const parentId = id === undefined ? undefined : take(PARENT_ID, stringOf);
  const fields = new Map(members);
  const isTaken = (name: string) => fields.has(name);
  for (const [key, value] of members) {
    const name = key.replace(/^fields\./, "");
    if (name !== key && !isTaken(name)) {
      // A member of `fields` is a field by its own name.
      fields.delete(key);
      fields.set(name, value);
    }
  }
  if (named?.name !== undefined) {
    fields.set(isTaken("level_name") ? "log.level_name" : "level_name", named.name);
  }
  if (id === undefined && traceId !== undefined) {
    // A trace alone names no place in it.
    fields.set(isTaken("trace_id") ? "trace.id" : "trace_id", traceId);
  }
  entry.set("fields", fields);
  if (id !== undefined) {
    entry.set("span", present({ id, trace_id: traceId, parent_id: parentId }));
  }
  return writeJson(entry);
}

/** Members of some objects stand beside the object's own, their keys joined by a dot. */
function flatten(all: JsonObject): Map<string, Json> {
  const members = new Map<string, Json>();
  for (const [key, value] of all) {
    // The `span` of tracing-subscriber has a name and fields, and no id: it stays as it is.
    if (isJsonObject(value) && OPENED.has(key) && (key !== "span" || value.has("id"))) {
      for (const [inner, own] of value) {
        members.set(`${key}.${inner}`, own);
      }
    } else {
      members.set(key, value);
    }
  }
  return members;
}

function present(members: Readonly<Record<string, string | undefined>>): JsonObject {
  return new Map(
    Object.entries(members).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

function stringOf(value: Json): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function levelOf(value: Json): NamedLevel | undefined {
  const written = value instanceof Raw && /^[1-9]\d?$/.test(value.text) ? value.text : value;
  if (typeof written !== "string") {
    return undefined;
  }
  const name = value === written ? written.trim().toUpperCase() : NUMBERED[Math.floor(Number(written) / 10)];
  // With an offset, as Go's `slog` writes it: `INFO+2`.
  const [, base = "", offset] = /^(.*?)([+-]\d+)?$/.exec(name ?? "") ?? [];
  for (const [level, plain, richer] of LEVELS) {
    if (plain.test(base) || richer.test(base)) {
      return { level, name: offset === undefined && plain.test(base) ? undefined : name };
    }
  }
  return undefined;
}

const DATE_TIME = /^(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d+))? ?(Z|[+-]\d\d:?\d\d)?$/i;

/** As ISO 8601 has it. A time without a zone is of this machine. */
function timestampOf(value: Json): string | undefined {
  const text = value instanceof Raw ? value.text : stringOf(value)?.trim();
  if (text === undefined) {
    return undefined;
  }
  const [whole, year, month, day, time, fraction = "0", zone = ""] = DATE_TIME.exec(text) ?? [];
  const iso = `${year}-${month}-${day}T${time}.${fraction}${zone.replace(/(\d\d)(\d\d)$/, "$1:$2").toUpperCase()}`;
  const ms = whole === undefined ? msOfNumber(text) : Date.parse(iso);
  if (Number.isNaN(ms)) {
    return undefined;
  }
  return zone === "" ? new Date(ms).toISOString() : iso;
}

/**
 * A number since 1970 in seconds, milliseconds, microseconds or nanoseconds, by its size: from 2001 on, because smaller numbers
 * are something else.
 */
function msOfNumber(text: string): number {
  const number = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  const scale = [1e-3, 1, 1e3, 1e6].find((unit) => number < unit * 1e14);
  return number >= 1e9 && scale !== undefined ? number / scale : Number.NaN;
}
