/** The list of the log page, as a reader has it: the rows in sight, and whether it follows. */

import assert from "node:assert/strict";
import { eventually } from "./deadline.mjs";

/**
 * @typedef {object} ShownRow
 * @property {string} text the row as one line of text
 * @property {number | undefined} number of the entry, if its message is numbered
 * @property {number} top in CSS pixels from the top of the page
 * @property {number} height
 */

/** In the page: the rows in sight, the uppermost first. @returns {ShownRow[]} */
function readRows() {
  const scroller = document.querySelector("#scroller");
  const box = scroller?.getBoundingClientRect();
  return [...document.querySelectorAll("#rows > *")].flatMap((row) => {
    const { top, height, bottom } = row.getBoundingClientRect();
    if (box === undefined || bottom <= box.top + 1 || top >= box.bottom - 1) {
      return [];
    }
    const text = row.textContent ?? "";
    const digits = /\bentry (\d+)\b/.exec(text)?.[1];
    return [{ text, number: digits === undefined ? undefined : Number(digits), top, height }];
  });
}

export class PageList {
  /** @param {import("playwright-core").Page} page */
  constructor(page) {
    this.page = page;
    this.rowsElement = page.locator("#rows");
    this.scroller = page.locator("#scroller");
    this.resume = page.locator("#resume");
  }

  /** Those in sight, the uppermost first. @returns {Promise<ShownRow[]>} */
  async rows() {
    return await this.page.evaluate(readRows);
  }

  /** The numbers of the entries in sight. */
  async numbers() {
    return (await this.rows()).map(({ number }) => number);
  }

  /** Where the list lies. */
  async box() {
    const box = await this.scroller.boundingBox();
    assert.ok(box, "there is a list");
    return box;
  }

  async isFollowing() {
    return (await this.resume.count()) === 0;
  }

  async isPaused() {
    await eventually("the list stands still", async () => !(await this.isFollowing()), 5_000);
  }

  /** @param {string} [when] */
  async follows(when = "") {
    await eventually(`the list follows ${when}`, () => this.isFollowing(), 5_000);
  }

  /** Has it follow again, by the keyboard. */
  async follow() {
    await this.page.keyboard.press("Escape");
    await this.page.keyboard.press("Shift+G");
    await this.follows();
  }

  /** The entry of this number is in sight. @param {number} number */
  async shows(number) {
    /** @type {(number | undefined)[]} */
    let numbers = [];
    await eventually(`entry ${number} is in sight`, async () => {
      numbers = await this.numbers();
      return numbers.includes(number);
    }).catch((error) => {
      throw new Error(`${error.message}; those in sight are ${numbers}`);
    });
  }

  /** The row whose text has `part`. @param {string} part */
  row(part) {
    return this.rowsElement.locator("[role=row]").filter({ hasText: part }).first();
  }

  /** Every row in sight stays where it is for so long. @param {number} forMs */
  async standsStill(forMs) {
    const before = await this.rows();
    assert.ok(before.length > 3, `${before.length} rows in sight`);
    const until = performance.now() + forMs;
    while (performance.now() < until) {
      assert.deepEqual(await this.rows(), before);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** What the reader's own movement has set in motion has come to rest. @returns {Promise<ShownRow[]>} */
  async atRest() {
    let before = await this.rows();
    let restedSince = performance.now();
    return await eventually("the list comes to rest", async () => {
      const rows = await this.rows();
      if (JSON.stringify(rows) !== JSON.stringify(before)) {
        before = rows;
        restedSince = performance.now();
      }
      return performance.now() - restedSince > 150 && rows;
    });
  }
}
