// A day in a shop's inbox, for screenshots: people of many languages, every kind of message, some trouble.
import { eventually } from './browser.mjs';
import { botOf } from './people.mjs';

const PEOPLE = [
  ['Elena', 'Petrova', 'elena_p', 'ru', 'Hello! My parcel NW-20418 seems to be stuck since Monday.'],
  ['Tomás', 'Herrera', 'tomas_h', 'es', 'Can I get a refund for the second one?'],
  ['Priya', 'Raghavan', 'priya', 'en', 'Good morning, my order has arrived today.'],
  ['Marek', 'Nowak', 'mareknowak', 'pl', 'Dziękuję! Wszystko działa.'],
  ['Sophie', 'Laurent', 'soph', 'fr', 'When will my money reach me?'],
  ['Daniel', 'Okafor', 'dan_ok', 'en', 'Do you ship pallets to Lagos?'],
  ['Anna', 'Lindqvist', 'anna_l', 'sv', 'Please send the invoice again'],
  ['Omar', 'Haddad', 'omar', 'en', 'ok, I will check with my brother and write back tomorrow'],
  ['Chloe', 'Bennett', 'chloe_b', 'en', 'Is the blue one back in stock?'],
  ['Viktor', 'Kovalenko', 'vik', 'uk', 'Добрий день! Де моє замовлення?'],
  ['مريم', 'الزهراني', 'maryam', 'ar', 'مرحبا، متى يصل طلبي؟'],
];
const LABELS = {
  Elena: ['shipping', 'vip'],
  Tomás: ['refund'],
  Priya: ['shipping'],
  Sophie: ['refund'],
  Daniel: ['pre-sales', 'wholesale'],
  Anna: ['wholesale'],
};
const SAVED = [
  ['tracking', 'Here is your tracking link: {{tracking_link}}'],
  ['refund', 'I have started the refund. It reaches your card in 3–5 working days.'],
  ['photo', 'Could you send us a photo of the parcel, with the shipping label visible?'],
  ['hours', 'We are here Monday to Friday, 9:00–18:00 CET.'],
  ['thanks', 'Thank you for your patience, {{first_name}}! Anything else I can help with?'],
];

/** Plays it; answers with the ids of the conversations by first name. `as` posts for the person who is signed in. */
export async function tell(demo, as) {
  const { phones, api } = demo;
  const bot = await botOf(demo);
  const ids = {};
  for (const [first_name, last_name, username, language_code, text] of PEOPLE) {
    const { id } = await phones.post('/users', { first_name, last_name, username, language_code });
    ids[first_name] = id;
    await phones.post(`/users/${id}/start`, { bot });
    await phones.post(`/users/${id}/send`, { bot, text });
  }
  const from = (name, content) => phones.post(`/users/${ids[name]}/send`, { bot, ...content });
  await from('Elena', { photo: true, caption: 'This is what the tracking page shows' });
  await from('Elena', { voice: { duration: 23 } });
  const conversations = await eventually(
    'the conversations',
    async () => {
      const { results } = await api.get('/team-inbox/api/conversations/?page_size=100');
      return Object.fromEntries(results.map((one) => [one.contact.first_name.split(' ')[0], one.id]));
    },
    (found) => PEOPLE.every(([name]) => found[name]) && found.Mary,
  );
  const at = (name, path) => `/team-inbox/api/conversations/${conversations[name]}/${path}/`;
  const say = (name, body) => as.post(at(name, 'messages'), body);
  for (const [name, labels] of Object.entries(LABELS)) await as.put(at(name, 'labels'), { labels });
  for (const [shortcut, text] of SAVED) await as.post('/team-inbox/api/canned-responses/', { shortcut, text });
  await say('Elena', {
    type: 'note',
    text: '@Demo carrier confirmed on the phone: scan missing at Riga depot, NOT lost. Please do not refund yet.',
  });
  await as.post(at('Elena', 'assign'), { assignee: 'me' });
  await say('Elena', {
    parse_mode: 'markers',
    text: 'Hi Elena! I just checked: it left the Hamburg hub last night and is due **Thursday**. You can follow it here: https://track.northwind.example/NW-20418',
    buttons: [
      [
        { type: 'QUICK_REPLY', text: 'Track order', callback_data: 'track' },
        { type: 'URL', text: 'Open shop', url: 'https://northwind.example' },
      ],
    ],
  });
  await say('Elena', {
    parse_mode: 'markers',
    text: 'If it is not there by Thursday evening, reply `REFUND` and I will sort it the same day. Express replacement is _free_ for you.',
  });
  const seen = async (name) => (await phones.get(`/chats/${bot}/${ids[name]}/messages`)).messages;
  const withButtons = await eventually(
    'the buttons',
    async () => (await seen('Elena')).find((one) => one.reply_markup),
    Boolean,
  );
  await eventually(
    'the second answer',
    async () => (await seen('Elena')).some((one) => one.text?.includes('REFUND')),
    Boolean,
  );
  await phones.post('/faults', {
    method: 'sendMessage',
    times: 1,
    kind: 'status',
    code: 400,
    description: 'Bad Request: message is too odd',
  });
  await say('Elena', { text: 'The form is optional, you can just tell me here.' });
  await eventually(
    'the fault',
    async () => (await phones.get('/faults')).faults.every((fault) => fault.met >= fault.times),
    Boolean,
  );
  await phones.post(`/users/${ids.Elena}/press`, { bot, message_id: withButtons.message_id, row: 0, column: 0 });
  await phones.post(`/users/${ids.Elena}/react`, { bot, message_id: withButtons.message_id, reaction: '👍' });
  await from('Elena', { text: 'Thank you, that is very kind' });
  await from('Elena', { text: 'Is there any chance it arrives before Friday?', reply_to: withButtons.message_id });
  await say('Sophie', { text: 'I have started the refund. It reaches your card in 3–5 working days.' });
  for (let n = 0; n < 3; n++)
    await from('Priya', {
      photo: true,
      media_group_id: 'mugs',
      ...(n ? {} : { caption: 'Two mugs, one broken handle' }),
    });
  await from('Daniel', { voice: { duration: 42 } });
  for (const content of [
    {
      document: {
        file_name: 'purchase-order-118.pdf',
        mime_type: 'application/pdf',
        base64: Buffer.alloc(184_000, 120).toString('base64'),
      },
    },
    { location: { latitude: 59.3293, longitude: 18.0686 } },
    { contact: { phone_number: '+46700000000', first_name: 'Björn' } },
    { poll: { question: 'Which day suits you?', options: ['Monday', 'Friday'] } },
  ])
    await from('Anna', content);
  await as.post(at('Omar', 'snooze'), { until: new Date(Date.now() + 20 * 3_600_000).toISOString() });
  await as.post(at('Marek', 'close'), {});
  await eventually(
    'the last question',
    async () => (await api.get(`/team-inbox/api/conversations/${conversations.Elena}/`)).last_message.content.text,
    (text) => text?.startsWith('Is there any chance'),
  );
  return conversations;
}
