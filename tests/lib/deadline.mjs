/** How a test waits: for a condition, and never for ever. */

/** What must happen happens within this, on a busy machine too. */
export const DEADLINE_MS = 60_000;

/** How often a condition is asked for that tells nobody when it comes about. */
const ASK_INTERVAL_MS = 10;

/**
 * The value of `promise`, or an error that names what did not happen.
 *
 * @template T
 * @param {string} what
 * @param {Promise<T>} promise
 * @param {number} [timeoutMs]
 * @returns {Promise<T>}
 */
export async function within(what, promise, timeoutMs = DEADLINE_MS) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const expired = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${timeoutMs} ms: ${what}`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, /** @type {Promise<never>} */ (expired)]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks again and again, until the answer is neither false, null nor undefined, and returns it.
 *
 * @template T
 * @param {string} what
 * @param {() => T | Promise<T>} condition
 * @param {number} [timeoutMs]
 * @returns {Promise<Exclude<T, false | null | undefined>>}
 */
export async function eventually(what, condition, timeoutMs = DEADLINE_MS) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await within(what, Promise.resolve(condition()), Math.max(1, deadline - Date.now()));
    if (answer !== false && answer !== null && answer !== undefined) {
      return /** @type {Exclude<T, false | null | undefined>} */ (answer);
    }
    if (Date.now() > deadline) {
      throw new Error(`not within ${timeoutMs} ms: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_INTERVAL_MS));
  }
}
