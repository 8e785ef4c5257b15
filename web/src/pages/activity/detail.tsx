import { Link } from '@tanstack/react-router';
import { exact, utc } from '../../lib/time';
import { Facts } from '../../ui/panel';
import { type Activity, actorOf, linkOf, said } from './activity';
import { t } from './t';

/** One entry with what stood there before and after. */
export function Detail({ one }: { one: Activity }) {
  const link = linkOf(one);
  const fields = [...new Set([...keys(one.before), ...keys(one.after)])];
  return (
    <div className="space-y-5 p-5">
      <Facts
        rows={[
          [t('who'), actorOf(one)],
          [t('what'), said(one)],
          [t('object'), one.object_name],
          [t('local'), exact(one.created_at)],
          [
            t('utc'),
            <span key="u" className="tabular-nums">
              {utc(one.created_at)}
            </span>,
          ],
          [t('door'), one.origin],
          [t('address'), one.ip],
        ]}
      />
      {link && (
        <Link to={link} className="text-sm font-medium text-accent-text underline">
          {t('open')}
        </Link>
      )}
      {fields.length > 0 && (
        <table className="w-full table-fixed text-sm">
          <thead className="text-xs text-fg-3">
            <tr>
              <th className="w-1/4 py-2 text-start font-medium">{t('what')}</th>
              <th className="text-start font-medium">{t('before')}</th>
              <th className="text-start font-medium">{t('after')}</th>
            </tr>
          </thead>
          <tbody>
            {fields.map((field) => (
              <tr key={field} className="border-t border-line align-top">
                <th className="py-2 pe-2 text-start font-normal text-fg-3">{field.replaceAll('_', ' ')}</th>
                <td className="py-2 pe-2 break-words text-bad" dir="auto">
                  {shown(one.before, field)}
                </td>
                <td className="py-2 break-words text-ok" dir="auto">
                  {shown(one.after, field)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const keys = (value: unknown) => (isObject(value) ? Object.keys(value) : value == null ? [] : ['']);
function shown(value: unknown, field: string): string {
  const one = isObject(value) ? value[field] : value;
  if (one === undefined || one === null) return t('nothing');
  return typeof one === 'string' ? one : JSON.stringify(one);
}
