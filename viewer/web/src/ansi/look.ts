/** How a terminal draws text after the colour sequences that it has read: as classes of `ansi.css`. */

export interface Look {
  /** 0 to 15; undefined for the text's own. */
  foreground: number | undefined;
  background: number | undefined;
  readonly flags: Set<Flag>;
}

type Flag = "bold" | "dim" | "italic" | "underlined" | "inverse" | "strike";

const FLAGS: Readonly<Record<number, Flag>> = {
  1: "bold",
  2: "dim",
  3: "italic",
  4: "underlined",
  7: "inverse",
  9: "strike",
};

export function plainLook(): Look {
  return { foreground: undefined, background: undefined, flags: new Set() };
}

/** Changes a look as `ESC [ codes m` does. */
export function apply(look: Look, codes: string): void {
  const numbers = codes.split(/[;:]/).map(Number);
  for (let index = 0; index < numbers.length; index += 1) {
    const code = numbers[index] ?? 0;
    if (code === 38 || code === 48) {
      const [colour, length] = extended(numbers.slice(index + 1));
      look[code === 38 ? "foreground" : "background"] = colour;
      index += length;
    } else {
      applyOne(look, code);
    }
  }
}

function applyOne(look: Look, code: number): void {
  const flag = FLAGS[code];
  if (flag !== undefined) {
    look.flags.add(flag);
  } else if (code === 0) {
    look.flags.clear();
    look.foreground = undefined;
    look.background = undefined;
  } else if (code === 22) {
    look.flags.delete("bold");
    look.flags.delete("dim");
  } else if (code >= 23 && code <= 29) {
    const ended = FLAGS[code - 20];
    if (ended !== undefined) {
      look.flags.delete(ended);
    }
  } else if (code >= 30 && code <= 37) {
    look.foreground = code - 30;
  } else if (code >= 90 && code <= 97) {
    look.foreground = code - 82;
  } else if (code === 39) {
    look.foreground = undefined;
  } else if (code >= 40 && code <= 47) {
    look.background = code - 40;
  } else if (code >= 100 && code <= 107) {
    look.background = code - 92;
  } else if (code === 49) {
    look.background = undefined;
  }
}

/** The colour of `5;n` or `2;r;g;b`, as the nearest of the 16, and how many numbers it took. */
function extended(numbers: readonly number[]): [number | undefined, number] {
  const [kind, first = 0, second = 0, third = 0] = numbers;
  if (kind === 2) {
    return [nearest(first, second, third), 4];
  }
  if (kind !== 5) {
    return [undefined, 0];
  }
  if (first < 16) {
    return [first, 2];
  }
  if (first > 231) {
    return [undefined, 2];
  }
  const cube = first - 16;
  return [nearest(Math.floor(cube / 36) * 51, (Math.floor(cube / 6) % 6) * 51, (cube % 6) * 51), 2];
}

/** By hue: red, yellow, green, cyan, blue, magenta. A grey is the text's own colour, which can be read on both themes. */
function nearest(red: number, green: number, blue: number): number | undefined {
  const most = Math.max(red, green, blue);
  const range = most - Math.min(red, green, blue);
  if (range < 48) {
    return undefined;
  }
  const sixth =
    most === red
      ? (green - blue) / range
      : most === green
        ? 2 + (blue - red) / range
        : 4 + (red - green) / range;
  const hue = (Math.round(sixth) + 6) % 6;
  return ([1, 3, 2, 6, 4, 5] as const)[hue];
}

/** Empty for plain text. */
export function classOf(look: Look): string {
  const isInverse = look.flags.has("inverse");
  const background = isInverse ? (look.foreground ?? 7) : look.background;
  // Text on a colour has the text's own colour: any two of the 16 could be too near to each other to be read.
  const foreground = background === undefined ? look.foreground : undefined;
  const flags = [...look.flags].filter((flag) => flag !== "inverse").map((flag) => `ansi-${flag}`);
  return [
    ...(foreground === undefined ? [] : [`ansi-${foreground}`]),
    ...(background === undefined ? [] : [`ansi-on-${background}`]),
    ...flags,
  ].join(" ");
}
