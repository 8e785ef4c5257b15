import assert from 'node:assert/strict';
import { PHONE, violations, window } from '../browser.mjs';

export const about =
  'Somebody is invited, joins on a phone, may do what their role allows, and a second step guards a door';

export async function run({ browser, demo }) {
  const { page, faults } = await window(browser, demo);
  const complaints = [];
  const look = async (name) => complaints.push(...(await violations(page)).map((one) => `${name}: ${one}`));
  await page.goto('/app/settings/team');
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  await page.getByLabel('E-mail').fill('nobody');
  await page.getByRole('button', { name: 'Make the link' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('E-mail').fill('grace@example.org');
  await look('invite');
  await page.getByRole('button', { name: 'Make the link' }).click();
  const link = new URL(await page.locator('code').textContent());
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByText('grace@example.org').waitFor();

  const other = await window(browser, demo, { size: PHONE, signedIn: false });
  await other.page.goto(link.pathname);
  await other.page.getByLabel('Your name').fill('Grace');
  await other.page.getByLabel('Choose a password').fill('a long password');
  await other.page.getByRole('button', { name: 'Join' }).click();
  await other.page.waitForURL(/\/app\/inbox/);
  await other.page.goto('/app/keys');
  await other.page.getByText('Your role does not allow this').waitFor();
  await other.page.goto(link.pathname);
  await other.page.getByText('This link no longer works').waitFor();

  await page.goto('/app/settings/security');
  await page.getByRole('button', { name: 'Turn on' }).click();
  await page.getByLabel('Your password').fill(demo.password);
  await page.getByRole('dialog').getByRole('button', { name: 'Turn on' }).click();
  await page.getByLabel('The code that it shows').fill('000000');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByText('This code is wrong').waitFor();
  await look('second step');
  assert.deepEqual(complaints, []);
  assert.deepEqual([...faults, ...other.faults], []);
}
