import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/setup.ts',
    // Workers must be processes of their own: they trust the test certificate from their start on.
    pool: 'forks',
    // Most of the time is waiting, on sockets and clocks.
    maxWorkers: 3,
    maxConcurrency: 60,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
