import {
  Activity,
  Bot,
  ContactRound,
  FlaskConical,
  Inbox,
  KeyRound,
  LayoutTemplate,
  type LucideIcon,
  Megaphone,
  Phone,
  Settings,
  Webhook,
} from 'lucide-react';

/** The pages of the rail, with the keys that lead there. The first four stand in the bottom bar of phones. */
export const places = [
  { to: '/inbox', name: 'inbox', icon: Inbox, keys: 'G I' },
  { to: '/contacts', name: 'contacts', icon: ContactRound, keys: 'G C' },
  { to: '/broadcasts', name: 'broadcasts', icon: Megaphone, keys: 'G B' },
  { to: '/bots', name: 'bots', icon: Bot, keys: 'G T' },
  { to: '/numbers', name: 'numbers', icon: Phone, keys: 'G N' },
  { to: '/templates', name: 'templates', icon: LayoutTemplate, keys: 'G E' },
  { to: '/keys', name: 'keys', icon: KeyRound, keys: 'G K' },
  { to: '/webhooks', name: 'webhooks', icon: Webhook, keys: 'G W' },
  { to: '/activity', name: 'activity', icon: Activity, keys: 'G A' },
  { to: '/sandbox', name: 'sandbox', icon: FlaskConical, keys: 'G S' },
  { to: '/settings', name: 'settings', icon: Settings, keys: 'G ,' },
] as const satisfies { to: string; name: string; icon: LucideIcon; keys: string }[];

export const ON_PHONE = 4;
