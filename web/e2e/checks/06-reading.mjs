import assert from 'node:assert/strict';
import { eventually, painted, window } from '../browser.mjs';
import { fill, personWho, says } from '../people.mjs';

export const about = 'Who reads above the end is not moved by what arrives, nor by older pages';

/** The first row that can be seen, and where it stands. */
const firstSeen = (log) =>
  log.evaluate((el) => {
    const { top } = el.getBoundingClientRect();
    const bubble = [...el.querySelectorAll('[data-entry]')].find((one) => one.getBoundingClientRect().top >= top + 4);
    return { id: bubble.dataset.entry, y: bubble.getBoundingClientRect().top };
  });
const placeOf = (log, id) =>
  log.evaluate((el, id) => el.querySelector(`[data-entry="${id}"]`)?.getBoundingClientRect().top, id);

export async function run({ browser, demo }) {
  const person = await personWho(demo, []);
  await fill(demo, person, 400);
  const { page, faults } = await window(browser, demo);
  await page.goto(`/app/inbox/${person.conversation}`);
  const log = page.getByRole('log');
  await log.locator('[data-entry]').first().waitFor();
  await log.focus();
  await page.keyboard.press('End');
  await log.getByText('Line 400:').waitFor();
  await log.evaluate((el) => {
    el.scrollTop = el.scrollHeight - el.clientHeight - 900;
  });
  await page.getByRole('button', { name: 'Jump to the newest message', exact: true }).waitFor();
  // Rows that came into sight are measured first.
  await painted(page);
  const before = await firstSeen(log);
  for (let n = 1; n <= 5; n++) await says(demo, person, `while you read ${n}`);
  await page.getByRole('button', { name: 'Jump to the newest message, 5 new' }).waitFor();
  const moved = Math.abs((await placeOf(log, before.id)) - before.y);
  assert.ok(moved <= 1, `moved by ${moved} px`);

  // Up to where the older page is asked for; what is seen then stays where it is.
  const height = await log.evaluate((el) => {
    el.scrollTop = 420;
    return el.scrollHeight;
  });
  await painted(page);
  const seen = await log.evaluate(async (el) => {
    el.scrollTop = 380;
    await new Promise((done) => requestAnimationFrame(done));
    const { top } = el.getBoundingClientRect();
    const bubble = [...el.querySelectorAll('[data-entry]')].find((one) => one.getBoundingClientRect().top >= top + 4);
    return { id: bubble.dataset.entry, y: bubble.getBoundingClientRect().top };
  });
  await eventually(
    'the height after the older page',
    () => log.evaluate((el) => el.scrollHeight),
    (now) => now > height + 500,
  );
  await painted(page);
  const pushed = Math.abs((await placeOf(log, seen.id)) - seen.y);
  assert.ok(pushed <= 10, `pushed by ${pushed} px`);
  await page.getByRole('button', { name: /^Jump to the newest message/ }).click();
  await log.getByText('while you read 5').waitFor();
  assert.deepEqual(faults, []);
}
