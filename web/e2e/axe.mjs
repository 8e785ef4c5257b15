// axe over the whole app in one kind of window. A file of checks for each, so that none takes long.
import assert from 'node:assert/strict';
import { PHONE, painted, violations, WIDE, window } from './browser.mjs';
import { arrive, everyPlace, OUTSIDE } from './places.mjs';

/** The other theme has the same document: there only colours are looked at. */
export const lookEverywhere =
  ({ theme, size }) =>
  async ({ browser, demo }) => {
    const { person, places } = await everyPlace(demo);
    const found = [];
    const onlyColours = theme === 'dark';
    const look = async (page, what) => {
      await painted(page);
      for (const line of await violations(page, { onlyColours })) found.push(`${what} ${theme} ${size.width}: ${line}`);
    };
    const { page } = await window(browser, demo, { theme, size });
    for (const place of places) {
      await arrive(page, place);
      await look(page, place);
    }
    const guest = await window(browser, demo, { theme, size, signedIn: false });
    for (const place of OUTSIDE) {
      await arrive(guest.page, place);
      await look(guest.page, place);
    }
    if (size === WIDE) await lookAtPopups(page, person, (what) => look(page, what));
    assert.deepEqual(found, []);
  };

async function lookAtPopups(page, person, look) {
  await arrive(page, `inbox/${person.conversation}`);
  await page.getByRole('log').getByText('Only for us').waitFor();
  for (const key of ['a', 'l', 's', 'f', 'Control+k', '?']) {
    await page.keyboard.press(key);
    await page.getByRole('dialog').first().waitFor();
    await look(`key ${key}`);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').first().waitFor({ state: 'detached' });
  }
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menu').waitFor();
  await look('menu');
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  await page.keyboard.press('n');
  await page.keyboard.type('@');
  await page.getByRole('listbox', { name: 'Teammates' }).waitFor();
  await look('note');
  await page.keyboard.press('Escape');
  await page.locator('#composer').fill('');
}

export { PHONE, WIDE };
