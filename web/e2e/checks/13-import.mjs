import assert from 'node:assert/strict';
import { eventually, window } from '../browser.mjs';

export const about = 'An import is checked first, goes on while nobody looks, and its counts add up to its rows';

const ROWS = 5_000;
const BAD = 7;

export async function run({ browser, demo }) {
  const { page, faults } = await window(browser, demo);
  await page.goto('/app/contacts/import');
  const lines = ['\uFEFFFirst Name;Phone;Shoe size'];
  for (let row = 0; row < ROWS; row++) {
    const phone = row % Math.floor(ROWS / BAD) === 1 ? '12' : `+1415${String(5_550_000 + row).padStart(7, '0')}`;
    lines.push(`"Row; ${row}";${phone};${row % 50}`);
  }
  const buffer = Buffer.from(`${lines.join('\n')}\n`);
  await page.locator('input[type=file]').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer });
  await page.getByRole('cell', { name: 'Shoe size', exact: true }).waitFor();
  await page.getByRole('combobox', { name: 'Shoe size' }).click();
  await page.getByRole('option', { name: 'Attribute “shoe_size”' }).click();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Check without importing' }).click();
  await page.getByText('This is what would happen').waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: /^Import [\d,]+ rows$/ }).click();
  await page.getByText(/^(Running|Done)$/).waitFor();
  await page.waitForURL(/\/contacts\/import\/[0-9a-f-]{36}$/);
  const address = page.url();
  await page.goto('/app/bots');
  await page.getByRole('heading', { name: 'Bots' }).waitFor();
  await page.goto(address);
  await page.getByText('Done', { exact: true }).waitFor({ timeout: 60_000 });
  const run = await demo.api.get(`/contacts/import/${address.split('/').at(-1)}/`);
  assert.equal(run.created + run.updated + run.unchanged + run.failed, ROWS);
  assert.ok(run.failed >= BAD, `${run.failed} bad rows`);
  await eventually(
    'the number of bad rows on the page',
    () => page.locator('dd').allTextContents(),
    (shown) => shown.includes(String(run.failed)),
  );
  assert.deepEqual(faults, []);
}
