import assert from 'node:assert/strict';
import { window } from '../browser.mjs';
import { arrive, everyPlace, OUTSIDE } from '../places.mjs';

export const about = 'Every page speaks German where the browser does, and one answers there as well';

/** Names and words that are the same in both. */
const SAME =
  /^(Bots?|Webhooks?|Sandbox|Team|Name|Text|Token|Live|Status|Limits?|Telegram|WhatsApp|Demo.*|Labels?|Draft|Sent)$/;
/** What people are called and wrote, and when. */
const THEIRS = /[@+]|\/start|\d\d:\d\d|Person \d/;

const words = (page) =>
  page
    .locator('main :is(h1, h2, [role=tab], button, label, legend)')
    .evaluateAll((all) =>
      all.filter((el) => el.checkVisibility() && !el.closest('[dir=auto]')).map((el) => el.textContent.trim()),
    );

export async function run({ browser, demo }) {
  const { person, places } = await everyPlace(demo);
  const named = await Promise.all(
    ['/telegram/v1/bots/', '/whatsapp/v1/numbers/'].map((path) => demo.api.get(`${path}?page_size=200`)),
  );
  const names = new Set(named.flatMap((page) => page.results.map((one) => one.name)));
  const english = await window(browser, demo);
  const german = await window(browser, demo, { locale: 'de-DE' });
  const left = [];
  const compare = async (one, other, place) => {
    await arrive(one, place);
    await arrive(other, place);
    const known = new Set(
      (await words(one)).filter(
        (text) => text.length > 3 && !SAME.test(text) && !THEIRS.test(text) && !names.has(text) && /\p{L}/u.test(text),
      ),
    );
    for (const text of await words(other)) if (known.has(text)) left.push(`${place}: “${text}”`);
    assert.equal(await other.evaluate(() => document.documentElement.lang), 'de');
  };
  for (const place of places) await compare(english.page, german.page, place);
  const guests = [
    await window(browser, demo, { signedIn: false }),
    await window(browser, demo, { signedIn: false, locale: 'de-DE' }),
  ];
  for (const place of OUTSIDE) await compare(guests[0].page, guests[1].page, place);
  assert.deepEqual(left, []);

  const { page } = german;
  await arrive(page, `inbox/${person.conversation}`);
  await page.locator('#composer').fill('Guten Tag!');
  await page.getByRole('button', { name: 'Senden', exact: true }).click();
  await page.getByRole('log').getByText('Guten Tag!').waitFor();
  assert.deepEqual(german.faults, []);
}
