import assert from 'node:assert/strict';
import { eventually, window } from '../browser.mjs';
import { personWho, seenOnPhone } from '../people.mjs';

export const about = 'What the server refuses stays with its reason; Retry sends it once, also after a reload';

export async function run({ browser, demo }) {
  const person = await personWho(demo, ['Hello']);
  const { page, faults } = await window(browser, demo);
  const address = `**/conversations/${person.conversation}/messages/`;
  const problem = JSON.stringify({
    type: 'about:blank',
    title: 'Broken',
    status: 500,
    detail: 'The disk is full.',
    code: 'internal',
  });
  const keys = [];
  page.on(
    'request',
    (request) =>
      request.method() === 'POST' &&
      request.url().includes('/messages/') &&
      keys.push(request.headers()['idempotency-key']),
  );
  await page.goto(`/app/inbox/${person.conversation}`);
  await page.getByRole('log').getByText('Hello').waitFor();
  await page.route(address, (route) =>
    route.fulfill({ status: 500, contentType: 'application/problem+json', body: problem }),
  );
  await page.locator('#composer').fill('it will fail at first');
  await page.keyboard.press('Enter');
  await page.getByText('The disk is full.').waitFor();
  assert.equal(await page.locator('#composer').inputValue(), '');

  await page.reload();
  await page.getByText('The disk is full.').waitFor();
  await page.unroute(address);
  // The server does it, and the answer is lost on its way.
  await page.route(
    address,
    async (route) => {
      await route.fetch();
      await route.abort('connectionreset');
    },
    { times: 1 },
  );
  await page.getByRole('button', { name: 'Retry' }).click();
  await page.getByText('The disk is full.').waitFor({ state: 'detached' });
  await page.getByLabel('Sent', { exact: true }).waitFor();
  const arrived = await eventually(
    'what the phone shows',
    async () => (await seenOnPhone(demo, person)).filter((one) => one.text === 'it will fail at first').length,
    (n) => n > 0,
  );
  assert.equal(arrived, 1);
  assert.equal(new Set(keys).size, 1, 'one message keeps its key');
  await eventually(
    'bubbles',
    () => page.getByRole('log').getByText('it will fail at first').count(),
    (n) => n === 1,
  );
  assert.equal((await seenOnPhone(demo, person)).filter((one) => one.text === 'it will fail at first').length, 1);
  assert.deepEqual(faults, []);
}
