import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const cores = availableParallelism();

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/setup.ts',
    // Workers must be processes of their own: they trust the test certificate from their start on.
    pool: 'forks',
    // A worker loads the packages once for all its files. No file leaves anything behind in a module.
    isolate: false,
    // Most of the time is waiting, on sockets and clocks.
    maxWorkers: cores + 1,
    maxConcurrency: Math.min(20 * cores, 60),
    // Waiting for a turn among concurrent tests counts too.
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
});
