import { useState } from 'react';
import { queryClient, request } from '../../lib/api';
import { useIsAtLeast } from '../../lib/session';
import { toast } from '../../lib/toasts';
import type { Template } from '../../lib/whatsapp';
import { Button } from '../../ui/button';
import { Chip } from '../../ui/chip';
import { Confirm } from '../../ui/confirm';
import { Dialog } from '../../ui/dialog';
import { Facts } from '../../ui/panel';
import { TemplateBubble } from '../../ui/template-bubble';
import { t } from './t';
import { statusOf, toneOf } from './templates';

/** One template: how it looks, what Meta says of it, and taking it away. */
export function Detail({ template, onClose }: { template: Template; onClose: () => void }) {
  const manages = useIsAtLeast('MANAGER');
  const [asks, setAsks] = useState(false);
  const remove = async () => {
    await request(`/whatsapp/v1/templates/${template.id}/`, { method: 'DELETE' });
    toast(t('removed', { name: template.name }));
    void queryClient.invalidateQueries({ queryKey: ['templates'] });
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={template.name}
      about={`${template.language} · ${t(template.category)}`}
      actions={
        <>
          {manages && (
            <Button variant="risky" onClick={() => setAsks(true)}>
              {t('remove')}
            </Button>
          )}
          <Button variant="outline" onClick={onClose}>
            {t('close')}
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <div className="rounded-xl bg-canvas p-4">
          <TemplateBubble template={template} className="w-80" />
        </div>
        <Facts
          rows={[
            [
              t('status'),
              <Chip key="s" tone={toneOf(template)}>
                {statusOf(template)}
              </Chip>,
            ],
            [t('reason'), template.reason && template.reason !== 'NONE' && <code>{template.reason}</code>],
            [t('quality'), template.quality?.toLowerCase()],
            [t('account'), <code key="a">{template.waba_id}</code>],
          ]}
        />
      </div>
      <Confirm
        open={asks}
        danger
        title={t('removeTitle', { name: template.name })}
        about={t('removeAbout')}
        action={t('remove')}
        onClose={() => setAsks(false)}
        onConfirm={remove}
      />
    </Dialog>
  );
}
