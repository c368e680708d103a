import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const cores = availableParallelism();

/** Starts the slow files first, so that the others run beside them. */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isSlow = ({ moduleId }: TestSpecification) => moduleId.endsWith('.slow.test.ts');
    const sorted = await super.sort(files);
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    sequence: { sequencer: SlowFirst },
    globalSetup: 'test/setup.ts',
    setupFiles: 'test/real-timers.ts',
    // Workers must be processes of their own: they trust the test certificate from their start on.
    pool: 'forks',
    // They create many short-lived objects, so collect garbage less often.
    execArgv: ['--max-semi-space-size=32'],
    // A worker loads the packages once for all its files. No file leaves anything behind in a module.
    isolate: false,
    // Most of the time is waiting, on sockets and clocks.
    maxWorkers: Math.ceil(2.5 * cores),
    maxConcurrency: Math.min(6 * cores, 60),
    // The bot has deadlines of a second or two, as Slack has. A busy machine can miss one.
    retry: 1,
    // Waiting for a turn among concurrent tests counts too.
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
});
