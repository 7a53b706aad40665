/** A press opens the row that was under the pointer when it went down, however fast rows come. */

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../lib/deadline.mjs";
import { Steady } from "../lib/steady.mjs";
import { openLog } from "./page_setup.mjs";
import { testInBrowsers } from "./setup.mjs";

/** How often each is tried; `PRESSES=50 node --test browser/page_press.alone.mjs` tries more. */
const PRESSES = Number(process.env.PRESSES ?? 10);
/** How long people hold a button. */
const HELD_MS = 90;

/** In the page, before its own scripts: what lay under the pointer when it went down. */
const WATCH_PRESSES = `
addEventListener("mousedown", ({ clientX, clientY }) => {
  const row = document.elementFromPoint(clientX, clientY)?.closest("#rows > *");
  globalThis.pressed = /\\bentry (\\d+)\\b/.exec(row?.textContent ?? "")?.[1];
}, true);
`;

for (const perSecond of [10, 100, 1_000]) {
  testInBrowsers(`a press opens what was under the pointer, at ${perSecond}/s`, async (t, browser) => {
    const { producer, page, list } = await openLog(t, browser, { script: WATCH_PRESSES });
    await producer.log(0, 200);
    await list.shows(199);
    const steady = new Steady(producer, 200, perSecond);
    const { x, y, width, height } = await list.box();
    const message = page.page.locator(".panel .message, .panel .stack").first();
    for (let press = 0; press < PRESSES; press += 1) {
      await list.follows();
      // The panel is not there yet: anywhere in the list but on its scroll bar.
      // Whole pixels: events of mice round them, and those of pointers do not.
      const at = [x + 20 + Math.random() * width * 0.6, y + 30 + Math.random() * (height - 60)].map(Math.round);
      await page.page.mouse.move(at[0], at[1]);
      await sleep(30 + Math.random() * 60);
      await page.page.mouse.down();
      await sleep(HELD_MS);
      await page.page.mouse.up();
      await message.waitFor();
      const pressed = await page.page.evaluate("pressed");
      assert.match(String(pressed), /^\d+$/);
      assert.match(await message.innerText(), new RegExp(`^entry ${pressed} `), `press ${press} of ${pressed}`);
      assert.equal(await list.isFollowing(), false);
      assert.ok((await list.numbers()).includes(Number(pressed)), "its row is in sight");
      await list.follow();
      await eventually("the panel closes", async () => (await message.count()) === 0);
    }
    const logged = await steady.stop();
    t.diagnostic(`${Math.round(logged.perSecond)} entries a second`);
    page.assertNoComplaints();
  });
}
