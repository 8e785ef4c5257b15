import { Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';

/** From one thing to the list of all; on phones the arrow alone. */
export const Back = ({ to, label }: { to: string; label: string }) => (
  <Link
    to={to}
    className="inline-flex items-center justify-center gap-1.5 rounded-lg text-sm font-medium text-fg-2 hover:text-fg max-md:size-10"
  >
    <ArrowLeft size={15} aria-hidden="true" className="rtl:rotate-180" />
    <span className="max-md:sr-only">{label}</span>
  </Link>
);
