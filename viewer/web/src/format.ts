/** Values as text. */

/** How much of a field's value a row shows; all of it is in the opened entry. */
const MAX_VALUE_LENGTH = 200;
/** Ids up to this length are shown in full. */
const MAX_ID_LENGTH = 12;

const COUNT = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** `12 345`, with thin spaces. */
export function formatCount(count: number): string {
  return COUNT.format(count).replaceAll(",", "\u2009");
}

/** The local time of day in milliseconds; a timestamp that cannot be read is shown as it is. */
export function formatTime(timestamp: string): string {
  const date = new Date(timestamp);
  if (Number.isNaN(date.getTime())) {
    return timestamp.slice(0, 12);
  }
  const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) =>
    String(part).padStart(2, "0"),
  );
  return `${hours}:${minutes}:${seconds}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** A field's value on one line, as in logfmt: quoted only where it would not be clear where it ends. */
export function formatValue(value: unknown): string {
  if (typeof value === "string" && /^[^\s"=]+$/.test(value)) {
    return shorten(value);
  }
  return shorten(toJson(value));
}

/** An id that the eye can match: of the long random ones the beginning is enough. */
export function shortenId(id: string): string {
  return id.length > MAX_ID_LENGTH ? `${id.slice(0, 8)}…` : id;
}

/** An entry as JSON over several lines. */
export function toPrettyJson(value: unknown): string {
  return toJson(value, 2);
}

/** The first line of a text, and whether there is more. */
export function firstLine(text: string): { line: string; hasMore: boolean } {
  const end = text.search(/[\r\n]/);
  return end === -1 ? { line: text, hasMore: false } : { line: text.slice(0, end), hasMore: true };
}

function toJson(value: unknown, indent?: number): string {
  try {
    return JSON.stringify(value, null, indent) ?? String(value);
  } catch {
    // What was nested deep enough to parse can be too deep to write.
    return "(nested too deeply to show)";
  }
}

function shorten(text: string): string {
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text;
}
