import { defineConfig } from 'vitest/config';

export default defineConfig({
  // What comes late on a busy machine isn't wrong: seconds, as they would be, are a claim about the machine.
  test: { testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 15_000 } } },
});
