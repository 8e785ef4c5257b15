// What a shop has beside its inbox, for screenshots: segments, broadcasts in every state, keys, an endpoint that fails.
import { eventually } from './browser.mjs';
import { botOf } from './people.mjs';

const DAY_MS = 86_400_000;

/** Makes all of it; answers with ids that addresses need. */
export async function furnish(demo, as, conversations) {
  const { api } = demo;
  const contacts = Object.fromEntries(
    await Promise.all(
      Object.entries(conversations).map(async ([name, id]) => [
        name,
        (await api.get(`/team-inbox/api/conversations/${id}/`)).contact.id,
      ]),
    ),
  );
  for (const [name, type] of [
    ['city', 'text'],
    ['orders', 'number'],
  ])
    await as.post('/contacts/attributes/', { name, type });
  const facts = { Elena: ['Riga', 14], Tomás: ['Sevilla', 3], Priya: ['Pune', 7], Daniel: ['Lagos', 41] };
  for (const [name, [city, orders]] of Object.entries(facts))
    await as.patch(`/contacts/${contacts[name]}/`, { custom: { city, orders }, phone: `+3716720${1000 + orders}` });
  for (const [name, tags] of [
    ['Elena', ['vip', 'newsletter']],
    ['Tomás', ['newsletter']],
    ['Daniel', ['wholesale', 'newsletter', 'vip']],
    ['Anna', ['wholesale']],
    ['Chloe', ['newsletter']],
  ])
    await as.post('/contacts/bulk/tag/', { ids: [contacts[name]], tags });
  // Looks like one who is there already.
  await as.post('/contacts/', { first_name: 'Elena', last_name: 'Petrova-Ozola', email: 'elena@example.org' });
  const rules = { match: 'any', rules: [{ field: 'tags', operator: 'has', value: 'vip' }] };
  const segment = (await as.post('/contacts/segments/', { name: 'Best customers', rules })).id;
  const readers = await subscribers(demo, as);
  const broadcasts = await send(as, segment, readers);
  const endpoint = await listen(as);
  await keys(as);
  const file = 'First name;Phone;City;Orders\nLena;+49 30 901820;Berlin;3\nOle;+47 21 00 00 00;Oslo;12\n;12;;\n';
  const draft = await upload(demo, file);
  return { contacts, segment, endpoint, draft, ...broadcasts };
}

const NAMES = ['Alva', 'Bruno', 'Carla', 'Dmitri', 'Edda', 'Fatou', 'Gil', 'Hana', 'Ivo', 'Juno', 'Kofi', 'Lea'];
/** People who only read; their conversations are closed. Two have blocked the bot. */
async function subscribers(demo, as) {
  const bot = await botOf(demo);
  const ids = [];
  for (const first_name of NAMES) {
    const { id } = await demo.phones.post('/users', { first_name, username: first_name.toLowerCase() });
    await demo.phones.post(`/users/${id}/start`, { bot });
    ids.push(id);
  }
  const theirs = await eventually(
    'the subscribers',
    async () => {
      const { results } = await as.get('/team-inbox/api/conversations/?page_size=100');
      return results.filter((one) => ids.includes(one.contact.telegram_chat_id));
    },
    (found) => found.length === NAMES.length,
  );
  for (const one of theirs) await as.post(`/team-inbox/api/conversations/${one.id}/close/`, {});
  for (const id of ids.slice(0, 2)) await demo.phones.post(`/users/${id}/block`, { bot });
  return theirs.map((one) => one.contact.id);
}

async function send(as, segment, recipients) {
  const text =
    'Hi {{first_name|default:"there"}}! *Autumn mugs* are here, and the first hundred ship free until _Sunday_.';
  const one = (also) =>
    as.post('/broadcast/', { platform: 'TELEGRAM', message_text: text, parse_mode: 'Markdown', ...also });
  await one({ name: 'Winter opening hours', select_all: true, status: 'DRAFT' });
  const scheduled = await one({
    name: 'Black Friday, early access',
    segment,
    status: 'SCHEDULED',
    scheduled_time: new Date(Date.now() + 3 * DAY_MS).toISOString(),
    buttons: [[{ type: 'URL', text: 'Open the shop', url: 'https://northwind.example' }]],
  });
  const done = await one({ name: 'Autumn mugs', recipients });
  await eventually(
    'a broadcast that ended',
    () => as.get(`/broadcast/${done.id}/`),
    (now) => /SENT/.test(now.status),
    60_000,
  );
  const running = await one({ name: 'How did we do?', recipients, rate_limit: '2/min' });
  const paused = await one({ name: 'New colours', recipients, rate_limit: '20/min' });
  await eventually(
    'a broadcast that has begun',
    () => as.get(`/broadcast/${paused.id}/`),
    (now) => now.sent > 0,
    60_000,
  );
  await as.post(`/broadcast/${paused.id}/pause/`, {});
  return { scheduled: scheduled.id, done: done.id, running: running.id, paused: paused.id };
}

async function listen(as) {
  const { id } = await as.post('/webhooks/endpoints/', { url: 'https://shop.invalid/hooks', description: 'The shop' });
  await as.post(`/webhooks/endpoints/${id}/test/`, {});
  return id;
}

async function keys(as) {
  const path = '/tenants/tenant-access-keys/';
  const at = (days) => new Date(Date.now() + days * DAY_MS).toISOString();
  await as.post(path, { name: 'Shop system', role: 'MANAGER', expires_at: at(90) });
  await as.post(path, { name: 'Nightly export', role: 'VIEWER', expires_at: at(5) });
  const limits = { tools: ['list_conversations', 'read_conversation', 'reply_to_conversation'] };
  await as.post(path, { name: 'Assistant', role: 'AGENT', limits });
}

async function upload(demo, text) {
  const form = new FormData();
  form.set('draft', 'true');
  form.set('file', new Blob([text], { type: 'text/csv' }), 'people.csv');
  const headers = { authorization: `Bearer ${demo.api_key}` };
  const answer = await fetch(`${demo.url}/contacts/import/`, { method: 'POST', headers, body: form });
  if (!answer.ok) throw new Error(`the import: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).id;
}
