export function TelegramMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 16 16" className={className} aria-hidden="true">
      <circle cx="8" cy="8" r="8" className="fill-telegram" />
      <path
        d="M3.4 7.8 11.9 4.4c.4-.2.8.1.7.6l-1.4 6.6c-.1.5-.6.6-1 .3L8 10.3l-1.1 1c-.2.2-.4.1-.4-.1l.2-1.7 3.5-3.1c.2-.2 0-.2-.2-.1L5.7 9 3.5 8.3c-.4-.1-.4-.4-.1-.5z"
        fill="#fff"
      />
    </svg>
  );
}
