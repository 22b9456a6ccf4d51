import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { msw } from 'msw/vite';
import { defineConfig } from 'vite';

/** Serves the looks page: `vite --config test/vite.looks.ts`, then /test/looks.html?at=/live */
export default defineConfig({ plugins: [react(), tailwindcss(), msw({ mode: 'worker-only' })], server: { host: '127.0.0.1', port: 5188 } });
