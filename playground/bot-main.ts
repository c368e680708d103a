import { createApp } from '../src/app.ts';
import { readConfig } from '../src/config/environment.ts';
import { createLog } from '../src/lib/log.ts';
import { shiftTime } from './clock.ts';

// Runs the bot as src/main.ts does, except that it follows links more often, and the playground can move its time.

/** Short, so that people see each step soon. */
const FOLLOW_INTERVAL_MS = 2_000;

// Before any part of the bot keeps Date.now.
shiftTime(0);
const config = readConfig(process.env);
const log = createLog(config.logLevel, process.stdout);
const app = createApp(config, log, {
  followIntervalMs: FOLLOW_INTERVAL_MS,
  logIntervalMs: FOLLOW_INTERVAL_MS,
});

process.on('message', (ms) => {
  shiftTime(Number(ms));
  process.send?.(ms);
});
process.once('disconnect', () => process.exit(0));
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    await app.stop();
    process.exit(0);
  });
}
await app.start();
