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
    rolldownOptions: {
      output: {
        // A shared part would be named after everything that shares it.
        chunkFileNames: ({ name }) => `assets/${name.startsWith('shared') ? 'shared' : '[name]'}-[hash].js`,
        codeSplitting: {
          groups: [
            // What changes only with its version stays in browsers across our own releases.
            {
              name: 'framework',
              test: /node_modules\/(react|react-dom|scheduler|@tanstack\/(react-)?(router|query)|@trpc)/,
              tags: ['$initial'],
            },
            // The sign-in has fields too, and sends what they hold: by themselves, or what counts with hours would come along with them.
            { name: 'field', test: /src\/ui\/(field|problem-note|use-saving)/ },
            // Every page has an address: merged with what reckons with calendars, it would bring that along.
            { name: 'address', test: /src\/ui\/address/ },
            // Merged with what one of the pages that show it is about, an icon would bring that along to all the others.
            { name: 'icons', test: /lucide-react.*\/icons\//, minShareCount: 2 },
            // Merged with the trail, which two pages show, it would bring that to the page of a new timecard.
            { name: 'conflict', test: /src\/features\/timecards\/conflict-words/ },
            // Else each icon that two pages share is a request of its own.
            { name: 'shared', minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 3_000 },
          ],
        },
      },
    },
    // Nobody looks at sizes in the terminal: `pnpm size` adds up what a page loads.
    reportCompressedSize: false,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/trpc': { target: api, ws: true }, '/api': { target: api } },
  },
});
