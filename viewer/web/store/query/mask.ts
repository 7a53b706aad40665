/** Indexes of a block as a mask: 1 for those that are in it. Loops, because callbacks cost more than what they do. */

export type Mask = Uint8Array<ArrayBuffer>;

export function fullMask(count: number): Mask {
  return new Uint8Array(count).fill(1);
}

/** What is in both. */
export function both(one: Mask, other: Mask): Mask {
  const mask = new Uint8Array(one.length);
  for (let index = 0; index < mask.length; index += 1) {
    mask[index] = (one[index] ?? 0) & (other[index] ?? 0);
  }
  return mask;
}

/** What is in the first and not in the second. */
export function without(one: Mask, other: Mask): Mask {
  const mask = new Uint8Array(one.length);
  for (let index = 0; index < mask.length; index += 1) {
    mask[index] = (one[index] ?? 0) & ~(other[index] ?? 0);
  }
  return mask;
}

/** How many are in it. */
export function countOf(mask: Mask): number {
  let count = 0;
  for (let index = 0; index < mask.length; index += 1) {
    count += mask[index] ?? 0;
  }
  return count;
}

/** Ascending. */
export function indexesOf(mask: Mask): Uint16Array {
  const count = countOf(mask);
  const indexes = new Uint16Array(count);
  let next = 0;
  for (let index = 0; next < count; index += 1) {
    if (mask[index] === 1) {
      indexes[next] = index;
      next += 1;
    }
  }
  return indexes;
}
