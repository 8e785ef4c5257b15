// Every page and important state: name, address, what to do first, and where: in which windows, and in which others.

const keys =
  (...all) =>
  async (page) => {
    for (const key of all)
      await (key.length > 1 && !/^[A-Z]\w+(\+\w+)*$/.test(key) ? page.keyboard.type(key) : page.keyboard.press(key));
  };
const press = (role, name) => (page) => page.getByRole(role, { name }).first().click();
const then =
  (...all) =>
  async (page) => {
    for (const one of all) await one(page);
  };
const shown = (text) => (page) => page.getByText(text).first().waitFor();
/** Answers of the API to some address: an error, an empty list, or none at all. */
const answers = (pattern, status, body) => ({
  before: (page) =>
    page.route(pattern, (route) =>
      status ? route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(body) }) : undefined,
    ),
});
const NONE = { count: 0, next: null, previous: null, results: [] };
const BROKEN = {
  type: 'about:blank',
  title: 'Broken',
  status: 500,
  code: 'internal',
  detail: 'Something went wrong on our side. The request id helps us to find it.',
  request_id: '01939d5e-2b7c-7cc3',
};
const empty = (pattern) => answers(pattern, 200, NONE);
const broken = (pattern) => answers(pattern, 500, BROKEN);
const hanging = (pattern) => ({ ...answers(pattern), isBusy: true });
const WIDE = { only: 'wide' };
const PHONE = { only: 'phone' };
const GUEST = { signedIn: false };
const DRAFT = {
  name: 'Autumn mugs',
  text: 'Hi {{first_name|default:"there"}}! *Autumn mugs* are here, and the first hundred ship _free_ until Sunday.',
  buttons: [{ key: 1, text: 'Open the shop', url: 'https://northwind.example' }],
};

export function states({ conversations, contacts, draft, running, done, paused, scheduled, bot, number, invite }) {
  const elena = `inbox/${conversations.Elena}`;
  const compose = async (page) => {
    await page.evaluate((draft) => localStorage.setItem('broadcast-draft', JSON.stringify(draft)), DRAFT);
    await page.reload();
    await page.locator('textarea').waitFor();
  };
  const step = (n) => then(compose, keys(...Array.from({ length: n - 1 }, () => 'Control+Enter')));
  return [
    ['inbox-list', 'inbox', undefined, { german: true, rtl: true }],
    ['inbox-thread', elena, undefined, { german: true, rtl: true, narrow: true }],
    ['inbox-kinds', `inbox/${conversations.Anna}`],
    ['inbox-album', `inbox/${conversations.Priya}`],
    ['inbox-script', `inbox/${conversations.مريم}`],
    ['inbox-whatsapp', `inbox/${conversations.Mary}`, undefined, { german: true }],
    ['inbox-two-channels', `inbox/${conversations.Grace}`],
    ['inbox-template', `inbox/${conversations.Mary}`, press('button', 'Choose a template')],
    ['inbox-empty', 'inbox?view=mine&status=closed'],
    ['inbox-snoozed', 'inbox?status=snoozed'],
    ['inbox-search', 'inbox?q=arrive'],
    ['inbox-error', 'inbox', undefined, broken('**/team-inbox/api/conversations/?*')],
    ['inbox-loading', 'inbox', undefined, hanging('**/team-inbox/api/conversations/?*')],
    [
      'inbox-offline',
      elena,
      async (page) => {
        await page.context().setOffline(true);
        await page.getByText(/^Offline since/).waitFor({ timeout: 45_000 });
      },
      { ...WIDE, after: (page) => page.context().setOffline(false) },
    ],
    ['inbox-note', elena, keys('n', '@De', 'Tab', 'please **watch** this one, she is a `wholesale` lead')],
    ['inbox-canned', elena, keys('r', '/')],
    [
      'inbox-writing',
      elena,
      keys('r', 'Your order is **on its way**, see [here](https://x.example)', 'Control+Shift+P'),
      { german: true },
    ],
    ['inbox-emoji', elena, press('button', 'Emoji'), WIDE],
    ['inbox-send-menu', elena, then(keys('r', 'soon'), press('button', 'More ways to send')), WIDE],
    ['inbox-details', elena, (page) => page.locator('[data-details]').click(), PHONE],
    ['inbox-assign', elena, keys('a'), WIDE],
    ['inbox-labels', elena, keys('l')],
    ['inbox-snooze', elena, keys('s')],
    ['inbox-filters', 'inbox', keys('f'), { ...WIDE, german: true }],
    ['inbox-bulk', elena, keys('x', 'Shift+J', 'Shift+J'), { ...WIDE, german: true }],
    ['inbox-row-menu', 'inbox', (page) => page.locator('[data-conversation]').nth(1).click({ button: 'right' }), WIDE],
    ['inbox-message-menu', elena, (page) => page.locator('[data-entry]').last().click({ button: 'right' }), WIDE],
    ['inbox-lightbox', `inbox/${conversations.Priya}`, press('button', /^Open \d of/)],
    ['palette', elena, keys('Control+k'), { ...WIDE, german: true }],
    ['shortcuts', elena, keys('?'), WIDE],
    ['phone-more', 'inbox', press('button', 'More'), PHONE],
    ['account', 'inbox', press('button', /^Your account/), WIDE],
    ['contacts', 'contacts', undefined, { german: true, rtl: true, narrow: true }],
    ['contacts-side', 'contacts', keys('j', 'j', 'Enter'), WIDE],
    ['contacts-selected', 'contacts', keys('j', 'x', 'j', 'x'), WIDE],
    ['contacts-columns', 'contacts', press('button', 'Columns'), WIDE],
    ['contacts-filtered', 'contacts?q=nobody-at-all'],
    ['contacts-empty', 'contacts', undefined, empty('**/contacts/?*')],
    ['contacts-error', 'contacts', undefined, broken('**/contacts/?*')],
    ['contacts-new', 'contacts', keys('n')],
    ['contacts-segment', 'contacts', press('button', 'New segment')],
    ['contact', `contacts/${contacts.Elena}`, undefined, { german: true, narrow: true }],
    ['import-file', 'contacts/import', undefined, { german: true }],
    ['import-columns', `contacts/import/${draft}`],
    ['import-rules', `contacts/import/${draft}`, press('button', 'Next')],
    [
      'import-check',
      `contacts/import/${draft}`,
      then(
        press('button', 'Next'),
        press('button', 'Next'),
        press('button', 'Check without importing'),
        shown('This is what would happen'),
      ),
    ],
    ['bots', 'bots', undefined, { german: true, narrow: true }],
    ['bots-empty', 'bots', undefined, empty('**/telegram/v1/bots/*')],
    ['bot-new', 'bots/new'],
    ['bot', `bots/${bot}`, undefined, { german: true, rtl: true }],
    ['bot-queue', `bots/${bot}?tab=queue`, undefined, { german: true }],
    ['bot-webhook', `bots/${bot}?tab=webhook`],
    ['bot-limits', `bots/${bot}?tab=limits`],
    ['bot-settings', `bots/${bot}?tab=settings`],
    ['numbers', 'numbers', undefined, { german: true }],
    ['numbers-empty', 'numbers', undefined, empty('**/whatsapp/v1/numbers/*')],
    ['number-new', 'numbers/new'],
    ['number', `numbers/${number}`],
    ['number-webhook', `numbers/${number}?tab=webhook`],
    ['number-settings', `numbers/${number}?tab=settings`],
    ['templates', 'templates', undefined, { german: true }],
    ['templates-side', 'templates', (page) => page.getByText('weekly_offer').first().click(), WIDE],
    ['template-new', 'templates/new', undefined, { german: true }],
    ['broadcasts', 'broadcasts', undefined, { german: true, rtl: true }],
    ['broadcasts-empty', 'broadcasts', undefined, empty(/\/broadcast\/(\?|$)/)],
    ['broadcast-new', 'broadcasts/new', undefined, { german: true }],
    ['broadcast-message', 'broadcasts/new', compose, { german: true, rtl: true }],
    [
      'broadcast-whatsapp',
      'broadcasts/new',
      then(press('tab', 'WhatsApp'), press('combobox', 'Template'), press('option', /^order_shipped/), shown('{{2}}')),
      { rtl: true },
    ],
    ['broadcast-audience', 'broadcasts/new', step(2), { german: true }],
    ['broadcast-schedule', 'broadcasts/new', step(3), { german: true }],
    ['broadcast-review', 'broadcasts/new', step(4), { german: true }],
    ['broadcast-live', `broadcasts/${running}`, undefined, { german: true }],
    ['broadcast-done', `broadcasts/${done}`],
    ['broadcast-paused', `broadcasts/${paused}`, undefined, WIDE],
    ['broadcast-scheduled', `broadcasts/${scheduled}`, undefined, WIDE],
    ['keys', 'keys', undefined, { german: true, rtl: true }],
    ['key-new', 'keys', keys('n'), { german: true }],
    [
      'keys-revoked',
      'keys',
      then(press('button', 'Actions for Nightly export'), press('menuitem', 'Revoke'), shown('revoked')),
      { after: (page) => page.getByRole('button', { name: /^Undo/ }).click() },
    ],
    ['keys-empty', 'keys', undefined, empty('**/tenants/tenant-access-keys/*')],
    ['webhooks-in', 'webhooks', undefined, { german: true }],
    ['webhooks-event', 'webhooks', keys('j')],
    ['webhooks-out', 'webhooks?tab=out', undefined, { german: true }],
    [
      'webhooks-delivery',
      'webhooks?tab=out',
      (page) => page.getByRole('table', { name: 'Deliveries' }).getByRole('row').nth(1).click(),
    ],
    ['webhooks-endpoint', 'webhooks?tab=out', press('button', /The shop/), WIDE],
    ['webhooks-new', 'webhooks?tab=out', keys('n')],
    ['activity', 'activity', undefined, { german: true }],
    ['activity-entry', 'activity', keys('j', 'Enter'), WIDE],
    ['sandbox', 'sandbox', shown(/Norway/), { rtl: true }],
    ['sandbox-two', 'sandbox?persona=angry&second=wholesale', undefined, WIDE],
    ['sandbox-whatsapp', 'sandbox?channel=whatsapp'],
    ['settings', 'settings', undefined, { german: true, rtl: true }],
    ...['team', 'labels', 'replies', 'hours', 'automation', 'inbox', 'security', 'about'].map((tab) => [
      `settings-${tab}`,
      `settings/${tab}`,
      undefined,
      { german: true },
    ]),
    ['settings-invite', 'settings/team', press('button', 'Invite somebody'), WIDE],
    [
      'settings-second-step',
      'settings/security',
      then(
        press('button', 'Turn on'),
        (page) => page.getByLabel('Your password').fill('demo-password'),
        (page) => page.getByRole('dialog').getByRole('button', { name: 'Turn on' }).click(),
        shown('The code that it shows'),
      ),
    ],
    ['sign-in', 'sign-in', undefined, { ...GUEST, german: true, rtl: true }],
    [
      'sign-in-wrong',
      'sign-in',
      async (page) => {
        await page.locator('[name=password]').fill('not the password');
        await page.keyboard.press('Enter');
        await page.getByRole('alert').waitFor();
      },
      GUEST,
    ],
    ['forgot', 'forgot', undefined, { ...GUEST, german: true }],
    ['reset-dead', 'reset/nothing', undefined, GUEST],
    [
      'setup',
      'setup',
      undefined,
      { ...GUEST, german: true, ...answers('**/setup/', 200, { needed: true, has_users: false, demo: null }) },
    ],
    ['invite', `invite/${invite}`, undefined, { ...GUEST, german: true }],
    ['invite-dead', 'invite/nothing', undefined, GUEST],
    ['not-found', 'nowhere'],
  ];
}
