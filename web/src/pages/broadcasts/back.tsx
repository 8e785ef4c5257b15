import { Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { t } from './t';

export const Back = () => (
  <Link to="/broadcasts" className="inline-flex items-center gap-1.5 text-sm font-medium text-fg-2 hover:text-fg">
    <ArrowLeft size={15} aria-hidden="true" className="rtl:rotate-180" />
    {t('back')}
  </Link>
);
