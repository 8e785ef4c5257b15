/** People with a story, made when they are first asked for. */
import { act, type Person, post, readChat } from './api';
import { t } from './t';

type Persona = {
  key: 'new' | 'angry' | 'blocked' | 'wholesale';
  profile: Omit<Person, 'id'> & { language_code: string };
  says: () => string[];
  blocks?: boolean;
};
export const PERSONAS: Persona[] = [
  {
    key: 'new',
    profile: { first_name: 'Nora', last_name: 'Berg', username: 'nora_new', language_code: 'no' },
    says: () => [t('said_new')],
  },
  {
    key: 'angry',
    profile: { first_name: 'Andy', last_name: 'Kane', username: 'andy_angry', language_code: 'en' },
    says: () => [t('said_angry1'), t('said_angry2')],
  },
  {
    key: 'blocked',
    profile: { first_name: 'Bea', last_name: 'Moss', username: 'bea_blocked', language_code: 'en' },
    says: () => [t('said_blocked')],
    blocks: true,
  },
  {
    key: 'wholesale',
    profile: {
      first_name: 'Wes',
      last_name: 'Holt',
      username: 'wes_wholesale',
      language_code: 'de',
      phone: '+494055500123',
    },
    says: () => [t('said_wholesale1'), t('said_wholesale2')],
  },
];

/** Their phone, with what they have to say: all of it also where a page was left while they spoke. */
export async function meet(key: string, people: Person[], bot: number): Promise<Person | undefined> {
  const persona = PERSONAS.find((one) => one.key === key);
  if (!persona) return people.find((one) => String(one.id) === key);
  const person =
    people.find((one) => one.username === persona.profile.username) ?? (await act<Person>('users', persona.profile));
  if (person) await tell(persona, person, bot);
  return person;
}

/** Says what of their story is still unsaid. Their first message is the start of the bot. */
async function tell({ says, blocks }: Persona, { id }: Person, bot: number) {
  const { messages } = await readChat(bot, id);
  const own = messages.filter((message) => message.from?.id === id).length;
  const story = says();
  if (own > story.length) return;
  if (own === 0) await post(`users/${id}/start`, { bot });
  for (const text of story.slice(Math.max(0, own - 1))) await post(`users/${id}/send`, { bot, text });
  if (blocks) await post(`users/${id}/block`, { bot });
}
