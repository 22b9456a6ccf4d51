import { defineConfig } from 'vitest/config';

// What comes late on a busy machine isn't wrong: a second for a poll, as it would be, is a claim about the machine.
const patience = { testTimeout: 180_000, hookTimeout: 120_000, expect: { poll: { timeout: 15_000 } } };

export default defineConfig({
  test: {
    globalSetup: ['@countersign/testing/postgres-server'],
    // Many files wait for seconds to pass: one more than processors. Browsers on a whole system come one at a time: two of them
    // on two cores are too slow for what people wait for.
    projects: [
      { test: { ...patience, name: 'server', include: ['test/**/*.test.ts'], maxWorkers: 3, sequence: { groupOrder: 0 } } },
      { test: { ...patience, name: 'whole', include: ['test/**/*.e2e.ts'], maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
