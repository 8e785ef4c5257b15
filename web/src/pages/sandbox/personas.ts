/** People with a story, made when they are first asked for. */
import { act, type Person, post } from './api';
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

/** Their phone; the first time with what they have to say. */
export async function meet(key: string, people: Person[], bot: number): Promise<Person | undefined> {
  const persona = PERSONAS.find((one) => one.key === key);
  if (!persona) return people.find((one) => String(one.id) === key);
  const known = people.find((one) => one.username === persona.profile.username);
  if (known) return known;
  const made = await act<Person>('users', persona.profile);
  if (!made) return undefined;
  await post(`users/${made.id}/start`, { bot });
  for (const text of persona.says()) await post(`users/${made.id}/send`, { bot, text });
  if (persona.blocks) await post(`users/${made.id}/block`, { bot });
  return made;
}
