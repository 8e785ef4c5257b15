import assert from 'node:assert/strict';
import { window } from '../browser.mjs';
import { arrive, everyPlace, OUTSIDE } from '../places.mjs';

export const about =
  'Nothing breaks the policy, errs, or leaves the origin on any page, menu, dialog, chart or tooltip';

/** Where a key or a button opens something, and what that is. */
const OPENED = [
  ['contacts', { key: 'n' }, 'dialog'],
  ['contacts', { button: 'Columns' }, 'dialog'],
  ['contacts', { button: 'Filters' }, 'dialog'],
  ['contacts', { button: 'More' }, 'menu'],
  ['contacts', { button: 'New segment' }, 'dialog'],
  ['keys', { key: 'n' }, 'dialog'],
  ['webhooks?tab=out', { key: 'n' }, 'dialog'],
  ['broadcasts/new', { button: 'Insert a variable' }, 'menu'],
  ['settings/team', { button: 'Invite somebody' }, 'dialog'],
  ['settings/security', { button: 'Turn on' }, 'dialog'],
];

export async function run({ browser, demo }) {
  const { person, places } = await everyPlace(demo);
  const { page, faults } = await window(browser, demo);
  const close = async (role) => {
    await page.keyboard.press('Escape');
    await page.getByRole(role).first().waitFor({ state: 'detached' });
  };
  for (const place of places) await arrive(page, place);
  for (const [place, by, role] of OPENED) {
    await arrive(page, place);
    if (by.key) await page.keyboard.press(by.key);
    else await page.getByRole('button', { name: by.button, exact: true }).first().click();
    await page.getByRole(role).first().waitFor();
    await close(role);
  }
  await arrive(page, `inbox/${person.conversation}`);
  await page.getByRole('log').getByText('Look').waitFor();
  await page.getByRole('button', { name: 'Open the photo' }).click();
  await page.getByRole('dialog').waitFor();
  await close('dialog');
  for (const key of ['a', 's', 'l', 'f', '?', 'Control+k']) {
    await page.keyboard.press(key);
    await page.getByRole('dialog').first().waitFor();
    await close('dialog');
  }
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menu').waitFor();
  await close('menu');
  await page.getByRole('button', { name: 'Emoji' }).click();
  await page.getByRole('group', { name: 'Emoji' }).waitFor();
  await page.keyboard.press('Escape');
  for (const row of ['[data-conversation]', '[data-entry]']) {
    await page.locator(row).first().click({ button: 'right' });
    await page.getByRole('menu').waitFor();
    await close('menu');
  }
  await page.getByRole('button', { name: 'Attach files' }).hover();
  await page.getByRole('tooltip').waitFor();

  const guest = await window(browser, demo, { signedIn: false });
  for (const place of OUTSIDE) await arrive(guest.page, place);
  assert.deepEqual([...faults, ...guest.faults], []);
}
