import assert from 'node:assert/strict';
import { violations, window } from '../browser.mjs';

export const about =
  'A WhatsApp number is added, a message answered with receipts, and a closed window takes a template';

const PHONE = '4915550004711';

export async function run({ browser, demo }) {
  const { page, faults } = await window(browser, demo);
  const complaints = [];
  const look = async (name) => complaints.push(...(await violations(page)).map((one) => `${name}: ${one}`));
  const made = await demo.phones.post('/graph/numbers', { verified_name: 'Second Shop' });

  await page.goto('/app/numbers/new');
  await page.getByLabel('Phone number ID').fill('nonsense');
  await page.getByLabel('Account ID').fill(made.waba_id);
  await page.getByLabel('Access token').fill(made.access_token);
  await page.getByLabel('App secret').fill(made.app_secret);
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByRole('alert').first().waitFor();
  await look('refused number');
  await page.getByLabel('Phone number ID').fill(made.phone_number_id);
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByText('As we set it').waitFor();
  await look('webhook of a number');

  await page.goto('/app/templates');
  await page.getByText('order_shipped').waitFor();
  await look('templates');

  await demo.phones.post('/graph/people', { phone: PHONE, name: 'Wilma' });
  const says = (text) => demo.phones.post(`/graph/people/${PHONE}/send`, { number: made.phone_number_id, text });
  await says('Is anybody there?');
  await page.goto('/app/inbox?view=all');
  await page.getByRole('link', { name: /Wilma/ }).first().click();
  await page.getByRole('log').getByText('Is anybody there?').waitFor();
  await page.getByText(/Free replies for \d+ more hours/).waitFor();
  await page.getByLabel('Reply to Wilma').fill('We are!');
  await page.keyboard.press('Enter');
  await page.getByRole('log').getByLabel('Delivered').waitFor();
  await demo.phones.post(`/graph/people/${PHONE}/read`, { number: made.phone_number_id });
  await page.getByRole('log').getByLabel('Read').waitFor();
  await look('receipts');

  await page.getByRole('button', { name: 'Choose a template' }).click();
  await page.getByRole('dialog').waitFor();
  await look('templates to choose from');
  assert.deepEqual(complaints, []);
  assert.deepEqual(faults, []);
}
