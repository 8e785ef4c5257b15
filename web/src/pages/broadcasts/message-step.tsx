import { useQuery } from '@tanstack/react-query';
import { Bold, Braces, Code, Italic, Link as LinkIcon, Plus, X } from 'lucide-react';
import { useRef } from 'react';
import { api, body, type Schemas } from '../../lib/api';
import { Button } from '../../ui/button';
import { Check } from '../../ui/check';
import { Field } from '../../ui/field';
import { Input, TextArea } from '../../ui/input';
import { Menu, MenuItem } from '../../ui/menu';
import { Select } from '../../ui/select';
import { Tip } from '../../ui/tip';
import { type Draft, isTemplate } from './draft';
import { t } from './t';
import { ChannelChoice, TemplateChoice } from './template-choice';

type Errors = Record<string, string[]>;
type Props = { draft: Draft; onChange: (part: Partial<Draft>) => void; errors: Errors };
const TEXT_MAX = 4_096;
const CAPTION_MAX = 1_024;
const VARIABLES = ['first_name', 'last_name', 'full_name', 'phone', 'company_name', 'today_date'] as const;

export function MessageStep({ draft, onChange, errors }: Props) {
  const max = draft.mediaType ? CAPTION_MAX : TEXT_MAX;
  const long = draft.text.length > max;
  return (
    <>
      <Field label={t('name')} hint={t('nameHint')} errors={errors.name}>
        <Input value={draft.name} onChange={(e) => onChange({ name: e.target.value })} dir="auto" autoComplete="off" />
      </Field>
      <ChannelChoice draft={draft} onChange={onChange} />
      {draft.platform === 'WHATSAPP' && <TemplateChoice draft={draft} onChange={onChange} errors={errors} />}
      {!isTemplate(draft) && (
        <>
          <Text draft={draft} onChange={onChange} errors={errors} />
          <p className={`-mt-4 text-xs tabular-nums ${long ? 'text-warn' : 'text-fg-3'}`}>
            {t('messageHint', { n: draft.text.length, max })}{' '}
            {long && t('tooLong', { n: Math.ceil(draft.text.length / max) })}
          </p>
          <Media draft={draft} onChange={onChange} errors={errors} />
          <Buttons draft={draft} onChange={onChange} errors={errors} />
        </>
      )}
      <BotChoice draft={draft} onChange={onChange} errors={errors} />
      {draft.platform === 'TELEGRAM' && (
        <div className="space-y-3">
          <Check label={t('silent')} checked={draft.silent} onChange={(silent) => onChange({ silent })} />
          <Check label={t('protect')} checked={draft.protect} onChange={(protect) => onChange({ protect })} />
          <Check
            label={t('noPreview')}
            checked={draft.noLinkPreview}
            onChange={(noLinkPreview) => onChange({ noLinkPreview })}
          />
          <Check label={t('track')} checked={draft.track} onChange={(track) => onChange({ track })} />
        </div>
      )}
    </>
  );
}

function Text({ draft, onChange, errors }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  /** Puts marks around what is selected, or a piece of text in its place. */
  const wrap = (before: string, after = before, inside?: string) => {
    const el = area.current;
    if (!el) return;
    const { selectionStart: from, selectionEnd: to, value } = el;
    const middle = inside ?? value.slice(from, to);
    onChange({ text: value.slice(0, from) + before + middle + after + value.slice(to) });
    requestAnimationFrame(() => {
      el.focus();
      el.setSelectionRange(from + before.length, from + before.length + middle.length);
    });
  };
  const tools = [
    { key: 'bold', icon: Bold, run: () => wrap('*') },
    { key: 'italic', icon: Italic, run: () => wrap('_') },
    { key: 'code', icon: Code, run: () => wrap('`') },
    { key: 'link', icon: LinkIcon, run: () => wrap('[', '](https://)') },
  ] as const;
  return (
    <div className="space-y-1.5">
      <Field label={t('message')} errors={errors.message_text ?? errors.parse_mode}>
        <TextArea
          ref={area}
          value={draft.text}
          onChange={(e) => onChange({ text: e.target.value })}
          className="min-h-44"
        />
      </Field>
      <div className="flex flex-wrap items-center gap-1">
        {draft.marks &&
          tools.map(({ key, icon: Icon, run }) => (
            <Tip key={key} label={t(key)}>
              <Button variant="ghost" size="icon" aria-label={t(key)} onClick={run}>
                <Icon size={16} aria-hidden="true" />
              </Button>
            </Tip>
          ))}
        <Menu
          align="start"
          trigger={
            <Button variant="ghost">
              <Braces size={15} aria-hidden="true" />
              {t('variable')}
            </Button>
          }
        >
          {VARIABLES.map((name) => (
            <MenuItem
              key={name}
              onSelect={() => wrap('', '', `{{${name}${name === 'today_date' ? '' : `|default:"${t('fallback')}"`}}}`)}
            >
              {t(name)}
            </MenuItem>
          ))}
        </Menu>
        <Select
          label={t('formatting')}
          value={draft.marks ? 'marks' : 'plain'}
          onChange={(next) => onChange({ marks: next === 'marks' })}
          options={[
            { value: 'marks', label: t('marks') },
            { value: 'plain', label: t('plain') },
          ]}
          className="ms-auto h-8"
        />
      </div>
    </div>
  );
}

function Media({ draft, onChange, errors }: Props) {
  const kinds = [
    { value: '', label: t('noMedia') },
    ...(['photo', 'video', 'document', 'animation'] as const).map((value) => ({ value, label: t(value) })),
  ];
  return (
    <div className="grid grid-cols-1 gap-3 sm:grid-cols-[150px_minmax(0,1fr)]">
      <Field label={t('media')}>
        <Select
          value={draft.mediaType}
          onChange={(next) => onChange({ mediaType: next as Draft['mediaType'] })}
          options={kinds}
          className="w-full"
        />
      </Field>
      {draft.mediaType && (
        <Field label={t('mediaUrl')} hint={t('mediaHint')} errors={errors.media_url}>
          <Input
            type="url"
            value={draft.mediaUrl}
            placeholder="https://"
            onChange={(e) => onChange({ mediaUrl: e.target.value })}
          />
        </Field>
      )}
    </div>
  );
}

function Buttons({ draft, onChange, errors }: Props) {
  const set = (key: number, part: object) =>
    onChange({ buttons: draft.buttons.map((one) => (one.key === key ? { ...one, ...part } : one)) });
  const add = () => onChange({ buttons: [...draft.buttons, { key: Date.now(), text: '', url: 'https://' }] });
  return (
    <fieldset className="space-y-2">
      <legend className="text-sm font-medium">{t('buttons')}</legend>
      {draft.buttons.map((button) => (
        <div key={button.key} className="flex items-center gap-2">
          <Input
            aria-label={t('buttonText')}
            placeholder={t('buttonText')}
            value={button.text}
            onChange={(e) => set(button.key, { text: e.target.value })}
          />
          <Input
            aria-label={t('buttonUrl')}
            type="url"
            value={button.url}
            onChange={(e) => set(button.key, { url: e.target.value })}
          />
          <Button
            variant="ghost"
            size="icon"
            aria-label={t('removeButton')}
            onClick={() => onChange({ buttons: draft.buttons.filter((one) => one.key !== button.key) })}
          >
            <X size={16} aria-hidden="true" />
          </Button>
        </div>
      ))}
      {errors.buttons && (
        <p role="alert" className="text-xs text-bad">
          {errors.buttons.join(' ')}
        </p>
      )}
      <Button variant="outline" onClick={add}>
        <Plus size={14} aria-hidden="true" />
        {t('addButton')}
      </Button>
    </fieldset>
  );
}

function BotChoice({ draft, onChange, errors }: Props) {
  const query = { page_size: 200 };
  const { data } = useQuery({
    queryKey: ['bots', 'choice'],
    queryFn: ({ signal }) =>
      body<Schemas['Listing_BotView']>(api.GET('/telegram/v1/bots/', { params: { query }, signal })),
    staleTime: 60_000,
  });
  const bots = data?.results ?? [];
  if (bots.length < 2 && !draft.bot) return null;
  const options = [
    { value: '', label: t('botAny') },
    ...bots.map((bot) => ({ value: bot.id, label: `${bot.name} @${bot.bot_username}` })),
  ];
  return (
    <Field label={t('bot')} errors={errors.bot_app_id}>
      <Select value={draft.bot} onChange={(bot) => onChange({ bot })} options={options} className="w-full" />
    </Field>
  );
}
