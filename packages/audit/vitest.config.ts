import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/**/*.test.ts'], globalSetup: ['@countersign/testing/postgres-server'], testTimeout: 20_000, hookTimeout: 30_000 },
});
