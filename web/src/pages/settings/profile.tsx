import { useState } from 'react';
import { loadLanguage } from '../../i18n';
import { queryClient, request } from '../../lib/api';
import { sessionQuery, useSession } from '../../lib/session';
import { preferences, setTheme, type Theme } from '../../lib/store';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Panel } from '../../ui/panel';
import { SavedForm } from '../../ui/saved-form';
import { Select } from '../../ui/select';
import { Line } from '../../ui/switch-line';
import { t } from './t';

export function Profile() {
  const { user } = useSession();
  const save = async (given: FormData) => {
    const body = JSON.stringify({ name: String(given.get('name') ?? '') });
    await request('/users/me/', { method: 'PATCH', body });
    await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
  };
  return (
    <>
      <Panel title={t('you')}>
        <SavedForm id="profile" onSave={save}>
          {(errors) => (
            <>
              <Field label={t('name')} hint={t('nameHint')} errors={errors.name}>
                <Input name="name" defaultValue={user.name} autoComplete="name" dir="auto" />
              </Field>
              <Field label={t('email')} hint={t('emailHint')}>
                <Input defaultValue={user.email} disabled />
              </Field>
            </>
          )}
        </SavedForm>
      </Panel>
      <Browser />
    </>
  );
}

const themeNow = (): Theme => {
  try {
    const kept = localStorage.getItem('theme');
    return kept === 'light' || kept === 'dark' ? kept : 'system';
  } catch {
    return 'system';
  }
};

function Browser() {
  const own = preferences.use();
  const [theme, choose] = useState(themeNow);
  const set = (part: Partial<typeof own>) => preferences.set({ ...own, ...part });
  return (
    <Panel title={t('browser')} about={t('browserAbout')}>
      <div className="max-w-md space-y-5">
        <Field label={t('theme')}>
          <Select
            value={theme}
            onChange={(next) => {
              choose(next as Theme);
              setTheme(next as Theme);
            }}
            options={(['system', 'light', 'dark'] as const).map((value) => ({ value, label: t(value) }))}
            className="w-full"
          />
        </Field>
        <Field label={t('density')}>
          <Select
            value={own.density}
            onChange={(density) => set({ density: density as typeof own.density })}
            options={(['comfortable', 'compact'] as const).map((value) => ({ value, label: t(value) }))}
            className="w-full"
          />
        </Field>
        <Field label={t('language')}>
          <Select
            value={own.language}
            onChange={(language) => {
              set({ language: language as typeof own.language });
              void loadLanguage().then(() => location.reload());
            }}
            options={[
              { value: '', label: t('languageAuto') },
              { value: 'en', label: 'English' },
              { value: 'de', label: 'Deutsch' },
            ]}
            className="w-full"
          />
        </Field>
        <Field label={t('sendKey')}>
          <Select
            value={own.sendKey}
            onChange={(sendKey) => set({ sendKey: sendKey as typeof own.sendKey })}
            options={[
              { value: 'enter', label: t('enter') },
              { value: 'mod+enter', label: t('modEnter') },
            ]}
            className="w-full"
          />
        </Field>
        <Line label={t('letters')} hint={t('lettersHint')} on={own.letters} onChange={(letters) => set({ letters })} />
        <Line label={t('sounds')} on={own.sounds} onChange={(sounds) => set({ sounds })} />
      </div>
    </Panel>
  );
}
