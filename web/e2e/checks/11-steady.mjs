import assert from 'node:assert/strict';
import { eventually, window } from '../browser.mjs';
import { personWho, says } from '../people.mjs';

export const about = 'A row that is pressed does not change under the pointer while the list is sorted anew';

export async function run({ browser, demo }) {
  const people = [];
  for (let n = 0; n < 6; n++)
    people.push(await personWho(demo, [`row ${n}`], { first_name: 'Steady', last_name: `Row${n}` }));
  const { page, faults } = await window(browser, demo);
  await page.goto('/app/inbox');
  await page.getByText('Steady Row5').waitFor();
  await page.getByRole('img', { name: /^Live/ }).waitFor();
  const first = () => page.locator('[data-conversation]').first().getAttribute('data-conversation');
  let isOver = false;
  const storm = (async () => {
    for (let n = 0; !isOver; n++) {
      await says(demo, people[n % people.length], `storm ${n}`);
      await new Promise((done) => setTimeout(done, 100));
    }
  })();
  const list = page.locator('[data-list]');
  await list.evaluate((el) => el.setAttribute('data-mark', ''));
  try {
    const top = await first();
    await eventually('the list is sorted anew', first, (id) => id !== top);
    for (let round = 0; round < 5; round++) {
      const row = page.locator('[data-conversation]').nth(2);
      const box = await row.boundingBox();
      const at = [box.x + box.width / 2, box.y + box.height / 2];
      await page.mouse.move(...at);
      const under = () =>
        page.evaluate(
          ([x, y]) => document.elementFromPoint(x, y).closest('[data-conversation]').dataset.conversation,
          at,
        );
      await page.mouse.down();
      const pressed = await under();
      const news = await page.getByText(/^storm/).allTextContents();
      // Longer than several updates take to arrive; the press holds the order for as long as it lasts.
      await eventually(
        'news in the list',
        () => page.getByText(/^storm/).allTextContents(),
        (now) => now.join() !== news.join(),
      );
      assert.equal(await under(), pressed, 'the row changed under the pointer');
      await page.mouse.up();
      await eventually(
        'the opened conversation',
        () => page.url(),
        (url) => url.includes(pressed),
      );
      await page.mouse.move(900, 500);
    }
  } finally {
    isOver = true;
    await storm;
  }
  const isMarked = await list.evaluate((el) => el.hasAttribute('data-mark'));
  assert.ok(isMarked, 'opening a conversation made the list anew, from its top');
  assert.deepEqual(faults, []);
}
