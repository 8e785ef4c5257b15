import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { useState } from 'react';
import type { Conversation } from '../../lib/inbox';
import {
  approvedQuery,
  bodyOf,
  chosenOf,
  filled,
  isSimple,
  type Template,
  useNumber,
  variablesOf,
} from '../../lib/whatsapp';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Empty, Failed, Skeleton } from '../../ui/states';
import { TemplateBubble } from '../../ui/template-bubble';
import { enqueue } from '../data/outbox';
import { t } from '../t';

/** An approved template, its variables, and off it goes. */
export default function TemplatePicker({ c, onClose }: { c: Conversation; onClose: () => void }) {
  const { data, error, isPending, refetch } = useQuery(approvedQuery);
  const [template, setTemplate] = useState<Template>();
  const [values, setValues] = useState<Record<string, string>>({});
  const names = template ? variablesOf(bodyOf(template)) : [];
  const isReady = names.every((name) => values[name]?.trim());
  const pick = (one: Template) => {
    setTemplate(one);
    // The first variable is mostly the name; whoever writes sees it and may change it.
    const [first] = variablesOf(bodyOf(one));
    setValues(first && c.contact.first_name ? { [first]: c.contact.first_name } : {});
  };
  const send = () => {
    if (!template || !isReady) return;
    const text = filled(bodyOf(template), values);
    enqueue({
      conversation: c.id,
      mode: 'reply',
      text,
      platform: 'WHATSAPP',
      template: chosenOf(template, values),
    });
    onClose();
  };
  const account = useNumber(c.bot_app_id)?.waba_id;
  const usable = (data ?? []).filter((one) => isSimple(one) && (!account || one.waba_id === account));
  return (
    <Dialog
      open
      onClose={onClose}
      title={template?.name ?? t('chooseTemplate')}
      about={template ? template.language : t('chooseTemplateAbout')}
      actions={
        template && (
          <>
            <Button variant="outline" onClick={() => setTemplate(undefined)}>
              <ArrowLeft size={15} aria-hidden="true" className="rtl:rotate-180" />
              {t('otherTemplate')}
            </Button>
            <Button variant="primary" disabled={!isReady} onClick={send}>
              {t('send')}
            </Button>
          </>
        )
      }
    >
      {isPending ? (
        <Skeleton rows={3} height={64} />
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : template ? (
        <div className="space-y-4">
          <div className="rounded-xl bg-canvas p-4">
            <TemplateBubble template={template} values={values} />
          </div>
          {names.map((name) => (
            <Field key={name} label={`{{${name}}}`}>
              <Input
                value={values[name] ?? ''}
                dir="auto"
                onChange={(event) => setValues({ ...values, [name]: event.target.value })}
              />
            </Field>
          ))}
        </div>
      ) : usable.length ? (
        <ul className="space-y-1">
          {usable.map((one) => (
            <li key={one.id}>
              <button
                type="button"
                onClick={() => pick(one)}
                className="w-full rounded-lg px-3 py-2 text-start hover:bg-sunken"
              >
                <span className="flex items-baseline gap-2">
                  <code className="truncate font-mono text-xs font-medium">{one.name}</code>
                  <span className="text-xs text-fg-3">{one.language}</span>
                </span>
                <span className="line-clamp-2 text-sm text-fg-2" dir="auto">
                  {bodyOf(one)}
                </span>
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <Empty
          title={t('noTemplates')}
          action={
            <Link to="/templates" className="font-medium text-accent-text underline">
              {t('toTemplates')}
            </Link>
          }
        />
      )}
    </Dialog>
  );
}
