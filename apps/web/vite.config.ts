import { tanstackRouter } from '@tanstack/router-plugin/vite';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { precompressed } from './tools/precompressed.ts';

const api = process.env['API_URL'] ?? 'http://127.0.0.1:3000';

export default defineConfig({
  plugins: [tanstackRouter({ target: 'react', autoCodeSplitting: true, quoteStyle: 'single' }), react(), tailwindcss(), precompressed()],
  build: {
    target: 'es2023',
    // `light-dark()` stays as it is.
    cssTarget: ['chrome123', 'firefox128', 'safari17.5'],
    // A strict content security policy names no `data:` for scripts, styles and fonts, and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    // Nobody looks at sizes in the terminal: `pnpm size` adds up what a page loads.
    reportCompressedSize: false,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/trpc': { target: api, ws: true }, '/api': { target: api } },
  },
});
