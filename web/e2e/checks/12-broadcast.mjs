import assert from 'node:assert/strict';
import { eventually, window } from '../browser.mjs';
import { personWho } from '../people.mjs';

export const about = 'A broadcast pauses and goes on from its page, and everybody gets it once';

const PEOPLE = 12;
const TEXT = 'Dear <b>reader</b>, new mugs have arrived.';

export async function run({ browser, demo }) {
  const people = [];
  for (let n = 0; n < PEOPLE; n++)
    people.push(await personWho(demo, [], { first_name: 'Reader', last_name: `Number${n}` }));
  const contacts = [];
  for (const person of people) {
    const { contact } = await demo.api.get(`/team-inbox/api/conversations/${person.conversation}/`);
    contacts.push(contact.id);
  }
  // Paced, so that there is something to pause: one message each half second.
  const [bot] = (await demo.api.get('/telegram/v1/bots/')).results;
  await demo.api.patch(`/telegram/v1/bots/${bot.id}/`, { rate_limit: '2/s' });
  const sent = async () =>
    (await demo.phones.get('/calls?method=sendMessage')).calls.filter((call) =>
      call.params.text?.includes('mugs have'),
    );
  try {
    const { page, faults } = await window(browser, demo);
    const made = await demo.api.post('/broadcast/', {
      name: 'Mugs',
      platform: 'TELEGRAM',
      message_text: TEXT,
      parse_mode: 'HTML',
      recipients: contacts,
    });
    await page.goto(`/app/broadcasts/${made.id}`);
    await eventually('the first message', sent, (calls) => calls.length >= 2);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByText('Paused', { exact: true }).first().waitFor();
    // What was under way when it was paused may still arrive; after that nothing does.
    const state = () => demo.api.get(`/broadcast/${made.id}/`);
    await eventually(
      'what is under way',
      state,
      (one) => one.status === 'PAUSED' && one.sent + one.failed + one.unknown + one.pending === PEOPLE,
    );
    const paused = (await sent()).length;
    assert.ok(paused < PEOPLE, `${paused} had gone when it was paused`);
    await new Promise((done) => setTimeout(done, 1_500));
    assert.ok((await sent()).length <= paused + 1, 'messages left while it was paused');

    await page.getByRole('button', { name: 'Resume', exact: true }).click();
    const confirm = page.getByRole('alertdialog').getByRole('button', { name: /Resume/ });
    await confirm
      .or(page.getByText('Sending', { exact: true }).first())
      .first()
      .waitFor();
    if (await confirm.isVisible()) await confirm.click();
    await eventually('the end', state, (one) => one.status === 'SENT', 60_000);
    const calls = await sent();
    assert.deepEqual(calls.map((call) => call.chat_id).sort(), people.map((person) => person.id).sort());
    assert.deepEqual(faults, []);
  } finally {
    await demo.api.patch(`/telegram/v1/bots/${bot.id}/`, { rate_limit: null });
  }
}
