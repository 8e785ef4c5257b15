// Screenshots of every page and important state, light and dark, wide and on a phone, some in German, from right to left and
// on a narrow window too, into web/shots (not in git).
// `node e2e/shots.mjs NAME…` takes only those whose file names contain a NAME.
import { mkdirSync } from 'node:fs';
import { launch, PHONE, painted, WIDE, window } from './browser.mjs';
import { furnish } from './day.mjs';
import { startDemo } from './server.mjs';
import { states } from './states.mjs';
import { tell } from './story.mjs';

const folder = new URL('../shots/', import.meta.url);
mkdirSync(folder, { recursive: true });
const wanted = process.argv.slice(2);
const SIZES = { wide: WIDE, phone: PHONE, narrow: { width: 320, height: 640 } };

const browser = await launch();
const demo = await startDemo();
const as = await asPerson(demo);
const conversations = await tell(demo, as);
const rest = await furnish(demo, as, conversations);
const [bot] = (await demo.api.get('/telegram/v1/bots/')).results;
const [number] = (await demo.api.get('/whatsapp/v1/numbers/')).results;
const invited = await as.post('/tenants/invites/', { email: 'grace@example.org', role: 'AGENT' });
const known = { conversations, ...rest, bot: bot.id, number: number.id, invite: invited.url.split('/').at(-1) };

/** Requests as the demo's person, with a token: notes and answers then carry a name. */
async function asPerson({ url, email, password }) {
  const send = (method, token) => async (path, body) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const given = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(url + path, { method, headers, ...given });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const { access } = await send('POST')('/token/', { email, password });
  return Object.fromEntries(['get', 'post', 'put', 'patch'].map((name) => [name, send(name.toUpperCase(), access)]));
}

/** The looks that a state is taken in. */
function* looks({ only, german, rtl, narrow }) {
  for (const size of ['wide', 'phone'])
    for (const theme of ['light', 'dark']) if (!only || only === size) yield { size, theme };
  if (german)
    for (const size of ['wide', 'phone']) if (!only || only === size) yield { size, theme: 'light', also: 'de' };
  if (rtl) yield { size: 'wide', theme: 'light', also: 'rtl' };
  if (rtl) yield { size: 'phone', theme: 'light', also: 'rtl' };
  if (narrow) yield { size: 'narrow', theme: 'light' };
}
const contexts = new Map();
/** One signed-in window for each look, so that not every picture begins with a sign-in. */
async function windowFor({ size, theme, also }, signedIn) {
  const key = [size, theme, also, signedIn].join();
  if (!contexts.has(key)) {
    const made = await window(browser, demo, {
      theme,
      size: SIZES[size],
      signedIn,
      locale: also === 'de' ? 'de-DE' : 'en-GB',
    });
    if (also === 'rtl')
      await made.context.addInitScript(() => {
        const turn = () => {
          if (document.documentElement.dir !== 'rtl') document.documentElement.dir = 'rtl';
        };
        addEventListener('DOMContentLoaded', () => {
          turn();
          new MutationObserver(turn).observe(document.documentElement, { attributes: true });
        });
      });
    contexts.set(key, made);
  }
  return contexts.get(key);
}

async function take(file, [, path, prepare, how = {}], look) {
  const { context, faults } = await windowFor(look, how.signedIn ?? true);
  const page = await context.newPage();
  const idle = () => how.isBusy || page.locator('main [aria-busy=true]').first().waitFor({ state: 'detached' });
  try {
    await how.before?.(page);
    await page.goto(`/app/${path}`);
    await page.locator('main').waitFor();
    await page.waitForLoadState('load');
    await idle();
    await painted(page);
    await prepare?.(page);
    await idle();
    // Pictures and popups come in their own time; a screenshot is no check.
    await page.waitForTimeout(500);
    // The first picture may come before a new layer is drawn.
    await page.screenshot();
    await page.screenshot({ path: new URL(file, folder).pathname });
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    console.log(file, wider > 0 ? `SCROLLS SIDEWAYS by ${wider} px` : '', ...faults.splice(0));
    await how.after?.(page);
    const composer = page.locator('#composer');
    if (prepare && (await composer.count())) await composer.fill('').catch(() => {});
    await page.evaluate(() => localStorage.removeItem('broadcast-draft'));
  } finally {
    await page.close();
  }
}

for (const state of states(known))
  for (const look of looks(state[3] ?? {})) {
    const file = `${[state[0], look.size, look.also ?? look.theme].join('-')}.png`;
    if (wanted.length && !wanted.some((part) => file.includes(part))) continue;
    await take(file, state, look).catch((error) => console.log('MISSED', file, String(error).slice(0, 200)));
  }
await browser.close();
await demo.stop();
