import assert from 'node:assert/strict';
import { painted, window } from '../browser.mjs';
import { personWho } from '../people.mjs';

export const about = 'Nothing breaks the policy, errs, or leaves the origin on any page, menu, dialog or tooltip';

const PLACES = [
  'inbox',
  'contacts',
  'broadcasts',
  'bots',
  'numbers',
  'templates',
  'keys',
  'webhooks',
  'activity',
  'sandbox',
  'settings',
];

export async function run({ browser, demo }) {
  const person = await personWho(demo, [
    'Hello',
    { photo: true, caption: 'Look' },
    { voice: { duration: 3 } },
    { document: true },
    { location: { latitude: 1, longitude: 2 } },
    { sticker: { emoji: '👍' } },
  ]);
  const { page, faults } = await window(browser, demo);
  const settle = async () => {
    await page.waitForLoadState('load');
    await page.locator('main :is(h1, h2, [role=heading])').first().waitFor({ state: 'attached' });
    await painted(page);
  };
  for (const place of PLACES) {
    await page.goto(`/app/${place}`);
    await settle();
  }
  await page.goto(`/app/inbox/${person.conversation}`);
  await page.getByRole('log').getByText('Look').waitFor();
  await page.getByRole('button', { name: 'Open the photo' }).click();
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  for (const [key, role] of [
    ['a', 'dialog'],
    ['s', 'dialog'],
    ['l', 'dialog'],
    ['f', 'dialog'],
    ['?', 'dialog'],
    ['Control+k', 'dialog'],
  ]) {
    await page.keyboard.press(key);
    await page.getByRole(role).first().waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole(role).first().waitFor({ state: 'detached' });
  }
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menu').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Emoji' }).click();
  await page.getByRole('group', { name: 'Emoji' }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('[data-conversation]').first().click({ button: 'right' });
  await page.getByRole('menu').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Attach files' }).hover();
  await page.getByRole('tooltip').waitFor();
  assert.deepEqual(faults, []);
}
