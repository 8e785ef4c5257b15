import { Plus, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { api, queryClient, type Schemas } from '../../lib/api';
import { strip, useListing } from '../../lib/listing';
import { Problem } from '../../lib/problem';
import { useIsAtLeast } from '../../lib/session';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { Input, TextArea } from '../../ui/input';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { Skeleton } from '../../ui/states';
import { t } from './t';

type Reply = Schemas['CannedResponseView'];
const refresh = () => queryClient.invalidateQueries({ queryKey: ['canned'] });

export default function Replies() {
  const edits = useIsAtLeast('AGENT');
  const [editing, setEditing] = useState<Reply | 'new'>();
  const { rows, query } = useListing<Reply>(['canned', 'settings'], ({ cursor, signal }) =>
    api.GET('/team-inbox/api/canned-responses/', { params: { query: strip({ cursor, page_size: 200 }) }, signal }),
  );
  return (
    <Panel
      title={t('replies')}
      about={t('repliesAbout')}
      actions={
        edits && (
          <Button variant="primary" onClick={() => setEditing('new')}>
            <Plus size={15} aria-hidden="true" />
            {t('newReply')}
          </Button>
        )
      }
    >
      <Loaded query={query} rows={rows} skeleton={<Skeleton rows={3} />}>
        {!rows.length ? (
          <p className="text-sm text-fg-3">{t('noReplies')}</p>
        ) : (
          <ul className="divide-y divide-line">
            {rows.map((reply) => (
              <li key={reply.id}>
                <button
                  type="button"
                  disabled={!edits}
                  onClick={() => setEditing(reply)}
                  className="flex w-full items-baseline gap-3 rounded-lg px-2 py-2.5 text-start text-sm hover:bg-sunken"
                >
                  <code className="shrink-0 font-mono text-xs text-accent-text">/{reply.shortcut}</code>
                  <span className="line-clamp-2 min-w-0 text-fg-2" dir="auto">
                    {reply.text}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {editing && <Edit reply={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />}
    </Panel>
  );
}

function Edit({ reply, onClose }: { reply: Reply | undefined; onClose: () => void }) {
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const attempt = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
      await refresh();
      onClose();
    } catch (error) {
      setProblem(Problem.of(error));
    }
    setBusy(false);
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const body = { shortcut: String(form.get('shortcut') ?? ''), text: String(form.get('text') ?? '') };
    void attempt(() =>
      reply
        ? api.PATCH('/team-inbox/api/canned-responses/{id}/', { params: { path: { id: reply.id } }, body })
        : api.POST('/team-inbox/api/canned-responses/', { body }),
    );
  };
  const remove = () =>
    reply &&
    void attempt(() => api.DELETE('/team-inbox/api/canned-responses/{id}/', { params: { path: { id: reply.id } } }));
  return (
    <Dialog
      open
      onClose={onClose}
      title={reply ? t('editReply') : t('newReply')}
      actions={
        <>
          {reply && (
            <Button variant="risky" className="me-auto" disabled={busy} onClick={remove}>
              <Trash2 size={15} aria-hidden="true" />
              {t('remove')}
            </Button>
          )}
          <Button form="reply" type="submit" variant="primary" busy={busy}>
            {t('done')}
          </Button>
        </>
      }
    >
      <form id="reply" onSubmit={submit} className="space-y-4" noValidate>
        <Field label={t('shortcut')} hint={t('shortcutHint')} errors={problem?.errors.shortcut}>
          <Input name="shortcut" defaultValue={reply?.shortcut} autoFocus autoComplete="off" />
        </Field>
        <Field label={t('text')} hint={t('textHint')} errors={problem?.errors.text}>
          <TextArea name="text" defaultValue={reply?.text} className="min-h-36" />
        </Field>
        {problem && !Object.keys(problem.errors).length && (
          <p role="alert" className="text-sm text-bad">
            {problem.message}
          </p>
        )}
      </form>
    </Dialog>
  );
}
