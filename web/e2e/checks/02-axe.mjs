import assert from 'node:assert/strict';
import { PHONE, painted, violations, WIDE, window } from '../browser.mjs';
import { personWho } from '../people.mjs';

export const about = 'axe finds nothing on any page, light and dark, wide and narrow, nor in menus and dialogs';

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
    { photo: true },
    { voice: { duration: 3 } },
    { poll: { question: 'Which?', options: ['a', 'b'] } },
  ]);
  await demo.api.post(`/team-inbox/api/conversations/${person.conversation}/messages/`, {
    type: 'note',
    text: 'Only for us',
  });
  const found = [];
  for (const theme of ['light', 'dark']) {
    for (const size of [WIDE, PHONE]) {
      const { page, context } = await window(browser, demo, { theme, size });
      const look = async (what) => {
        await painted(page);
        for (const line of await violations(page, { onlyColours: theme === 'dark' }))
          found.push(`${what} ${theme} ${size.width}: ${line}`);
      };
      // A phone in the dark has the colours of a wide window in the dark.
      for (const place of theme === 'dark' && size === PHONE ? ['inbox'] : PLACES) {
        await page.goto(`/app/${place}`);
        await page.locator('main :is(h1, h2, [role=heading])').first().waitFor({ state: 'attached' });
        await page.locator('[aria-busy=true]').waitFor({ state: 'detached' });
        await look(place);
      }
      await page.goto(`/app/inbox/${person.conversation}`);
      await page.getByRole('log').getByText('Only for us').waitFor();
      await look('conversation');
      if (size === WIDE) {
        const opened = [
          ['a', 'dialog'],
          ['l', 'dialog'],
          ['s', 'dialog'],
          ['f', 'dialog'],
          ['Control+k', 'dialog'],
          ['?', 'dialog'],
        ];
        for (const [key, role] of opened) {
          await page.keyboard.press(key);
          await page.getByRole(role).first().waitFor();
          await look(`key ${key}`);
          await page.keyboard.press('Escape');
          await page.getByRole(role).first().waitFor({ state: 'detached' });
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
      await context.close();
    }
  }
  assert.deepEqual(found, []);
}
