import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';

/** The one filled button of a list, where it leads to a page. */
export const AddLink = ({ to, label }: { to: string; label: string }) => (
  <Link
    to={to}
    className="inline-flex h-8 items-center gap-2 rounded-lg bg-accent px-3 text-sm font-medium text-on-accent hover:bg-accent-hover max-md:ms-auto max-md:h-10"
  >
    <Plus size={15} aria-hidden="true" />
    {label}
  </Link>
);
