import assert from 'node:assert/strict';
import { violations, window } from '../browser.mjs';

export const about =
  'An outgoing webhook is made, tried, given a new secret, stopped and removed, and its log tells why';

export async function run({ browser, demo }) {
  const { page, faults } = await window(browser, demo);
  const complaints = [];
  const look = async (name) => complaints.push(...(await violations(page)).map((one) => `${name}: ${one}`));
  await page.goto('/app/webhooks');
  await page.getByRole('tab', { name: 'Outgoing' }).click();
  await page.getByText('No system of yours hears of anything yet').waitFor();
  await look('empty');
  await page.keyboard.press('n');
  await page.getByLabel('Address').fill('https://127.0.0.1/hooks');
  await page.getByRole('button', { name: 'Create the endpoint' }).click();
  await page.getByRole('alert').waitFor();
  // A name that leads nowhere: what becomes of that is seen in the log.
  await page.getByLabel('Address').fill('https://shop.invalid/hooks');
  await page.getByLabel('Description').fill('The shop');
  await page.getByRole('checkbox', { name: 'new message' }).click();
  await look('new endpoint');
  await page.getByRole('button', { name: 'Create the endpoint' }).click();
  const secret = await page.locator('code').first().textContent();
  assert.match(secret ?? '', /^whsec_/);
  await page.getByRole('button', { name: 'I saved it' }).click();

  await page.getByRole('button', { name: /The shop/ }).click();
  const side = page.getByRole('complementary', { name: 'Endpoint' });
  await side.getByRole('button', { name: 'Send a test' }).click();
  const table = page.getByRole('table', { name: 'Deliveries' });
  await table.getByText('test', { exact: true }).click();
  await page.getByRole('complementary', { name: 'Delivery' }).getByText('no answer').first().waitFor();
  await look('delivery');
  await page.keyboard.press('Escape');

  await side.getByRole('button', { name: 'New secret' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'New secret' }).click();
  assert.notEqual(await page.locator('code').first().textContent(), secret);
  await page.getByRole('button', { name: 'I saved it' }).click();
  await side.getByRole('button', { name: 'Disable' }).click();
  await side.getByRole('button', { name: 'Enable' }).waitFor();
  await look('endpoint');
  await side.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByText('No system of yours hears of anything yet').waitFor();
  assert.deepEqual(complaints, []);
  assert.deepEqual(faults, []);
}
