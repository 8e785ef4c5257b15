// People on the phones, and what the inbox has of them.
import { eventually } from './browser.mjs';

let made = 0;

/** A new person who started the bot and wrote; answers with their ids once the inbox has it all. */
export async function personWho(demo, says = ['Hello'], profile = {}) {
  made += 1;
  const bot = await botOf(demo);
  const given = { first_name: 'Person', last_name: String(made), username: `person_${made}`, ...profile };
  const person = await demo.phones.post('/users', given);
  await demo.phones.post(`/users/${person.id}/start`, { bot });
  for (const text of says)
    await demo.phones.post(`/users/${person.id}/send`, { bot, ...(typeof text === 'string' ? { text } : text) });
  const conversation = await conversationOf(demo, person.id, says.length + 1);
  return { ...person, bot, conversation, name: [given.first_name, given.last_name].join(' ') };
}

export const botOf = async (demo) => (await demo.phones.get('/bots')).bots[0].id;
export const says = (demo, person, text) =>
  demo.phones.post(`/users/${person.id}/send`, { bot: person.bot, ...(typeof text === 'string' ? { text } : text) });
export const seenOnPhone = async (demo, person) =>
  (await demo.phones.get(`/chats/${person.bot}/${person.id}/messages`)).messages;

async function conversationOf(demo, chat, messages) {
  const found = await eventually(
    `the conversation of ${chat}`,
    async () => {
      const page = await demo.api.get(`/team-inbox/api/conversations/?search=${chat}`);
      const one = page.results.find((other) => other.contact.telegram_chat_id === chat);
      return one && { id: one.id, sequence: one.last_message.sequence };
    },
    (one) => one && one.sequence >= messages,
  );
  return found.id;
}

/** Many messages of one person, quickly; all but the last in no certain order. */
export async function fill(demo, person, count) {
  const AT_ONCE = 16;
  const line = (n) => {
    const words = 'the parcel should have been here on Tuesday, or so they said. '.repeat(4);
    return says(demo, person, `Line ${n}: ${words.slice(0, 30 + ((n * 53) % 190))}`);
  };
  let next = 0;
  const work = async () => {
    while (next < count - 1) {
      next += 1;
      await line(next);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await line(count);
  await eventually(
    `${count} messages in the inbox`,
    async () => (await demo.api.get(`/team-inbox/api/conversations/${person.conversation}/`)).last_message.sequence,
    (sequence) => sequence >= count,
    120_000,
  );
}
