// Screenshots of every page and important state, light and dark, wide and on a phone, into web/shots (not in git).
// `node e2e/shots.mjs NAME…` takes only those whose names contain a NAME.
import { mkdirSync } from 'node:fs';
import { launch, PHONE, painted, WIDE, window } from './browser.mjs';
import { startDemo } from './server.mjs';
import { tell } from './story.mjs';

const folder = new URL('../shots/', import.meta.url);
mkdirSync(folder, { recursive: true });
const wanted = process.argv.slice(2);

const browser = await launch();
const demo = await startDemo();
const conversations = await tell(demo, await asPerson(demo));

/** Requests as the demo's person, with a token: notes and answers then carry a name. */
async function asPerson({ url, email, password }) {
  const send = (method, token) => async (path, body) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const { access } = await send('POST')('/token/', { email, password });
  return { post: send('POST', access), put: send('PUT', access) };
}

const keys =
  (...all) =>
  async (page) => {
    for (const key of all)
      await (key.length > 1 && !/^[A-Z]\w+(\+\w+)*$/.test(key) ? page.keyboard.type(key) : page.keyboard.press(key));
  };
const elena = `inbox/${conversations.Elena}`;
const anna = `inbox/${conversations.Anna}`;
/** name, address, what to do first, and whether only wide windows have it */
const STATES = [
  ['inbox-list', 'inbox'],
  ['inbox-thread', elena],
  ['inbox-kinds', anna],
  ['inbox-album', `inbox/${conversations.Priya}`],
  ['inbox-rtl', `inbox/${conversations.مريم}`],
  ['inbox-empty', 'inbox?view=mine&status=closed'],
  ['inbox-snoozed', 'inbox?status=snoozed'],
  ['inbox-search', 'inbox?q=arrive'],
  ['inbox-note', elena, keys('n', '@De', 'Tab', 'please **watch** this one, she is a `wholesale` lead')],
  ['inbox-canned', elena, keys('r', '/')],
  ['inbox-writing', elena, keys('r', 'Your order is **on its way**, see [here](https://x.example)', 'Control+Shift+P')],
  ['inbox-details', elena, (page) => page.locator('[data-details]').click(), 'phone'],
  ['inbox-assign', elena, keys('a'), 'wide'],
  ['inbox-labels', elena, keys('l')],
  ['inbox-snooze', elena, keys('s')],
  ['inbox-filters', 'inbox', keys('f'), 'wide'],
  ['inbox-bulk', elena, keys('x', 'Shift+J', 'Shift+J'), 'wide'],
  ['inbox-message-menu', elena, (page) => page.locator('[data-entry]').last().click({ button: 'right' }), 'wide'],
  ['palette', elena, keys('Control+k'), 'wide'],
  ['shortcuts', elena, keys('?'), 'wide'],
  [
    'sandbox',
    'sandbox',
    (page) =>
      page
        .getByRole('region', { name: /^Phone of/ })
        .first()
        .getByText(/Norway/)
        .waitFor(),
  ],
  ['sandbox-two', 'sandbox?persona=angry&second=wholesale', undefined, 'wide'],
  ['contacts', 'contacts'],
  ['bots', 'bots'],
  ['numbers', 'numbers'],
  ['templates', 'templates'],
  ['template-new', 'templates/new'],
  ['sandbox-whatsapp', 'sandbox?channel=whatsapp', undefined, 'wide'],
  ['broadcasts', 'broadcasts'],
  ['broadcast-new', 'broadcasts/new'],
  ['keys', 'keys'],
  ['webhooks', 'webhooks'],
  ['activity', 'activity'],
  ['settings', 'settings'],
];

async function take(name, path, prepare, { theme, size }) {
  const { page, context, faults } = await window(browser, demo, { theme, size });
  await page.goto(`/app/${path}`);
  await page.locator('main').waitFor();
  await page.waitForLoadState('load');
  await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
  await painted(page);
  await prepare?.(page);
  await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
  // Pictures and popups come in their own time; a screenshot is no check.
  await page.waitForTimeout(600);
  const file = `${name}-${size === WIDE ? 'wide' : 'phone'}-${theme}.png`;
  await page.screenshot({ path: new URL(file, folder).pathname });
  await context.close();
  console.log(file, faults.length ? faults : '');
}

for (const [name, path, prepare, only] of STATES)
  for (const theme of ['light', 'dark'])
    for (const size of [WIDE, PHONE]) {
      if (only && only !== (size === WIDE ? 'wide' : 'phone')) continue;
      if (
        wanted.length &&
        !wanted.some((part) => `${name}-${size === WIDE ? 'wide' : 'phone'}-${theme}`.includes(part))
      )
        continue;
      await take(name, path, prepare, { theme, size }).catch((error) =>
        console.log('MISSED', name, theme, String(error).slice(0, 200)),
      );
    }
await browser.close();
await demo.stop();
