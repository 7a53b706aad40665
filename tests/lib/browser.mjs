/**
 * A headless browser: Chromium, which CHROMIUM may name, or Firefox, which FIREFOX may name. By default the one that is
 * installed.
 */

import assert from "node:assert/strict";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, firefox } from "playwright-core";
import { eventually } from "./deadline.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("./expected.mjs").Entry} Entry */
/** @typedef {"chromium" | "firefox"} BrowserName */
/** @typedef {{producer: string, first: number, last: number, reason: string}} Gap */

// Nothing of it leaves the machine, and root runs it too.
const CHROMIUM_ARGUMENTS = [
  "--no-sandbox",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-gpu",
  "--disable-quic",
  "--disable-sync",
];

const CHROMIUM = { variable: "CHROMIUM", names: ["chromium", "chromium-browser", "google-chrome"] };
const FIREFOX = { variable: "FIREFOX", names: ["firefox-esr", "firefox"] };

/** @param {{variable: string, names: string[]}} browser */
function executablePath({ variable, names }) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const named = process.env[variable];
  const candidates = named ? [named] : names.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (found === undefined) {
    throw new Error(`no browser at ${candidates.join(", ")}: install one, or name it by ${variable}`);
  }
  return found;
}

/**
 * Both browsers keep their own settings of WebRTC, because these are what people have.
 *
 * @param {BrowserName} name
 * @param {string} [program] what starts Chromium in place of the one that is installed
 */
async function launch(name, program) {
  if (name === "chromium") {
    return await chromium.launch({
      executablePath: program ?? executablePath(CHROMIUM),
      args: CHROMIUM_ARGUMENTS,
      ignoreDefaultArgs: ["--hide-scrollbars"],
    });
  }
  // By WebDriver BiDi: playwright's other protocol needs a Firefox of playwright's own. Its 1.64.1 is the last that asks for
  // no command that the Firefox ESR 153 does not have; 1.65 sends `emulation.setMediaFeaturesOverride`.
  return await firefox.launch({ channel: "moz-firefox", executablePath: executablePath(FIREFOX) });
}

export class Browser {
  #browser;

  /** @param {import("playwright-core").Browser} browser @param {BrowserName} name */
  constructor(browser, name) {
    this.#browser = browser;
    this.name = name;
  }

  /** @param {BrowserName} [name] @param {string} [program] what starts Chromium in place of the one that is installed */
  static async start(name = "chromium", program = undefined) {
    return new Browser(await launch(name, program), name);
  }

  /** A page with nothing in it. */
  async blank() {
    return await this.#browser.newPage();
  }

  /**
   * Opens the log page; `script` runs in it before its own scripts.
   *
   * @param {string} url
   * @param {string} [script]
   * @param {import("playwright-core").BrowserContextOptions} [options]
   */
  async open(url, script, options = {}) {
    const page = await this.#browser.newPage({ viewport: { width: 1280, height: 800 }, ...options });
    if (script !== undefined) {
      await page.addInitScript(script);
    }
    return await LogPage.open(page, url);
  }

  async close() {
    await this.#browser.close();
  }
}

/** The log page, as a person has it before them. */
export class LogPage {
  /** What the page complained about in its console. @type {string[]} */
  complaints = [];

  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) {
        this.complaints.push(message.text());
      }
    });
  }

  /**
   * @param {Page} page
   * @param {string} url
   */
  static async open(page, url) {
    const logPage = new LogPage(page);
    const response = await page.goto(url);
    assert.equal(response?.status(), 200);
    logPage.headers = response?.headers() ?? {};
    return logPage;
  }

  /** Of the answer that brought the page. @type {Record<string, string>} */
  headers = {};

  /** How many entries it holds. @returns {Promise<number>} */
  async count() {
    return await this.page.evaluate("logrtc.entries().then((entries) => entries.length)");
  }

  /** The entries that it holds, once there are this many; more are an error. @param {number} count @returns {Promise<Entry[]>} */
  async entries(count) {
    await eventually(`the page holds ${count} entries`, async () => (await this.count()) >= count).catch(
      async (error) => {
        throw new Error(`${error.message}; it holds ${await this.count()}`);
      },
    );
    return await this.page.evaluate("logrtc.entries().then((entries) => entries.map(({ entry }) => entry))");
  }

  /** The sequence numbers of the entries that it holds, in its order. @returns {Promise<number[]>} */
  async numbers() {
    return await this.page.evaluate("logrtc.entries().then((entries) => entries.map(({ seq }) => seq))");
  }

  /** The gaps that it holds, in its order. @returns {Promise<Gap[]>} */
  async gaps() {
    return await this.page.evaluate("logrtc.gaps()");
  }

  /** The state of its producers. @returns {Promise<{id: string, state: string}[]>} */
  async producers() {
    return await this.page.evaluate("logrtc.producers().map(({ id, state }) => ({ id, state }))");
  }

  /** What the chips of the producers say. @returns {Promise<string[]>} */
  async chips() {
    return await this.page.evaluate("[...document.querySelectorAll('#producers .chip')].map((chip) => chip.innerText)");
  }

  /** The chips, once they say this. @param {string[]} expected @param {number} [timeoutMs] */
  async showsChips(expected, timeoutMs) {
    /** @type {string[]} */
    let chips = [];
    const says = async () => {
      chips = await this.chips();
      return chips.length === expected.length && chips.every((chip, index) => chip === expected[index]);
    };
    await eventually(`the chips are ${JSON.stringify(expected)}`, says, timeoutMs).catch((error) => {
      throw new Error(`${error.message}; they are ${JSON.stringify(chips)}`);
    });
  }

  /** The title of its tab becomes this. @param {string} expected */
  async hasTitle(expected) {
    let title = "";
    await eventually(`the title is ${expected}`, async () => {
      title = await this.page.title();
      return title === expected;
    }).catch((error) => {
      throw new Error(`${error.message}; it is ${title}`);
    });
  }

  /** Nothing was wrong with it, from its first moment, but for what is `expected`. @param {RegExp} [expected] */
  assertNoComplaints(expected) {
    assert.deepEqual(
      this.complaints.filter((complaint) => !expected?.test(complaint)),
      [],
    );
  }

  async close() {
    await this.page.close();
  }
}
