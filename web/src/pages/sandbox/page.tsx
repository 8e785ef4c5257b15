import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ExternalLink, FlaskConical, MessageSquareText, Smartphone } from 'lucide-react';
import { useEffect, useState } from 'react';
import { timelineOf } from '../../inbox/data/timeline';
import { Inbox } from '../../inbox/inbox';
import { api, body } from '../../lib/api';
import { cx } from '../../lib/cx';
import { Problem } from '../../lib/problem';
import { useFilters } from '../../lib/search';
import { onStream } from '../../lib/stream';
import { Button } from '../../ui/button';
import { Select } from '../../ui/select';
import { Empty, Failed } from '../../ui/states';
import { Tabs } from '../../ui/tabs';
import { type Bot, botsQuery, type Person, peopleQuery, useHappenings } from './api';
import { Calls, Faults, Fill } from './controls';
import { meet, PERSONAS } from './personas';
import { Phone } from './phone';
import { t } from './t';
import { Tour } from './tour';
import { useWaConversation, waQuery } from './whatsapp';
import { WaPhone } from './whatsapp-phone';

export default function SandboxPage() {
  const bots = useQuery(botsQuery);
  const bot = bots.data?.[0];
  return (
    <div className="flex h-full min-h-0 flex-col bg-surface">
      <p className="flex items-center justify-center gap-2 bg-warn-soft px-4 py-1 text-xs text-warn" role="note">
        <FlaskConical size={13} aria-hidden="true" />
        {t('strip')}
      </p>
      <h1 className="sr-only">{t('title')}</h1>
      {bots.isError && Problem.of(bots.error).status === 404 ? (
        <Empty icon={<FlaskConical size={36} strokeWidth={1.4} />} title={t('absent')} about={t('absentAbout')} />
      ) : bots.isError ? (
        <Failed error={bots.error} onRetry={() => void bots.refetch()} />
      ) : bots.data && !bot ? (
        <Empty
          icon={<FlaskConical size={36} strokeWidth={1.4} />}
          title={t('noBot')}
          about={t('noBotAbout')}
          action={
            <Link to="/bots/new" className="font-medium text-accent-text underline">
              {t('addBot')}
            </Link>
          }
        />
      ) : (
        bot && <Stage bot={bot} />
      )}
    </div>
  );
}

/** The phones, the inbox at the same conversation, and what can be done to both. */
function Stage({ bot }: { bot: Bot }) {
  useHappenings();
  const [search, setSearch] = useFilters();
  const people = useQuery(peopleQuery).data;
  const key = search.persona ?? 'new';
  const person = usePersona(key, people, bot);
  const second = usePersona(search.second, people, bot);
  const wa = useQuery(waQuery).data;
  const number = wa?.numbers[0];
  const isWhatsapp = search.channel === 'whatsapp' && !!number;
  const user = wa?.people.find((one) => one.wa_id === search.wa) ?? wa?.people[0];
  const onTelegram = useConversation(person);
  const onWhatsapp = useWaConversation(isWhatsapp ? user?.wa_id : undefined);
  const conversation = isWhatsapp ? onWhatsapp : onTelegram;
  const [pane, setPane] = useState<'phone' | 'inbox' | 'more'>('phone');
  return (
    <>
      <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line px-3 py-2">
        {number && (
          <Tabs
            label={t('channel')}
            value={isWhatsapp ? 'whatsapp' : 'telegram'}
            onChange={(next) => setSearch({ channel: next === 'whatsapp' ? next : '' })}
            tabs={[
              { key: 'telegram', label: 'Telegram' },
              { key: 'whatsapp', label: 'WhatsApp' },
            ]}
          />
        )}
        {isWhatsapp ? (
          <Select
            label={t('persona')}
            value={user?.wa_id ?? ''}
            options={wa.people.map((one) => ({ value: one.wa_id, label: `${one.name} +${one.wa_id}` }))}
            onChange={(next) => setSearch({ wa: next })}
            className="h-8 w-52"
          />
        ) : (
          <Who value={key} people={people ?? []} onChange={(persona) => setSearch({ persona })} />
        )}
        <Button
          variant="outline"
          size="md"
          aria-pressed={!!search.second}
          className="aria-pressed:bg-accent-soft aria-pressed:text-accent-text max-xl:hidden"
          onClick={() => setSearch({ second: search.second ? '' : 'wholesale' })}
        >
          <Smartphone size={15} aria-hidden="true" />
          {t('secondPhone')}
        </Button>
        {search.second && (
          <Who value={search.second} people={people ?? []} onChange={(second) => setSearch({ second })} />
        )}
        <span className="flex-1" />
        <div role="tablist" className="flex gap-1 lg:hidden">
          {(['phone', 'inbox', 'more'] as const).map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              aria-selected={pane === one}
              onClick={() => setPane(one)}
              className={cx(
                'h-9 rounded-full px-3 text-sm font-medium',
                pane === one ? 'bg-accent-soft text-accent-text' : 'text-fg-2',
              )}
            >
              {{ phone: t('persona'), inbox: t('inboxPane'), more: t('tour') }[one]}
            </button>
          ))}
        </div>
        <a
          href={`${import.meta.env.BASE_URL}inbox${conversation ? `/${conversation}` : ''}`}
          target="_blank"
          rel="noreferrer"
          className="inline-flex h-8 items-center gap-1.5 rounded-lg px-2 text-sm text-fg-2 hover:bg-sunken max-lg:hidden"
        >
          <ExternalLink size={14} aria-hidden="true" />
          {t('openInbox')}
        </a>
      </div>
      <div className="grid min-h-0 flex-1 grid-cols-1 lg:grid-cols-[auto_minmax(0,1fr)] xl:grid-cols-[auto_minmax(0,1fr)_260px]">
        <div className={cx('flex min-h-0 justify-center gap-3 bg-sunken p-3', pane !== 'phone' && 'max-lg:hidden')}>
          {isWhatsapp && user ? (
            <div className="h-full max-h-[720px] min-h-0 w-[330px] max-w-full">
              <WaPhone key={user.wa_id} person={user} number={number} />
            </div>
          ) : (
            person && (
              <div className="h-full max-h-[720px] min-h-0 w-[330px] max-w-full">
                <Phone person={person} bot={bot} />
              </div>
            )
          )}
          {second && second.id !== person?.id && (
            <div className="h-full max-h-[720px] min-h-0 w-[300px] max-w-full max-xl:hidden">
              <Phone person={second} bot={bot} />
            </div>
          )}
        </div>
        <div className={cx('min-h-0 border-line lg:border-s', pane !== 'inbox' && 'max-lg:hidden')}>
          {conversation ? (
            <Inbox id={conversation} narrow />
          ) : (
            <Empty
              icon={<MessageSquareText size={36} strokeWidth={1.4} />}
              title={t('conversationComes')}
              about={t('conversationComesAbout')}
            />
          )}
        </div>
        <aside
          aria-label={t('tour')}
          className={cx(
            'min-h-0 space-y-5 overflow-y-auto border-line p-4 xl:border-s',
            pane === 'more' ? '' : 'max-lg:hidden',
            'lg:max-xl:hidden',
          )}
        >
          <Steps conversation={conversation} />
          <Faults />
          <Fill person={person} bot={bot} />
          <Calls />
        </aside>
      </div>
    </>
  );
}

function Steps({ conversation }: { conversation: string | undefined }) {
  const { entries } = timelineOf(conversation ?? '').use();
  return <Tour conversation={conversation} entries={entries} />;
}

function Who({ value, people, onChange }: { value: string; people: Person[]; onChange: (key: string) => void }) {
  const known = new Set(PERSONAS.map((one) => one.profile.username));
  const others = people.filter((one) => !known.has(one.username));
  const options = [
    ...PERSONAS.map((one) => ({ value: one.key as string, label: t(`name_${one.key}`) })),
    ...others.map((one) => ({ value: String(one.id), label: `${one.first_name} ${one.last_name ?? ''}`.trim() })),
  ];
  return <Select label={t('persona')} value={value} options={options} onChange={onChange} className="h-8 w-52" />;
}

/** Who is meant, made when they don't exist yet. */
function usePersona(key: string | undefined, people: Person[] | undefined, bot: Bot): Person | undefined {
  const client = useQueryClient();
  const [person, setPerson] = useState<{ key: string; person: Person }>();
  const isKnown = !!people;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once people are known, only another key matters
  useEffect(() => {
    if (!key || !people || person?.key === key) return;
    let isCurrent = true;
    void meet(key, people, bot.id).then((met) => {
      if (isCurrent && met) setPerson({ key, person: met });
      void client.invalidateQueries({ queryKey: peopleQuery.queryKey });
    });
    return () => {
      isCurrent = false;
    };
  }, [key, isKnown, bot.id]);
  return person?.key === key ? person?.person : undefined;
}

/** The inbox's conversation with a person, once what they wrote has arrived. */
function useConversation(person: Person | undefined): string | undefined {
  const client = useQueryClient();
  const queryKey = ['sandbox', 'conversation', person?.id];
  const found = useQuery({
    queryKey,
    enabled: !!person,
    queryFn: async () => {
      const query = { search: String(person?.id), page_size: 5 };
      const page = await body(api.GET('/team-inbox/api/conversations/', { params: { query } }));
      return page.results.find((one) => one.contact.telegram_chat_id === person?.id)?.id ?? null;
    },
    refetchInterval: (query) => (query.state.data ? false : 2_000),
  }).data;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for itself
  useEffect(
    () => onStream('new_message', () => !found && void client.invalidateQueries({ queryKey })),
    [found, client, person?.id],
  );
  return found ?? undefined;
}
