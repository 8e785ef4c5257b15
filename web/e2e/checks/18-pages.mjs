import assert from 'node:assert/strict';
import { painted, violations, window } from '../browser.mjs';

export const about =
  'Keys, contacts and bots are made, refused in words at their field, and changed by keyboard and mouse';

export async function run({ browser, demo }) {
  const { page, faults } = await window(browser, demo);
  const complaints = [];
  const look = async (name) => complaints.push(...(await violations(page)).map((one) => `${name}: ${one}`));
  await page.goto('/app/keys');
  await page.getByRole('button', { name: 'New key' }).waitFor();
  await painted(page);
  await page.keyboard.press('n');
  await page.getByLabel('Name').fill('Shop');
  await page.getByRole('button', { name: 'Create the key' }).click();
  const key = await page.locator('code').first().textContent();
  assert.match(key ?? '', /^jc_/);
  await look('new key');
  await page.getByRole('button', { name: 'I saved it' }).click();
  await page.getByRole('cell', { name: 'Shop', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Actions for Shop' }).click();
  await page.getByRole('menuitem', { name: 'Revoke' }).click();
  const undo = page.getByRole('button', { name: 'Undo: let “Shop” work again' });
  await undo.waitFor();
  await look('revoked key');
  await undo.click();
  await page.getByRole('button', { name: 'Actions for Shop' }).waitFor();
  const keys = await demo.api.get('/tenants/tenant-access-keys/');
  assert.ok(keys.results.some((one) => one.name === 'Shop'));

  await page.goto('/app/contacts');
  await page.getByRole('button', { name: 'New contact' }).waitFor();
  await painted(page);
  await page.keyboard.press('n');
  await page.getByLabel('First name').fill('Nina');
  await page.getByLabel('Phone', { exact: true }).fill('nonsense');
  await page.getByRole('button', { name: 'Add the contact' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Phone', { exact: true }).fill('+49 30 901820');
  await page.getByRole('button', { name: 'Add the contact' }).click();
  const side = page.getByRole('complementary', { name: 'Nina' });
  await side.getByLabel('Labels').fill('vip');
  await side.getByLabel('Labels').press('Enter');
  await side.getByRole('button', { name: 'Save' }).click();
  await side.getByText('Saved').waitFor();
  await look('contact');

  await page.goto('/app/bots/new');
  const token = page.getByRole('textbox', { name: 'Token' });
  await token.fill('nonsense');
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByRole('alert').waitFor();
  await token.fill('7000004711:a-token-of-the-sandbox');
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByText('Waiting for your message').waitFor();
  await look('new bot');
  await page.getByRole('link', { name: 'To the bot’s page' }).click();
  await page.getByRole('tab', { name: 'Limits' }).click();
  await page.getByLabel('Messages a day').fill('none');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Messages a day').fill('77');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved').waitFor();
  await look('limits');
  const bots = await demo.api.get('/telegram/v1/bots/');
  assert.equal(bots.results.find((bot) => bot.bot_user_id === 7_000_004_711)?.daily_limit, 77);
  assert.deepEqual(complaints, []);
  assert.deepEqual(faults, []);
}
