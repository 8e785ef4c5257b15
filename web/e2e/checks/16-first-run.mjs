import assert from 'node:assert/strict';
import { violations, window } from '../browser.mjs';
import { startEmpty } from '../server.mjs';

export const about = 'On an empty database somebody makes the first workspace, and is led to what comes next';

export async function run({ browser }) {
  const server = await startEmpty();
  try {
    const { page, faults } = await window(browser, server, { signedIn: false });
    await page.goto('/app/');
    await page.waitForURL(/\/app\/setup/);
    await page.getByRole('button', { name: 'Create the workspace' }).click();
    await page.getByRole('alert').first().waitFor();
    const complaints = await violations(page);
    await page.getByLabel('Name of your workspace').fill('Northwind');
    await page.getByLabel('Your name').fill('Ada');
    await page.getByLabel('E-mail').fill('ada@example.org');
    await page.getByLabel('Choose a password').fill('correct horse battery');
    await page.getByRole('button', { name: 'Create the workspace' }).click();
    await page.getByText('Your workspace is ready').waitFor();
    complaints.push(...(await violations(page)));
    await page.getByRole('link', { name: 'Connect a bot' }).click();
    await page.getByRole('textbox', { name: 'Token' }).waitFor();
    await page.goto('/app/bots');
    await page.getByRole('heading', { name: 'Bots', exact: true }).waitFor();
    complaints.push(...(await violations(page)));

    // Who forgot their password is told what this server can do about it.
    const other = await window(browser, server, { signedIn: false });
    await other.page.goto('/app/sign-in');
    await other.page.getByRole('link', { name: 'Forgot your password?' }).click();
    await other.page.getByLabel('E-mail').fill('ada@example.org');
    await other.page.getByRole('button', { name: 'Mail me a link' }).click();
    await other.page.getByText('This server sends no mail').waitFor();
    complaints.push(...(await violations(other.page)));
    assert.deepEqual(complaints, []);
    assert.deepEqual([...faults, ...other.faults], []);
  } finally {
    await server.stop();
  }
}
