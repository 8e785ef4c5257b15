import assert from 'node:assert/strict';
import { eventually, window } from '../browser.mjs';
import { personWho, says } from '../people.mjs';

export const about = 'A lost stream is said, and afterwards nothing is missing or doubled; two tabs keep one stream';

export async function run({ browser, demo }) {
  const person = await personWho(demo, ['before the break']);
  const { page, context } = await window(browser, demo);
  let streams = 0;
  context.on('request', (request) => {
    if (request.url().includes('/team-inbox/api/stream/')) streams += 1;
  });
  await page.goto(`/app/inbox/${person.conversation}`);
  await page.getByRole('img', { name: /^Live/ }).waitFor();
  const log = page.getByRole('log');
  await log.getByText('before the break').waitFor();
  const second = await context.newPage();
  await second.goto('/app/inbox');
  await second.getByRole('img', { name: /^Live/ }).waitFor();
  assert.equal(streams, 1, 'streams of two tabs');
  await second.close();

  await says(demo, person, 'and live');
  await log.getByText('and live').waitFor();
  await context.setOffline(true);
  await page.getByText(/^Offline since/).waitFor({ timeout: 45_000 });
  const missed = Array.from({ length: 20 }, (_, n) => `missed ${String(n + 1).padStart(2, '0')}`);
  for (const text of missed) await says(demo, person, text);
  await page.locator('#composer').fill('written offline');
  await page.keyboard.press('Enter');
  await page.getByText('Waiting for the connection').waitFor();
  await context.setOffline(false);
  await page.getByText(/^Offline since/).waitFor({ state: 'detached', timeout: 45_000 });
  await page.getByText('Waiting for the connection').waitFor({ state: 'detached' });
  const read = () => log.locator('[data-text]').allTextContents();
  const shown = await eventually(
    'the messages',
    read,
    (all) => all.filter((text) => text.startsWith('missed')).length >= 20,
  );
  assert.deepEqual(
    shown.filter((text) => text.startsWith('missed')),
    missed,
  );
  await eventually('the answer', read, (all) => all.filter((text) => text === 'written offline').length === 1);

  // A tab that slept has it all once it wakes.
  const cdp = await context.newCDPSession(page);
  await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
  for (const n of [1, 2, 3]) await says(demo, person, `slept ${n}`);
  await cdp.send('Page.setWebLifecycleState', { state: 'active' });
  const awake = await eventually(
    'what came while it slept',
    read,
    (all) => all.filter((text) => text.startsWith('slept')).length >= 3,
    45_000,
  );
  assert.deepEqual(
    awake.filter((text) => text.startsWith('slept')),
    ['slept 1', 'slept 2', 'slept 3'],
  );
}
