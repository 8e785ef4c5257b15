import { Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { t } from './t';

export const Back = () => (
  <Link
    to="/broadcasts"
    className="inline-flex items-center justify-center gap-1.5 rounded-lg text-sm font-medium text-fg-2 hover:text-fg max-md:size-10"
  >
    <ArrowLeft size={15} aria-hidden="true" className="rtl:rotate-180" />
    <span className="max-md:sr-only">{t('back')}</span>
  </Link>
);
