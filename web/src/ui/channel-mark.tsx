import { TelegramMark } from './telegram-mark';
import { WhatsappMark } from './whatsapp-mark';

const MARKS = { TELEGRAM: ['Telegram', TelegramMark], WHATSAPP: ['WhatsApp', WhatsappMark] } as const;
type Props = { platform: string | null | undefined; className?: string; named?: boolean };

/** The sign of a channel. `named` where nothing beside it says which one it is. */
export function ChannelMark({ platform, className, named }: Props) {
  const [name, Mark] = MARKS[platform as keyof typeof MARKS] ?? MARKS.TELEGRAM;
  if (!named) return <Mark {...(className && { className })} />;
  return (
    <span role="img" aria-label={name} title={name} className="inline-flex">
      <Mark {...(className && { className })} />
    </span>
  );
}

export const channelName = (platform: string | null | undefined): string =>
  (MARKS[platform as keyof typeof MARKS] ?? MARKS.TELEGRAM)[0];
