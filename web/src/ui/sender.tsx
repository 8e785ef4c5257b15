import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Avatar } from './avatar';
import { Chip, type Tone } from './chip';
import { TelegramMark } from './telegram-mark';
import { WhatsappMark } from './whatsapp-mark';

const MARKS = { TELEGRAM: TelegramMark, WHATSAPP: WhatsappMark };
/** What writes to people: a bot, or a number. */
export type Sender = {
  id: string;
  channel: keyof typeof MARKS;
  name: string;
  /** How people find it: `@name`, or its digits. */
  address: string;
  health: { tone: Tone; words: string };
};

/** One at a glance, in a list of cards. */
export function SenderCard({ sender, to, trouble, children }: CardProps) {
  const Mark = MARKS[sender.channel];
  return (
    <Link
      to={to}
      className="flex flex-col gap-3 rounded-xl border border-line bg-surface p-4 transition-colors hover:border-line-2 hover:bg-sunken/50"
    >
      <span className="flex items-start gap-3">
        <Avatar name={sender.name} id={sender.id} size={40}>
          <Mark className="absolute -end-0.5 -bottom-0.5 size-4 rounded-full ring-2 ring-surface" />
        </Avatar>
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium rtl:text-right" dir="auto">
            {sender.name}
          </span>
          <span className="block truncate text-sm text-fg-3 tabular-nums">
            <bdi dir="ltr">{sender.address}</bdi>
          </span>
        </span>
        <Chip tone={sender.health.tone}>{sender.health.words}</Chip>
      </span>
      {trouble && <span className="line-clamp-2 text-xs text-bad">{trouble}</span>}
      {children}
    </Link>
  );
}
type CardProps = { sender: Sender; to: string; trouble?: string | null | undefined; children: ReactNode };

/** The head of its own page. */
export function SenderHead({ sender }: { sender: Sender }) {
  const Mark = MARKS[sender.channel];
  return (
    <div className="flex flex-wrap items-center gap-4">
      <Avatar name={sender.name} id={sender.id} size={52}>
        <Mark className="absolute -end-0.5 -bottom-0.5 size-5 rounded-full ring-2 ring-surface" />
      </Avatar>
      <div className="min-w-0 flex-1">
        <p className="truncate text-lg font-semibold rtl:text-right" dir="auto">
          {sender.name}
        </p>
        <p className="text-sm text-fg-3 tabular-nums">
          <bdi dir="ltr">{sender.address}</bdi>
        </p>
      </div>
      <Chip tone={sender.health.tone}>{sender.health.words}</Chip>
    </div>
  );
}
