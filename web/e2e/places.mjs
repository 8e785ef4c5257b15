// Every address of the app, with something to see at each, and a walk through them.
import { eventually, painted } from './browser.mjs';
import { personWho } from './people.mjs';

const SETTINGS = ['profile', 'security', 'team', 'labels', 'replies', 'inbox', 'hours', 'automation', 'about'];

/** A world with one of everything that has a page of its own. */
export async function everyPlace(demo) {
  const person = await personWho(demo, [
    'Hello',
    { photo: true, caption: 'Look' },
    { voice: { duration: 3 } },
    { poll: { question: 'Which?', options: ['a', 'b'] } },
  ]);
  const { api } = demo;
  const conversation = `/team-inbox/api/conversations/${person.conversation}/`;
  await api.post(`${conversation}messages/`, { type: 'note', text: 'Only for us' });
  const contact = (await api.get(conversation)).contact.id;
  const [bot] = (await api.get('/telegram/v1/bots/')).results;
  const [number] = (await api.get('/whatsapp/v1/numbers/')).results;
  const text = { platform: 'TELEGRAM', message_text: 'News for *you*', parse_mode: 'Markdown' };
  const draft = await api.post('/broadcast/', { ...text, name: 'Draft', select_all: true, status: 'DRAFT' });
  const sent = await api.post('/broadcast/', { ...text, name: 'Sent', recipients: [contact] });
  await eventually(
    'the broadcast',
    () => api.get(`/broadcast/${sent.id}/`),
    (one) => one.status === 'SENT',
  );
  return {
    person,
    places: [
      'inbox',
      `inbox/${person.conversation}`,
      'contacts',
      `contacts/${contact}`,
      'contacts/import',
      'broadcasts',
      'broadcasts/new',
      `broadcasts/${draft.id}/edit`,
      `broadcasts/${sent.id}`,
      'bots',
      'bots/new',
      ...['health', 'webhook', 'limits', 'settings'].map((tab) => `bots/${bot.id}?tab=${tab}`),
      'numbers',
      'numbers/new',
      ...['health', 'webhook', 'settings'].map((tab) => `numbers/${number.id}?tab=${tab}`),
      'templates',
      'templates/new',
      'keys',
      'webhooks',
      'webhooks?tab=out',
      'activity',
      'sandbox',
      'sandbox?channel=whatsapp',
      ...SETTINGS.map((section) => `settings/${section}`),
      'nowhere',
    ],
  };
}

/** What everybody sees without a session. */
export const OUTSIDE = ['sign-in', 'forgot', 'invite/nothing', 'reset/nothing'];

/** Goes there, and waits until the page is whole. */
export async function arrive(page, place) {
  await page.goto(`/app/${place}`);
  await page.waitForLoadState('load');
  await page.locator('main :is(h1, h2, [role=heading])').first().waitFor({ state: 'attached' });
  await page.locator('main [aria-busy=true]').first().waitFor({ state: 'detached' });
  await painted(page);
}
