import assert from 'node:assert/strict';
import { eventually, window } from '../browser.mjs';

export const about =
  'An import is checked first, goes on while nobody looks, its counts add up to its rows, and it can be stopped';

const ROWS = 5_000;
const BAD = 7;
/** Enough that nobody is faster than the button. */
const ROWS_TO_STOP = 60_000;

/** A file with so many people, of whom every so many-th has a number that can't be one. */
function file(rows, bad, from) {
  const lines = ['\uFEFFFirst Name;Phone;Shoe size'];
  for (let row = 0; row < rows; row++) {
    const isBad = bad && row % Math.floor(rows / bad) === 1;
    const phone = isBad ? '12' : `+1415${String(from + row).padStart(7, '0')}`;
    lines.push(`"Row; ${row}";${phone};${row % 50}`);
  }
  return { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(`${lines.join('\n')}\n`) };
}

/** Through the steps, up to the one where it runs. */
async function start(page, given) {
  await page.goto('/app/contacts/import');
  await page.locator('input[type=file]').setInputFiles(given);
  await page.getByRole('cell', { name: 'Shoe size', exact: true }).waitFor();
  await page.getByRole('combobox', { name: 'Shoe size' }).click();
  await page.getByRole('option', { name: 'Attribute “shoe_size”' }).click();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Check without importing' }).click();
  await page.getByText('This is what would happen').waitFor({ timeout: 120_000 });
  await page.getByRole('button', { name: /^Import [\d,]+ rows$/ }).click();
  await page.getByText(/^(Running|Done)$/).waitFor();
  await page.waitForURL(/\/contacts\/import\/[0-9a-f-]{36}$/);
  return page.url();
}

export async function run({ browser, demo }) {
  const { page, faults } = await window(browser, demo);
  const address = await start(page, file(ROWS, BAD, 5_550_000));
  await page.goto('/app/bots');
  await page.getByRole('heading', { name: 'Bots' }).waitFor();
  await page.goto(address);
  await page.getByText('Done', { exact: true }).waitFor({ timeout: 60_000 });
  const of = (url) => demo.api.get(`/contacts/import/${url.split('/').at(-1)}/`);
  const run = await of(address);
  assert.equal(run.created + run.updated + run.unchanged + run.failed, ROWS);
  assert.ok(run.failed >= BAD, `${run.failed} bad rows`);
  await eventually(
    'the number of bad rows on the page',
    () => page.locator('dd').allTextContents(),
    (shown) => shown.includes(String(run.failed)),
  );

  const long = await start(page, file(ROWS_TO_STOP, 0, 6_000_000));
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByText('Cancelled', { exact: true }).waitFor();
  const stopped = await eventually(
    'the import',
    () => of(long),
    (one) => one.status === 'CANCELLED',
  );
  const done = stopped.created + stopped.updated + stopped.unchanged + stopped.failed;
  assert.ok(done < ROWS_TO_STOP, `all ${done} rows were written`);
  assert.equal((await of(long)).created, stopped.created, 'it went on');
  assert.deepEqual(faults, []);
}
