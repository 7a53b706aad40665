/**
 * Looks at the list in every frame, from within the page: each row that must be in sight is there, in its place, one below the
 * other, with text, and one entry later than the row above it.
 */

import assert from "node:assert/strict";

/**
 * @typedef {object} Watched
 * @property {number} looks
 * @property {number} rows the least number of rows that were in sight
 * @property {number[]} newest the newest number in sight, at each look
 * @property {string[]} faults
 */

/** In the page: begins to look. */
function begin() {
  /** @type {Watched} */
  const watched = { looks: 0, rows: Number.POSITIVE_INFINITY, newest: [], faults: [] };
  const channel = new MessageChannel();
  let isOver = false;
  const fault = (/** @type {string} */ what) => {
    if (watched.faults.length < 20) watched.faults.push(what);
  };
  const look = () => {
    const scroller = document.querySelector("#scroller");
    const rows = [...document.querySelectorAll("#rows > *")];
    const first = rows[0]?.getBoundingClientRect();
    if (scroller === null || first === undefined) {
      fault("no row at all");
      return;
    }
    const { left, top } = scroller.getBoundingClientRect();
    const bottom = top + scroller.clientHeight;
    if (first.top > top) fault(`nothing from ${top} to ${first.top}`);
    let count = 0;
    let before;
    for (let y = first.top; y < bottom - 1; y += first.height) {
      const row = rows[count];
      const middle = Math.min(Math.max(y + first.height / 2, top + 1), bottom - 1);
      const seen = document.elementFromPoint(left + 40, middle)?.closest("#rows > *");
      if (row === undefined || seen !== row) {
        fault(`row ${count} of ${rows.length} is not at ${middle}: ${seen?.textContent?.slice(0, 60) ?? "nothing"}`);
        break;
      }
      const text = row.textContent ?? "";
      const digits = /\bentry (\d+)\b/.exec(text)?.[1];
      const number = digits === undefined ? undefined : Number(digits);
      if (text.trim() === "") fault(`row ${count} is empty`);
      if (before !== undefined && number !== undefined && number !== before + 1) fault(`${number} follows ${before}`);
      before = number ?? before;
      count += 1;
    }
    watched.looks += 1;
    watched.rows = Math.min(watched.rows, count);
    watched.newest.push(before ?? -1);
  };
  // Before a frame, and after it.
  channel.port1.onmessage = look;
  const frame = () => {
    if (isOver) return;
    look();
    channel.port2.postMessage("");
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  Object.assign(globalThis, {
    endWatch: () => {
      isOver = true;
      return watched;
    },
  });
}

/** @param {import("playwright-core").Page} page */
export async function watchList(page) {
  await page.evaluate(begin);
  return {
    /** @returns {Promise<Watched>} */
    end: async () => await page.evaluate("endWatch()"),
  };
}

/** Nothing was wrong, and the newest entry in sight never became an older one. @param {Watched} watched */
export function assertWhole({ faults, newest, looks }) {
  assert.deepEqual(faults, []);
  assert.ok(looks > 0);
  for (const [index, number] of newest.entries()) {
    assert.ok(index === 0 || number >= newest[index - 1], `${number} is the newest after ${newest[index - 1]}`);
  }
}
