import './styles.css';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { loadLanguage } from './i18n';
import { queryClient } from './lib/api';
import { router } from './routes';
import { Tips } from './ui/tip';

await loadLanguage();
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <Tips delay={350}>
          <RouterProvider router={router} />
        </Tips>
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
