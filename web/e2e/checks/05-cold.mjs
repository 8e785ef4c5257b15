import assert from 'node:assert/strict';
import { painted, window } from '../browser.mjs';
import { personWho } from '../people.mjs';

export const about = 'A cold load of a conversation is small and nothing jumps';

const BYTES_MAX = 350_000;
const SHIFT_MAX = 0.01;

export async function run({ browser, demo }) {
  const person = await personWho(demo, ['one', 'two', 'three, and that is a longer one so that it breaks into lines']);
  const { page, context } = await window(browser, demo);
  await page.addInitScript(() => {
    globalThis.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shift += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  let bytes = 0;
  cdp.on('Network.loadingFinished', (event) => {
    bytes += event.encodedDataLength;
  });
  await page.goto(`/app/inbox/${person.conversation}`);
  await page.getByRole('log').getByText('three, and that').waitFor();
  await page.getByRole('complementary', { name: 'Contact details' }).waitFor();
  await painted(page);
  assert.ok(bytes <= BYTES_MAX, `${bytes} bytes`);
  const shift = await page.evaluate(() => globalThis.shift);
  assert.ok(shift <= SHIFT_MAX, `layout shift ${shift}`);
}
