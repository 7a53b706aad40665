/** The query of the log page, as a reader types it. */

import assert from "node:assert/strict";
import { eventually } from "./deadline.mjs";

export class PageQuery {
  /** @param {import("./page_list.mjs").PageList} list */
  constructor(list) {
    this.list = list;
    this.page = list.page;
    this.field = this.page.getByRole("combobox", { name: "Query" });
    this.choices = this.page.locator(".query-choice");
    this.wrong = this.page.locator(".query-over .wrong");
  }

  /** Writes it at once, in place of what stood there. @param {string} text */
  async write(text) {
    await this.field.fill(text);
    await this.field.press("Escape");
  }

  /** The list shows exactly these entries. @param {number[]} expected */
  async shows(expected) {
    /** @type {(number | undefined)[]} */
    let numbers = [];
    const isSo = async () => {
      numbers = (await this.list.numbers()).filter((number) => number !== undefined);
      return JSON.stringify(numbers) === JSON.stringify(expected);
    };
    await eventually(`the list shows ${expected}`, isSo, 10_000).catch((error) => {
      throw new Error(`${error.message}; it shows ${numbers}`);
    });
  }

  /** What the status line says of entries that are shown, and held. */
  async counts() {
    const text = await this.page.locator("#counts .held").innerText();
    const [, shown, held] = /^([\d\u2009]+) shown of ([\d\u2009]+) held$/.exec(text) ?? [];
    assert.ok(shown && held, text);
    return [shown, held].map((count) => Number(count.replaceAll("\u2009", "")));
  }
}
