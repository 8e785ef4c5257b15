import assert from 'node:assert/strict';
import { eventually, window } from '../browser.mjs';
import { personWho } from '../people.mjs';

export const about = 'The keyboard alone does everything, drafts stay, letters in fields are only letters';

export async function run({ browser, demo }) {
  const older = await personWho(demo, ['first'], { first_name: 'Olga', last_name: 'Older' });
  const newer = await personWho(demo, ['second'], { first_name: 'Nils', last_name: 'Newer' });
  const { page, faults } = await window(browser, demo);
  const at = (person) =>
    eventually(
      'the address',
      () => page.url(),
      (url) => url.includes(person.conversation),
    );
  const composer = page.locator('#composer');
  // The address changes before the page does.
  const holds = (words) =>
    eventually(
      'the composer',
      () => composer.inputValue(),
      (text) => text === words,
    );
  const focused = (locator) =>
    eventually('the focus', () => locator.evaluate((el) => el === document.activeElement), Boolean);
  await page.goto('/app/inbox');
  await page.getByText('Nils Newer').first().waitFor();
  await page.keyboard.press('j');
  await at(newer);
  await page.keyboard.press('j');
  await at(older);
  await page.keyboard.press('k');
  await at(newer);
  await page.getByRole('log').getByText('second').waitFor();

  await page.keyboard.press('r');
  await focused(composer);
  await page.keyboard.type('an answer, just e a s n j k');
  await holds('an answer, just e a s n j k');
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
  await focused(composer);
  await page.keyboard.type('a note');
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await at(older);
  await holds('');
  await page.keyboard.press('k');
  await at(newer);
  await page.getByRole('log').getByText('second').waitFor();
  await page.keyboard.press('r');
  await holds('an answer, just e a s n j k');
  await focused(composer);
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
  await holds('a note');
  await focused(composer);
  await page.keyboard.press('Escape');

  await page.keyboard.press('/');
  await focused(page.locator('#search'));
  await page.keyboard.type('nekj');
  assert.equal(await page.locator('#search').inputValue(), 'nekj');
  assert.ok(page.url().includes(newer.conversation));
  await page.keyboard.press('Escape');

  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Type a command or a name' }).waitFor();
  await page.keyboard.type('Olga');
  await page.getByRole('option', { name: /Olga Older/, selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await at(older);
  await page.getByRole('log').getByText('first').waitFor();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  // Alt and a letter is how many keyboards write ą or @: it belongs to the field.
  await page.keyboard.press('r');
  await focused(composer);
  await page.evaluate(() => {
    globalThis.taken = [];
    globalThis.addEventListener(
      'keydown',
      (event) => event.key === 'e' && globalThis.taken.push(event.defaultPrevented),
    );
  });
  await page.keyboard.press('Alt+e');
  const taken = await page.evaluate(() => globalThis.taken);
  assert.deepEqual(taken, [false], 'Alt+E was taken from the field, or never came to it');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Alt+e');
  await page.getByRole('button', { name: 'Close conversation' }).waitFor();
  await page.keyboard.press('e');
  await page.getByText('This conversation is closed').waitFor();
  await page.keyboard.press('e');
  await page.getByText('This conversation is closed').waitFor({ state: 'detached' });
  await page.keyboard.press('g');
  await page.keyboard.press('b');
  await eventually(
    'the address',
    () => page.url(),
    (url) => url.includes('/broadcasts'),
  );
  assert.deepEqual(faults, []);
}
