import { useQuery } from '@tanstack/react-query';
import { useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { t } from '../i18n/shell';
import { statsQuery } from '../lib/inbox';
import { places } from './places';

/** "(3) Inbox": how much is unread can be seen from any other tab, by number and by a dot on the icon. */
export function useTitle() {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const unread = useQuery(statsQuery).data?.unread ?? 0;
  const place = places.find((one) => path.startsWith(one.to));
  useEffect(() => {
    const name = place ? t(place.name) : '';
    document.title = [unread > 0 && `(${unread > 99 ? '99+' : unread})`, name, '· Jina Connect']
      .filter(Boolean)
      .join(' ');
    const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
    if (icon) icon.href = `${import.meta.env.BASE_URL}${unread > 0 ? 'icon-unread.svg' : 'icon.svg'}`;
  }, [place, unread]);
}
