import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// The server to develop against; start one with `cargo xtask run` or any built binary's `demo`.
const server = process.env.JINA_CONNECT_URL ?? 'http://127.0.0.1:8000';
const api = [
  '/accounts',
  '/activity',
  '/broadcast',
  '/contacts',
  '/invites',
  '/resets',
  '/openapi.json',
  '/sandbox',
  '/session',
  '/setup',
  '/team-inbox',
  '/telegram',
  '/tenants',
  '/token',
  '/refresh',
  '/users',
  '/version',
  '/whatsapp',
  '/healthz',
  '/docs',
];

export default defineConfig({
  // All pages live under /app/, so that none collides with a resource of the API (docs/decisions/0110).
  base: '/app/',
  plugins: [react(), tailwind()],
  server: { proxy: Object.fromEntries(api.map((path) => [path, { target: server }])) },
  build: {
    target: 'es2023',
    // Never inline assets: the CSP has no data: in font-src, and hashed files cache forever.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
            { name: 'vendor', test: /node_modules\/(@tanstack|openapi-fetch)\// },
          ],
        },
      },
    },
  },
  test: { environment: 'happy-dom', include: ['test/**/*.test.{ts,tsx}'] },
});
