// Pages in headless Chromium that keep account of what must not happen: violations of the policy, errors, other origins.
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });

export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** A signed-in window of its own. `faults` gathers all that must not happen in it. */
export async function window(
  browser,
  demo,
  { theme = 'light', size = WIDE, signedIn = true, motion = 'reduce', locale = 'en-GB' } = {},
) {
  const isPhone = size.width < 500;
  const context = await browser.newContext({
    baseURL: demo.url,
    viewport: size,
    isMobile: isPhone,
    hasTouch: isPhone,
    locale,
    timezoneId: 'Europe/Berlin',
    colorScheme: theme,
    reducedMotion: motion,
  });
  context.setDefaultTimeout(20_000);
  const faults = [];
  await context.exposeBinding('reportFault', (_, words) => faults.push(words));
  await context.addInitScript((wanted) => {
    if (!location.protocol.startsWith('http')) return;
    localStorage.setItem('theme', wanted);
    document.addEventListener('securitypolicyviolation', (event) =>
      globalThis.reportFault(`policy: ${event.effectiveDirective} ${event.blockedURI}`),
    );
  }, theme);
  context.on('weberror', (error) => faults.push(`error: ${error.error().stack ?? error.error()}`));
  context.on('console', (message) => {
    // What a page shows of a refused request belongs to the check that provokes it.
    if (message.type() === 'error' && !/Failed to load resource|net::ERR/.test(message.text()))
      faults.push(`console: ${message.text()}`);
  });
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (/^https?:$/.test(url.protocol) && url.origin !== demo.url) faults.push(`other origin: ${request.url()}`);
  });
  if (signedIn) {
    const { email, password } = demo;
    const answer = await context.request.post('/session/', { data: { email, password } });
    if (!answer.ok()) throw new Error(`signing in: ${answer.status()} ${await answer.text()}`);
  }
  return { context, faults, page: await context.newPage() };
}

const axeSource = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * What axe finds wrong, one line each. What a second look doesn't find again was a page that changed under the first one.
 */
export async function violations(page, options) {
  const found = await lookOnce(page, options);
  if (found.length === 0) return found;
  await painted(page);
  const still = new Set(await lookOnce(page, options));
  return found.filter((line) => still.has(line));
}

/**
 * Menus and focus guards hang beside the regions of the page, as their pattern wants it; whether axe remarks it depends on
 * what is just hidden behind them. The other theme has the same document: there only colours are looked at.
 */
async function lookOnce(page, { onlyColours = false } = {}) {
  await page.evaluate(axeSource);
  return page.evaluate(
    async (rules) => {
      const { violations: found } = await globalThis.axe.run(document, { runOnly: rules, resultTypes: ['violations'] });
      const floats = ({ target }) =>
        document
          .querySelector(target[0])
          ?.closest('[data-base-ui-portal], [data-base-ui-focus-guard], [data-base-ui-inert]');
      const line = (rule, node) =>
        `${rule.id} (${rule.impact}): ${node.target} ${node.html.slice(0, 160)} · ${[...node.any, ...node.all, ...node.none][0]?.message ?? ''}`;
      return found.flatMap((rule) =>
        rule.nodes
          .filter((node) => !node.html.includes('data-base-ui-focus-guard'))
          .filter((node) => rule.id !== 'region' || !floats(node))
          .slice(0, 3)
          .map((node) => line(rule, node)),
      );
    },
    onlyColours ? ['color-contrast'] : RULES,
  );
}

/** Waits until `what` is true in the page, and says what it was when it never became so. */
export async function eventually(what, read, isRight, ms = 20_000) {
  const until = Date.now() + ms;
  let last;
  for (;;) {
    last = await read();
    if (isRight(last)) return last;
    if (Date.now() > until) throw new Error(`${what}: still ${JSON.stringify(last)}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** After two frames everything that was decided is painted. */
export const painted = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
