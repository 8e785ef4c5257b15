import assert from 'node:assert/strict';
import { eventually, violations, window } from '../browser.mjs';

export const about = 'What is done to all who match a filter goes on by itself, is counted, and ends with everybody';

/** More than a page shows at first. */
const PEOPLE = 150;
const LABEL = 'crowd';

export async function run({ browser, demo }) {
  await crowd(demo);
  const { page, faults } = await window(browser, demo);
  const complaints = [];
  const look = async (name) => complaints.push(...(await violations(page)).map((one) => `${name}: ${one}`));
  const selectAll = async () => {
    await page.getByRole('checkbox', { name: 'Select all' }).click();
    await page.getByRole('button', { name: `Select all ${PEOPLE} who match` }).click();
    await page.getByText(`${PEOPLE} selected`).waitFor();
  };
  await page.goto('/app/contacts?q=Crowd');
  await page.getByRole('row', { name: /Crowd/ }).first().waitFor();
  await selectAll();
  await look('all selected');
  await page.getByRole('button', { name: 'Label', exact: true }).click();
  await page.getByRole('textbox', { name: 'Label' }).fill(LABEL);
  await page.getByRole('button', { name: 'Add a label' }).click();
  await page.getByText(`Done: ${PEOPLE} contacts changed.`).waitFor();
  await look('done');
  const { count } = await demo.api.get(`/contacts/?tag=${LABEL}&count=true&page_size=1`);
  assert.equal(count, PEOPLE);

  // Another filter means other people: the choice of everybody is gone with the first one.
  await page.getByRole('searchbox', { name: 'Name, phone, username' }).fill('Crowd 1');
  await page.getByText(`${PEOPLE} selected`).waitFor({ state: 'detached' });
  await page.goto('/app/contacts?q=Crowd');
  await page.getByRole('row', { name: /Crowd/ }).first().waitFor();
  await selectAll();
  const words = `Delete ${PEOPLE} contacts`;
  await page.getByRole('button', { name: words }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: words }).click();
  await page.getByText('Nobody matches these filters').waitFor();
  await page.getByText(`Done: ${PEOPLE} contacts changed.`).waitFor();
  await page.getByRole('button', { name: 'Hide this' }).click();
  assert.deepEqual(complaints, []);
  assert.deepEqual(faults, []);
}

/** People with one name, by an import. */
async function crowd(demo) {
  const rows = Array.from({ length: PEOPLE }, (_, n) => `Crowd ${n + 1};+1212555${String(n).padStart(4, '0')}`);
  const form = new FormData();
  form.set('file', new Blob([`First name;Phone\n${rows.join('\n')}\n`], { type: 'text/csv' }), 'crowd.csv');
  const headers = { authorization: `Bearer ${demo.api_key}` };
  const answer = await fetch(`${demo.url}/contacts/import/`, { method: 'POST', headers, body: form });
  assert.ok(answer.ok, `the import: ${answer.status}`);
  const { id } = await answer.json();
  await eventually(
    'the import',
    () => demo.api.get(`/contacts/import/${id}/`),
    (run) => run.status === 'COMPLETED' && run.created === PEOPLE,
    60_000,
  );
}
