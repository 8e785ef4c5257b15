import assert from 'node:assert/strict';
import { eventually, window } from '../browser.mjs';

export const about = 'A newcomer gets from sign-in to an answered and closed conversation in at most 12 clicks';

export async function run({ browser, demo }) {
  const { page, faults } = await window(browser, demo, { signedIn: false });
  let clicks = 0;
  const click = async (locator) => {
    clicks += 1;
    await locator.click();
  };
  await page.goto('/app/');
  await click(page.getByRole('button', { name: 'Enter the demo' }));
  await click(page.getByRole('link', { name: 'Sandbox' }));
  const phone = page.getByRole('region', { name: /^Phone of/ });
  await page.getByRole('log', { name: /^Messages with/ }).waitFor();
  await click(phone.getByRole('textbox', { name: 'Message' }));
  await page.keyboard.type('Do you gift-wrap?');
  await page.keyboard.press('Enter');
  await page
    .getByRole('log', { name: /^Messages with/ })
    .getByText('Do you gift-wrap?')
    .waitFor();
  await click(page.locator('#composer'));
  await page.keyboard.type('We do, with a ribbon.');
  await click(page.getByRole('button', { name: 'Send', exact: true }).last());
  await phone.getByText('We do, with a ribbon.').waitFor();
  await click(page.getByRole('button', { name: 'Close conversation' }));
  await page.getByText('This conversation is closed').waitFor();
  assert.ok(clicks <= 12, `${clicks} clicks`);
  await eventually(
    'the log of calls',
    () => page.getByText('sendMessage').count(),
    (n) => n > 0,
  );
  assert.deepEqual(faults, []);
}
