import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const cores = availableParallelism();

/** The files that take the longest, mostly by waiting. */
const LONG = [
  'browser/',
  'e2e/crash',
  'faults/',
  'trust/receipts',
  'tickets/follower',
  'load/load',
  'e2e/options',
];

/** Starts them first, so that the others run beside them. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => LONG.some((name) => moduleId.includes(name));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    sequence: { sequencer: LongFirst },
    globalSetup: 'test/setup.ts',
    setupFiles: 'test/real-timers.ts',
    // Workers must be processes of their own: they trust the test certificate from their start on.
    pool: 'forks',
    // A worker loads the packages once for all its files. No file leaves anything behind in a module.
    isolate: false,
    // Most of the time is waiting, on sockets and clocks.
    maxWorkers: 2 * cores,
    maxConcurrency: Math.min(6 * cores, 60),
    // The bot has deadlines of a second or two, as Slack has. A busy machine can miss one.
    retry: 1,
    // Waiting for a turn among concurrent tests counts too.
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
});
