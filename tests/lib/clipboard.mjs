/** What the clipboard of a browser has, as it is pasted elsewhere. */

/**
 * @param {import("./browser.mjs").Browser} browser
 * @param {import("playwright-core").Page} page which then has the focus again
 */
export async function pasted(browser, page) {
  const blank = await browser.blank();
  try {
    await blank.setContent("<textarea autofocus></textarea>");
    const area = blank.locator("textarea");
    await blank.bringToFront();
    await area.focus();
    await blank.keyboard.press("Control+V");
    return await area.inputValue();
  } finally {
    await blank.close();
    await page.bringToFront();
  }
}
