export function WhatsappMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 16 16" className={className} aria-hidden="true">
      <circle cx="8" cy="8" r="8" className="fill-whatsapp" />
      <path
        d="M4 12.2l.6-2.1a4.2 4.2 0 1 1 1.6 1.5L4 12.2z"
        fill="none"
        stroke="#fff"
        strokeWidth="1.1"
        strokeLinejoin="round"
      />
      <path
        d="M6.6 6c.2-.3.5-.2.6 0l.3.7c.1.2 0 .3-.3.6.3.6.8 1 1.4 1.3.3-.4.4-.4.6-.3l.7.4c.2.1.2.3.1.5-.3.6-.9.7-1.5.5C7.3 9.3 6.5 8.5 6.3 7.3 6.2 6.7 6.4 6.3 6.6 6z"
        fill="#fff"
      />
    </svg>
  );
}
