import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { msw } from 'msw/vite';
import { defineConfig } from 'vitest/config';
import { chromiumExecutable, launchArguments } from '@countersign/testing/browser';

const executablePath = await chromiumExecutable();

export default defineConfig({
  plugins: [react(), tailwindcss(), msw({ mode: 'worker-only' })],
  test: {
    projects: [
      { extends: true, test: { name: 'node', environment: 'node', include: ['test/**/*.test.ts'], testTimeout: 60_000 } },
      {
        extends: true,
        // Found while tests run, a dependency reloads the page under them: all are named beforehand.
        optimizeDeps: {
          include: [
            'react',
            'react-dom/client',
            'react/jsx-dev-runtime',
            'vitest-browser-react',
            'msw',
            'msw/browser',
            'msw/http',
            'msw/ws',
            'axe-core',
            'lean-qr',
            '@trpc/client',
            '@trpc/server/observable',
            '@tanstack/react-query',
            '@tanstack/react-router',
            '@tanstack/react-virtual',
            '@base-ui/react/dialog',
            '@base-ui/react/popover',
            'lucide-react',
            'temporal-polyfill',
          ],
        },
        test: {
          name: 'browser',
          include: ['test/**/*.browser.test.tsx'],
          setupFiles: ['test/setup.ts'],
          maxWorkers: 2,
          // The first test of a file loads the application, which took 40 seconds of a machine that had much else to do.
          testTimeout: 180_000,
          // What comes late on a busy machine isn't wrong: a second, as it would be, is a claim about the machine.
          expect: { poll: { timeout: 15_000 } },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            viewport: { width: 1280, height: 800 },
            provider: playwright({ launchOptions: { executablePath, args: [...launchArguments] } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
