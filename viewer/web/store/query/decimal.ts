/** Compares decimal numbers as they are written, exactly, however many digits they have. */

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Whether a text is a number, as JSON writes it. Leading zeros pass. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** Below 0 if `left` is the smaller number, 0 if both are the same one, above 0 otherwise. Both are decimals. */
export function compareDecimals(left: string, right: string): number {
  // Rounding keeps the order: only numbers that round to the same one have to be compared digit by digit.
  const [leftNumber, rightNumber] = [Number(left), Number(right)];
  if (leftNumber !== rightNumber) {
    return leftNumber < rightNumber ? -1 : 1;
  }
  const [a, b] = [read(left), read(right)];
  if (a.sign !== b.sign || a.sign === 0) {
    return a.sign - b.sign;
  }
  return a.sign * compareMagnitudes(a, b);
}

/** `0.digits` times 10 to the power of `point`. Without zeros at either end; zero has no digits and sign 0. */
interface Decimal {
  readonly sign: -1 | 0 | 1;
  readonly digits: string;
  readonly point: bigint;
}

function read(text: string): Decimal {
  const [, minus, whole = "", fraction = "", exponent = "0"] = DECIMAL.exec(text) ?? [];
  const digits = `${whole}${fraction}`;
  const leading = digits.length - digits.replace(/^0+/, "").length;
  const kept = trimZeros(digits.slice(leading));
  return {
    sign: kept === "" ? 0 : minus === "-" ? -1 : 1,
    digits: kept,
    point: BigInt(exponent.replace("+", "")) + BigInt(whole.length - leading),
  };
}

/** A loop, because an expression takes quadratic time with zeros inside. */
function trimZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === "0") {
    end -= 1;
  }
  return digits.slice(0, end);
}

function compareMagnitudes(a: Decimal, b: Decimal): number {
  if (a.point !== b.point) {
    return a.point < b.point ? -1 : 1;
  }
  return a.digits === b.digits ? 0 : a.digits < b.digits ? -1 : 1;
}
