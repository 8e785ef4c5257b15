import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Plus, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { queryClient, request } from '../../lib/api';
import { Problem } from '../../lib/problem';
import { useIsAtLeast } from '../../lib/session';
import { toast } from '../../lib/toasts';
import { type Component, numbersQuery, variablesOf } from '../../lib/whatsapp';
import { Back } from '../../ui/back';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Input, TextArea } from '../../ui/input';
import { Page } from '../../ui/page';
import { Select } from '../../ui/select';
import { NoPermission } from '../../ui/states';
import { TemplateBubble } from '../../ui/template-bubble';
import { t } from './t';
import { CATEGORIES } from './templates';

type Draft = {
  number: string;
  name: string;
  language: string;
  category: (typeof CATEGORIES)[number];
  header: string;
  body: string;
  footer: string;
  examples: Record<string, string>;
  replies: string[];
};
const EMPTY: Draft = {
  number: '',
  name: '',
  language: 'en_US',
  category: 'UTILITY',
  header: '',
  body: '',
  footer: '',
  examples: {},
  replies: [],
};
const REPLIES_MAX = 10;

/** The draft as Meta takes components, with an example for every variable. */
function componentsOf(draft: Draft): Component[] {
  const names = variablesOf(draft.body);
  const examples = names.map((name) => draft.examples[name] ?? '');
  const replies = draft.replies.filter((text) => text.trim());
  const isNamed = names.some((name) => !/^\d+$/.test(name));
  const example = isNamed
    ? { body_text_named_params: names.map((name, at) => ({ param_name: name, example: examples[at] })) }
    : { body_text: [examples] };
  return [
    ...(draft.header.trim() ? [{ type: 'HEADER', format: 'TEXT', text: draft.header.trim() }] : []),
    { type: 'BODY', text: draft.body, ...(names.length && { example }) },
    ...(draft.footer.trim() ? [{ type: 'FOOTER', text: draft.footer.trim() }] : []),
    ...(replies.length ? [{ type: 'BUTTONS', buttons: replies.map((text) => ({ type: 'QUICK_REPLY', text })) }] : []),
  ];
}

export default function NewTemplatePage() {
  const manages = useIsAtLeast('MANAGER');
  return (
    <Page title={t('add')} about={t('addAbout')} back={<Back to="/templates" label={t('back')} />}>
      {manages ? <Form /> : <NoPermission who="Manager" />}
    </Page>
  );
}

function Form() {
  const navigate = useNavigate();
  const numbers = useQuery(numbersQuery).data ?? [];
  const [draft, setDraft] = useState(EMPTY);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const number = draft.number || numbers[0]?.id || '';
  const components = componentsOf(draft);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      const { name, language, category } = draft;
      const given = { number_id: number, name, language: language.trim(), category, components };
      await request('/whatsapp/v1/templates/', { method: 'POST', body: JSON.stringify(given) });
      toast(t('handedIn'));
      void queryClient.invalidateQueries({ queryKey: ['templates'] });
      await navigate({ to: '/templates' });
    } catch (error) {
      setProblem(Problem.of(error));
    }
    setBusy(false);
  };
  const errors = problem?.errors ?? {};
  const shown = ['name', 'language', 'category', 'number_id', 'components'];
  const rest = Object.keys(errors).some((field) => shown.includes(field)) ? undefined : problem?.message;
  return (
    <form
      onSubmit={submit}
      noValidate
      className="mx-auto grid max-w-4xl grid-cols-1 gap-6 p-4 md:grid-cols-[minmax(0,1fr)_300px] md:p-6"
    >
      <div className="min-w-0 space-y-5">
        {numbers.length > 1 && (
          <Field label={t('number')} hint={t('numberHint')} errors={errors.number_id}>
            <Select
              value={number}
              onChange={(next) => change({ number: next })}
              options={numbers.map((one) => ({ value: one.id, label: `${one.name} ${one.display_phone_number}` }))}
              className="w-full"
            />
          </Field>
        )}
        <Field label={t('name')} hint={t('nameHint')} errors={errors.name}>
          <Input
            value={draft.name}
            onChange={(e) => change({ name: e.target.value.toLowerCase().replaceAll(/[\s-]+/g, '_') })}
            autoComplete="off"
            className="font-mono"
          />
        </Field>
        <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
          <Field label={t('language')} hint={t('languageHint')} errors={errors.language}>
            <Input value={draft.language} onChange={(e) => change({ language: e.target.value })} autoComplete="off" />
          </Field>
          <Field label={t('category')} hint={t(`${draft.category}_hint`)} errors={errors.category}>
            <Select
              value={draft.category}
              onChange={(next) => change({ category: next as Draft['category'] })}
              options={CATEGORIES.map((value) => ({ value, label: t(value) }))}
              className="w-full"
            />
          </Field>
        </div>
        <Field label={t('header')} hint={t('optional', { max: 60 })}>
          <Input value={draft.header} maxLength={60} onChange={(e) => change({ header: e.target.value })} dir="auto" />
        </Field>
        <Field
          label={t('body')}
          hint={t('bodyHint', { n: draft.body.length, first: '{{1}}', second: '{{2}}' })}
          errors={errors.components}
        >
          <TextArea
            value={draft.body}
            maxLength={1024}
            onChange={(e) => change({ body: e.target.value })}
            className="min-h-36"
          />
        </Field>
        <Examples draft={draft} onChange={change} />
        <Field label={t('footer')} hint={t('optional', { max: 60 })}>
          <Input value={draft.footer} maxLength={60} onChange={(e) => change({ footer: e.target.value })} dir="auto" />
        </Field>
        <Replies draft={draft} onChange={change} />
        {rest && (
          <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm text-bad">
            {rest}
          </p>
        )}
        <Button type="submit" variant="primary" size="lg" busy={busy} disabled={!number}>
          {t('handIn')}
        </Button>
      </div>
      <aside aria-label={t('preview')} className="md:sticky md:top-6 md:self-start">
        <h2 className="mb-2 text-sm font-medium">{t('preview')}</h2>
        <div className="min-h-40 rounded-xl bg-canvas p-4">
          {draft.body ? (
            <TemplateBubble template={{ components }} values={draft.examples} />
          ) : (
            <p className="text-sm text-fg-3">{t('previewEmpty')}</p>
          )}
        </div>
      </aside>
    </form>
  );
}

type PartProps = { draft: Draft; onChange: (part: Partial<Draft>) => void };

/** Meta wants an example for every variable. */
function Examples({ draft, onChange }: PartProps) {
  const names = variablesOf(draft.body);
  if (!names.length) return null;
  return (
    <fieldset className="space-y-3 rounded-xl border border-line p-4">
      <legend className="px-1 text-sm font-medium">{t('examples')}</legend>
      {names.map((name) => (
        <Field key={name} label={`{{${name}}}`}>
          <Input
            value={draft.examples[name] ?? ''}
            onChange={(e) => onChange({ examples: { ...draft.examples, [name]: e.target.value } })}
            dir="auto"
          />
        </Field>
      ))}
    </fieldset>
  );
}

function Replies({ draft, onChange }: PartProps) {
  const set = (at: number, text: string) =>
    onChange({ replies: draft.replies.map((one, own) => (own === at ? text : one)) });
  return (
    <fieldset className="space-y-2">
      <legend className="text-sm font-medium">{t('replies')}</legend>
      {draft.replies.map((text, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a reply is its place
        <div key={at} className="flex items-center gap-2">
          <Input
            aria-label={t('reply', { n: at + 1 })}
            maxLength={25}
            value={text}
            onChange={(e) => set(at, e.target.value)}
          />
          <Button
            variant="ghost"
            size="icon"
            aria-label={t('removeReply', { n: at + 1 })}
            onClick={() => onChange({ replies: draft.replies.filter((_, own) => own !== at) })}
          >
            <X size={16} aria-hidden="true" />
          </Button>
        </div>
      ))}
      {draft.replies.length < REPLIES_MAX && (
        <Button variant="outline" onClick={() => onChange({ replies: [...draft.replies, ''] })}>
          <Plus size={14} aria-hidden="true" />
          {t('addReply')}
        </Button>
      )}
    </fieldset>
  );
}
