import { bytes } from '../../lib/time';
import { Field } from '../../ui/field';
import { Panel } from '../../ui/panel';
import { Select } from '../../ui/select';
import type { Import } from './contacts';
import { targets } from './fields';
import type { Settings } from './import-draft';
import { t } from './t';

type Props = {
  run: Import;
  columns: string[];
  busy: boolean;
  onColumns: (columns: string[]) => void;
  onSettings: (change: Settings) => void;
};

/** How the file is written, and what each of its columns becomes. */
export function Columns({ run, columns, busy, onColumns, onSettings }: Props) {
  const set = (at: number, value: string) => onColumns(columns.map((one, i) => (i === at ? value : one)));
  return (
    <Panel title={t('s2')} about={`${run.file_name ?? ''} · ${bytes(run.file_size)}`}>
      <div className="mb-4 grid gap-4 sm:grid-cols-2">
        <Separator run={run} busy={busy} onSettings={onSettings} />
        <Encoding run={run} busy={busy} onSettings={onSettings} />
      </div>
      <div className="overflow-x-auto">
        <table className="w-full text-sm max-sm:block sm:min-w-[460px]">
          <thead className="text-xs text-fg-3 max-sm:sr-only">
            <tr>
              <th className="py-2 text-start font-medium">{t('column')}</th>
              <th className="text-start font-medium">{t('sample')}</th>
              <th className="text-start font-medium">{t('looksLike')}</th>
              <th className="w-52 text-start font-medium">{t('becomes')}</th>
            </tr>
          </thead>
          <tbody className="max-sm:block">
            {run.columns.map((column, at) => (
              <tr
                key={column.name}
                className="border-t border-line align-top max-sm:grid max-sm:grid-cols-[minmax(0,1fr)_auto] max-sm:py-3"
              >
                <td className="py-2 pe-3 font-medium max-sm:py-0" dir="auto">
                  {column.name}
                </td>
                <td
                  className="max-w-48 py-2 pe-3 text-fg-2 max-sm:order-1 max-sm:col-span-2 max-sm:max-w-none max-sm:py-1"
                  dir="auto"
                >
                  {column.samples.map((cell, row) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: rows keep their place
                    <span key={row} className="block truncate">
                      {cell || '–'}
                    </span>
                  ))}
                </td>
                <td className="py-2 pe-3 text-fg-3 max-sm:p-0 max-sm:text-xs">
                  {t(`type_${column.type}` as 'type_text')}
                </td>
                <td className="py-1.5 max-sm:order-2 max-sm:col-span-2">
                  <Becomes name={column.name} value={columns[at] ?? ''} onChange={(value) => set(at, value)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Becomes({ name, value, onChange }: { name: string; value: string; onChange: (value: string) => void }) {
  const label = (target: string) =>
    target.startsWith('custom.') ? t('asCustom', { name: target.slice(7) }) : target.replaceAll('_', ' ');
  return (
    <Select
      label={name}
      value={value}
      onChange={onChange}
      options={[
        { value: '', label: t('leaveOut') },
        ...targets(name, value).map((target) => ({ value: target, label: label(target) })),
      ]}
      className="w-full"
    />
  );
}

type SettingProps = Pick<Props, 'run' | 'busy' | 'onSettings'>;
const SEPARATORS = [',', ';', '\t', '|'];
function Separator({ run, busy, onSettings }: SettingProps) {
  const all = SEPARATORS.includes(run.separator) ? SEPARATORS : [...SEPARATORS, run.separator];
  const label = (one: string) => (one === '\t' ? t('tab') : one);
  return (
    <Field label={t('separator')}>
      <Select
        value={run.separator}
        disabled={busy}
        onChange={(separator) => onSettings({ separator })}
        options={all.map((value) => ({ value, label: label(value) }))}
        className="w-full"
      />
    </Field>
  );
}

const ENCODINGS = ['utf-8', 'windows-1252', 'us-ascii'];
function Encoding({ run, busy, onSettings }: SettingProps) {
  // What was UTF-16 has been told apart for sure.
  const isSure = run.encoding === 'utf-16';
  const label = (one: string) => (one === 'us-ascii' ? t('asciiEncoding') : one.toUpperCase());
  return (
    <Field label={t('encoding')}>
      <Select
        value={run.encoding}
        disabled={busy || isSure}
        onChange={(encoding) => onSettings({ encoding })}
        options={(isSure ? ['utf-16'] : ENCODINGS).map((value) => ({ value, label: label(value) }))}
        className="w-full"
      />
    </Field>
  );
}
