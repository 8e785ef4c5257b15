import assert from 'node:assert/strict';
import { eventually, window } from '../browser.mjs';
import { arrive, everyPlace, OUTSIDE } from '../places.mjs';

export const about = 'No page scrolls sideways at 320 px, in German too, and all of it can be used at 200 % zoom';

const NARROW = { width: 320, height: 640 };
/** A window of 1440 × 900 at 200 %. */
const ZOOMED = { width: 720, height: 450 };

/** How far the document, or what stands in it, reaches beyond the window; what may be scrolled by itself aside. */
const overflow = (page) =>
  page.evaluate(() => {
    const beyond = [];
    // Not `innerWidth`: on a phone that grows with what is too wide.
    const { clientWidth } = document.documentElement;
    // Words may be cut with an ellipsis, what is pressed may not.
    const scrolls = (el) => {
      const ways = el.matches('a, button, input') ? /auto|scroll/ : /auto|scroll|hidden|clip/;
      for (let at = el.parentElement; at; at = at.parentElement)
        if (ways.test(getComputedStyle(at).overflowX)) return at !== document.body && at.id !== 'main';
      return false;
    };
    for (const el of document.querySelectorAll('body *')) {
      const { right, left, width, height } = el.getBoundingClientRect();
      if (width && height && (right > clientWidth + 1 || left < -1) && !scrolls(el) && !el.closest('.sr-only'))
        beyond.push(
          `${el.tagName} "${(el.textContent ?? '').trim().slice(0, 40)}" from ${Math.round(left)} to ${Math.round(right)}`,
        );
    }
    // Inside what scrolls up and down, nothing may be cut at the side.
    for (const el of document.querySelectorAll('main .overflow-y-auto, main .overflow-auto'))
      if (el.scrollWidth > el.clientWidth + 1) beyond.push(`a pane of ${el.clientWidth} px holds ${el.scrollWidth} px`);
    return beyond.slice(0, 3);
  });

export async function run({ browser, demo }) {
  const { person, places } = await everyPlace(demo);
  const complaints = [];
  const look = async (page, what) => complaints.push(...(await overflow(page)).map((one) => `${what}: ${one}`));
  for (const locale of ['en-GB', 'de-DE']) {
    const { page } = await window(browser, demo, { size: NARROW, locale });
    for (const place of places) {
      await arrive(page, place);
      await look(page, `${place} ${locale}`);
    }
    const guest = await window(browser, demo, { size: NARROW, locale, signedIn: false });
    for (const place of OUTSIDE) {
      await arrive(guest.page, place);
      await look(guest.page, `${place} ${locale}`);
    }
  }
  const { page, faults } = await window(browser, demo, { size: ZOOMED });
  for (const place of places) {
    await arrive(page, place);
    await look(page, `${place} zoomed`);
  }
  await arrive(page, `inbox/${person.conversation}`);
  await page.locator('#composer').fill('zoomed in');
  await page.keyboard.press('Enter');
  const bubble = page.getByRole('log').getByText('zoomed in');
  await eventually(
    'the answer in sight',
    () => bubble.boundingBox(),
    (box) => box && box.y > 0 && box.y + box.height < ZOOMED.height,
  );
  assert.deepEqual(complaints, []);
  assert.deepEqual(faults, []);
}
