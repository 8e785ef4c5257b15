import assert from 'node:assert/strict';
import { eventually, painted, window } from '../browser.mjs';
import { fill, personWho } from '../people.mjs';

export const about = 'A conversation of 1,000 messages scrolls without a blank, with few rows, and stays at its end';

const MESSAGES = 1_000;
const ROWS_MAX = 40;
const FRAMES = 120;
/** Script, style and layout for one frame: what the page itself costs, whatever else the machine does. */
const CPU_MS_MAX = 15;

export async function run({ browser, demo }) {
  const person = await personWho(demo, []);
  await fill(demo, person, MESSAGES);
  const { page, context, faults } = await window(browser, demo, { motion: 'no-preference' });
  await page.goto(`/app/inbox/${person.conversation}`);
  const log = page.getByRole('log');
  await log
    .getByText(/^Line \d+/)
    .first()
    .waitFor();
  // All of it, as somebody would who scrolls up and up.
  await eventually(
    'the start of the conversation',
    () =>
      log.evaluate((el) => {
        el.scrollTop = 0;
        return el.textContent.includes('This is the start of the conversation');
      }),
    Boolean,
    90_000,
  );
  const cdp = await context.newCDPSession(page);
  // The thread's own time, not the clock's: neighbours on the machine don't count.
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const spent = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    const of = (name) => metrics.find((one) => one.name === name).value;
    return 1_000 * (of('ScriptDuration') + of('LayoutDuration') + of('RecalcStyleDuration'));
  };
  await log.evaluate((el) => {
    el.scrollTop = el.scrollHeight / 2;
  });
  await painted(page);
  const before = await spent();
  const rows = await log.evaluate(async (el, frames) => {
    let most = 0;
    for (let n = 0; n < frames; n++) {
      el.scrollTop += 240;
      await new Promise((done) => requestAnimationFrame(done));
      most = Math.max(most, el.querySelectorAll('[data-index]').length);
    }
    return most;
  }, FRAMES);
  const perFrame = (await spent()) - before;
  assert.ok(perFrame / FRAMES <= CPU_MS_MAX, `${(perFrame / FRAMES).toFixed(1)} ms of CPU a frame`);
  assert.ok(rows <= ROWS_MAX, `${rows} rows in the document`);
  const blank = await log.evaluate(async (el) => {
    const { left, top, width, height } = el.getBoundingClientRect();
    let blank = 0;
    for (let n = 0; n < 40; n++) {
      // Jumps all over, the same in every run.
      el.scrollTop = (((n * 7919) % 1000) / 1000) * (el.scrollHeight - height);
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const hit = document.elementFromPoint(left + width / 2, top + height / 2);
      if (!hit?.closest('[data-index]')) blank += 1;
    }
    return blank;
  });
  assert.equal(blank, 0, 'jumps that showed nothing');

  await log.focus();
  await page.keyboard.press('End');
  await log.getByText(`Line ${MESSAGES}:`).waitFor();
  await page.keyboard.press('r');
  await page.keyboard.type('an answer at the end');
  // Counted in frames: how long one lasts is the machine's business.
  const frames = await page.evaluate(
    () =>
      new Promise((done) => {
        const el = document.querySelector('[role=log]');
        const field = document.getElementById('composer');
        field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
        let n = 0;
        const look = () => {
          n += 1;
          if (el.textContent.includes('an answer at the end') || n > 60) done(n);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
  );
  assert.ok(frames <= 4, `the bubble came after ${frames} frames`);
  await eventually(
    'the distance from the end',
    () => fromEnd(log),
    (px) => px <= 1,
  );
  await page.getByLabel('Sent', { exact: true }).last().waitFor();
  await eventually(
    'the distance from the end',
    () => fromEnd(log),
    (px) => px <= 1,
  );
  assert.deepEqual(faults, []);
}

const fromEnd = (log) => log.evaluate((el) => Math.round(el.scrollHeight - el.clientHeight - el.scrollTop));
