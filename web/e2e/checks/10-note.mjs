import assert from 'node:assert/strict';
import { eventually, window } from '../browser.mjs';
import { personWho, seenOnPhone } from '../people.mjs';

export const about = 'A note never reaches the customer, and the composer stays with notes after one';

export async function run({ browser, demo }) {
  const person = await personWho(demo, ['Hello']);
  const { page, faults } = await window(browser, demo);
  await page.goto(`/app/inbox/${person.conversation}`);
  await page.getByRole('log').getByText('Hello').waitFor();
  // The answer is held back, so that the mode can be switched while the note is on its way.
  let letGo;
  const held = new Promise((done) => {
    letGo = done;
  });
  await page.route(
    `**/conversations/${person.conversation}/messages/`,
    async (route) => {
      await held;
      await route.continue();
    },
    { times: 1 },
  );
  const composer = page.locator('#composer');
  const mode = (name) => page.getByRole('tab', { name });
  await mode(/^Note/).click();
  await composer.fill('secret for the team');
  await page.keyboard.press('Enter');
  await mode(/^Reply/).click();
  letGo();
  await page.getByText(/^Note by/).waitFor();
  await mode(/^Note/).click();
  await composer.fill('another secret');
  await page.keyboard.press('Enter');
  await page.getByRole('log').getByText('another secret').waitFor();
  assert.equal(await mode(/^Note/).getAttribute('aria-selected'), 'true');
  // A reply after them has to pass the same way: once it has arrived, the notes would have, too.
  await mode(/^Reply/).click();
  await composer.fill('this one is for you');
  await page.keyboard.press('Enter');
  await eventually(
    'the phone',
    () => seenOnPhone(demo, person),
    (all) => all.some((one) => one.text === 'this one is for you'),
  );
  const { calls } = await demo.phones.get(`/calls?chat_id=${person.id}`);
  assert.ok(calls.length > 0);
  assert.deepEqual(
    calls.filter((call) => JSON.stringify(call.params).includes('secret')),
    [],
  );
  assert.deepEqual(faults, []);
}
