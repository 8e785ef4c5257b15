/** Three dots of somebody who writes. */
export const Dots = () => (
  <span className="flex gap-[3px]" aria-hidden="true">
    {[0, 1, 2].map((at) => (
      <i key={at} className="size-1 animate-dot rounded-full bg-current" style={{ animationDelay: `${at * 0.15}s` }} />
    ))}
  </span>
);
