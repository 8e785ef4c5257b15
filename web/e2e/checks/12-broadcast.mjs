import assert from 'node:assert/strict';
import { eventually, window } from '../browser.mjs';
import { personWho } from '../people.mjs';

export const about =
  'A broadcast arrives as its preview showed it, pauses and goes on from its page, and everybody gets it once';

const PEOPLE = 12;
const LABEL = 'readers';
const TEXT = 'Dear *reader*, _new_ mugs have arrived 🎉: see [the shop](https://shop.example/mugs), with `MUG10`.';

/** Text and entities of what stands in a bubble of the preview. */
const read = (bubble) =>
  bubble.evaluate((el) => {
    const types = { STRONG: 'bold', EM: 'italic', CODE: 'code', A: 'text_link' };
    const entities = [];
    let text = '';
    const walk = (node) => {
      if (node.nodeType === Node.TEXT_NODE) text += node.data;
      const offset = text.length;
      for (const child of node.childNodes) walk(child);
      const type = types[node.nodeName];
      if (type)
        entities.push({ type, offset, length: text.length - offset, ...(type === 'text_link' && { url: node.href }) });
    };
    walk(el);
    return { text, entities: entities.sort((a, b) => a.offset - b.offset) };
  });

export async function run({ browser, demo }) {
  const people = [];
  for (let n = 0; n < PEOPLE; n++)
    people.push(await personWho(demo, [], { first_name: 'Reader', last_name: `Number${n}` }));
  const ids = [];
  for (const person of people) {
    const { contact } = await demo.api.get(`/team-inbox/api/conversations/${person.conversation}/`);
    ids.push(contact.id);
  }
  await demo.api.post('/contacts/bulk/tag/', { ids, tags: [LABEL] });
  // Paced, so that there is something to pause, however slow the machine is: one message each second.
  const [bot] = (await demo.api.get('/telegram/v1/bots/')).results;
  await demo.api.patch(`/telegram/v1/bots/${bot.id}/`, { rate_limit: '1/s' });
  const sent = async () =>
    (await demo.phones.get('/calls?method=sendMessage')).calls.filter((call) =>
      call.params.text?.includes('mugs have'),
    );
  try {
    const { page, faults } = await window(browser, demo);
    await page.goto('/app/broadcasts/new');
    await page.getByLabel('Name', { exact: true }).fill('Mugs');
    await page.getByLabel('Message', { exact: true }).fill(TEXT);
    const bubble = page.getByRole('complementary', { name: 'On the phone' }).getByText(/^Dear/).first();
    await bubble.waitFor();
    const previewed = await eventually(
      'the preview',
      () => read(bubble),
      ({ text }) => text.endsWith('MUG10.'),
    );

    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await page.getByRole('radio', { name: 'People with a label' }).click();
    await page.getByLabel('Any of these labels').fill(LABEL);
    await page.getByLabel('Any of these labels').press('Enter');
    await page.getByRole('button', { name: 'Review' }).click();
    await page.getByRole('button', { name: `Send to ${PEOPLE} people` }).click();
    await page.waitForURL(/\/broadcasts\/[0-9a-f-]{36}$/);
    const id = page.url().split('/').at(-1);
    await eventually('the first message', sent, (calls) => calls.length >= 2);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByText('Paused', { exact: true }).first().waitFor();
    // What was under way when it was paused may still arrive; after that nothing does.
    const state = () => demo.api.get(`/broadcast/${id}/`);
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
    for (const { params } of calls) {
      const given = typeof params.entities === 'string' ? JSON.parse(params.entities) : params.entities;
      const entities = given.map(({ type, offset, length, url }) => ({ type, offset, length, ...(url && { url }) }));
      assert.deepEqual({ text: params.text, entities }, previewed);
    }
    assert.deepEqual(faults, []);
  } finally {
    await demo.api.patch(`/telegram/v1/bots/${bot.id}/`, { rate_limit: null });
  }
}
